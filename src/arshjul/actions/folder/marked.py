"""check --marked: a workbook returned with its problems marked in its own cells."""

from collections.abc import Sequence
from pathlib import Path

from arshjul.errors import InputError, Message, Problem
from arshjul.formats.atomic import write_named
from arshjul.formats.regular_file import read_regular
from arshjul.formats.workbook.marked import marked_workbook
from arshjul.formats.workbook.package import MOST_BYTES, NoWorkbook
from arshjul.formats.workbook.reading import is_workbook, refuse_other_endings
from arshjul.texts import Words


def refuse_unmarkable(source: Path, output: Path) -> None:
    """InputError if the source is no workbook, whose cells could be marked, or the output is not named as one."""
    refuse_other_endings(output)
    if not is_workbook(source):
        raise InputError(Message("--marked needs a workbook, and {file} is none.", {"file": source.name}))


def marked(source: Path, output: Path, wrong: Sequence[Problem], doubtful: Sequence[Problem], say: Words) -> bool:
    """Writes the marked workbook. False if the source cannot be read at all, so nothing is marked."""
    try:
        data = marked_workbook(read_regular(source, MOST_BYTES), wrong, doubtful, say)
    except (NoWorkbook, OSError):
        return False
    write_named(output, data)
    return True
