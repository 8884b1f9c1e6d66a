"""A scenario in which a party comes with one more team, or two more officers, in some months.

It comes with them wherever it offers anything there, on open dates. Its limits by week and month grow in proportion,
and an agency has one team more to keep the daily rest with. It is a scenario like any other: all of it but a unit's
limit in a single month could be written down.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date
from math import ceil

from arshjul.domain.calendar import Slot, Span, month_of, week_of
from arshjul.domain.parties import Agency, Matching, Offer, OfficerLine, PoliceUnit, TeamLine
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import LimitException

MORE_TEAMS = 1
MORE_OFFICERS = 2
"""As many as an operation usually asks for. One of them is designated where the unit offers any that is."""


def with_one_more(scenario: Scenario, party: str, within: Collection[Span]) -> Scenario:
    """The scenario with one more of the party in those dates, each a month or a part of one."""
    if party in scenario.agencies:
        agency = _agency(scenario, scenario.agencies[party], within)
        return replace(scenario, agencies={**scenario.agencies, party: agency})
    unit = _unit(scenario, scenario.police[party], within)
    return replace(scenario, police={**scenario.police, party: unit})


def more_shifts(scenario: Scenario, party: str, within: Span) -> int:
    """The number of shifts at which one more of the party would be there."""
    return len(_slots(scenario, scenario.parties[party], [within]))


def _agency(scenario: Scenario, agency: Agency, within: Collection[Span]) -> Agency:
    slots = _slots(scenario, agency, within)
    lines = [TeamLine(_only(slot), agency.offer(slot) + MORE_TEAMS) for slot in slots]
    weekly, monthly = agency.week_limit, agency.month_limit
    raised = (
        *_raised(scenario, agency, slots, "team_shifts_per_week", week_of, weekly),
        *_raised(scenario, agency, slots, "team_shifts_per_month", month_of, monthly),
    )
    return replace(
        agency,
        teams=(*agency.teams, *lines),
        staff_teams=agency.staff_teams + MORE_TEAMS * bool(slots),
        load_exceptions=(*agency.load_exceptions, *raised),
    )


def _unit(scenario: Scenario, unit: PoliceUnit, within: Collection[Span]) -> PoliceUnit:
    slots = _slots(scenario, unit, within)
    lines = [_more(slot, unit.offer(slot)) for slot in slots]
    raised = _raised(scenario, unit, slots, "officer_shifts_per_month", month_of, unit.month_limit)
    return replace(unit, officers=(*unit.officers, *lines), load_exceptions=(*unit.load_exceptions, *raised))


def _more(slot: Slot, offer: Offer) -> OfficerLine:
    return OfficerLine(_only(slot), offer.officers + MORE_OFFICERS, offer.designated + bool(offer.designated))


def _raised(
    scenario: Scenario,
    party: Agency | PoliceUnit,
    more: Sequence[Slot],
    key: str,
    period_of: Callable[[date], Span],
    limit: Callable[[Span], int | None],
) -> Iterator[LimitException]:
    """The limits of the weeks or months of those slots, raised as much as the offer grows, rounded up."""
    each = MORE_TEAMS if isinstance(party, Agency) else MORE_OFFICERS
    for period, n in Counter(period_of(slot.day) for slot in more).items():
        usual = limit(period)
        if usual is not None:
            offered = sum(_offered(party, slot) for slot in _slots(scenario, party, [period]))
            days = [slot.day for slot in more if slot.day in period]
            yield LimitException(Span(days[0], days[-1]), {key: usual + ceil(usual * each * n / offered)})


def _slots(scenario: Scenario, party: Agency | PoliceUnit, within: Collection[Span]) -> list[Slot]:
    """The slots of open dates at which the party offers anything, withdrawals aside."""
    days = sorted({day for span in within for day in span.days() if day in scenario.span})
    slots = [Slot(day, shift.id) for day in days if scenario.calendar.is_open(day) for shift in scenario.shifts]
    return [slot for slot in slots if _offered(party, slot)]


def _offered(party: Agency | PoliceUnit, slot: Slot) -> int:
    return party.offer(slot) if isinstance(party, Agency) else party.offer(slot).officers


def _only(slot: Slot) -> Matching:
    return Matching(shift=slot.shift, first=slot.day, last=slot.day)
