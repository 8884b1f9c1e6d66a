"""A workbook that other programs have opened and saved is still the same scenario; and none sees a formula in it."""

import os
import random
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from arshjul.year.domain.operation import Operation, Site
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.scenario.scenario_json import scenario_mapping
from arshjul.year.formats.workbook.writing import scenario_workbook
from tests.year.formats.folders import RIGHT

ROOT = Path(__file__).parents[4]
TUTORIAL = ROOT / "scenarios" / "tutorial"
STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    " =",
    "'=",
    "=cmd|' /C calc'!A0",
    "{=",
    "http://",
    "mailto:",
    "internal:",
    "=HYPERLINK(",
)


def saved_by_libreoffice(folder: Path, book: Path) -> Path:
    out = folder / "office"
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", out, book], check=True, capture_output=True, timeout=240)
    return out / book.name


def saved_by_gnumeric(folder: Path, book: Path) -> Path:
    out = folder / "gnumeric.xlsx"
    subprocess.run(["ssconvert", book, out], check=True, capture_output=True, timeout=240)
    return out


PROGRAMS = {"soffice": saved_by_libreoffice, "ssconvert": saved_by_gnumeric}


@pytest.fixture(params=PROGRAMS)
def program(request: pytest.FixtureRequest) -> str:
    """A program that is there; where all must be, one that is not fails the tests."""
    name = str(request.param)
    if shutil.which(name) is None and not os.environ.get("ARSHJUL_REQUIRE_ALL"):
        pytest.skip(f"{name} is not installed: apt-get install libreoffice-calc-nogui gnumeric")
    return name


def hostile(scenario: Scenario, n: int, seed: int) -> Scenario:
    """The scenario with so many operations whose every text may be taken for a formula or a link."""
    draw = random.Random(seed)
    model = next(iter(scenario.operations.values()))

    def text() -> str:
        return draw.choice(STARTS) + "".join(draw.choices("ab1+*/()!$=\"'åß😀", k=draw.randint(0, 9)))

    def operation(number: int) -> Operation:
        site = Site(text(), text(), text())
        plain = Operation(f"OP-{number}", text(), model.programme, model.lead_agency, model.sector, model.area)
        return replace(plain, sites=(site,))

    unit, agency = next(iter(scenario.police.values())), next(iter(scenario.agencies.values()))
    return replace(
        scenario,
        operations={one.id: one for one in map(operation, range(n))},
        police={**scenario.police, unit.id: replace(unit, name=text(), contact=text())},
        agencies={**scenario.agencies, agency.id: replace(agency, name=text(), contact=text(), unit=text())},
        names={**scenario.names, model.sector: text()},
        targets=(),
    )


def formulas(data: bytes) -> Iterator[str]:
    """What in the sheets' XML is a formula."""
    with ZipFile(BytesIO(data)) as file:
        for name in file.namelist():
            if name.startswith("xl/worksheets/sheet"):
                yield from re.findall(r"<f[ >/]", file.read(name).decode())
            assert "externalLink" not in name


@pytest.mark.slow
@pytest.mark.parametrize(
    "folder",
    [RIGHT, ROOT / "scenarios" / "goteborg-2027"],
    ids=["right", "goteborg"],
)
def test_what_other_programs_save_is_the_same_scenario(tmp_path: Path, program: str, folder: Path) -> None:
    scenario = read_scenario(folder).scenario
    book = tmp_path / "book.xlsx"
    book.write_bytes(scenario_workbook(scenario))
    read = read_scenario(PROGRAMS[program](tmp_path, book)).scenario
    assert scenario_mapping(read) == scenario_mapping(scenario)


def test_no_text_becomes_a_formula() -> None:
    """Of 10,000 texts in titles, sites, names and contacts."""
    scenario = hostile(read_scenario(TUTORIAL).scenario, 2500, 7)
    assert list(formulas(scenario_workbook(scenario))) == []


def test_no_text_becomes_a_formula_in_another_program(tmp_path: Path, program: str) -> None:
    scenario = hostile(read_scenario(TUTORIAL).scenario, 100, 8)
    book = tmp_path / "book.xlsx"
    book.write_bytes(scenario_workbook(scenario))
    saved = PROGRAMS[program](tmp_path, book)
    assert list(formulas(saved.read_bytes())) == []
    read = read_scenario(saved).scenario
    assert [operation.title for operation in read.operations.values()] == [
        " ".join(operation.title.split()) for operation in scenario.operations.values()
    ]
    written, found = (
        [_bare(operation.sites[0]) for operation in each.operations.values()] for each in (scenario, read)
    )
    assert found == written


def _bare(site: Site) -> tuple[str, ...]:
    """Its texts without the outer spaces, which one of the programs drops."""
    return tuple(text.strip() for text in (site.ref, site.name, site.address))
