"""Folders that cannot be used or written: a clear error, and what was there before is intact (issues 2 and 4)."""

import random
import shutil
from pathlib import Path

import pytest

from arshjul.office.draft.draft import Draft
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.store.store import open_store
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.workbook.marked import workbook_without_sites
from tests.acceptance.command import (
    MARCH,
    ROOT,
    TUTORIAL_AS_OF,
    Outcome,
    arshjul,
    contents,
    copied,
    done,
    killed,
    load,
    save,
)
from tests.acceptance.conftest import SHOOTING, TUTORIAL

Words = tuple[str | Path, ...]


def readers(folder: Path, out: Path) -> list[Words]:
    """Every command that reads a plan folder."""
    return [
        ("verify", folder),
        ("feeds", folder),
        ("wheel", folder),
        ("explain", folder, "OP-1"),
        ("alternatives", folder, "OP-1"),
        ("today", folder),
        ("report", folder),
        ("diff", folder, folder),
        ("withdrawals", folder),
        ("replan", folder, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", out),
    ]


def test_folder_that_is_no_plan_is_refused_by_every_command(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    for folder in (tmp_path / "none", empty, TUTORIAL, SHOOTING):
        for words in readers(folder, tmp_path / "out"):
            seen = arshjul(*words)
            assert seen.code == 2, seen
            assert seen.err.strip(), seen
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["empty"]
    assert list(empty.iterdir()) == []


def test_edited_scenario_is_refused_by_every_command(tutorial: Path, tmp_path: Path) -> None:
    file = tutorial / "scenario.json"
    file.write_text(file.read_text().replace("Lunchställen", "Middagsställen"))
    before = contents(tutorial)
    for words in readers(tutorial, tmp_path / "out"):
        seen = arshjul(*words)
        assert seen.code == 4, seen
        assert "scenario.json" in seen.said, seen
    assert contents(tutorial) == before
    assert not (tmp_path / "out").exists()


def writers(scenario: Path, plan: Path, out: Path) -> list[Words]:
    return [
        ("plan", scenario, "-o", out, "--as-of", TUTORIAL_AS_OF),
        ("replan", plan, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", out),
        ("dump", scenario, "-o", out),
    ]


def test_output_that_cannot_be_written(made_tutorial: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("mine")
    for out in (file / "out", Path("/dev/null/out"), Path("/proc/out"), tmp_path / ("x" * 300), Path()):
        for words in writers(TUTORIAL, made_tutorial, out):
            seen = arshjul(*words)
            assert seen.code == 2, seen
            assert seen.err.strip(), seen
    assert [(entry.name, entry.read_text()) for entry in tmp_path.iterdir()] == [("file", "mine")]


@pytest.mark.slow
def test_killed_replan_leaves_old_or_new_and_can_be_run_again(
    made_tutorial: Path, made_march: Path, tmp_path: Path
) -> None:
    """At random steps, from one unbroken life: each replan onto itself is killed, the last one is not."""
    folder = copied(made_tutorial, tmp_path / "plan")
    old, new = contents(made_tutorial), contents(made_march)
    words = ("replan", folder, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", folder)
    for step in random.Random(4).sample(range(1, 25), 8):
        killed(step, *words)
        held = contents(folder)
        assert held in (old, new), step
        if held == new:
            folder = copied(made_tutorial, tmp_path / f"after-{step}")
            words = ("replan", folder, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", folder)
    done(*words)
    assert contents(folder) == new
    done("verify", folder)


def test_other_keys_in_plan_json_and_no_hash_are_no_mistake(tutorial: Path) -> None:
    # "more keys may follow"
    save(tutorial / "plan.json", load(tutorial / "plan.json") | {"note": "ours", "weather": {"sun": True}})
    done("verify", tutorial)
    plan = load(tutorial / "plan.json")
    del plan["scenario"]
    save(tutorial / "plan.json", plan)
    done("verify", tutorial)


# No command writes over a workbook that people edit, unless it is told to; what a program made is made anew.


BOARD = ROOT / "config" / "board" / "example.json"
HERS = b"a year's work"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "tutorial.xlsx"
    done("workbook", TUTORIAL, "-o", path)
    return path


def test_a_file_that_is_there_is_kept_unless_it_may_go_or_is_empty(tmp_path: Path, book: Path) -> None:
    for of in ("--template", TUTORIAL):
        words = ("workbook", of, "-o")
        hers = tmp_path / "hers.xlsx"
        hers.write_bytes(HERS)
        refused = arshjul(*words, hers)
        assert (refused.code, hers.read_bytes()) == (4, HERS)
        assert "hers.xlsx finns redan" in refused.err
        done(*words, hers, "--replace")
        assert hers.read_bytes() != HERS
    before = book.read_bytes()
    assert arshjul("check", book, "--marked", book).code == 4
    assert book.read_bytes() == before
    empty = tmp_path / "empty.xlsx"
    empty.touch()
    done("workbook", "--template", "-o", empty)
    assert empty.stat().st_size


def test_what_a_program_made_is_made_anew_and_a_turned_year_keeps_what_is_there(
    tmp_path: Path, made_tutorial: Path
) -> None:
    for command, of in (("dump", TUTORIAL), ("solve", BOARD)):
        made = tmp_path / "made.json"
        for _ in range(2):
            made.write_bytes(HERS)
            done(command, of, "-o", made)
            assert made.read_bytes() != HERS
        assert list(tmp_path.iterdir()) == [made]
    hers = tmp_path / "hers.xlsx"
    for _ in range(2):
        done("report", made_tutorial, "--xlsx", hers)
    hers.write_bytes(HERS)
    assert arshjul("turn", made_tutorial, "-o", hers, "--as-of", TUTORIAL_AS_OF).code == 4
    assert hers.read_bytes() == HERS


# What `import` does to a database in which a year lies already, and what it says of it.


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


def test_a_year_with_a_plan_stays_whatever_is_said_and_what_waits_beside_it_is_told(
    tmp_path: Path, made_tutorial: Path, other: Path
) -> None:
    beside = brought_in(made_tutorial, tmp_path)
    assert (beside.code, "ligger i databasen" in beside.err) == (0, True)
    for more in ((), ("--replace",)):
        refused = brought_in(other, tmp_path, *more)
        assert (refused.code, "ange en annan databas med --db." in refused.err) == (4, True)
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


def test_the_workbook_that_was_given_out_takes_no_site_away(tmp_path: Path, made_tutorial: Path) -> None:
    year, book = read_scenario(TUTORIAL).scenario, tmp_path / "wb.xlsx"
    book.write_bytes(workbook_without_sites(year))
    brought_in(TUTORIAL, tmp_path)
    told = brought_in(book, tmp_path)
    assert sites(lies_there(tmp_path).scenario) == sites(year) != {}
    assert f"{len(sites(year))} insatser och objekt" in told.err
    told = arshjul("replan", made_tutorial, "--scenario", book, "--as-of", TUTORIAL_AS_OF, "-o", tmp_path / "mended")
    assert sites(read_plan_folder(tmp_path / "mended").scenario) == sites(year)
    assert f"{len(sites(year))} insatser och objekt" in told.err
    (tmp_path / "beside").mkdir()
    brought_in(made_tutorial, tmp_path / "beside")
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
