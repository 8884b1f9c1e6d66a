"""What a contact nominates: an operation, or an object for a frame; of a place no more than a reference of its own."""

from typing import Annotated

from arshjul.domain.declaration import AgencyId, AreaId, Interest, Name, Officers, Teams, Text, Told, WordId
from arshjul.errors import Message
from arshjul.formats.schema.place import WrittenPeriod
from arshjul.formats.words import Written

# fmt: off
# A field is a line.


class WrittenNominatedOperation(Written):
    """An operation that a party wants."""

    sector: Annotated[WordId, Told(Message("Sector"))]
    area: Annotated[AreaId, Told(Message("Area"))]
    purpose: Annotated[Name, Told(Message("What it is for"))]
    reference: Annotated[Name | None, Told(Message("Own reference"))] = None
    teams: Annotated[Teams | None, Told(Message("Own teams"))] = None
    agencies: Annotated[list[AgencyId], Told(Message("Other agencies wanted"))] = []
    why: Annotated[Text, Told(Message("Why they are wanted"))] = ""
    officers: Annotated[Officers | None, Told(Message("Police officers"))] = None
    window: Annotated[WrittenPeriod | None, Told(parts={"from": Told(Message("Earliest date")), "to": Told(Message("Latest date"))})] = None
    interest: Annotated[Interest | None, Told(Message("Interest"))] = None


class WrittenNominatedObject(Written):
    """An object that a party wants a frame to visit."""

    sector: Annotated[WordId, Told(Message("Sector"))]
    area: Annotated[AreaId, Told(Message("Area"))]
    wanted: Annotated[Name, Told(Message("What is wanted there"))]
    reference: Annotated[Name, Told(Message("Own reference"))]


class WrittenRetraction(Written):
    """That a nomination is taken back: which, the entry says that has it."""
