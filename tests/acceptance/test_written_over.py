"""No command writes over a workbook that people edit, unless it is told to; what a program made is made anew."""

from pathlib import Path

import pytest

from tests.acceptance.command import ROOT, TUTORIAL_AS_OF, arshjul, done

TUTORIAL = ROOT / "scenarios" / "tutorial"
BOARD = ROOT / "config" / "board" / "example.json"
HERS = b"a year's work"


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "tutorial.xlsx"
    done("workbook", TUTORIAL, "-o", path)
    return path


@pytest.mark.parametrize(
    "words",
    [
        ["workbook", "--template", "-o"],
        ["workbook", TUTORIAL, "-o"],
    ],
)
def test_a_file_that_is_there_is_kept_unless_it_may_go(tmp_path: Path, words: list[str | Path]) -> None:
    hers = tmp_path / "hers.xlsx"
    hers.write_bytes(HERS)
    refused = arshjul(*words, hers)
    assert (refused.code, hers.read_bytes()) == (4, HERS)
    assert "hers.xlsx finns redan" in refused.err
    done(*words, hers, "--replace")
    assert hers.read_bytes() != HERS


def test_a_workbook_is_not_marked_over_itself(book: Path) -> None:
    before = book.read_bytes()
    assert arshjul("check", book, "--marked", book).code == 4
    assert book.read_bytes() == before


@pytest.mark.parametrize("words", [["dump", TUTORIAL, "-o"], ["solve", BOARD, "-o"]])
def test_a_board_and_a_solution_are_made_anew_week_after_week(tmp_path: Path, words: list[str | Path]) -> None:
    made = tmp_path / "made.json"
    for _ in range(2):
        made.write_bytes(HERS)
        done(*words, made)
        assert made.read_bytes() != HERS
    assert list(tmp_path.iterdir()) == [made]


def test_a_report_is_made_anew_and_a_turned_year_keeps_what_is_there(tmp_path: Path) -> None:
    hers = tmp_path / "hers.xlsx"
    done("plan", TUTORIAL, "-o", tmp_path / "plan", "--as-of", TUTORIAL_AS_OF)
    for _ in range(2):
        done("report", tmp_path / "plan", "--xlsx", hers)
    hers.write_bytes(HERS)
    assert arshjul("turn", tmp_path / "plan", "-o", hers, "--as-of", TUTORIAL_AS_OF).code == 4
    assert hers.read_bytes() == HERS


def test_an_empty_file_is_nothing_to_lose(tmp_path: Path) -> None:
    empty = tmp_path / "empty.xlsx"
    empty.touch()
    done("workbook", "--template", "-o", empty)
    assert empty.stat().st_size
