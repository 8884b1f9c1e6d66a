"""The year's targets as the coordinator sees them: what each asks for, and what is placed."""

from collections.abc import Iterator
from dataclasses import dataclass

from arshjul.domain.calendar import Span
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class TargetView:
    """A target, and the number of operations of its kinds with their first date in its span."""

    name: str
    span: Span
    placed: int
    wanted: int

    @property
    def missing(self) -> int:
        """The number of operations missing."""
        return max(self.wanted - self.placed, 0)


def targets(scenario: Scenario, plan: Plan) -> Iterator[TargetView]:
    """All of them, in the scenario's order."""
    for target in scenario.targets:
        there = [
            placement
            for placement in plan.placements
            if placement.slot.day in target.span and target.is_kind(scenario.operations[placement.operation])
        ]
        yield TargetView(target.name, target.span, len(there), target.at_least)
