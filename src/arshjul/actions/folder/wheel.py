"""wheel: draws a plan folder's pictures and its page again."""

from pathlib import Path

from arshjul.actions.folder.plan_files import pictures, rewrite, told_in
from arshjul.actions.folder.plan_reading import opened
from arshjul.actions.folder.reading import Speak
from arshjul.formats.catalogues import words
from arshjul.formats.plan.stress_json import read_stress


def wheel(folder: Path, speak: Speak) -> list[str]:
    """Draws them; returns the names of the files."""
    read = opened(folder, speak)
    say = words(read.scenario.language)
    shown = pictures(read.scenario, read.plan, say, stressed=read_stress(read), told=told_in(read))
    return rewrite(folder, shown)
