"""`targets`: aims for a part of the year."""

from typing import Annotated, Any

from arshjul.domain.declaration import AreaId, Name, Operations, OwnId, Points, ProgrammeId, Told, WordId
from arshjul.domain.scenario import Target
from arshjul.errors import Message
from arshjul.formats.schema.place import WrittenDates
from arshjul.formats.shape import Shape

# fmt: off
# A field is a line.


class _Named(Shape[Target]):
    id: OwnId
    name: Annotated[Name | None, Told(Message("Name"), Message("The word shown. Empty: the id."))] = None


class WrittenTarget(WrittenDates[Target], _Named):
    """A number of operations of some kinds between two dates; an omitted list means all."""

    thing = Target

    sectors: Annotated[list[WordId] | None, Told(Message("Sectors"), Message("Empty: all."))] = None
    areas: Annotated[list[AreaId] | None, Told(Message("Areas"), Message("Empty: all."))] = None
    programmes: Annotated[list[ProgrammeId] | None, Told(Message("Programmes"), Message("Empty: all."))] = None
    at_least: Annotated[Operations, Told(Message("At least"))]
    points: Annotated[Points | None, Told(Message("Points"), Message("Points of each missing. Empty: as the sheet Rules."))] = None

    def made_of(self) -> dict[str, Any]:
        """Its name is its id if it has none."""
        return {**super().made_of(), "name": self.name or self.id}
