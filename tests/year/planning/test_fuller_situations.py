"""Tiny scenarios in which all that fits no plain operation meets, against the best of all combinations."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import chain
from random import Random

import pytest

from arshjul.year.domain.operation import Operation, Repeat, single
from arshjul.year.domain.parties import Matching
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.plan import make_plan
from arshjul.year.planning.verify import verify
from arshjul.year.rules.objectives import PLAN_LEVELS, REPLAN_LEVELS
from tests.examples import often
from tests.year.planning.oracle import best
from tests.year.planning.test_oracle import long_ago, replanned_from, tiny, worth

MOST_COMBINATIONS = 3000
EFFORT = Effort(limit_s=120, seed=1)
SEEDS = often(range(16), range(2000))

KEYS = {
    "officers_least", "police_also", "any_of", "not_same_week_as", "repeat", "reserve", "weeks", "nth",
    "load_exceptions", "exceptions", "ask_days", "targets", "days", "spacing_days", "on_request",
}  # fmt: skip


@cache
def drawn(seed: int) -> Scenario:
    rng = Random(seed)
    scenario = tiny(rng, fuller, MOST_COMBINATIONS)
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


@pytest.mark.parametrize("seed", SEEDS)
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
