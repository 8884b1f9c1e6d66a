"""The year's own meetings in calendars when they are edited: what was held stays, and what changes is told."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from arshjul.agenda.channel import Level
from arshjul.agenda.entry import Event
from arshjul.agenda.feed_history import FeedHistory
from arshjul.agenda.part_change import Former
from arshjul.agenda.party import COORDINATOR, Party
from arshjul.agenda.view import View, remembered
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Meeting
from arshjul.domain.taking_part import Meet
from tests.agenda.test_view import CITY, MILJO, PLAN, SCENARIO, SKATT, event, seen

HELD, COMING, LATER = "20270317", "20270609", "20270616"
AS_OF = datetime(2027, 4, 12, 8, tzinfo=SCENARIO.zone)


def network(scenario: Scenario = SCENARIO) -> Meeting:
    return next(one for one in scenario.cycle.meetings if one.id == "network-meeting")


def with_network(*meetings: Meeting) -> Scenario:
    others = tuple(one for one in SCENARIO.cycle.meetings if one.id != "network-meeting")
    return replace(SCENARIO, cycle=replace(SCENARIO.cycle, meetings=(*others, *meetings)))


def after(*years: Scenario, party: Party = MILJO, level: Level = "full") -> View:
    """The party's calendar after the years as they were published, one after another, the later ones in April."""
    made, history = PLAN, FeedHistory()
    for number, year in enumerate(years):
        made = replace(PLAN, as_of=AS_OF) if number else PLAN
        shown = seen(party, made, year, history, level)
        history = replace(remembered(history, [shown]), plan=Former(year, PLAN.placed))
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
        return [one.event for one in view.entries if one.event.day == date(2027, 3, 17)]

    before = there(after(SCENARIO, SCENARIO, level=level))
    assert [one.status for one in before] == ["CONFIRMED"]
    assert there(after(SCENARIO, EDITS[edit], level=level)) == before
    assert there(after(SCENARIO, EDITS[edit], EDITS[edit], level=level)) == before, "and in the next revision"


def first(party: Party, day: str, *years: Scenario) -> str:
    """The first line of the meeting on that date."""
    return meeting(after(SCENARIO, *years, party=party), day).description.partition("\n")[0]


def test_what_changes_is_told() -> None:
    moved = with_network(replace(network(), dates=(date(2027, 3, 17), date(2027, 6, 16))))
    said = "Flyttad från onsdag 9 juni 2027 till onsdag 16 juni 2027."
    assert first(MILJO, COMING, moved) == first(MILJO, LATER, moved) == said
    assert first(COORDINATOR, LATER, moved) == said
    assert meeting(after(SCENARIO, moved), COMING).status == "CANCELLED"
    placed = with_network(replace(network(), meet=Meet("Stadshuset")))
    assert first(MILJO, COMING, placed) == "Samling Stadshuset."
    elsewhere = with_network(replace(network(), meet=Meet("Rådhuset")))
    assert first(MILJO, COMING, placed, elsewhere) == "Samling Rådhuset, inte längre Stadshuset."
    assert first(MILJO, COMING, placed, SCENARIO) == "Ingen samlingsplats är längre angiven."
    assert "Samling" not in meeting(after(SCENARIO, placed, SCENARIO), COMING).description, "the latest place alone"
    both = with_network(replace(network(), meet=Meet("Rådhuset"), minutes=15))
    assert first(MILJO, COMING, placed, both).endswith("; samling Rådhuset, inte längre Stadshuset.")
    another = with_network(replace(network(), dates=(*network().dates, date(2027, 6, 16))))
    assert first(MILJO, LATER, another) == "Nytt möte."
    assert meeting(after(SCENARIO, SCENARIO), COMING).description == ""


def test_who_is_invited_is_told() -> None:
    others = with_network(replace(network(), agencies=("skatteverket",)))
    assert first(MILJO, COMING, others) == "Ni är inte längre kallade."
    assert meeting(after(SCENARIO, others), COMING).summary.startswith("UTAN ER: ")
    assert meeting(after(SCENARIO, with_network()), COMING).summary.startswith("INSTÄLLD: ")
    assert first(MILJO, COMING, others, SCENARIO) == "Ni är kallade nu."
    assert first(MILJO, COMING, with_network()) == "Mötet ställs in."
    assert first(MILJO, COMING, with_network(), SCENARIO) == "Nytt möte."
    assert "kallade nu" not in first(SKATT, COMING, others)
    for year in (SCENARIO, others):
        assert not [one for one in after(year, SCENARIO, party=CITY).entries if "meeting.network" in one.event.uid]


def test_a_first_plan_tells_of_no_new_meetings() -> None:
    assert meeting(after(SCENARIO), COMING).description == ""
