"""Background sync of the two databases every few seconds, beside the console's pages."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from arshjul.errors import ArshjulError, Message
from arshjul.office.store.store import Store
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry, make_portal
from arshjul.serving.sql.database import Database, Transaction

T = TypeVar("T")
EVERY_S = 3.0
LATE = timedelta(minutes=1)  # what waits longer is told


@dataclass(slots=True)
class PortalSync:
    """Sync for a console. `portal_db`: the address of the portal's database, which may hold a password.

    `carries_feeds`: feeds are served outside, too. `reached_at`: the moment as of which the portal has all that is
    open and closed; None before the first turn that succeeds. `done_at`: when a turn last left nothing waiting, or
    the console began; `fault`: why the last turn failed.
    """

    store: Store
    portal_db: str
    clock: Callable[[], datetime]
    carries_feeds: bool = False
    reached_at: datetime | None = None
    done_at: datetime = field(init=False)
    fault: Message | None = None
    _portal: Database | None = None
    _kept: Remembered = field(default_factory=Remembered)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.done_at = self.clock()
        self._kept.carries_feeds = self.carries_feeds

    def turn(self) -> None:
        """One turn; one that fails is told on the first page if it goes on so."""
        with self._lock:
            now = self.clock()
            try:
                if self._portal is None:
                    self._portal = make_portal(self.portal_db)
                n_left = carry(self.store, self._portal, now, self._kept).n_left
            except (ArshjulError, OSError) as error:
                self.fault = error.message if isinstance(error, ArshjulError) else Message("Unreadable.")
                return
            self.fault, self.reached_at = None, now
            if not n_left:
                self.done_at = now

    def asked(self, ask: Callable[[Transaction], T]) -> T | None:
        with self._lock, suppress(ArshjulError, OSError):
            if self._portal is not None:
                with self._portal.reading() as db:
                    return ask(db)
        return None

    def done(self, act: Callable[[Transaction], None]) -> bool:
        with self._lock, suppress(ArshjulError, OSError):
            if self._portal is not None:
                with self._portal.writing() as db:
                    act(db)
                    return True
        return False

    def is_still_open(self, closed_at: datetime | None) -> bool:
        """True if what was closed at that moment may not be closed outside yet."""
        return closed_at is not None and (self.reached_at is None or closed_at > self.reached_at)

    @property
    def late(self) -> Message | None:
        """A warning if something has waited longer than a minute."""
        if self.clock() - self.done_at <= LATE:
            return None
        if self.fault is not None:
            values = {"since": self.done_at, "why": self.fault}
            return Message("No contact with the portal since {since}: {why} Call the parties.", values)
        return Message("More has waited at the portal since {since}.", {"since": self.done_at})

    @contextmanager
    def going_on(self) -> Iterator[None]:
        over = threading.Event()

        def go_on() -> None:
            while not over.wait(EVERY_S):
                with suppress(Exception):  # whatever is wrong, the next turn is tried; `late` tells that none succeeds
                    self.turn()

        thread = threading.Thread(target=go_on, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join(EVERY_S)
