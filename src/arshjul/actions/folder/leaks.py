"""leaks: how well the reader of a calendar could guess the next visits, and what another price of patterns changes."""

from dataclasses import replace

from arshjul.agenda.channel import level_named
from arshjul.agenda.party import Party, parties, party_meant, party_named
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import InputError, Message
from arshjul.planning.effort import Effort
from arshjul.planning.leaks.leaks import Leaks, channels_asked, remade
from arshjul.planning.leaks.leaks import leaks as leaks_of


def leaks(scenario: Scenario, plan: Plan, party: str | None, level: str | None, years: int, seed: int) -> Leaks:
    """What a party's calendars give away at the level (None: at every one), or those of all parties.

    InputError if there is no such party or level.
    """
    asked = channels_asked(
        scenario, None if party is None else _meant(scenario, party), None if level is None else level_named(level)
    )
    return leaks_of(scenario, plan, asked, years, seed)


def with_other_prices(plan: Plan, found: Leaks, effort: Effort) -> Leaks:
    """The same beside the year planned with other prices of patterns, seen in the first of the calendars.

    InputError if the plan is no first one.
    """
    if plan.revision != 1:
        values = {"n": plan.revision}
        text = Message(
            "This is version {n} of its plan, and --compare plans the year anew: give the folder of the first.", values
        )
        raise InputError(text)
    first = found.leaks[0]
    asked = first.party or Party("coordinator"), first.level
    return replace(found, remade=remade(found.scenario, plan, asked, effort))


def _meant(scenario: Scenario, party: str) -> Party:
    return party_named(party_meant(party, [str(one) for one in parties(scenario)]))
