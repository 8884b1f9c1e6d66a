"""Frames and objects as the coordinator sees them: the stops taken, and what each agency got.

No object is named here; its id is only in the coordinator's calendar.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from arshjul.domain.placed_frame import placed_frames
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.visit_object import frame_of, stops_taken
from arshjul.errors import Message
from arshjul.texts import counted


@dataclass(frozen=True, slots=True)
class StopsTaken:
    taken: int
    stops: int

    @property
    def text(self) -> Message:
        return counted(self.stops, "{taken} of {n} stop taken", "{taken} of {n} stops taken", taken=self.taken)


@dataclass(frozen=True, slots=True)
class Gain:
    """An agency's objects: the number that it visits, their worth to it, and the worth of all of its objects."""

    name: str
    visits: int
    served: int
    worth: int


def stops_by_frame(scenario: Scenario, plan: Plan) -> dict[str, StopsTaken]:
    return {
        id: StopsTaken(stops_taken(scenario.objects, plan.bindings.get(id, ())), frame.frame.stops)
        for id, frame in placed_frames(scenario, plan.placed).items()
    }


def gains(scenario: Scenario, plan: Plan) -> Iterator[Gain]:
    if not plan.bindings:
        return
    frames, bound_to = placed_frames(scenario, plan.placed), frame_of(plan.bindings)
    for agency in scenario.agencies.values():
        visited = [
            scenario.objects[object]
            for object, frame in bound_to.items()
            if frame in frames and agency.id in frames[frame].coming
        ]
        served = sum(object.stake(agency.id) for object in visited)
        worth = sum(object.stake(agency.id) for object in scenario.objects.values())
        if visited or worth:
            yield Gain(agency.name, len(visited), served, worth)
