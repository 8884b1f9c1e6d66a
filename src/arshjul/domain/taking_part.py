"""What those who take part in an operation are told besides their own part: where all meet, and who else comes."""

from dataclasses import dataclass, replace
from datetime import time
from typing import Annotated, Final

from arshjul.domain.calendar import Shift
from arshjul.domain.declaration import Clock, Decision, LineOrNone, Told
from arshjul.errors import Message

NEAR_MINUTES: Final = 180
"""As near to the beginning of a shift as a time to meet must lie to be that shift's."""
DAY_MINUTES: Final = 24 * 60


# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class Meet:
    """The place and time at which all who take part meet; `at` None: no time is given. `place` empty: nowhere."""

    place: Annotated[LineOrNone, Told(Message("Meeting place"), Message("Where participants gather, never a site's address. At most 120 characters. A time of its own needs a place of its own. Empty: place and time of the area."))]
    at: Annotated[Clock | None, Told(Message("They meet at"), Message("Clock time, like 07:30. Empty: none."), prompt=Message("They meet at (07:30)"))] = None

    def __bool__(self) -> bool:
        return bool(self.place)

    def is_near(self, shift: Shift) -> bool:
        """True if its time, if any, lies near the beginning of the shift."""
        later = self._minutes_after(shift)
        return min(later, DAY_MINUTES - later) <= NEAR_MINUTES

    def is_late(self, shift: Shift) -> bool:
        """True if its time is said in the shift, and the shift has begun by then."""
        return 0 < self._minutes_after(shift) <= NEAR_MINUTES

    def _minutes_after(self, shift: Shift) -> int:
        return 0 if self.at is None else (_minutes(self.at) - _minutes(shift.start)) % DAY_MINUTES

    def on(self, shift: Shift) -> "Meet":
        """What is said of it in that shift: the morning's time is not said of an operation in the evening."""
        return self if self.is_near(shift) else replace(self, at=None)


def _minutes(clock: time) -> int:
    return 60 * clock.hour + clock.minute


@dataclass(frozen=True, slots=True)
class Sharing:
    """True `participants`: those who take part see each other and the police units."""

    participants: Annotated[Decision, Told(Message("Participants see each other"), Message("no: participants see neither each other nor the units. Empty: as the sheet Rules, there yes."))] = True


# fmt: on
