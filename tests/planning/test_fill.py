"""Fillings by hand (fill_cases.yaml)."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from arshjul.domain.scenario import Scenario
from arshjul.planning.fill import FillResult, fill
from arshjul.planning.judge import judge
from arshjul.planning.plan import Effort
from tests.planning.fills import made, moment, visit

CASES = yaml.safe_load(Path(__file__).with_name("fill_cases.yaml").read_text())


def filled(case: dict[str, Any], **changed: Any) -> tuple[Scenario, FillResult]:
    known = (*case.get("known", ()), *case["objects"])
    scenario, plan = made(case["frames"], case.get("rules"), known, case.get("bound"), **changed)
    objects = {one["id"]: visit(one) for one in case["objects"]}
    return scenario, fill(scenario, plan, objects, moment(case["as_of"]), Effort(20))


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_filling_gives_what_is_wanted(case: dict[str, Any]) -> None:
    _, found = filled(case)
    wanted = case["gives"]
    levels = {level.id: level.value for level in found.levels}
    assert list(levels) == ["musts", "points", "empty", "quality"]
    assert all(level.proven for level in found.levels)
    assert {**levels, **wanted["levels"]} == levels
    assert judge(found.scenario, found.plan).clean
    if "bindings" in wanted:
        assert {id: list(objects) for id, objects in found.plan.bindings.items()} == wanted["bindings"]
    if "unbound" in wanted:
        assert {one.object: [reason.rule for reason in one.reasons] for one in found.unbound} == wanted["unbound"]
    if "empty" in wanted:
        assert list(found.empty) == wanted["empty"]
    if "freed" in wanted:
        assert {one.object: one.operation for one in found.freed} == wanted["freed"]
