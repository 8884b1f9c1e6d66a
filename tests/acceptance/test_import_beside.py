"""What `import` does to a database in which a year lies already, and what it says of it."""

import shutil
from pathlib import Path

import pytest

from arshjul.office.draft.draft import Draft, opened_draft
from arshjul.office.store.store import open_store
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.workbook.marked import workbook_without_sites
from tests.acceptance.command import TUTORIAL_AS_OF, Outcome, arshjul, done
from tests.acceptance.conftest import TUTORIAL


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tutorial under another name."""
    folder = tmp_path_factory.mktemp("other") / "scenario"
    shutil.copytree(TUTORIAL, folder)
    for path in folder.rglob("*.yaml"):
        path.write_text(path.read_text().replace("Exempelstad våren 2027", "Annan stad"))
    return folder


def brought_in(source: Path, folder: Path, *more: str) -> Outcome:
    return arshjul("import", source, "--db", str(folder / "year.db"), *more)


def test_another_year_is_not_put_in_the_place_of_one(tmp_path: Path, other: Path) -> None:
    assert brought_in(TUTORIAL, tmp_path).code == 0
    refused = brought_in(other, tmp_path)
    assert refused.code == 4
    assert "Annan stad är en annan plan" in refused.err
    assert brought_in(TUTORIAL, tmp_path).code == 0, "the first is still there"
    assert "Annan stad ligger i databasen" in brought_in(other, tmp_path, "--replace").err


def test_a_year_with_a_plan_stays_whatever_is_said(tmp_path: Path, other: Path) -> None:
    done("plan", TUTORIAL, "-o", tmp_path / "plan", "--as-of", TUTORIAL_AS_OF)
    assert "ligger i databasen" in brought_in(tmp_path / "plan", tmp_path).err
    for more in ((), ("--replace",)):
        refused = brought_in(other, tmp_path, *more)
        assert (refused.code, "ange en annan databas med --db." in refused.err) == (4, True)


def test_what_waits_beside_a_plan_is_told(tmp_path: Path) -> None:
    done("plan", TUTORIAL, "-o", tmp_path / "plan", "--as-of", TUTORIAL_AS_OF)
    assert brought_in(tmp_path / "plan", tmp_path).code == 0
    assert "är likadan" in brought_in(TUTORIAL, tmp_path).err
    scenario = tmp_path / "edited"
    shutil.copytree(TUTORIAL, scenario)
    path = next(path for path in scenario.rglob("*.yaml") if "id: OP-3" in path.read_text())
    path.write_text(path.read_text().replace("priority: 1", "priority: 3"))
    told = brought_in(scenario, tmp_path).err
    assert "väntar på en plan" in told


def test_a_database_that_is_not_there_is_made_by_an_import(tmp_path: Path) -> None:
    seen = arshjul("console", "--db", str(tmp_path / "none.db"))
    assert seen.code == 2
    assert "`arshjul import`" in seen.err


def lies_there(folder: Path) -> Draft:
    with open_store(str(folder / "year.db")).reading() as db:
        return opened_draft(db)


def sites(year: Scenario) -> dict[str, object]:
    return {id: one.sites for id, one in year.operations.items() if one.sites}


def test_the_workbook_that_was_given_out_takes_no_site_away(tmp_path: Path) -> None:
    year, book, plan = read_scenario(TUTORIAL).scenario, tmp_path / "wb.xlsx", tmp_path / "plan"
    book.write_bytes(workbook_without_sites(year))
    brought_in(TUTORIAL, tmp_path)
    told = brought_in(book, tmp_path)
    assert sites(lies_there(tmp_path).scenario) == sites(year) != {}
    assert f"{len(sites(year))} insatser och objekt" in told.err
    done("plan", TUTORIAL, "-o", plan, "--as-of", TUTORIAL_AS_OF)
    told = arshjul("replan", plan, "--scenario", book, "--as-of", TUTORIAL_AS_OF, "-o", tmp_path / "mended")
    assert sites(read_plan_folder(tmp_path / "mended").scenario) == sites(year)
    assert f"{len(sites(year))} insatser och objekt" in told.err
    (tmp_path / "beside").mkdir()
    brought_in(plan, tmp_path / "beside")
    assert "är likadan" in brought_in(book, tmp_path / "beside").err
    assert lies_there(tmp_path / "beside").given is None


def test_an_import_that_would_take_most_operations_away_is_refused(tmp_path: Path) -> None:
    """The workbook whose other sheets go with a spreadsheet of one's own has no operations in it."""
    brought_in(TUTORIAL, tmp_path)
    n, bare = len(lies_there(tmp_path).scenario.operations), tmp_path / "bare"
    shutil.copytree(TUTORIAL, bare)
    (bare / "operations.yaml").write_text("operations: []\n")
    refused = brought_in(bare, tmp_path)
    assert (refused.code, f"{n} av de {n} insatserna" in refused.err, "--replace" in refused.err) == (4, True, True)
    assert len(lies_there(tmp_path).scenario.operations) == n
    assert brought_in(bare, tmp_path, "--replace").code == 0
    assert not lies_there(tmp_path).scenario.operations
