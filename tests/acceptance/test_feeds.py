"""What the feeds of a plan say, and how they go on from what they said (docs/formats.md#feeds)."""

import json
import re
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.calendars import MILESTONES, events, feeds, milestone, unfolded, utc
from tests.acceptance.command import contents, copied, done, load
from tests.acceptance.conftest import SHOOTING
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
            for event in found.values():
                assert event["CLASS"] == "CONFIDENTIAL"
                assert event["DTSTAMP"] == event["LAST-MODIFIED"]
                assert event["STATUS"] in {"CONFIRMED", "TENTATIVE", "CANCELLED"}
                assert (event["STATUS"] == "CANCELLED") == event["SUMMARY"].startswith(("INSTÄLLD: ", "UTAN ER: "))
                assert "RRULE" not in event.properties
                if "VALUE=DATE" in event.when[0] or event["STATUS"] == "CANCELLED":
                    assert event["TRANSP"] == "TRANSPARENT"


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
def year(tmp_path_factory: pytest.TempPathFactory) -> list[Folder]:
    return list(lived(tmp_path_factory.mktemp("goteborg") / "life"))


@pytest.mark.slow
@with_feedcheck
def test_every_program_holds_what_every_feed_says(year: list[Folder]) -> None:
    """Some twelve programs read each feed in each of its states; what a replan left as it was, once."""
    read: set[bytes] = set()
    for folder in year:
        now = str(folder.as_of + timedelta(days=1))
        for file in sorted((folder.path / "feeds").iterdir()):
            if file.read_bytes() not in read:
                read.add(file.read_bytes())
                feedcheck(("check", file, "--clients", "fast", "--strict", "--now", now))


@pytest.mark.slow
@with_feedcheck
@pytest.mark.parametrize("name", ["coordinator", "agency-miljo", "police-lpo-city"])
def test_programs_that_subscribe_end_with_the_new_state(year: list[Folder], name: str) -> None:
    """khal, Evolution and Thunderbird, which has six seconds: too few for a large feed on a busy machine."""
    for before, after in pairwise(year):
        feedcheck(("replay", *(folder.path / "feeds" / f"{name}.ics" for folder in (before, after))))
        now = str(after.as_of + timedelta(days=1))
        feedcheck(("check", after.path / "feeds" / f"{name}.ics", "--clients", "all", "--strict", "--now", now))
