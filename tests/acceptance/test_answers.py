"""Asking all parties: a replan as a proposal, their answers, and the replan round them. Written from what is wanted.

OP-1 loses its police on 16 March. The proposal moves it; whoever takes part is asked.

| who answers what | comes of it |
| --- | --- |
| all yes | it stands where the proposal has it, in all three options, though its date has come near since |
| one of them is only asked, or not asked | it is open: the options are those without answers |
| an agency that must come: no | it comes on another date |
| the unit: no | another unit at that slot, or another slot |
| an agency that would join: no | it joins no more; the operation stays |
| all yes, and the unit is withdrawn there since | the yes yields, and that is said |
"""

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import Outcome, arshjul, contents, done, load, placements

FIRST, LOST, LATER = "2027-01-04T09:00", "2027-03-01T08:00", "2027-03-04T08:00"
SCENARIO = """\
plan: {name: Fråga 2027, from: 2027-01-01, to: 2027-04-30, timezone: Europe/Stockholm, language: sv}
shifts:
  - {id: day, name: Dag, start: "09:00", end: "15:00"}
  - {id: evening, name: Kväll, start: "16:00", end: "22:00"}
areas: [{id: city, name: City}]
police:
  - {id: lpo, name: LPO City, kind: local, areas: [city], contact: Vakthavande, phone: "08-465 004 00",
     officers: [{weekdays: [tue], shift: day, officers: 4}]}
  - {id: border, name: Gränspolisen, kind: border, areas: [city], contact: Gruppchef,
     officers: [{from: 2027-03-18, to: 2027-03-18, shift: day, officers: 2},
                {from: 2027-03-23, to: 2027-03-23, shift: day, officers: 2}]}
agencies:
  - {id: miljo, name: Miljöförvaltningen, kind: municipal, contact: Samordnaren, phone: "031-390 06 00",
     teams: [{teams: 2}]}
  - {id: skatt, name: Skatteverket, kind: state, contact: Handläggare, teams: [{teams: 2}]}
  - {id: brand, name: Räddningstjänsten, kind: municipal, contact: Befäl, teams: [{teams: 2}]}
operations:
  - {id: OP-1, title: Krogen vid kanalen, programme: akc, lead_agency: miljo, sector: restaurant, area: city,
     officers: 2, agencies: {miljo: 1}, optional_agencies: {brand: 1}, window: {from: 2027-03-16, to: 2027-04-06},
     preferred: {from: 2027-03-16, to: 2027-03-19}}
  - {id: OP-2, title: Salongen, programme: akc, lead_agency: skatt, sector: beauty, area: city,
     officers: 2, agencies: {skatt: 1}, window: {from: 2027-03-23, to: 2027-03-23}}
rules: {freeze_days: 14, notice_days: 14}
objective: {prices: {kept-close: 0, guessable: 0}}
"""
WITHDRAWAL = "withdrawals: [{id: W-1, police: [lpo], from: 2027-03-16, to: 2027-03-16, officers_left: 0}]\n"


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`plan`, and `proposal`: the replan of it that moves OP-1, not to be changed."""
    folder = tmp_path_factory.mktemp("asked")
    (folder / "scenario").mkdir()
    (folder / "scenario" / "scenario.yaml").write_text(SCENARIO)
    (folder / "lost.yaml").write_text(WITHDRAWAL)
    done("plan", folder / "scenario", "-o", folder / "plan", "--as-of", FIRST)
    done("replan", folder / "plan", "--withdrawals", folder / "lost.yaml", "--as-of", LOST, "-o", folder / "proposal")
    return folder


def answered(*said: str) -> str:
    """A file of changes with these answers, each `OPERATION PARTY ANSWER`."""
    parts = (one.split() for one in said)
    entries = (f"{{operation: {id}, party: {party}, answer: {answer}}}" for id, party, answer in parts)
    return f"answers: [{', '.join(entries)}]\n"


def asked(year: Path, out: Path, changes: str, *more: str | Path, as_of: str = LATER) -> Outcome:
    (out.parent / "answers.yaml").write_text(changes)
    given = ("--changes", out.parent / "answers.yaml", "--proposal", year / "proposal", *more)
    return arshjul("replan", year / "plan", *given, "--as-of", as_of, "-o", out)


def options(seen: Outcome) -> list[dict[str, Any]]:
    found = seen.json()["options"]
    assert isinstance(found, list)
    assert [option["id"] for option in found] == ["fewest-changes", "balanced", "most-delivered"]
    assert all(level["value"] == level["bound"] for option in found for level in option["levels"])
    return found


def place(option: dict[str, Any], operation: str) -> tuple[str, str, str]:
    (found,) = (one for one in option["placements"] if one["operation"] == operation)
    return found["date"], found["shift"], found["police"]


ALL_YES = ("OP-1 miljo yes", "OP-1 brand yes", "OP-1 border yes")


def test_what_all_said_yes_to_is_held_near_as_it_is(year: Path, tmp_path: Path) -> None:
    # On 8 March the 18th is ten days ahead: less than freeze and notice ask for.
    seen = asked(year, tmp_path / "new", answered(*ALL_YES), "--json", as_of="2027-03-08T08:00")
    assert seen.code == 0, seen
    assert {place(option, "OP-1") for option in options(seen)} == {("2027-03-18", "day", "border")}
    assert seen.json()["yielded"] == []
    done("verify", tmp_path / "new")
    assert "Alla deltagare har sagt ja." in done("explain", tmp_path / "new", "OP-1").out
    plan = load(tmp_path / "new" / "plan.json")
    assert [one["id"] for one in plan["withdrawals"]] == ["W-1"]
    kept = [one for one in plan["changes"] if one["kind"] == "answers"]
    assert [(one["party"], one["answer"], one["revision"]) for one in kept] == [
        ("miljo", "yes", 2), ("brand", "yes", 2), ("border", "yes", 2),
    ]  # fmt: skip
    assert {(one["date"], one["shift"], one["police"]) for one in kept} == {("2027-03-18", "day", "border")}


def test_an_agency_that_must_come_and_says_no_is_spared_the_date(year: Path, tmp_path: Path) -> None:
    seen = asked(year, tmp_path / "new", answered("OP-1 miljo no"), "--json")
    assert all(place(option, "OP-1")[0] != "2027-03-18" for option in options(seen))
    done("verify", tmp_path / "new")
    said = done("explain", tmp_path / "new", "OP-1", "--date", "2027-03-18", "--as-of", LATER).out
    assert "Miljöförvaltningen har tackat nej till torsdag 18 mars 2027, Dag" in said
    # The no lasts: nothing brings it back there when the year goes on.
    back = "given_back: [{id: G-1, withdrawal: W-1}]\npinned: [{operation: OP-1, date: 2027-03-18, shift: day}]\n"
    (tmp_path / "back.yaml").write_text(back)
    later = done(
        "replan", tmp_path / "new", "--changes", tmp_path / "back.yaml", "--as-of", "2027-03-09T08:00",
        "-o", tmp_path / "later", "--json",
    )  # fmt: skip
    assert all("OP-1" not in {one["operation"] for one in option["placements"]} for option in options(later))


def test_where_it_cannot_be_held_the_yes_yields_and_that_is_said(year: Path, tmp_path: Path) -> None:
    gone = "withdrawals: [{id: W-2, police: [border], from: 2027-03-18, to: 2027-03-18, officers_left: 0}]\n"
    seen = asked(year, tmp_path / "new", answered(*ALL_YES) + gone)
    assert seen.code == 0, seen
    assert "OP-1" in seen.err
    assert "får flyttas" in seen.err
    plan = load(tmp_path / "new" / "plan.json")
    assert plan["base"]["yielded"] == ["OP-1"]
    assert placements(plan)["OP-1"]["date"] == "2027-03-23"
    assert "hade sagt ja till en annan tid" in done("explain", tmp_path / "new", "OP-1", "--as-of", LATER).out
    done("verify", tmp_path / "new")


def test_what_the_coordinator_says_goes_before_the_answers(year: Path, tmp_path: Path) -> None:
    pin = "pinned: [{operation: OP-1, date: 2027-03-30, shift: day}]\n"
    seen = asked(year, tmp_path / "new", answered(*ALL_YES) + pin, "--json")
    assert {place(option, "OP-1") for option in options(seen)} == {("2027-03-30", "day", "lpo")}
    done("verify", tmp_path / "new")


NEW = """\
operations:
  - {id: OP-3, title: Affären, programme: akc, lead_agency: skatt, sector: retail, area: city, officers: 2,
     agencies: {skatt: 1}, window: {from: 2027-03-30, to: 2027-04-06}}
