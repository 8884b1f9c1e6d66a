"""The manual of board files tells the truth: its example is solved as it says, and its tables hold every key."""

import json
import re
from itertools import product
from pathlib import Path

import pytest

from arshjul.formats.board import keys as board_keys
from tests.acceptance.boards import judged
from tests.acceptance.command import ROOT, done, load

FOLDER = ROOT / "config" / "board"
MANUAL = (FOLDER / "README.md").read_text()
EXAMPLE = json.loads((FOLDER / "example.json").read_text())
PARTS = {
    "the board": board_keys.BOARD,
    "a resource": board_keys.RESOURCE,
    "an activity": board_keys.ACTIVITY,
    "an option": board_keys.OPTION,
    "a lag": board_keys.LAG,
    "a conflict": board_keys.CONFLICT,
    "a row": board_keys.ROW,
}


def table() -> dict[str, dict[str, tuple[bool, str]]]:
    """Per part and key: whether it is needed, and what it is said to be."""
    found: dict[str, dict[str, tuple[bool, str]]] = {}
    part = ""
    for line in MANUAL.split("## The solution")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("| ").split(" | ")] if line.startswith("| ") else []
        if line.startswith("| | "):
            cells = ["", *cells]
        if len(cells) < 4 or cells[1] == "key" or set(cells[0]) == {"-"}:
            continue
        part = cells[0] or part
        for key in re.findall(r"`(\w+)`", cells[1]):
            found.setdefault(part, {})[key] = (cells[2] == "yes", cells[3])
    return found


def test_every_key_is_explained_as_needed_or_not() -> None:
    told = table()
    assert set(told) == set(PARTS)
    for part, (needed, more) in PARTS.items():
        assert {key: is_needed for key, (is_needed, _) in told[part].items()} == {
            **dict.fromkeys(needed, True),
            **dict.fromkeys(more, False),
        }, part
        assert all(says for _, says in told[part].values()), part


@pytest.mark.parametrize("part", PARTS)
def test_example_has_every_key(part: str) -> None:
    activities = EXAMPLE["activities"]
    there = {
        "the board": [EXAMPLE],
        "a resource": EXAMPLE["resources"].values(),
        "an activity": activities,
        "an option": [option for activity in activities for option in activity["options"]],
        "a lag": EXAMPLE["lags"],
        "a conflict": EXAMPLE["conflicts"],
        "a row": EXAMPLE["rows"],
    }[part]
    assert {key for held in there for key in held} == {key for keys in PARTS[part] for key in keys}


def test_example_has_the_solution_that_is_shown_and_no_other(tmp_path: Path) -> None:
    shown = re.search(r"^```json\n(.*?)^```", MANUAL, re.M | re.S)
    assert shown is not None
    done("solve", FOLDER / "example.json", "-o", tmp_path / "solution.json")
    assert load(tmp_path / "solution.json") == json.loads(shown[1])
    ids = [activity["id"] for activity in EXAMPLE["activities"]]
    kept = []
    for picks in product([0, 1, None], repeat=len(ids)):
        values, broken = judged(EXAMPLE, dict(zip(ids, picks, strict=True)))
        if not broken:
            kept.append((list(values.values()), dict(zip(ids, picks, strict=True))))
    best = min(values for values, _ in kept)
    assert [options for values, options in kept if values == best] == [json.loads(shown[1])["options"]]


def test_keys_of_a_solution_are_those_that_are_explained(tmp_path: Path) -> None:
    explained = set(re.findall(r"^\| `(\w+)` \|", MANUAL.split("## The solution")[1], re.M))
    done("solve", FOLDER / "example.json", "-o", tmp_path / "solution.json")
    crowded = EXAMPLE | {"activities": [{"id": "a", "unplaced": None, "options": []}], "rows": [], "lags": []}
    (tmp_path / "crowded.json").write_text(json.dumps(crowded | {"conflicts": []}))
    done("solve", tmp_path / "crowded.json", "-o", tmp_path / "none.json", "--certify")
    assert set(load(tmp_path / "solution.json")) | set(load(tmp_path / "none.json")) == explained
