"""A year in figures: what was planned and what became of it, with the denominator of each share.

An operation that was planned and called off counts as planned, by the date that it lost. Operations without officers
are not joint operations by definition: they are counted apart, as controls. One carried out without its planned
officers counts as done without police.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median

from arshjul.agenda.evaluations import ToEvaluate, asked_evaluations, given_evaluations
from arshjul.agenda.improvements import FollowedImprovement, followed
from arshjul.agenda.lenders import Coverage, coverage_now
from arshjul.agenda.sheet_completeness import SheetRegister, was_complete
from arshjul.domain.calendar import Span
from arshjul.domain.entries.amendment import Promoted, WithoutPolice
from arshjul.domain.entries.outcome import Outcome
from arshjul.domain.former import with_cancelled
from arshjul.domain.history.lived_replans import lived_replans
from arshjul.domain.operation import Operation
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Held, Plan, ReplanRecord
from arshjul.domain.scenario import Scenario
from arshjul.planning.letters.called_off import CalledOff, called_off
from arshjul.planning.report.obstacles import Quarter, obstacles_by_quarter
from arshjul.planning.report.together import together
from arshjul.rules.hard.lead_time import LEAD_TIME_DAYS

SHORT_NOTICE_DAYS = 14

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
class Spread:
    """Numbers of days: their median, None if there are none, and a share."""

    median_days: float | None
    share: Share


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of a period. `parts` are by kind and id, of operations with police.

    `lead_time.share`: how many have at least the rule's days from nomination. `notice.share`: how many moves came less
    than `SHORT_NOTICE_DAYS` ahead. `called_off` are dates of operations and controls. `evaluated`: of those carried
    out. `sheets`: how many information sheets were complete at their due date, of those that were due; None if it is
    not known, or nobody could write any.
    `officers`: how many came, and to how many operations they were counted; `teams` likewise by agency.
    `reserves`: how many have been promoted, of all ever held. `answered`: the evaluations that parties gave, of those
    that they were asked for, which is another thing than that one was held; `answered_by`: the same by party.
    `improvements`: those that were learnt from operations of the period. `obstacles`: those that were reported in
    each of its quarters that is over; None: too few to say. `together`: meetings, cards and pictures, by the keys of
    `TOGETHER`, each a number and of how many.
    """

    scenario: Scenario
    span: Span
    as_of: datetime
    operations: Counts
    controls: Counts
    called_off: Sequence[CalledOff]
    parts: Mapping[str, Mapping[str, Counts]]
    lead_time: Spread
    lead_time_days: int
    notice: Spread
    evaluated: Share
    sheets: Share | None
    officers: Share
    teams: Mapping[str, int]
    reserves: Share
    coverage: Coverage
    answered: Share = Share(0, 0)
    answered_by: Mapping[str, Share] = field(default_factory=dict)
    improvements: Sequence[FollowedImprovement] = ()
    obstacles: Sequence[tuple[Quarter, int | None]] = ()
    together: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    @property
    def overdue(self) -> int:
        """The number of improvements that should have been done."""
        return sum(one.is_overdue(self.as_of.date()) for one in self.improvements)

    def n_improvements(self, state: str) -> int:
        """The number of improvements in that state."""
        return sum(one.state == state for one in self.improvements)


@dataclass(frozen=True, slots=True)
class _Occasion:
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
        if self.called_off is not None:
            return "called-off"
        if self.outcome is None:
            return "no-outcome" if self.started else "to-come"
        planned_without = self.placement.police is None and not self.is_control
        return "without-police" if planned_without and self.outcome.result == "done" else self.outcome.result


