"""Reads feeds with nobody's library, and works out from plan and scenario what they must hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


@dataclass(frozen=True)
class Event:
    """One VEVENT: its bytes as they stand, and its unfolded properties."""

    raw: bytes
    properties: Mapping[str, str]

    def __getitem__(self, name: str) -> str:
        return self.properties[name]

    @property
    def sequence(self) -> int:
        return int(self.properties.get("SEQUENCE", "0"))

    @property
    def when(self) -> tuple[str, str]:
        """Time of start and end, with their parameters."""
        (start,) = [f"{n}:{v}" for n, v in self.properties.items() if n.split(";")[0] == "DTSTART"]
        (end,) = [f"{n}:{v}" for n, v in self.properties.items() if n.split(";")[0] == "DTEND"]
        return start, end

    @property
    def words(self) -> dict[str, str]:
        told = {"SEQUENCE", "DTSTAMP", "LAST-MODIFIED", "STATUS"}
        return {n: v for n, v in self.properties.items() if n not in told and not n.startswith(("DTSTART", "DTEND"))}


def unfolded(raw: bytes) -> list[str]:
    return raw.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]


def events(feed: Path | bytes) -> dict[str, Event]:
    """The events of a feed by UID."""
    raw = feed if isinstance(feed, bytes) else feed.read_bytes()
    found: dict[str, Event] = {}
    for part in raw.split(b"BEGIN:VEVENT\r\n")[1:]:
        body = part.split(b"END:VEVENT\r\n")[0]
        properties = dict(line.split(":", 1) for line in unfolded(body))
        assert properties["UID"] not in found, f"{properties['UID']} stands twice"
        found[properties["UID"]] = Event(body, properties)
    return found


def feeds(folder: Path) -> dict[str, dict[str, Event]]:
    """What each party's calendars hold together. A note stands only where one of them has nothing else."""
    found: dict[str, dict[str, Event]] = {}
    for file in sorted((folder / "feeds").glob("*.ics")):
        is_milestones, there = file.stem.endswith("-milestones"), events(file)
        named = {uid.partition("@")[0] for uid in there} - {"note"}
        assert all(("." in name and not name.startswith("meeting.")) == is_milestones for name in named), file
        found.setdefault(file.stem.removesuffix("-milestones"), {}).update(there)
    return {
        party: {uid: event for uid, event in there.items() if len(there) == 1 or not uid.startswith("note@")}
        for party, there in found.items()
    }


def utc(as_of: str) -> str:
    """A plan's moment, as feeds write it."""
    moment = datetime.fromisoformat(as_of).replace(tzinfo=STOCKHOLM).astimezone(ZoneInfo("UTC"))
    return moment.strftime("%Y%m%dT%H%M%SZ")


CLOSED = {date(2027, 1, 1), date(2027, 1, 6), date(2027, 3, 25), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 6)}
CLOSED |= {date(2027, 2, 15) + timedelta(days=n) for n in range(5)}
"""The tutorial's holidays and closed dates, by hand from a calendar of 2027; it closes weekends too."""


def is_open(day: date) -> bool:
    return day.weekday() < 5 and day not in CLOSED


def milestone(day: date, which: Mapping[str, Any]) -> date:
    """Where a milestone of an operation on `day` lies in the tutorial."""
    if "days_after" in which and which["days_after"] is not None:
        day, step = day + timedelta(days=which["days_after"]), timedelta(days=1)
    else:
        day, step = day - timedelta(days=which["days_before"]), timedelta(days=-1)
    while not is_open(day):
        day += step
    return day


MILESTONES: dict[str, dict[str, int]] = {
    "information-sheet": {"days_before": 28},
    "planning-meeting": {"days_before": 14},
    "joint-evaluation": {"days_after": 21},
}
