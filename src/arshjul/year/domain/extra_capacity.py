"""A scenario in which a party comes with one more team, or two more officers, in some months.

It comes with them wherever it offers anything there, on open dates. Its limits by week and month grow in proportion,
and an agency has one team more to keep the daily rest with. It is a scenario like any other: all of it but a unit's
limit in a single month could be written down.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date
from math import ceil

from arshjul.year.domain.calendar import Slot, Span, month_of, week_of
from arshjul.year.domain.parties import Agency, Matching, Offer, OfficerLine, PoliceUnit, TeamLine
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import LimitException, largest

EXTRA_TEAMS = 1
EXTRA_OFFICERS = 2
"""As many as an operation usually asks for. One of them is designated where the unit offers any that is."""

_LIMITS: Mapping[str, Callable[[date], Span]] = {
    "team_shifts_per_week": week_of,
    "team_shifts_per_month": month_of,
    "officer_shifts_per_month": month_of,
}


def with_extra_capacity(scenario: Scenario, party: str, within: Collection[Span]) -> Scenario:
    """The scenario with more of the party in those dates, each a month or a part of one."""
    there = scenario.parties[party]
    slots = extra_shifts(scenario, party, within)
    limits = (*there.load_exceptions, *_raised_limits(scenario, there, slots))
    if isinstance(there, Agency):
        teams = [TeamLine(_only(slot), there.offer(slot) + EXTRA_TEAMS) for slot in slots]
        staff = there.staff_teams + EXTRA_TEAMS * bool(slots)
        agency = replace(there, teams=(*there.teams, *teams), staff_teams=staff, load_exceptions=limits)
        return replace(scenario, agencies={**scenario.agencies, party: agency})
    officers = [_more(slot, there.offer(slot)) for slot in slots]
    unit = replace(there, officers=(*there.officers, *officers), load_exceptions=limits)
    return replace(scenario, police={**scenario.police, party: unit})


def extra_shifts(scenario: Scenario, party: str, within: Collection[Span]) -> list[Slot]:
    """The slots of open dates at which the party offers anything, withdrawals aside: more of it would be there."""
    days = sorted({day for span in within for day in span.days() if day in scenario.span})
    slots = [Slot(day, shift.id) for day in days if scenario.calendar.is_open(day) for shift in scenario.shifts]
    return [slot for slot in slots if _offered(scenario.parties[party], slot)]


def _more(slot: Slot, offer: Offer) -> OfficerLine:
    return OfficerLine(_only(slot), offer.officers + EXTRA_OFFICERS, offer.designated + bool(offer.designated))


def _raised_limits(scenario: Scenario, party: Agency | PoliceUnit, slots: list[Slot]) -> Iterator[LimitException]:
    """The limits of the weeks and months of those slots, raised as much as the offer grows, rounded up."""
    each = EXTRA_TEAMS if isinstance(party, Agency) else EXTRA_OFFICERS
    for key, period_of in _LIMITS.items():
        agreed: int | None = getattr(party, key, None)
        for period, n in Counter(period_of(slot.day) for slot in slots).items():
            usual = largest(agreed, key, party.load_exceptions, period)
            if usual is not None:
                offered = sum(_offered(party, slot) for slot in extra_shifts(scenario, party.id, [period]))
                days = [slot.day for slot in slots if slot.day in period]
                yield LimitException(Span(days[0], days[-1]), {key: usual + ceil(usual * each * n / offered)})


def _offered(party: Agency | PoliceUnit, slot: Slot) -> int:
    return party.offer(slot) if isinstance(party, Agency) else party.offer(slot).officers


def _only(slot: Slot) -> Matching:
    return Matching(shift=slot.shift, first=slot.day, last=slot.day)
