"""fill: binds objects to the frames of a plan, and writes the next revision."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from arshjul.actions.folder.plan_files import lying_in, plan_files
from arshjul.actions.folder.reading import Speak, moment_in, opened
from arshjul.errors import Message, Problem
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import write_plan_folder
from arshjul.formats.reading.objects import read_objects
from arshjul.formats.scenario.objects import ObjectFiles
from arshjul.planning.effort import Effort
from arshjul.planning.fill.fill import FillResult
from arshjul.planning.fill.fill import fill as filling_of
from arshjul.planning.fill.overview import reason_said


@dataclass(frozen=True, slots=True)
class Filled:
    """The filling, and warnings of objects that no frame ahead could take. `folder` None: nothing was written."""

    result: FillResult
    warnings: tuple[Problem, ...]
    folder: Path | None


def fill(
    folder: Path, objects: Path, as_of: datetime, effort: Effort, speak: Speak, output: Path | None = None
) -> Filled:
    read = opened(folder, speak)
    given = read_objects(objects, read.scenario)
    result = filling_of(read.scenario, read.plan, given.objects, moment_in(read.scenario, as_of), effort)
    if output is not None:
        files = plan_files(result.scenario, result.plan, lying_in(read), words(result.scenario.language))
        write_plan_folder(output, files)
    return Filled(result, tuple(_hopeless(result, given)), output)


def _hopeless(result: FillResult, given: ObjectFiles) -> list[Problem]:
    reasons = {one.object: one for one in result.unbound}
    return [
        given.problem("no-frame", id, Message("No frame ahead can take it: {why}", {"why": reason_said(reasons[id])}))
        for id in result.hopeless
    ]
