"""Fillings of tiny years against the best of all combinations, and the faults that this catches."""

from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from arshjul.errors import ArshjulError
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.fill import FillResult, fill
from arshjul.year.planning.verify import judge
from tests.year.planning.fill.fill_oracle import best, draw_case
from tests.year.planning.fill.fills import made, moment, visit
from tests.year.planning.verify.test_bindings_check import WRONG, rules_broken
from tests.year.rules.faults.planting import Fault, planted

SEEDS = 150
"""So many cases catch every fault below."""

FAULTS = (
    Fault("year.rules.fill.fits", "if wanted.sector in frame.sectors:", "if True:", "sectors do not matter"),
    Fault("year.rules.fill.fits", "if wanted.area == frame.operation.area:", "if True:", "areas do not matter"),
    Fault(
        "year.rules.fill.fits",
        "dates.last <= window.last)",
        "dates.last < window.last)",
        "a window's last date is lost",
    ),
    Fault(
        "year.rules.fill.fits", "window.first <= dates.first", "window.first < dates.first", "its first date is lost"
    ),
    Fault("year.rules.fill.fits", "if agency not in frame.coming]", "if False]", "agencies do not matter"),
    Fault("year.rules.fill.fits", "wanted.officers - frame.operation.officers", "0", "officers do not matter"),
    Fault(
        "year.rules.fill.fits",
        "wanted.nominated_on + timedelta(days=lead)",
        "wanted.nominated_on + timedelta(days=lead + 1)",
        "a day too many",
    ),
    Fault(
        "year.rules.fill.fits",
        "if wanted.nominated_on is None or wanted.short_notice:",
        "if wanted.nominated_on is None:",
        "short notice needs lead time",
    ),
    Fault(
        "year.rules.fill.fits",
        "context.today + timedelta(days=days)",
        "context.today + timedelta(days=days - 1)",
        "bind days end a day early",
    ),
    Fault(
        "year.rules.fill.fits",
        "if not (is_bound and fit.at_binding):",
        "if True:",
        "what is bound must meet bind days again",
    ),
    Fault("year.rules.fill.fits", "short = wanted.stops - left", "short = 1 - left", "every object takes one stop"),
    Fault(
        "year.rules.fill.fits",
        "if frame.starts > moment}",
        "if frame.starts >= moment}",
        "a frame takes objects as it starts",
    ),
    Fault(
        "year.rules.fill.fits",
        "first + timedelta(days=settings[FILL_DAYS] - 1)",
        "first + timedelta(days=settings[FILL_DAYS])",
        "a day too many is soon",
    ),
    Fault("year.rules.fill.quality", "[wanted.stops]}", "[1]}", "the board knows one stop alone"),
    Fault(
        "year.rules.fill.quality",
        "-wanted, {level: points}",
        "-wanted + 1, {level: points}",
        "a shortage of one is free",
    ),
    Fault(
        "year.rules.fill.quality",
        "builder.cost_unbound(number, MUSTS, int(wanted.must))",
        "pass",
        "musts are like others",
    ),
    Fault("year.rules.fill.quality", "points[wanted.priority]", "points[2]", "all are of one priority"),
    Fault("year.rules.fill.quality", "asked - served,", "asked,", "history is forgotten"),
    Fault("year.rules.fill.quality", "points * everyone", "0", "nobody misses what is left out"),
    Fault(
        "year.rules.fill.quality",
        "context.scenario.span.last)) + 1",
        "context.scenario.span.last))",
        "left out is as good as the last week",
    ),
    Fault("year.rules.fill.quality", "max(0, DEADLINE_WEEKS - left)", "DEADLINE_WEEKS - left", "far deadlines pay"),
    Fault(
        "year.rules.fill.quality", "days_left // 7 + 1 if", "days_left // 7 if", "the check lets what waits wait less"
    ),
    Fault(
        "year.rules.fill.quality",
        "weeks = DEADLINE_WEEKS - days // 7 if",
        "weeks = days // 7 if",
        "the check is turned",
    ),
    Fault(
        "year.rules.fill.quality",
        "if frame is None or agency.id not in frame.coming else 0",
        "if frame is None else 0",
        "the check forgets who does not come",
    ),
    Fault("year.planning.fill", "there += (object,)", "there = (object, *there)", "the last bound comes first"),
    Fault(
        "year.planning.fill", "if frame is not None and id not in nothing.ahead:", "if False:", "history is judged anew"
    ),
    Fault("year.planning.verify", "taken += wanted.stops", "taken += 1", "the check counts objects, not stops"),
    Fault(
        "year.rules.fill.fits",
        "nominated + lead > bound.placement.slot.day",
        "nominated + lead >= bound.placement.slot.day",
        "the check wants a day more",
    ),
    Fault(
        "year.planning.verify",
        "first <= placement.slot.day < until",
        "first < placement.slot.day < until",
        "the check forgets the first date",
    ),
)


