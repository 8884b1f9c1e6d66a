"""Stressing a plan: years drawn from rates, rates learnt from a log, and years counted as replans give them."""

import signal
from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Context, Decimal
from functools import cache
from math import ulp
from pathlib import Path
from random import Random

import pytest

from arshjul.errors import ArshjulError
from arshjul.year.agenda.party_change import FormerPlan
from arshjul.year.agenda.revised import tell
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.change import changes
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.history.rates import Rates, _exp, built_on, learnt, withdrawn_share
from arshjul.year.domain.history.stress_figures import Estimate
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.retired_parties import with_former_lenders
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.slot_tables import SlotTables
from arshjul.year.domain.withdrawal import KINDS, AssumedRates, Withdrawal, WithdrawalHistory
from arshjul.year.folder.stress import Call, lived_years
from arshjul.year.formats.reading import read_scenario
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.replan.replan import replan
from arshjul.year.planning.stress import chance, drawn_year, live, mean, summed_up
from arshjul.year.rules.causes import hit
from arshjul.year.rules.objectives import REPLAN_LEVELS
from tests.examples import often
from tests.year.planning.test_oracle import tiny
from tests.year.rules.faults.planting import Fault, planted

MET = (0, 2, 45)
"""In 45 something is out that has no points, and would come in when nothing is hit. Each fault below shows in one."""

FAULTS = (
    Fault(
        "year.planning.stress",
        "and all(operation.is_must or points[operation.priority] > 0 for operation in out)",
        "",
        "what has no points never comes in",
    ),
    Fault("year.planning.stress", "return not plan.unplaced or (", "return True or (", "nothing ever comes in"),
    Fault("year.planning.stress", "    if given.context.hit:\n        return False\n", "", "hits do not matter"),
    Fault(
        "year.planning.stress",
        "year.changes += len(moved)",
        "year.changes += bool(moved)",
        "one change a replan",
    ),
    Fault(
        "year.planning.stress",
        "year.changes_of[party] += len(operations)",
        "year.changes_of[party] += 1",
        "one change a party",
    ),
    Fault(
        "year.planning.stress",
        "for id in plan.placed)\n    return year",
        "for id in first.placed)\n    return year",
        "points of what was called off",
    ),
    Fault("year.planning.stress", "revision=plan.revision + 1", "revision=plan.revision", "no new revision"),
)
EFFORT = Effort(limit_s=120, seed=1)
OFTEN = KINDS[0]


@cache
def tutorial() -> Scenario:
    return read_scenario(Path("scenarios/tutorial")).scenario


def before(scenario: Scenario) -> datetime:
    """The evening before the year begins."""
    day = scenario.span.first - timedelta(days=1)
    return datetime(day.year, day.month, day.day, 18, tzinfo=scenario.zone)


def occurring(rates: Rates, **figures: object) -> Rates:
    """So many that what is assumed weighs nothing beside them."""
    return replace(rates, shape=600_000.0, years=100.0, **figures)  # type: ignore[arg-type]


def test_what_is_drawn_from_rates_is_learnt_again() -> None:
    scenario = tutorial()
    moment = before(scenario)
    shooting, *_, event = learnt(scenario, [])
    first, *others = scenario.police
    units = {first: 0.9, **dict.fromkeys(others, 0.25)}
    weekdays = (0.5, 0.5, 0.5, 0.5, 1.5, 2.5, 1.0)
    given = occurring(shooting, units=units, weekdays=weekdays, ends=0.4, notice_hours=10.0)
    bursts = occurring(event, units=units, ends=0.1)
    log = drawn_year(scenario, (given, bursts), 1, 0, moment)
    shootings, *_, events = learnt(scenario, [WithdrawalHistory(scenario.span, log)])
    days = (scenario.span.last - scenario.span.first).days + 1
    assert shootings.withdrawals + events.withdrawals == len({withdrawal.id for withdrawal in log})
    for was, rates in ((given, shootings), (bursts, events)):
        assert rates.per_year * rates.years == pytest.approx(was.per_year * days / 365.25, rel=0.1)
        assert rates.units == pytest.approx(dict(was.units), abs=0.06)
    assert shootings.ends == pytest.approx(0.4, abs=0.05)
    assert events.ends == pytest.approx(0.1, abs=0.03)
    assert shootings.notice_hours == pytest.approx(10, rel=0.15)
    assert events.notice_hours == pytest.approx(bursts.notice_hours, rel=0.15)
    assert shootings.weekdays == pytest.approx(weekdays, abs=0.4)
    assert built_on([shootings]).values == {"n": shootings.withdrawals}


