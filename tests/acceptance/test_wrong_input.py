"""Wrong scenarios: every problem at once, with place and kind, and nothing written."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import (
    Outcome,
    arshjul,
    copied,
    done,
    line_of,
    load,
    placements,
    slot,
    write,
)
from tests.acceptance.conftest import TUTORIAL
from tests.acceptance.small_year import (
    changes,
    operation,
    planned,
    replanned,
    withdrawal,
    year,
)

RIGHT = """\
plan: {name: Provstad 2027, from: 2027-03-01, to: 2027-04-30, timezone: Europe/Stockholm, language: sv}
shifts:
  - {id: day, name: Dag, start: "09:00", end: "15:00"}
  - {id: evening, name: Kväll, start: "16:00", end: "22:00"}
areas:
  - {id: city, name: City}
  - {id: norra, name: Norra, neighbours: [city]}
police:
  - id: lpo
    name: LPO
    kind: local
    areas: [city, norra]
    officers:
      - {weekdays: [mon, tue, wed, thu], officers: 4, designated: 1}
agencies:
  - id: miljo
    name: Miljö
    kind: municipal
    teams:
      - {teams: 2}
operations:
  - id: OP-1
    title: Först
    programme: akc
    lead_agency: miljo
    sector: restaurant
    area: city
    priority: 1
    officers: 2
    agencies: {miljo: 1}
  - id: OP-2
    title: Sedan
    programme: akc
    lead_agency: miljo
    sector: cleaning
    area: norra
    priority: 2
    officers: 2
    agencies: {miljo: 1}
    weekdays: [tue, wed]
    window: {from: 2027-03-08, to: 2027-04-20}
  - id: OP-3
    title: Sist
    programme: akc
    lead_agency: miljo
    sector: beauty
    area: norra
    priority: 3
    officers: 2
    agencies: {miljo: 1}
