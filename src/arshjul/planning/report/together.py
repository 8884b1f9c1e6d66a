"""What the parties tell each other: evaluations, improvements, minutes and actions, cards, situation pictures."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from arshjul.agenda.evaluations import ToEvaluate, asked_evaluations, given_evaluations
from arshjul.agenda.improvements import FollowedImprovement
from arshjul.agenda.meetings import meetings
from arshjul.agenda.sheet_completeness import SheetRegister, was_complete
from arshjul.domain.calendar import Span
from arshjul.domain.entries.card import latest_cards
from arshjul.domain.entries.meeting import latest_actions
from arshjul.domain.entries.picture import latest_themes
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.report.figures import Figure
from arshjul.planning.report.occasions import CARRIED_OUT, DatedOperation, is_evaluated

Figures = Iterator[Figure]
IMPROVED: Mapping[str, Message] = {
    "checked": Message("improvements that helped, as the parties of a later operation say"),
    "done": Message("improvements that are done, and not checked yet"),
    "open": Message("improvements that are open"),
    "dropped": Message("improvements that were dropped"),
}


def evaluated(scenario: Scenario, plan: Plan, operations: Sequence[DatedOperation]) -> Figure:
    """Those that were evaluated, of what was carried out."""
    cycle, held = scenario.cycle, plan.held()
    of = [one for one in operations if one.state in CARRIED_OUT]
    n = sum(is_evaluated(scenario, held, one) for one in of)
    if n or any(cycle.meaning(milestone.id) == "evaluation" for milestone in cycle.milestones):
        return Figure("evaluated", Message("evaluated, of what was carried out"), n, len(of))
    return Figure("evaluated", Message("evaluated: unknown, since no milestone counts as an evaluation"), None)


def sheets(scenario: Scenario, plan: Plan, register: SheetRegister, period: Span, today: date) -> Figures:
    """Of the operations of the period as they stand, those whose due date is over; nothing if nobody could write."""
    there = [one for one in plan.placements if one.operation in scenario.operations and one.slot.day in period]
    known = [said for one in there if (said := was_complete(scenario, one, register, today)) is not None]
    if known:
        label = Message("information sheets that were complete at their due date")
        yield Figure("sheets", label, sum(known), len(known))


def answered(scenario: Scenario, plan: Plan, today: date, period: Span, contacts: ToEvaluate | None) -> Figures:
    """Of the operations of the period whose evaluation has opened, how many parties were asked of, and answered.

    Of all parties and of each, by its name; nothing if nobody has answered.
    """
    every = asked_evaluations(scenario, plan)
    said = given_evaluations(plan, every).keys()
    asked = [one for one in every.values() if one.opens <= today and one.first in period]
    own = {
        id: [one for one in asked if (one.operation, id) in said or one.asks(id, contacts)] for id in scenario.parties
    }
    given = {id: sum((one.operation, id) in said for one in of) for id, of in own.items() if of}
    if n := sum(given.values()):
        of = sum(map(len, own.values()))
        yield Figure("answered", Message("parties that said how it went, of those asked"), n, of)
    for id in sorted(given if n else (), key=lambda id: scenario.parties[id].name.casefold()):
        label = Message("evaluations by {party}", {"party": scenario.parties[id].name})
        yield Figure("answered", label, given[id], len(own[id]), "answered_by", id)


def improved(improvements: Sequence[FollowedImprovement], today: date) -> Figures:
    """Improvements by what has become of them; nothing if there are none."""
    states = [one.state for one in improvements]
    if states:
        for state, label in IMPROVED.items():
            yield Figure(state, label, sum(one == state for one in states), len(states), "improvements")
        overdue = sum(one.is_overdue(today) for one in improvements)
        yield Figure("overdue", Message("improvements that are overdue"), overdue, len(states), "improvements")


def together(scenario: Scenario, plan: Plan, today: date, period: Span) -> Figures:
    """Meetings, cards and pictures; nothing of a kind that nobody has entered."""
    entries = plan.entries
    if entries.minutes:
        been = [one for one in meetings(scenario, plan) if one.day in period and one.day < today]
        label = Message("meetings that have been, and have minutes")
        yield _share("minutes", label, [bool(one.minutes and one.minutes.said) for one in been])
    if actions := [one for one in latest_actions(entries.meeting_actions).values() if one.day in period]:
        done = [one.state == "done" for one in actions]
        yield _share("actions_done", Message("actions of these meetings that are done"), done)
        overdue = [one.is_overdue(today) for one in actions]
        yield _share("actions_overdue", Message("actions of these meetings that are overdue"), overdue)
    if cards := [one.card for id, one in latest_cards(entries.cards).items() if id in scenario.parties]:
        of = len(scenario.parties)
        yield Figure("cards", Message("agencies and units that have a card"), len(cards), of, "together")
        old = [bool(one.review_by and one.review_by < today) for one in cards]
        yield _share("old_cards", Message("cards that should have been looked through"), old)
    themes = [one for one in latest_themes(entries.pictures, scenario) if one.picture.period.first in period]
    if decided := [one.theme.decision for one in themes]:
        taken, waiting = ([one in some for one in decided] for some in (("priority", "interest"), ("open",)))
        yield _share("themes_taken", Message("themes of situation pictures that were taken over"), taken)
        yield _share("themes_waiting", Message("themes of situation pictures that are not decided"), waiting)


def _share(key: str, label: Message, which: Sequence[bool]) -> Figure:
    return Figure(key, label, sum(which), len(which), "together")
