"""Objects: sites that wait to be visited, until a filling binds them to a frame."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from arshjul.errors import Message
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.declaration import (
    AgencyId,
    AreaId,
    ById,
    Day,
    Entry,
    Flag,
    Id,
    Interest,
    Officers,
    Priority,
    Stops,
    Text,
    Told,
    WordId,
)
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import Site

Bindings = Mapping[str, tuple[str, ...]]
"""The objects of each frame, by id, in the order in which they were bound; frames without objects are absent."""


# fmt: off
# A field is a line.


@dataclass(frozen=True, slots=True)
class VisitObject:
    """An object. Its id reveals nothing; `agencies` are required. `window` None: any date.

    `interest` is its worth to agencies, 0 to 3. Its sites are as secret as an operation's.
    """

    id: Annotated[Id, Told(Message("Id"), Message("Of an object to bind: an opaque id, never a case number. Empty for a site."), prompt=Message("Id, which says nothing"))]
    sector: Annotated[WordId, Told(Message("Sector"), Message("Of an object: business."))]
    area: Annotated[AreaId, Told(Message("Area"), Message("Of an object: place."))]
    priority: Annotated[Priority, Told(Message("Priority"), Message("Of an object: 1 high, 2, 3 low. Empty: 2."))] = 2
    must: Annotated[Flag, Told(Message("Must"), Message("Of an object. yes: before any number of others."))] = False
    stops: Annotated[Stops, Told(Message("Stops"), Message("Of an object: stops of a frame. Empty: 1."))] = 1
    agencies: Annotated[tuple[AgencyId, ...], Told(Message("Agencies"), Message("Of an object: agencies needed."), prompt=Message("Agencies needed"))] = ()
    officers: Annotated[Officers, Told(Message("Officers"), Message("Of an object: officers needed. Empty: 0."))] = 0
    window: Annotated[Span | None, Told(parts={"from": Told(Message("From"), Message("Of an object: not before this date.")), "to": Told(Message("To"), Message("Of an object: not after this date."))})] = None
    nominated_on: Annotated[Day | None, Told(Message("Nominated"), Message("Of an object: lead time counts from here."))] = None
    short_notice: Annotated[Flag, Told(Message("Short notice"), Message("Of an object. yes: without lead time."), prompt=Message("May come at short notice"))] = False
    interest: Annotated[Mapping[AgencyId, Interest], Told(Message("Interest"), Message("Of an object: worth to agencies, 0 to 3: miljo 3."))] = field(default_factory=dict)
    sites: tuple[Site, ...] = field(default=(), repr=False)

    def stake(self, agency: str) -> int:
        """Its worth to the agency: as given; else 1 if the agency is required, 0 if not."""
        return self.interest.get(agency, int(agency in self.agencies))


# fmt: on


def stops_taken(objects: Mapping[str, VisitObject], bound: Iterable[str]) -> int:
    return sum(objects[id].stops for id in bound)


def frame_of(bindings: Bindings) -> dict[str, str]:
    return {object: frame for frame, objects in bindings.items() for object in objects}


@dataclass(frozen=True, slots=True)
class Freed:
    """An object that is no longer bound to a frame. `rule` is the rule that it no longer keeps."""

    object: Id
    operation: Id
    rule: Text


@dataclass(frozen=True, slots=True)
class Filling(Entry):
    """The objects that a revision bound and freed. A replan may free some, and has no levels; it binds only
    what was bound before something that it takes back.
    """

    bound: Annotated[Mapping[Id, tuple[Id, ...]], ById("operation", "objects")] = field(default_factory=dict)
    freed: tuple[Freed, ...] = ()
    levels: tuple[Level, ...] = ()

    @property
    def is_replan(self) -> bool:
        """True if no objects were given, and some were freed because their frames changed."""
        return not self.levels
