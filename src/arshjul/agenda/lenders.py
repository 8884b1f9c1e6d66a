"""Officers and teams: the plan's use of the offers of units and agencies, month by month."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from arshjul.agenda.year import iso_weeks, months, teams
from arshjul.domain.calendar import Span, month_of, week_of
from arshjul.domain.operation import Operation
from arshjul.domain.parties import Agency, PoliceUnit
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario

ByDay = Mapping[date, int]
Limit = Callable[[Span], int | None]


@dataclass(frozen=True, slots=True)
class Use:
    """Officers or teams used and offered, in shifts."""

    used: int
    offered: int


@dataclass(frozen=True, slots=True)
class Offered:
    """The offer of a unit or an agency in each month of the plan and in total, in shifts.

    It is the offer on open dates, within the limits by week and month. A week that two months share counts in both, so
    the months may add up to more than the total.
    """

    by_month: tuple[int, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Lender:
    """A unit or an agency, and its use in each month of the plan and in total."""

    name: str
    by_month: tuple[Use, ...]
    total: Use


def officers_offered(context: ReplanContext, unit: PoliceUnit, shown: Span | None = None) -> Offered:
    """The officers of a police unit, in the dates `shown`; None: in all of the plan."""
    row = context.slots.offers.officers[unit.id]
    return _offered(context, row, lambda _: None, lambda _: unit.officer_shifts_per_month, shown)


def teams_offered(context: ReplanContext, agency: Agency, shown: Span | None = None) -> Offered:
    """The teams of an agency, in the dates `shown`; None: in all of the plan."""
    return _offered(context, context.slots.year.teams[agency.id], agency.week_limit, agency.month_limit, shown)


def units(context: ReplanContext, plan: Plan, shown: Span | None = None) -> tuple[Lender, ...]:
    """The police units, in officers."""
    shown = shown or context.scenario.span
    used = _used(context.scenario, plan, lambda operation, placement: operation.wanted(placement.police))
    return tuple(
        _lender(unit.name, shown, used[unit.id], officers_offered(context, unit, shown))
        for unit in context.scenario.police.values()
    )


def agencies(context: ReplanContext, plan: Plan, shown: Span | None = None) -> tuple[Lender, ...]:
    """The agencies, in teams."""
    shown = shown or context.scenario.span
    used = _used(context.scenario, plan, teams)
    return tuple(
        _lender(agency.name, shown, used[agency.id], teams_offered(context, agency, shown))
        for agency in context.scenario.agencies.values()
    )


def _used(
    scenario: Scenario, plan: Plan, given: Callable[[Operation, Placement], Mapping[str, int]]
) -> Mapping[str, ByDay]:
    """The officers or teams that the plan uses, by party and date."""
    used: dict[str, dict[date, int]] = {party: defaultdict(int) for party in scenario.parties}
    for placement in plan.placements:
        for party, amount in given(scenario.operations[placement.operation], placement).items():
            for day, _ in scenario.slots(placement):
                used[party][day] += amount
    return used


def _lender(name: str, span: Span, used: ByDay, offered: Offered) -> Lender:
    uses = (Use(_sum(used, month), n) for month, n in zip(months(span), offered.by_month, strict=True))
    return Lender(name, tuple(uses), Use(_sum(used, span), offered.total))


def _offered(context: ReplanContext, row: list[int], per_week: Limit, per_month: Limit, shown: Span | None) -> Offered:
    """A row by slot number, summed over open dates within the limits."""
    by_day: dict[date, int] = defaultdict(int)
    for number in context.slots.grid.numbers(context.slots.year.open):
        by_day[context.slots.grid.slot(number).day] += row[number]

    def within_weeks(span: Span) -> int:
        return sum(_at_most(_sum(by_day, week.span), per_week(week_of(week.span.first))) for week in iso_weeks(span))

    span = shown or context.scenario.span
    by_month = tuple(_at_most(within_weeks(month), per_month(month_of(month.first))) for month in months(span))
    return Offered(by_month, min(within_weeks(span), sum(by_month)))


def _at_most(amount: int, limit: int | None) -> int:
    return amount if limit is None else min(amount, limit)


def _sum(amounts: ByDay, span: Span) -> int:
    return sum(amounts.get(day, 0) for day in span.days())
