"""Plans and replans of tiny scenarios, against the best of all combinations."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cache
from itertools import chain
from math import prod
from random import Random
from time import perf_counter
from unittest.mock import patch

import pytest

from arshjul.solver import Progress
from arshjul.system.uncaught import SOLVER_LOG, reported_errors
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.entries.amendment import Cancelled, OtherDates, Pinned, TeamsLost
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Operation, Pin, Repeat, single
from arshjul.year.domain.parties import Matching
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.plan import PlanResult, make_plan
from arshjul.year.planning.replan import replan as replanning
from arshjul.year.planning.replan.replan import ReplanOptions, replan, rungs_of
from arshjul.year.planning.verify import values, verify
from arshjul.year.rules.objectives import PLAN_LEVELS, REPLAN_LEVELS
from tests.examples import often
from tests.year.planning.oracle import best, possibilities
from tests.year.rules.faults.planting import Fault, planted
from tests.year.rules.generators import draw_day, draw_scenario, draw_span
from tests.year.rules.keeping import kept
from tests.year.rules.replans import draw_moment, draw_withdrawals
from tests.year.rules.specimens import plan_of

MOST_COMBINATIONS = 10000
EFFORT = Effort(limit_s=120, seed=1)

FAULTS = (
    Fault(
        "year.planning.replan.ladder",
        "counted[objectives.BALANCE] = min(value[objectives.BALANCE], by_moving)",
        "counted[objectives.BALANCE] = value[objectives.BALANCE]",
        "the small board's balance is taken for the best",
    ),
    Fault(
        "year.planning.replan.ladder",
        "counted[objectives.POINTS] = points",
        "counted[objectives.POINTS] = value[objectives.POINTS]",
        "the small board's points are taken for the best",
    ),
)

UNSOUND_FLOORS = (
    Fault(
        "year.planning.replan.ladder",
        "Floor(second.id, second.bound, musts.id, musts.value)",
        "Floor(second.id, second.bound + 1, musts.id, musts.value)",
        "what an option proved is passed on as one more",
    ),
    Fault(
        "year.planning.replan.ladder",
        "answer.proven or not answer.problem.context.held",
        "answer.solution.choice is not None",
        "the small board's bounds are passed on as those of the year",
    ),
)

FLOORS_CAUGHT_BY = (30,)
"""The same for unsound floors, of what follows a burst."""

CAUGHT_BY = (92, 61)
"""Seeds of which one shows each fault: few do, since most replans are answered by the small board."""

BURST_SEEDS = often((0, 3, 4), range(150))
SEEDS = often(range(5), range(100))


def tiny(
    rng: Random, changed: Callable[[Random, Scenario], Scenario] = lambda _, drawn: drawn, most: int = MOST_COMBINATIONS
) -> Scenario:
    """A scenario of three or four operations, most of them with a few places, which they dispute.

    `changed` is made of what is drawn before it is narrowed; `most`: so many combinations of places.
    """
    while True:
        scenario = changed(rng, draw_scenario(rng, rng.randint(3, 4), longest=12))
        first = draw_day(rng, scenario.span)
        for n_days in (5, 4, 3, 2):
            window = Span(first, min(first + timedelta(days=n_days), scenario.span.last))
            operations = {id: _easier(rng, operation, window) for id, operation in scenario.operations.items()}
            tight = {
                "sector_spacing_days": rng.choice((0, 1, 2, 3)),
                "notice_days": rng.choice((0, 0, 1, 3)),
                "freeze_days": rng.randint(0, 2),
            }
            settings = replace(scenario.settings, given={**scenario.settings.given, **tight})
            made = replace(scenario, operations=operations, settings=settings)
            if _is_disputed(made, most):
                return made


def _is_disputed(made: Scenario, most: int) -> bool:
    """Every operation has a place, all but one have two, and there are no more than so many combinations."""
    context, places = ReplanContext.of(made), []
    for id in made.operations:
        places.append(len(possibilities(context, id, long_ago(made))))
        if places[-1] < 2 or prod(places) > most or places.count(2) > 1:
            return False
    return True


def _easier(rng: Random, operation: Operation, window: Span) -> Operation:
    """The operation with less that binds it to its own dates, so that others are what binds it."""
    pin = operation.fixed if rng.random() < 0.3 else None
    return replace(operation, window=window, nominated_on=None, fixed=pin, not_on=operation.not_on[:1])


def long_ago(scenario: Scenario) -> datetime:
    return datetime(2020, 1, 1, tzinfo=scenario.zone)


def worth(plan: Plan, levels: tuple[str, ...]) -> tuple[int, ...]:
    by_id = {level.id: level.value for level in plan.levels}
    return tuple(by_id[level] for level in levels)


@pytest.mark.parametrize("seed", SEEDS)
def test_plan_is_the_best_of_all(seed: int) -> None:
    rng = Random(seed)
    scenario = tiny(rng)
    # Some are made when their period has begun.
    as_of = long_ago(scenario) if seed % 3 else draw_moment(rng, scenario, kept(rng, ReplanContext.of(scenario)))
    made: PlanResult = make_plan(scenario, as_of, EFFORT)
    assert verify(made.context, made.plan).clean
    assert all(level.proven for level in made.plan.levels)
    assert worth(made.plan, PLAN_LEVELS) == best(ReplanContext.of(scenario, as_of=as_of), PLAN_LEVELS, as_of)


@cache
def replanned(seed: int) -> tuple[Plan, ReplanOptions]:
    """A plan that keeps the rules and what became of it."""
    rng = Random(seed)
    return replanned_from(rng, tiny(rng))


def replanned_from(rng: Random, scenario: Scenario) -> tuple[Plan, ReplanOptions]:
    """A plan of the scenario that keeps the rules, and what became of it."""
    places = kept(rng, ReplanContext.of(scenario))
    as_of = draw_moment(rng, scenario, places)
    if rng.random() < 0.6:
        as_of = datetime.combine(scenario.span.first, time(0), scenario.zone)
    plan = replace(plan_of(rng, ReplanContext.of(scenario), places, likes=0), as_of=min(as_of, long_ago(scenario)))
    entered = draw_entries(rng, scenario, plan, as_of)
    return plan, replan(scenario, plan, entered, as_of, EFFORT)


def draw_entries(rng: Random, scenario: Scenario, plan: Plan, as_of: datetime) -> Entries:
    """Withdrawals, and now and then what else a year brings."""
    taken = draw_withdrawals(rng, scenario, dict(plan.placed), as_of)
    if rng.random() < 0.6:
        return Entries.of(withdrawals=taken)
    agency, operation = rng.choice(list(scenario.agencies)), rng.choice(list(scenario.operations))
    begun = {place.operation for place in plan.placements if scenario.moments(place.slot)[0] < as_of}
    named = {other for o in scenario.operations.values() for other in (o.same_slot_as, o.after and o.after.operation)}
    pin = Pin(Slot(draw_day(rng, scenario.span), rng.choice(scenario.shifts).id))
    ahead = scenario.moments(pin.slot)[0] > as_of
    other_dates = OtherDates(operation, agency, (draw_span(rng, scenario.span, 3),))
    some = taken if rng.random() < 0.5 else ()
    lost = TeamsLost(agency, draw_span(rng, scenario.span, 6), teams_left=rng.randint(0, 1))
    cancelled = sorted(scenario.operations.keys() - named - begun - {operation})[: rng.randint(0, 1)]
    pinned = [Pinned(operation, pin)] if operation not in begun and ahead and rng.random() < 0.4 else []
    asked = [] if operation in begun else [other_dates]
    return Entries.of(changes=(*map(Cancelled, cancelled), *pinned, *asked, lost), withdrawals=some)


@pytest.mark.parametrize("seed", SEEDS)
def test_each_option_of_a_replan_is_the_best_of_all(seed: int) -> None:
    _, answer = replanned(seed)
    base = answer.context.base
    assert base is not None
    for option, levels in REPLAN_LEVELS.items():
        plan = answer.options[option]
        assert all(level.proven for level in plan.levels), option
        assert worth(plan, levels) == best(answer.context, levels, base.as_of), option


def after_a_burst(seed: int, effort: Effort = EFFORT) -> ReplanOptions:
    """What becomes of a plan when several units are taken at once, for days or from now on."""
    rng = Random(f"burst {seed}")
    scenario = tiny(rng)
    places = kept(rng, ReplanContext.of(scenario))
    as_of = datetime.combine(scenario.span.first, time(0), scenario.zone)
    plan = replace(plan_of(rng, ReplanContext.of(scenario), places, likes=0), as_of=long_ago(scenario))
    units = rng.sample(list(scenario.police), rng.randint(1, len(scenario.police)))
    first = draw_day(rng, scenario.span)
    days = rng.choice((2, 4, 8, None))
    until = None if days is None else first + timedelta(days=days)
    special = Withdrawal("EV", as_of, tuple(units), first, until, officers_left=rng.choice((0, 0, 1)))
    return replan(
        scenario,
        plan,
        Entries.of(withdrawals=(special, *draw_withdrawals(rng, scenario, places, as_of))),
        as_of,
        effort,
    )


def best_by_each_option(answer: ReplanOptions) -> bool:
    return all(
        worth(answer.options[option], levels) == best(answer.context, levels, answer.options[option].as_of)
        for option, levels in REPLAN_LEVELS.items()
    )


@pytest.mark.parametrize("seed", BURST_SEEDS)
def test_each_option_after_a_burst_is_the_best_of_all(seed: int) -> None:
    answer = after_a_burst(seed)
    assert all(level.proven for plan in answer.options.values() for level in plan.levels)
    assert all(verify(answer.context, plan).clean for plan in answer.options.values())
    assert best_by_each_option(answer)


@pytest.mark.parametrize("seed", SEEDS)
def test_replan_keeps_what_stays_and_leaves_what_is_lost(seed: int) -> None:
    old, answer = replanned(seed)
    context = answer.context
    for plan in answer.options.values():
        assert verify(context, plan).clean
        for id in context.history.keys() | context.frozen.keys():
            assert plan.placed[id].same_place(old.placed[id])
        for placement in plan.placements:
            if placement.police is not None and placement.operation not in context.history:
                there = [
                    p.operation for p in plan.placements if (p.police, p.slot) == (placement.police, placement.slot)
                ]
                officers = sum(context.scenario.operations[id].least for id in there)
                assert officers <= context.scenario.police_offer(placement.police, placement.slot).officers


@pytest.mark.parametrize("seed", SEEDS)
def test_no_option_is_worse_than_another_by_its_own_levels(seed: int) -> None:
    _, answer = replanned(seed)
    for option, levels in REPLAN_LEVELS.items():
        mine = worth(answer.options[option], levels)
        for other in answer.options.values():
            assert mine <= counted(answer.context, other, levels)


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_fault_in_mending_is_caught(fault: Fault) -> None:
    with planted(fault):
        assert any(_worse_than_the_best(seed) for seed in CAUGHT_BY)


def test_what_the_small_board_came_to_is_told_before_the_year_is_searched() -> None:
    told: list[Progress] = []
    answer = after_a_burst(FLOORS_CAUGHT_BY[0], replace(EFFORT, progress=told.append))
    firsts = [k for k, one in enumerate(told) if one.bound is None]
    assert firsts[0] == 0
    assert len(firsts) in (4, 8)
    for k in firsts[::4]:
        assert [progress.level for progress in told[k : k + 4]] in [list(levels) for levels in REPLAN_LEVELS.values()]
        assert all(progress.value is not None for progress in told[k : k + 4])
    assert best_by_each_option(answer)


@pytest.mark.parametrize("fault", UNSOUND_FLOORS, ids=str)
def test_an_unsound_floor_is_caught(fault: Fault) -> None:
    with planted(fault):
        assert any(_contradicted(seed) for seed in FLOORS_CAUGHT_BY)


def _contradicted(seed: int) -> bool:
    """Something else than the best comes out of the whole year, or engines contradict what is known."""
    short = patch.object(replanning, "rungs_of", lambda context: rungs_of(context)[:: len(rungs_of(context)) - 1])
    with short, reported_errors(SOLVER_LOG) as contradictions:
        return not best_by_each_option(after_a_burst(seed)) or bool(contradictions)


def _worse_than_the_best(seed: int) -> bool:
    return not best_by_each_option(replanned.__wrapped__(seed)[1])


def counted(context: ReplanContext, plan: Plan, levels: tuple[str, ...]) -> tuple[int, ...]:
    by_id = values(context, plan)
    return tuple(by_id[level] for level in levels)


# The time for a solve.


def test_what_was_spent_is_not_left() -> None:
    now = perf_counter()
    assert 0 < Effort(limit_s=1000).since(now).limit_s <= 1000
    assert Effort(limit_s=1000).since(now - 400).limit_s <= 600
    assert Effort(limit_s=1000).since(now - 4000).limit_s == 0


# Tiny scenarios in which all that fits no plain operation meets, against the best of all combinations.


MOST_OF_FULLER = 3000
FULLER_SEEDS = often(range(10), range(200))

KEYS = {
    "officers_least", "police_also", "any_of", "not_same_week_as", "repeat", "reserve", "weeks", "nth",
    "load_exceptions", "exceptions", "ask_days", "targets", "days", "spacing_days", "on_request",
}  # fmt: skip


@cache
def drawn(seed: int) -> Scenario:
    rng = Random(seed)
    scenario = tiny(rng, fuller, MOST_OF_FULLER)
    if rng.random() < 0.2:
        waiting = replace(
            rng.choice(list(scenario.operations.values())),
            id="OP-R", reserve=True, must=False, fixed=None, after=None, same_slot_as=None, repeat=None,
        )  # fmt: skip
        scenario = replace(scenario, operations={**scenario.operations, waiting.id: waiting})
    return scenario


def fuller(rng: Random, scenario: Scenario) -> Scenario:
    """The scenario with more of those keys than are drawn by themselves, and one operation that repeats."""
    tied = {other for operation in scenario.operations.values() for other in _names(operation)}
    free = [id for id, one in scenario.operations.items() if id not in tied and not (one.fixed or one.same_slot_as)]
    repeating = rng.choice(free) if free and rng.random() < 0.6 else None
    operations = {
        one.id: one
        for id, operation in scenario.operations.items()
        for one in single(_fuller(rng, operation, scenario, free=id in free, repeats=id == repeating))
    }
    police = {
        id: replace(unit, ask_days=rng.choice((0, 2, 4))) if rng.random() < 0.5 else unit
        for id, unit in scenario.police.items()
    }
    return replace(scenario, operations=operations, police=police)


def _fuller(rng: Random, operation: Operation, scenario: Scenario, *, free: bool, repeats: bool) -> Operation:
    if operation.officers and not operation.police_also and len(scenario.police) > 1 and rng.random() < 0.3:
        operation = replace(operation, police_also={rng.choice(list(scenario.police)): rng.randint(1, 2)})
    if operation.officers > 1 and rng.random() < 0.3:
        operation = replace(operation, officers_least=rng.randint(1, operation.officers - 1))
    if rng.random() < 0.2 and free:
        operation = replace(operation, days=2)
    least = rng.randint(0, 2)
    return replace(operation, repeat=Repeat(2, (least, least + rng.randint(0, 2))) if repeats else None)


def _names(operation: Operation) -> Iterator[str]:
    yield from (*operation.not_same_day_as, *operation.not_same_week_as)
    yield from (other for other in (operation.same_slot_as, operation.after and operation.after.operation) if other)


def used(scenario: Scenario) -> Iterator[str]:
    """Those of the keys that the scenario uses."""
    for operation in scenario.operations.values():
        keys = ("police_also", "any_of", "not_same_week_as", "repeat", "reserve")
        yield from (key for key in keys if getattr(operation, key))
        yield from ["officers_least"] * (operation.least < operation.officers)
        yield from ["days"] * (operation.days > 1)
    for line in chain(*(unit.officers for unit in scenario.police.values())):
        yield from _of(line.when)
    for agency in scenario.agencies.values():
        yield from (key for line in agency.teams for key in _of(line.when))
        yield from ["load_exceptions"] * bool(agency.load_exceptions)
    yield from ["ask_days"] * any(unit.ask_days for unit in scenario.police.values())
    yield from ["spacing_days"] * any(operation.spacing_days is not None for operation in scenario.operations.values())
    yield from ["on_request"] * any(unit.on_request for unit in scenario.police.values())
    yield from ["exceptions"] * bool(scenario.settings.exceptions)
    yield from ["targets"] * bool(scenario.targets)


def _of(when: Matching) -> Iterator[str]:
    yield from (key for key in ("weeks", "nth") if getattr(when, key) is not None)


@pytest.mark.slow
def test_the_default_cases_use_every_key() -> None:
    counts = Counter(key for seed in range(40) for key in {*used(drawn(seed))})
    assert counts.keys() == KEYS
    assert min(counts.values()) >= 3, counts


@pytest.mark.parametrize("seed", FULLER_SEEDS)
def test_plan_and_replan_are_the_best_of_all(seed: int) -> None:
    rng, scenario = Random(~seed), drawn(seed)
    as_of = long_ago(scenario)
    made = make_plan(scenario, as_of, EFFORT)
    assert verify(made.context, made.plan).clean
    assert all(level.proven for level in made.plan.levels)
    assert worth(made.plan, PLAN_LEVELS) == best(ReplanContext.of(scenario, as_of=as_of), PLAN_LEVELS, as_of)
    _, answer = replanned_from(rng, scenario)
    base = answer.context.base
    assert base is not None
    option, levels = rng.choice(list(REPLAN_LEVELS.items()))
    plan = answer.options[option]
    assert verify(answer.context, plan).clean
    assert all(level.proven for level in plan.levels), option
    assert worth(plan, levels) == best(answer.context, levels, base.as_of), option
