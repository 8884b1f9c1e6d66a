"""Fillings of tiny years against the best of all combinations, and the faults that this catches."""

from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from arshjul.errors import ArshjulError
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.level import Level
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.visit_object import Filling
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.fill import FillResult, fill
from arshjul.year.planning.verify import binding_breaches, filling_claims, judge
from tests.examples import often
from tests.year.planning.fill.fill_oracle import best, draw_case
from tests.year.planning.fill.fills import made, moment, visit
from tests.year.rules.faults.planting import Fault, faults, planted

SHARPEST = (2, 6, 9, 22)
"""Seeds that catch, with the cases by hand, every fault below; one that they miss may be caught by another."""

FAULTS = faults(Path(__file__).with_name("faults.diff"))


@cache
def pool() -> list[tuple[dict[str, Any], tuple[int, ...]]]:
    return [(case, best(case)) for case in map(draw_case, map(Random, SHARPEST))]


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


@pytest.mark.parametrize("fault", often([None, *FAULTS[::4]], FAULTS), ids=lambda fault: str(fault or "no fault"))
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


CASES = yaml.load(Path(__file__).with_name("fill_cases.yaml").read_text(), yaml.CSafeLoader)


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


# Bindings that cannot be, and the rule that the check names: no filling makes such ones.


DAY = date(2027, 1, 15)
FRAME = {"id": "OP-1", "date": DAY}
OBJECT = {"id": "O-1", "sector": "restaurant", "area": "city"}


def wrong(rule: str, frame: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    """O-1 bound by a filling, as of 1 January, to OP-1, which is on the 15th: just bind_days later."""
    return {"breaks": rule, "frame": {**FRAME, **(frame or {})}, "object": {**OBJECT, **given}}


WRONG = [
    wrong("sector", sector="beauty"),
    wrong("area", area="hisingen"),
    wrong("window", window={"from": date(2027, 1, 16), "to": date(2027, 2, 1)}),
    wrong("window", window={"from": date(2027, 1, 1), "to": date(2027, 1, 14)}),
    wrong("agencies", agencies=["skatteverket"]),
    wrong("officers", officers=3),
    wrong("lead-time", nominated_on=date(2027, 1, 6)),
    wrong("bind-days", frame={"date": date(2027, 1, 14)}),
    wrong("stops", stops=2),
    wrong("frame", frame={"date": None}),
    wrong("frame", frame={"frame": None}),
]


def rules_broken(case: dict[str, Any]) -> set[str]:
    scenario, plan = made([case["frame"]], {"lead_time_days": 10}, [case["object"]], {"OP-1": ["O-1"]})
    filling = Filling({"OP-1": ("O-1",)}, revision=1, levels=(Level("musts", 0, 0),))
    plan = replace(plan, entries=Entries.of(fillings=(filling,)))
    return {breach.rule for breach in binding_breaches(scenario, plan)}


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["breaks"])
def test_what_cannot_be_is_told(case: dict[str, Any]) -> None:
    assert rules_broken(case) == {case["breaks"]}


def test_what_just_fits_or_was_bound_before_is_no_breach() -> None:
    window = {"from": DAY, "to": DAY}
    assert (
        rules_broken(wrong("", window=window, nominated_on=date(2027, 1, 5), officers=2, agencies=["miljo"])) == set()
    )
    case = wrong("", nominated_on=date(2027, 1, 6))
    scenario, plan = made([case["frame"]], {"lead_time_days": 10}, [case["object"]], {"OP-1": ["O-1"]})
    assert not list(binding_breaches(scenario, plan))


def test_a_filling_that_claims_too_much_is_told() -> None:
    scenario, plan = made([FRAME], {}, [OBJECT, {**OBJECT, "id": "O-2"}], {"OP-1": ["O-1"]})
    levels = (Level("musts", 0, 0), Level("points", 0, 0), Level("empty", 0, 0), Level("quality", 0, 0))
    filling = Filling({"OP-1": ("O-2",)}, revision=1, levels=levels)
    claims = list(filling_claims(scenario, replace(plan, entries=Entries.of(fillings=(filling,)))))
    assert len(claims) == 3  # O-2 is not there; points are 3; quality is more than 0
