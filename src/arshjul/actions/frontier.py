"""frontier: what moving further operations would save."""

from datetime import datetime
from pathlib import Path

from arshjul.actions.plan_reading import opened
from arshjul.actions.reading import Speak, moment_in
from arshjul.actions.replan import Entered
from arshjul.formats.plan.entries import read_entries
from arshjul.planning.effort import Effort
from arshjul.planning.frontier import FrontierPoint
from arshjul.planning.frontier import frontier as points_of
from arshjul.planning.replan_input import replan_input


def frontier(folder: Path, entered: Entered, as_of: datetime, effort: Effort, speak: Speak) -> list[FrontierPoint]:
    """The points of the frontier, by moves."""
    read = opened(folder, speak)
    asked = read_entries(entered.files, read.scenario, read.plan.entries)
    given = replan_input(read.scenario, read.plan, asked, moment_in(read.scenario, as_of))
    return list(points_of(given.context, effort))
