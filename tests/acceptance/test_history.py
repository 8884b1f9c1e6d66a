"""`history`: a year that learns from the one before it, and stands without it."""

import json
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from tests.acceptance.command import MARCH, TUTORIAL_AS_OF, arshjul, done
from tests.acceptance.conftest import SHOOTING, TUTORIAL


def a_year_before(text: str) -> str:
    return text.replace("2027", "2026").replace("2026-11", "2025-11").replace("2026-12", "2025-12")


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan folder of the tutorial's year as if it were the year before, with its shooting. Not to be changed."""
    root = tmp_path_factory.mktemp("earlier")
    scenario = copytree(TUTORIAL, root / "scenario")
    for file in scenario.glob("*.yaml"):
        file.write_text(a_year_before(file.read_text()))
    done("plan", scenario, "-o", root / "first", "--as-of", str(int(TUTORIAL_AS_OF[:4]) - 1) + TUTORIAL_AS_OF[4:])
    taken = scenario / SHOOTING.name
    done("replan", root / "first", "--withdrawals", taken, "--as-of", a_year_before(MARCH), "-o", root / "plan")
    return root / "plan"


def test_a_year_learns_from_the_one_before_and_stands_without_it(earlier: Path, tmp_path: Path) -> None:
    last, scenario = copytree(earlier, tmp_path / "last"), copytree(TUTORIAL, tmp_path / "scenario")
    (scenario / "learnt.yaml").write_text("history: [../last]\n")
    made = done("plan", scenario, "--as-of", TUTORIAL_AS_OF, "-o", tmp_path / "named")
    assert "bygger på en avbokning" in made.err
    assert f"{last} räknas till" in made.err
    assert "sista uppgiften" in made.err
    done("plan", TUTORIAL, "--as-of", TUTORIAL_AS_OF, "-o", tmp_path / "flagged", "--history", last)
    for name in ("scenario.json", "plan.json"):
        assert (tmp_path / "named" / name).read_bytes() == (tmp_path / "flagged" / name).read_bytes()
    edited = copytree(scenario, tmp_path / "edited")
    (edited / "learnt.yaml").write_text("history: [../last, ../named, {from: 2025-01-01, to: 2025-01-31}]\n")
    assert "och räknas inte" in done("check", edited).out
    own = ("replan", tmp_path / "named", "--scenario", edited, "--withdrawals", SHOOTING, "--as-of", MARCH)
    assert "tidigare års avbokningar" in done(*own, "-o", tmp_path / "own").err
    both = json.loads((tmp_path / "own" / "scenario.json").read_text())["history"]
    known = [("2026-02-01", a_year_before(MARCH)[:10]), ("2025-01-01", "2025-01-31")]
    assert [(one["from"], one["to"]) for one in both] == known, "in its own year nobody has watched"
    done("verify", tmp_path / "own")
    assert "bygger på en avbokning" in done("check", scenario).err
    rmtree(last)
    plan = tmp_path / "named"
    (log,) = json.loads((plan / "scenario.json").read_text())["history"]
    assert [one["cause"] for one in log["withdrawals"]] == ["shooting"]
    done("verify", plan)
    placed = json.loads((plan / "plan.json").read_text())["placements"]
    said = (done("explain", plan, one["operation"]).out for one in placed if one["police"])
    assert any("av tio (bygger på en avbokning" in text for text in said)
    done("replan", plan, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", tmp_path / "replanned")
    done("verify", tmp_path / "replanned")
    told = done("stress", plan, "--years", "2", "--as-of", TUTORIAL_AS_OF).out
    assert "2 år simulerade; bygger på en avbokning" in told
    assert "börjar oftare än i medeltal: " in told
    url = f"sqlite:///{tmp_path / 'year.db'}"
    done("import", tmp_path / "replanned", "--db", url)
    done("checkout", "--db", url, "-o", tmp_path / "out")
    assert (tmp_path / "out" / "scenario.json").read_bytes() == (plan / "scenario.json").read_bytes()
    gone = arshjul("check", scenario)
    assert gone.code == 2
    assert "learnt.yaml:1" in gone.err


def test_what_is_named_beside_the_scenario_is_judged(earlier: Path, tmp_path: Path) -> None:
    asked = ("plan", TUTORIAL, "--as-of", TUTORIAL_AS_OF, "-o", tmp_path / "plan")
    twice = arshjul(*asked, "--history", earlier, "--history", earlier)
    assert twice.code == 2
    assert f"--history {earlier}" in twice.err
    assert arshjul(*asked, "--history", TUTORIAL).code == 2
    assert arshjul(*asked, "--history", TUTORIAL / "plan.yaml").code == 2
    assert not (tmp_path / "plan").exists()


def test_a_year_that_goes_on_teaches_what_was_known(earlier: Path, tmp_path: Path) -> None:
    """Planned in the middle of the other year: what is to come of it, and what came later, is not known."""
    made = done("plan", TUTORIAL, "--as-of", "2026-02-10T08:00", "-o", tmp_path / "plan", "--history", earlier)
    (log,) = json.loads((tmp_path / "plan" / "scenario.json").read_text())["history"]
    assert (log["from"], log["to"], log["withdrawals"]) == ("2026-02-01", "2026-02-10", [])
    assert "0 avbokningar på 10 dagar; antaget 41 per år, blir 40" in made.err
