"""Reading a scenario, and the moment that a command means."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from arshjul.domain.calendar import by_clock, plausible
from arshjul.domain.scenario import Scenario
from arshjul.formats.reading.scenario import read_scenario

Speak = Callable[[str], None]
"""Called with the language of what was read, before anything else is said about it."""


def opened_scenario(folder: Path, speak: Speak) -> Scenario:
    """The scenario of a folder."""
    scenario = read_scenario(folder).scenario
    speak(scenario.language)
    return scenario


def moment_in(scenario: Scenario, given: datetime | None) -> datetime:
    """The moment in the plan's zone: a time without offset is local; None is now, to the minute."""
    if given is None:
        return by_clock(plausible(datetime.now(UTC)), scenario.zone).replace(second=0, microsecond=0)
    return by_clock(given, scenario.zone)
