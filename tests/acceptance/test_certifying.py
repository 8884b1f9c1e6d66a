"""What `--certify` came to is told in words: which levels a second engine has confirmed, and which not in time."""

import json
from pathlib import Path

import pytest

from tests.acceptance.boards import activity, board, option
from tests.acceptance.command import TUTORIAL_AS_OF, Outcome, arshjul, done
from tests.acceptance.conftest import TUTORIAL

MUTE = "import arshjul.solver.certificate as w; w.SecondEngine.asked = lambda *_: 'unknown'; "
"""A second engine that settles nothing, as one whose time runs out."""

HALF = (
    "import arshjul.solver.certificate as w; asked = w.SecondEngine.asked; n = iter(range(99)); "
    "w.SecondEngine.asked = lambda *a: 'unknown' if next(n) else asked(*a); "
)
"""One whose time runs out after the first level."""

ENGLISH = {"ARSHJUL_LANGUAGE": "en"}

TWO = board(
    activity("a", option(0, demand={"r1": [1]}), unplaced={"dropped": 1}),
    activity("b", option(0, demand={"r1": [1]}), unplaced={"dropped": 1}),
    levels=["dropped", "late"],
    resources={"r1": {"capacity": [1]}},
)

ONCE = "Bevisat av en lösare, inte bekräftat av en andra"


def solved(folder: Path, *words: str, certify: bool = True, prelude: str = "", english: bool = False) -> Outcome:
    (folder / "board.json").write_text(json.dumps(TWO))
    files = (folder / "board.json", "-o", folder / "solution.json")
    switch = ["--certify"] if certify else []
    return done("solve", *files, *words, *switch, prelude=prelude, env=ENGLISH if english else None)


def planned(folder: Path, prelude: str = "") -> Outcome:
    return done("plan", TUTORIAL, "-o", folder / "plan", "--as-of", TUTORIAL_AS_OF, "--certify", prelude=prelude)


def test_solve_tells_that_every_level_is_confirmed(tmp_path: Path) -> None:
    seen = solved(tmp_path)
    assert "En andra lösare har bekräftat alla nivåer." in seen.err, seen
    assert "A second engine has confirmed every level." in solved(tmp_path, english=True).err


def test_solve_tells_that_no_level_is_confirmed_with_the_remedy(tmp_path: Path) -> None:
    seen = solved(tmp_path, prelude=MUTE)
    assert "bekräftat alla" not in seen.err, seen
    assert (
        "Bevisat av en lösare, inte bekräftat av en andra: dropped och late. Ge en längre --time-limit." in seen.err
    ), seen
    seen = solved(tmp_path, prelude=MUTE, english=True)
    assert "Proven by one engine, not confirmed by a second: dropped and late. Give a longer --time-limit." in seen.err


def test_solve_tells_which_levels_are_confirmed_and_which_not(tmp_path: Path) -> None:
    seen = solved(tmp_path, prelude=HALF)
    assert "En andra lösare har bekräftat: dropped." in seen.err, seen
    assert f"{ONCE}: late." in seen.err, seen


def test_that_the_certificate_is_begun_is_told(tmp_path: Path) -> None:
    told = "En andra lösare prövar bevisen, i högst 15 s."
    assert told in solved(tmp_path, "--time-limit", "15.2").err
    assert "lösare" not in solved(tmp_path, certify=False).said


def test_talk_leaves_json_alone(tmp_path: Path) -> None:
    seen = solved(tmp_path, "--json")
    assert [len(level["proved_by"]) for level in seen.json()["levels"]] == [2, 2]
    assert "bekräftat alla nivåer" in seen.err


@pytest.mark.parametrize(
    ("prelude", "told"),
    [("", "Två lösare har bevisat"), (MUTE, "Ingen lösare har bekräftat"), (HALF, "En lösare har bevisat")],
)
def test_that_there_is_no_solution_is_told_as_confirmed_or_not(tmp_path: Path, prelude: str, told: str) -> None:
    crowded = TWO | {"activities": [held | {"unplaced": None} for held in TWO["activities"]]}
    (tmp_path / "board.json").write_text(json.dumps(crowded))
    words = ("solve", tmp_path / "board.json", "-o", tmp_path / "solution.json", "--certify")
    seen = arshjul(*words, prelude=prelude)
    assert seen.code == 0, seen
    assert told in seen.err, seen


def test_plan_tells_what_is_confirmed_in_its_own_words(tmp_path: Path) -> None:
    seen = planned(tmp_path)
    assert "En andra lösare prövar bevisen" in seen.err, seen
    assert "En andra lösare har bekräftat alla nivåer." in seen.err, seen


def test_plan_tells_what_is_not_confirmed(tmp_path: Path) -> None:
    seen = planned(tmp_path, prelude=HALF)
    assert "En andra lösare har bekräftat: Måsten." in seen.err, seen
    assert f"{ONCE}: Prioritet och Kvalitet. Ge en längre --time-limit." in seen.err, seen
