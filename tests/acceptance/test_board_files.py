"""Board files as docs/formats.md describes them, sentence by sentence, and what `solve` answers."""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.acceptance.boards import LARGEST, Json, activity, board, judged, option, without_seconds
from tests.acceptance.command import Outcome, arshjul, done, load
from tests.examples import each

R = {"r": {"capacity": [1, 1]}}


@dataclass(frozen=True)
class Right:
    """A board with its answer. `values` None: nothing meets its hard parts. `starts`: as far as they are certain."""

    board: Json
    values: tuple[int, ...] | None
    starts: dict[str, int | None] | None = None


def two(first: Json, second: Json, **more: Any) -> Json:
    return board(activity("a", first, unplaced={"x": 10}), activity("b", second, unplaced={"x": 1}), **more)


def lagged(*starts: tuple[int, int], before: int = 1, **lag: int) -> Json:
    """b, with a cost for each of its starts, after a, which stands at `before`."""
    b = activity("b", *(option(start, cost) for start, cost in starts), unplaced={"x": 50})
    return board(activity("a", option(before)), b, lags=[{"before": "a", "after": "b", **lag}])


def row(*terms: list[Any], at_most: int, **more: Any) -> Json:
    """a and b, either of which may stay out for 10, under one row."""
    a, b = (activity(id_, option(0), option(1, 1), unplaced={"x": 10}) for id_ in "ab")
    return board(a, b, rows=[{"terms": list(terms), "at_most": at_most, **more}])


