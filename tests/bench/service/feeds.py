"""What stands in the feeds of goteborg-2027 through three replans, and of such a year of 300 operations."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.acceptance.calendars import Event, events
from tests.acceptance.command import load, placements
from tests.bench.service.figure import Figure
from tests.serving import MAIN

YEAR = Path("scenarios/goteborg-2027")
FIRST = "2026-12-01T09:00"
EVERY = "lpo-city, lpo-hisingen, lpo-nordost, lpo-syd, granspolisen"
REPLANS = {
    "2027-03-06T07:00": """
withdrawals:
  - {id: W-1, reported: "2027-03-05T21:00", police: [lpo-city, granspolisen], from: 2027-03-08, to: 2027-03-31}
""",
    "2027-04-01T08:00": """
withdrawals:
  - {id: W-2, reported: "2027-03-31T21:00", police: [lpo-hisingen, lpo-nordost], from: 2027-04-01, to: 2027-04-30}
agencies: [{agency: skatteverket, from: 2027-04-05, to: 2027-04-16, teams_left: 0}]
cancelled: [OP-110]
""",
    "2027-05-20T08:00": f"""
withdrawals:
  - {{id: W-3, reported: "2027-05-19T21:00", police: [{EVERY}], from: 2027-05-20, to: 2027-06-18}}
cancelled: [OP-065]
""",
}
"""When goteborg-2027 is replanned, and what is entered then."""

FREE = {date(2026, 12, 25), date(2027, 1, 1), date(2027, 1, 6), date(2027, 3, 26), date(2027, 3, 29), date(2027, 5, 6)}
FREE |= {date(2027, 6, 25), date(2027, 12, 24), date(2027, 12, 31), date(2028, 1, 6)}
"""Public holidays from Monday to Friday around 2027, with the eves on which nobody works; from a Swedish calendar."""

Feeds = dict[str, dict[str, Event]]


@dataclass(frozen=True)
class Folder:
    """A plan folder, as far as feeds come from it."""

    path: Path
    plan: dict[str, Any]
    scenario: dict[str, Any]
    closed: frozenset[date]

    @classmethod
    def of(cls, path: Path) -> "Folder":
        scenario = load(path / "scenario.json")
        closed = frozenset(FREE | set(_dates(scenario["calendar"].get("closed", []))))
        return cls(path, load(path / "plan.json"), scenario, closed)

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.plan["as_of"][:10])

    def feed(self, name: str) -> dict[str, Event]:
        """The events by what stands before the @."""
        return {uid.split("@")[0]: event for uid, event in events(self.path / "feeds" / f"{name}.ics").items()}

    def mine(self, party: str) -> dict[str, dict[str, Any]]:
        """The placements in which the party has a part."""
        kind, _, id = party.partition("-")
        every = placements(self.plan).items()
        if kind == "agency":
            return {op: at for op, at in every if id in self.taking_part(at)}
        return {op: at for op, at in every if kind == "coordinator" or at["police"] == id}

    def taking_part(self, at: Mapping[str, Any]) -> set[str]:
        operation = self.operations[at["operation"]]
        return {*operation["agencies"], *at["optional_agencies"], operation["lead_agency"]}

    @property
    def operations(self) -> dict[str, Any]:
        return {one["id"]: one for one in self.scenario["operations"]}

    def is_office_day(self, day: date) -> bool:
        return day.weekday() <= 4 and day not in self.closed

    def is_open(self, day: date) -> bool:
        """Whether operations may be on that date."""
        weekdays = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        return weekdays[day.weekday()] not in self.scenario["calendar"]["closed_weekdays"] and day not in self.closed


def _dates(spans: list[Any]) -> Iterator[date]:
    for span in spans:
        first, last = (span["from"], span["to"]) if isinstance(span, dict) else (span, span)
        day, end = date.fromisoformat(first), date.fromisoformat(last)
        while day <= end:
            yield day
            day += timedelta(days=1)


def day_of(event: Event) -> date:
    return date.fromisoformat(event.when[0].rpartition(":")[2][:8])


def figures(home: Path) -> Iterator[Figure]:
    """All of them. It plans both years first, which takes about a minute."""
    yield from of_one_year("goteborg-2027", list(lived(home / "130")))
    year = home / "300"
    _run([sys.executable, str(YEAR / "generate.py"), "--operations", "300", "-o", str(year / "scenario")])
    _run([*MAIN, "plan", str(year / "scenario"), "-o", str(year / "0"), "--as-of", FIRST, "--time-limit", "60"])
    yield from of_one_year("300 operations", [Folder.of(year / "0")])
    size = (year / "0" / "feeds" / "coordinator.ics").stat().st_size / 1000
    yield Figure("300 operations: the coordinator's feed", f"{size:.0f} kB", "< 500 kB", size < 500)


def lived(home: Path) -> Iterator[Folder]:
    """The plan folder of goteborg-2027, and those of its replans."""
    home.mkdir(parents=True)
    _run([*MAIN, "plan", str(YEAR), "-o", str(home / "0"), "--as-of", FIRST])
    yield Folder.of(home / "0")
    for number, (as_of, entries) in enumerate(REPLANS.items()):
        (home / "changes.yaml").write_text(entries)
        made = ["--changes", str(home / "changes.yaml"), "--as-of", as_of, "-o", str(home / str(number + 1))]
        _run([*MAIN, "replan", str(home / str(number)), *made])
        yield Folder.of(home / str(number + 1))


def _run(command: list[str]) -> None:
    subprocess.run(command, capture_output=True, check=True)


def of_one_year(name: str, life: Sequence[Folder]) -> Iterator[Figure]:
    """The figures of a plan and its replans."""
    seen = [feeds(folder) for folder in life]
    entries, operations = entries_of_agencies(life[0], seen[0])
    ratio = entries / operations
    says = f"{ratio:.2f} ({entries} of {operations})"
    yield Figure(f"{name}: entries an operation in agencies' operations feeds", says, "<= 1.3", ratio <= 1.3)
    counted = {
        "entries on a closed date": [on_a_closed_date(*both) for both in zip(life, seen, strict=True)],
        "entries before as_of that were not held": [
            newly_in_the_past(later, before, after)
            for later, (before, after) in zip(life[1:], pairwise(seen), strict=True)
        ],
        "operations of one feed with the same summary": [alike(there) for there in seen],
    }
    for what, numbers in counted.items():
        if numbers:
            yield Figure(f"{name}: {what}", f"{sum(numbers)}", "0", sum(numbers) == 0)


def feeds(folder: Folder) -> Feeds:
    """Every feed's events; a note is none."""
    names = sorted(file.stem for file in (folder.path / "feeds").iterdir())
    return {name: {uid: event for uid, event in folder.feed(name).items() if uid != "note"} for name in names}


