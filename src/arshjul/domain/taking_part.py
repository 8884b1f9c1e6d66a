"""What those who take part in an operation are told besides their own part: where all meet, and who else comes."""

from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, slots=True)
class Meet:
    """The place and time at which all who take part meet; `at` None: no time is given."""

    place: str
    at: time | None = None


@dataclass(frozen=True, slots=True)
class Sharing:
    """True `participants`: those who take part see each other and the police units."""

    participants: bool = True
