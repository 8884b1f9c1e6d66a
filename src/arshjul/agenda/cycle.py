"""When what surrounds an operation takes place, and how sure that is."""

from datetime import UTC, date, datetime, timedelta

from arshjul.domain.calendar import Calendar
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import FREEZE_DAYS, Milestone

_SEARCH_DAYS = 366


def milestone_day(calendar: Calendar, milestone: Milestone, day: date) -> date:
    """The milestone's date around an operation on that day.

    A closed date moves to the open one before it, or after it for a milestone that comes after. In
    a calendar that is closed altogether it stays.
    """
    meant = day + timedelta(days=milestone.days)
    step = 1 if milestone.comes_after else -1
    near = (meant + timedelta(days=step * days) for days in range(_SEARCH_DAYS))
    return next((day for day in near if calendar.is_open(day)), meant)


def is_confirmed(scenario: Scenario, plan: Plan, day: date, starts: datetime | None = None) -> bool:
    """Whether what starts then is settled: it has started, or its date is a frozen one (contract 3)."""
    frozen_until = plan.as_of.date() + timedelta(days=scenario.settings[FREEZE_DAYS])
    return day < frozen_until or (starts is not None and starts < plan.as_of.astimezone(UTC))
