"""Demand on units and agencies, their offers, and the use of these: officers, teams, and stops of frames.

No object is named here; its id is only in the coordinator's calendar.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from arshjul.errors import Message
from arshjul.year.agenda.year import iso_weeks, months, teams
from arshjul.year.domain.calendar import Span, month_of, week_of
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation, Placement, Staffing
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.domain.placed_frame import placed_frames
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.visit_object import frame_of, stops_taken
from arshjul.year.rules import but_for_offers
from arshjul.year.texts import counted

Places = Callable[[ReplanContext, Operation], Mapping[Staffing, SlotSet]]


@dataclass(frozen=True, slots=True)
class Needs:
    required: Sequence[float]
    optional: Sequence[float]


def asked(context: ReplanContext, shown: Span | None = None, places: Places = but_for_offers) -> Mapping[str, Needs]:
    """The demand on each party in the months of the dates `shown`; None: in all of the plan.

    An operation's need is spread evenly over the slots that `places` leaves it, and over the units and agencies that
    may serve it. One with no such slot asks for nothing, nor does a reserve.
    """
    grid = context.slots.grid
    masks = [grid.between(month.first, month.last) for month in months(shown or context.scenario.span)]
    required: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(masks))
    optional: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(masks))
    for operation in context.scenario.operations.values():
        found = places(context, operation)
        total = sum(slots.bit_count() for slots in found.values())
        for staffing, slots in found.items():
            days = [slots << later * len(grid.shifts) for later in range(operation.days)]
            shares = [sum((day & mask).bit_count() for day in days) / total if total else 0.0 for mask in masks]
            certain = Counter(operation.wanted(staffing.police)) + Counter(operation.sent(staffing.any_of))
            for into, needs in ((required, certain), (optional, operation.optional_agencies)):
                for party, need in needs.items():
                    into[party] = [sum_ + need * share for sum_, share in zip(into[party], shares, strict=True)]
    return {party: Needs(required[party], optional[party]) for party in context.scenario.parties}


ByDay = Mapping[date, int]
Limit = Callable[[Span], int | None]


@dataclass(frozen=True, slots=True)
class Use:
    """Officers or teams in shifts. `required` and `optional` as in `Needs`."""

    used: int
    offered: int
    required: float = 0.0
    optional: float = 0.0

    @property
    def spare(self) -> int:
        """The unused part of the offer; below 0 if more is used than is offered by now."""
        return self.offered - self.used

    @property
    def asked(self) -> int:
        return round(self.required)

    @property
    def wished(self) -> int:
        return round(self.optional)

    @property
    def missing(self) -> int:
        return max(0, self.asked - self.offered)


FIGURES: Mapping[str, Message] = {
    "required": Message("needed"),
    "optional": Message("of optional agencies besides"),
    "offered": Message("offered"),
    "used": Message("used"),
    "spare": Message("spare"),
}


@dataclass(frozen=True, slots=True)
class Offered:
    """On open dates, within the limits by week and month. A week that two months share counts in both, so the months
    may add up to more than the total.
    """

    by_month: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Lender:
    id: str
    name: str
    by_month: tuple[Use, ...]
    total: Use


@dataclass(frozen=True, slots=True)
class Coverage:
    """The police units, in officers, and the agencies, in teams."""

    police: tuple[Lender, ...]
    agencies: tuple[Lender, ...]

    @property
    def kinds(self) -> tuple[tuple[Message, tuple[Lender, ...]], ...]:
        return (
            (Message("Officers by police unit and month"), self.police),
            (Message("Teams by agency and month"), self.agencies),
        )


def officers_offered(context: ReplanContext, unit: PoliceUnit, shown: Span | None = None) -> Offered:
    return _offered(context, context.slots.offers.officers[unit.id], lambda _: None, unit.month_limit, shown)


def teams_offered(context: ReplanContext, agency: Agency, shown: Span | None = None) -> Offered:
    return _offered(context, context.slots.year.teams[agency.id], agency.week_limit, agency.month_limit, shown)


def coverage(context: ReplanContext, plan: Plan, shown: Span | None = None) -> Coverage:
    scenario, span, wanted = context.scenario, shown or context.scenario.span, asked(context, shown)
    officers = _used(scenario, plan, lambda operation, placement: placement.lent(operation))
    sent = _used(scenario, plan, teams)
    return Coverage(
        tuple(
            _lender(unit, span, officers[unit.id], officers_offered(context, unit, span), wanted[unit.id])
            for unit in scenario.police.values()
        ),
        tuple(
            _lender(agency, span, sent[agency.id], teams_offered(context, agency, span), wanted[agency.id])
            for agency in scenario.agencies.values()
            if agency.sends_teams
        ),
    )


def coverage_now(scenario: Scenario, plan: Plan, shown: Span | None = None) -> Coverage:
    left = scenario.after(plan.entries.in_force(), plan.as_of.date())
    return coverage(ReplanContext.of(left), plan, shown)


def _used(
    scenario: Scenario, plan: Plan, given: Callable[[Operation, Placement], Mapping[str, int]]
) -> Mapping[str, ByDay]:
    used: dict[str, dict[date, int]] = {party: defaultdict(int) for party in scenario.parties}
    for placement in plan.placements:
        for party, amount in given(scenario.operations[placement.operation], placement).items():
            for day, _ in scenario.slots(placement):
                used[party][day] += amount
    return used


def _lender(party: PoliceUnit | Agency, span: Span, used: ByDay, offered: Offered, wanted: Needs) -> Lender:
    uses = [
        Use(_sum(used, month), n, required, optional)
        for month, n, required, optional in zip(
            months(span), offered.by_month, wanted.required, wanted.optional, strict=True
        )
    ]
    total = Use(_sum(used, span), offered.total, sum(wanted.required), sum(wanted.optional))
    return Lender(party.id, party.name, tuple(uses), total)


def _offered(context: ReplanContext, row: list[int], per_week: Limit, per_month: Limit, shown: Span | None) -> Offered:
    grid, by_day = context.slots.grid, defaultdict[date, int](int)
    for number in grid.numbers(context.slots.year.open):
        if amount := row[number]:
            by_day[grid.day(number // len(grid.shifts))] += amount

    @cache
    def within(week: Span) -> int:
        return _at_most(_sum(by_day, week), per_week(week_of(week.first)))

    def within_weeks(span: Span) -> int:
        return sum(within(week.span) for week in iso_weeks(span))

    span = shown or context.scenario.span
    by_month = tuple(_at_most(within_weeks(month), per_month(month_of(month.first))) for month in months(span))
    return Offered(by_month, min(within_weeks(span), sum(by_month)))


def _at_most(amount: int, limit: int | None) -> int:
    return amount if limit is None else min(amount, limit)


def _sum(amounts: ByDay, span: Span) -> int:
    return sum(amounts.get(day, 0) for day in span.days())


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
