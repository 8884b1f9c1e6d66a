"""What was planned on each date, what became of it, and how often: the counts that a report is made of.

An operation that was planned and called off counts as planned, by the date that it lost. Operations without officers
are not joint operations by definition: they are counted apart, as controls. One carried out without its planned
officers counts as done without police.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from arshjul.domain.entries.amendment import WithoutPolice
from arshjul.domain.entries.outcome import Outcome
from arshjul.domain.operation import Operation
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Held, Plan, ReplanRecord
from arshjul.domain.scenario import Scenario
from arshjul.planning.letters.called_off import CalledOff, called_off

CARRIED_OUT = ("done", "without-police", "aborted")


@dataclass(frozen=True, slots=True)
class Share:
    """A number of things, and the number that it is a share of."""

    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of operations by outcome; `called_off` counts dates instead.

    `no_outcome`: begun, and without a reported outcome; `to_come`: not begun; `without_date`: called off, and without
    another date. Together with those carried out, they make up all that was `planned`. `saved`: the share of operations
    carried out among those that had once lost their police. `figures`: the sums of the figures in outcomes.
    """

    planned: int = 0
    done: int = 0
    without_police: int = 0
    aborted: int = 0
    without_date: int = 0
    called_off: int = 0
    no_outcome: int = 0
    to_come: int = 0
    moved: int = 0
    saved: Share = Share(0, 0)
    figures: Mapping[str, int] = field(default_factory=dict)

    @property
    def carried_out(self) -> int:
        """The number of operations that were held, whole or in part, with police or without."""
        return self.done + self.without_police + self.aborted


@dataclass(frozen=True, slots=True)
class DatedOperation:
    """An operation on a date: its place, and its outcome. `outcome` None: not reported, or still to come."""

    operation: Operation
    placement: Placement
    started: bool
    outcome: Outcome | None
    called_off: CalledOff | None
    is_control: bool
    was_hit: bool
    was_moved: bool

    @property
    def state(self) -> str:
        """What became of it."""
        if self.called_off is not None:
            return "called-off"
        if self.outcome is None:
            return "no-outcome" if self.started else "to-come"
        planned_without = self.placement.police is None and not self.is_control
        return "without-police" if planned_without and self.outcome.result == "done" else self.outcome.result


def occasions(
    scenario: Scenario, plan: Plan, made: Sequence[ReplanRecord], as_of: datetime
) -> Iterator[DatedOperation]:
    """Each placement of the plan, and each date that was called off."""
    outcomes = plan.entries.known_outcomes()
    hit = {id for revision in made for id in revision.hit}
    moved = {move.operation for revision in made for move in revision.changed if move.is_moved}
    without = {change.operation for change in plan.entries.standing().changes if isinstance(change, WithoutPolice)}
    there = [(placement, None) for placement in plan.placements]
    off = [(one.placement, one) for one in called_off(scenario, plan)]
    for placement, lost in sorted([*there, *off], key=lambda one: (one[0].slot.day, one[0].operation)):
        id = placement.operation
        operation = scenario.operations.get(id)
        if operation is not None:
            yield DatedOperation(
                operation,
                placement,
                started=scenario.has_begun(placement.slot, as_of),
                outcome=outcomes.get((id, placement.slot.day)),
                called_off=lost,
                is_control=not operation.officers and id not in without,
                was_hit=id in hit,
                was_moved=id in moved,
            )


def is_evaluated(scenario: Scenario, held: Held, one: DatedOperation) -> bool:
    """True if its outcome counts an evaluation, or one was entered as held."""
    id, day = one.operation.id, one.placement.slot.day
    evaluations = (each for each in scenario.cycle.milestones if scenario.cycle.meaning(each.id) == "evaluation")
    was_held = any(each.was_held(held.get((id, each.id), {}).get(day), day) for each in evaluations)
    return was_held or bool(one.outcome and any(_evaluations(scenario, one.outcome).values()))


def _evaluations(scenario: Scenario, outcome: Outcome) -> dict[str, int]:
    """An outcome's figures of milestones that count as an evaluation."""
    return {id: n for id, n in outcome.figures.items() if scenario.cycle.meaning(id) == "evaluation"}


def counts_of(scenario: Scenario, there: Sequence[DatedOperation]) -> Counts:
    """What became of all of them."""
    states: dict[str, set[str]] = defaultdict(set)
    for one in there:
        states[one.state].add(one.operation.id)
    hit = {one.operation.id for one in there if one.was_hit}
    return Counts(
        planned=len({one.operation.id for one in there}),
        done=len(states["done"]),
        without_police=len(states["without-police"]),
        aborted=len(states["aborted"]),
        without_date=len(states.pop("called-off", set()).difference(*states.values())),
        called_off=sum(one.state == "called-off" for one in there),
        no_outcome=len(states["no-outcome"]),
        to_come=len(states["to-come"]),
        moved=len({one.operation.id for one in there if one.was_moved}),
        saved=Share(len(hit & states["done"]), len(hit)),
        figures=summed(
            {id: n for id, n in one.outcome.figures.items() if id not in _evaluations(scenario, one.outcome)}
            for one in there
            if one.outcome
        ),
    )


_PARTS: Mapping[str, Callable[[Scenario, DatedOperation], Iterable[str]]] = {
    "agency": lambda scenario, one: scenario.agencies_at(one.placement),
    "unit": lambda scenario, one: scenario.lenders(one.operation.id, one.placement.police),
    "area": lambda _, one: (one.operation.area,),
    "sector": lambda _, one: (one.operation.sector,),
    "programme": lambda _, one: (one.operation.programme,),
    "month": lambda _, one: (f"{one.placement.slot.day:%Y-%m}",),
}


def counts_by_part(scenario: Scenario, there: Iterable[DatedOperation]) -> dict[str, dict[str, Counts]]:
    """The same by kind and id of each part."""
    groups: dict[str, dict[str, list[DatedOperation]]] = {part: defaultdict(list) for part in _PARTS}
    for one in there:
        for part, ids in _PARTS.items():
            for id in ids(scenario, one):
                groups[part][id].append(one)
    return {part: {id: counts_of(scenario, some) for id, some in sorted(by.items())} for part, by in groups.items()}


def summed(mappings: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """The sums by key."""
    total: Counter[str] = Counter()
    for mapping in mappings:
        total.update(mapping)
    return dict(sorted(total.items()))
