"""A scenario written as a workbook and read back is the same, to the last field."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import Phase, given
from openpyxl import load_workbook

from arshjul.domain.scenario import Scenario
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import scenario_bytes
from arshjul.formats.reading.scenario import read_scenario
from arshjul.formats.schema.operation import WrittenOperation
from arshjul.formats.workbook.tables import OPERATIONS
from arshjul.formats.workbook.template import template
from arshjul.formats.workbook.writing import scenario_workbook
from tests.examples import examples
from tests.formats.strategies import scenarios
from tests.known_cases import FOLDERS

ROOT = Path(__file__).parents[3]
SHIPPED = sorted(path.parent for path in (ROOT / "scenarios").glob("*/plan.yaml"))


def back(folder: Path, scenario: Scenario) -> Scenario:
    path = folder / "book.xlsx"
    path.write_bytes(scenario_workbook(scenario))
    return read_scenario(path).scenario


@pytest.mark.parametrize("folder", SHIPPED, ids=lambda folder: folder.name)
def test_a_shipped_scenario_comes_back(tmp_path: Path, folder: Path) -> None:
    scenario = read_scenario(folder).scenario
    assert scenario_bytes(back(tmp_path, scenario)) == scenario_bytes(scenario)


RIGHT_CASES = [folder for folder in FOLDERS if not folder.name.startswith("wrong-")]


@pytest.mark.skipif(not RIGHT_CASES, reason="the cases lie beside the project")
@pytest.mark.parametrize("folder", RIGHT_CASES, ids=lambda folder: folder.name)
def test_a_known_case_comes_back(tmp_path: Path, folder: Path) -> None:
    scenario = read_scenario(folder / "scenario").scenario
    assert scenario_bytes(back(tmp_path, scenario)) == scenario_bytes(scenario)


@examples(10, 100, phases=[Phase.generate])
@given(scenario=scenarios())
def test_any_scenario_comes_back(tmp_path_factory: pytest.TempPathFactory, scenario: Scenario) -> None:
    read = back(tmp_path_factory.mktemp("book"), scenario)
    holidays = scenario.calendar.holidays  # the workbook names their country
    assert replace(read, calendar=replace(read.calendar, holidays=holidays), objects=scenario.objects) == scenario


def test_every_key_of_an_operation_has_a_column() -> None:
    columns = {column.path[0] for column in OPERATIONS.columns} | {"agencies", "optional_agencies", "sites"}
    assert {field.alias or name for name, field in WrittenOperation.model_fields.items()} <= columns


def test_the_same_scenario_gives_the_same_bytes() -> None:
    scenario = read_scenario(ROOT / "scenarios" / "tutorial").scenario
    assert scenario_workbook(scenario) == scenario_workbook(scenario)


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_first_sheet_of_the_template_tells_of_every_other(language: str) -> None:
    made = load_workbook(BytesIO(template(words(language))))
    first, *others = made.sheetnames
    told = [sheet for _, sheet, text in made[first].iter_rows(min_row=2, values_only=True) if sheet and text]
    assert sorted(told) == sorted(others)
