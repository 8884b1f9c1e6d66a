"""The dates of milestones and meetings, and how certain they are."""

from datetime import UTC, date, datetime, timedelta

from arshjul.domain.calendar import Calendar, local
from arshjul.domain.placement import Placement
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


def milestone_day(scenario: Scenario, milestone: Milestone, placement: Placement) -> date:
    """The milestone's date for an operation there, an office day: before its first date or after its last."""
    day = scenario.last_day(placement) if milestone.comes_after else placement.slot.day
    return office_day(scenario.calendar, day + timedelta(days=milestone.days), 1 if milestone.comes_after else -1)


def first_day(scenario: Scenario, milestone: Milestone, as_of: datetime) -> date:
    """The first office day on which the milestone can still be held."""
    first = office_day(scenario.calendar, as_of.date(), 1)
    if lies_before(scenario, milestone, first, as_of):
        first = office_day(scenario.calendar, first + timedelta(days=1), 1)
    return first


def lies_before(scenario: Scenario, milestone: Milestone, day: date, as_of: datetime) -> bool:
    """True if the milestone, on that date, begins before the moment."""
    if milestone.start is None:
        return day < as_of.date()
    return local(day, milestone.start, scenario.zone) < as_of


def is_confirmed(scenario: Scenario, plan: Plan, day: date, starts: datetime | None = None) -> bool:
    """True if an event at that time is settled: it has started, or its date is a frozen one."""
    frozen_until = plan.as_of.date() + timedelta(days=scenario.settings[FREEZE_DAYS])
    return day < frozen_until or (starts is not None and starts < plan.as_of.astimezone(UTC))
