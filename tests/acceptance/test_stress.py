"""stress: a table for people, figures for programs, and what is refused."""

from pathlib import Path

from tests.acceptance.command import arshjul, contents, done

BEFORE = "2027-01-10T08:00"


def test_stress_counts_drawn_years(made_tutorial: Path) -> None:
    before = contents(made_tutorial)
    asked = ("stress", made_tutorial, "--years", "3", "--seed", "4", "--as-of", BEFORE)
    seen = done(*asked, "--json").json()
    assert contents(made_tutorial) == before
    assert done(*asked, "--json").json() == seen
    plan = seen["plans"]["as-is"]
    assert plan["answered"] == plan["proven"] > 0
    assert plan["held"]["low"] <= plan["held"]["mean"] <= plan["held"]["high"] <= plan["placed"]
    assert {one["cause"]: one["withdrawals"] for one in seen["rates"]}["shooting"] == 0
    said = done(*asked).out
    assert "3 år är dragna; bygger inte på några händelser: talen är antagna" in said
    assert "hålls på första datumet" in said


def test_stress_compares_on_the_same_years(made_tutorial: Path, made_march: Path) -> None:
    asked = ("stress", made_tutorial, "--years", "2", "--as-of", BEFORE, "--compare")
    seen = done(*asked, "--json").json()
    assert set(seen["plans"]) == {"as-is", "reserve-week", "risk-priced"}
    for name, above in seen["differences"].items():
        gained = seen["plans"][name]["points"]["mean"] - seen["plans"]["as-is"]["points"]["mean"]
        assert above["points"]["mean"] == gained
    assert "hållen i reserv" in done(*asked).out
    later = arshjul("stress", made_march, "--compare", "--as-of", "2027-04-01T08:00")
    assert later.code == 2
    assert "--compare" in later.err


def test_stress_refuses_what_cannot_be(made_tutorial: Path) -> None:
    late = arshjul("stress", made_tutorial, "--as-of", "2028-02-01T08:00")
    assert late.code == 2
    assert "--as-of" in late.err
    twice = arshjul("stress", made_tutorial, "--as-of", BEFORE, "--history", made_tutorial)
    assert twice.code == 2
    assert f"--history {made_tutorial}" in twice.err
    assert arshjul("stress", made_tutorial, "--choose", "all").code == 2
    assert arshjul("stress", made_tutorial, "--years", "1").code == 2