RIGHT: dict[str, Right] = {  # the rest: tests/solver/test_agrees_with_trying.py, on boards that use all of the format
    # Resources and demands.
    "capacity may be used up": Right(
        two(option(0, demand={"r": [1]}), option(1, demand={"r": [1]}), resources=R), (0,), {"a": 0, "b": 1}
    ),
    "capacity beyond its list is 0": Right(board(activity("a", option(2, demand={"r": [1]})), resources=R), None),
    "a demand may run past the steps": Right(
        board(activity("a", option(1, demand={"r": [1, 1]})), steps=2, resources={"r": {"capacity": [0, 1, 1]}}),
        (0,),
        {"a": 1},
    ),
    "past the steps too there is no more than the capacity": Right(
        two(
            option(1, demand={"r": [0, 1]}),
            option(0, demand={"r": [0, 0, 1]}),
            steps=2,
            resources={"r": {"capacity": [9, 9, 1]}},
        ),
        (1,),
        {"a": 1, "b": None},
    ),
    # Options.
    "a cost left out is 0": Right(board(activity("a", option(3), option(2, 1), option(1, 2))), (0,), {"a": 3}),
    "no option at all, and must be placed": Right(board(activity("a")), None),
    # Staying unplaced.
    "{} stays out for nothing": Right(board(activity("a", option(0, 1), unplaced={})), (0,), {"a": None}),
    # Levels.
    "an earlier level goes before any later one": Right(
        board(
            activity("a", {"start": 0, "costs": {"y": 1}}, {"start": 1, "costs": {"x": 1}}),
            levels=["y", "x"],
        ),
        (0, 1),
        {"a": 1},
    ),
    "no activities, steps or levels": Right(board(steps=0, levels=[]), (), {}),
    # Lags.
    "a lag's min above its max keeps after out": Right(lagged((1, 0), (2, 0), min=2, max=1), (50,), {"b": None}),
    "after is placed only if before is": Right(
        board(
            activity("a", unplaced={}),
            activity("b", option(3), unplaced={"x": 4}),
            lags=[{"before": "a", "after": "b"}],
        ),
        (4,),
        {"a": None, "b": None},
    ),
    "a lag binds starts, whatever the length": Right(
        board(
            activity("a", option(0, length=9)), activity("b", option(1)), lags=[{"before": "a", "after": "b", "min": 1}]
        ),
        (0,),
        {"a": 0, "b": 1},
    ),
    # Conflicts and lengths.
    "a length ends before the step after": Right(
        two(option(0, length=2), option(2), conflicts=[{"between": ["b", "a"]}]), (0,)
    ),
    "a length left out is the longest demand list": Right(
        two(
            option(0, demand={"r": [0], "s": [0, 0, 0]}),
            option(2),
            resources=R | {"s": {"capacity": []}},
            conflicts=[{"between": ["a", "b"]}],
        ),
        (1,),
        {"a": 0, "b": None},
    ),
    "a length is at least 1": Right(
        two(option(2, demand={"r": []}), option(2), resources=R, conflicts=[{"between": ["a", "b"]}]), (1,)
    ),
    "a length takes no capacity": Right(
        two(option(0, length=4), option(1, demand={"r": [1]}), resources=R), (0,), {"a": 0, "b": 1}
    ),
    "a conflict at a listed step": Right(
        two(option(0, length=3), option(1, length=3), conflicts=[{"between": ["a", "b"], "steps": [0, 2]}]), (1,)
    ),
    "a conflict at a step past the last": Right(
        two(option(0, length=9), option(3, length=9), conflicts=[{"between": ["a", "b"], "steps": [8]}]), (1,)
    ),
    "a conflict and a length of two thousand million": Right(
        two(
            option(0, length=LARGEST),
            option(0, length=LARGEST),
            conflicts=[{"between": ["a", "b"], "steps": [LARGEST]}],
        ),
        (0,),
        {"a": 0, "b": 0},
    ),
    # Rows.
    "a row with a rule and about": Right(row(["a", 0, 1], ["b", 0, 1], at_most=0, rule="r", about="s"), (2,)),
    "a term that stands twice is priced twice": Right(
        board(activity("a", option(0)), rows=[{"terms": [["a", 0, 1]] * 2, "at_most": 0, "over": {"x": 3}}]), (6,)
    ),
    "a priced row costs for each unit above": Right(
        board(activity("a", option(0)), rows=[{"terms": [["a", 0, 7]], "at_most": 5, "over": {"x": 4}}]), (8,)
    ),
    "a price of nothing is no limit": Right(row(["a", 0, 5], at_most=0, over={}), (0,), {"a": 0, "b": 0}),
    # Sizes.
    "the largest numbers": Right(
        board(
            *(
                activity(str(n), option(LARGEST - 1, LARGEST, demand={"r": [LARGEST]}), unplaced={"x": LARGEST})
                for n in range(3)
            ),
            steps=LARGEST,
            resources={"r": {"capacity": [LARGEST]}},
        ),
        (3 * LARGEST,),
    ),
    "the least numbers": Right(
        board(
            activity("a", option(0, -LARGEST)),
            activity("b", option(0, -LARGEST)),
            lags=[{"before": "a", "after": "b", "min": -LARGEST, "max": LARGEST}],
            rows=[{"terms": [["a", 0, -LARGEST], ["b", 0, -LARGEST]], "at_most": -LARGEST}],
        ),
        (-2 * LARGEST,),
    ),
    "a price times an excess that no coefficient can hold": Right(
        board(activity("a", option(0)), rows=[{"terms": [["a", 0, LARGEST]], "at_most": 0, "over": {"x": LARGEST}}]),
        (LARGEST * LARGEST,),
    ),
    "ids of any kind": Right(
        board(activity("", option(0)), activity("å b.c[0]\n", option(1)), resources={"": {"capacity": []}}),
        (0,),
        {"": 0, "å b.c[0]\n": 1},
    ),
}


def solved(folder: Path, given: Json, *words: str) -> tuple[Outcome, Json]:
    (folder / "board.json").write_text(json.dumps(given))
    outcome = done("solve", folder / "board.json", "-o", folder / "solution.json", *words)
    return outcome, load(folder / "solution.json")


