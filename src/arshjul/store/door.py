"""A door: until when an address lets its bearer in, of whatever kind it is."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Door:
    """Until when an address lets its bearer in; None: no more, it was closed."""

    open_until: datetime | None
