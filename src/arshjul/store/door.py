"""An address as a door, whatever its kind."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Door:
    """The time until which an address admits its bearer; None: it is closed."""

    open_until: datetime | None
