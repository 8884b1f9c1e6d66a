"""feeds: writes a plan folder's calendars again."""

from pathlib import Path

from arshjul.actions.folder.plan_files import feed_files, history_of, rewrite
from arshjul.actions.folder.plan_reading import opened
from arshjul.actions.folder.reading import Speak
from arshjul.formats.catalogues import words


def feeds(folder: Path, speak: Speak) -> list[str]:
    """Writes the feeds; returns the names of the files."""
    read = opened(folder, speak)
    return rewrite(folder, feed_files(read.scenario, read.plan, history_of(read), words(read.scenario.language)))
