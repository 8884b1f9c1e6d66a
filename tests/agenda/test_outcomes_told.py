"""What feeds tell of how an operation went: those who had a part in it, at the level `full`, and no figures."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from arshjul.agenda.cause import cause
from arshjul.agenda.channel import LEVELS, Channel, Level
from arshjul.agenda.feed_history import FeedHistory
from arshjul.agenda.part_change import Former
from arshjul.agenda.party import COORDINATOR, Party, parties
from arshjul.agenda.view import remembered, view
from arshjul.domain.calendar import Slot
from arshjul.domain.entries.amendment import Amendment, Edited, LeftOut, Pinned, WithoutPolice
from arshjul.domain.entries.entries import Entries
from arshjul.domain.entries.outcome import Outcome, Result
from arshjul.domain.operation import Pin
from arshjul.domain.parties import Matching, TeamLine
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Base, Plan
from arshjul.formats.catalogues import words
from arshjul.render.ics import feed
from tests.agenda import test_view
from tests.agenda.test_view import CITY, HISINGEN, MILJO, PLAN, SKATT, WORDS

SCENARIO = replace(
    test_view.SCENARIO,
    agencies={
        id: replace(agency, teams=(TeamLine(Matching(), 9),)) for id, agency in test_view.SCENARIO.agencies.items()
    },
)

DAY, AFTER = date(2027, 3, 2), datetime(2027, 3, 5, 8, tzinfo=UTC)
CANARIES = ("Kanarienot", "Kanariesiffra", "4711", "4712")
"""Words and figures of an outcome that no feed may hold."""


def told(party: Party, made: Plan, level: Level = "full", language: str = "sv") -> list[str]:
    """The description of OP-001 in that feed, line by line; at the lower levels, of what stands at its time."""
    seen = view(made, SCENARIO, Channel(party, level, "operations"), FeedHistory(), words(language), bytes(32))
    starts = SCENARIO.moments(PLAN.placed["OP-001"].slot)[0]
    return [line for one in seen.entries if one.event.starts == starts for line in one.event.description.splitlines()]


def gone_by(result: Result | None) -> Plan:
    """The plan after the day of OP-001, with that outcome of it."""
    outcome = () if result is None else (
        Outcome("OP-001", DAY, result, 4711, {"miljo": 4712}, {"Kanariesiffra": 4711}, "Kanarienot"),
    )  # fmt: skip
    return replace(PLAN, as_of=AFTER.astimezone(SCENARIO.zone), entries=Entries.of(outcomes=outcome))


SAID: Mapping[Result | None, tuple[str, str]] = {
    "done": ("Genomförd", "Carried out"),
    "without-police": ("Genomförd utan polis", "Carried out without police"),
    "aborted": ("Avbruten", "Broken off"),
    None: ("Datum passerat, utfall saknas", "Date passed, outcome missing"),
}


@pytest.mark.parametrize("result", SAID)
def test_those_with_a_part_read_how_it_went(result: Result | None) -> None:
    for language, said in zip(("sv", "en"), SAID[result], strict=True):
        for party in (COORDINATOR, MILJO, SKATT, CITY):
            planned = {"sv": "Det som var planerat:", "en": "What was planned:"}[language]
            assert told(party, gone_by(result), language=language)[:2] == [said, planned]
    assert all("Genomförd" not in line for line in told(COORDINATOR, PLAN))
    assert told(HISINGEN, gone_by(result)) == []


@pytest.mark.parametrize("result", SAID)
def test_lower_levels_and_other_parties_learn_nothing_and_nobody_the_figures(result: Result | None) -> None:
    made = gone_by(result)
    for party in parties(SCENARIO):
        for level in LEVELS:
            seen = view(made, SCENARIO, Channel(party, level, "all"), FeedHistory(), WORDS, bytes(32))
            text = feed(seen).decode().replace("\r\n ", "")
            assert not any(canary in text for canary in CANARIES)
            has_part = party in (COORDINATOR, MILJO, SKATT, CITY, Party("agency", "arbetsmiljoverket"))
            said = f"DESCRIPTION:{SAID[result][0]}".replace(",", "\\,")
            assert (said in text) == (level == "full" and has_part)
            if level != "full":
                assert not re.search("genomförd|avbruten|utfall", text.casefold())


MOVED = Placement("OP-001", Slot(date(2027, 4, 20), "day"), "lpo-city")


def replanned(new: Placement | None, *changes: Amendment, outcomes: tuple[Outcome, ...] = ()) -> Plan:
    """A revision in which OP-001 was hit and has another place, or none."""
    rest = tuple(place for place in PLAN.placements if place.operation != "OP-001")
    return replace(
        PLAN,
        as_of=AFTER.astimezone(SCENARIO.zone),
        placements=(*rest, *([] if new is None else [new])),
        base=Base(1, PLAN.as_of, PLAN.placed, frozenset({"OP-001"})),
        entries=Entries.of(
            outcomes=outcomes, changes=tuple(replace(one, revision=PLAN.revision) for one in changes)
        ),
    )  # fmt: skip


CALLED_OFF = (Outcome("OP-001", DAY, "called-off", note="Kanarienot", revision=PLAN.revision),)
CAUSES = {
    "called off": (replanned(MOVED, outcomes=CALLED_OFF), "att den ställdes in på dagen"),
    "without police": (
        replanned(replace(PLAN.placed["OP-001"], police=None), WithoutPolice("OP-001")),
        "samordnarens beslut",
    ),
    "left out": (replanned(MOVED, LeftOut("OP-001")), "samordnarens beslut"),
    "pinned": (replanned(MOVED, Pinned("OP-001", Pin(MOVED.slot))), "samordnarens beslut"),
    "edited": (replanned(MOVED, Edited(changed={"OP-001": ("window",)})), "ändrade förutsättningar"),
}


@pytest.mark.parametrize("name", CAUSES)
def test_the_cause_is_what_was_entered(name: str) -> None:
    made, why = CAUSES[name]
    for party in (COORDINATOR, MILJO, CITY):
        said = cause(SCENARIO, made, PLAN.placed["OP-001"], party)
        assert said is not None
        assert WORDS.say(said) == why


def test_what_was_called_off_says_so_where_it_has_moved_to() -> None:
    channel = Channel(MILJO, "full", "operations")
    before = remembered(FeedHistory(), [view(PLAN, SCENARIO, channel, FeedHistory(), WORDS)])
    before = replace(before, plan=Former(SCENARIO, PLAN.placed))
    seen = view(CAUSES["called off"][0], SCENARIO, channel, before, WORDS)
    (event,) = (entry.event for entry in seen.entries if entry.event.uid.startswith("OP-001@"))
    assert event.day == MOVED.slot.day
    assert event.description.startswith("Flyttad från tisdag 2 mars 2027")
    assert "den ställdes in på dagen" in event.description.splitlines()[0]
