"""The dates of milestones and meetings, and how certain they are."""

from datetime import UTC, date, datetime, time, timedelta

from arshjul.agenda.party import Party
from arshjul.domain.calendar import Calendar, local
from arshjul.domain.operation import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import FREEZE_DAYS, Milestone

_SEARCH_DAYS = 366


def office_day(calendar: Calendar, day: date, step: int) -> date:
    """The date itself if offices are open, else the nearest such date in that direction (1 or -1).

    In a calendar that is always closed it stays.
    """
    if calendar.is_office_day(day):
        return day
    near = (day + timedelta(days=step * days) for days in range(1, _SEARCH_DAYS))
    return next((day for day in near if calendar.is_office_day(day)), day)


def own_day(scenario: Scenario, milestone: Milestone, placement: Placement) -> date:
    """The milestone's own date for an operation there, an office day: before its first date or after its last."""
    day = scenario.last_day(placement) if milestone.comes_after else placement.slot.day
    return office_day(scenario.calendar, day + timedelta(days=milestone.days), 1 if milestone.comes_after else -1)


def meeting_day(scenario: Scenario, milestone: Milestone, placement: Placement) -> date | None:
    """The date of the meeting at which it is dealt with: the last one up to its own date.

    None if it has no meeting, or none there: one that comes after the operation is not dealt with before that.
    """
    meeting = scenario.cycle.meeting(milestone.at)
    if meeting is None:
        return None
    after = scenario.last_day(placement) if milestone.comes_after else None
    return scenario.last_meeting_day(meeting, own_day(scenario, milestone, placement), after)


def milestone_day(scenario: Scenario, milestone: Milestone, placement: Placement) -> date:
    """The date on which the milestone is dealt with for an operation there: at its meeting, or its own."""
    return meeting_day(scenario, milestone, placement) or own_day(scenario, milestone, placement)


def has_milestone(scenario: Scenario, party: Party, milestone: Milestone, placement: Placement) -> bool:
    """True if the party, which has a part in the operation there, has the milestone too; the coordinator has all."""
    match party.kind:
        case "coordinator":
            return True
        case "agency":
            is_lead = party.id == scenario.operations[placement.operation].lead_agency
            return is_lead or not milestone.is_for_lead_alone
        case "police":
            return milestone.is_for_units


def first_day(scenario: Scenario, milestone: Milestone, as_of: datetime) -> date:
    """The first office day on which the milestone can still be held."""
    first = office_day(scenario.calendar, as_of.date(), 1)
    if lies_before(scenario, milestone, first, as_of):
        first = office_day(scenario.calendar, first + timedelta(days=1), 1)
    return first


def lies_before(scenario: Scenario, milestone: Milestone, day: date, as_of: datetime) -> bool:
    """True if the milestone, on that date of its own, begins before the moment."""
    return begins_before(scenario, day, milestone.start, as_of)


def begins_before(scenario: Scenario, day: date, start: time | None, moment: datetime) -> bool:
    """True if what begins then, None: all day, begins before the moment."""
    return day < moment.date() if start is None else local(day, start, scenario.zone) < moment


def is_confirmed(scenario: Scenario, plan: Plan, day: date, starts: datetime | None = None) -> bool:
    """True if an event at that time is settled: it has started, or its date is a frozen one."""
    frozen_until = plan.as_of.date() + timedelta(days=scenario.settings[FREEZE_DAYS])
    return day < frozen_until or (starts is not None and starts < plan.as_of.astimezone(UTC))
