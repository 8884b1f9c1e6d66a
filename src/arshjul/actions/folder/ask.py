"""ask: which further shifts to ask the police for, which can be given back, and what one more of a party is worth."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arshjul.actions.folder.plan_reading import opened
from arshjul.actions.folder.reading import Speak, moment_in
from arshjul.agenda.party import parties, party_meant, party_named
from arshjul.domain.scenario import Scenario
from arshjul.planning.effort import Effort
from arshjul.planning.places.further_shifts import PoliceWishes, police_wishes
from arshjul.planning.worth.worth import Worth, worth


@dataclass(frozen=True, slots=True)
class Asked:
    """The wishes of a plan, and its scenario."""

    scenario: Scenario
    wishes: PoliceWishes


def ask(folder: Path, as_of: datetime | None, speak: Speak) -> Asked:
    """The wishes of the folder's plan as seen from `as_of` (None: now), never from before the plan's own moment."""
    read = opened(folder, speak)
    moment = max(moment_in(read.scenario, as_of), read.plan.as_of)
    return Asked(read.scenario, police_wishes(read.scenario, read.plan, moment))


@dataclass(frozen=True, slots=True)
class Valued:
    """What one more of a party is worth to a plan, and its scenario."""

    scenario: Scenario
    worth: Worth


def value(folder: Path, party: str, as_of: datetime | None, effort: Effort, speak: Speak) -> Valued:
    """What one more of the party would bring in, from `as_of` on (None: now). InputError if there is no such party."""
    read = opened(folder, speak)
    named = party_meant(party, [str(one) for one in parties(read.scenario)[1:]])
    moment = max(moment_in(read.scenario, as_of), read.plan.as_of)
    return Valued(read.scenario, worth(read.scenario, read.plan, party_named(named).id, moment, effort))
