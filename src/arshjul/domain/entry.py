"""The base class of all entries of a year."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that happened, or was decided, and is kept for good.

    `reported` is the moment of its report, `revision` the one that answered it; None: not entered yet.
    """

    reported: datetime | None = None
    revision: int | None = None