@pytest.mark.parametrize("n", often([150], [3000]))
def test_intervals_of_rates_cover_what_was_drawn(n: int) -> None:
    """Rates drawn from what is assumed, a year's log drawn from each, and learnt again: 95 of 100 are covered."""
    scenario = tutorial()
    assumed = next(rates for rates in learnt(scenario, []) if rates.kind.cause == "shooting")
    rng, covered, widths = Random(1), 0, []
    for number in range(n):
        true = rng.gammavariate(assumed.shape, 1 / assumed.years)
        log = drawn_year(scenario, (replace(assumed, shape=true * 1e6, years=1e6),), 1, number, before(scenario))
        estimate = next(
            rates for rates in learnt(scenario, [WithdrawalHistory(scenario.span, log)]) if rates.kind == assumed.kind
        ).a_year
        covered += estimate.low <= true <= estimate.high
        widths.append(estimate.high - estimate.low)
    assert covered / n == pytest.approx(0.95, abs=3 * (0.95 * 0.05 / n) ** 0.5)
    assert sum(widths) / n < assumed.a_year.high - assumed.a_year.low


def test_days_without_withdrawals_are_told_as_what_they_are() -> None:
    """Half of 365 days beside the year that is assumed: 21 become 14."""
    scenario = tutorial()
    watched = WithdrawalHistory(Span(date(2026, 1, 1), date(2026, 7, 2)), ())
    shooting = next(rates for rates in learnt(scenario, [watched]) if rates.kind.cause == "shooting")
    said = built_on([shooting])
    assert said.values == {"n": 183, "assumed": 21, "becomes": 14}
    assert "0 withdrawals in 183 days" in str(said)
    assert built_on(learnt(scenario, [])).values == {}


def test_years_of_several_logs_are_learnt_together() -> None:
    scenario = tutorial()
    last_year = Span(date(2025, 1, 1), date(2025, 12, 31))
    year_before = Span(date(2024, 1, 1), date(2024, 12, 31))
    (unit, *_) = scenario.police
    shooting = Withdrawal("W", None, (unit,), date(2025, 3, 7), date(2025, 3, 8), cause="shooting")
    unheard = replace(shooting, id="X", first=date(2026, 12, 1), last=date(2026, 12, 1))
    strange = replace(shooting, id="Y", police=("elsewhere",))
    logs = [WithdrawalHistory(last_year, (shooting, unheard, strange)), WithdrawalHistory(year_before, (shooting,))]
    found = next(rates for rates in learnt(scenario, logs) if rates.kind.cause == "shooting")
    assert (found.withdrawals, found.shape) == (1, 22)
    assert found.years == pytest.approx(3, abs=0.01)
    assert found.ends == pytest.approx(11 / 22)
    assert built_on([found]).values["n"] == 1


def test_a_year_is_its_seeds_the_same_on_every_machine_and_nothing_is_known_before_it_is_told() -> None:
    scenario = tutorial()
    moment = before(scenario)
    rates = learnt(scenario, [])
    year = drawn_year(scenario, rates, 7, 3, moment)
    assert year
    assert drawn_year(scenario, rates, 7, 3, moment) == year
    assert drawn_year(scenario, rates, 7, 4, moment) != year
    assert drawn_year(scenario, rates, 8, 3, moment) != year
    fewer = tuple(rate for rate in rates if rate.kind.cause != "shooting")
    assert drawn_year(scenario, fewer, 7, 3, moment) == tuple(
        withdrawal for withdrawal in year if withdrawal.cause != "shooting"
    )
    scenario = tutorial()
    moment = before(scenario).replace(year=scenario.span.first.year, month=5)
    for number in range(20):
        for withdrawal in drawn_year(scenario, learnt(scenario, []), 1, number, moment):
            assert withdrawal.reported is not None
            assert moment <= withdrawal.reported
            assert withdrawal.first > moment.date()
            assert withdrawal.police
    # Rounded right: no double is nearer, judged with twice the digits; and whatever the order of what is added.
    exact, rng = Context(prec=80), Random(1)
    for power in (0.0, -1e-300, *(-rng.expovariate(2) for _ in range(300))):
        assert abs(Decimal(_exp(power)) - exact.exp(Decimal(power))) <= Decimal(ulp(_exp(power))) / 2
    scenario = tutorial()
    rates, unit = learnt(scenario, []), next(iter(scenario.police))
    slot = Slot(scenario.span.first, scenario.shifts[0].id)
    assert withdrawn_share(rates, unit, slot) == withdrawn_share(tuple(reversed(rates)), unit, slot) > 0


