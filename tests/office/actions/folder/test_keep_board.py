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
    """Options that share their demand still do."""
    bared = bare(SECRET)
    assert (bared.levels, [row.rule for row in bared.rows]) == (("musts", "level1"), ["rule0", "window"])
    for choice in product(range(3), (0, None)):
        truth, judged = evaluate(SECRET, choice), evaluate(bared, choice)
        assert [*judged.values.values()] == [*truth.values.values()]
        assert len(judged.broken) == len(truth.broken)
    shared = Activity("a", [Option(k, SECRET.activities[0].options[0].demand) for k in range(2)], {})
    first, second = bare(replace(SECRET, activities=[shared], lags=[], conflicts=[], rows=[])).activities[0].options
    assert first.demand is second.demand


def test_the_file_is_told_in_both_languages_can_be_read_and_names_nothing(folder: Path) -> None:
    """The same board is kept once, and a file of that name is never written over."""
    told = with_board_kept(FAULT)
    (file,) = kept(folder)
    assert str(FAULT) in str(told)
    assert "secret" not in file.read_text() + str(told)
    assert read_board(file).levels == ("musts", "level1")
    for language, said in (("sv", "rapport"), ("en", "report")):
        in_words = words(language).say(told.message)
        assert str(file) in in_words
        assert said in in_words
    assert str(with_board_kept(FAULT)) == str(told)
    assert kept(folder) == [file]
    file.write_text("mine")
    told = with_board_kept(FAULT)
    assert file.read_text() == "mine"
    (other,) = set(kept(folder)) - {file}
    assert str(other) in str(told)
    assert json.loads(other.read_text())["format"] == "arshjul-board/1"


def test_where_the_folder_takes_no_file_the_one_for_such_files_does_or_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault = EngineFault(Message("The plan does not pass its own check: {wrong}", {"wrong": "x"}))
    assert with_board_kept(fault) is fault, "it has no board"
    folder.rmdir()
    told = with_board_kept(FAULT)
    (file,) = kept(folder.parent / "tmp")
    assert str(file) in str(told)
    monkeypatch.setattr(tempfile, "tempdir", str(folder.parent / "none"))
    told = with_board_kept(FAULT)
    assert str(FAULT) in str(told), "the fault is told all the same"
    assert "could not be saved" in str(told)
