"""The names of calendar events, the same for as long as the plan has its name.

A UID tells which operation, milestone or meeting it is, never when it is: what moves keeps its UID,
or calendars would delete and make it anew. A meeting is one event per date, so there the date belongs.
Who may know only that the time is taken, or where, gets UIDs that tell nothing: keyed hashes, of one
form whatever the event is, and others in every feed, so that nobody can lay two feeds side by side.
"""

import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date

DIGITS = 32
"""How long a hidden name is: 128 bits, so that no two are the same."""


@dataclass(frozen=True, slots=True)
class Uids:
    """The UIDs of one plan. `host` is what stands after the @; `seal` hides what stands before it."""

    host: str
    seal: "Seal | None" = None

    @classmethod
    def of(cls, plan_name: str) -> "Uids":
        """Those of the plan of that name: in ASCII, lower case, other runs as `-`."""
        letters = unicodedata.normalize("NFKD", plan_name.lower())
        plain = "".join(c for c in letters if not unicodedata.combining(c))
        return cls(f"{re.sub('[^a-z0-9]+', '-', plain).strip('-') or 'plan'}.arshjul")

    def operation(self, id: str, number: int = 1) -> str:
        """That of an operation on its first date, or on a later one of several."""
        return self._named(id if number == 1 else f"{id}..{number}")

    def milestone(self, operation: str, id: str) -> str:
        """That of a milestone around an operation."""
        return self._named(f"{operation}.{id}")

    def meeting(self, id: str, day: date) -> str:
        """That of a meeting on one of its dates."""
        return self._named(f"meeting.{id}.{day:%Y%m%d}")

    def note(self) -> str:
        """That of the note in a feed with nothing else in it."""
        return self._named("note")

    def address_end(self) -> str:
        """That of the note in a feed whose address soon ends. No id begins with a hyphen."""
        return self._named("-address")

    def has_form(self, uid: str) -> bool:
        """True if a UID is of the form that these have; others were given by an earlier version."""
        return self.seal is None or re.fullmatch(f"[0-9a-f]{{{DIGITS}}}@.*", uid) is not None

    def _named(self, entry: str) -> str:
        name = entry if self.seal is None else self.seal.hidden(f"{entry}@{self.host}")
        return f"{name}@{self.host}"


@dataclass(frozen=True, slots=True)
class Seal:
    """Hides the names of one feed's entries: who has not the `key` can neither guess nor compare them."""

    key: bytes = field(repr=False)
    feed: str

    def hidden(self, name: str) -> str:
        """The keyed hash of the feed and the name, in hexadecimal."""
        return hmac.digest(self.key, f"{self.feed}\n{name}".encode(), hashlib.sha256).hex()[:DIGITS]
