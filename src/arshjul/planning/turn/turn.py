"""A scenario turned into its next year: the same plan, longer by a year, with what comes again in it.

Nothing of the year that ends is changed, but that operations with the whole year for a window stay in it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from arshjul.domain.calendar import Span
from arshjul.domain.entries.amendment import Cancelled, Nominated, Promoted
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.planning.turn.again import again, in_its_year
from arshjul.planning.turn.dates import CarriedDates, Carrier, PartyOffer
from arshjul.planning.turn.next_year import NextYear, Wishes, years_for


@dataclass(frozen=True, slots=True)
class Turned:
    """The scenario with the next `year` in it.

    `again` has the new ids of the operations that come again by the old ones; `outside` would come after the last date,
    `loose` lose a tie to one that does not come again.
    """

    scenario: Scenario
    year: Span
    again: Mapping[str, str]
    dates: tuple[CarriedDates, ...]
    offers: tuple[PartyOffer, ...]
    outside: tuple[str, ...]
    loose: tuple[str, ...]


def turned(
    scenario: Scenario,
    wishes: Wishes,
    named: Mapping[date, str],
    given: Scenario,
    today: date,
    begun: Mapping[str, date],
    taken: Iterable[str],
) -> Turned:
    """The scenario turned. Its calendar must know the holidays of the next year already.

    `named` are holidays and days off in fact, by which dates are carried. `given` is the scenario as it was given, with
    what was nominated: from it comes what comes again. Operations that have `begun`, on those dates, stay as they are;
    the ids in `taken` are in use.
    """
    years = years_for(scenario, wishes, NextYear(named))
    carrier = Carrier(wishes, years, scenario.span.first)
    coming = again(given, wishes, years, today, begun, taken)
    calendar = carrier.calendar(scenario.calendar)
    old = {id: in_its_year(one, years, begun) for id, one in scenario.operations.items()}
    whole = replace(
        scenario,
        span=Span(scenario.span.first, years.new.last),
        calendar=calendar,
        settings=replace(scenario.settings, exceptions=carrier.exceptions(scenario.settings.exceptions)),
        targets=carrier.targets(scenario.targets),
        cycle=replace(
            scenario.cycle, meetings=tuple(carrier.meeting(one, calendar) for one in scenario.cycle.meetings)
        ),
        police={id: carrier.unit(one) for id, one in scenario.police.items()},
        agencies={id: carrier.agency(one, given.agencies[id].teams) for id, one in scenario.agencies.items()},
        operations={**old, **coming.operations},
    )
    return Turned(
        whole, years.new, coming.ids, tuple(carrier.dates), tuple(carrier.offers), coming.outside, coming.loose
    )


def with_nominated(given: Scenario, plan: Plan) -> Scenario:
    for change in plan.entries.standing().changes:
        if isinstance(change, Nominated | Cancelled | Promoted):
            given = change.on(given)
    return given