@cache
def pool() -> list[tuple[dict[str, Any], tuple[int, ...]]]:
    return [(case, best(case)) for case in map(draw_case, map(Random, range(SEEDS)))]


def disagreement(case: dict[str, Any], right: tuple[int, ...]) -> str | None:
    """What a filling of the case gives otherwise than the best, or claims without truth; None: nothing."""
    scenario, plan = made(case["frames"], case["rules"], case["objects"], case["bound"])
    objects = {one["id"]: visit(one) for one in case["objects"]}
    try:
        result = fill(scenario, plan, objects, moment(case["as_of"]), Effort(60))
    except ArshjulError as error:
        return str(error.message)
    values = tuple(level.value for level in result.levels)
    if values != right:
        return f"{values}, and best is {right}"
    if not all(level.proven for level in result.levels):
        return "not proven"
    if sum(price.points for price in result.prices) != values[-1]:
        return "prices do not sum up"
    return None if judge(result.scenario, result.plan).clean else "does not verify"


def misjudged(case: dict[str, Any]) -> bool:
    try:
        return bool(differences(case))
    except ArshjulError:
        return True


def agree(seed: int) -> None:
    case = draw_case(Random(seed))
    assert disagreement(case, best(case)) is None, case


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_no_filling_is_better(seed: int) -> None:
    agree(seed)


@pytest.mark.slow
@settings(max_examples=2000, deadline=None)
@given(st.integers(0, 2**32))
def test_no_filling_is_better_in_2000(seed: int) -> None:
    agree(seed)


@pytest.mark.parametrize("fault", [None, *FAULTS], ids=lambda fault: str(fault or "no fault"))
def test_faults_are_caught(fault: Fault | None) -> None:
    planting: AbstractContextManager[None] = nullcontext() if fault is None else planted(fault)
    with planting:
        caught = (
            any(misjudged(case) for case in CASES)
            or any(rules_broken(case) != {case["breaks"]} for case in WRONG)
            or any(disagreement(case, right) for case, right in pool())
        )
    assert caught == (fault is not None)


# Fillings by hand (fill_cases.yaml).


CASES = yaml.safe_load(Path(__file__).with_name("fill_cases.yaml").read_text())


def filled(case: dict[str, Any], **changed: Any) -> tuple[Scenario, FillResult]:
    known = (*case.get("known", ()), *case["objects"])
    scenario, plan = made(case["frames"], case.get("rules"), known, case.get("bound"), **changed)
    objects = {one["id"]: visit(one) for one in case["objects"]}
    return scenario, fill(scenario, plan, objects, moment(case["as_of"]), Effort(20))


def differences(case: dict[str, Any]) -> list[str]:
    """What the filling gives otherwise than the case wants."""
    _, result = filled(case)
    levels = {level.id: level.value for level in result.levels}
    given = {
        "levels": levels,
        "bindings": {id: list(objects) for id, objects in result.plan.bindings.items()},
        "unbound": {unbound.object: [reason.rule for reason in unbound.reasons] for unbound in result.unbound},
        "empty": list(result.empty),
        "freed": {freed.object: freed.operation for freed in result.freed},
    }
    wanted = {**case["gives"], "levels": {**levels, **case["gives"]["levels"]}}
    wrong = [f"{key}: {given[key]}, wanted {value}" for key, value in wanted.items() if given[key] != value]
    proven = list(levels) == ["musts", "points", "empty", "quality"] and all(level.proven for level in result.levels)
    wrong += [] if proven else ["not proven"]
    return wrong if judge(result.scenario, result.plan).clean else [*wrong, "does not verify"]


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_filling_gives_what_is_wanted(case: dict[str, Any]) -> None:
    assert not differences(case)
