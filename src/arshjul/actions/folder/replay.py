"""replay: a year of withdrawals answered one by one."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from arshjul.actions.folder.plan_reading import opened
from arshjul.actions.folder.reading import Speak
from arshjul.actions.folder.replan import refuse_unknown
from arshjul.domain.scenario import Scenario
from arshjul.formats.reading.entries import read_entries
from arshjul.planning.effort import Effort
from arshjul.planning.resilience.replay import Year
from arshjul.planning.resilience.replay import replay as replayed


@dataclass(frozen=True, slots=True)
class Replayed:
    """The result of the year, by the way in which it was answered: an option, or `from-scratch`."""

    scenario: Scenario
    years: Mapping[str, Year]


def replay(folder: Path, withdrawals: Path, choose: str, from_scratch: bool, effort: Effort, speak: Speak) -> Replayed:
    """Answers the withdrawals with the option; and, if asked, by solving anew each time."""
    refuse_unknown(choose)
    read = opened(folder, speak)
    entered = read_entries([withdrawals], read.scenario, year=True).withdrawals
    answers: dict[str, str | None] = {choose: choose, **({"from-scratch": None} if from_scratch else {})}
    years = {name: replayed(read.scenario, read.plan, entered, option, effort) for name, option in answers.items()}
    return Replayed(read.scenario, years)
