"""What feeds tell of how an operation went: those who had a part in it, at the level `full`, and no figures."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from arshjul.year.agenda.cause import cause
from arshjul.year.agenda.channel import LEVELS, Channel, Level
from arshjul.year.agenda.entry import Event
from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.agenda.party import COORDINATOR, Party, parties
from arshjul.year.agenda.party_change import FormerPlan, party_change
from arshjul.year.agenda.revised import notice
from arshjul.year.agenda.view import View, remembered, view
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.change import ChangeCause
from arshjul.year.domain.entries.amendment import (
    Amendment,
    Cancelled,
    Edited,
    LeftOut,
    Outcome,
    Pinned,
    Result,
    WithoutPolice,
)
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Pin, Placement
from arshjul.year.domain.parties import Matching, TeamLine
from arshjul.year.domain.plan import Base, Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Meet, Meeting
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.formats.catalogues import words
from arshjul.year.render.ics import feed
from tests.builders import placement
from tests.year.agenda.histories import WORDS
from tests.year.agenda.test_view import CITY, HISINGEN, MILJO, PLAN, SCENARIO, SKATT, event, seen

OF_NINE = replace(
    SCENARIO,
    agencies={id: replace(agency, teams=(TeamLine(Matching(), 9),)) for id, agency in SCENARIO.agencies.items()},
)

DAY, AFTER = date(2027, 3, 2), datetime(2027, 3, 5, 8, tzinfo=UTC)
CANARIES = ("Kanarienot", "Kanariesiffra", "4711", "4712")
"""Words and figures of an outcome that no feed may hold."""


def told(party: Party, made: Plan, level: Level = "full", language: str = "sv") -> list[str]:
    """The description of OP-001 in that feed, line by line; at the lower levels, of what stands at its time."""
    seen = view(made, OF_NINE, Channel(party, level, "operations"), FeedHistory(), words(language), bytes(32))
    starts = OF_NINE.moments(PLAN.placed["OP-001"].slot)[0]
    return [
        line for entry in seen.entries if entry.event.starts == starts for line in entry.event.description.splitlines()
    ]


def gone_by(result: Result | None) -> Plan:
    """The plan after the day of OP-001, with that outcome of it."""
    outcome = () if result is None else (
        Outcome("OP-001", DAY, result, 4711, {"miljo": 4712}, {"Kanariesiffra": 4711}, "Kanarienot"),
    )  # fmt: skip
    return replace(PLAN, as_of=AFTER.astimezone(OF_NINE.zone), entries=Entries.of(outcomes=outcome))


SAID: Mapping[Result | None, tuple[str, str]] = {
    "done": ("Genomförd", "Carried out"),
    "without-police": ("Genomförd utan polis", "Carried out without police"),
    "aborted": ("Avbruten", "Broken off"),
    None: ("Datum passerat, utfall saknas", "Date passed, outcome missing"),
}


def test_lower_levels_and_other_parties_learn_nothing_and_nobody_the_figures() -> None:
    for result in SAID:
        for language, said in zip(("sv", "en"), SAID[result], strict=True):
            for party in (COORDINATOR, MILJO, SKATT, CITY):
                planned = {"sv": "Det som var planerat:", "en": "What was planned:"}[language]
                assert told(party, gone_by(result), language=language)[:2] == [said, planned]
        assert all("Genomförd" not in line for line in told(COORDINATOR, PLAN))
        assert told(HISINGEN, gone_by(result)) == []
    for result in SAID:
        made = gone_by(result)
        for party in parties(OF_NINE):
            for level in LEVELS:
                seen = view(made, OF_NINE, Channel(party, level, "all"), FeedHistory(), WORDS, bytes(32))
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
        as_of=AFTER.astimezone(OF_NINE.zone),
        placements=(*rest, *([] if new is None else [new])),
        base=Base(1, PLAN.as_of, PLAN.placed, frozenset({"OP-001"})),
        entries=Entries.of(
            outcomes=outcomes, changes=tuple(replace(change, revision=PLAN.revision) for change in changes)
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


def test_the_cause_is_what_was_entered_and_is_said_where_it_has_moved_to() -> None:
    for made, why in CAUSES.values():
        for party in (COORDINATOR, MILJO, CITY):
            said = cause(OF_NINE, made, PLAN.placed["OP-001"], party)
            assert said is not None
            assert WORDS.say(said) == why
    channel = Channel(MILJO, "full", "operations")
    before = remembered(FeedHistory(), [view(PLAN, OF_NINE, channel, FeedHistory(), WORDS)])
    before = replace(before, plan=FormerPlan(OF_NINE, PLAN.placed))
    seen = view(CAUSES["called off"][0], OF_NINE, channel, before, WORDS)
    (event,) = (entry.event for entry in seen.entries if entry.event.uid.startswith("OP-001@"))
    assert event.day == MOVED.slot.day
    assert event.description.startswith("Flyttad från tisdag 2 mars 2027")
    assert "den ställdes in på dagen" in event.description.splitlines()[0]


# What feeds and messages tell of an operation that the coordinator cancels: why, and its milestones.


GONE = {id: one for id, one in SCENARIO.operations.items() if id != "OP-001"}
YEAR = replace(SCENARIO, operations=GONE)
AS_OF = datetime(2027, 2, 20, 8, tzinfo=UTC).astimezone(SCENARIO.zone)


def cancelled(as_of: datetime = AS_OF, revision: int = 2) -> Plan:
    """The plan after OP-001 was cancelled in revision 2; its base has it no more."""
    placed = {id: placement for id, placement in PLAN.placed.items() if id != "OP-001"}
    entries = Entries.of(changes=(Cancelled("OP-001", revision=2, reported=AS_OF),))
    return replace(
        PLAN,
        as_of=as_of,
        revision=revision,
        placements=tuple(placed.values()),
        base=Base(revision - 1, as_of, placed),
        entries=entries,
    )


def test_what_the_coordinator_cancels_says_so_first_and_keeps_the_milestones_that_were_held() -> None:
    for party in [COORDINATOR, MILJO, CITY]:
        told = replace(remembered(FeedHistory(), [seen(party)]), plan=FormerPlan(SCENARIO, PLAN.placed))
        found = event(seen(party, cancelled(), YEAR, told), "OP-001")
        assert found.status == "CANCELLED"
        assert found.description.splitlines()[0] == (
            "Inställd, skulle ha varit tisdag 2 mars 2027 09:00–15:00, på grund av samordnarens beslut."
        )
        change = party_change(FormerPlan(SCENARIO, PLAN.placed), SCENARIO, cancelled(), party, "OP-001")
        assert change is not None
        assert "på grund av samordnarens beslut" in WORDS.say(notice(SCENARIO, cancelled(), change))
    told = remembered(FeedHistory(), [seen(MILJO)])
    first = seen(MILJO, cancelled(), YEAR, told)
    again = seen(MILJO, cancelled(datetime(2027, 2, 25, 8, tzinfo=SCENARIO.zone), 3), YEAR, remembered(told, [first]))
    for shown in (first, again):
        held = event(shown, "OP-001.planning-meeting")
        assert (held.day, held.status, held.transparent) == (date(2027, 2, 16), "CONFIRMED", False)
        assert not [entry for entry in shown.entries if entry.event.uid.startswith("OP-001.joint-evaluation@")]


def test_it_keeps_its_cause_as_long_as_it_is_shown() -> None:
    """Cancelled in December, it stands in the calendar until 30 days after its old date, 2 March."""
    early = datetime(2026, 12, 1, 8, tzinfo=SCENARIO.zone)
    history = replace(remembered(FeedHistory(), [seen(CITY)]), plan=FormerPlan(SCENARIO, PLAN.placed))
    first = event(seen(CITY, cancelled(early), YEAR, history), "OP-001")
    for later in (early, datetime(2027, 1, 20, 8), datetime(2027, 3, 15, 8), datetime(2027, 4, 1, 23)):
        now = seen(CITY, cancelled(later.replace(tzinfo=SCENARIO.zone)), YEAR, history)
        assert event(now, "OP-001") == first
        assert first.description.splitlines()[0].startswith("Inställd, ")
        history = replace(remembered(history, [now]), plan=FormerPlan(YEAR, cancelled().placed))
    gone = seen(CITY, cancelled(datetime(2027, 4, 2, 8, tzinfo=SCENARIO.zone)), YEAR, history)
    assert [entry.event.summary for entry in gone.entries] == ["Inga insatser inplanerade"]


# News for a party that left an operation is told anew where it holds no more, and stays where it does.


ARBETE = Party("agency", "arbetsmiljoverket")
AS_OF_TOLD_SINCE = datetime(2027, 2, 20, 8, tzinfo=SCENARIO.zone)
WAS = "tisdag 2 mars 2027 09:00–15:00"
SHOT = "på grund av en skjutning"
AND_TAKEN = " och av att poliser drogs tillbaka"
SHOOTING = Withdrawal(
    "W-1", AS_OF_TOLD_SINCE, ("lpo-city",), date(2027, 3, 2), date(2027, 3, 2), cause="shooting", revision=2
)
LATER = Withdrawal(
    "W-2", AS_OF_TOLD_SINCE, ("lpo-hisingen",), date(2027, 3, 1), date(2027, 3, 31), cause="match", revision=3
)

OVER = placement(day=date(2027, 3, 18), police="lpo-hisingen")
SAME_DAY = placement(police="lpo-hisingen")
AGAIN = placement(day=date(2027, 3, 25), police="lpo-hisingen")


def replanned_told_since(before: Plan, now: Placement | None) -> Plan:
    """The next revision, in which OP-001 stands there, since officers were withdrawn from where it stood."""
    number = before.revision + 1
    others = [one for one in before.placements if one.operation != "OP-001"]
    return replace(
        before,
        revision=number,
        as_of=AS_OF_TOLD_SINCE.replace(minute=number),
        placements=(*([] if now is None else [now]), *others),
        base=Base(before.revision, before.as_of, before.placed, frozenset({"OP-001"})),
        earlier=before.revisions,
        entries=Entries.of(withdrawals=(SHOOTING, LATER)),
        causes={"OP-001": (ChangeCause("withdrawal", id=f"W-{number - 1}"),)},
    )


def lived(party: Party, *places: Placement | None) -> list[dict[str, Event]]:
    """The entries of OP-001 in its calendar after each replan, by what stands before the @."""
    history = replace(remembered(FeedHistory(), [seen(party)]), plan=FormerPlan(SCENARIO, PLAN.placed))
    now, said = PLAN, []
    for place in places:
        now = replanned_told_since(now, place)
        shown = seen(party, now, SCENARIO, history)
        history = replace(remembered(history, [shown]), plan=FormerPlan(SCENARIO, now.placed))
        said.append({name: event(shown, name) for name in ("OP-001", "OP-001.joint-evaluation") if has(shown, name)})
    return said


def has(shown: View, name: str) -> bool:
    return any(entry.event.uid.startswith(f"{name}@") for entry in shown.entries)


def first(event: Event) -> str:
    return event.description.splitlines()[0]


@pytest.mark.parametrize(
    ("places", "sentences"),
    [
        (
            (OVER, AGAIN, AGAIN),
            (
                f"LPO Hisingen tar över, torsdag 18 mars 2027 09:00–15:00 i stället för {WAS}, {SHOT}.",
                f"LPO Hisingen tar över, torsdag 25 mars 2027 09:00–15:00 i stället för {WAS}, {SHOT}{AND_TAKEN}.",
                f"LPO Hisingen tar över, torsdag 25 mars 2027 09:00–15:00 i stället för {WAS}, {SHOT}{AND_TAKEN}.",
            ),
        ),
        (
            (SAME_DAY, None),
            (
                f"LPO Hisingen tar över, {WAS}, {SHOT}.",
                f"Inställd, skulle ha varit {WAS}, på grund av att poliser drogs tillbaka.",
            ),
        ),
        (
            (None, OVER),
            (
                f"Inställd, skulle ha varit {WAS}, {SHOT}.",
                f"LPO Hisingen tar över, torsdag 18 mars 2027 09:00–15:00 i stället för {WAS}, {SHOT}.",
            ),
        ),
    ],
)
def test_a_unit_that_went_reads_what_holds_now(
    places: tuple[Placement | None, ...], sentences: tuple[str, ...]
) -> None:
    life = [shown["OP-001"] for shown in lived(CITY, *places)]
    assert tuple(map(first, life)) == sentences
    assert {(one.status, one.day) for one in life} == {("CANCELLED", date(2027, 3, 2))}
    prefixes = ["INSTÄLLD: " if "Inställd" in said else "UTAN ER: " for said in sentences]
    assert [one.summary for one in life] == [f"{prefix}OP-001 Göteborg City: restaurang" for prefix in prefixes]


def test_an_agency_that_no_longer_takes_part_reads_that_it_is_called_off_and_of_no_other_move() -> None:
    out, off = lived(ARBETE, OVER, None)
    assert first(out["OP-001"]).startswith(f"Ni deltar inte längre {WAS}; den har flyttats och genomförs utan er")
    assert first(off["OP-001"]) == f"Inställd, skulle ha varit {WAS}, på grund av att poliser drogs tillbaka."
    assert [name for shown in (out, off) for name in shown] == ["OP-001", "OP-001"]
    # Another move of an operation that an agency has left is not its matter.
    out, moved = lived(ARBETE, OVER, AGAIN)
    assert moved == out


def test_a_title_alone_that_is_another_is_told_to_the_coordinator() -> None:
    history = replace(remembered(FeedHistory(), [seen(COORDINATOR)]), plan=FormerPlan(SCENARIO, PLAN.placed))
    titled = replace(SCENARIO.operations["OP-001"], title="En annan")
    year = replace(SCENARIO, operations={**SCENARIO.operations, "OP-001": titled})
    later = replace(PLAN, revision=PLAN.revision + 1, as_of=AS_OF_TOLD_SINCE)
    assert first(event(seen(COORDINATOR, later, year, history), "OP-001")).startswith("Har fått en annan titel")


# The year's own meetings in calendars when they are edited: what was held stays, and what changes is told.


HELD, COMING, LATER_MEETINGS_TOLD = "20270317", "20270609", "20270616"
AS_OF_MEETINGS_TOLD = datetime(2027, 4, 12, 8, tzinfo=SCENARIO.zone)


def network(scenario: Scenario = SCENARIO) -> Meeting:
    return next(one for one in scenario.cycle.meetings if one.id == "network-meeting")


def with_network(*meetings: Meeting) -> Scenario:
    others = tuple(one for one in SCENARIO.cycle.meetings if one.id != "network-meeting")
    return replace(SCENARIO, cycle=replace(SCENARIO.cycle, meetings=(*others, *meetings)))


def after(*years: Scenario, party: Party = MILJO, level: Level = "full") -> View:
    """The party's calendar after the years as they were published, one after another, the later ones in April."""
    made, history = PLAN, FeedHistory()
    for number, year in enumerate(years):
        made = replace(PLAN, as_of=AS_OF_MEETINGS_TOLD) if number else PLAN
        shown = seen(party, made, year, history, level)
        history = replace(remembered(history, [shown]), plan=FormerPlan(year, PLAN.placed))
    return shown


