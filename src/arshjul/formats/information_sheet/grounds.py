"""The town's file of what protects information, and on what ground it may be given."""

from pathlib import Path
from typing import Annotated

from pydantic import Field

from arshjul.domain.information_sheet.grounds import Ground, Grounds, Protection, Refusal
from arshjul.errors import InputError, Message
from arshjul.formats.regular_file import read_regular
from arshjul.formats.validation import validated
from arshjul.formats.words import Written
from arshjul.formats.yaml_guard import read_yaml
from arshjul.texts.system import why

MOST_BYTES = 200_000
Text = Annotated[str, Field(min_length=1, max_length=500)]
Id = Annotated[str, Field(min_length=1, max_length=40)]
Chapter = Annotated[int, Field(ge=1, le=99)]


class _Protection(Written):
    id: Id
    name: Text
    chapter: Chapter
    text: Text


class _Refusal(Written):
    first: Chapter
    last: Chapter
    because: Text


class _Ground(Written):
    id: Id
    name: Text
    text: Text
    refuses: Annotated[list[_Refusal], Field(default_factory=list)]


class _Grounds(Written):
    protections: list[_Protection]
    grounds: list[_Ground]


def read_grounds(path: Path) -> Grounds:
    """The lists in the file. InputError, with every problem, if it cannot be used."""
    try:
        document = read_yaml(read_regular(path, MOST_BYTES), str(path))
    except OSError as error:
        raise InputError(Message("{path}: {why}.", {"path": str(path), "why": why(error)})) from None
    read = validated(_Grounds, document, ()) if document.whole else None
    if read is None or document.problems():
        text = Message("The grounds in {file} cannot be used as they are.", {"file": str(path)})
        raise InputError(text, document.problems())
    protections = {one.id: Protection(one.id, one.name, one.chapter, one.text) for one in read.protections}
    grounds = {
        one.id: Ground(one.id, one.name, one.text, tuple(Refusal(r.first, r.last, r.because) for r in one.refuses))
        for one in read.grounds
    }
    return Grounds(protections, grounds)
