"""today: what is hit, what can still be saved, whom to phone, and free teams. Writes nothing."""

from datetime import datetime
from pathlib import Path

from arshjul.actions.folder.plan_files import history_of
from arshjul.actions.folder.plan_reading import opened
from arshjul.actions.folder.reading import Speak, moment_in
from arshjul.formats.reading.entries import read_entries
from arshjul.planning.today.today import Today
from arshjul.planning.today.today import today as state_of


def today(folder: Path, withdrawals: Path | None, as_of: datetime | None, speak: Speak) -> Today:
    """The state of the folder's plan at `as_of` (None: now), with the given withdrawals."""
    read = opened(folder, speak)
    entries = read_entries([] if withdrawals is None else [withdrawals], read.scenario, read.plan.entries)
    return state_of(read.scenario, read.plan, entries, moment_in(read.scenario, as_of), history=history_of(read))
