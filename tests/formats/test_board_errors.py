"""What errors of a board file leave out, and what they add: causes without what follows, and how many there are."""

import json
from pathlib import Path
from typing import Any

import pytest

from arshjul.errors import InputError
from arshjul.formats.board.board_json import board_of, read_board
from arshjul.formats.board.checks import MOST_COUNTED, MOST_PROBLEMS
from tests.formats.test_board_json import RIGHT, changed

MANY = [{"terms": [["b", 2, 1]], "at_most": 1}] * 200


def told(board: Any) -> tuple[str, list[str]]:
    with pytest.raises(InputError) as caught:
        board_of(board, "x.json")
    return str(caught.value), [problem.path for problem in caught.value.problems]


def test_an_id_that_stands_twice_is_told_without_what_follows_from_it() -> None:
    board = changed(["activities", 1, "id"], "a") | {"rows": MANY}
    assert told(board)[1] == ["activities[1].id"]


def test_an_id_that_is_missing_is_told_without_what_follows_from_it() -> None:
    board = changed(["activities", 1], {"unplaced": {}, "options": []}) | {"rows": MANY}
    assert told(board)[1] == ["activities[1].id"]


def test_an_id_is_known_whatever_else_its_activity_lacks() -> None:
    board = changed(["activities", 1], {"id": "b"}) | {"rows": MANY}
    assert told(board)[1] == ["activities[1].unplaced", "activities[1].options"]


@pytest.mark.parametrize("key", ["levels", "resources", "activities"])
def test_where_a_list_of_names_is_none_what_it_would_name_is_not_missed(key: str) -> None:
    assert told(changed([key], 7))[1] == [key]


def test_where_names_are_right_each_wrong_one_is_told() -> None:
    board = changed(["rows"], [{"terms": [["c", 0, 1]], "at_most": 1}] * 3)
    assert told(board)[1] == [f"rows[{k}].terms[0][0]" for k in range(3)]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (MOST_PROBLEMS, "x.json is no board that can be solved."),
        (MOST_PROBLEMS + 1, "x.json is no board that can be solved: the first 100 of 101 problems."),
        (5000, "x.json is no board that can be solved: the first 100 of 5000 problems."),
        (MOST_COUNTED, "x.json is no board that can be solved: the first 100 of 10000 problems or more."),
        (MOST_COUNTED + 50, "x.json is no board that can be solved: the first 100 of 10000 problems or more."),
    ],
)
def test_of_many_problems_the_first_are_told_and_how_many_there_are(given: int, says: str) -> None:
    text, places = told(changed(["resources", "r1", "capacity"], [-1] * given))
    assert text == says
    assert len(places) == MOST_PROBLEMS


def read(folder: Path, text: str) -> tuple[str, int | None, str]:
    (folder / "x.json").write_text(text)
    with pytest.raises(InputError) as caught:
        read_board(folder / "x.json")
    (problem,) = caught.value.problems
    return problem.kind, problem.line, str(problem.text)


@pytest.mark.parametrize("text", ["", " ", "\n\n \n"])
def test_an_empty_file_is_told_as_such(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text) == ("empty", 1, "The file is empty: write or copy it anew.")


def test_wherever_a_file_is_cut_off_that_is_told_with_the_line_where_it_ends(tmp_path: Path) -> None:
    whole = json.dumps(RIGHT | {"more": [True, None, -1.5e3, "\u00e5\\"]}, indent=1)
    for end in range(1, len(whole)):
        cut = whole[:end]
        kind, line, text = read(tmp_path, cut)
        assert (kind, line) == ("syntax", cut.rstrip().count("\n") + 1), cut
        assert "cut off" in text, cut


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ('{"a": 1\n "b": 2}', 2, "column 2"),
        ("<html>\n</html>", 1, "column 1"),
        ("hello", 1, "column 1"),
        ('{"a": [1, 2}', 1, "column 12"),
        ("{\n\"a\": 'b'}", 2, "column 6"),
        ("{}\n{}", 2, "one value"),
    ],
)
def test_a_slip_is_told_with_its_line_and_where_to_look(tmp_path: Path, text: str, line: int, remedy: str) -> None:
    kind, at, says = read(tmp_path, text)
    assert (kind, at) == ("syntax", line)
    assert remedy in says
    assert "cut off" not in says