@cache
def hard_year(seed: int) -> tuple[Scenario, Plan, tuple[Withdrawal, ...]]:
    """A tiny plan, and a year of far more withdrawals than are usual."""
    scenario = tiny(Random(seed))
    plan = make_plan(scenario, before(scenario), EFFORT).plan
    rates = tuple(replace(one, shape=one.shape * 20) for one in learnt(scenario, []))
    return scenario, plan, drawn_year(scenario, rates, seed, 0, before(scenario))


@cache
def replanned(seed: int, option: str) -> tuple[int, Counter[str], Plan]:
    """The year answered by a whole replan at each moment: changes, those of each party, and the last plan."""
    scenario, plan, drawn = hard_year(seed)
    n_changes, told = 0, Counter[str]()
    for moment in sorted({withdrawal.reported for withdrawal in drawn if withdrawal.reported is not None}):
        reported = Entries.of(withdrawals=tuple(withdrawal for withdrawal in drawn if withdrawal.reported == moment))
        new = replan(scenario, plan, reported, moment, EFFORT, (option,)).options[option]
        former = FormerPlan(with_former_lenders(scenario, new), plan.placed)
        told.update({party: len(operations) for party, operations in tell(former, scenario, new.placed).items()})
        n_changes += len(changes(plan.placed, new.placed).changed)
        plan = new
    return n_changes, told, plan


def points_of(scenario: Scenario, plan: Plan) -> int:
    return sum(scenario.objective.priority_points[scenario.operations[id].priority] for id in plan.placed)


def lives(seed: int, option: str) -> None:
    scenario, plan, drawn = hard_year(seed)
    n_changes, told, answered = replanned(seed, option)
    lived, last = live(scenario, plan, drawn, option, EFFORT)
    assert (lived.changes, lived.changes_of) == (n_changes, told)
    assert (lived.points, lived.answered) == (points_of(scenario, answered), answered.revision - plan.revision)
    assert {id for id, place in plan.placed.items() if place.same_place(answered.placed.get(id))} <= lived.held
    assert lived.answered == lived.proven
    assert last.revision == plan.revision + lived.answered


@pytest.mark.parametrize("seed", often(MET[1:2], range(60)))
def test_a_year_is_met_as_replans_meet_it(seed: int) -> None:
    for option in REPLAN_LEVELS:
        lives(seed, option)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_fault_in_meeting_a_year_is_caught(fault: Fault) -> None:
    for seed in MET:
        replanned(seed, "balanced")
    with planted(fault):
        assert any(_fails(seed) for seed in MET)


def _fails(seed: int) -> bool:
    try:
        lives(seed, "balanced")
    except (AssertionError, ArshjulError):
        return True
    return False


