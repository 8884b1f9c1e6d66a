"""An address as a door, whatever its kind."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Door:
    """The time until which an address admits its bearer; None: it is closed. `with_plan`: as long as the plan lasts."""

    open_until: datetime | None
    with_plan: bool = False