"""


SLIPS = {
    "shifts[0].start": ('start: "09:00"', "start: 12:30"),
    "operations[1].weekdays[1]": ("[tue, wed]", "[tue, ons]"),
    "operations[2].priority": ("priority: 3", "priority: 4"),
    "operations[1].agencies.miljoe": ("{miljo: 1}\n    weekdays", "{miljoe: 1}\n    weekdays"),
    "police[0].kind": ("kind: local", "kind: federal"),
}
"""Some of the mistakes of tests/year/formats/wrong.yaml, by their place: what is right, and what stands there."""


def checked(scenario: Path) -> tuple[Outcome, list[dict[str, Any]]]:
    seen = arshjul("check", scenario, "--json")
    assert seen.code == 2, seen
    answer = seen.json()
    for problem in answer["errors"]:
        assert {"file", "line", "path", "kind", "text"} <= set(problem), seen
        assert problem["text"], seen
        assert len(problem["text"]) < 500, seen
    return seen, answer["errors"]


def test_a_right_scenario_is_right_and_what_is_doubtful_in_it_a_warning(tmp_path: Path) -> None:
    scenario = write(tmp_path / "right", {"all.yaml": RIGHT})
    assert done("check", scenario, "--json").json()["errors"] == []
    text = RIGHT.replace("[tue, wed]", "[sat, sun]")
    answer = done("check", write(tmp_path / "right", {"all.yaml": text}), "--json").json()
    assert answer["errors"] == []
    (warning,) = answer["warnings"]
    assert (warning["file"], warning["path"], warning["kind"]) == ("all.yaml", "operations[1]", "no-slot")
    assert warning["line"] == line_of(text, "- id: OP-2")
    assert "OP-2" in warning["text"]
    text = RIGHT.replace("- {teams: 2}", "- {teams: 2}\n      - {from: 2027-04-01, to: 2027-04-05, teams: 3}")
    answer = done("check", write(tmp_path / "right", {"all.yaml": text}), "--json").json()
    assert answer["errors"] == []
    assert [(w["path"], w["line"]) for w in answer["warnings"]] == [
        ("agencies[0].teams[1]", line_of(text, "teams: 3}"))
    ]


def test_pin_that_breaks_a_rule_is_a_warning_and_stays_unplaced(tmp_path: Path) -> None:
    text = RIGHT.replace("priority: 3", "priority: 3\n    fixed: {date: 2027-03-06, shift: day}")
    scenario = write(tmp_path / "right", {"all.yaml": text})
    answer = done("check", scenario, "--json").json()
    assert answer["errors"] == []
    assert {warning["path"].split(".")[0] for warning in answer["warnings"]} == {"operations[2]"}
    done("plan", scenario, "-o", tmp_path / "out", "--as-of", "2027-01-04T09:00")
    plan = json.loads((tmp_path / "out" / "plan.json").read_text())
    assert [left["operation"] for left in plan["unplaced"]] == ["OP-3"]
    assert plan["levels"][0] == {"id": "musts", "value": 1, "bound": 1}  # a pin counts as must


def test_all_problems_are_listed_and_nothing_is_written(tmp_path: Path) -> None:
    text = RIGHT
    for old, new in SLIPS.values():
        text = text.replace(old, new)
    scenario = write(tmp_path / "wrong", {"all.yaml": text, "more.yaml": "rules: {lead_time_day: 3}\n"})
    seen, problems = checked(scenario)
    paths = {*SLIPS, "rules.lead_time_day"}
    assert {problem["path"] for problem in problems} == paths, seen
    (priority,) = [problem for problem in problems if problem["path"] == "operations[2].priority"]
    assert (priority["file"], priority["line"], priority["kind"]) == (
        "all.yaml",
        line_of(text, "priority: 4"),
        "bad-value",
    )
    for as_json in ((), ("--json",)):
        planned = arshjul("plan", scenario, "-o", tmp_path / "out", *as_json)
        assert planned.code == 2, planned
        for path in paths:
            assert path in planned.said, planned
    assert [entry.name for entry in tmp_path.iterdir()] == ["wrong"]


@pytest.mark.parametrize("command", [("check",), ("plan", "-o", "out"), ("dump", "-o", "board.json")])
def test_scenario_that_is_not_there(tmp_path: Path, command: tuple[str, ...]) -> None:
    for missing in (
        tmp_path / "none",
        write(tmp_path / "empty", {}),
        write(tmp_path, {"file.yaml": RIGHT}) / "file.yaml",
    ):
        seen = arshjul(command[0], missing, *command[1:], cwd=tmp_path)
        assert seen.code == 2, seen
        assert seen.err.strip(), seen
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "board.json").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("plan", "{scenario}"),
        ("plan", "{scenario}", "-o", "out", "--time-limit", "nan"),
        ("plan", "{scenario}", "-o", "out", "--time-limit", "-1"),
        ("plan", "{scenario}", "-o", "out", "--time-limit", "inf"),
        ("plan", "{scenario}", "-o", "out", "--time-limit", "1e300"),
        ("plan", "{scenario}", "-o", "out", "--seed", "99999999999"),
        ("plan", "{scenario}", "-o", "out", "--as-of", "yesterday"),
        ("plan", "{scenario}", "-o", "out", "--as-of", "2027-02-30T10:00"),
        ("plan", "{scenario}", "-o", "out", "--as-of", "0001-01-01T00:00"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2(tmp_path: Path, words: tuple[str, ...]) -> None:
    scenario = write(tmp_path / "right", {"all.yaml": RIGHT})
    seen = arshjul(*(word.format(scenario=scenario) for word in words), cwd=tmp_path)
    assert seen.code == 2, seen
    assert seen.err.strip()
    assert not (tmp_path / "out").exists()


# `check` reads the town's grounds.yaml: what is wrong in it, and which pairs of protection and ground it refuses.


GROUNDS = """\
protections:
  - {id: "17:1", name: 17 kap. 1 § OSL, chapter: 17, text: Planläggning av inspektion.}
  - {id: "27:1", name: 27 kap. 1 § OSL, chapter: 27, text: Beskattning.}
