"""Officers and teams: what the plan uses of what units and agencies offer, month by month."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from arshjul.agenda.year import iso_weeks, months, teams
from arshjul.domain.calendar import Span
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext

ByDay = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Use:
    """Officers or teams used and offered, in shifts."""

    used: int
    offered: int


@dataclass(frozen=True, slots=True)
class Lender:
    """A unit or an agency, and its use in each month of the plan and in all.

    Offered is what open dates hold, never more than its limits by week and month. A week that two
    months share counts in both, so the months' offers may add up to more than the whole.
    """

    name: str
    by_month: tuple[Use, ...]
    total: Use


def units(context: ReplanContext, plan: Plan) -> tuple[Lender, ...]:
    """The police units, in officers."""
    scenario = context.scenario
    lenders = []
    for unit in scenario.police.values():
        offered = _by_day(context, [offer.officers for offer in context.slots.police[unit.id]])
        used: dict[date, int] = defaultdict(int)
        for placement in plan.placements:
            if placement.police == unit.id:
                used[placement.slot.day] += scenario.operations[placement.operation].officers
        lenders.append(_lender(unit.name, scenario.span, used, offered, None, unit.officer_shifts_per_month))
    return tuple(lenders)


def agencies(context: ReplanContext, plan: Plan) -> tuple[Lender, ...]:
    """The agencies, in teams."""
    scenario = context.scenario
    used: dict[str, dict[date, int]] = {agency: defaultdict(int) for agency in scenario.agencies}
    for placement in plan.placements:
        for agency, n_teams in teams(scenario.operations[placement.operation], placement).items():
            used[agency][placement.slot.day] += n_teams
    return tuple(
        _lender(
            agency.name,
            scenario.span,
            used[agency.id],
            _by_day(context, context.slots.teams[agency.id]),
            agency.team_shifts_per_week,
            agency.team_shifts_per_month,
        )
        for agency in scenario.agencies.values()
    )


def _by_day(context: ReplanContext, row: list[int]) -> ByDay:
    """A row by slot number, summed over the shifts of each open date."""
    offered: dict[date, int] = defaultdict(int)
    for number in context.slots.grid.numbers(context.slots.open):
        offered[context.slots.grid.slot(number).day] += row[number]
    return offered


def _lender(name: str, span: Span, used: ByDay, offered: ByDay, per_week: int | None, per_month: int | None) -> Lender:
    by_month = tuple(
        Use(_sum(used, month), _at_most(_offered(offered, month, per_week), per_month)) for month in months(span)
    )
    in_all = min(_offered(offered, span, per_week), sum(use.offered for use in by_month))
    return Lender(name, by_month, Use(_sum(used, span), in_all))


def _offered(offered: ByDay, span: Span, per_week: int | None) -> int:
    return sum(_at_most(_sum(offered, week.span), per_week) for week in iso_weeks(span))


def _at_most(amount: int, limit: int | None) -> int:
    return amount if limit is None else min(amount, limit)


def _sum(amounts: ByDay, span: Span) -> int:
    return sum(amounts.get(day, 0) for day in span.days())
