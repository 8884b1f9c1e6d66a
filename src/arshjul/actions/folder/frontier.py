"""frontier: the savings from moving further operations."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arshjul.actions.folder.plan_reading import opened
from arshjul.actions.folder.reading import Speak, moment_in
from arshjul.actions.folder.replan import Entered
from arshjul.domain.scenario import Scenario
from arshjul.formats.reading.entries import read_entries
from arshjul.planning.effort import Effort
from arshjul.planning.replan.input import replan_input
from arshjul.planning.resilience.frontier import FrontierPoint
from arshjul.planning.resilience.frontier import frontier as points_of


@dataclass(frozen=True, slots=True)
class Frontier:
    """The points, by moves. `hit` are the operations that lost what their place rests on, whose own moves are free."""

    scenario: Scenario
    hit: tuple[str, ...]
    points: tuple[FrontierPoint, ...]


def frontier(folder: Path, entered: Entered, as_of: datetime, effort: Effort, speak: Speak) -> Frontier:
    """The frontier of the folder's plan with the entries."""
    read = opened(folder, speak)
    entries = read_entries(entered.files, read.scenario, read.plan.entries)
    given = replan_input(read.scenario, read.plan, entries, moment_in(read.scenario, as_of))
    return Frontier(given.scenario, tuple(sorted(given.context.hit)), tuple(points_of(given.context, effort)))
