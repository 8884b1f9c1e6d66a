"""The UIDs of calendar events, which stay as long as the plan keeps its name.

A UID identifies an operation, milestone or meeting, not its time: a moved event keeps its UID, or calendars would
delete it and make a new one. A meeting is one event per date, so its UID has the date. Subscribers who may know only
that the time is taken, or the area, get UIDs without meaning: keyed hashes of one form for all events, different in
every feed, so that feeds cannot be compared.
"""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

DIGITS = 32
"""The length of a hidden UID: 128 bits, so that no two are the same."""


@dataclass(frozen=True, slots=True)
class Uids:
    """The UIDs of one plan. `host` is the part after the @; `seal` hides the part before it."""

    host: str
    seal: "Seal | None" = None

    @classmethod
    def of(cls, plan_name: str) -> "Uids":
        """The UIDs of the plan of that name: in ASCII, lower case, other runs as `-`."""
        letters = unicodedata.normalize("NFKD", plan_name.lower())
        plain = "".join(c for c in letters if not unicodedata.combining(c))
        return cls(f"{re.sub('[^a-z0-9]+', '-', plain).strip('-') or 'plan'}.arshjul")

    def operation(self, id: str, number: int = 1) -> str:
        return self._named(id if number == 1 else f"{id}..{number}")

    def milestone(self, operation: str, id: str) -> str:
        return self._named(f"{operation}.{id}")

    def meeting(self, id: str, day: date) -> str:
        return self._named(f"meeting.{id}.{day:%Y%m%d}")

    def note(self) -> str:
        return self._named("note")

    def address_end(self) -> str:
        """The UID of the warning in a feed whose address soon ends. No id begins with a hyphen."""
        return self._named("-address")

    def _named(self, entry: str) -> str:
        name = entry if self.seal is None else self.seal.hidden(f"{entry}@{self.host}")
        return f"{name}@{self.host}"


@dataclass(frozen=True, slots=True)
class Seal:
    """Hides the UIDs of one feed's entries: without the `key` they can neither be guessed nor compared."""

    key: bytes = field(repr=False)
    feed: str

    def hidden(self, name: str) -> str:
        return hmac.digest(self.key, f"{self.feed}\n{name}".encode(), hashlib.sha256).hex()[:DIGITS]
