"""The names of calendar events, the same for as long as the plan has its name (contract 5).

A UID tells which operation, milestone or meeting it is, never when it is: what moves keeps its UID,
or calendars would delete and make it anew. A meeting is one event per date, so there the date belongs.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Uids:
    """The UIDs of one plan. `host` is what stands after the @."""

    host: str

    @classmethod
    def of(cls, plan_name: str) -> "Uids":
        """Those of the plan of that name: in ASCII, lower case, other runs as `-`."""
        letters = unicodedata.normalize("NFKD", plan_name.lower())
        plain = "".join(c for c in letters if not unicodedata.combining(c))
        return cls(f"{re.sub('[^a-z0-9]+', '-', plain).strip('-') or 'plan'}.arshjul")

    def operation(self, id: str) -> str:
        """An operation's."""
        return f"{id}@{self.host}"

    def milestone(self, operation: str, id: str) -> str:
        """That of a milestone around an operation."""
        return f"{operation}.{id}@{self.host}"

    def meeting(self, id: str, day: date) -> str:
        """That of a meeting on one of its dates."""
        return f"meeting.{id}.{day:%Y%m%d}@{self.host}"

    def note(self) -> str:
        """That of the note in a feed with nothing else in it."""
        return f"note@{self.host}"