@pytest.mark.parametrize("seed", often((0, 1, 2, 45), range(60)))
def test_only_rules_of_officers_are_broken_and_of_units_that_lack_some(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[frozenset[str]] = []

    def both(context: ReplanContext, only_officers: bool = False) -> frozenset[str]:
        found = hit(context, only_officers)
        assert only_officers
        assert found == hit(context)
        asked.append(found)
        return found

    monkeypatch.setattr("arshjul.year.planning.replan.input.hit", both)
    scenario = tiny(Random(seed))
    moment = before(scenario)
    plan = make_plan(scenario, moment, EFFORT).plan
    rates = tuple(replace(one, shape=one.shape * 20) for one in learnt(scenario, []))
    drawn = drawn_year(scenario, rates, seed, 1, moment)
    lived, _ = live(scenario, plan, drawn, "fewest-changes", EFFORT)
    assert len(asked) == lived.answered


def test_a_year_without_withdrawals_holds_everything() -> None:
    scenario = tutorial()
    moment = before(scenario)
    plan = make_plan(scenario, moment, EFFORT).plan
    harmless = Withdrawal("w", moment, tuple(scenario.police), scenario.span.first, scenario.span.last, None, 10_000)
    for drawn in ((), (harmless,)):
        year, last = live(scenario, plan, drawn, "balanced", EFFORT)
        assert last.placements == plan.placements
        stressed = summed_up(scenario, plan, [year, year])
        assert stressed.totals.held == Estimate(*[len(plan.placed)] * 3)
        assert {operation.mean for operation in stressed.operations.values()} == {1}
        assert {party.changes.mean + party.short_notices.mean for party in stressed.parties.values()} == {0}


@pytest.mark.slow
def test_who_lives_the_years_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = tutorial()
    moment = before(scenario)
    plan = make_plan(scenario, moment, EFFORT).plan
    rates = learnt(scenario, [])
    calls = [Call(scenario, plan, drawn_year(scenario, rates, 1, n, moment), "balanced", EFFORT) for n in range(3)]
    told: list[int] = []
    here = lived_years(calls, lambda n, _: told.append(n), "processes:2")
    assert told == [1, 2, 3]
    monkeypatch.setattr("arshjul.year.folder.stress.WORTH_WORKERS", 0)
    assert lived_years(calls, lambda *_: None, "processes:2") == here


@pytest.mark.slow
def test_ctrl_c_keeps_the_years_that_are_lived(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = tutorial()
    moment = before(scenario)
    plan = make_plan(scenario, moment, EFFORT).plan
    rates = learnt(scenario, [])
    calls = [Call(scenario, plan, drawn_year(scenario, rates, 1, n, moment), "balanced", EFFORT) for n in range(9)]
    usual = signal.signal(signal.SIGINT, signal.default_int_handler)

    def press(n: int, _: int) -> None:
        if n == 2:
            signal.raise_signal(signal.SIGINT)

    try:
        whole = lived_years(calls, lambda *_: None, "processes:2")
        assert lived_years(calls, press, "processes:2") == {n: whole[n] for n in range(2)}
        monkeypatch.setattr("arshjul.year.folder.stress.WORTH_WORKERS", 0)
        kept = lived_years(calls, press, "processes:2")
        assert 2 <= len(kept) < 9
        assert kept.items() <= whole.items()
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, usual)


def test_risk_prices_are_of_what_the_log_says() -> None:
    scenario = tutorial()
    moment = before(scenario)
    unit, other = list(scenario.police)[:2]
    last_year = Span(date(2025, 1, 1), date(2025, 12, 31))
    fridays = [day for day in last_year.days() if day.weekday() == 4]
    log = WithdrawalHistory(
        last_year, tuple(Withdrawal(str(d), None, (unit,), d, d, cause="shooting") for d in fridays)
    )
    slots = SlotTables.of(replace(scenario, history=(log,)))
    day = next(day for day in scenario.span.days() if day.weekday() == 4)
    friday, monday = (Slot(day + timedelta(days=later), scenario.shifts[0].id) for later in (0, 3))
    share = withdrawn_share(slots.risk.rates, unit, friday)
    assert share > 0.3 > withdrawn_share(slots.risk.rates, unit, monday)
    assert withdrawn_share(slots.risk.rates, other, friday) < share
    assert (
        slots.risk.by_unit[unit][slots.grid.number(friday) or 0]
        == slots.risk.withdrawn_of_ten(unit, friday)
        == round(10 * share)
    )
    usual, priced = (make_plan(replace(scenario, history=logs), moment, EFFORT).plan for logs in ((), (log,)))
    n_fridays = [sum(place.slot.day.weekday() == 4 for place in plan.placements) for plan in (usual, priced)]
    assert n_fridays[1] <= n_fridays[0]


def test_intervals() -> None:
    assert ends(chance(0, 10)) == pytest.approx([0, 0, 0.2775], abs=1e-4)
    assert ends(chance(10, 20)) == pytest.approx([0.5, 0.2993, 0.7007], abs=1e-4)
    assert ends(mean([1, 2, 3, 6])) == pytest.approx([3, 0, 6.437], abs=1e-3)  # a deviation of 2.16, over two, at 3.182
    eleven = mean(range(100, 111))  # a deviation of 3.317, over its own root, at 2.228
    assert eleven.high - eleven.mean == pytest.approx(2.228, abs=0.003)


def ends(one: Estimate) -> list[float]:
    return [one.mean, one.low, one.high]


def test_what_is_assumed_comes_from_the_scenario() -> None:
    scenario = tutorial()
    only = replace(OFTEN, per_year=100, days=4, notice_hours=48, units_percent=80)
    given = replace(scenario, withdrawal_rates=AssumedRates(years=2, withdrawals=30, kinds=(only,)))
    (rates,) = learnt(given, [])
    assert (rates.per_year, rates.years, rates.ends, rates.notice_hours) == (100, 2, 0.25, 48)
    assert set(rates.units.values()) == {0.8}


def test_what_is_given_back_brings_operations_back() -> None:
    scenario = tutorial()
    moment = before(scenario)
    plan = make_plan(scenario, moment, EFFORT).plan
    first, last = scenario.span.first, scenario.span.last
    taken_all = Withdrawal("w", moment, tuple(scenario.police), first, last)
    back = replace(taken_all, reported=moment + timedelta(hours=1), last=first)
    without, _ = live(scenario, plan, (taken_all,), "balanced", EFFORT)
    regained, _ = live(scenario, plan, (taken_all, back), "balanced", EFFORT)
    assert regained.points > without.points
    assert regained.points == points_of(scenario, plan), "all of it comes back"
