"""Board files: there and back, and every way to be wrong with its place."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from arshjul.errors import InputError, StorageError
from arshjul.solver import solve
from arshjul.solver.board import Board
from arshjul.year.formats.board.board_json import board_of, read_board
from arshjul.year.formats.board.checks import MOST_COUNTED, MOST_PROBLEMS
from arshjul.year.formats.board.writing import solution_mapping, write_board, write_solution
from tests.examples import each, is_slow
from tests.solver.oracle import tiny_board

RIGHT: dict[str, Any] = {
    "format": "arshjul-board/1",
    "levels": ["dropped", "late"],
    "steps": 3,
    "resources": {"r1": {"capacity": [1, 1]}},
    "activities": [
        {
            "id": "a",
            "unplaced": {"dropped": 1},
            "options": [{"start": 0, "demand": {"r1": [1, 0]}, "costs": {"late": -3}}],
        },
        {"id": "b", "unplaced": None, "options": [{"start": 1}, {"start": 2, "length": 4}]},
    ],
    "lags": [{"before": "a", "after": "b", "min": -1, "max": 2}],
    "conflicts": [{"between": ["a", "b"], "steps": [0, 9]}],
    "rows": [{"rule": "x", "about": "y", "terms": [["a", 0, 2], ["b", 1, -1]], "at_most": -5, "over": {"late": 4}}],
}

WRONG: list[tuple[list[Any], Any, str, str]] = [
    (["format"], "arshjul-board/2", "format", "bad-value"),
    (["levels"], "late", "levels", "wrong-type"),
    (["levels", 1], 7, "levels[1]", "wrong-type"),
    (["levels", 1], "dropped", "levels[1]", "bad-id"),
    (["steps"], -1, "steps", "bad-value"),
    (["steps"], True, "steps", "wrong-type"),
    (["extra"], 1, "extra", "unknown-key"),
    (["resources"], [], "resources", "wrong-type"),
    (["resources", "r1", "capacity", 1], -1, "resources.r1.capacity[1]", "bad-value"),
    (["resources", "r1", "capacity", 0], 2**31, "resources.r1.capacity[0]", "bad-value"),
    (["resources", "r1", "capacity", 0], 1.0, "resources.r1.capacity[0]", "wrong-type"),
    (["activities", 1, "id"], "a", "activities[1].id", "bad-id"),
    (["activities", 1, "id"], 5, "activities[1].id", "wrong-type"),
    (["activities", 0, "unplaced"], {"later": 1}, "activities[0].unplaced.later", "unknown-id"),
    (["activities", 0, "unplaced"], 0, "activities[0].unplaced", "wrong-type"),
    (["activities", 0, "options"], {}, "activities[0].options", "wrong-type"),
    (["activities", 0, "options", 0, "start"], 3, "activities[0].options[0].start", "bad-value"),
    (["activities", 0, "options", 0, "start"], -1, "activities[0].options[0].start", "bad-value"),
    (["activities", 0, "options", 0, "start"], False, "activities[0].options[0].start", "wrong-type"),
    (["activities", 0, "options", 0, "demand"], {"r2": [1]}, "activities[0].options[0].demand.r2", "unknown-id"),
    (["activities", 0, "options", 0, "demand", "r1", 1], -2, "activities[0].options[0].demand.r1[1]", "bad-value"),
    (["activities", 0, "options", 0, "costs", "late"], -(2**31), "activities[0].options[0].costs.late", "bad-value"),
    (["activities", 0, "options", 0, "length"], 0, "activities[0].options[0].length", "bad-value"),
    (["activities", 0, "options", 0, "colour"], 0, "activities[0].options[0].colour", "unknown-key"),
    (["lags", 0, "before"], "c", "lags[0].before", "unknown-id"),
    (["lags", 0, "before"], "b", "lags[0]", "bad-value"),
    (["lags", 0, "min"], None, "lags[0].min", "wrong-type"),
    (["conflicts", 0, "between"], ["a"], "conflicts[0].between", "bad-value"),
    (["conflicts", 0, "between"], ["a", "a"], "conflicts[0].between", "bad-value"),
    (["conflicts", 0, "steps"], [-1], "conflicts[0].steps[0]", "bad-value"),
    (["rows", 0, "terms", 0], ["a", 0], "rows[0].terms[0]", "wrong-type"),
    (["rows", 0, "terms", 0], ["a", 1, 2], "rows[0].terms[0][1]", "bad-value"),
    (["rows", 0, "terms", 0], [["a"], 0, 2], "rows[0].terms[0][0]", "wrong-type"),
    (["rows", 0, "terms", 0, 2], "2", "rows[0].terms[0][2]", "wrong-type"),
    (["rows", 0, "at_most"], 2**40, "rows[0].at_most", "bad-value"),
    (["rows", 0, "over"], {"late": -1}, "rows[0].over.late", "bad-value"),
    (["rows", 0, "rule"], None, "rows[0].rule", "wrong-type"),
    (["rows", 0, "terms", 0, 1], -1, "rows[0].terms[0][1]", "bad-value"),
    (["rows", 0, "terms", 0, 2], 2**31, "rows[0].terms[0][2]", "bad-value"),
    (["rows", 0, "at_most"], 2**63, "rows[0].at_most", "bad-value"),
    (["rows", 0, "over"], None, "rows[0].over", "wrong-type"),
    (["rows", 0, "min"], 1, "rows[0].min", "unknown-key"),
    (["lags", 0, "min"], 2**31, "lags[0].min", "bad-value"),
    (["conflicts", 0, "between"], ["a", "b", "a"], "conflicts[0].between", "bad-value"),
    (["steps"], 3.5, "steps", "wrong-type"),
    (["steps"], [3], "steps", "wrong-type"),
    (["activities"], {}, "activities", "wrong-type"),
    (["activities", 0, "options", 0, "costs"], None, "activities[0].options[0].costs", "wrong-type"),
    (["activities", 0, "options", 0, "costs", "late"], 10**400, "activities[0].options[0].costs.late", "bad-value"),
]


def mapped(board: Board) -> dict[str, Any]:
    solution = solve(board)
    levels = [(level.id, level.value, level.bound) for level in solution.levels]
    return solution_mapping(board, solution.status, levels, solution.choice)


def changed(path: list[Any], value: Any) -> dict[str, Any]:
    board = deepcopy(RIGHT)
    at: Any = board
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return board


@each(WRONG)
def test_what_is_wrong_is_told_with_its_place(wrong: tuple[list[Any], Any, str, str]) -> None:
    path, value, place, kind = wrong
    with pytest.raises(InputError) as caught:
        board_of(changed(path, value), "x.json")
    first = caught.value.problems[0]  # what follows from it may be told after it
    assert (first.path, first.kind, first.file) == (place, kind, "x.json")


def test_a_missing_key_is_told_and_parts_with_defaults_may_be_left_out() -> None:
    for key in ["format", "levels", "steps", "resources", "activities"]:
        with pytest.raises(InputError) as caught:
            board_of({k: v for k, v in RIGHT.items() if k != key})
        assert [p.path for p in caught.value.problems] == [key]
    board = deepcopy(RIGHT)
    del board["activities"][0]["unplaced"]
    with pytest.raises(InputError) as caught:
        board_of(board)
    assert caught.value.problems[0].path == "activities[0].unplaced"
    read = board_of({k: v for k, v in RIGHT.items() if k not in ("lags", "conflicts", "rows")})
    assert [option.length for activity in read.activities for option in activity.options] == [2, 1, 4]
    for part in ["id", "options", "start", "before", "after", "between", "terms", "at_most", "capacity"]:
        text = json.dumps(RIGHT)
        assert f'"{part}": ' in text
        with pytest.raises(InputError) as caught:
            board_of(json.loads(text.replace(f'"{part}": ', f'"not-{part}": ', 1)))
        assert part in {problem.path.rpartition(".")[2] for problem in caught.value.problems}


@pytest.mark.parametrize(
    "text",
    [
        b"", b"[", b'{"a": 1, "a": 2}', b'{"steps": NaN}', b"[" * 100_000, b'{"a": ' * 100_000, b"12", b"\0" * 1000,
        json.dumps(RIGHT).encode() * 2, json.dumps(RIGHT).encode("utf-16"),
        json.dumps(RIGHT).replace('"x"', '"ö"').encode("latin-1"),
        json.dumps(RIGHT).replace('"x"', '"\\ud800"').encode(),
        *(json.dumps(RIGHT).replace("-5,", f"{n},").encode() for n in ("-Infinity", "1e400", "1" + "0" * 5000)),
    ],
)  # fmt: skip
def test_what_is_no_board_at_all_is_refused(text: bytes, tmp_path: Path) -> None:
    file = tmp_path / "board.json"
    file.write_bytes(text)
    with pytest.raises(InputError) as caught:
        read_board(file)
    assert len(str(caught.value)) < 3000


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('"steps": 3', '"steps": 3, "steps": 2', "steps"),
        ('{"r1": {"cap', '{"r1": {"capacity": []}, "r1": {"cap', "resources.r1"),
        ('{"start": 1}', '{"start": 1, "start": 1}', "activities[1].options[0].start"),
    ],
)
def test_a_key_twice_is_told_with_its_place(tmp_path: Path, old: str, new: str, place: str) -> None:
    (tmp_path / "board.json").write_text(json.dumps(RIGHT).replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        read_board(tmp_path / "board.json")
    assert place in {problem.path for problem in caught.value.problems}


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_board(tmp_path / "none.json")


@pytest.mark.parametrize(("bound", "most"), [("MOST_OPTIONS", 2), ("MOST_PARTS", 9), ("MOST_BYTES", 99)])
def test_more_than_memory_holds_is_refused_with_the_limit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, bound: str, most: int
) -> None:
    (tmp_path / "board.json").write_text(json.dumps(RIGHT))
    monkeypatch.setattr(f"arshjul.year.formats.board.board_json.{bound}", most)
    with pytest.raises(InputError) as caught:
        read_board(tmp_path / "board.json")
    (problem,) = caught.value.problems
    assert (problem.kind, str(most) in str(problem.text)) == ("too-large", True)


@each(range(60 if is_slow() else 25))
def test_a_board_comes_back_as_it_was(seed: int, tmp_path: Path) -> None:
    board = tiny_board(seed)
    write_board(board, tmp_path / "board.json")
    again = read_board(tmp_path / "board.json")
    first = (tmp_path / "board.json").read_bytes()
    write_board(again, tmp_path / "board.json")
    assert (tmp_path / "board.json").read_bytes() == first
    assert solve(again).values() == solve(board).values()


def test_a_solution_says_starts_and_options_and_without_a_choice_its_status(tmp_path: Path) -> None:
    board = board_of(RIGHT)
    write_solution(mapped(board), tmp_path / "solution.json")
    written = json.loads((tmp_path / "solution.json").read_text())
    assert written["status"] == "optimal"
    assert [set(level) for level in written["levels"]] == [{"id", "value", "bound"}] * 2
    assert written["options"] == {"a": 0, "b": written["options"]["b"]}
    assert written["starts"]["a"] == 0
    board = board_of(changed(["activities", 1, "options"], []) | {"rows": [], "lags": []})
    assert mapped(board)["status"] == "infeasible"
    assert "starts" not in mapped(board)


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        write_board(board_of(RIGHT), tmp_path / "no" / "board.json")


# What errors of a board file leave out, and what they add: causes without what follows, and how many there are.


MANY = [{"terms": [["b", 2, 1]], "at_most": 1}] * 200


def told(board: Any) -> tuple[str, list[str]]:
    with pytest.raises(InputError) as caught:
        board_of(board, "x.json")
    return str(caught.value), [problem.path for problem in caught.value.problems]


def test_an_id_that_is_wrong_is_told_without_what_follows_from_it() -> None:
    board = changed(["activities", 1, "id"], "a") | {"rows": MANY}
    assert told(board)[1] == ["activities[1].id"]
    board = changed(["activities", 1], {"unplaced": {}, "options": []}) | {"rows": MANY}
    assert told(board)[1] == ["activities[1].id"]
    board = changed(["activities", 1], {"id": "b"}) | {"rows": MANY}
    assert told(board)[1] == ["activities[1].unplaced", "activities[1].options"]
    for key in ["levels", "resources", "activities"]:
        assert told(changed([key], 7))[1] == [key]
    board = changed(["rows"], [{"terms": [["c", 0, 1]], "at_most": 1}] * 3)
    assert told(board)[1] == [f"rows[{k}].terms[0][0]" for k in range(3)]


def test_of_many_problems_the_first_are_told_and_how_many_there_are() -> None:
    for given, says in [
        (MOST_PROBLEMS, "x.json is not a board that can be solved."),
        (MOST_PROBLEMS + 1, "x.json is not a board that can be solved: the first 100 of 101 problems."),
        (5000, "x.json is not a board that can be solved: the first 100 of 5000 problems."),
        (MOST_COUNTED, "x.json is not a board that can be solved: the first 100 of at least 10000 problems."),
        (MOST_COUNTED + 50, "x.json is not a board that can be solved: the first 100 of at least 10000 problems."),
    ]:
        text, places = told(changed(["resources", "r1", "capacity"], [-1] * given))
        assert text == says
        assert len(places) == MOST_PROBLEMS
    board = changed(["resources", "r1", "capacity"], [-1] * 1000)
    with pytest.raises(InputError) as caught:
        board_of(board)
    assert len(caught.value.problems) == 100
    with pytest.raises(InputError) as caught:
        board_of(changed(["steps"], 10**4000))
    assert len(str(caught.value.problems[0].text)) < 200


def read(folder: Path, text: str) -> tuple[str, int | None, str]:
    (folder / "x.json").write_text(text)
    with pytest.raises(InputError) as caught:
        read_board(folder / "x.json")
    (problem,) = caught.value.problems
    return problem.kind, problem.line, str(problem.text)


def test_an_empty_file_and_a_slip_are_told_with_the_line_and_where_to_look(tmp_path: Path) -> None:
    for text in ["", " ", "\n\n \n"]:
        assert read(tmp_path, text) == ("empty", 1, "The file is empty: copy it again.")
    for text, line, remedy in [
        ('{"a": 1\n "b": 2}', 2, "column 2"),
        ("<html>\n</html>", 1, "column 1"),
        ("hello", 1, "column 1"),
        ('{"a": [1, 2}', 1, "column 12"),
        ("{\n\"a\": 'b'}", 2, "column 6"),
        ("{}\n{}", 2, "one value"),
    ]:
        kind, at, says = read(tmp_path, text)
        assert (kind, at) == ("syntax", line)
        assert remedy in says
        assert "cut off" not in says


def test_wherever_a_file_is_cut_off_that_is_told_with_the_line_where_it_ends(tmp_path: Path) -> None:
    whole = json.dumps(RIGHT | {"more": [True, None, -1.5e3, "\u00e5\\"]}, indent=1)
    for end in range(1, len(whole)):
        cut = whole[:end]
        kind, line, text = read(tmp_path, cut)
        assert (kind, line) == ("syntax", cut.rstrip().count("\n") + 1), cut
        assert "cut off" in text, cut
