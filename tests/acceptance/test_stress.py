"""stress: a table for people, figures for programs, and what is refused."""

import json
from hashlib import sha256
from pathlib import Path
from shutil import copytree

from tests.acceptance.command import arshjul, contents, done

BEFORE = "2027-01-10T08:00"


def test_stress_counts_drawn_years(made_tutorial: Path, tmp_path: Path) -> None:
    folder = copytree(made_tutorial, tmp_path / "plan")
    before = contents(folder)
    asked = ("stress", folder, "--years", "3", "--seed", "4", "--as-of", BEFORE)
    seen = done(*asked, "--json").json()
    plan = seen["outcome"]
    assert plan["answered"] == plan["proven"] > 0
    assert plan["held"]["low"] <= plan["held"]["mean"] <= plan["held"]["high"] <= plan["placed"]
    assert {one["cause"]: one["withdrawals"] for one in seen["rates"]}["shooting"] == 0
    after = contents(folder)
    assert {name for name in after if after[name] != before.get(name)} == {"stress.json", "plan.html"}
    kept = json.loads((folder / "stress.json").read_text())
    assert kept["plan"] == sha256((folder / "plan.json").read_bytes()).hexdigest()
    assert {key: kept[key] for key in seen if key != "rates"} == {key: seen[key] for key in seen if key != "rates"}
    sites = [site for load in json.loads(before["scenario.json"])["operations"] for site in load.get("sites", ())]
    secrets = {word for site in sites for word in site.values() if len(word) > 4}
    assert secrets
    assert not [word for word in secrets if word.encode() in after["stress.json"] + after["plan.html"]]
    shown = done(*asked)
    assert "Färre än 10 år" in shown.err
    said = shown.out
    assert contents(folder) == after
    assert "3 år simulerade; bygger bara på antaganden:" in said
    assert "hålls på första datumet" in said
    assert "varsel 11,5 dagar" in said
    assert "276" not in said
    assert "i procent av åren" in said
    points = plan["points"]["mean"]
    assert f"placerade prioritetspoäng vid årets slut: {points:.1f}".replace(".", ",") in said


def test_figures_are_shown_beside_their_own_plan_alone(made_tutorial: Path, tmp_path: Path) -> None:
    folder = copytree(made_tutorial, tmp_path / "plan")
    done("stress", folder, "--years", "2", "--as-of", BEFORE)
    page, figures = folder / "plan.html", folder / "stress.json"
    shown = page.read_bytes()
    assert 'id="stressed"' in shown.decode()
    done("wheel", folder)
    assert page.read_bytes() == shown
    kept = figures.read_text()
    figures.write_text(kept.replace('"plan": "', '"plan": "0'))
    done("wheel", folder)
    assert 'id="stressed"' not in page.read_text()
    figures.write_text(kept.replace('"years": 2', '"years": "two"'))
    wrong = arshjul("wheel", folder)
    assert wrong.code == 2
    assert "arshjul stress" in wrong.err


def test_stress_refuses_what_cannot_be(made_tutorial: Path, made_march: Path) -> None:
    late = arshjul("stress", made_tutorial, "--as-of", "2028-02-01T08:00")
    assert late.code == 2
    assert "--as-of" in late.err
    twice = arshjul("stress", made_march, "--history", made_march)
    assert twice.code == 2
    assert f"--history {made_march}" in twice.err
    assert arshjul("stress", made_tutorial, "--choose", "all").code == 2
    assert arshjul("stress", made_tutorial, "--executor", "dask://nowhere").code == 2
    assert arshjul("stress", made_tutorial, "--years", "1").code == 2
