"""Figures of what parties tell each other: evaluations, improvements, meetings, actions, cards, situation pictures."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from statistics import fmean

from arshjul.errors import Message
from arshjul.year.agenda.evaluations import FollowedImprovement, ToEvaluate, asked_evaluations, given_evaluations
from arshjul.year.agenda.meetings import is_invited, meetings
from arshjul.year.agenda.sheet_completeness import SheetRegister, was_complete
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.entries.learnt import PLAIN, PartyEvaluation, latest_actions, latest_cards
from arshjul.year.domain.entries.picture import latest_themes
from arshjul.year.domain.information_sheet.declared import SECTIONS
from arshjul.year.domain.plan import Held, Plan, held_on
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.report.figures import CARRIED_OUT, DatedOperation, Figure, counted_evaluations, median_figure
from arshjul.year.planning.report.obstacles import LEAST

Figures = Iterator[Figure]
NETWORK_MEETING = "network-meeting"
"""The id of the series in which the parties learn each other's work."""
IMPROVED: Mapping[str, Message] = {
    "checked": Message("improvements that helped, by later evaluations"),
    "done": Message("improvements done, not checked yet"),
    "open": Message("improvements open"),
    "dropped": Message("improvements dropped"),
}
MARKS: Mapping[str, Message] = {
    "lead_time": Message("told in good time"),
    "information": Message("information needed"),
    "right_object": Message("the right object"),
    "roles": Message("roles clear"),
    "police": Message("the police's part"),
}
"""The questions of an evaluation with marks, 1 to 5."""


def evaluated(scenario: Scenario, plan: Plan, operations: Sequence[DatedOperation]) -> Iterator[Figure]:
    cycle, held = scenario.cycle, plan.held()
    of = [operation for operation in operations if operation.state in CARRIED_OUT]
    done = [(operation, day) for operation in of if (day := _evaluated_on(scenario, held, operation)) is not None]
    if not done and not any(cycle.meaning(milestone.id) == "evaluation" for milestone in cycle.milestones):
        yield Figure("evaluated", Message("evaluated: unknown, no milestone is an evaluation"), None)
        return
    yield Figure("evaluated", Message("evaluated, of those carried out"), len(done), len(of))
    days = [(day - scenario.last_day(one.placement)).days for one, day in done if day != date.max]
    none = Message("days from operation to evaluation: unknown")
    yield median_figure(days, "evaluation", "days", Message("days from operation to evaluation: median"), none)


def _evaluated_on(scenario: Scenario, held: Held, one: DatedOperation) -> date | None:
    """When its evaluation was held; or else when an outcome that counts one was reported (`date.max`: not known)."""
    milestones = (each for each in scenario.cycle.milestones if scenario.cycle.meaning(each.id) == "evaluation")
    for milestone in milestones:
        if (on := held_on(held, milestone, one.placement)) is not None:
            return on
    if one.outcome is None or not any(counted_evaluations(scenario, one.outcome).values()):
        return None
    return date.max if one.outcome.reported is None else one.outcome.reported.date()


def answered(
    scenario: Scenario, plan: Plan, today: date, period: Span, contacts: ToEvaluate | None
) -> Iterator[Figure]:
    """Of all parties and of each, by its name; nothing if nobody has answered."""
    every = asked_evaluations(scenario, plan)
    evaluations = given_evaluations(plan, every)
    said = evaluations.keys()
    asked = [evaluation for evaluation in every.values() if evaluation.opens <= today and evaluation.first in period]
    own = {
        id: [evaluation for evaluation in asked if (evaluation.operation, id) in said or evaluation.asks(id, contacts)]
        for id in scenario.parties
    }
    given = {id: sum((evaluation.operation, id) in said for evaluation in of) for id, of in own.items() if of}
    if n := sum(given.values()):
        of = sum(map(len, own.values()))
        yield Figure("answered", Message("parties that evaluated, of those asked"), n, of)
    for id in sorted(given if n else (), key=lambda id: scenario.parties[id].name.casefold()):
        label = Message("evaluations by {party}", {"party": scenario.parties[id].name})
        yield Figure("answered", label, given[id], len(own[id]), "answered_by", id)
    operations = {evaluation.operation for evaluation in asked}
    yield from _marks([evaluation for (operation, _), evaluation in evaluations.items() if operation in operations])


def _marks(given: Collection[PartyEvaluation]) -> Iterator[Figure]:
    """Of all parties together, and of at least `LEAST` answers: what one party said only the coordinator reads."""
    if not given:
        return
    marks = {key: [mark for evaluation in given if (mark := getattr(evaluation, key)) is not None] for key in MARKS}
    means = {key: round(fmean(of), 1) for key, of in marks.items() if len(of) >= LEAST}
    for key, what in MARKS.items():
        label = Message("mark 1 to 5: {what} ({n} answers)", {"what": what, "n": len(marks[key])})
        few = Message("mark 1 to 5: {what}, fewer than {least} answers", {"what": what, "least": LEAST})
        yield Figure("mean", label if key in means else few, means.get(key), None, "marks", key)
    if means:
        worst = min(means, key=lambda key: means[key])
        yield Figure("worst", Message("lowest mark: {what}", {"what": MARKS[worst]}), means[worst], None, "worst")
    named = Counter(section for evaluation in given if (section := evaluation.worst_section) and section in SECTIONS)
    section, n = max(named.items(), key=lambda one: (one[1], one[0]), default=("", 0))
    if n >= LEAST:
        label = Message("worst part of the information sheet: {section}", {"section": SECTIONS[section].title})
        yield Figure("section", label, n, named.total(), "worst")


