"""What the parties tell each other: improvements, meetings, minutes and actions, cards, situation pictures."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from arshjul.agenda.improvements import FollowedImprovement
from arshjul.agenda.meetings import is_invited, meetings
from arshjul.agenda.sheet_completeness import SheetRegister, was_complete
from arshjul.domain.calendar import Span
from arshjul.domain.entries.card import latest_cards
from arshjul.domain.entries.meeting import latest_actions
from arshjul.domain.entries.picture import latest_themes
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.report.figures import Figure

Figures = Iterator[Figure]
NETWORK_MEETING = "network-meeting"
"""The id of the series in which the parties learn each other's work."""
IMPROVED: Mapping[str, Message] = {
    "checked": Message("improvements that helped, by later evaluations"),
    "done": Message("improvements done, not checked yet"),
    "open": Message("improvements open"),
    "dropped": Message("improvements dropped"),
}


def sheets(scenario: Scenario, plan: Plan, register: SheetRegister, period: Span, today: date) -> Figures:
    """Of the operations of the period as they stand, those whose due date is over; nothing if nobody could write."""
    there = [one for one in plan.placements if one.operation in scenario.operations and one.slot.day in period]
    known = [said for one in there if (said := was_complete(scenario, one, register, today)) is not None]
    if known:
        label = Message("information sheets complete in time")
        yield Figure("sheets", label, sum(known), len(known))


def improved(improvements: Sequence[FollowedImprovement], today: date) -> Figures:
    """Improvements by what has become of them; nothing if there are none."""
    states = [one.state for one in improvements]
    if states:
        for state, label in IMPROVED.items():
            yield Figure(state, label, sum(one == state for one in states), len(states), "improvements")
        overdue = sum(one.is_overdue(today) for one in improvements)
        yield Figure("overdue", Message("improvements overdue"), overdue, len(states), "improvements")


def together(scenario: Scenario, plan: Plan, today: date, period: Span) -> Figures:
    """Meetings, cards and pictures; nothing of a kind that nobody has entered."""
    entries = plan.entries
    yield from _meetings(scenario, plan, today, period)
    if actions := [one for one in latest_actions(entries.meeting_actions).values() if one.day in period]:
        done = [one.state == "done" for one in actions]
        yield _share("actions_done", Message("actions of these meetings done"), done)
        overdue = [one.is_overdue(today) for one in actions]
        yield _share("actions_overdue", Message("actions of these meetings overdue"), overdue)
    if cards := [one.card for id, one in latest_cards(entries.cards).items() if id in scenario.parties]:
        of = len(scenario.parties)
        yield Figure("cards", Message("agencies and units with a card"), len(cards), of, "together")
        old = [bool(one.review_by and one.review_by < today) for one in cards]
        yield _share("old_cards", Message("cards due for review"), old)
    themes = [one for one in latest_themes(entries.pictures, scenario) if one.picture.period.first in period]
    if themes:
        pictures = {one.picture.id: one.picture for one in themes}.values()
        by = Counter(one.by in scenario.police for one in pictures)
        yield Figure("police", Message("situation pictures by the police"), by[True], by.total(), "pictures")
        areas = {one.area for one in pictures} & scenario.areas.keys()
        label = Message("areas with a situation picture")
        yield Figure("areas", label, len(areas), len(scenario.areas), "pictures")
    if decided := [one.theme.decision for one in themes]:
        taken, waiting = ([one in some for one in decided] for some in (("priority", "interest"), ("open",)))
        yield _share("themes_taken", Message("themes of situation pictures taken over"), taken)
        yield _share("themes_waiting", Message("themes of situation pictures not decided"), waiting)


def _meetings(scenario: Scenario, plan: Plan, today: date, period: Span) -> Figures:
    """Of each series the dates that were held, of those that have been; who came to the network's, and how often.

    Nothing where nobody writes minutes.
    """
    if not plan.entries.minutes:
        return
    been = [one for one in meetings(scenario, plan) if one.day in period and one.day < today]
    held = [one for one in been if one.minutes is not None and one.minutes.was_held]
    for id, name in {one.meeting.id: one.meeting.name for one in been}.items():
        n, of = (sum(one.meeting.id == id for one in some) for some in (held, been))
        yield Figure("held", Message("held: {meeting}", {"meeting": name}), n, of, "meetings", id)
    label = Message("past meetings with minutes")
    yield _share("minutes", label, [bool(one.minutes and one.minutes.said) for one in been])
    network = [one for one in held if one.meeting.id == NETWORK_MEETING and one.minutes]
    came = Counter(party for one in network if one.minutes for party in dict.fromkeys(one.minutes.came))
    invited = {id for id in scenario.parties if any(is_invited(scenario, one.meeting, id) for one in network)}
    if network:
        of = len(invited | came.keys())
        yield Figure("came", Message("parties at a network meeting"), len(came), of, "network")
    for id in (id for id in scenario.parties if id in invited or id in came):
        label = Message("network meetings with {party}", {"party": scenario.parties[id].name})
        yield Figure("came", label, came[id], len(network), "network_by_party", id)


def _share(key: str, label: Message, which: Sequence[bool]) -> Figure:
    return Figure(key, label, sum(which), len(which), "together")
