"""Files that are no boards: exit 2, with the place, what was given and what would be right, and nothing written."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.boards import Json, activity, board, judged, option
from tests.acceptance.command import Outcome, arshjul, done, load

# Wrong boards: what is changed in a right one, the place that must be told, and words that the error must hold.

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

GONE = object()
START = "activities[0].options[0].start"
CAPACITY = "resources.r1.capacity[0]"
COST = "activities[1].options[0].costs.late"

WRONG: dict[str, tuple[str, Any, str, tuple[str, ...]]] = {
    # name: the key that is set, its value, the place told, words in the error
    "another format": ("format", "arshjul-board/2", "format", ("arshjul-board/1", "arshjul-board/2")),
    "no format": ("format", GONE, "format", ("format, levels, steps", "lags, conflicts, rows")),
    "no levels": ("levels", GONE, "levels", ()),
    "no steps": ("steps", GONE, "steps", ()),
    "no resources": ("resources", GONE, "resources", ()),
    "no activities": ("activities", GONE, "activities", ()),
    "no capacity": ("resources.r1.capacity", GONE, "resources.r1.capacity", ("capacity",)),
    "no id": ("activities.0.id", GONE, "activities[0].id", ()),
    "no unplaced": ("activities.1.unplaced", GONE, "activities[1].unplaced", ()),
    "no options": ("activities.0.options", GONE, "activities[0].options", ()),
    "no start": ("activities.0.options.0.start", GONE, START, ()),
    "no before": ("lags.0.before", GONE, "lags[0].before", ()),
    "no after": ("lags.0.after", GONE, "lags[0].after", ()),
    "no between": ("conflicts.0.between", GONE, "conflicts[0].between", ()),
    "no terms": ("rows.0.terms", GONE, "rows[0].terms", ()),
    "no at_most": ("rows.0.at_most", GONE, "rows[0].at_most", ()),
    "a level twice": ("levels.1", "dropped", "levels[1]", ('"dropped"',)),
    "an id twice": ("activities.1.id", "first", "activities[1].id", ('"first"',)),
    "a lag with itself": ("lags.0.after", "first", "lags[0]", ('"first"',)),
    "a conflict with itself": ("conflicts.0.between.1", "first", "conflicts[0].between", ('"first"',)),
    "a conflict of three": ("conflicts.0.between", ["first", "second", "first"], "conflicts[0].between", ("3",)),
    "an unknown resource": (
        "activities.0.options.0.demand",
        {"r11": [1]},
        "activities[0].options[0].demand.r11",
        ('"r11"', '"r1"'),
    ),
    "an unknown level": ("activities.0.unplaced", {"droped": 1}, "activities[0].unplaced.droped", ('"dropped"',)),
    "an unknown activity": ("lags.0.before", "firts", "lags[0].before", ('"firts"', '"first"')),
    "an unknown activity in a row": (
        "rows.0.terms.0.0",
        "a99",
        "rows[0].terms[0][0]",
        ('"a99" finns inte', "first, second"),
    ),
    "an option that is not there": ("rows.0.terms.0.1", 1, "rows[0].terms[0][1]", ("1",)),
    "a negative option": ("rows.0.terms.0.1", -1, "rows[0].terms[0][1]", ("-1",)),
    "a term of two": ("rows.0.terms.0", ["first", 0], "rows[0].terms[0]", ()),
    "a start past the last step": ("activities.0.options.0.start", 3, START, ("3", "0", "2")),
    "a negative start": ("activities.0.options.0.start", -1, START, ("-1",)),
    "a negative demand": (
        "activities.0.options.0.demand.r1.1",
        -7,
        "activities[0].options[0].demand.r1[1]",
        ("-7",),
    ),
    "a negative capacity": ("resources.r1.capacity.0", -4, CAPACITY, ("-4",)),
    "a negative price": ("rows.0.over.late", -4, "rows[0].over.late", ("-4",)),
    "a length of 0": ("activities.0.options.0.length", 0, "activities[0].options[0].length", ("0", "1")),
    "a negative step": ("conflicts.0.steps.0", -1, "conflicts[0].steps[0]", ("-1",)),
    "negative steps": ("steps", -3, "steps", ("-3",)),
    "2^31": ("resources.r1.capacity.0", 2**31, CAPACITY, ("2147483648", "2147483647")),
    "-2^31": ("activities.1.options.0.costs.late", -(2**31), COST, ("-2147483648",)),
    "a coefficient of 2^31": ("rows.0.terms.0.2", 2**31, "rows[0].terms[0][2]", ("2147483648",)),
    "a limit of 2^63": ("rows.0.at_most", 2**63, "rows[0].at_most", (str(2**63),)),
    "a lag of 2^31": ("lags.0.min", 2**31, "lags[0].min", ("2147483648",)),
    "10^400": ("activities.1.options.0.costs.late", 10**400, COST, ()),
    "a fraction": ("steps", 3.5, "steps", ("3.5",)),
    "a whole fraction": ("activities.0.options.0.start", 1.0, START, ("1.0",)),
    "true": ("activities.0.options.0.start", True, START, ("true",)),
    "a number in quotes": ("activities.0.options.0.start", "1", START, ('"1"',)),
    "null for a number": ("lags.0.max", None, "lags[0].max", ()),
    "a list for a number": ("steps", [3], "steps", ()),
    "a number for a list": ("resources.r1.capacity", 4, "resources.r1.capacity", ("4",)),
    "a list for a mapping": ("resources", [], "resources", ()),
    "a mapping for a list": ("activities", {}, "activities", ()),
    "a number for an id": ("activities.0.id", 1, "activities[0].id", ("1",)),
    "a number for a rule": ("rows.0.rule", 1, "rows[0].rule", ("1",)),
    "false for unplaced": ("activities.0.unplaced", False, "activities[0].unplaced", ("false",)),
    "null for costs": ("activities.1.options.0.costs", None, "activities[1].options[0].costs", ()),
    "null for over": ("rows.0.over", None, "rows[0].over", ()),
    "an unknown key": ("activities.0.options.0.lenght", 1, "activities[0].options[0].lenght", ('"length"',)),
    "a key of another part": ("rows.0.min", 1, "rows[0].min", ("terms, at_most, rule, about, over",)),
}


def changed(key: str, value: Any) -> Json:
    given: Json = json.loads(json.dumps(SOUND))
    *way, last = (int(part) if part.isdecimal() else part for part in key.split("."))
    at: Any = given
    for part in way:
        at = at[part]
    if value is GONE:
        del at[last]
    else:
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


def replaced(old: str, new: str) -> bytes:
    text = json.dumps(SOUND)
    assert text.count(old) == 1, old
    return text.replace(old, new).encode()


RAW: dict[str, tuple[bytes, str]] = {
    # name: the file, the place told
    "nothing": (b"", ""),
    "a list": (b"[]", ""),
    "a number": (b"7", ""),
    "half a file": (json.dumps(SOUND).encode()[:-9], ""),
    "two boards": (json.dumps(SOUND).encode() * 2, ""),
    "no UTF-8": (replaced('"first", "unplaced"', '"f\u00f6rst", "unplaced"').decode().encode("latin-1"), ""),
    "UTF-16": (json.dumps(SOUND).encode("utf-16"), ""),
    "zeros": (b"\0" * 1000, ""),
    "a key twice": (replaced('"steps": 3', '"steps": 3, "steps": 2'), "steps"),
    "a resource twice": (replaced('"r1": {"cap', '"r1": {"capacity": []}, "r1": {"cap'), "resources.r1"),
    "a key twice far below": (replaced('{"start": 2}', '{"start": 2, "start": 2}'), "activities[1].options[1].start"),
    "a level's cost twice": (replaced('"costs": {"late": 2}', '"costs": {"late": 2, "late": 2}'), COST),
    "NaN": (replaced('"at_most": 5', '"at_most": NaN'), "rows[0].at_most"),
    "infinity": (replaced('"at_most": 5', '"at_most": -Infinity'), "rows[0].at_most"),
    "1e400": (replaced('"at_most": 5', '"at_most": 1e400'), "rows[0].at_most"),
    "10^5000": (replaced('"at_most": 5', '"at_most": 1' + "0" * 5000), "rows[0].at_most"),
    "deep lists": (replaced('"at_most": 5', '"at_most": ' + "[" * 100_000 + "]" * 100_000), ""),
    "deep mappings": (b'{"a": ' * 100_000, ""),
    "half a character": (replaced('"id": "first"', '"id": "\\ud800"'), ""),
    "a long name": (replaced('"over": {"late"', '"over": {"' + "x" * 5000 + '"'), "rows[0].over.xxx"),
    "a thousand slips": (replaced('"capacity": [1, 1]', '"capacity": [' + "-1," * 30 + "0]"), CAPACITY),
}


@pytest.mark.parametrize("name", RAW)
def test_what_is_no_board_is_told(tmp_path: Path, name: str) -> None:
    text, place = RAW[name]
    seen = refused(tmp_path, text, "--json")
    if place:
        assert f" {place}" in seen.err, seen


def test_errors_give_a_remedy_in_english_too(tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_bytes(json.dumps(changed("activities.0.options.0.start", "1")).encode())
    words = ("solve", tmp_path / "wrong.json", "-o", tmp_path / "solution.json")
    seen = arshjul(*words, env={"ARSHJUL_LANGUAGE": "en"})
    assert seen.code == 2, seen
    assert f'{START}: "1" was given where a whole number belongs: leave out the quotes.' in seen.err, seen


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
    assert 'board.json lags[0]: min 3 är större än max 2, så "second" går aldrig att placera.' in seen.err, seen
    assert load(tmp_path / "solution.json")["status"] == "infeasible"


LOWER = "import arshjul.formats.board.board_json as b; b.MOST_OPTIONS, b.MOST_PARTS, b.MOST_BYTES = {}; "


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
