"""The base class of all entries of a year."""

from dataclasses import dataclass
from typing import Annotated

from arshjul.domain.declaration import FromReplan, Moment, Told, Whole
from arshjul.errors import Message

# fmt: off
# A field is a line.


Reported = Annotated[Moment | None, Told(Message("Reported"), Message("When it was reported. Empty: at the replan."), prompt=Message("Reported (empty: now)"))]
Revision = Annotated[Whole | None, FromReplan]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that happened, or was decided, and is kept for good.

    `reported` is the moment of its report, `revision` the one that answered it; None: not entered yet.
    """

    reported: Reported = None
    revision: Revision = None
