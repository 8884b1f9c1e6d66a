"""The open connections: none is held open for nothing, and no one address holds them all.

A calendar connects, asks, takes its answer and goes. Whoever does not is let go. Where there are too many, of
one address or in all, the newest takes the place of the one that was answered longest ago: so whoever comes with
a whole request is served, however many others sit and wait.
"""

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Protocol

from arshjul.serving.proxies import neighbours


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of a connection. Counted from when it was opened, or answered last."""

    request_s: float = 10.0
    """For a whole request to come."""

    answer_s: float = 30.0
    """For an answer to be made and taken, the wait for its request included: 350 kB at 100 kbit/s."""

    of_one_address: int = 100
    """A whole authority may sit behind one address; its calendars come one by one."""

    in_all: int = 2000


USUAL = Limits()


class ClientConnection(Hashable, Protocol):
    """One of them, as it is seen from here."""

    @property
    def is_answering(self) -> bool:
        """True if an answer is being made, or lies ready and is not taken."""

    def drop(self) -> None:
        """Closes it at once, whatever is unsent."""


class Connections:
    """Those that are open. `now` is in seconds, of any clock that only goes forward.

    `let_go` counts those that were closed because their time was over, or for others' sake.
    """

    def __init__(self, limits: Limits) -> None:
        self.let_go = 0
        self._limits = limits
        self._since: dict[ClientConnection, float] = {}  # the one that was answered longest ago comes first
        self._address: dict[ClientConnection, str] = {}
        self._of: defaultdict[str, dict[ClientConnection, None]] = defaultdict(dict)

    def __len__(self) -> int:
        return len(self._since)

    def opened(self, connection: ClientConnection, address: str | None, now: float) -> None:
        """Counts one more. `address`: None for a proxy, which comes for many."""
        if len(self._since) >= self._limits.in_all:
            self.drop(next(iter(self._since)))
        self._since[connection] = now
        if address is not None:
            self.speaks_for(connection, address)

    def speaks_for(self, connection: ClientConnection, address: str | None) -> None:
        """From now on it is that address's; None: nobody's."""
        before = self._address.pop(connection, None)
        if before is not None:
            del self._of[before][connection]
            if not self._of[before]:
                del self._of[before]
        if address is None or connection not in self._since:
            return
        block = neighbours(address)
        there = self._of[block]
        if len(there) >= self._limits.of_one_address:
            self.drop(min(there, key=self._since.__getitem__))
        self._address[connection] = block
        self._of[block][connection] = None

    def answered(self, connection: ClientConnection, now: float) -> None:
        """Its time begins anew."""
        if self._since.pop(connection, None) is not None:
            self._since[connection] = now

    def lost(self, connection: ClientConnection) -> None:
        """Forgets it."""
        self.speaks_for(connection, None)
        self._since.pop(connection, None)

    def sweep(self, now: float) -> None:
        """Lets go of those whose time is over."""
        for connection, since in list(self._since.items()):
            waited = now - since
            if waited < self._limits.request_s:
                return  # all that follow are younger
            if waited >= self._limits.answer_s or not connection.is_answering:
                self.drop(connection)

    def drop(self, connection: ClientConnection) -> None:
        """Lets go of it."""
        self.let_go += 1
        self.lost(connection)
        connection.drop()