def report(
    scenario: Scenario,
    plan: Plan,
    as_of: datetime,
    span: Span | None = None,
    register: SheetRegister | None = None,
    contacts: ToEvaluate | None = None,
    told: Collection[int] = (),
) -> Report:
    """The figures of a period, both dates included, as known at that moment; by default of the whole plan.

    `register`: of information sheets, `contacts`: those that are asked to evaluate, where they are known. `told`: the
    versions of the plan that parties were told of, if not of each.
    """
    period, known = span or scenario.span, with_cancelled(scenario, plan)
    made = list(lived_replans(known, plan, told))
    every = list(_occasions(known, plan, made, as_of))
    occasions = [occasion for occasion in every if occasion.placement.slot.day in period]
    operations = [occasion for occasion in occasions if not occasion.is_control]
    carried_out = [operation for operation in operations if operation.state in CARRIED_OUT]
    held = plan.held()
    evaluated = sum(_is_evaluated(known, held, one) for one in carried_out)
    days = scenario.settings[LEAD_TIME_DAYS]
    lead, notice = list(_lead_times(operations)), list(_notices(made, period))
    came = [
        operation.outcome.officers
        for operation in operations
        if operation.outcome and operation.outcome.officers is not None
    ]
    learnt = _answered(known, plan, as_of, period, contacts)
    return Report(
        scenario=known,
        span=period,
        as_of=as_of,
        operations=_counts(known, operations),
        controls=_counts(known, [occasion for occasion in occasions if occasion.is_control]),
        called_off=[occasion.called_off for occasion in occasions if occasion.called_off is not None],
        parts={part: _by(operations, known, keys) for part, keys in _KEYS.items()},
        lead_time=_spread(lead, lambda n: n >= days),
        lead_time_days=days,
        notice=_spread(notice, lambda n: n < SHORT_NOTICE_DAYS),
        evaluated=Share(evaluated, len(carried_out)),
        sheets=None if register is None else _sheets(scenario, plan, register, period, as_of),
        officers=Share(sum(came), len(came)),
        teams=_sum(operation.outcome.teams for operation in operations if operation.outcome),
        reserves=_reserves(scenario, plan),
        coverage=coverage_now(scenario, plan, period),
        answered=Share(sum(one.n for one in learnt.values()), sum(one.of for one in learnt.values())),
        answered_by=learnt,
        improvements=_improvements(known, plan, as_of, period, every),
        obstacles=list(obstacles_by_quarter(plan, as_of, period)),
        together=together(scenario, plan, as_of.date(), period),
    )


def _answered(
    scenario: Scenario, plan: Plan, as_of: datetime, period: Span, contacts: ToEvaluate | None
) -> dict[str, Share]:
    """Of the operations of the period whose evaluation has opened, how many each party was asked of, and answered."""
    every = asked_evaluations(scenario, plan)
    said = given_evaluations(plan, every).keys()
    asked = [one for one in every.values() if one.opens <= as_of.date() and one.first in period]
    own = {
        id: [one.operation for one in asked if (one.operation, id) in said or one.asks(id, contacts)]
        for id in scenario.parties
    }
    return {id: Share(sum((one, id) in said for one in of), len(of)) for id, of in own.items() if of}


def _improvements(
    scenario: Scenario, plan: Plan, as_of: datetime, period: Span, occasions: Iterable[_Occasion]
) -> list[FollowedImprovement]:
    """Those of operations of the period: by the last date, lost or not, or else by when they were reported."""
    days = {occasion.operation.id: occasion.placement.slot.day for occasion in occasions}
    known = [(one, one.improvement.reported or as_of) for one in followed(scenario, plan, as_of.date())]
    return [one for one, reported in known if days.get(one.improvement.origin, reported.date()) in period]


def _reserves(scenario: Scenario, plan: Plan) -> Share:
    promoted = {change.operation for change in plan.entries.standing().changes if isinstance(change, Promoted)}
    held = {operation.id for operation in scenario.operations.values() if operation.reserve}
    return Share(len(promoted), len(promoted | held))


def _sheets(scenario: Scenario, plan: Plan, register: SheetRegister, period: Span, as_of: datetime) -> Share | None:
    """Of the operations of the period as they stand, those whose due date is over."""
    there = [one for one in plan.placements if one.operation in scenario.operations and one.slot.day in period]
    said = [was_complete(scenario, one, register, as_of.date()) for one in there]
    known = [one for one in said if one is not None]
    return Share(sum(known), len(known)) if known else None


