"""Where engines contradict each other, the board is kept for a report: bare, beside what is there, and readable."""

import json
import tempfile
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from arshjul.errors import EngineFault, Message
from arshjul.solver import Disagreement
from arshjul.solver.board import Activity, Board, Conflict, Lag, Option, Row, evaluate
from arshjul.year.folder.dump import with_board_kept
from arshjul.year.formats.board.board_json import read_board
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.plan import bare

SECRET = Board(
    ("musts", "secret-aim"),
    3,
    {"secret-unit": [1, 1, 1]},
    [
        Activity("secret-a", [Option(k, {"secret-unit": [1]}, {"musts": k, "changes": 7}) for k in range(3)], None),
        Activity("secret-b", [Option(1, {}, {"secret-aim": 2}, 2)], {"secret-aim": 5, "changes": 1}),
    ],
    [Lag(0, 1, 0, 2)],
    [Conflict(0, 1)],
    [
        Row("secret-rule", "secret-a", [0, 3], [1, 1], 1, {"changes": 9, "secret-aim": 1}),
        Row("window", "x", [1], [1], 1),
    ],
)
FAULT = Disagreement(Message("Two engines disagree about the best value of a level."), SECRET)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "cwd").mkdir()
    (tmp_path / "tmp").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    return tmp_path / "cwd"


def kept(folder: Path) -> list[Path]:
    return sorted(folder.iterdir())


def test_a_bare_board_names_nothing_and_is_the_same_problem() -> None:
    bared = bare(SECRET)
    assert (bared.levels, [row.rule for row in bared.rows]) == (("musts", "level1"), ["rule0", "window"])
    for choice in product(range(3), (0, None)):
        truth, judged = evaluate(SECRET, choice), evaluate(bared, choice)
        assert [*judged.values.values()] == [*truth.values.values()]
        assert len(judged.broken) == len(truth.broken)


def test_options_that_share_their_demand_still_do() -> None:
    demand = {"secret-unit": [1]}
    option = Option(0, demand)
    bared = bare(
        replace(SECRET, activities=[Activity("a", [option, Option(1, demand)], {})], lags=[], conflicts=[], rows=[])
    )
    first, second = bared.activities[0].options
    assert first.demand is second.demand


def test_the_file_is_told_can_be_read_and_names_nothing(folder: Path) -> None:
    told = with_board_kept(FAULT)
    (file,) = kept(folder)
    assert str(file) in str(told)
    assert str(FAULT) in str(told)
    assert "secret" not in file.read_text() + str(told)
    assert read_board(file).levels == ("musts", "level1")


def test_it_is_told_in_both_languages(folder: Path) -> None:
    message = with_board_kept(FAULT).message
    swedish, english = words("sv").say(message), words("en").say(message)
    assert str(kept(folder)[0]) in swedish
    assert "rapport" in swedish
    assert "report" in english


def test_the_same_board_is_kept_once(folder: Path) -> None:
    assert str(with_board_kept(FAULT)) == str(with_board_kept(FAULT))
    assert len(kept(folder)) == 1


def test_a_file_of_that_name_is_never_written_over(folder: Path) -> None:
    with_board_kept(FAULT)
    (first,) = kept(folder)
    first.write_text("mine")
    told = with_board_kept(FAULT)
    assert first.read_text() == "mine"
    (other,) = set(kept(folder)) - {first}
    assert str(other) in str(told)
    assert json.loads(other.read_text())["format"] == "arshjul-board/1"


def test_where_the_folder_takes_no_file_the_one_for_such_files_does(folder: Path) -> None:
    folder.rmdir()
    told = with_board_kept(FAULT)
    (file,) = kept(folder.parent / "tmp")
    assert str(file) in str(told)


def test_where_no_folder_takes_it_the_fault_is_told_all_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.rmdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder.parent / "none"))
    told = with_board_kept(FAULT)
    assert str(FAULT) in str(told)
    assert "could not be saved" in str(told)


def test_a_fault_without_a_board_stays_as_it_is(folder: Path) -> None:
    fault = EngineFault(Message("The plan does not pass its own check: {wrong}", {"wrong": "x"}))
    assert with_board_kept(fault) is fault
    assert kept(folder) == []
