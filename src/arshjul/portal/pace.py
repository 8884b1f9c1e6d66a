"""How often a session may do within a day what takes space or time; each process of the portal counts for itself.

None uses up what another may do, be it of the same contact: whoever has its address alone keeps nobody from anything.
"""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from arshjul.errors import Message, Refused
from arshjul.portal.access import PartyPage

DAY = timedelta(days=1)
MOST_KEPT = 10_000
"""From so many sessions and pages on those that count no more are forgotten."""
OFTEN = Message("The limit for one day is reached: call the coordinator.")


class TooOften(Refused):
    """Refused: the session has used the page as often as it may in a day."""

    def __init__(self) -> None:
        super().__init__(OFTEN)


@dataclass(frozen=True, slots=True)
class Pace:
    """When each session has used each page that has a limit, within the last day."""

    _used: dict[tuple[str, str], deque[datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def use(self, page: PartyPage, session: str, now: datetime) -> None:
        """Counts one use. TooOften if the page has been used as often as it may be."""
        with self._lock:
            if len(self._used) >= MOST_KEPT:
                self._forget(now)
            used = self._used.setdefault((session, page.path), deque())
            while used and used[0] <= now - DAY:
                used.popleft()
            if len(used) >= (page.most_a_day or 0):
                raise TooOften
            used.append(now)

    def _forget(self, now: datetime) -> None:
        """Forgets sessions whose last use is older than a day: anybody with an address makes new ones."""
        for key in [key for key, used in self._used.items() if not used or used[-1] <= now - DAY]:
            del self._used[key]
