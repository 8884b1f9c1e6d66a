"""The year as a picture may show it: the data of the wheel, and nothing else.

A `YearView` has no field for a title, a site, a contact or a reason, so a picture of it cannot leak one. The
coordinator's page, which may show more, gets an `overview.Overview` around it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from arshjul.agenda.cycle import is_confirmed
from arshjul.agenda.milestone_times import milestone_times
from arshjul.domain.calendar import Shift, Slot, Span
from arshjul.domain.change import changes
from arshjul.domain.operation import Operation, OperationKind, Placement, kind_of
from arshjul.domain.plan import Plan, Unplaced
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.rules.soft.avoided_day import avoided, why_avoided
from arshjul.texts import counted

Status = Literal["done", "without-police", "aborted", "passed", "confirmed", "tentative"]
STATUS_NAMES: Mapping[Status, Message] = {
    "done": Message("carried out"),
    "without-police": Message("carried out without police"),
    "aborted": Message("broken off"),
    "passed": Message("date passed, outcome missing"),
    "confirmed": Message("confirmed"),
    "tentative": Message("scheduled"),
}
STARTED: frozenset[Status] = frozenset({"done", "without-police", "aborted", "passed"})
EXCEPTIONAL: frozenset[Status] = frozenset({"without-police", "aborted", "passed"})
"""The statuses of operations that did not go as planned, or have no reported outcome."""
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
        """Its dates."""
        return Span(self.slot.day, self.slot.day + timedelta(days=self.days - 1))

    @property
    def kind(self) -> OperationKind:
        """Its kind by who is to come; one to which no police came is without police."""
        return kind_of(len(self.agencies), has_police=self.unit is not None and self.status != "without-police")


@dataclass(frozen=True, slots=True)
class Around:
    """A milestone of one operation, on its date."""

    day: date
    milestone: str
    operation: str


@dataclass(frozen=True, slots=True)
class Gathering:
    """One date of a meeting."""

    day: date
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class WeekLoad:
    """An ISO week, cut to the plan's period, and the use of its operations."""

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
        """The number of placed operations of each kind."""
        return Counter(operation.kind for operation in self.operations)


def kinds_said(kinds: Mapping[OperationKind, int]) -> list[Message]:
    """How many operations there are, and beside them what is none by definition, by name."""
    said = [counted(kinds.get("insats", 0), "{n} operation with police", "{n} operations with police")]
    if n := kinds.get("one-agency"):
        said.append(counted(n, "{n} with police and one agency", "{n} with police and one agency"))
    if n := kinds.get("no-police"):
        said.append(counted(n, "{n} without police", "{n} without police"))
    return said


def year(scenario: Scenario, plan: Plan, shown: Span | None = None) -> YearView:
    """A year of the plan as a picture may show it. `shown` None: the year of the plan's moment."""
    shown = shown or scenario.year_on(plan.as_of.date())
    return YearView(
        name=scenario.name_in(shown),
        span=shown,
        revision=plan.revision,
        as_of=plan.as_of,
        shifts=tuple(scenario.shifts),
        areas={area.id: area.name for area in scenario.areas.values()},
        sectors={sector: scenario.word(sector) for sector in _sectors(scenario)},
        operations=tuple(one for one in _planned(scenario, plan) if one.dates.overlaps(shown)),
        n_unplaced=len(unplaced_in(scenario, plan, shown)),
        closed=dict(_closed(scenario, shown)),
        months=tuple(months(shown)),
        weeks=tuple(_weeks(scenario, plan, shown)),
        milestones={milestone.id: milestone.name for milestone in scenario.cycle.milestones},
        around=tuple(_around(scenario, plan, shown)),
        meetings=tuple(_meetings(scenario, shown)),
    )


def unplaced_in(scenario: Scenario, plan: Plan, year: Span) -> tuple[Unplaced, ...]:
    """The unplaced operations that could have come in that year."""
    return tuple(one for one in plan.unplaced if scenario.window(scenario.operations[one.operation]).overlaps(year))


def months(span: Span) -> Iterable[Span]:
    """The calendar months of a period, its first and last cut to it."""
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
    """The teams that each agency sends to a placed operation."""
    joining = {agency: operation.optional_agencies.get(agency, 0) for agency in placement.optional_agencies}
    return {**joining, **operation.sent(placement.any_of)}


def _sectors(scenario: Scenario) -> Iterable[str]:
    """The sectors of all operations: those with names in their order, then the others."""
    used = dict.fromkeys(operation.sector for operation in scenario.operations.values())
    return [*(id for id in scenario.names if id in used), *(id for id in used if id not in scenario.names)]


def _planned(scenario: Scenario, plan: Plan) -> Iterable[PlannedOperation]:
    base = plan.replanned_from
    changed = {move.operation for move in changes(base.placements, plan.placed).changed} if base else set()
    for placement in sorted(plan.placements, key=lambda placement: (placement.slot.day, placement.operation)):
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


def _meetings(scenario: Scenario, shown: Span) -> Iterable[Gathering]:
    return sorted(
        (
            Gathering(day, meeting.id, meeting.name)
            for meeting in scenario.cycle.meetings
            for day in scenario.meeting_days(meeting)
            if day in shown
        ),
        key=lambda gathering: (gathering.day, gathering.id),
    )
