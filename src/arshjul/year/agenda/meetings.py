"""The year's own meetings with what came of them, as the coordinator and as each party sees them."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from arshjul.year.agenda.milestone_times import DueAt, has_milestone
from arshjul.year.agenda.party import COORDINATOR, Party, concerns
from arshjul.year.domain.entries.learnt import AgendaPoint, MeetingAction, MeetingMinutes, latest_actions
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.party_view import ViewAction, ViewDue, ViewMeeting, ViewMeetings
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Meeting, Milestone


@dataclass(frozen=True, slots=True)
class HeldMeeting:
    """On one of its dates. `due`: the milestones dealt with there, each with its operation where that stands."""

    meeting: Meeting
    day: date
    points: tuple[AgendaPoint, ...]
    minutes: MeetingMinutes | None
    actions: tuple[MeetingAction, ...]
    due: tuple[tuple[Milestone, Placement], ...] = ()


def meetings(scenario: Scenario, plan: Plan, due: DueAt | None = None) -> Iterator[HeldMeeting]:
    """All of them, by date. The plan's entries have what counts now. `due`: what is dealt with at each.

    What was entered for a date that has moved since goes with it, to the nearest one; but a meeting that was held stays
    where it was.
    """
    known = (
        held_meeting
        for meeting in scenario.cycle.meetings
        for held_meeting in _dated(scenario, meeting, plan, due or {})
    )
    yield from sorted(known, key=lambda one: (one.day, one.meeting.id))


def _dated(scenario: Scenario, meeting: Meeting, plan: Plan, due: DueAt) -> Iterator[HeldMeeting]:
    log = plan.entries
    written = {minutes.day: minutes for minutes in log.minutes if minutes.meeting == meeting.id}
    days = sorted({*scenario.meeting_days(meeting), *(day for day, row in written.items() if row.was_held)})
    points, actions = defaultdict[date, list[AgendaPoint]](list), defaultdict[date, list[MeetingAction]](list)
    before = defaultdict[date, list[MeetingMinutes]](list)
    for point in (point for point in log.agenda_points if days and point.meeting == meeting.id):
        points[_nearest(days, point.day)].append(point)
    for action in (
        action for action in latest_actions(log.meeting_actions).values() if days and action.meeting == meeting.id
    ):
        actions[_nearest(days, action.day)].append(action)
    for then, row in written.items():
        if days and then not in days:
            before[_nearest(days, then)].append(row)
    for day in days:
        minutes = written.get(day, next(reversed(before[day]), None))
        yield HeldMeeting(
            meeting,
            day,
            tuple(points[day]),
            None if minutes is None else replace(minutes, day=day),
            tuple(actions[day]),
            tuple(due.get((meeting.id, day), ())),
        )


def _nearest(days: Sequence[date], day: date) -> date:
    return min(days, key=lambda one: abs(one - day))


def is_invited(scenario: Scenario, meeting: Meeting, party: str) -> bool:
    return party in scenario.invited(meeting)


def is_asked(scenario: Scenario, meeting: Meeting, party: Party) -> bool:
    return party == COORDINATOR or is_invited(scenario, meeting, party.id)


def open_actions(plan: Plan) -> list[MeetingAction]:
    actions = latest_actions(plan.entries.meeting_actions).values()
    return sorted((action for action in actions if action.state == "open"), key=lambda one: (one.due, one.id))


def view_meetings(
    scenario: Scenario,
    plan: Plan,
    party: Party,
    today: date,
    due: DueAt,
    may_be_told: Callable[[str], bool] = lambda _: True,
) -> ViewMeetings:
    """If it may be told: agendas to come where it is asked or has something, and what it is to do."""
    coming = []
    for meeting in meetings(scenario, plan, due):
        if meeting.day < today:
            continue
        own, invited = tuple(_own_due(scenario, party, meeting)), is_invited(scenario, meeting.meeting, party.id)
        if own or invited:
            agenda = (
                "" if meeting.minutes is None or not may_be_told(meeting.minutes.agenda) else meeting.minutes.agenda
            )
            coming.append(
                ViewMeeting(meeting.meeting.id, meeting.meeting.name, meeting.day, agenda, own, is_invited=invited)
            )
    return ViewMeetings(
        tuple(coming),
        tuple(
            ViewAction(action.id, action.action, action.due)
            for action in open_actions(plan)
            if action.party == party.id and may_be_told(action.action)
        ),
    )


def _own_due(scenario: Scenario, party: Party, held: HeldMeeting) -> Iterator[ViewDue]:
    own = (
        (milestone, placement)
        for milestone, placement in held.due
        if concerns(scenario, party, placement) and has_milestone(scenario, party, milestone, placement)
    )
    for milestone, there in groupby(own, key=lambda one: one[0]):
        yield ViewDue(milestone.name, tuple(placement.operation for _, placement in there))
