"""Free teams at the slots of operations that have lost their police."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from arshjul.domain.calendar import Slot, month_of, week_of
from arshjul.domain.parties import Agency
from arshjul.domain.placement import Placement
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.settings import DAILY_REST_HOURS


@dataclass(frozen=True, slots=True)
class FreeTeams:
    """The teams of an agency that are free to work at a slot."""

    agency: str
    slot: Slot
    teams: int


def free_teams(context: ReplanContext, hit: Iterable[str]) -> Iterator[FreeTeams]:
    """Free teams of the agencies of the hit operations, given in order of their starts, as if all these were taken out.

    It is the most that could work there by offer, load and rest; agencies without any are absent.
    """
    old, scenario = context.before, context.scenario
    others = [placement for id, placement in old.items() if id not in context.hit]
    asked: dict[tuple[Slot, str], None] = {}
    for id in hit:
        coming = {*scenario.operations[id].sent(old[id].any_of), *old[id].optional_agencies}
        for slot in scenario.slots(old[id]):
            asked.update({(slot, agency): None for agency in scenario.agencies if agency in coming})
    for slot, agency in asked:
        teams = _most(context, scenario.agencies[agency], slot, others)
        if teams > 0:
            yield FreeTeams(agency, slot, teams)


def _most(context: ReplanContext, agency: Agency, slot: Slot, others: Iterable[Placement]) -> int:
    sent = [
        (there, teams)
        for placement in others
        for there in context.scenario.slots(placement)
        if (teams := context.scenario.operations[placement.operation].sent(placement.any_of).get(agency.id, 0))
    ]
    limits = [agency.offer(slot) - sum(teams for there, teams in sent if there == slot)]
    week, month = week_of(slot.day), month_of(slot.day)
    for limit, span in (agency.week_limit(week), week), (agency.month_limit(month), month):
        if limit is not None:
            limits.append(limit - sum(teams for there, teams in sent if there.day in span))
    if context.scenario.settings[DAILY_REST_HOURS]:
        limits.append(agency.staff_teams - _taken(context, slot, sent))
    return min(limits)


def _taken(context: ReplanContext, slot: Slot, sent: Iterable[tuple[Slot, int]]) -> int:
    """The most teams taken at one moment of the slot and the rest after it."""
    rest = timedelta(hours=context.scenario.settings[DAILY_REST_HOURS])

    def hours(slot: Slot) -> tuple[datetime, datetime]:
        starts, ends = context.scenario.moments(slot)
        return starts, ends + rest

    first, last = hours(slot)
    near = [(*hours(there), teams) for there, teams in sent if abs((there.day - slot.day).days) <= rest.days + 2]
    # Teams are only taken when a shift starts, so the starts within, and the slot's own, are the only moments to check.
    moments = [first, *(starts for starts, _, _ in near if first < starts < last)]
    return max(sum(teams for starts, ends, teams in near if starts <= moment < ends) for moment in moments)
