"""The cases with proven answers, where they lie beside the project: what they hold is read or refused as told."""

import json
from pathlib import Path

import pytest

from arshjul.errors import InputError
from arshjul.year.formats.json_guard import json_data
from arshjul.year.formats.plan.plan_json import plan_of
from arshjul.year.formats.reading import read_entries, read_objects, read_scenario
from tests.known_cases import FOLDERS

pytestmark = pytest.mark.skipif(not FOLDERS, reason="no ../shared/cases here")


@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_a_case_is_read_or_refused_as_told(folder: Path) -> None:
    expected = json.loads((folder / "expected.json").read_text())
    errors = [problem for problem in expected.get("problems", []) if problem["kind"] != "no-slot"]
    if not errors:
        assert read_scenario(folder / "scenario").scenario.operations
        return
    with pytest.raises(InputError) as refused:
        read_scenario(folder / "scenario")
    told = {(problem.file, problem.path, problem.kind): problem.line for problem in refused.value.problems}
    for error in errors:
        line = told[error["file"], error["path"], error["kind"]]
        assert line == error.get("line", line)
    said = " ".join(f"{problem.text} {problem.path}" for problem in refused.value.problems)
    assert not any(word in said for word in expected["not_in_output"])


@pytest.mark.parametrize(
    "folder", [f for f in FOLDERS if (f / "base-plan.json").exists()], ids=lambda folder: folder.name
)
def test_a_base_plan_and_what_comes_to_it_are_read(folder: Path) -> None:
    scenario = read_scenario(folder / "scenario").scenario
    plan = plan_of(json_data((folder / "base-plan.json").read_bytes(), "base-plan.json"), scenario)
    assert plan.placed.keys() | {unplaced.operation for unplaced in plan.unplaced} == scenario.operations.keys()
    if (folder / "objects.yaml").exists():
        assert read_objects(folder / "objects.yaml", scenario).objects
    else:
        assert read_entries([folder / "withdrawals.yaml"], scenario).withdrawals
