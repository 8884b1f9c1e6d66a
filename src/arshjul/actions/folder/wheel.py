"""wheel: draws a plan folder's pictures and its page again."""

from pathlib import Path

from arshjul.actions.folder.plan_files import pictures, rewrite, told_in
from arshjul.actions.folder.plan_reading import opened
from arshjul.actions.folder.reading import Speak
from arshjul.domain.years import year_label
from arshjul.errors import InputError, Message
from arshjul.formats.catalogues import words
from arshjul.formats.plan.stress_json import read_stress


def wheel(folder: Path, speak: Speak, label: str | None = None) -> list[str]:
    """Draws those of the year of that label, None: of the plan's moment; returns the names of the files."""
    read = opened(folder, speak)
    say = words(read.scenario.language)
    known = {year_label(year): year for year in read.scenario.years}
    if label is not None and label not in known:
        text = Message("{given} does not exist: choose one of {known}.", {"given": label, "known": [*known]})
        raise InputError(text)
    year = None if label is None else known[label]
    drawn = pictures(read.scenario, read.plan, say, stressed=read_stress(read), told=told_in(read), shown=year)
    return rewrite(folder, drawn)
