"""Standing meetings, and milestones that are dealt with at them: one entry a week in place of six an operation."""

from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.calendars import Event, events
from tests.acceptance.command import arshjul
from tests.acceptance.small_year import operation, planned, replanned, written, year

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


def town(*operations: dict[str, Any], **changed: Any) -> dict[str, Any]:
    usual = {
        "calendar": {"closed_weekdays": ["sat", "sun"], "closed": ["2027-03-30"]},
        "cycle": {"meetings": [WEEKLY], "milestones": [SHEET]},
    }
    return year(operations, **{**usual, **changed})


def with_meeting(**changed: Any) -> dict[str, Any]:
    """A year of one operation and one standing meeting."""
    return town(operation("OP-1", "2027-03-11"), cycle={"meetings": [{**WEEKLY, **changed}]})


def read(folder: Path, name: str) -> dict[str, Event]:
    """A calendar's events by the part of their UID before the plan's name; nothing where there is none, or a note."""
    file = folder / "feeds" / f"{name}.ics"
    found = events(file) if file.exists() else {}
    return {uid.partition("@")[0]: held for uid, held in found.items() if not uid.startswith("note@")}


def meetings(folder: Path, name: str, id: str = "weekly") -> dict[str, Event]:
    """The dates of a meeting in a calendar, as YYYYMMDD."""
    start = f"meeting.{id}."
    return {uid.removeprefix(start): held for uid, held in read(folder, name).items() if uid.startswith(start)}


def words(event: Event) -> str:
    return event.properties.get("SUMMARY", "") + event.properties.get("DESCRIPTION", "")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plan whose information sheets are dealt with at the weekly meeting, not to be changed.

    28 days before 15 April (OP-1, with Skatteverket) is 18 March; before 21 April (OP-2), 24 March: the meeting on or
    before both is 16 March, since 30 March comes too late. Before 11 May (OP-3) it is 13 April, the meeting's own day.
    """
    return planned(
        tmp_path_factory.mktemp("meetings"),
        town(
            operation("OP-1", "2027-04-15", agencies={"miljo": 1, "skatt": 1}),
            operation("OP-2", "2027-04-21"),
            operation("OP-3", "2027-05-11", agencies={"miljo": 1, "tillstand": 1}, police=["lpo-nord"]),
        ),
    )


def test_standing_meeting_is_held_in_its_weeks_and_read_by_its_parties(folder: Path) -> None:
    for name in ("coordinator", "agency-miljo", "agency-skatt", "police-lpo-city"):
        held = meetings(folder, name)
        assert list(held) == HELD, name
        # ten o'clock by the wall, before and after clocks go forward on 28 March, for an hour
        for day, event in held.items():
            start, end = event.when
            assert start.endswith(f"TZID=Europe/Stockholm:{day}T100000"), name
            assert end.endswith(f"{day}T110000"), name
            assert event["SUMMARY"].endswith("Planeringsmöte AKC"), name
            assert event["UID"] == f"meeting.weekly.{day}@exempelstad-2027.arshjul", name
    for name in ("agency-tillstand", "police-lpo-nord"):
        assert not meetings(folder, name), name


def test_unknown_party_and_unknown_meeting_are_errors(tmp_path: Path) -> None:
    scenario = with_meeting(parties=["miljo", "lpo-vast"])
    scenario["cycle"]["milestones"] = [{**SHEET, "at": "monthly"}]
    answer = arshjul("check", written(tmp_path / "scenario", scenario), "--json")
    assert answer.code == 2
    told = {(held["kind"], held["path"]) for held in answer.json()["errors"]}
    assert told == {
        ("unknown-id", "cycle.meetings[0].parties[1]"),
        ("unknown-id", "cycle.milestones[0].at"),
    }


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