def _occasions(scenario: Scenario, plan: Plan, made: Sequence[ReplanRecord], as_of: datetime) -> Iterator[_Occasion]:
    """Each placement of the plan, and each date that was called off."""
    outcomes = plan.entries.known_outcomes()
    hit = {id for revision in made for id in revision.hit}
    moves = [move for revision in made for move in revision.changed]
    moved = {m.operation for m in moves if m.old and m.new and m.old.slot != m.new.slot}
    without = {change.operation for change in plan.entries.standing().changes if isinstance(change, WithoutPolice)}
    there = [(placement, None) for placement in plan.placements]
    off = [(one.placement, one) for one in called_off(scenario, plan)]
    for placement, lost in sorted([*there, *off], key=lambda one: (one[0].slot.day, one[0].operation)):
        id = placement.operation
        operation = scenario.operations.get(id)
        if operation is not None:
            yield _Occasion(
                operation,
                placement,
                started=scenario.has_begun(placement.slot, as_of),
                outcome=outcomes.get((id, placement.slot.day)),
                called_off=lost,
                is_control=not operation.officers and id not in without,
                was_hit=id in hit,
                was_moved=id in moved,
            )


def _is_evaluated(scenario: Scenario, held: Held, one: _Occasion) -> bool:
    """True if its outcome counts an evaluation, or one was entered as held."""
    id, day = one.operation.id, one.placement.slot.day
    evaluations = (each for each in scenario.cycle.milestones if scenario.cycle.meaning(each.id) == "evaluation")
    was_held = any(each.was_held(held.get((id, each.id), {}).get(day), day) for each in evaluations)
    return was_held or bool(one.outcome and any(_evaluations(scenario, one.outcome).values()))


def _evaluations(scenario: Scenario, outcome: Outcome) -> dict[str, int]:
    """An outcome's figures of milestones that count as an evaluation."""
    return {id: n for id, n in outcome.figures.items() if scenario.cycle.meaning(id) == "evaluation"}


def _counts(scenario: Scenario, occasions: Iterable[_Occasion]) -> Counts:
    there = list(occasions)
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
        figures=_sum(
            {id: n for id, n in one.outcome.figures.items() if id not in _evaluations(scenario, one.outcome)}
            for one in there
            if one.outcome
        ),
    )


def _by(
    occasions: Iterable[_Occasion], scenario: Scenario, keys: Callable[[Scenario, _Occasion], Iterable[str]]
) -> dict[str, Counts]:
    groups: dict[str, list[_Occasion]] = defaultdict(list)
    for one in occasions:
        for key in keys(scenario, one):
            groups[key].append(one)
    return {key: _counts(scenario, group) for key, group in sorted(groups.items())}


_KEYS: Mapping[str, Callable[[Scenario, _Occasion], Iterable[str]]] = {
    "agency": lambda scenario, one: scenario.agencies_at(one.placement),
    "unit": lambda scenario, one: scenario.lenders(one.operation.id, one.placement.police),
    "area": lambda _, one: (one.operation.area,),
    "sector": lambda _, one: (one.operation.sector,),
    "programme": lambda _, one: (one.operation.programme,),
    "month": lambda _, one: (f"{one.placement.slot.day:%Y-%m}",),
}


def _lead_times(occasions: Iterable[_Occasion]) -> Iterator[int]:
    """Days from nomination to date, if a nomination is given; a date lost beforehand has none."""
    for one in occasions:
        if one.operation.nominated_on is not None and (one.called_off is None or one.called_off.on_the_day):
            yield (one.placement.slot.day - one.operation.nominated_on).days


def _notices(made: Iterable[ReplanRecord], period: Span) -> Iterator[int]:
    """Days from each replan to the first date that its move touched, if one of its dates lies in the period."""
    for revision in made:
        for move in revision.changed:
            if move.old and move.new and move.old.slot != move.new.slot:
                dates: list[date] = [move.old.slot.day, move.new.slot.day]
                if any(day in period for day in dates):
                    yield (min(dates) - revision.as_of.date()).days


def _spread(days: list[int], counts: Callable[[int], bool]) -> Spread:
    return Spread(median(days) if days else None, Share(sum(counts(n) for n in days), len(days)))


def _sum(mappings: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for mapping in mappings:
        total.update(mapping)
    return dict(sorted(total.items()))
