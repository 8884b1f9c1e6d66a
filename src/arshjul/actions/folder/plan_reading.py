"""Opening a plan folder; separate from `reading`, since it takes file locks, which Windows does not have."""

from pathlib import Path

from arshjul.actions.folder.reading import Speak
from arshjul.formats.plan.plan_folder import PlanFolder, read_plan_folder
from arshjul.planning.verify.in_context import judge


def opened(folder: Path, speak: Speak) -> PlanFolder:
    """The plan folder."""
    read = read_plan_folder(folder)
    speak(read.scenario.language)
    return read


def is_sound(read: PlanFolder) -> bool:
    """True if the plan passes its check: an answer is no better than its plan."""
    return judge(read.scenario, read.plan, read.status).clean
