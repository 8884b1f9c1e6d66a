"""Over drawn replans: who is told of what is who reads it in the calendar, before or after, and nobody else."""

import copy
import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.acceptance.calendars import Event
from tests.acceptance.command import done
from tests.acceptance.small_year import (
    NAMES,
    UNITS,
    agency,
    calendar,
    changes,
    operation,
    planned,
    replanned,
    withdrawal,
    year,
)

OWNER = {"id": "akc-vast", "name": "AKC-väst", "kind": "state", "teams": "none"}
PARTIES = (*NAMES, *UNITS, OWNER["id"])
IDS = ("OP-1", "OP-2", "OP-3", "OP-4")
DAYS = ("2027-05-04", "2027-05-06", "2027-05-11", "2027-05-13")
ELSEWHERE = ("2027-05-18", "2027-05-20", "2027-05-25", "2027-05-27")


def drawn_year(random: Random) -> dict[str, Any]:
    """Four operations on dates of their own, of one to three agencies, some of them optional."""
    made = []
    for id, day in zip(IDS, DAYS, strict=True):
        first, second, third = random.sample(list(NAMES), 3)
        more = {second: 1} if random.random() < 0.6 else {}
        optional = {third: 1} if random.random() < 0.6 else {}
        units = random.choice([["lpo-city"], ["lpo-city", "lpo-nord"]])
        parts = {"lead_agency": first, "agencies": {first: 1, **more}, "optional_agencies": optional, "police": units}
        made.append(operation(id, day, **parts, window={"from": "2027-05-03", "to": "2027-05-28"}))
    programmes = {"akc": {"name": "AKC", "owner": random.choice(["akc-vast", "skatt"])}}
    return year(made, programmes=programmes, agencies=[*(agency(id) for id in NAMES), OWNER])


def edited(random: Random, made: dict[str, Any]) -> dict[str, Any]:
    """The scenario with another strength, unit, lead or party of one operation."""
    new = copy.deepcopy(made)
    one = random.choice(new["operations"])
    kind = random.choice(["officers", "joins", "leaves", "leads", "teams", "needed"])
    if kind == "officers":
        one["officers"] = 5 - one["officers"]
    elif kind == "joins":
        one["optional_agencies"] = {id: 1 for id in NAMES if id not in one["agencies"]}
    elif kind == "leaves":
        one["optional_agencies"] = {}
    elif kind == "leads":
        one["lead_agency"] = random.choice([*one["agencies"]])
    elif kind == "teams":
        one["agencies"] = {id: 3 - teams for id, teams in one["agencies"].items()}
    else:
        one["agencies"] = {**one["agencies"], **one["optional_agencies"]}
        one["optional_agencies"] = {}
    return {"scenario": new}


def drawn_entries(random: Random, made: dict[str, Any], n: int) -> dict[str, Any]:
    one, sends = random.choice(IDS), random.choice(list(NAMES))
    on = random.choice([*DAYS, *ELSEWHERE])
    kinds: list[Callable[[], dict[str, Any]]] = [
        lambda: {
            "withdrawals": [withdrawal(f"W-{n}", on, random.choice([0, 1, 3]), police=random.sample([*UNITS], 1))]
        },
        lambda: {"withdrawals": [{**withdrawal(f"W-{n}", on, police=list(UNITS)), "to": ELSEWHERE[-1]}]},
        lambda: {"agencies": [{"agency": sends, "from": on, "to": on, "teams_left": 0, "cause": "kurs"}]},
        lambda: {"not_on": [{"operation": one, "agency": sends, "dates": [on]}]},
        lambda: {"pinned": [{"operation": one, "date": on, "shift": "day"}]},
        lambda: {"left_out": [one]},
        lambda: {"cancelled": [one]},
        lambda: {"without_police": [one]},
        lambda: edited(random, made),
        lambda: {**edited(random, made), "withdrawals": [withdrawal(f"W-{n}", on)]},
        dict,
    ]
    return random.choice(kinds)()


def said(event: Event) -> dict[str, str]:
    return {name: words for name, words in event.properties.items() if name not in {"DTSTAMP", "LAST-MODIFIED"}}


def changed(before: Path, after: Path, party: str) -> set[str]:
    """The operations of which a calendar says something else than it did."""
    old, new = ({id: said(one) for id, one in calendar(folder, party).items()} for folder in (before, after))
    return {id for id in old.keys() | new.keys() if old.get(id) != new.get(id) and not id.startswith("note")}


def letters(before: Path, after: Path) -> dict[str, set[str]]:
    """The operations that the letter to each party names."""
    parts = done("diff", before, after).out.split("\nTill ")[1:]
    return {re.findall(r"\(([\w-]+)\):", part)[0]: set(re.findall(r"OP-\d", part)) for part in parts}


@pytest.mark.parametrize("seed", range(4))
def test_who_is_told_of_what_is_who_reads_it(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    made = drawn_year(random)
    before = planned(tmp_path, made)
    entered = drawn_entries(random, made, seed)
    after = replanned(before, "2027-04-05T09:00", **entered)
    told = {change["party"]: set(change["operations"]) for change in changes(after)["tell"]}
    assert told == {party: of for party in PARTIES if (of := changed(before, after, party))}, entered
    assert letters(before, after) == told, entered
