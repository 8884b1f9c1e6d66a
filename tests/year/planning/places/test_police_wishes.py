"""Further shifts against trying each by itself, and what can be given back against the rules' own checks."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

import pytest

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.parties import Matching, OfficerLine, RiskLine
from arshjul.year.domain.plan import Base, Plan
from arshjul.year.domain.replan_context import context_of
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Settings
from arshjul.year.domain.withdrawal import Withdrawal, WithdrawalHistory
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.places.police_wishes import (
    PLENTY,
    READY_DAYS,
    ExtraShift,
    PoliceWishes,
    alike,
    letter,
    police_wishes,
)
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.verify import breaches
from tests.builders import operation, scenario
from tests.examples import often
from tests.year.planning.oracle import possibilities
from tests.year.planning.test_oracle import tiny

SEEDS = often(range(8), range(80))


def going_on(plan: Plan) -> Plan:
    """The plan as one that a replan goes on from: what comes in is told in time."""
    return replace(plan, base=Base(plan.revision, plan.as_of, plan.placed))


def holds(scenario: Scenario, plan: Plan, more: tuple[Placement, ...]) -> bool:
    """True if the plan with those operations besides keeps every rule, by the rules' own checks."""
    ids = {place.operation for place in more}
    unplaced = tuple(one for one in plan.unplaced if one.operation not in ids)
    fuller = replace(plan, placements=(*plan.placements, *more), unplaced=unplaced, prices=(), levels=())
    return not breaches(context_of(scenario, fuller), fuller)


def ways(scenario: Scenario, plan: Plan, operation: str, slot: Slot) -> Iterator[Placement]:
    """The ways in which it could stand at the slot beside everything else."""
    context = context_of(scenario, plan)
    for place in possibilities(context, operation, plan.as_of):
        if place is not None and place.slot == slot and holds(scenario, plan, (place,)):
            yield place


def together(scenario: Scenario, plan: Plan, wish: ExtraShift) -> bool:
    """True if all that the shift is said to bring in can stand there together."""
    placements: tuple[Placement, ...] = ()
    for id in wish.brings_in:
        fits = (p for p in ways(scenario, plan, id, wish.slot) if holds(scenario, plan, (*placements, p)))
        place = next(fits, None)
        if place is None:
            return False
        placements = (*placements, place)
    return True


@cache
def wished(seed: int) -> tuple[Scenario, Plan, PoliceWishes]:
    """A tiny plan, as one that a replan goes on from, and the wishes for it."""
    scenario = tiny(Random(seed))
    as_of = datetime.combine(scenario.span.first, time(0), tzinfo=scenario.zone)
    plan = make_plan(scenario, as_of, Effort(60)).plan
    return scenario, going_on(plan), police_wishes(scenario, plan, as_of)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_wish_is_true_and_none_is_missing(seed: int) -> None:
    scenario, plan, wishes = wished(seed)
    said = {(wish.unit, wish.slot): wish for wish in wishes.further}
    for wish in wishes.further:
        offer = scenario.police_offer(wish.unit, wish.slot)
        officers, designated = offer.officers + wish.officers, offer.designated + wish.designated
        assert together(_lending(scenario, wish.unit, wish.slot, officers, designated), plan, wish), wish
    for out in plan.unplaced:
        if not scenario.operations[out.operation].officers:
            continue  # no matter of the police
        for unit in scenario.police:
            for slot in (Slot(day, shift.id) for day in scenario.span.days() for shift in scenario.shifts):
                there = ways(_lending(scenario, unit, slot, PLENTY, PLENTY), plan, out.operation, slot)
                if any(not holds(scenario, plan, (place,)) for place in there):  # what fits as it is waits for nobody
                    assert (unit, slot) in said, (out.operation, unit, slot)
                    assert out.operation not in wishes.out_of_reach
                    assert (out.operation in wishes.instead) != any(
                        out.operation in shift.brings_in for shift in wishes.further
                    )


def _lending(scenario: Scenario, unit: str, slot: Slot, officers: int, designated: int) -> Scenario:
    """The scenario with so many officers of the unit at the slot."""
    when = Matching(shift=slot.shift, first=slot.day, last=slot.day)
    known = scenario.police[unit]
    more = replace(known, officers=(*known.officers, OfficerLine(when, officers, designated)))
    return replace(scenario, police={**scenario.police, unit: more})


@pytest.mark.parametrize("seed", SEEDS[:8])
def test_what_is_given_back_takes_nothing_away(seed: int) -> None:
    rng = Random(seed)
    scenario = tiny(rng)
    as_of = datetime.combine(scenario.span.first, time(0), tzinfo=scenario.zone) - timedelta(days=READY_DAYS + 1)
    plan = make_plan(scenario, as_of, Effort(60)).plan
    spare = police_wishes(scenario, plan, as_of).spare
    assert any(spare.values())
    less = scenario
    for unit, slots in spare.items():
        none = [OfficerLine(Matching(shift=s.shift, first=s.day, last=s.day), 0, 0) for s in slots]
        known = less.police[unit]
        less = replace(less, police={**less.police, unit: replace(known, officers=(*known.officers, *none))})
    again = make_plan(less, as_of, Effort(60)).plan
    values = [(level.id, level.value) for level in plan.levels if level.id != "quality"]
    assert [(level.id, level.value) for level in again.levels if level.id != "quality"] == values
    assert holds(less, plan, ())


