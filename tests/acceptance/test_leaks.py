"""leaks, from the outside: sentences and figures that agree, the same twice, and nothing secret in them."""

import json
from pathlib import Path

import pytest

from tests.acceptance.command import arshjul, contents, done
from tests.acceptance.small_year import operation, planned, year


@pytest.fixture(scope="module")
def steady(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan with City's restaurants every second Tuesday, by pins."""
    folder = tmp_path_factory.mktemp("steady")
    days = ["2027-01-12", "2027-01-26", "2027-02-09", "2027-02-23", "2027-03-09", "2027-03-23", "2027-04-06"]
    days += ["2027-04-20", "2027-05-04", "2027-05-18", "2027-06-01", "2027-06-15", "2027-06-29", "2027-07-13"]
    made = year(operation(f"OP-{n}", day) for n, day in enumerate(days, 1))
    return planned(folder, made)


def test_a_habit_is_told_with_its_dates(steady: Path) -> None:
    before = contents(steady)
    asked = ("leaks", steady, "--party", "miljo", "--years", "3")
    first, again = done(*asked, "--json"), done(*asked, "--json")
    assert first.out == again.out
    found = first.json()
    assert [(one["party"], one["level"]) for one in found["calendars"]] == [
        ("agency-miljo", "full"), ("agency-miljo", "area"), ("agency-miljo", "busy"), ("public", "busy"),
    ]  # fmt: skip
    own = found["calendars"][0]
    assert (own["operations"], own["guessed"], own["beyond_luck"]) == (14, 13, True)
    assert own["date"]["named"] >= 9
    assert own["date"]["knowing_nothing"] <= 3
    assert own["bits"] > 3 and len(own["drawn_bits"]) == 3
    most = own["most"][0]
    assert most["named"] and most["chance"] > 0.8 and most["because"]["days_since_the_last"]
    said = done(*asked).out
    assert "Miljöförvaltningen (allt): av 14 insatser 13 att gissa" in said
    assert f"rätt datum för {own['date']['named']}" in said
    assert "lika långt efter den förra" in said
    assert contents(steady) == before


def test_all_parties_are_told_and_no_secret(made_tutorial: Path) -> None:
    scenario = json.loads((made_tutorial / "scenario.json").read_text())
    found = done("leaks", made_tutorial, "--years", "1", "--json").json()
    ids = [one["id"] for one in (*scenario["agencies"], *scenario["police"])]
    assert [one["party"].partition("-")[2] for one in found["calendars"] if "-" in one["party"]] == ids
    said = done("leaks", made_tutorial, "--years", "1").said + json.dumps(found, ensure_ascii=False)
    sites = [site for one in scenario["operations"] for site in one.get("sites", ())]
    secrets = {word for site in sites for word in site.values() if len(word) > 4}
    assert secrets and not [word for word in secrets if word in said]


def test_other_prices_of_patterns_are_tried_on_a_first_plan_alone(steady: Path, made_march: Path) -> None:
    found = done("leaks", steady, "--party", "miljo", "--level", "area", "--years", "0", "--compare", "--json").json()
    assert [one["price"] for one in found["guessable"]["remade"]] == [0, 10]
    assert all(one["proven"] and one["operations"] == 14 for one in found["guessable"]["remade"])
    assert found["calendars"][0]["drawn_bits"] == []
    refused = arshjul("leaks", made_march, "--compare")
    assert refused.code == 2 and "--compare" in refused.err


@pytest.mark.parametrize(("option", "given"), [("--party", "nobody"), ("--level", "everything")])
def test_what_there_is_none_of_is_said(made_tutorial: Path, option: str, given: str) -> None:
    refused = arshjul("leaks", made_tutorial, option, given)
    assert refused.code == 2 and given in refused.err


def test_a_folder_or_a_database_is_named() -> None:
    assert arshjul("leaks").code == 2


def test_what_is_published_is_guessed_too(made_tutorial: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'ar.db'}"
    done("publish", made_tutorial, "--reason", "First", "--rehearsal", "--db", url)
    asked = ("--years", "1", "--json")
    of_folder, of_database = (done("leaks", *of, *asked).json() for of in ((made_tutorial,), ("--db", url)))
    assert of_folder == of_database
