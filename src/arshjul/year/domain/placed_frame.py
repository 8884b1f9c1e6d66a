"""Frames with their places in the plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arshjul.year.domain.calendar import Span
from arshjul.year.domain.operation import Frame, Operation, Placement
from arshjul.year.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class PlacedFrame:
    """A frame with its place: its start in UTC, its dates, and the agencies that come."""

    operation: Operation
    frame: Frame
    placement: Placement
    starts: datetime
    dates: Span
    coming: frozenset[str]

    @property
    def id(self) -> str:
        return self.operation.id

    @property
    def sectors(self) -> tuple[str, ...]:
        return (self.operation.sector,) if self.frame.sectors is None else self.frame.sectors


def placed_frames(scenario: Scenario, placed: Mapping[str, Placement]) -> dict[str, PlacedFrame]:
    """The frames that have a place, by id, in the order of their starts."""
    there = []
    for id, placement in placed.items():
        operation = scenario.operations.get(id)
        if operation is not None and operation.frame is not None:
            starts, dates = scenario.moments(placement.slot)[0], Span(placement.slot.day, scenario.last_day(placement))
            coming = frozenset(scenario.agencies_at(placement))
            there.append(PlacedFrame(operation, operation.frame, placement, starts, dates, coming))
    return {frame.id: frame for frame in sorted(there, key=lambda frame: (frame.starts, frame.id))}
