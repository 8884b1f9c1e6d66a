"""Records of what each revision of a plan did: kept for good, so that a year can be counted when it is over."""

from dataclasses import dataclass
from datetime import datetime

from arshjul.domain.change import Move


@dataclass(frozen=True, slots=True)
class ReplanRecord:
    """A replan that was made: its moment, the operations that were hit, and those that were changed."""

    number: int
    as_of: datetime
    hit: frozenset[str]
    changed: tuple[Move, ...]
