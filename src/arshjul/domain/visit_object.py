"""Objects: sites that wait to be visited, until they are bound to a frame."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from arshjul.domain.calendar import Span
from arshjul.domain.declaration import (
    AgencyId,
    AreaId,
    Day,
    Flag,
    Id,
    Interest,
    Officers,
    Priority,
    Stops,
    Told,
    WordId,
)
from arshjul.domain.operation import Site
from arshjul.errors import Message

Bindings = Mapping[str, tuple[str, ...]]
"""The objects of each frame, by id, in the order in which they were bound; frames without objects are absent."""


# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class VisitObject:
    """An object. Its id reveals nothing; `agencies` are required. `window` None: any date.

    `interest` is its worth to agencies, 0 to 3. Its sites are as secret as an operation's.
    """

    id: Annotated[Id, Told(Message("Id"), Message("Of an object that waits to be bound to a frame: its id, opaque and never a case number. Empty for a site of an operation."), prompt=Message("Id, which says nothing"))]
    sector: Annotated[WordId, Told(Message("Sector"), Message("Of an object: kind of business."))]
    area: Annotated[AreaId, Told(Message("Area"), Message("Of an object: where it is."))]
    priority: Annotated[Priority, Told(Message("Priority"), Message("Of an object: 1 high, 2, 3 low. Empty: 2."))] = 2
    must: Annotated[Flag, Told(Message("Must"), Message("Of an object. yes: leaving it out is worse than any number of others."))] = False
    stops: Annotated[Stops, Told(Message("Stops"), Message("Of an object: how many of a frame's stops it takes. Empty: 1."))] = 1
    agencies: Annotated[tuple[AgencyId, ...], Told(Message("Agencies"), Message("Of an object: who must be there."), prompt=Message("Agencies that must be there"))] = ()
    officers: Annotated[Officers, Told(Message("Officers"), Message("Of an object: officers needed. Empty: 0."))] = 0
    window: Annotated[Span | None, Told(parts={"from": Told(Message("From"), Message("Of an object: not before this date.")), "to": Told(Message("To"), Message("Of an object: not after this date."))})] = None
    nominated_on: Annotated[Day | None, Told(Message("Nominated"), Message("Of an object: from this date on the lead time counts."))] = None
    short_notice: Annotated[Flag, Told(Message("Short notice"), Message("Of an object. yes: without lead time."), prompt=Message("It may come at short notice"))] = False
    interest: Annotated[Mapping[AgencyId, Interest], Told(Message("Interest"), Message("Of an object: what it is worth to agencies, 0 to 3: miljo 3."))] = field(default_factory=dict)
    sites: tuple[Site, ...] = field(default=(), repr=False)

    def stake(self, agency: str) -> int:
        """Its worth to the agency: as given; else 1 if the agency is required, 0 if not."""
        return self.interest.get(agency, int(agency in self.agencies))


# fmt: on


def stops_taken(objects: Mapping[str, VisitObject], bound: Iterable[str]) -> int:
    """The stops that these objects take together."""
    return sum(objects[id].stops for id in bound)


def frame_of(bindings: Bindings) -> dict[str, str]:
    """The frame of each object that is bound."""
    return {object: frame for frame, objects in bindings.items() for object in objects}