@each(RIGHT)
def test_board_gets_its_answer(name: str, tmp_path: Path) -> None:
    right = RIGHT[name]
    outcome, solution = solved(tmp_path, right.board, "--json")
    if right.values is None:
        assert solution["status"] == "infeasible", outcome
        assert outcome.json()["status"] == "infeasible"
        return
    assert solution["status"] == "optimal", outcome
    expected = [
        {"id": level, "value": value, "bound": value}
        for level, value in zip(right.board["levels"], right.values, strict=True)
    ]
    assert solution["levels"] == expected
    assert without_seconds(outcome.json()["levels"]) == expected
    assert judged(right.board, solution["options"]) == (
        dict(zip(right.board["levels"], right.values, strict=True)),
        [],
    )
    for one in right.board["activities"]:
        pick = solution["options"][one["id"]]
        assert solution["starts"][one["id"]] == (None if pick is None else one["options"][pick]["start"])
    assert solution["starts"].keys() == solution["options"].keys() == {a["id"] for a in right.board["activities"]}
    assert (right.starts or {}).items() <= solution["starts"].items()


def test_out_of_time_without_a_choice_is_unknown_and_exit_3(tmp_path: Path) -> None:
    random = Random(1)
    names = [f"a{k}" for k in range(40)]
    rows = []
    for _ in range(6):  # sums that must be met exactly: no engine finds them in a moment, nor proves that none exist
        numbers = [random.randrange(100) for _ in names]
        half = sum(numbers) // 2
        rows += [
            {"terms": [[name, 0, sign * n] for name, n in zip(names, numbers, strict=True)], "at_most": sign * half}
            for sign in (1, -1)
        ]
    given = board(*(activity(name, option(0), option(1)) for name in names), rows=rows)
    (tmp_path / "board.json").write_text(json.dumps(given))
    seen = arshjul("solve", tmp_path / "board.json", "-o", tmp_path / "solution.json", "--time-limit", "1", "--json")
    assert seen.code == 3, seen
    assert load(tmp_path / "solution.json")["status"] == seen.json()["status"] == "unknown"
    assert seen.json()["stopped_by"] == "limit"


HUGE_ROW = {"terms": [[name, k, LARGEST - k] for name in "abcde" for k in (0, 1)], "at_most": LARGEST}


def test_numbers_that_multiply_beyond_the_engines_are_refused_or_solved(tmp_path: Path) -> None:
    free = [activity(n, option(0, 1), option(1, 7), unplaced={"x": LARGEST}) for n in "abcde"]
    for number, price in enumerate((1, 2**15, 2**30, LARGEST)):
        few = [{"terms": [[n, 0, 3] for n in "abcde"], "at_most": 7}]
        given = board(*free, rows=[{**HUGE_ROW, "over": {"x": price}}, *few])
        (tmp_path / f"{number}.json").write_text(json.dumps(given))
        seen = arshjul("solve", tmp_path / f"{number}.json", "-o", tmp_path / f"s{number}.json")
        assert seen.code in {0, 2}, seen
        if seen.code == 2:
            assert any(word.isdecimal() and int(word) > LARGEST for word in seen.err.replace(":", " ").split()), seen
            assert not (tmp_path / f"s{number}.json").exists()
        else:
            solution = load(tmp_path / f"s{number}.json")
            values, broken = judged(given, solution["options"])
            assert ([level["value"] for level in solution["levels"]], broken) == ([values["x"]], [])


# Files that are no boards: exit 2, with the place, what was given and what would be right, and nothing written.


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
    "an unknown activity": ("lags.0.before", "firts", "lags[0].before", ('"firts"', '"first"')),
    "a start past the last step": ("activities.0.options.0.start", 3, START, ("3", "0", "2")),
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


def test_a_wrong_board_or_file_is_told_with_the_place_and_what_was_given(tmp_path: Path) -> None:
    for key, value, place, words in WRONG.values():
        seen = refused(tmp_path, json.dumps(changed(key, value)).encode())
        told = next(line for line in seen.err.splitlines() if line.startswith(" "))
        assert f" {place}:" in told, seen
        for word in words:
            assert word in told.partition(f"{place}:")[2], seen
    for file in ["none.json", "", "/dev/null", "/dev/zero"]:
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
