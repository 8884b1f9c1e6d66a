"""Objects: sites that wait to be visited, until they are bound to a frame."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from arshjul.domain.calendar import Span
from arshjul.domain.operation import Site

Bindings = Mapping[str, tuple[str, ...]]
"""The objects of each frame, by id, in the order in which they were bound; frames without objects are absent."""


@dataclass(frozen=True, slots=True)
class VisitObject:
    """An object. Its id reveals nothing; `agencies` are required. `window` None: any date.

    `interest` is its worth to agencies, 0 to 3. Its sites are as secret as an operation's.
    """

    id: str
    sector: str
    area: str
    priority: int = 2
    must: bool = False
    stops: int = 1
    agencies: tuple[str, ...] = ()
    officers: int = 0
    window: Span | None = None
    nominated_on: date | None = None
    short_notice: bool = False
    interest: Mapping[str, int] = field(default_factory=dict)
    sites: tuple[Site, ...] = ()

    def stake(self, agency: str) -> int:
        """Its worth to the agency: as given; else 1 if the agency is required, 0 if not."""
        return self.interest.get(agency, int(agency in self.agencies))


def stops_taken(objects: Mapping[str, VisitObject], bound: Iterable[str]) -> int:
    """The stops that these objects take together."""
    return sum(objects[id].stops for id in bound)


def frame_of(bindings: Bindings) -> dict[str, str]:
    """The frame of each object that is bound."""
    return {object: frame for frame, objects in bindings.items() for object in objects}
