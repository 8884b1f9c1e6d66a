"""Standing meetings, and milestones that are dealt with at them: one entry a week in place of six an operation."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.calendars import Event, events
from tests.acceptance.command import arshjul, contents, copied, done, load
from tests.acceptance.small_year import MADE, agency, operation, planned, replanned, written, year

CENTRE = {"id": "akc-vast", "name": "AKC-väst", "kind": "state", "teams": "none"}
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


def test_year_of_dates_is_what_it_was(tmp_path: Path) -> None:
    """The same meeting by its dates, for agencies alone, is valid: nothing but the new keys is asked about here."""
    dated = {key: WEEKLY[key] for key in ("id", "name", "minutes")}
    dated |= {"dates": ["2027-03-02"], "start": "10:00", "agencies": ["miljo", "skatt"]}
    plain = {key: value for key, value in SHEET.items() if key != "at"}
    scenario = town(operation("OP-1", "2027-03-11"), cycle={"meetings": [dated], "milestones": [plain]})
    assert done("check", written(tmp_path / "scenario", scenario), "--json").json()["errors"] == []


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


def test_date_on_a_closed_day_is_left_out_and_told(tmp_path: Path) -> None:
    answer = done("check", written(tmp_path / "scenario", with_meeting()), "--json").json()
    assert answer["errors"] == []
    (told,) = [held for held in answer["warnings"] if held["path"].startswith("cycle.meetings[0]")]
    assert "2027-03-30" in told["text"] or "30 mars" in told["text"]


def test_nothing_is_told_where_no_date_is_closed(tmp_path: Path) -> None:
    scenario = with_meeting(every={**WEEKLY["every"], "to": "2027-03-29"})  # type: ignore[dict-item]
    answer = done("check", written(tmp_path / "scenario", scenario), "--json").json()
    assert not [held for held in answer["warnings"] if held["path"].startswith("cycle.meetings")]


@pytest.mark.parametrize(
    ("every", "first", "last", "step"),
    [
        # week 1 of 2027 begins on 4 January; 1 to 3 January are week 53 of 2026
        ({"weekday": "tue", "at": "10:00", "weeks": "even"}, date(2027, 1, 12), date(2027, 12, 28), 14),
        ({"weekday": "tue", "at": "10:00", "weeks": "odd"}, date(2027, 1, 5), date(2027, 12, 21), 14),
        ({"weekday": "fri", "at": "10:00"}, date(2027, 1, 1), date(2027, 12, 31), 7),
    ],
)
def test_weeks_and_ends_left_out(tmp_path: Path, every: dict[str, str], first: date, last: date, step: int) -> None:
    """All weeks, and the whole of the plan's year; ISO weeks, and both ends included."""
    scenario = with_meeting(every=every)
    scenario["calendar"] = {"closed_weekdays": ["sat", "sun"]}
    folder = planned(tmp_path, scenario)
    expected = [first + timedelta(days=n) for n in range(0, (last - first).days + 1, step)]
    assert list(meetings(folder, "agency-miljo")) == [f"{day:%Y%m%d}" for day in expected]


def test_dates_beside_every_are_held_too(tmp_path: Path) -> None:
    """An extra date of the same meeting, and one that `every` gives already, which is held once."""
    scenario = with_meeting(dates=["2027-03-16", "2027-03-24"], start="10:00")
    folder = planned(tmp_path, scenario)
    assert sorted(meetings(folder, "agency-miljo")) == sorted([*HELD, "20270324"])


def test_owner_of_a_programme_takes_part(tmp_path: Path) -> None:
    scenario = with_meeting(parties=["miljo", "akc-vast"])
    scenario["agencies"].append(CENTRE)
    scenario["programmes"] = {"akc": {"name": "AKC", "owner": "akc-vast"}}
    scenario["names"] = {"restaurant": "Restaurang"}
    folder = planned(tmp_path, scenario)
    assert list(meetings(folder, "agency-akc-vast")) == HELD
    assert not meetings(folder, "agency-skatt")


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


def test_milestones_stand_in_the_meetings_entry_and_have_none_of_their_own(folder: Path) -> None:
    due = {
        day: {id for id in ("OP-1", "OP-2", "OP-3") if id in words(event)}
        for day, event in meetings(folder, "coordinator").items()
    }
    assert due == {"20270302": set(), "20270316": {"OP-1", "OP-2"}, "20270413": {"OP-3"}, "20270427": set()}
    assert "Informationsblad" in words(meetings(folder, "coordinator")["20270316"])
    for file in sorted((folder / "feeds").glob("*.ics")):
        assert not [uid for uid in read(folder, file.stem) if uid.endswith(".information-sheet")], file


def test_each_party_reads_its_own_operations_alone_in_the_meetings_entry(folder: Path) -> None:
    """Skatteverket goes to OP-1 alone: that OP-2 is due at the same meeting is not its to know."""
    own = words(meetings(folder, "agency-skatt")["20270316"])
    assert "OP-1" in own
    assert "OP-2" not in own
    both = words(meetings(folder, "agency-miljo")["20270316"])
    assert "OP-1" in both
    assert "OP-2" in both
    for name in ("agency-skatt", "agency-miljo", "police-lpo-city"):
        for event in meetings(folder, name).values():
            assert "Titel OP" not in words(event), name


