"""What is asked, offered and used, held against a plain count: date by date, by the scenario's own words."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from arshjul.agenda.lenders import Lender, coverage, coverage_now
from arshjul.domain.calendar import Slot, Span
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.formats.reading.scenario import read_scenario
from tests.render import builder

Months = dict[str, Fraction]
EMPTY = replace(builder.plan(builder.scenario(1, 1)), placements=())


def month(day: date) -> str:
    return f"{day:%Y-%m}"


def may_begin(scenario: Scenario, operation: Operation, slot: Slot) -> bool:
    """True if only offers and other operations could keep it from the slot."""
    dates = [slot.day + timedelta(days=n) for n in range(operation.days)]
    window, named = operation.window or scenario.span, operation.nominated_on
    pinned = operation.fixed is None or operation.fixed.slot == slot
    early = named is not None and not operation.short_notice and slot.day < named + timedelta(days=42)
    return (
        pinned
        and not early
        and not operation.reserve
        and (operation.shifts is None or slot.shift in operation.shifts)
        and all(
            scenario.span.first <= day <= scenario.span.last
            and window.first <= day <= window.last
            and (operation.weekdays is None or day.weekday() in operation.weekdays)
            and not any(one.first <= day <= one.last for one in operation.not_on)
            and scenario.calendar.is_open(day)
            for day in dates
        )
    )


def ways(scenario: Scenario, operation: Operation) -> Iterator[dict[str, int]]:
    """What each way to staff it takes of each party."""
    unit_sets: list[dict[str, int]] = [{}]
    if operation.officers:
        named = operation.police or [
            one.id for one in scenario.police.values() if operation.area in one.areas and not one.on_request
        ]
        unit_sets = [{id: operation.officers, **operation.police_also} for id in scenario.police if id in named]
    groups: list[dict[str, int]] = [{}]
    for group in operation.any_of:
        groups = [{**one, agency: group.teams} for one in groups for agency in group.agencies]
    for units in unit_sets:
        for chosen in groups:
            yield {**operation.agencies, **chosen, **units}


def plain(scenario: Scenario) -> tuple[dict[str, Months], dict[str, Months]]:
    """What operations require, and what optional agencies are asked for, by party and month."""
    required: dict[str, Months] = defaultdict(lambda: defaultdict(Fraction))
    optional: dict[str, Months] = defaultdict(lambda: defaultdict(Fraction))
    slots = [Slot(day, shift.id) for day in scenario.span.days() for shift in scenario.shifts]
    for operation in scenario.operations.values():
        begins = [slot for slot in slots if may_begin(scenario, operation, slot)]
        staffed = list(ways(scenario, operation))
        for slot in begins:
            for later in range(operation.days):
                there = month(slot.day + timedelta(days=later))
                for needs in staffed:
                    for party, n in needs.items():
                        required[party][there] += Fraction(n, len(begins) * len(staffed))
                if staffed:
                    for party, n in operation.optional_agencies.items():
                        optional[party][there] += Fraction(n, len(begins))
    return required, optional


def agree(scenario: Scenario, plan: Plan, span: Span | None = None) -> None:
    found, (required, optional) = coverage(ReplanContext.of(scenario), plan, span), plain(scenario)
    names = list(dict.fromkeys(month(day) for day in (span or scenario.span).days()))
    used = plainly_used(scenario, plan)
    for lender in (*found.police, *found.agencies):
        for name, use in zip(names, lender.by_month, strict=True):
            assert use.required == pytest.approx(float(required[lender.id][name])), (lender.id, name)
            assert use.optional == pytest.approx(float(optional[lender.id][name])), (lender.id, name)
            assert use.used == used[lender.id, name]
            assert use.spare == use.offered - use.used
        assert lender.total.asked == round(sum(required[lender.id][name] for name in names))


def plainly_used(scenario: Scenario, plan: Plan) -> dict[tuple[str, str], int]:
    used: dict[tuple[str, str], int] = defaultdict(int)
    for place in plan.placements:
        operation = scenario.operations[place.operation]
        takes = dict(operation.agencies)
        takes |= {one: operation.optional_agencies[one] for one in place.optional_agencies}
        takes |= {one: group.teams for group in operation.any_of for one in group.agencies if one in place.any_of}
        if place.police is not None:
            takes |= {place.police: operation.officers, **operation.police_also}
        for later in range(operation.days):
            for party, n in takes.items():
                used[party, month(place.slot.day + timedelta(days=later))] += n
    return used


@pytest.mark.parametrize("year", ["goteborg-2027", "goteborg-2027-fuller"])
def test_a_real_year_is_counted_as_it_is_plainly(year: str) -> None:
    scenario = read_scenario(Path("scenarios") / year).scenario
    agree(scenario, replace(builder.plan(scenario), placements=()))


def test_drawn_years_are_counted_as_they_are_plainly() -> None:
    for seed in range(4):
        scenario = builder.scenario(40, seed)
        agree(scenario, builder.plan(scenario, seed))


def plainly_offered(scenario: Scenario, id: str) -> Months:
    """The offers of open dates, added up; of a party without limits."""
    party, found = scenario.parties[id], defaultdict[str, Fraction](Fraction)
    for day in scenario.span.days():
        for shift in scenario.shifts:
            if scenario.calendar.is_open(day):
                offer = party.offer(Slot(day, shift.id))
                found[month(day)] += offer if isinstance(offer, int) else offer.officers
    return found


def test_offers_are_those_of_open_dates() -> None:
    scenario = read_scenario(Path("scenarios/goteborg-2027")).scenario
    free = [
        *(id for id, one in scenario.police.items() if one.officer_shifts_per_month is None),
        *(id for id, one in scenario.agencies.items() if not (one.team_shifts_per_week or one.team_shifts_per_month)),
    ]
    found = coverage_now(scenario, EMPTY)
    lenders: dict[str, Lender] = {one.id: one for one in (*found.police, *found.agencies)}
    assert free
    for id in free:
        assert [use.offered for use in lenders[id].by_month] == list(plainly_offered(scenario, id).values())
        assert lenders[id].total.spare == lenders[id].total.offered, "without a plan all is spare"


def test_what_is_asked_does_not_hang_on_what_is_offered() -> None:
    scenario = builder.scenario(40, 1)
    nobody = replace(
        scenario,
        police={id: replace(one, officers=()) for id, one in scenario.police.items()},
        agencies={id: replace(one, teams=()) for id, one in scenario.agencies.items()},
    )
    usual, idle = coverage_now(scenario, EMPTY), coverage_now(nobody, EMPTY)
    for one, other in zip((*usual.police, *usual.agencies), (*idle.police, *idle.agencies), strict=True):
        assert [use.required for use in one.by_month] == [use.required for use in other.by_month]
        assert not other.total.offered
        assert other.total.missing == other.total.asked
    assert sum(one.total.missing for one in idle.police) > 0
