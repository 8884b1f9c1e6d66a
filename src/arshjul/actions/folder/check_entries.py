"""check --plan: judges entries for a plan without entering them."""

from pathlib import Path

from arshjul.actions.folder.plan_reading import opened
from arshjul.actions.folder.reading import Speak
from arshjul.formats.reading.entries import read_entries
from arshjul.formats.reading.objects import read_objects
from arshjul.formats.workbook.reading import is_workbook


def check_entries(source: Path, folder: Path, speak: Speak) -> None:
    """Judges withdrawals, outcomes and changes, and a workbook's objects. InputError with all problems."""
    read = opened(folder, speak)
    read_entries([source], read.scenario, read.plan.entries)
    if is_workbook(source):
        read_objects(source, read.scenario)