def test_milestone_of_who_is_not_at_the_meeting_is_not_lost(folder: Path) -> None:
    """Tillståndsenheten takes part in OP-3, and not in the meeting: it reads of the information sheet all the same."""
    everything = {**read(folder, "agency-tillstand"), **read(folder, "agency-tillstand-milestones")}
    assert [e for e in everything.values() if "OP-3" in words(e) and "Informationsblad" in words(e)]


def test_milestone_before_the_first_meeting_is_not_lost(tmp_path: Path) -> None:
    """28 days before 29 March is 1 March, and the first meeting is on 2 March: it stands somewhere all the same."""
    folder = planned(tmp_path, town(operation("OP-1", "2027-03-29")))
    everything = {**read(folder, "coordinator"), **read(folder, "coordinator-milestones")}
    found = [e for e in everything.values() if "OP-1" in words(e) and "Informationsblad" in words(e)]
    assert found
    assert all(e.when[0].partition(":")[2][:8] <= "20270301" for e in found)


def test_moved_operation_is_due_at_another_meeting(folder: Path, tmp_path: Path) -> None:
    """OP-1 moves to 12 May: 28 days before is 14 April, and the meeting on or before it that of 13 April."""
    own = copied(folder, tmp_path / "plan")
    later = replanned(own, "2027-02-01T09:00", pinned=[{"operation": "OP-1", "date": "2027-05-12", "shift": "day"}])
    before, after = meetings(folder, "agency-miljo"), meetings(later, "agency-miljo")
    assert "OP-1" not in words(after["20270316"])
    assert "OP-2" in words(after["20270316"])
    assert "OP-1" in words(after["20270413"])
    for day in ("20270316", "20270413"):  # what they say is new, when they are is not
        assert after[day]["DTSTAMP"] == "20270201T080000Z"
        assert after[day].sequence == before[day].sequence
    for day in ("20270302", "20270427"):
        assert after[day].raw == before[day].raw


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


def test_feeds_written_again_are_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    own = copied(folder, tmp_path / "plan")
    before = contents(own / "feeds")
    for file in (own / "feeds").iterdir():
        file.unlink()
    done("feeds", own)
    assert contents(own / "feeds") == before


def test_units_have_the_milestones_that_are_for_police(tmp_path: Path) -> None:
    """The evaluation is for all and the police, the planning for lead agency and police, nomination for agencies."""
    milestones = [
        {"id": "nomination", "name": "Objekt nominerade", "days_before": 56},
        {"id": "planning", "name": "Planering", "days_before": 14, "start": "10:00", "parties": ["lead", "police"]},
        {"id": "evaluation", "name": "Utvärdering", "days_after": 21, "parties": ["all", "police"]},
    ]
    scenario = year(
        [operation("OP-1", "2027-04-15", agencies={"miljo": 1, "skatt": 1})],
        agencies=[agency("miljo"), agency("skatt"), agency("tillstand")],
        cycle={"milestones": milestones},
    )
    folder = planned(tmp_path, scenario)
    planning, evaluation = "OP-1.planning", "OP-1.evaluation"
    unit = read(folder, "police-lpo-city-milestones")
    assert set(unit) == {planning, evaluation}
    assert unit[planning]["UID"] == "OP-1.planning@exempelstad-2027.arshjul"
    # 14 days before 15 April is Thursday 1 April, 21 after is Thursday 6 May; the calendar closes weekends alone
    assert unit[planning].when[0].endswith("20270401T100000")
    assert unit[evaluation].when[0].endswith("20270506")
    assert not [event for event in unit.values() if "Titel" in words(event)]
    assert not read(folder, "police-lpo-nord-milestones")  # it does not serve OP-1
    assert set(read(folder, "agency-miljo-milestones")) == {"OP-1.nomination", planning, evaluation}
    assert set(read(folder, "agency-skatt-milestones")) == {"OP-1.nomination", evaluation}
    assert set(read(folder, "police-lpo-city")) == {"OP-1"}  # its operations' calendar is not pushed out of sight


def test_workbook_round_trip(tmp_path: Path) -> None:
    police = {"id": "evaluation", "name": "Utvärdering", "days_after": 21, "parties": ["all", "police"]}
    scenario = town(operation("OP-1", "2027-04-15"), cycle={"meetings": [WEEKLY], "milestones": [SHEET, police]})
    folder = planned(tmp_path, scenario)
    done("workbook", tmp_path / "scenario", "-o", tmp_path / "x.xlsx")
    done("plan", tmp_path / "x.xlsx", "-o", tmp_path / "again", "--as-of", MADE)
    assert load(tmp_path / "again" / "scenario.json") == load(folder / "scenario.json")
    assert contents(tmp_path / "again" / "feeds") == contents(folder / "feeds")
