"""`frame` of an operation, and objects: what comes later, and waits to be bound to one."""

from typing import Annotated

from pydantic import Field

from arshjul.domain.operation import Frame
from arshjul.domain.visit_object import VisitObject
from arshjul.errors import Message
from arshjul.formats.schema.fields import AgencyId, AreaId, WordId
from arshjul.formats.schema.place import WrittenPeriod
from arshjul.formats.schema.site import WrittenSite
from arshjul.formats.shape import Shape
from arshjul.formats.words import MOST, Day, Flag, Id, Interest, Whole, wrong

Stops = Annotated[int, Field(ge=1, le=MOST)]


class WrittenFrame(Shape[Frame]):
    """`frame`: the sectors of its objects, and how many stops it has."""

    thing = Frame

    sectors: list[WordId] | None = None
    stops: Stops = 1

    def model_post_init(self, _: object) -> None:
        """Refuses a frame that nothing can be bound to."""
        if self.sectors == []:
            text = Message("No sector is named: name one, or leave it out for the operation's own.")
            raise wrong("bad-value", text, "sectors")


class WrittenObject(Shape[VisitObject]):
    """An object, with its keys and defaults (docs/formats.md#objects)."""

    thing = VisitObject

    id: Id
    sector: WordId
    area: AreaId
    priority: Annotated[int, Field(ge=1, le=3)] = 2
    must: Flag = False
    stops: Stops = 1
    agencies: list[AgencyId] = []
    officers: Whole = 0
    window: WrittenPeriod | None = None
    nominated_on: Day | None = None
    short_notice: Flag = False
    interest: dict[AgencyId, Interest] = {}
    sites: list[WrittenSite] = Field([], repr=False)
