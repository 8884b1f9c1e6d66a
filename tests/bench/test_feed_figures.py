"""The figures of feeds count what they say they count."""

from datetime import date
from pathlib import Path

from tests.acceptance.calendars import Event
from tests.acceptance.feed_model import Folder
from tests.bench.service.feeds import alike, entries_of_agencies, newly_in_the_past, on_a_closed_date

FOLDER = Folder(
    Path(),
    {"as_of": "2027-03-06T07:00", "placements": [{"operation": "OP-1", "optional_agencies": ["a"]}]},
    {
        "calendar": {"closed_weekdays": ["sun"]},
        "operations": [{"id": "OP-1", "agencies": {}, "lead_agency": "b"}],
    },
    frozenset([date(2027, 3, 26)]),
)


def event(day: str, summary: str = "") -> Event:
    status = "TENTATIVE"
    return Event(b"", {"DTSTART;VALUE=DATE": day, "DTEND;VALUE=DATE": day, "SUMMARY": summary, "STATUS": status})


def test_closed_dates_are_others_for_operations_than_for_milestones() -> None:
    saturday, sunday, friday = event("20270327"), event("20270328"), event("20270326")
    there = {"OP-1": saturday, "OP-2": sunday, "OP-3": friday, "OP-1.m": saturday, "meeting.x.20270328": sunday}
    assert on_a_closed_date(FOLDER, {"coordinator": there}) == 3


def test_names_of_operations_alone_are_compared() -> None:
    there = {"OP-1": event("20270327", "City: bygg"), "OP-2": event("20270328", "City: bygg")}
    assert alike({"x": there, "y": {"OP-1.m": event("20270328", "m"), "OP-2.m": event("20270328", "m")}}) == 1


def test_what_is_past_and_was_not_there_is_found() -> None:
    before = {"coordinator": {"OP-1": event("20270302")}, "agency-a": {}}
    after = {
        "coordinator": {"OP-1": event("20270303"), "OP-2": event("20270306")},
        "agency-a": {"OP-1": event("20270302")},
    }
    assert newly_in_the_past(FOLDER, before, after) == 1


def test_entries_are_those_of_agencies_operations_feeds() -> None:
    two = {"OP-1": event("20270302"), "meeting.x.20270328": event("20270328")}
    assert entries_of_agencies(FOLDER, {"agency-a": two, "agency-a-milestones": two, "police-p": two}) == (2, 1)
