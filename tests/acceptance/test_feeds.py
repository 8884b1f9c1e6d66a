"""What the feeds of a plan say, and how they go on from what they said (docs/formats.md#feeds)."""

import json
import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.calendars import MILESTONES, Event, events, feeds, milestone, unfolded, utc
from tests.acceptance.command import arshjul, contents, copied, done, load, placements, searched, slot
from tests.acceptance.conftest import SHOOTING
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
from tests.bench.service.feeds import Folder, lived
from tests.feedcheck import feedcheck, with_feedcheck

NAME = "exempelstad-varen-2027.arshjul"

BOTH = "lpo-exempelstad, granspolisen"
NEXT: list[tuple[str, str, str]] = [
    ("unit", "2027-03-16T09:30", "police: [granspolisen], from: 2027-04-22, to: 2027-04-22, cause: match"),
    ("moved", "2027-03-19T10:00", "police: [lpo-exempelstad], from: 2027-03-22, to: 2027-04-02, cause: special-event"),
    ("dropped", "2027-03-20T08:00", f"police: [{BOTH}], from: 2027-03-20, to: 2027-04-30, cause: special-event"),
]


@pytest.fixture(scope="module")
def life(made_tutorial: Path, made_march: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """A plan and four replans in a row, each from the one before."""
    home = tmp_path_factory.mktemp("life")
    folders = [made_tutorial, made_march]
    for name, as_of, entry in NEXT:
        (home / "w.yaml").write_text(f'withdrawals: [{{id: W-{name}, reported: "{as_of}", {entry}}}]\n')
        done("replan", folders[-1], "--withdrawals", home / "w.yaml", "--as-of", as_of, "-o", home / name)
        folders.append(home / name)
    return folders


def test_this_life_has_every_kind_of_change(life: list[Path]) -> None:
    moved, unit, away, dropped = (load(folder / "changes.json") for folder in life[1:])
    assert moved["moved"]
    assert unit["unit_changed"]
    assert away["moved"] or away["dropped"]
    assert dropped["dropped"]
    for folder in life:
        done("verify", folder)


def test_every_feed_is_well_formed(life: list[Path]) -> None:
    for folder in life:
        for file in (folder / "feeds").iterdir():
            raw = file.read_bytes()
            assert raw.startswith(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
            assert raw.endswith(b"END:VCALENDAR\r\n")
            assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")
            assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
            assert raw.count(b"BEGIN:VTIMEZONE") == 1
            zone = raw.split(b"BEGIN:VTIMEZONE")[1].split(b"END:VTIMEZONE")[0]
            assert zone.count(b"RRULE:") == 2
            assert b"RDATE" not in zone
            names = {re.split("[:;]", line)[0] for line in unfolded(raw)}
            assert not names & {"METHOD", "ORGANIZER", "ATTENDEE", "RDATE", "EXDATE", "URL"}
            assert b"VALARM" not in raw
            assert {
                "NAME",
                "X-WR-CALNAME",
                "X-WR-TIMEZONE",
                "REFRESH-INTERVAL",
                "X-PUBLISHED-TTL",
                "PRODID",
                "CALSCALE",
            } <= names
            found = events(raw)
            assert found  # never empty
            assert list(found) == sorted(found)
            for told in found.values():
                assert told["CLASS"] == "CONFIDENTIAL"
                assert told["DTSTAMP"] == told["LAST-MODIFIED"]
                assert told["STATUS"] in {"CONFIRMED", "TENTATIVE", "CANCELLED"}
                assert (told["STATUS"] == "CANCELLED") == told["SUMMARY"].startswith(("INSTÄLLD: ", "UTAN ER: "))
                assert "RRULE" not in told.properties
                if "VALUE=DATE" in told.when[0] or told["STATUS"] == "CANCELLED":
                    assert told["TRANSP"] == "TRANSPARENT"


def test_uids_name_operation_milestone_or_meeting_and_never_a_slot(life: list[Path]) -> None:
    shape = re.compile(
        rf"(OP-\d(\.({'|'.join(MILESTONES)}))?|meeting\.network-meeting\.20270317|note)@{re.escape(NAME)}"
    )
    for folder in life:
        for found in feeds(folder).values():
            for uid in found:
                assert shape.fullmatch(uid), uid


def test_feeds_and_the_wheel_written_anew_are_the_same_bytes(march: Path, made_march: Path) -> None:
    done("feeds", march)
    assert contents(march) == contents(made_march)
    (march / "feeds" / "coordinator.ics").unlink()
    (march / "feeds" / "agency-miljo.ics").write_bytes(b"edited")
    done("feeds", march)
    assert contents(march) == contents(made_march)
    # `wheel FOLDER` writes it anew; so it needs nothing but what the folder holds.
    (march / "wheel.svg").unlink()
    (march / "plan.html").write_text("")
    done("wheel", march)
    assert contents(march) == contents(made_march)


@with_feedcheck
def test_year_around_summer_time_and_iso_week_53_goes_to_feeds(tmp_path: Path) -> None:
    scenario = Path(__file__).parent / "scenarios" / "summer-time-nights" / "scenario"
    done("plan", scenario, "-o", tmp_path / "out", "--as-of", "2026-11-01T09:00")
    check_all(tmp_path / "out" / "feeds", "2026-11-02")


@with_feedcheck
def test_feedcheck_finds_nothing_in_any_feed(life: list[Path]) -> None:
    folder = life[4]
    as_of = date.fromisoformat(load(folder / "plan.json")["as_of"][:10])
    check_all(folder / "feeds", str(as_of + timedelta(days=1)))


def check_all(feeds: Path, now: str) -> None:
    assert feedcheck(
        *(("check", file, "--clients", "none", "--strict", "--now", now) for file in sorted(feeds.iterdir()))
    )


def uids_of_changes(after: Path) -> dict[str, list[str]]:
    """What changes.json says, as what the coordinator's calendar must show."""
    changes: dict[str, list[dict[str, Any]]] = load(after / "changes.json")
    as_of = date.fromisoformat(load(after / "plan.json")["as_of"][:10])
    told: dict[str, list[str]] = {"moved": [], "cancelled": [], "new": []}
    for moved in changes["moved"]:
        told["moved"].append(f"{moved['operation']}@{NAME}")
        old, new = (date.fromisoformat(moved[key]["date"]) for key in ("old", "new"))
        told["moved"] += [
            f"{moved['operation']}.{which}@{NAME}"
            for which, lies in MILESTONES.items()
            # What was held stays as it was.
            if milestone(old, lies) != milestone(new, lies) and milestone(old, lies) >= as_of
        ]
    told["cancelled"] = [f"{change['operation']}@{NAME}" for change in changes["dropped"]]
    for change in changes["new"]:
        told["new"] += [f"{change['operation']}{which}@{NAME}" for which in ("", *(f".{m}" for m in MILESTONES))]
    return told


@with_feedcheck
def test_feedcheck_agrees_with_changes_json_on_four_replans_in_a_row(life: list[Path], tmp_path: Path) -> None:
    runs: list[tuple[str | Path, ...]] = []
    for number, (before, after) in enumerate(pairwise(life)):
        told = uids_of_changes(after)
        for name, is_milestones in (("coordinator.ics", False), ("coordinator-milestones.ics", True)):
            own = {
                kind: [uid for uid in uids if ("." in uid.split("@")[0]) == is_milestones]
                for kind, uids in told.items()
            }
            expected = tmp_path / f"{number}-{name}.json"
            expected.write_text(json.dumps(own))
            runs.append(
                ("diff", before / "feeds" / name, after / "feeds" / name, "--expect", expected, "--strict"),
            )
        runs += [("diff", before / "feeds" / file.name, file) for file in sorted((after / "feeds").iterdir())]
    feedcheck(*runs)


def test_planning_anew_into_the_folder_goes_on_from_what_was_told(tutorial: Path, tmp_path: Path) -> None:
    # README: "Plan again into the same folder ... and every calendar that subscribes goes on from what it was told".
    scenario = copied(SHOOTING.parent, tmp_path / "scenario")
    file = scenario / "operations.yaml"
    file.write_text(
        file.read_text().replace("fixed: {date: 2027-03-11, shift: day}", "fixed: {date: 2027-03-09, shift: day}")
    )
    done("plan", scenario, "-o", tutorial, "--as-of", "2027-01-20T09:00")
    event = feeds(tutorial)["coordinator"][f"OP-3@{NAME}"]
    assert event.sequence == 1
    assert "20270309" in event.when[0]
    assert event["CREATED"] == utc("2027-01-04T09:00")
    assert load(tutorial / "plan.json")["revision"] == 2


# Every feed of goteborg-2027 through three replans, in real calendar programs; one that is not installed is left out.


@pytest.fixture(scope="module")
def goteborg(tmp_path_factory: pytest.TempPathFactory) -> list[Folder]:
    return list(lived(tmp_path_factory.mktemp("goteborg") / "life"))


@pytest.mark.slow
@with_feedcheck
def test_every_program_holds_what_every_feed_says(goteborg: list[Folder]) -> None:
    """Some twelve programs read each feed in each of its states; what a replan left as it was, once."""
    read: set[bytes] = set()
    for folder in goteborg:
        now = str(folder.as_of + timedelta(days=1))
        for file in sorted((folder.path / "feeds").iterdir()):
            if file.read_bytes() not in read:
                read.add(file.read_bytes())
                feedcheck(("check", file, "--clients", "fast", "--strict", "--now", now))


@pytest.mark.slow
@with_feedcheck
@pytest.mark.parametrize("name", ["coordinator", "agency-miljo", "police-lpo-city"])
def test_programs_that_subscribe_end_with_the_new_state(goteborg: list[Folder], name: str) -> None:
    """khal, Evolution and Thunderbird, which has six seconds: too few for a large feed on a busy machine."""
    for before, after in pairwise(goteborg):
        feedcheck(("replay", *(folder.path / "feeds" / f"{name}.ics" for folder in (before, after))))
        now = str(after.as_of + timedelta(days=1))
        feedcheck(("check", after.path / "feeds" / f"{name}.ics", "--clients", "all", "--strict", "--now", now))


# Programmes and their owners, who read and are told of all that is done for them; and standing meetings.


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


def test_owner_reads_the_operations_of_its_programmes_as_one_who_takes_part(folder: Path) -> None:
    read = calendar(folder, "akc-vast")
    assert set(read) == {"OP-1", "OP-3"}  # all of AKC, whoever goes there; OP-2 is GVI's; no note: it is not empty
    assert read["OP-1"]["SUMMARY"] == "OP-1 City: restaurang"  # number, area, sector: no title
    assert "Torget" in read["OP-1"]["LOCATION"]  # where they meet is read by those who take part
    assert all(name in read["OP-1"]["DESCRIPTION"] for name in ("LPO City", "Miljöförvaltningen", "Skatteverket"))
    # OP-3 does not let those who take part see each other, and the owner is as one of them; who leads is said to all
    assert "Skatteverket" not in read["OP-3"]["DESCRIPTION"]
    assert "LPO City" not in read["OP-3"]["DESCRIPTION"]
    for name in ("OP-1", "OP-3"):
        assert read[name].when == calendar(folder, "miljo")[name].when


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
