"""Where all who take part meet, and whether they see each other: read, written, and kept to a line."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import load_workbook

from arshjul.domain.scenario import Scenario
from arshjul.domain.taking_part import Meet, Sharing
from arshjul.errors import InputError
from arshjul.formats.plan.plan_folder import scenario_bytes, scenario_of_json
from arshjul.formats.reading.scenario import read_scenario
from arshjul.formats.workbook.writing import scenario_workbook
from tests.formats.folders import RIGHT


def with_meet(folder: Path, meet: object) -> Scenario:
    whole: dict[str, Any] = {}
    for file in sorted(RIGHT.glob("*.yaml")):
        whole |= yaml.safe_load(file.read_text()) or {}
    whole["operations"][0]["meet"] = meet
    (folder / "all.yaml").write_text(yaml.safe_dump(whole))
    return read_scenario(folder).scenario


def test_it_comes_back_from_json_and_from_a_workbook(tmp_path: Path) -> None:
    scenario = read_scenario(RIGHT).scenario
    meet = next(iter(scenario.operations.values())).meet
    assert meet is not None and meet.at is not None
    assert scenario_of_json(scenario_bytes(scenario)).operations == scenario.operations
    (tmp_path / "year.xlsx").write_bytes(scenario_workbook(scenario))
    read = read_scenario(tmp_path / "year.xlsx").scenario
    assert [one.meet for one in read.operations.values()] == [one.meet for one in scenario.operations.values()]


def test_the_time_may_be_left_out(tmp_path: Path) -> None:
    scenario = with_meet(tmp_path, {"place": "x" * 120})
    assert next(iter(scenario.operations.values())).meet == Meet("x" * 120)


def test_that_participants_are_not_shared_comes_back_from_json_and_from_a_workbook(tmp_path: Path) -> None:
    read = read_scenario(RIGHT).scenario
    areas = {id: replace(area, meet=Meet(f"Torget, {area.name}")) for id, area in read.areas.items()}
    scenario = replace(read, areas=areas, share=Sharing(participants=False))
    (tmp_path / "year.xlsx").write_bytes(scenario_workbook(scenario))
    for back in (scenario_of_json(scenario_bytes(scenario)), read_scenario(tmp_path / "year.xlsx").scenario):
        assert (back.share, back.areas) == (scenario.share, scenario.areas)
        assert [one.share for one in back.operations.values()] == [one.share for one in scenario.operations.values()]


def test_the_workbook_says_that_a_time_of_its_own_needs_its_place() -> None:
    """An operation that left its place to its area was refused, against what the column's note said."""
    book = load_workbook(BytesIO(scenario_workbook(read_scenario(RIGHT).scenario)))
    cells = (cell for row in book["Insatser"].iter_rows(max_row=3) for cell in row)
    notes = {cell.value: cell.comment.text for cell in cells if cell.comment is not None}
    assert "En insats med eget klockslag anger också sin plats." in notes["Samlingsplats"]


@pytest.mark.parametrize(
    ("meet", "path"),
    [
        ({"place": "x" * 121}, "operations[0].meet.place"),
        ({"at": "07:30"}, "operations[0].meet.place"),
        ({"place": "here", "at": 450}, "operations[0].meet.at"),
        ({"place": "here", "when": "07:30"}, "operations[0].meet.when"),
    ],
)
def test_what_is_no_place_to_meet_is_refused(tmp_path: Path, meet: object, path: str) -> None:
    with pytest.raises(InputError) as refused:
        with_meet(tmp_path, meet)
    assert [problem.path for problem in refused.value.problems] == [path]