def test_of_shifts_that_bring_in_as_much_those_seldom_taken_back_come_first() -> None:
    two_days = Span(date(2027, 3, 2), date(2027, 3, 3))
    year = scenario([operation(agencies={}, window=two_days, shifts=("day",))])
    city = year.police["lpo-city"]
    lines = (RiskLine(Matching(first=two_days.first, last=two_days.first), 3),)
    year = replace(year, police={"lpo-city": replace(city, often_withdrawn=lines)})
    as_of = datetime(2026, 11, 24, 10, tzinfo=year.zone)
    plan = make_plan(year, as_of, Effort(60)).plan
    wishes = police_wishes(year, plan, as_of)
    assert [(wish.slot.day.day, wish.of_ten) for wish in wishes.further] == [(3, 0), (2, 3)]
    assert "(as the scenario says)" in str(list(letter(year, wishes, 10))[-1])
    taken = Withdrawal("W", None, ("lpo-city",), date(2026, 3, 4), date(2026, 3, 4))
    learnt = replace(year, history=(WithdrawalHistory(Span(date(2026, 1, 1), date(2026, 12, 31)), (taken,)),))
    told = list(letter(learnt, police_wishes(learnt, plan, as_of), 10))
    assert "built on one withdrawal" in str(told[-1].values["basis"])


def test_nothing_near_and_nothing_of_a_unit_that_takes_back_is_given_back() -> None:
    """Nothing to do on 18 days: the first 15 stay, and so does a date of a withdrawal, whichever its shift."""
    year = idle(date(2027, 3, 18))
    as_of = datetime(2027, 3, 1, 8, tzinfo=year.zone)
    plan = make_plan(year, as_of, Effort(60)).plan
    spare = police_wishes(year, plan, as_of).spare["lpo-city"]
    assert {slot.day.day for slot in spare} == {16, 17, 18}
    taken = Withdrawal("W", as_of, ("lpo-city",), date(2027, 3, 17), date(2027, 3, 17), ("night",), 0)
    wishes = police_wishes(year, replace(plan, entries=Entries.of(withdrawals=(taken,))), as_of)
    assert {slot.day.day for slot in wishes.spare["lpo-city"]} == {16, 18}


def test_all_dates_are_named_where_that_is_asked_for() -> None:
    year = idle(date(2027, 4, 30))
    as_of = datetime(2027, 3, 1, 8, tzinfo=year.zone)
    wishes = police_wishes(year, make_plan(year, as_of, Effort(60)).plan, as_of)
    short, whole = (str(next(letter_of_spare(year, wishes, every))) for every in (False, True))
    assert "more dates" in short
    assert "datetime.date(2027, 4, 30)" not in short
    assert "more dates" not in whole
    assert "datetime.date(2027, 4, 30)" in whole


def idle(last: date) -> Scenario:
    """A unit that lends on all dates from 1 March on, and nothing to do."""
    city = replace(scenario().police["lpo-city"], officers=(OfficerLine(Matching(), 3, 0),))
    return scenario([], span=Span(date(2027, 3, 1), last), police={city.id: city})


def letter_of_spare(year: Scenario, wishes: PoliceWishes, every: bool) -> Iterator[Message]:
    """The sentences on what can be given back."""
    return (line for line in letter(year, wishes, 10, every_one=every) if "dates" in line.values)


def test_a_row_holds_all_choices_of_what_it_brings_in() -> None:
    """Two operations and two dates, neither with officers: a date brings in both, or each unit and date one."""
    year, as_of = two_left_out(per_day=1)
    wishes = police_wishes(year, make_plan(year, as_of, Effort(60)).plan, as_of)
    groups = alike(wishes.further)
    assert [{wish.brings_in for wish in group} for group in groups] == [{("OP-001",)}]
    assert [wish.slot.day.day for wish in groups[0]] == [2, 3]
    _, row, combination, *_ = letter(year, wishes, 10)
    assert row.values["n"] == 2
    assert combination.values["operations"] == ["OP-001", "OP-002"]
    assert combination.values["n"] == 2
    assert len(list(letter(year, wishes, 1))) == len(list(letter(year, wishes, 10))) - 1
    both, as_of = two_left_out(per_day=2)
    wishes = police_wishes(both, make_plan(both, as_of, Effort(60)).plan, as_of)
    assert [(wish.brings_in, wish.officers) for wish in wishes.further] == [(("OP-001", "OP-002"), 4)] * 2
    assert [(wish.brings_in, wish.officers) for wish in wishes.combined] == [(("OP-001", "OP-002"), 4)]


def two_left_out(per_day: int) -> tuple[Scenario, datetime]:
    """Two operations that need police on one of two dates, so many on a date, and no police."""
    days = Span(date(2027, 3, 2), date(2027, 3, 3))
    left = [operation(id, agencies={}, window=days, shifts=("day",), sector=id) for id in ("OP-001", "OP-002")]
    settings = Settings.of(freeze_days=14, notice_days=14, operations_per_day=per_day)
    city = scenario().police["lpo-city"]
    year = scenario(left, settings=settings, police={city.id: city})
    return year, datetime(2026, 11, 24, 10, tzinfo=year.zone)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_combined_can_be_placed_together(seed: int) -> None:
    """With those officers alone, by the rules' own checks; and it is worth no less than the best shift by itself."""
    scenario, plan, wishes = wished(seed)
    lending = scenario
    found: list[tuple[Placement, ...]] = [()]
    for wish in wishes.combined:
        offer = scenario.police_offer(wish.unit, wish.slot)
        lending = _lending(
            lending, wish.unit, wish.slot, offer.officers + wish.officers, offer.designated + wish.designated
        )
        for id in wish.brings_in:
            found = [(*there, way) for there in found for way in ways(lending, plan, id, wish.slot)]
            found = [there for there in found if holds(lending, plan, there)]
    assert found
    assert sum(wish.points for wish in wishes.combined) >= max((wish.points for wish in wishes.further), default=0)