def sheets(scenario: Scenario, plan: Plan, register: SheetRegister, period: Span, today: date) -> Figures:
    """Of the operations of the period as they stand, those whose due date is over; nothing if nobody could write."""
    there = [
        placement
        for placement in plan.placements
        if placement.operation in scenario.operations and placement.slot.day in period
    ]
    known = [said for placement in there if (said := was_complete(scenario, placement, register, today)) is not None]
    if known:
        yield Figure("sheets", Message("information sheets complete in time"), sum(known), len(known))


def improved(improvements: Sequence[FollowedImprovement], today: date) -> Figures:
    states: list[str] = [improvement.state for improvement in improvements]
    if states:
        for state, label in IMPROVED.items():
            yield Figure(state, label, states.count(state), len(states), "improvements")
        overdue = sum(improvement.is_overdue(today) for improvement in improvements)
        yield Figure("overdue", Message("improvements overdue"), overdue, len(states), "improvements")


def cooperation(scenario: Scenario, plan: Plan, today: date, period: Span) -> Figures:
    entries = plan.entries
    yield from _meetings(scenario, plan, today, period)
    if actions := [action for action in latest_actions(entries.meeting_actions).values() if action.day in period]:
        done = [action.state == "done" for action in actions]
        yield _share("actions_done", Message("actions of these meetings done"), done)
        overdue = [action.is_overdue(today) for action in actions]
        yield _share("actions_overdue", Message("actions of these meetings overdue"), overdue)
    if cards := [entry.card for id, entry in latest_cards(entries.cards).items() if id in scenario.parties]:
        yield Figure("cards", Message("agencies and units with a card"), len(cards), len(scenario.parties), "together")
        old = [bool(card.review_by and card.review_by < today) for card in cards]
        yield _share("old_cards", Message("cards due for review"), old)
    for name, words in PLAIN.items():
        if n := len({entry.id for entry in getattr(entries, name)}):
            yield Figure(name, words.many, n, None, "together")
    themes = [theme for theme in latest_themes(entries.pictures, scenario) if theme.picture.period.first in period]
    if themes:
        pictures = {theme.picture.id: theme.picture for theme in themes}.values()
        by = Counter(picture.by in scenario.police for picture in pictures)
        yield Figure("police", Message("situation pictures by the police"), by[True], by.total(), "pictures")
        areas = {picture.area for picture in pictures} & scenario.areas.keys()
        yield Figure("areas", Message("areas with a situation picture"), len(areas), len(scenario.areas), "pictures")
    if decided := [seen.theme.decision for seen in themes]:
        taken, waiting = ([literal in some for literal in decided] for some in (("priority", "interest"), ("open",)))
        yield _share("themes_taken", Message("themes of situation pictures taken over"), taken)
        yield _share("themes_waiting", Message("themes of situation pictures not decided"), waiting)


def _meetings(scenario: Scenario, plan: Plan, today: date, period: Span) -> Figures:
    """Nothing where nobody writes minutes."""
    if not plan.entries.minutes:
        return
    been = [meeting for meeting in meetings(scenario, plan) if meeting.day in period and meeting.day < today]
    held = [meeting for meeting in been if meeting.minutes is not None and meeting.minutes.was_held]
    for id, name in {meeting.meeting.id: meeting.meeting.name for meeting in been}.items():
        n, of = (sum(meeting.meeting.id == id for meeting in some) for some in (held, been))
        yield Figure("held", Message("held: {meeting}", {"meeting": name}), n, of, "meetings", id)
    label = Message("past meetings with minutes")
    yield _share("minutes", label, [bool(meeting.minutes and meeting.minutes.said) for meeting in been])
    network = [meeting for meeting in held if meeting.meeting.id == NETWORK_MEETING and meeting.minutes]
    came = Counter(party for meeting in network if meeting.minutes for party in dict.fromkeys(meeting.minutes.came))
    invited = {id for id in scenario.parties if any(is_invited(scenario, meeting.meeting, id) for meeting in network)}
    if network:
        of = len(invited | came.keys())
        yield Figure("came", Message("parties at a network meeting"), len(came), of, "network")
    for id in (id for id in scenario.parties if id in invited or id in came):
        label = Message("network meetings with {party}", {"party": scenario.parties[id].name})
        yield Figure("came", label, came[id], len(network), "network_by_party", id)


def _share(key: str, label: Message, which: Sequence[bool]) -> Figure:
    return Figure(key, label, sum(which), len(which), "together")
