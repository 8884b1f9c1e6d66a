"""Programmes and their owners, who read and are told of all that is done for them; and standing meetings."""

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.calendars import Event, events
from tests.acceptance.command import arshjul, done, load, placements, searched, slot
from tests.acceptance.small_year import (
    agency,
    calendar,
    changes,
    event,
    operation,
    planned,
    replanned,
    withdrawal,
    written,
    year,
)

AKC = {"name": "AKC", "owner": "akc-vast", "purpose": "Mot arbetslivskriminalitet"}
CENTRE = {"id": "akc-vast", "name": "AKC-väst", "kind": "state", "teams": "none"}
TITLES = ("Pizzerian vid torget", "Garaget i hamnen", "Svartbygget")
SITE = {"ref": "2027-0815", "name": "Kanariefågeln AB", "address": "Hemliga gatan 7"}


def town(*more: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Two operations of AKC, which AKC-väst owns, and one of GVI, a programme that is a word alone."""
    both = {"miljo": 1, "skatt": 1}
    operations = [
        operation("OP-1", "2027-03-11", title=TITLES[0], agencies=both, sites=[SITE], meet={"place": "Torget"}),
        operation("OP-2", "2027-03-16", title=TITLES[1], programme="gvi", sites=[SITE]),
        operation("OP-3", "2027-03-18", title=TITLES[2], agencies=both, share={"participants": False}),
        *more,
    ]
    usual = {
        "agencies": [agency("miljo"), agency("skatt"), agency("tillstand"), CENTRE],
        "names": {"restaurant": "Restaurang", "gvi": "GVI"},
        "programmes": {"akc": AKC},
    }
    return year(operations, **{**usual, **changed})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town's plan, not to be changed."""
    return planned(tmp_path_factory.mktemp("programmes"), town())


def lines(folder: Path, party: str, id: str = "OP-1") -> list[str]:
    found = event(folder, party, id)
    assert found is not None
    return found["DESCRIPTION"].replace("\\,", ",").split("\\n")


def test_another_owner_is_taken_over_and_hits_nobody(folder: Path) -> None:
    new = town(programmes={"akc": {**AKC, "owner": "tillstand"}})
    new["operations"][0]["proposed_by"] = "lpo-city"
    after = replanned(folder, "2027-02-01T09:00", scenario=new)
    assert load(folder / "plan.json")["placements"] == load(after / "plan.json")["placements"]
    found = changes(after)
    assert (found["hit"], found["moved"], found["dropped"]) == ([], [], [])
    both = ["OP-1", "OP-3"]
    assert {one["party"]: one["operations"] for one in found["tell"]} == {"akc-vast": both, "tillstand": both}
    assert load(after / "scenario.json")["operations"][0]["proposed_by"] == "lpo-city"
    assert lines(after, "tillstand")[0].startswith("Ni äger dess program nu")
    gone = calendar(after, "akc-vast")["OP-1"]
    assert (gone["STATUS"], gone["SUMMARY"][:8]) == ("CANCELLED", "UTAN ER:")
    assert "av Tillståndsenheten" in lines(after, "lpo-city")[-3]
    assert "Tillståndsenheten äger nu AKC." in done("diff", folder, after).out
    done("verify", after)


def test_owner_is_told_when_an_operation_of_its_programme_changes(folder: Path) -> None:
    """Police fall away on the dates of OP-1 (AKC) and OP-2 (GVI): both are hit, and one is the owner's."""
    later = replanned(
        folder,
        "2027-02-01T09:00",
        withdrawals=[withdrawal("W-1", "2027-03-11"), withdrawal("W-2", "2027-03-16")],
    )
    assert set(changes(later)["hit"]) == {"OP-1", "OP-2"}
    told = {tell["party"]: tell["operations"] for tell in changes(later)["tell"]}
    assert told["akc-vast"] == ["OP-1"]
    before, after = event(folder, "akc-vast"), event(later, "akc-vast")
    assert before is not None
    assert after is not None
    assert after.when != before.when
    assert after.sequence == before.sequence + 1
    assert after["DESCRIPTION"].startswith("Flyttad från torsdag 11 mars 2027")
    assert "TRANSP:TRANSPARENT" in (later / "feeds/agency-akc-vast.ics").read_text()
    assert "Till AKC-väst" in done("diff", folder, later).out
    assert event(later, "akc-vast", "OP-2") is None


def owned_by_tillstand() -> dict[str, Any]:
    """Tillståndsenheten owns AKC, and joins OP-4 if it can: it can on 11 March, and on no day of April."""
    absent = {"from": "2027-04-01", "to": "2027-04-30", "teams": 0}
    joins = operation("OP-4", "2027-03-11", optional_agencies={"tillstand": 1, "skatt": 1})
    away = operation("OP-5", "2027-04-13", optional_agencies={"tillstand": 1})
    teams = [{"shift": "day", "teams": 3}, absent]
    return year(
        [joins, away],
        agencies=[agency("miljo"), agency("skatt"), agency("tillstand", teams=teams)],
        names={"restaurant": "Restaurang"},
        programmes={"akc": {"name": "AKC", "owner": "tillstand"}},
    )


def test_owner_whose_own_team_no_longer_joins_is_not_told_that_it_goes_without_it(tmp_path: Path) -> None:
    """OP-4 moves to April, where its owner has no team: the owner reads that it moved, and where to."""
    folder = planned(tmp_path, owned_by_tillstand())
    pin = {"operation": "OP-4", "date": "2027-04-14", "shift": "day"}
    later = replanned(folder, "2027-02-01T09:00", pinned=[pin])
    placed = placements(load(later / "plan.json"))["OP-4"]
    assert slot(placed) == ("2027-04-14", "day", "lpo-city")
    assert "tillstand" not in placed["optional_agencies"]
    told = event(later, "tillstand", "OP-4")
    assert told is not None
    assert told["STATUS"] != "CANCELLED"
    assert "utan er" not in (told["SUMMARY"] + told["DESCRIPTION"]).lower()
    assert any(when.endswith("20270414T090000") for when in told.when)


def test_owner_has_a_workbook_and_an_address_of_its_own(folder: Path, tmp_path: Path) -> None:
    done("workbook", folder, "--party", "akc-vast", "-o", tmp_path / "akc.xlsx")
    packed = b"".join(searched(tmp_path).values()).decode(errors="replace")
    assert "OP-1" in packed
    assert "OP-2" not in packed
    assert not [word for word in (*TITLES, *SITE.values()) if word in packed]
    db = tmp_path / "arshjul.db"
    done("publish", folder, "--rehearsal", "--reason", "Prov", "--db", db)
    given = done("subscribe", "akc-vast", "--db", db, "--label", "Centret", "--json")
    assert given.json()["party"] == "agency-akc-vast"


# Standing meetings, and milestones that are dealt with at them: one entry a week in place of six an operation.


WEEKLY = {
    "id": "weekly",
    "name": "Planeringsmöte AKC",
    "every": {"weekday": "tue", "at": "10:00", "weeks": "odd", "from": "2027-03-01", "to": "2027-04-30"},
    "minutes": 60,
    "parties": ["miljo", "skatt", "lpo-city"],
}
"""Odd weeks from Monday 1 March, week 9: 2, 16 and 30 March, 13 and 27 April; 30 March is closed."""
HELD = ["20270302", "20270316", "20270413", "20270427"]
SHEET = {"id": "information-sheet", "name": "Informationsblad", "days_before": 28, "at": "weekly"}


def town_with_meetings(*operations: dict[str, Any], **changed: Any) -> dict[str, Any]:
    usual = {
        "calendar": {"closed_weekdays": ["sat", "sun"], "closed": ["2027-03-30"]},
        "cycle": {"meetings": [WEEKLY], "milestones": [SHEET]},
    }
    return year(operations, **{**usual, **changed})


def with_meeting(**changed: Any) -> dict[str, Any]:
    """A year of one operation and one standing meeting."""
    return town_with_meetings(operation("OP-1", "2027-03-11"), cycle={"meetings": [{**WEEKLY, **changed}]})


def read(folder: Path, name: str) -> dict[str, Event]:
    """A calendar's events by the part of their UID before the plan's name; nothing where there is none, or a note."""
    file = folder / "feeds" / f"{name}.ics"
    found = events(file) if file.exists() else {}
    return {uid.partition("@")[0]: held for uid, held in found.items() if not uid.startswith("note@")}


def meetings(folder: Path, name: str, id: str = "weekly") -> dict[str, Event]:
    """The dates of a meeting in a calendar, as YYYYMMDD."""
    start = f"meeting.{id}."
    return {uid.removeprefix(start): held for uid, held in read(folder, name).items() if uid.startswith(start)}


def test_year_that_no_calendar_has_is_an_error_at_its_place(tmp_path: Path) -> None:
    scenario = with_meeting(every={"weekday": "tue", "to": "9999-12-31"})
    answer = arshjul("check", written(tmp_path / "scenario", scenario), "--json")
    assert answer.code == 2
    assert [held["path"] for held in answer.json()["errors"]] == ["cycle.meetings[0].every.to"]


def test_meetings_that_were_held_stay_and_no_others_come_before_today(tmp_path: Path) -> None:
    """The meeting goes from Tuesdays to Thursdays after 2 and 16 March: 4 and 18 March never were."""
    scenario = with_meeting()
    folder = planned(tmp_path, scenario)
    scenario["cycle"]["meetings"][0]["every"] = {**WEEKLY["every"], "weekday": "thu"}  # type: ignore[dict-item]
    now = replanned(folder, "2027-03-19T09:00", scenario=scenario)
    for name in ("coordinator", "agency-miljo", "police-lpo-city"):
        there = meetings(now, name)
        assert [day for day in there if day < "20270319"] == HELD[:2]
        assert {"20270401", "20270415", "20270429"} <= there.keys()
