"""The year as a picture may show it: the data of the wheel, and nothing else.

A `YearView` has no field for a title, a site, a contact or a reason, so a picture of it cannot leak one. The
coordinator's page, which may show more, gets an `overview.Overview` around it.

A `PublicYear` is for everybody, targets too: the number of operations by weeks. A week with one operation reveals
nearly as much as its date, and a week with none even more; so weeks are joined until they have `LEAST`, and none is
left out, or the year's number would reveal it. There is no field for a date, an area, a sector, a shift or a party.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from arshjul.errors import Message
from arshjul.year.agenda.milestone_times import is_confirmed, milestone_times
from arshjul.year.domain.calendar import Shift, Slot, Span
from arshjul.year.domain.change import changes
from arshjul.year.domain.entries.amendment import RESULTS
from arshjul.year.domain.operation import Operation, OperationKind, Placement, kind_of
from arshjul.year.domain.plan import Plan, Unplaced
from arshjul.year.domain.scenario import Scenario
from arshjul.year.rules.soft.avoided_day import avoided, why_avoided
from arshjul.year.texts import counted

Status = Literal["done", "without-police", "aborted", "passed", "confirmed", "tentative"]
STATUS_NAMES: Mapping[Status, Message] = {
    "done": RESULTS["done"],
    "without-police": RESULTS["without-police"],
    "aborted": RESULTS["aborted"],
    "passed": Message("date passed, outcome missing"),
    "confirmed": Message("confirmed"),
    "tentative": Message("scheduled"),
}
STARTED: frozenset[Status] = frozenset({"done", "without-police", "aborted", "passed"})
EXCEPTIONAL: frozenset[Status] = frozenset({"without-police", "aborted", "passed"})
Closure = Literal["weekday", "holiday", "closed", "eves", "bridge_days", "avoided"]


@dataclass(frozen=True, slots=True)
class PlannedOperation:
    """A placed operation. `unit` None: without police.

    `sector` and `area` are ids; `unit` and `agencies` are names. `besides`: further units that lend, and their
    officers. `changed`: its date, shift or unit differ from the plan before. `avoided`: why its dates had better be.
    """

    id: str
    sector: str
    area: str
    slot: Slot
    unit: str | None
    officers: int
    wanted: int
    agencies: tuple[str, ...]
    status: Status
    besides: tuple[tuple[str, int], ...] = ()
    changed: bool = False
    days: int = 1
    avoided: tuple[Message, ...] = ()

    @property
    def dates(self) -> Span:
        return Span(self.slot.day, self.slot.day + timedelta(days=self.days - 1))

    @property
    def kind(self) -> OperationKind:
        """Its kind by who is to come; one to which no police came is without police."""
        return kind_of(len(self.agencies), has_police=self.unit is not None and self.status != "without-police")


@dataclass(frozen=True, slots=True)
class Around:
    day: date
    milestone: str
    operation: str


@dataclass(frozen=True, slots=True)
class Gathering:
    day: date
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class WeekLoad:
    year: int
    number: int
    span: Span
    officers: int = 0
    team_shifts: int = 0

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"


@dataclass(frozen=True, slots=True)
class YearView:
    """A year of a plan in dates, rings and numbers.

    Areas and sectors by id with their names, in the scenario's order; sectors are those of any operation, placed or
    not, so that a sector keeps its letter when the plan changes. Operations, milestones and meetings ascend by date.
    `closed` gives the reason for each closed date; the last three are reasons of open ones that have a price.
    """

    name: str
    span: Span
    revision: int
    as_of: datetime
    shifts: tuple[Shift, ...]
    areas: Mapping[str, str]
    sectors: Mapping[str, str]
    operations: tuple[PlannedOperation, ...]
    n_unplaced: int
    closed: Mapping[date, Closure]
    months: tuple[Span, ...]
    weeks: tuple[WeekLoad, ...]
    milestones: Mapping[str, str]
    around: tuple[Around, ...]
    meetings: tuple[Gathering, ...]

    @property
    def kinds(self) -> Counter[OperationKind]:
        return Counter(operation.kind for operation in self.operations)


def kinds_said(kinds: Mapping[OperationKind, int]) -> list[Message]:
    said = [counted(kinds.get("insats", 0), "{n} operation with police", "{n} operations with police")]
    if n := kinds.get("one-agency"):
        said.append(counted(n, "{n} with police and one agency", "{n} with police and one agency"))
    if n := kinds.get("no-police"):
        said.append(counted(n, "{n} without police", "{n} without police"))
    return said


def year(scenario: Scenario, plan: Plan, shown: Span | None = None) -> YearView:
    shown = shown or scenario.year_on(plan.as_of.date())
    days = [(meeting, day) for meeting in scenario.cycle.meetings for day in scenario.meeting_days(meeting)]
    gatherings = [Gathering(day, meeting.id, meeting.name) for meeting, day in days if day in shown]
    return YearView(
        name=scenario.name_in(shown),
        span=shown,
        revision=plan.revision,
        as_of=plan.as_of,
        shifts=tuple(scenario.shifts),
        areas={area.id: area.name for area in scenario.areas.values()},
        sectors={sector: scenario.word(sector) for sector in _sectors(scenario)},
        operations=tuple(operation for operation in _planned(scenario, plan) if operation.dates.overlaps(shown)),
        n_unplaced=len(unplaced_in(scenario, plan, shown)),
        closed=dict(_closed(scenario, shown)),
        months=tuple(months(shown)),
        weeks=tuple(_weeks(scenario, plan, shown)),
        milestones={milestone.id: milestone.name for milestone in scenario.cycle.milestones},
        around=tuple(_around(scenario, plan, shown)),
        meetings=tuple(sorted(gatherings, key=lambda one: (one.day, one.id))),
    )


def unplaced_in(scenario: Scenario, plan: Plan, year: Span) -> tuple[Unplaced, ...]:
    return tuple(
        unplaced
        for unplaced in plan.unplaced
        if scenario.window(scenario.operations[unplaced.operation]).overlaps(year)
    )


def months(span: Span) -> Iterable[Span]:
    first = span.first
    while first <= span.last:
        following = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        yield Span(first, min(span.last, following - timedelta(days=1)))
        first = following


def iso_weeks(span: Span) -> Iterable[WeekLoad]:
    """The ISO weeks of a period, its first and last cut to it. 1 January 2027 lies in 2026-W53."""
    first = span.first
    while first <= span.last:
        last = first + timedelta(days=6 - first.weekday())
        yield WeekLoad(first.isocalendar().year, first.isocalendar().week, Span(first, min(last, span.last)))
        first = last + timedelta(days=1)


def status(scenario: Scenario, plan: Plan, placement: Placement) -> Status:
    """Its outcome once it has started, `passed` without one; `confirmed` within the frozen days; else `tentative`."""
    slot = placement.slot
    if scenario.has_begun(slot, plan.as_of):
        known = plan.entries.known_outcomes().get((placement.operation, slot.day))
        # A called-off outcome for a date on which it still stands was entered for an earlier placement.
        return "passed" if known is None or known.result == "called-off" else known.result
    return "confirmed" if is_confirmed(scenario, plan, slot.day) else "tentative"


def teams(operation: Operation, placement: Placement) -> Mapping[str, int]:
    joining = {agency: operation.optional_agencies.get(agency, 0) for agency in placement.optional_agencies}
    return {**joining, **operation.sent(placement.any_of)}


def _sectors(scenario: Scenario) -> Iterable[str]:
    """The sectors of all operations: those with names in their order, then the others."""
    used = dict.fromkeys(operation.sector for operation in scenario.operations.values())
    return [*(id for id in scenario.names if id in used), *(id for id in used if id not in scenario.names)]


def _planned(scenario: Scenario, plan: Plan) -> Iterable[PlannedOperation]:
    base = plan.replanned_from
    changed = {move.operation for move in changes(base.placements, plan.placed).changed} if base else set()
    for placement in scenario.by_time(plan.placements):
        operation = scenario.operations[placement.operation]
        yield PlannedOperation(
            id=operation.id,
            sector=operation.sector,
            area=operation.area,
            slot=placement.slot,
            unit=None if placement.police is None else scenario.police[placement.police].name,
            officers=placement.lent(operation).get(placement.police or "", 0),
            wanted=operation.officers,
            agencies=tuple(scenario.agencies[a].name for a in scenario.agencies_at(placement)),
            status=status(scenario, plan, placement),
            besides=tuple(
                (scenario.police[unit].name, operation.police_also[unit])
                for unit in scenario.lenders(operation.id, placement.police)[1:]
            ),
            changed=operation.id in changed,
            days=operation.days,
            avoided=avoided(scenario, placement),
        )


def _closed(scenario: Scenario, shown: Span) -> Iterable[tuple[date, Closure]]:
    """Each closed date with its reason, and those to avoid; the weekday is the least informative, so it comes last."""
    calendar = scenario.calendar
    for day in shown.days():
        if calendar.is_open(day):
            if why := why_avoided(scenario, day):
                yield day, why
            continue
        if day in calendar.holidays:
            yield day, "holiday"
        elif calendar.is_named(day):
            yield day, "closed"
        else:
            yield day, "weekday"


def _weeks(scenario: Scenario, plan: Plan, shown: Span) -> Iterable[WeekLoad]:
    officers: dict[date, int] = defaultdict(int)
    team_shifts: dict[date, int] = defaultdict(int)
    for placement in plan.placements:
        operation = scenario.operations[placement.operation]
        for day, _ in operation.slots(placement.slot):
            officers[day] += sum(placement.lent(operation).values())
            team_shifts[day] += sum(teams(operation, placement).values())
    for week in iso_weeks(shown):
        yield WeekLoad(
            week.year,
            week.number,
            week.span,
            sum(officers[day] for day in week.span.days()),
            sum(team_shifts[day] for day in week.span.days()),
        )


def _around(scenario: Scenario, plan: Plan, shown: Span) -> Iterable[Around]:
    """Milestones within the year; those of its first operations may lie before it."""
    times = milestone_times(scenario, plan, {})
    every = (Around(time.day, milestone, operation) for (operation, milestone), time in times.items())
    return sorted(
        (around for around in every if around.day in shown),
        key=lambda around: (around.day, around.milestone, around.operation),
    )


LEAST = 5
"""The least number that is published, as is usual in statistics that must not identify anybody."""
LENGTHS = (1, 2, 4, 13, 26)
"""The numbers of weeks that may be counted together: the first that gives enough numbers is used."""
ENOUGH = 0.8
"""The share of numbers that must be published; with fewer, more weeks are counted together."""


@dataclass(frozen=True, slots=True)
class Total:
    """The total of operations in some weeks; None: fewer than `LEAST` in the whole period."""

    weeks: tuple[WeekLoad, ...]
    operations: int | None

    @property
    def span(self) -> Span:
        return Span(self.weeks[0].span.first, self.weeks[-1].span.last)

    @property
    def per_week(self) -> float:
        """The average of a week; the first and last week of the period may be cut."""
        n_days = (self.span.last - self.span.first).days + 1
        return 7 * (self.operations or 0) / n_days


@dataclass(frozen=True, slots=True)
class PublicYear:
    """`operations` of the year; None: fewer than `LEAST`. `besides`: what is none by definition, if it is as many."""

    name: str
    span: Span
    revision: int
    months: tuple[Span, ...]
    weeks: tuple[WeekLoad, ...]
    totals: tuple[Total, ...]
    operations: int | None
    besides: Mapping[OperationKind, int]


def public_year(scenario: Scenario, plan: Plan, shown: Span | None = None) -> PublicYear:
    shown = shown or scenario.year_on(plan.as_of.date())
    weeks = tuple(iso_weeks(shown))
    dates = [
        ([day for day, _ in scenario.slots(placement) if day in shown], scenario.kind_at(placement))
        for placement in plan.placements
    ]
    kinds = Counter(kind for days, kind in dates if days)
    firsts = [min(days) for days, kind in dates if days and kind == "insats"]  # so that none counts twice
    counts = [sum(day in week.span for day in firsts) for week in weeks]
    return PublicYear(
        name=scenario.name_in(shown),
        span=shown,
        revision=plan.revision,
        months=tuple(months(shown)),
        weeks=weeks,
        totals=_totals(weeks, counts),
        operations=sum(counts) if sum(counts) >= LEAST else None,
        besides={kind: kinds[kind] for kind in ("one-agency", "no-police") if kinds[kind] >= LEAST},
    )


def _totals(weeks: Sequence[WeekLoad], counts: Sequence[int]) -> tuple[Total, ...]:
    """The totals of as few weeks as give enough numbers; weeks with too few operations join a neighbour."""
    for length in (*LENGTHS, len(weeks)):
        parts = list(_parts(len(weeks), length))
        sums = [sum(counts[part.start : part.stop]) for part in parts]
        if sum(amount >= LEAST for amount in sums) >= ENOUGH * len(sums):
            break
    while min(sums) < LEAST and len(sums) > 1:
        left = _smallest_pair(sums)
        parts[left : left + 2] = [range(parts[left].start, parts[left + 1].stop)]
        sums[left : left + 2] = [sums[left] + sums[left + 1]]
    return tuple(
        Total(tuple(weeks[part.start : part.stop]), amount if amount >= LEAST else None)
        for part, amount in zip(parts, sums, strict=True)
    )


def _parts(n: int, length: int) -> Iterator[range]:
    n_parts = max(1, n // length)
    for number in range(n_parts):
        yield range(number * length, n if number == n_parts - 1 else (number + 1) * length)


def _smallest_pair(sums: Sequence[int]) -> int:
    least = min(range(len(sums)), key=lambda number: sums[number])
    pairs = [left for left in (least - 1, least) if 0 <= left < len(sums) - 1]
    return min(pairs, key=lambda left: sums[left] + sums[left + 1])
