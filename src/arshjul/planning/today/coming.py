"""A day and those after it: their operations, each on all its dates, and the year's own meetings."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from arshjul.domain.calendar import Slot
from arshjul.domain.entries.outcome import Result
from arshjul.domain.parties import Agency, PoliceUnit
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import Meeting


@dataclass(frozen=True, slots=True)
class OperationAhead:
    """An operation on one of its dates, with its parties. `result` None: no outcome is reported."""

    placement: Placement
    slot: Slot
    parties: tuple[Agency | PoliceUnit, ...]
    result: Result | None


@dataclass(frozen=True, slots=True)
class MeetingAhead:
    """A meeting of the year on one of its dates."""

    meeting: Meeting
    day: date


def operations_ahead(context: ReplanContext, plan: Plan, last: date) -> Iterator[OperationAhead]:
    """The operations from the plan's moment to that date, by start; of those that have begun, the day's own.

    An operation that began the evening before and is not over is among them.
    """
    scenario, today = context.scenario, plan.as_of.date()
    known = plan.entries.known_outcomes()
    there = [
        (scenario.moments(slot), placement, slot)
        for id, placement in plan.placed.items()
        if id in scenario.operations
        for slot in scenario.slots(placement)
        if today - timedelta(days=1) <= slot.day <= last
    ]
    for (_, ends), placement, slot in sorted(there, key=lambda one: (one[0], one[1].operation)):
        if slot.day >= today or ends > plan.as_of:
            parties = tuple(scenario.parties[party] for party in scenario.parties_at(placement))
            outcome = known.get((placement.operation, placement.slot.day))
            yield OperationAhead(placement, slot, parties, None if outcome is None else outcome.result)


def meetings_ahead(scenario: Scenario, first: date, last: date) -> Iterator[MeetingAhead]:
    """The year's own meetings between two dates, both included, by date and start."""
    there = [
        MeetingAhead(meeting, day)
        for meeting in scenario.cycle.meetings
        for day in scenario.meeting_days(meeting)
        if first <= day <= last
    ]
    yield from sorted(there, key=lambda one: (one.day, f"{one.meeting.starts_at(one.day) or ''}"))
