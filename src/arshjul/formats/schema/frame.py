"""`frame` of an operation, and objects, which come later and wait to be bound to a frame."""

from typing import Annotated

from pydantic import Field

from arshjul.domain.operation import Frame
from arshjul.domain.visit_object import VisitObject
from arshjul.errors import Message
from arshjul.formats.schema.fields import AgencyId, AreaId, Told, WordId
from arshjul.formats.schema.place import WrittenPeriod
from arshjul.formats.schema.site import WrittenSite
from arshjul.formats.shape import Shape
from arshjul.formats.words import MOST, Day, Flag, Id, Interest, Officers, Priority, Unit, wrong

# fmt: off
# A field is a line.

Stops = Annotated[int, Field(ge=1, le=MOST), Unit("stops")]


class WrittenFrame(Shape[Frame]):
    """`frame`: the sectors of its objects, and its number of stops."""

    thing = Frame

    sectors: Annotated[list[WordId] | None, Told(Message("Frame: sectors"), Message("Sectors of its objects. Empty: its own."), prompt=Message("Sectors of its objects (none ticked: its own)"))] = None
    stops: Annotated[Stops, Told(Message("Frame: stops"), Message("Stops of a frame, for objects bound later."), also=("Ram: stopp",), prompt=Message("Stops (empty: no frame)"))] = 1

    def model_post_init(self, _: object) -> None:
        """Refuses a frame to which nothing can be bound."""
        if self.sectors == []:
            text = Message("The sector is missing: name one, or leave the key out.")
            raise wrong("bad-value", text, "sectors")


class WrittenObject(Shape[VisitObject]):
    """An object, with its keys and defaults (docs/formats.md#objects)."""

    thing = VisitObject

    id: Annotated[Id, Told(Message("Id"), Message("Of an object to bind: an opaque id, never a case number. Empty for a site."), prompt=Message("Id, which says nothing"))]
    sector: Annotated[WordId, Told(Message("Sector"), Message("Of an object: business."))]
    area: Annotated[AreaId, Told(Message("Area"), Message("Of an object: place."))]
    priority: Annotated[Priority, Told(Message("Priority"), Message("Of an object: 1 high, 2, 3 low. Empty: 2."))] = 2
    must: Annotated[Flag, Told(Message("Must"), Message("Of an object. yes: before any number of others."))] = False
    stops: Annotated[Stops, Told(Message("Stops"), Message("Of an object: stops of a frame. Empty: 1."))] = 1
    agencies: Annotated[list[AgencyId], Told(Message("Agencies"), Message("Of an object: agencies needed."), prompt=Message("Agencies needed"))] = []
    officers: Annotated[Officers, Told(Message("Officers"), Message("Of an object: officers needed. Empty: 0."))] = 0
    window: Annotated[WrittenPeriod | None, Told(parts={"from": Told(Message("From"), Message("Of an object: not before this date.")), "to": Told(Message("To"), Message("Of an object: not after this date."))})] = None
    nominated_on: Annotated[Day | None, Told(Message("Nominated"), Message("Of an object: lead time counts from here."))] = None
    short_notice: Annotated[Flag, Told(Message("Short notice"), Message("Of an object. yes: without lead time."), prompt=Message("May come at short notice"))] = False
    interest: Annotated[dict[AgencyId, Interest], Told(Message("Interest"), Message("Of an object: worth to agencies, 0 to 3: miljo 3."))] = {}
    sites: list[WrittenSite] = Field([], repr=False)
