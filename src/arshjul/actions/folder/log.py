"""log: a year's entries and decisions."""

from dataclasses import dataclass

from arshjul.domain.entries.entries import Entries
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.planning.letters.year_log import LogLine, year_log


@dataclass(frozen=True, slots=True)
class YearLog:
    """The entries of a year, and each in a sentence, newest first."""

    entries: Entries
    lines: tuple[LogLine, ...]


def log(scenario: Scenario, plan: Plan) -> YearLog:
    """The log of a plan."""
    return YearLog(plan.entries, tuple(year_log(scenario, plan.entries)))
