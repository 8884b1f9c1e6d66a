"""Robust plans of the same year: with reserves, with a reserve week, with dates priced by their risk."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from arshjul.domain.calendar import Span, month_of, week_of
from arshjul.domain.heard_log import HeardLog
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.planning.effort import Effort
from arshjul.planning.first.plan import make_plan
from arshjul.rules.soft.often_withdrawn import OftenWithdrawn

_RESERVE_PRIORITY = -1
"""A priority that no scenario has."""


def with_reserves(scenario: Scenario, first: Plan, effort: Effort) -> Plan:
    """The year planned anew with room in each month for one more typical operation in each area.

    Real operations come first: all reserves together count less than a point.
    """
    reserves = {reserve.id: reserve for reserve in _reserves(scenario)}
    points = {priority: each * (len(reserves) + 1) for priority, each in scenario.objective.priority_points.items()}
    roomy = replace(
        scenario,
        operations={**scenario.operations, **reserves},
        objective=replace(scenario.objective, priority_points={**points, _RESERVE_PRIORITY: 1}),
    )
    plan = _as_it_stands(make_plan(roomy, first.as_of, effort).plan)
    return replace(
        plan,
        placements=tuple(placement for placement in plan.placements if placement.operation not in reserves),
        unplaced=tuple(out for out in plan.unplaced if out.operation not in reserves),
    )


def _reserves(scenario: Scenario) -> Iterator[Operation]:
    """For each area with operations and each month one reserve like the area's median operation."""
    by_area: dict[str, list[Operation]] = defaultdict(list)
    for operation in scenario.planned.values():
        by_area[operation.area].append(operation)
    months = sorted({month_of(day) for day in scenario.span.days()})
    for area, operations in sorted(by_area.items()):
        like = sorted(operations, key=lambda one: (one.officers, sum(one.agencies.values()), one.id))
        typical = like[len(like) // 2]
        for month in months:
            yield Operation(
                f"{area} {month.first}",
                title="",
                programme="",
                lead_agency=typical.lead_agency,
                sector="",
                area=area,
                priority=_RESERVE_PRIORITY,
                officers=typical.officers,
                police=typical.police,
                police_also=typical.police_also,
                agencies=typical.agencies,
                window=month,
            )


def reserve_week(scenario: Scenario) -> Span:
    """The week that is kept free: after two thirds of the year, late enough to take operations that were hit before."""
    days = (scenario.span.last - scenario.span.first).days
    return week_of(scenario.span.first + timedelta(days=2 * days // 3))


def with_reserve_week(scenario: Scenario, first: Plan, effort: Effort) -> Plan:
    """The year planned anew as if that week were closed; later moves may use it."""
    calendar = scenario.calendar
    week = reserve_week(scenario)
    opened = tuple(part for span in calendar.opened for part in _without(span, week))
    shut = replace(calendar, closed=(*calendar.closed, week), opened=opened)
    return _as_it_stands(make_plan(replace(scenario, calendar=shut), first.as_of, effort).plan)


def with_risk_prices(scenario: Scenario, logs: Iterable[HeardLog], first: Plan, effort: Effort) -> Plan:
    """The year planned anew with the price of `often-withdrawn` for the dates' risk in the logs."""
    prices = {OftenWithdrawn.id: OftenWithdrawn.points, **scenario.objective.prices}
    priced = replace(scenario, history=tuple(logs), objective=replace(scenario.objective, prices=prices))
    return _as_it_stands(make_plan(priced, first.as_of, effort).plan)


def _as_it_stands(plan: Plan) -> Plan:
    """The plan without its proofs, which are of another scenario than the one in which it is tried."""
    return replace(plan, levels=())


def _without(span: Span, gap: Span) -> Iterator[Span]:
    """The parts of the span before and after the gap."""
    if span.first < gap.first:
        yield Span(span.first, min(span.last, gap.first - timedelta(days=1)))
    if span.last > gap.last:
        yield Span(max(span.first, gap.last + timedelta(days=1)), span.last)