def meeting(view: View, day: str) -> Event:
    return event(view, f"meeting.network-meeting.{day}")


EDITS = {
    "gone": with_network(),
    "others are invited": with_network(replace(network(), agencies=("skatteverket",))),
    "another place": with_network(replace(network(), meet=Meet("Stadshuset"))),
    "another hour": with_network(replace(network(), minutes=15)),
    "other dates": with_network(replace(network(), dates=(date(2027, 6, 9),))),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("level", ["full", "busy"])
def test_what_was_held_stays_as_it_was(edit: str, level: Level) -> None:
    def there(view: View) -> list[Event]:
        return [entry.event for entry in view.entries if entry.event.day == date(2027, 3, 17)]

    before = there(after(SCENARIO, SCENARIO, level=level))
    assert [one.status for one in before] == ["CONFIRMED"]
    assert there(after(SCENARIO, EDITS[edit], level=level)) == before
    assert there(after(SCENARIO, EDITS[edit], EDITS[edit], level=level)) == before, "and in the next revision"


def first_meetings_told(party: Party, day: str, *years: Scenario) -> str:
    """The first_meetings_told line of the meeting on that date."""
    return meeting(after(SCENARIO, *years, party=party), day).description.partition("\n")[0]


def test_what_changes_of_a_meeting_is_told_and_who_is_invited() -> None:
    moved = with_network(replace(network(), dates=(date(2027, 3, 17), date(2027, 6, 16))))
    said = "Flyttad från onsdag 9 juni 2027 till onsdag 16 juni 2027."
    assert first_meetings_told(MILJO, COMING, moved) == first_meetings_told(MILJO, LATER_MEETINGS_TOLD, moved) == said
    assert first_meetings_told(COORDINATOR, LATER_MEETINGS_TOLD, moved) == said
    assert meeting(after(SCENARIO, moved), COMING).status == "CANCELLED"
    placed = with_network(replace(network(), meet=Meet("Stadshuset")))
    assert first_meetings_told(MILJO, COMING, placed) == "Samling Stadshuset."
    elsewhere = with_network(replace(network(), meet=Meet("Rådhuset")))
    assert first_meetings_told(MILJO, COMING, placed, elsewhere) == "Samling Rådhuset, inte längre Stadshuset."
    assert first_meetings_told(MILJO, COMING, placed, SCENARIO) == "Ingen samlingsplats är längre angiven."
    assert "Samling" not in meeting(after(SCENARIO, placed, SCENARIO), COMING).description, "the latest place alone"
    both = with_network(replace(network(), meet=Meet("Rådhuset"), minutes=15))
    assert first_meetings_told(MILJO, COMING, placed, both).endswith("; samling Rådhuset, inte längre Stadshuset.")
    another = with_network(replace(network(), dates=(*network().dates, date(2027, 6, 16))))
    assert first_meetings_told(MILJO, LATER_MEETINGS_TOLD, another) == "Nytt möte."
    assert meeting(after(SCENARIO, SCENARIO), COMING).description == ""
    others = with_network(replace(network(), agencies=("skatteverket",)))
    assert first_meetings_told(MILJO, COMING, others) == "Ni är inte längre kallade."
    assert meeting(after(SCENARIO, others), COMING).summary.startswith("UTAN ER: ")
    assert meeting(after(SCENARIO, with_network()), COMING).summary.startswith("INSTÄLLD: ")
    assert first_meetings_told(MILJO, COMING, others, SCENARIO) == "Ni är kallade nu."
    assert first_meetings_told(MILJO, COMING, with_network()) == "Mötet ställs in."
    assert first_meetings_told(MILJO, COMING, with_network(), SCENARIO) == "Nytt möte."
    assert "kallade nu" not in first_meetings_told(SKATT, COMING, others)
    for year in (SCENARIO, others):
        assert not [
            entry for entry in after(year, SCENARIO, party=CITY).entries if "meeting.network" in entry.event.uid
        ]
    assert meeting(after(SCENARIO), COMING).description == ""
