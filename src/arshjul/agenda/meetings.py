"""The year's own meetings with what came of them, as the coordinator and as each party sees them."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from arshjul.agenda.party import COORDINATOR, Party
from arshjul.domain.entries.meeting import AgendaPoint, MeetingAction, MeetingMinutes, latest_actions
from arshjul.domain.party_view import ViewAction, ViewMeeting, ViewMeetings
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Meeting


@dataclass(frozen=True, slots=True)
class HeldMeeting:
    """A meeting on one of its dates, what parties propose for it, what is written of it, and what is to be done."""

    meeting: Meeting
    day: date
    points: tuple[AgendaPoint, ...]
    minutes: MeetingMinutes | None
    actions: tuple[MeetingAction, ...]


def meetings(scenario: Scenario, plan: Plan) -> Iterator[HeldMeeting]:
    """All of them, by date. The plan's entries have what counts now.

    What was entered for a date that has moved since goes with it, to the nearest one; but a meeting that was held stays
    where it was.
    """
    known = (one for meeting in scenario.cycle.meetings for one in _dated(meeting, plan))
    yield from sorted(known, key=lambda one: (one.day, one.meeting.id))


def _dated(meeting: Meeting, plan: Plan) -> Iterator[HeldMeeting]:
    log = plan.entries
    written = {one.day: one for one in log.minutes if one.meeting == meeting.id}
    days = sorted({*meeting.dates, *(day for day, one in written.items() if one.was_held)})
    for day in days:
        before = [one for then, one in written.items() if then not in days and _nearest(days, then) == day]
        minutes = written.get(day, next(reversed(before), None))
        yield HeldMeeting(
            meeting,
            day,
            tuple(one for one in log.agenda_points if one.meeting == meeting.id and _nearest(days, one.day) == day),
            None if minutes is None else replace(minutes, day=day),
            tuple(
                one
                for one in latest_actions(log.meeting_actions).values()
                if one.meeting == meeting.id and _nearest(days, one.day) == day
            ),
        )


def _nearest(days: Sequence[date], day: date) -> date:
    return min(days, key=lambda one: abs(one - day))


def is_invited(scenario: Scenario, meeting: Meeting, party: str) -> bool:
    """True if the agency is asked to it; the police are asked to none."""
    return party in scenario.agencies and (meeting.agencies == "all" or party in meeting.agencies)


def is_asked(scenario: Scenario, meeting: Meeting, party: Party) -> bool:
    """True if the party's calendar has the meeting: the coordinator's has all of them."""
    return party == COORDINATOR or is_invited(scenario, meeting, party.id)


def open_actions(plan: Plan) -> list[MeetingAction]:
    """What is to be done, those that are due first."""
    actions = latest_actions(plan.entries.meeting_actions).values()
    return sorted((one for one in actions if one.state == "open"), key=lambda one: (one.due, one.id))


def view_meetings(
    scenario: Scenario, plan: Plan, party: str, today: date, may_be_told: Callable[[str], bool] = lambda _: True
) -> ViewMeetings:
    """What one party sees: the agendas of meetings to come that it is asked to, and what it is to do, if it may."""
    coming = (one for one in meetings(scenario, plan) if one.day >= today and is_invited(scenario, one.meeting, party))
    return ViewMeetings(
        tuple(
            ViewMeeting(
                one.meeting.id,
                one.meeting.name,
                one.day,
                one.minutes.agenda if one.minutes is not None and may_be_told(one.minutes.agenda) else "",
            )
            for one in coming
        ),
        tuple(
            ViewAction(one.id, one.action, one.due)
            for one in open_actions(plan)
            if one.party == party and may_be_told(one.action)
        ),
    )
