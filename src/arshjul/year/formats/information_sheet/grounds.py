"""The town's file of what protects information, and on what ground it may be given."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from pydantic import Field

from arshjul.errors import InputError, Message, Problem
from arshjul.year.domain.information_sheet.sections import Ground, Grounds, Protection, Refusal
from arshjul.year.formats.atomic import read_regular
from arshjul.year.formats.tree import Document
from arshjul.year.formats.validation import validated
from arshjul.year.formats.words import Written, quoted
from arshjul.year.formats.yaml_guard import read_yaml
from arshjul.year.texts.system import why

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
    """InputError, with every problem, if the file cannot be used."""
    return judged_grounds(path, str(path))[0]


def judged_grounds(path: Path, name: str) -> tuple[Grounds, tuple[Problem, ...]]:
    """Also gives warnings, whose places are in the file of that name."""
    try:
        document = read_yaml(read_regular(path, MOST_BYTES), name)
    except OSError as error:
        raise InputError(Message("{path}: {why}.", {"path": name, "why": why(error)})) from None
    read = validated(_Grounds, document, ()) if document.whole else None
    if read is not None:
        _judge(document, read)
    if read is None or document.problems():
        text = Message("The grounds in {file} cannot be used.", {"file": name})
        raise InputError(text, document.problems())
    protections = {
        protection.id: Protection(protection.id, protection.name, protection.chapter, protection.text)
        for protection in read.protections
    }
    grounds = {
        ground.id: Ground(
            ground.id, ground.name, ground.text, tuple(Refusal(r.first, r.last, r.because) for r in ground.refuses)
        )
        for ground in read.grounds
    }
    made = Grounds(protections, grounds)
    return made, tuple(_without_ground(document, made))


def _judge(document: Document, read: _Grounds) -> None:
    for name, listed in (("protections", read.protections), ("grounds", read.grounds)):
        there = [protection.id for protection in listed]
        for n, id in enumerate(there):
            if id in there[:n]:
                text = Message("{given} stands twice: keep one.", {"given": quoted(id)})
                document.add("duplicate-key", (name, n, "id"), text)
    for n, ground in enumerate(read.grounds):
        for m, one in enumerate(ground.refuses):
            if one.last < one.first:
                values = {"first": one.first, "last": one.last}
                text = Message("Chapters {first} to {last} run backwards: write the lower first.", values)
                document.add("bad-value", ("grounds", n, "refuses", m, "last"), text)


def _without_ground(document: Document, made: Grounds) -> Iterator[Problem]:
    for n, one in enumerate(made.protections.values()):
        if made.grounds and all(made.refusal(one.id, id) is not None for id in made.grounds):
            text = Message(
                "No ground here covers {protection}: write one for chapter {chapter}, or leave the protection out.",
                {"protection": one.name, "chapter": one.chapter},
            )
            yield document.problem("no-ground", ("protections", n, "chapter"), text)
