"""Small years, written by hand and planned and replanned as people do, and what comes out of them.

A scenario is a mapping as contract has it, its parts filled in where a test does not care; files of JSON are YAML too.
"""

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.acceptance.calendars import Event, events
from tests.acceptance.command import done, load

MADE = "2027-01-04T09:00"
Entry = Mapping[str, Any]

NAMES = {"miljo": "Miljöförvaltningen", "skatt": "Skatteverket", "tillstand": "Tillståndsenheten"}
MONTHS = ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september"]
MONTHS += ["oktober", "november", "december"]
UNITS = {"lpo-city": "LPO City", "lpo-nord": "LPO Nord"}


def year(operations: Iterable[Entry], **changed: Any) -> dict[str, Any]:
    """Exempelstad 2027: three agencies with three teams and two units with four officers each, by day."""
    usual: dict[str, Any] = {
        "plan": {
            "name": "Exempelstad 2027",
            "from": "2027-01-01",
            "to": "2027-12-31",
            "timezone": "Europe/Stockholm",
            "language": "sv",
        },
        "calendar": {"closed_weekdays": ["sat", "sun"]},
        "shifts": [
            {"id": "day", "name": "Dag", "start": "09:00", "end": "15:00"},
            {"id": "evening", "name": "Kväll", "start": "16:00", "end": "22:00"},
        ],
        "names": {"restaurant": "Restaurang", "akc": "AKC"},
        "areas": [{"id": "city", "name": "City"}],
        "police": [unit("lpo-city"), unit("lpo-nord")],
        "agencies": [agency(id) for id in NAMES],
        "rules": {"lead_time_days": 0, "sector_spacing_days": 0, "daily_rest_hours": 0},
        "operations": list(operations),
    }
    return {**usual, **changed}


def unit(id: str, **changed: Any) -> dict[str, Any]:
    """A unit that lends four officers by day."""
    usual = {"name": UNITS[id], "kind": "local", "areas": ["city"], "officers": [{"shift": "day", "officers": 4}]}
    return {"id": id, **usual, **changed}


def agency(id: str, **changed: Any) -> dict[str, Any]:
    """An agency with three teams by day."""
    return {"id": id, "name": NAMES[id], "kind": "municipal", "teams": [{"shift": "day", "teams": 3}], **changed}


def operation(id: str, day: str | None = None, **changed: Any) -> dict[str, Any]:
    """One of restaurants, by LPO City and Miljöförvaltningen, by day; pinned to `day` where one is given."""
    usual: dict[str, Any] = {
        "title": f"Titel {id}",
        "programme": "akc",
        "lead_agency": "miljo",
        "sector": "restaurant",
        "area": "city",
        "officers": 2,
        "police": ["lpo-city"],
        "agencies": {"miljo": 1},
        "shifts": ["day"],
    }
    pin = {} if day is None else {"fixed": {"date": day, "shift": "day"}}
    return {"id": id, **usual, **pin, **changed}


def withdrawal(id: str, day: str, left: int = 0, **changed: Any) -> dict[str, Any]:
    """LPO City takes back its officers on one date."""
    usual = {"police": ["lpo-city"], "from": day, "to": day, "officers_left": left, "cause": "shooting"}
    return {"id": id, **usual, **changed}


def written(folder: Path, scenario: Mapping[str, Any]) -> Path:
    """A scenario's folder."""
    folder.mkdir(parents=True)
    saved(folder / "scenario.yaml", scenario)
    return folder


def saved(file: Path, held: Mapping[str, Any]) -> Path:
    """A file of YAML, in which dates stand without quotes."""
    text = re.sub(r'"(\d{4}-\d\d-\d\d)"', r"\1", json.dumps(held, ensure_ascii=False))
    file.write_text(text, encoding="utf-8")
    return file


def planned(tmp: Path, scenario: Mapping[str, Any], as_of: str = MADE) -> Path:
    """The plan folder of a scenario."""
    done("plan", written(tmp / "scenario", scenario), "-o", tmp / "plan", "--as-of", as_of)
    return tmp / "plan"


def replanned(
    folder: Path,
    as_of: str,
    *,
    choose: str = "fewest-changes",
    scenario: Mapping[str, Any] | None = None,
    proposal: Path | None = None,
    **entries: Any,
) -> Path:
    """The folder beside it to which a replan comes; `entries` are lists as a file of changes has them."""
    to = folder.with_name(f"{folder.name}-{as_of[:10]}")
    while to.exists():
        to = to.with_name(f"{to.name}a")
    words: list[str | Path] = ["replan", folder, "--as-of", as_of, "-o", to, "--choose", choose]
    own: dict[str, Any] = {n: entries[n] for n in ("withdrawals", "given_back", "still") if n in entries}
    for option, held in (("withdrawals", own), ("changes", {n: v for n, v in entries.items() if n not in own})):
        if held:
            words += [f"--{option}", saved(to.with_name(f"{to.name}-{option}.yaml"), held)]
    if scenario is not None:
        words += ["--scenario", written(to.with_name(f"{to.name}-scenario"), scenario)]
    if proposal is not None:
        words += ["--proposal", proposal]
    done(*words)
    return to


def changes(folder: Path) -> dict[str, Any]:
    """changes.json."""
    held: dict[str, Any] = load(folder / "changes.json")
    return held


def event(folder: Path, party: str, operation: str = "OP-1") -> Event | None:
    """What a party's calendar says of an operation, if anything."""
    name = party if party == "coordinator" else f"{'police' if party in UNITS else 'agency'}-{party}"
    found = events(folder / "feeds" / f"{name}.ics")
    return found.get(f"{operation}@exempelstad-2027.arshjul")


def calendar(folder: Path, party: str) -> dict[str, Event]:
    """A party's calendar by operation."""
    name = party if party == "coordinator" else f"{'police' if party in UNITS else 'agency'}-{party}"
    found = events(folder / "feeds" / f"{name}.ics")
    return {uid.partition("@")[0]: one for uid, one in found.items()}