grounds:
  - {id: consent, name: 10 kap. 1 § OSL, text: Samtycke.,
     refuses: [{first: 15, last: 20, because: Det skyddar det allmänna.}]}
  - {id: duty, name: 10 kap. 28 § OSL, text: En lag säger det.}
"""


def folder(tmp_path: Path, text: str) -> Path:
    made = tmp_path / "town"
    if not made.exists():
        copied(TUTORIAL, made)
    (made / "grounds.yaml").write_text(text)
    return made


def test_every_refused_pair_is_said_in_words_and_what_is_wrong_in_the_list_with_its_place(tmp_path: Path) -> None:
    town = folder(tmp_path, GROUNDS)
    said = done("check", town, "--grounds").out
    assert (
        "10 kap. 1 § OSL kan inte användas för det som 17 kap. 1 § OSL skyddar: Det skyddar det allmänna. "
        "Inte uteslutna: 10 kap. 28 § OSL." in said
    )
    assert "27 kap. 1 §" not in said
    assert "10 kap. 1 § OSL kan inte" not in done("check", town).out
    assert done("check", town, "--json").json()["refused_grounds"] == [
        {"protects": "17:1", "ground": "consent", "because": "Det skyddar det allmänna.", "instead": ["duty"]}
    ]
    assert "refused_grounds" not in done("check", TUTORIAL, "--json").json()
    found = done("check", "scenarios/goteborg-2027", "--json").json()["refused_grounds"]
    assert {(one["protects"], one["ground"]) for one in found} >= {("17:1", "10:15a"), ("18:1", "consent")}
    assert all(one["because"] and one["instead"] for one in found)
    for old, new, place in [
        ("chapter: 17", "chapter: 170", (2, "protections[0].chapter")),
        ('id: "27:1"', 'id: "17:1"', (3, "protections[1].id")),
        ("first: 15, last: 20", "first: 20, last: 15", (6, "grounds[0].refuses[0].last")),
        ("because: Det skyddar det allmänna.", "", (6, "grounds[0].refuses[0].because")),
        ("text: En lag säger det.", "text: [x]", (7, "grounds[1].text")),
    ]:
        assert old in GROUNDS
        seen = arshjul("check", folder(tmp_path, GROUNDS.replace(old, new)), "--json")
        assert seen.code == 2
        (problem,) = seen.json()["errors"]
        assert (problem["file"], problem["line"], problem["path"]) == ("grounds.yaml", *place)
        assert problem["text"]
    of_both = GROUNDS.replace("text: En lag säger det.", "text: T, refuses: [{first: 1, last: 26, because: Nej.}]")
    found = done("check", folder(tmp_path, of_both), "--json").json()["warnings"]
    doubt = next(one for one in found if one["kind"] == "no-ground")
    assert (doubt["file"], doubt["line"], doubt["path"]) == ("grounds.yaml", 2, "protections[0].chapter")
    assert "ta bort skyddet" in doubt["text"]


# Repeats, targets, reserves, what goes without police, and what counts as evaluated: each by the letter.


AS_OF, LATER = "2027-03-15T09:00", "2027-03-16T09:00"


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OP-1 and OP-2 on two dates, and OP-1 goes without police."""
    tmp = tmp_path_factory.mktemp("without")
    before = planned(tmp, year([operation("OP-1", "2027-04-07", priority=3), operation("OP-2", "2027-04-21")]))
    return replanned(before, AS_OF, without_police=["OP-1"])


def test_what_goes_without_police_stands_as_pinned_whoever_withdraws(without: Path) -> None:
    (change,) = changes(without)["unit_changed"]
    assert (change["operation"], change["new"]) == ("OP-1", {"date": "2027-04-07", "shift": "day", "police": None})
    assert change["cause"] == {"kind": "asked", "id": "OP-1"}
    assert changes(without)["hit"] == ["OP-1"]
    after = replanned(without, LATER, withdrawals=[withdrawal("W-1", "2027-04-07")])
    assert changes(after)["hit"] == changes(after)["moved"] == changes(after)["unit_changed"] == []
    assert slot(placements(load(after / "plan.json"))["OP-1"]) == ("2027-04-07", "day", None)
