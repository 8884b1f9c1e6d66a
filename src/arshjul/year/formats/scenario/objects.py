"""Objects in documents of any kind, judged together against the scenario.

All problems of all files are reported together; places inside `sites` never show their text.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from arshjul.errors import InputError, Message, Problem
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.formats.scenario.consistency import outside
from arshjul.year.formats.scenario.references import ids_at, judge_references_at
from arshjul.year.formats.scenario.sections import MOST_ITEMS, Sections
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.fields import references
from arshjul.year.formats.tree import Document, Loc, Node
from arshjul.year.formats.words import meant, nearest, quoted

_REFERENCES = tuple(references(shape(VisitObject), "objects[]"))


@dataclass(frozen=True, slots=True)
class ObjectFiles:
    """Objects as read, in order, with their places."""

    objects: dict[str, VisitObject]
    places: dict[str, tuple[Document, Loc]]

    def problem(self, kind: str, object: str, text: Message) -> Problem:
        """A problem of an object, found later."""
        document, loc = self.places[object]
        return document.problem(kind, loc, text)

    def odd_sectors(self, scenario: Scenario) -> Iterator[Problem]:
        """Warnings of sectors that no operation, frame or word of the year has, with what was probably meant."""
        ids = [*scenario.names]
        for operation in scenario.operations.values():
            ids += [operation.sector, *((operation.frame and operation.frame.sectors) or ())]
        words = [scenario.word(id) for id in dict.fromkeys(ids)]
        for id, object in self.objects.items():
            if object.sector not in ids:
                what = Message("{given} is no operation's or frame's sector", {"given": quoted(object.sector)})
                near = nearest(object.sector, [*words, *ids])
                document, loc = self.places[id]
                yield document.problem("unknown-word", (*loc, "sector"), meant(what, near))


def objects_of(documents: list[Document], scenario: Scenario, name: str) -> ObjectFiles:
    """The objects in documents. InputError with all their problems; `name` is their origin."""
    known = dict.fromkeys(scenario.operations)
    files = ObjectFiles({}, {})
    for document in documents:
        _read(document, scenario, files, known)
    problems = [problem for document in documents for problem in document.problems()]
    if not problems and len(files.objects) > MOST_ITEMS:
        values = {"n": len(files.objects), "most": MOST_ITEMS}
        problems = [Problem("too-large", Message("There are {n} objects, more than {most}.", values), name)]
    if problems:
        names = [document.file for document in documents if document.problems()] or [name]
        raise InputError(Message("{files} cannot be used.", {"files": names}), problems)
    return files


def _read(document: Document, scenario: Scenario, found: ObjectFiles, taken: dict[str, None]) -> None:
    """Adds the objects of a file. `taken` are the ids of operations, and of the objects so far."""
    if document.whole and not isinstance(document.tree.value, dict):
        document.stop("wrong-type", Message("Write `objects:` and a list here."), 1)
    # Parts that were not read entirely are not judged: a missing key may come further down.
    sections = Sections(document if document.whole else Document(Node({})), is_json=True)
    sections.only(("objects",))
    read = [(loc, object.domain()) for loc, object in sections.items("objects", shape(VisitObject))]
    if not document.whole:
        return
    if not document.tree.parts:
        document.add("missing-key", (), Message("The section {key} is missing.", {"key": "objects"}))
    _judge(document, read, scenario)
    for loc, id in ids_at(document.tree, "objects[].id"):
        if id in taken:
            text = Message("The id {given} is taken: choose another.", {"given": quoted(id)})
            document.add("bad-id", loc, text)
        taken[id] = None
    for loc, one in read:
        found.objects[one.id] = one
        found.places[one.id] = document, loc


def _judge(document: Document, read: list[tuple[Loc, VisitObject]], scenario: Scenario) -> None:
    known = {"areas": scenario.areas, "agencies": scenario.agencies}
    named = {
        "areas": {area.name.casefold(): area.id for area in scenario.areas.values()},
        "agencies": {agency.name.casefold(): agency.id for agency in scenario.agencies.values()},
    }
    for pattern, section in _REFERENCES:
        judge_references_at(document, pattern, known[section], section, named[section])
    for loc, one in read:
        _judge_window(document, loc, one, scenario.span)


def _judge_window(document: Document, loc: Loc, one: VisitObject, year: Span) -> None:
    if one.window is not None and (one.window.last < year.first or one.window.first > year.last):
        document.add("outside-plan", (*loc, "window"), outside(year))
