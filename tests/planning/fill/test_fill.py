"""Fillings by hand (fill_cases.yaml)."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from arshjul.domain.scenario import Scenario
from arshjul.planning.effort import Effort
from arshjul.planning.fill.fill import FillResult, fill
from arshjul.planning.verify.in_context import judge
from tests.planning.fill.fills import made, moment, visit

CASES = yaml.safe_load(Path(__file__).with_name("fill_cases.yaml").read_text())


def filled(case: dict[str, Any], **changed: Any) -> tuple[Scenario, FillResult]:
    known = (*case.get("known", ()), *case["objects"])
    scenario, plan = made(case["frames"], case.get("rules"), known, case.get("bound"), **changed)
    objects = {one["id"]: visit(one) for one in case["objects"]}
    return scenario, fill(scenario, plan, objects, moment(case["as_of"]), Effort(20))


def differences(case: dict[str, Any]) -> list[str]:
    """What the filling gives otherwise than the case wants."""
    _, found = filled(case)
    levels = {level.id: level.value for level in found.levels}
    given = {
        "levels": levels,
        "bindings": {id: list(objects) for id, objects in found.plan.bindings.items()},
        "unbound": {one.object: [reason.rule for reason in one.reasons] for one in found.unbound},
        "empty": list(found.empty),
        "freed": {one.object: one.operation for one in found.freed},
    }
    wanted = {**case["gives"], "levels": {**levels, **case["gives"]["levels"]}}
    wrong = [f"{key}: {given[key]}, wanted {value}" for key, value in wanted.items() if given[key] != value]
    proven = list(levels) == ["musts", "points", "empty", "quality"] and all(level.proven for level in found.levels)
    wrong += [] if proven else ["not proven"]
    return wrong if judge(found.scenario, found.plan).clean else [*wrong, "does not verify"]


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_filling_gives_what_is_wanted(case: dict[str, Any]) -> None:
    assert not differences(case)
