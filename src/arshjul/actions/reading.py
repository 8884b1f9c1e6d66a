"""What commands read first: a scenario or a plan folder, and the moment that is meant."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from arshjul.domain.scenario import Scenario
from arshjul.formats.plan.plan_folder import PlanFolder, read_plan_folder
from arshjul.formats.scenario.scenario import read_scenario
from arshjul.planning.judge import judge

Speak = Callable[[str], None]
"""Is told the language of what was read, before anything else is said of it."""


def opened(folder: Path, speak: Speak) -> PlanFolder:
    """The plan folder."""
    read = read_plan_folder(folder)
    speak(read.scenario.language)
    return read


def opened_scenario(folder: Path, speak: Speak) -> Scenario:
    """The scenario of a folder."""
    scenario = read_scenario(folder).scenario
    speak(scenario.language)
    return scenario


def moment_in(scenario: Scenario, given: datetime | None) -> datetime:
    """The moment in the plan's zone: local time where it has no offset; now, to the minute, where none is given."""
    if given is None:
        return datetime.now(scenario.zone).replace(second=0, microsecond=0)
    return given.replace(tzinfo=scenario.zone) if given.tzinfo is None else given.astimezone(scenario.zone)


def is_sound(read: PlanFolder) -> bool:
    """Whether the plan passes its check: an answer is no better than the plan that it comes from."""
    return judge(read.scenario, read.plan, read.status).clean
