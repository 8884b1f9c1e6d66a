"""A plan that the clock cut off: what is left out might yet fit, and whoever reads why it is left out is told so."""

import json
from pathlib import Path
from shutil import copytree

import pytest

from tests.acceptance.command import ROOT, TUTORIAL_AS_OF, done, load

TOLD = "Det är inte bevisat att det som är oplacerat måste vara det: med mer tid kan det få plats."

CUT = (
    "import arshjul.solver as s; from dataclasses import replace; whole = s.solve; "
    "cut = lambda level: replace(level, bound=level.value - 1, seconds=0.0, proved_by=()); "
    "s.solve = lambda *a, **k: (lambda d: replace(d, status='feasible', levels=["
    "cut(level) if level.id in {} else level for level in d.levels]))(whole(*a, **k)); "
)
"""A solve whose levels of these names the clock has cut off."""

CUT_WAYS = (
    "import arshjul.planning.replan.ways as w; from dataclasses import replace; whole = w._levels; "
    "w._levels = lambda plans: (*whole(plans)[:-1], replace(whole(plans)[-1], bound=0)); "
)
"""Ways whose last level, their quality, the clock has cut off."""


def planned(folder: Path, *words: str, prelude: str = "") -> str:
    tutorial = ROOT / "scenarios" / "tutorial"
    seen = done("plan", tutorial, "-o", folder, "--as-of", TUTORIAL_AS_OF, *words, prelude=prelude)
    return seen.out if words else seen.err


def test_terminal_and_page_say_that_what_is_left_out_might_fit(tmp_path: Path) -> None:
    said = planned(tmp_path / "plan", prelude=CUT.format(["points", "quality"]))
    assert said.index(TOLD) < said.index("OP-8 är oplacerad"), said
    page = (tmp_path / "plan" / "plan.html").read_text()
    assert page.index('id="left-out"') < page.index(TOLD) < page.index("<table", page.index('id="left-out"'))
    done("verify", tmp_path / "plan")


def test_where_the_quality_alone_is_open_a_better_plan_is_promised_and_no_place(tmp_path: Path) -> None:
    said = planned(tmp_path / "plan", prelude=CUT.format(["quality"]))
    assert TOLD not in said
    assert "En längre --time-limit kan ge en bättre plan." in said, said
    assert TOLD not in (tmp_path / "plan" / "plan.html").read_text()


def test_a_proven_plan_says_nothing_of_it(tmp_path: Path) -> None:
    assert "--time-limit" not in planned(tmp_path / "plan")
    assert "--time-limit" not in (tmp_path / "plan" / "plan.html").read_text()


def test_a_way_that_is_not_proven_says_what_more_time_may_give(made_tutorial: Path) -> None:
    shooting = ROOT / "scenarios" / "tutorial" / "withdrawals-example.yaml"
    asked = ("replan", made_tutorial, "--withdrawals", shooting, "--as-of", "2027-03-11T07:00", "--options-only")
    assert "--time-limit" not in done(*asked).out
    said = done(*asked, prelude=CUT_WAYS).out
    assert "Alla tre vägar har kommit fram till samma plan" in said, said
    assert "En längre --time-limit kan ge en bättre plan." in said, said


def test_seconds_are_told_of_proven_levels_alone(tmp_path: Path) -> None:
    said = planned(tmp_path / "plan", prelude=CUT.format(["points"]))
    musts, points, quality = said.splitlines()[:3]
    assert (musts.endswith(" s)"), points.endswith(" s)"), quality.endswith(" s)")) == (True, False, True)
    answer = json.loads(planned(tmp_path / "again", "--json", prelude=CUT.format(["points"])))
    assert [level["seconds"] is None for level in answer["levels"]] == [False, True, False]


@pytest.mark.parametrize("bound", [0, None])
def test_explain_says_it_of_a_plan_that_is_not_proven(made_tutorial: Path, tmp_path: Path, bound: int | None) -> None:
    folder = tmp_path / "plan"
    copytree(made_tutorial, folder)
    plan = load(folder / "plan.json")
    next(level for level in plan["levels"] if level["id"] == "points")["bound"] = bound
    (folder / "plan.json").write_text(json.dumps(plan | {"status": "feasible"}))
    assert TOLD in done("explain", folder, "OP-8").out
    assert TOLD not in done("explain", folder, "OP-1").out
    assert TOLD not in done("explain", made_tutorial, "OP-8").out


HASTY = "from arshjul.planning.places import reasons as r, standing_plan as s; r.LOOKS_PER_S = s.TRIES_PER_S = 0; "
"""No time is left for what explains the plan."""


def test_what_was_left_unexplained_is_told_everywhere(tmp_path: Path) -> None:
    said = planned(tmp_path / "plan", prelude=HASTY)
    assert "En insats till är oplacerad" in said, said
    assert "För 7 insatser har det inte räknats" in said, said
    (out,) = load(tmp_path / "plan" / "plan.json")["unplaced"]
    (reason,) = out["reasons"]
    assert (reason["rule"], reason["slots"]) == ("not-sought", 0)
    page = (tmp_path / "plan" / "plan.html").read_text()
    assert reason["text"] in page
    assert "För 7 insatser har det inte räknats" in page
    done("verify", tmp_path / "plan")
    assert reason["text"] not in done("explain", tmp_path / "plan", "OP-8").out
    answer = json.loads(planned(tmp_path / "again", "--json", prelude=HASTY))
    assert (answer["fall_backs"], answer["fall_backs_uncounted"]) == ({}, 7)
