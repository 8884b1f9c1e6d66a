"""log: what happened in a year, and what was decided."""

from dataclasses import dataclass
from pathlib import Path

from arshjul.actions.plan_reading import opened
from arshjul.actions.reading import Speak
from arshjul.domain.entries import Entries
from arshjul.planning.year_log import LogLine, year_log


@dataclass(frozen=True, slots=True)
class YearLog:
    """The entries of a year, and each in a sentence, the newest first."""

    entries: Entries
    lines: tuple[LogLine, ...]


def log(folder: Path, speak: Speak) -> YearLog:
    """Those of a plan folder."""
    read = opened(folder, speak)
    return YearLog(read.plan.entries, tuple(year_log(read.scenario, read.plan.entries)))
