"""Files that are no boards: exit 2, with the place, what was given and what would be right, and nothing written."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.boards import Json, activity, board, judged, option
from tests.acceptance.command import Outcome, arshjul, done, load

SOUND: Json = {
    "format": "arshjul-board/1",
    "levels": ["dropped", "late"],
    "steps": 3,
    "resources": {"r1": {"capacity": [1, 1]}},
    "activities": [
        {"id": "first", "unplaced": {"dropped": 1}, "options": [{"start": 0, "demand": {"r1": [1, 0]}, "length": 2}]},
        {"id": "second", "unplaced": None, "options": [{"start": 1, "costs": {"late": 2}}, {"start": 2}]},
    ],
    "lags": [{"before": "first", "after": "second", "min": -1, "max": 2}],
    "conflicts": [{"between": ["first", "second"], "steps": [0]}],
    "rows": [{"rule": "x", "about": "y", "terms": [["first", 0, 2]], "at_most": 5, "over": {"late": 4}}],
}

START = "activities[0].options[0].start"
WRONG: dict[str, tuple[str, Any, str, tuple[str, ...]]] = {
    # name: the key that is set, its value, the place told, words in the error (all: formats/test_board_json.py)
    "another format": ("format", "arshjul-board/2", "format", ("arshjul-board/1", "arshjul-board/2")),
    "an unknown activity": ("lags.0.before", "firts", "lags[0].before", ('"firts"', '"first"')),
    "a start past the last step": ("activities.0.options.0.start", 3, START, ("3", "0", "2")),
    "2^31": ("resources.r1.capacity.0", 2**31, "resources.r1.capacity[0]", ("2147483648", "2147483647")),
    "an unknown key": ("activities.0.options.0.lenght", 1, "activities[0].options[0].lenght", ('"length"',)),
    "twenty slips": ("resources.r1.capacity", [-1] * 20, "resources.r1.capacity[0]", ("-1",)),
}


def changed(key: str, value: Any) -> Json:
    given: Json = json.loads(json.dumps(SOUND))
    *way, last = (int(part) if part.isdecimal() else part for part in key.split("."))
    at: Any = given
    for part in way:
        at = at[part]
    at[last] = value
    return given


def refused(folder: Path, text: bytes, *words: str) -> Outcome:
    (folder / "wrong.json").write_bytes(text)
    seen = arshjul("solve", folder / "wrong.json", "-o", folder / "solution.json", *words)
    assert seen.code == 2, seen
    assert not seen.out, seen
    assert "wrong.json" in seen.err, seen
    assert len(seen.err) < 3000, seen
    assert not (folder / "solution.json").exists()
    return seen


def test_sound_board_is_solved(tmp_path: Path) -> None:
    (tmp_path / "board.json").write_text(json.dumps(SOUND))
    done("solve", tmp_path / "board.json", "-o", tmp_path / "solution.json")
    solution = load(tmp_path / "solution.json")
    assert solution["status"] == "optimal"
    assert not judged(SOUND, solution["options"])[1]


@pytest.mark.parametrize("name", WRONG)
def test_wrong_board_is_told_with_the_place_and_what_was_given(tmp_path: Path, name: str) -> None:
    key, value, place, words = WRONG[name]
    seen = refused(tmp_path, json.dumps(changed(key, value)).encode())
    told = next(line for line in seen.err.splitlines() if line.startswith(" "))
    assert f" {place}:" in told, seen
    for word in words:
        assert word in told.partition(f"{place}:")[2], seen


def test_errors_give_a_remedy_in_english_too(tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_bytes(json.dumps(changed("activities.0.options.0.start", "1")).encode())
    words = ("solve", tmp_path / "wrong.json", "-o", tmp_path / "solution.json")
    seen = arshjul(*words, env={"ARSHJUL_LANGUAGE": "en"})
    assert seen.code == 2, seen
    assert f'{START}: "1" is not a whole number: leave out the quotes.' in seen.err, seen


@pytest.mark.parametrize("file", ["none.json", "", "/dev/null", "/dev/zero"])
def test_file_that_cannot_be_read_is_told(tmp_path: Path, file: str) -> None:
    seen = arshjul("solve", tmp_path / file, "-o", tmp_path / "solution.json")
    assert seen.code == 2, seen
    assert seen.err.strip().endswith("."), seen
    assert "Ange en problemfil" in seen.err or file.startswith("/dev"), seen
    assert not (tmp_path / "solution.json").exists()


def test_errors_come_in_the_order_of_the_file_whatever_words_hash_to(tmp_path: Path) -> None:
    keys = ("zeta", "alpha", "mid", "omega", "beta")
    (tmp_path / "wrong.json").write_text(json.dumps(dict.fromkeys(keys, 1) | {"format": "arshjul-board/1"}))
    words = ("solve", tmp_path / "wrong.json", "-o", tmp_path / "solution.json")
    first, second = (arshjul(*words, env={"PYTHONHASHSEED": seed}, anew=True).err for seed in ("1", "2"))
    assert first == second
    told = [line.split()[1].rstrip(":") for line in first.splitlines()[1:]]
    assert told == [*keys, "levels", "steps", "resources", "activities"]


def test_lag_that_nothing_keeps_is_warned_of_and_solved(tmp_path: Path) -> None:
    (tmp_path / "board.json").write_text(json.dumps(SOUND | {"lags": [SOUND["lags"][0] | {"min": 3, "max": 2}]}))
    seen = done("solve", tmp_path / "board.json", "-o", tmp_path / "solution.json")
    assert 'board.json lags[0]: min 3 är större än max 2: "second" går aldrig att placera.' in seen.err, seen
    assert load(tmp_path / "solution.json")["status"] == "infeasible"


LOWER = "import arshjul.year.formats.board.board_json as b; b.MOST_OPTIONS, b.MOST_PARTS, b.MOST_BYTES = {}; "


@pytest.mark.parametrize(
    ("limits", "given"),
    [((999, 10**9, 10**9), "1000"), ((10**9, 1000, 10**9), "100"), ((10**9, 10**9, 5000), "5000")],
    ids=["options", "lists and mappings", "bytes"],
)
def test_more_than_memory_holds_is_refused_with_the_limit(
    tmp_path: Path, limits: tuple[int, int, int], given: str
) -> None:
    many = board(*(activity(str(n), *(option(k % 4) for k in range(100))) for n in range(10)))
    (tmp_path / "many.json").write_text(json.dumps(many))
    words = ("solve", tmp_path / "many.json", "-o", tmp_path / "solution.json")
    seen = arshjul(*words, prelude=LOWER.format(limits))
    assert seen.code == 2, seen
    assert str(min(limits)) in seen.err, seen
    assert given in seen.err, seen