def entries_of_agencies(folder: Folder, seen: Feeds) -> tuple[int, int]:
    """The entries of all agencies' operations feeds together, and the operations in which they take part."""
    own = [name for name in seen if name.startswith("agency-") and not name.endswith("-milestones")]
    return sum(len(seen[name]) for name in own), sum(len(folder.mine(name)) for name in own)


def on_a_closed_date(folder: Folder, seen: Feeds) -> int:
    """Operations on dates that are not open, and milestones on dates that are no office days."""
    return sum(
        not (folder.is_office_day(day_of(event)) if "." in uid else folder.is_open(day_of(event)))
        for uid, event in _events(seen.values())
        if not uid.startswith("meeting.")
    )


def newly_in_the_past(folder: Folder, before: Feeds, after: Feeds) -> int:
    """Entries that are dated before the plan's moment, and were not on that date before."""
    return sum(
        day_of(event) < folder.as_of
        and (
            uid not in before["coordinator" + _kind(name)]
            or before["coordinator" + _kind(name)][uid].when != event.when
        )
        for name, there in after.items()
        for uid, event in there.items()
        if event["STATUS"] != "CANCELLED"
    )


def _kind(name: str) -> str:
    return "-milestones" if name.endswith("-milestones") else ""


def alike(seen: Feeds) -> int:
    """Operations that are called like another one of their feed."""
    return sum(
        times - 1
        for there in seen.values()
        for times in Counter(event["SUMMARY"] for uid, event in there.items() if "." not in uid).values()
    )


def _events(feeds: Iterable[dict[str, Event]]) -> Iterator[tuple[str, Event]]:
    for there in feeds:
        yield from there.items()
