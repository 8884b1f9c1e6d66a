"""How often a contact may do within a day what takes space or time; each process of the portal counts for itself."""

import threading
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from arshjul.errors import Message
from arshjul.portal.access import PartyPage
from arshjul.serving.guards import NotAllowed

DAY = timedelta(days=1)
OFTEN = Message("This has been done as often as it may be within a day: call the coordinator. Nothing is lost.")


@dataclass(frozen=True, slots=True)
class Pace:
    """When each contact has used each page that has a limit, within the last day."""

    _used: dict[tuple[str, str], deque[datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def use(self, page: PartyPage, contact: str, now: datetime) -> None:
        """Counts one use. NotAllowed if the page has been used as often as it may be."""
        with self._lock:
            used = self._used.setdefault((contact, page.path), deque())
            while used and used[0] <= now - DAY:
                used.popleft()
            if len(used) >= (page.most_a_day or 0):
                raise NotAllowed(429, OFTEN)
            used.append(now)
