"""What was planned on each date, what became of it, and how often: the counts that a report is made of.

An operation that was planned and called off counts as planned, by the date that it lost. What is none by definition,
with police and one agency alone or without police, is counted apart. One planned with both counts with the operations,
and is done without police, or with one agency, where no others came.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, get_type_hints

from arshjul.domain.entries.amendment import WithoutPolice
from arshjul.domain.entries.outcome import Outcome
from arshjul.domain.operation import Operation, OperationKind, kind_of
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan, ReplanRecord
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.letters.called_off import CalledOff, called_off

CARRIED_OUT = ("done", "without-police", "one-agency", "aborted")


@dataclass(frozen=True, slots=True)
class Share:
    """A number of things, and the number that it is a share of."""

    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of operations by outcome, each with its words; `called_off` counts dates instead.

    `no_outcome`: begun, and without a reported outcome; `to_come`: not begun; `without_date`: called off, and without
    another date. Together with those carried out, they make up all that was `planned`. `one_agency`: done with police
    and one agency, since no other came. `saved`: the share of operations carried out among those that had once lost
    their police. `figures`: the sums of the figures in outcomes.
    """

    planned: Annotated[int, Message("planned")] = 0
    done: Annotated[int, Message("done")] = 0
    without_police: Annotated[int, Message("without police")] = 0
    one_agency: Annotated[int, Message("with one agency")] = 0
    aborted: Annotated[int, Message("aborted")] = 0
    without_date: Annotated[int, Message("called off")] = 0
    no_outcome: Annotated[int, Message("outcome missing")] = 0
    to_come: Annotated[int, Message("to come")] = 0
    moved: Annotated[int, Message("moved")] = 0
    called_off: Annotated[int, Message("dates that were called off"), None] = 0
    saved: Annotated[Share, Message("affected by a withdrawal, and still done"), Message("saved")] = Share(0, 0)
    figures: Mapping[str, int] = field(default_factory=dict)


_WORDS = {
    key: hint.__metadata__ for key, hint in get_type_hints(Counts, include_extras=True).items() if key != "figures"
}
COUNTED: Mapping[str, Message] = {key: words[0] for key, words in _WORDS.items()}
"""What figures tell of each part."""
COLUMNS: Mapping[str, Message] = {key: words[-1] for key, words in _WORDS.items() if words[-1]}
"""What tables tell of each part."""


@dataclass(frozen=True, slots=True)
class DatedOperation:
    """An operation on a date: its place, its kind as it was planned, and its outcome.

    `outcome` None: not reported, or still to come. `agencies` are those that were to come.
    """

    operation: Operation
    placement: Placement
    started: bool
    outcome: Outcome | None
    called_off: CalledOff | None
    kind: OperationKind
    agencies: tuple[str, ...]
    was_hit: bool
    was_moved: bool

    @property
    def state(self) -> str:
        """What became of it."""
        if self.called_off is not None:
            return "called-off"
        if self.outcome is None:
            return "no-outcome" if self.started else "to-come"
        if self.outcome.result != "done" or self.kind == "no-police":
            return self.outcome.result
        if self.placement.police is None or self.outcome.officers == 0:
            return "without-police"
        came = kind_of(len(self.came), has_police=True)
        return "one-agency" if (came, self.kind) == ("one-agency", "insats") else "done"

    @property
    def stood(self) -> bool:
        """True unless it lost this date before it was to begin."""
        return self.called_off is None or self.called_off.on_the_day

    @property
    def came(self) -> tuple[str, ...]:
        """The agencies that came: all that were to, but those of which the outcome says that no team did."""
        teams = {} if self.outcome is None else self.outcome.teams
        return tuple(agency for agency in self.agencies if teams.get(agency, 1))


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
            agencies = scenario.agencies_at(placement)
            yield DatedOperation(
                operation,
                placement,
                started=scenario.has_begun(placement.slot, as_of),
                outcome=outcomes.get((id, placement.slot.day)),
                called_off=lost,
                kind=kind_of(len(agencies), has_police=operation.officers > 0 or id in without),
                agencies=agencies,
                was_hit=id in hit,
                was_moved=id in moved,
            )


def counted_evaluations(scenario: Scenario, outcome: Outcome) -> dict[str, int]:
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
        one_agency=len(states["one-agency"]),
        aborted=len(states["aborted"]),
        without_date=len(states.pop("called-off", set()).difference(*states.values())),
        called_off=sum(one.state == "called-off" for one in there),
        no_outcome=len(states["no-outcome"]),
        to_come=len(states["to-come"]),
        moved=len({one.operation.id for one in there if one.was_moved}),
        saved=Share(len(hit & states["done"]), len(hit)),
        figures=summed(
            {id: n for id, n in one.outcome.figures.items() if id not in counted_evaluations(scenario, one.outcome)}
            for one in there
            if one.outcome
        ),
    )


_PARTS: Mapping[str, Callable[[Scenario, DatedOperation], Iterable[str]]] = {
    "agency": lambda _, one: one.agencies,
    "unit": lambda scenario, one: scenario.lenders(one.operation.id, one.placement.police),
    "area": lambda _, one: (one.operation.area,),
    "sector": lambda _, one: (one.operation.sector,),
    "programme": lambda _, one: (one.operation.programme,),
    "proposed_by": lambda _, one: () if one.operation.proposed_by is None else (one.operation.proposed_by,),
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