"""


def test_what_a_proposal_newly_nominates_is_asked_about_and_kept(year: Path, tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text(NEW)
    done("replan", year / "plan", "--changes", tmp_path / "new.yaml", "--as-of", LOST, "-o", tmp_path / "proposal")
    there = placements(load(tmp_path / "proposal" / "plan.json"))["OP-3"]
    (tmp_path / "answers.yaml").write_text(answered("OP-3 skatt yes", "OP-3 lpo yes"))
    given = ("--changes", tmp_path / "answers.yaml", "--proposal", tmp_path / "proposal", "--as-of", "2027-03-22T08:00")
    done("replan", year / "plan", *given, "-o", tmp_path / "a")
    assert placements(load(tmp_path / "a" / "plan.json"))["OP-3"] == there
    # The file that nominates it may be given again: in one with the answers, since --changes is one file.
    (tmp_path / "answers.yaml").write_text(NEW + answered("OP-3 skatt yes", "OP-3 lpo no"))
    done("replan", year / "plan", *given, "-o", tmp_path / "b")
    assert "OP-3" not in placements(load(tmp_path / "b" / "plan.json"))
    for name in ("a", "b"):
        done("verify", tmp_path / name)
        assert [one["kind"] for one in load(tmp_path / name / "plan.json")["changes"]] == ["operations"] + 2 * [
            "answers"
        ]


def test_a_proposal_with_an_edited_scenario_wants_that_again(year: Path, tmp_path: Path) -> None:
    (tmp_path / "scenario").mkdir()
    edited = SCENARIO.replace("2027-03-16, to: 2027-04-06", "2027-03-17, to: 2027-04-06")
    (tmp_path / "scenario" / "scenario.yaml").write_text(edited)
    scenario = ("--scenario", tmp_path / "scenario")
    done("replan", year / "plan", *scenario, "--as-of", LOST, "-o", tmp_path / "proposal")
    assert placements(load(tmp_path / "proposal" / "plan.json"))["OP-1"]["date"] == "2027-03-18"
    (tmp_path / "answers.yaml").write_text(answered("OP-1 border no"))
    given = ("--changes", tmp_path / "answers.yaml", "--proposal", tmp_path / "proposal", "--as-of", LATER)
    seen = arshjul("replan", year / "plan", *given, "-o", tmp_path / "new")
    assert seen.code == 4, seen
    assert "--scenario" in seen.err
    assert not (tmp_path / "new").exists()
    done("replan", year / "plan", *given, *scenario, "-o", tmp_path / "new")
    assert placements(load(tmp_path / "new" / "plan.json"))["OP-1"]["date"] == "2027-03-23"
    done("verify", tmp_path / "new")


def test_the_log_tells_who_answered_what_and_the_morning_note_who_has_not(year: Path, tmp_path: Path) -> None:
    asked(year, tmp_path / "new", answered("OP-1 miljo yes", "OP-1 brand no", "OP-1 border asked"))
    told = done("log", tmp_path / "new").out
    assert "Miljöförvaltningen tackade ja till OP-1, torsdag 18 mars 2027, Dag." in told
    assert "Räddningstjänsten tackade nej till OP-1, torsdag 18 mars 2027, Dag." in told
    assert "Gränspolisen har tillfrågats om OP-1, torsdag 18 mars 2027, Dag." in told
    kept = done("log", tmp_path / "new", "--json").json()["changes"]
    assert [(one["kind"], one["answer"]) for one in kept] == [
        ("answers", "yes"),
        ("answers", "no"),
        ("answers", "asked"),
    ]
    asked(year, tmp_path / "new", answered("OP-1 miljo asked", "OP-1 brand yes", "OP-1 border asked"))
    found = done("today", tmp_path / "new", "--as-of", LATER, "--json").json()["unanswered"]
    slot = {"operation": "OP-1", "date": "2027-03-18", "shift": "day"}
    assert found == [
        {**slot, "party": "miljo", "contact": "Samordnaren", "phone": "031-390 06 00", "email": ""},
        {**slot, "party": "border", "contact": "Gruppchef", "phone": "", "email": ""},
    ]
    note = done("today", tmp_path / "new", "--as-of", LATER).out
    assert (
        "Svar från Miljöförvaltningen (Samordnaren, 031-390 06 00) om OP-1 (restaurant, City), torsdag 18 mars" in note
    )
    assert "Räddningstjänsten" not in note
    page = (tmp_path / "new" / "plan.html").read_text()
    assert "Gränspolisen har inte svarat om OP-1 (restaurant, City), torsdag 18 mars 2027 09:00–15:00." in page
    # What has begun is asked about no more.
    assert done("today", tmp_path / "new", "--as-of", "2027-03-18T10:00", "--json").json()["unanswered"] == []


def test_each_party_is_asked_what_its_own_calendar_may_say(year: Path) -> None:
    said = done("diff", year / "plan", year / "proposal", "--ask").out
    letters = dict(letter.split(":\n", 1) for letter in said.split("\n\n"))
    assert letters.keys() == {
        "Till Miljöförvaltningen (Samordnaren)", "Till Räddningstjänsten (Befäl)", "Till Gränspolisen (Gruppchef)",
    }  # fmt: skip
    new = "  OP-1 (restaurant, City): kan ni torsdag 18 mars 2027 09:00–15:00"
    why = "Det beror på att poliser drogs tillbaka."
    moved = f"{new}, i stället för tisdag 16 mars 2027 09:00–15:00? {why}"
    assert letters["Till Miljöförvaltningen (Samordnaren)"].strip("\n") == f"{moved} Ni leder den, med ett lag."
    free = "Ni är frivilliga, med ett lag: insatsen genomförs även utan er."
    assert letters["Till Räddningstjänsten (Befäl)"].strip("\n") == f"{moved} {free}"
    # The unit is new to it: where it was, and with whom, is no matter of its; why it is wanted, its calendar will say.
    assert letters["Till Gränspolisen (Gruppchef)"].strip("\n") == f"{new}? {why} Ni bemannar den med 2 poliser."
    assert "Krogen" not in said


def test_who_was_asked_comes_as_a_file_of_changes(year: Path, tmp_path: Path) -> None:
    file = done("diff", year / "plan", year / "proposal", "--ask", "--json").out
    seen = asked(year, tmp_path / "new", file)
    assert seen.code == 0, seen
    found = done("today", tmp_path / "new", "--as-of", LATER, "--json").json()["unanswered"]
    assert [one["party"] for one in found] == ["miljo", "brand", "border"]


BAD: dict[str, tuple[str, int, str]] = {
    "party without a part": ("answers: [{operation: OP-1, party: skatt, answer: yes}]", 4, "answers.yaml:1"),
    "operation that stays": ("answers: [{operation: OP-2, party: skatt, answer: yes}]", 4, "OP-2"),
    "another date than is asked about": (
        "answers: [{operation: OP-1, party: miljo, answer: yes, date: 2027-03-30, shift: day}]",
        4,
        "answers.yaml:1",
    ),
    "another unit than is asked about": (
        "answers: [{operation: OP-1, party: miljo, answer: yes, police: lpo}]",
        4,
        "answers.yaml:1",
    ),
    "who joins": (
        "answers: [{operation: OP-1, party: miljo, answer: yes, optional_agencies: [brand]}]",
        2,
        "optional_agencies",
    ),
}


def test_wrong_answers_and_answers_without_a_proposal_are_refused_and_nothing_is_written(
    year: Path, tmp_path: Path
) -> None:
    for changes, code, word in BAD.values():
        before = contents(year)
        seen = asked(year, tmp_path / "new", changes)
        assert seen.code == code, seen
        assert word in seen.err, seen
        assert contents(year) == before
        assert not (tmp_path / "new").exists()
    (tmp_path / "answers.yaml").write_text(answered(*ALL_YES))
    seen = arshjul(
        "replan", year / "plan", "--changes", tmp_path / "answers.yaml", "--as-of", LATER, "-o", tmp_path / "new"
    )
    assert seen.code == 4, seen
    assert "--proposal" in seen.err
    assert not (tmp_path / "new").exists()


def test_a_proposal_of_another_plan_or_version_is_refused(year: Path, made_march: Path, tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").write_text(answered(*ALL_YES))
    given = ("--changes", tmp_path / "answers.yaml", "--as-of", LATER, "-o", tmp_path / "new")
    for base, proposal in (
        (year / "plan", year / "plan"),  # no replan of it
        (year / "proposal", year / "proposal"),  # of the version before
        (year / "plan", made_march),  # another plan
    ):
        seen = arshjul("replan", base, "--proposal", proposal, *given)
        assert seen.code == 4, seen
    seen = arshjul("replan", year / "plan", "--proposal", tmp_path / "none", *given)
    assert seen.code == 2, seen
    early = asked(year, tmp_path / "new", answered(*ALL_YES), as_of="2027-02-26T08:00")
    assert early.code == 2, early
    assert not (tmp_path / "new").exists()
