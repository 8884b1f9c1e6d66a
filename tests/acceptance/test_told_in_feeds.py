"""What each reader's calendar says of a change: on which event and date, in which words, and for how long."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.small_year import NAMES, UNITS, event, operation, planned, replanned, withdrawal, year

AS_OF = "2027-03-15T09:00"
DAY, OTHER = "2027-04-07", "2027-04-14"
PARTIES = ("coordinator", *NAMES, *UNITS)
SHARED: dict[str, Any] = {
    "agencies": {"miljo": 1, "skatt": 1},
    "optional_agencies": {"tillstand": 1},
    "police": ["lpo-city", "lpo-nord"],
}
BEFORE = operation("OP-1", DAY, **SHARED)


def edited(**changed: Any) -> dict[str, Any]:
    return {"scenario": year([{**BEFORE, **changed}])}


@dataclass(frozen=True)
class Told:
    """Parts of the first line that a calendar says of a change; none: it says nothing of it."""

    words: tuple[str, ...] = ()
    on: str = DAY
    is_cancelled: bool = False
    goes_on: bool = False
    sequence: int = 0


def cancelled(*words: str, on: str = DAY) -> Told:
    return Told(words, on, is_cancelled=True, sequence=1)


def without(*words: str) -> Told:
    return Told(words, is_cancelled=True, goes_on=True, sequence=1)


def moved(*words: str) -> Told:
    return Told(words, OTHER, sequence=1)


def for_all(told: Told, parties: Iterable[str]) -> dict[str, Told]:
    return dict.fromkeys(parties, told)


NOTHING = Told()
DATE, NEW_DATE = "onsdag 7 april", "onsdag 14 april"
TAKEN = "på grund av att poliser drogs tillbaka"
DECIDED = "på grund av samordnarens beslut"
NEWS = "på grund av ändrade förutsättningar"
THEIRS = ("coordinator", *NAMES, "lpo-city")
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Told]]] = {
    "called off": ({"cancelled": ["OP-1"]}, for_all(cancelled("Inställd", DATE, DECIDED), THEIRS)),
    "another unit, same date": (
        {"withdrawals": [withdrawal("W-1", DAY)]},
        {
            "coordinator": Told(("LPO Nord tar över från LPO City", "på grund av en skjutning")),
            **for_all(Told(("LPO Nord tar över från LPO City", TAKEN)), NAMES),
            "lpo-city": without("LPO Nord tar över", DATE, "på grund av en skjutning"),
            "lpo-nord": Told(("Ni tar över från LPO City", TAKEN)),
        },
    ),
    "another unit, other date": (
        {"pinned": [{"operation": "OP-1", "date": OTHER, "shift": "day", "police": "lpo-nord"}]},
        {
            "coordinator": moved("Flyttad", DATE, NEW_DATE, "LPO Nord tar över från LPO City", DECIDED),
            **for_all(moved("Flyttad", DATE, NEW_DATE, "LPO Nord tar över från LPO City", DECIDED), NAMES),
            "lpo-city": without("LPO Nord tar över", NEW_DATE, DATE, DECIDED),
            "lpo-nord": Told(("Ni tar över från LPO City", DECIDED), OTHER),
        },
    ),
    "without police": (
        {"without_police": ["OP-1"]},
        {
            "coordinator": Told(("Genomförs utan polis", "LPO City", DECIDED)),
            **for_all(Told(("Genomförs utan polis", "LPO City", DECIDED)), NAMES),
            "lpo-city": without("Genomförs utan polis", "ni behövs inte", DATE, DECIDED),
        },
    ),
    "an agency left": (
        edited(agencies={"miljo": 1}),
        {
            **for_all(Told(("utan Skatteverket", NEWS)), ("coordinator", "miljo", "tillstand", "lpo-city")),
            "skatt": without("Ni deltar inte längre", DATE, "utan er", NEWS),
        },
    ),
    "an optional agency cannot come": (
        {"agencies": [{"agency": "tillstand", "from": DAY, "to": DAY, "teams_left": 0, "cause": "course"}]},
        {
            "coordinator": Told(("utan Tillståndsenheten", "för få lag där (course)")),
            **for_all(Told(("utan Tillståndsenheten", "för få lag där")), ("miljo", "skatt", "lpo-city")),
            "tillstand": without("Ni deltar inte längre", DATE, "utan er", "(course)"),
        },
    ),
    "an optional agency is needed": (
        edited(agencies={"miljo": 1, "skatt": 1, "tillstand": 1}, optional_agencies={}),
        {**for_all(NOTHING, ("coordinator", "miljo", "skatt", "lpo-city")), "tillstand": Told(("Ni behövs nu",))},
    ),
}
JOINED = {
    **for_all(Told(("Nu med Tillståndsenheten",)), ("coordinator", "miljo", "skatt", "lpo-city")),
    "tillstand": Told(("Ni deltar nu, på grund",)),
}
OPENINGS = ("Inställd", "Flyttad", "Ni ", "Nu ", "LPO ", "Genomförs utan polis")


def line(folder: Path, party: str, operation: str = "OP-1") -> str:
    """The first line of what the calendar says of an operation, where that tells of a change."""
    found = event(folder, party, operation)
    first = "" if found is None else found["DESCRIPTION"].split("\\n")[0].replace("\\,", ",").replace("\\;", ";")
    return first if first.startswith(OPENINGS) else ""


def held(folder: Path, told: dict[str, Told]) -> None:
    for party in PARTIES:
        found, wanted = event(folder, party), told.get(party)
        assert (found is None) == (wanted is None), party
        if found is None or wanted is None:
            continue
        start, name = found.when[0], "Titel OP-1" if party == "coordinator" else "City: restaurang"
        prefix = ("UTAN ER: " if wanted.goes_on else "INSTÄLLD: ") if wanted.is_cancelled else ""
        assert found["SUMMARY"] == f"{prefix}OP-1 {name}", party
        assert found["STATUS"] == ("CANCELLED" if wanted.is_cancelled else "TENTATIVE"), party
        assert found["TRANSP"] == ("TRANSPARENT" if wanted.is_cancelled else "OPAQUE"), party
        assert start == f"DTSTART;TZID=Europe/Stockholm:{wanted.on.replace('-', '')}T090000", party
        assert found.sequence == wanted.sequence, party
        said = line(folder, party)
        assert bool(said) == bool(wanted.words), (party, said)
        assert [part for part in wanted.words if part not in said] == [], (party, said)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return planned(tmp_path_factory.mktemp("feeds"), year([BEFORE]))


@pytest.mark.parametrize("name", CHANGES)
def test_each_calendar_says_what_became_of_its_reader_s_part(name: str, first: Path) -> None:
    entered, told = CHANGES[name]
    held(replanned(first, AS_OF, **entered), told)


def test_who_joins_is_told_and_so_are_the_others(tmp_path: Path) -> None:
    alone = planned(tmp_path, year([{**BEFORE, "optional_agencies": {}}]))
    held(replanned(alone, AS_OF, **edited()), JOINED)


def test_what_is_shown_cancelled_keeps_its_words_until_30_days_after_its_date(tmp_path: Path) -> None:
    before = planned(tmp_path, year([BEFORE, {**BEFORE, "id": "OP-2"}]))
    unit = {"operation": "OP-2", "date": OTHER, "shift": "day", "police": "lpo-nord"}
    after = replanned(before, AS_OF, cancelled=["OP-1"], pinned=[unit])
    shown = [*((party, "OP-1") for party in THEIRS), ("lpo-city", "OP-2")]
    lines = {each: line(after, *each) for each in shown}
    assert all("på grund av samordnarens beslut" in said for said in lines.values())
    last = replanned(after, "2027-05-07T09:00")
    assert {each: line(last, *each) for each in shown} == lines
    gone = replanned(last, "2027-05-08T09:00")
    assert [each for each in shown if event(gone, *each) is not None] == []


def test_what_happened_is_told_for_30_days(tmp_path: Path) -> None:
    later = "2027-06-09"
    before = planned(tmp_path, year([{**BEFORE, "fixed": {"date": later, "shift": "day"}}]))
    after = replanned(before, AS_OF, withdrawals=[withdrawal("W-1", later)])
    told = {party: line(after, party) for party in ("coordinator", "lpo-nord")}
    assert all(told.values())
    within = replanned(after, "2027-04-14T09:00")
    assert {party: line(within, party) for party in told} == told
    beyond = replanned(within, "2027-04-15T09:00")
    assert {party: line(beyond, party) for party in told} == dict.fromkeys(told, "")
    found = event(beyond, "lpo-nord")
    assert found is not None
    assert found["STATUS"] == "TENTATIVE"
