"""ask: which further shifts to ask the police for, and which can be given back."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arshjul.actions.folder.plan_reading import opened
from arshjul.actions.folder.reading import Speak, moment_in
from arshjul.domain.scenario import Scenario
from arshjul.planning.places.further_shifts import PoliceWishes, police_wishes


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
