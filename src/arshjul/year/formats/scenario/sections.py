"""A document's top-level sections as models, each read as far as possible.

And repeated operations unfolded, so that checks across operations see all of them: problems are reported where the
operation is written, at its `repeat` if that made the wrong key.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import TypeVar

from pydantic import BaseModel

from arshjul.errors import Message
from arshjul.year.domain.declaration import LONGEST_ID
from arshjul.year.domain.operation import repeated_ids
from arshjul.year.formats.scenario.references import ids_at
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.tree import Document, Loc, Node
from arshjul.year.formats.validation import unknown_key, validated
from arshjul.year.formats.words import quoted

# Assumptions: ten times the largest region; more is an error, or an attack (docs/security.md#files-from-others).
MOST_ITEMS = 5000
MOST_OF = {"shifts": 24, "areas": 500, "police": 500, "agencies": 500}

Model = TypeVar("Model", bound=BaseModel)
Thing = TypeVar("Thing")


@dataclass(frozen=True, slots=True)
class Sections:
    """Reads sections of a document. Problems are noted in it and omitted here. The other fields as in `validated`."""

    document: Document
    is_json: bool = False
    zone: tzinfo | None = None
    more: bool = False

    def only(self, known: tuple[str, ...]) -> None:
        for section in self.document.tree.parts:
            if section not in known:
                self.document.add("unknown-key", (section,), unknown_key(str(section), known))

    def at(self, loc: Loc, model: type[Model]) -> Model | None:
        return validated(model, self.document, loc, is_json=self.is_json, zone=self.zone, more=self.more)

    def object(self, section: str, thing: type[Thing]) -> Thing | None:
        """The object of a section that is a mapping."""
        written = self.one(section, shape(thing))
        return None if written is None else written.domain()

    def objects(self, section: str, thing: type[Thing]) -> tuple[Thing, ...]:
        """The objects of a section that is a list."""
        return tuple(written.domain() for written in self.many(section, shape(thing)))

    def one(self, section: str, model: type[Model]) -> Model | None:
        """A section that is a mapping."""
        return self.at((section,), model)

    def many(self, section: str, model: type[Model]) -> list[Model]:
        """A section that is a list."""
        return [item for _, item in self.items(section, model)]

    def items(self, section: str, model: type[Model]) -> list[tuple[Loc, Model]]:
        """A section's items with their places, each read by itself, so that a wrong one hides no other."""
        node = self.document.tree.at((section,))
        if node is None:
            return []
        if not isinstance(node.value, list):
            self.document.add("wrong-type", (section,), Message("Write a list: begin each part with a dash."))
            return []
        most = MOST_OF.get(section, MOST_ITEMS)
        if len(node.value) > most:
            values = {"n": len(node.value), "most": most}
            text = Message("The list has {n} parts, more than {most}: divide the scenario.", values)
            self.document.add("too-large", (section,), text)
            return []
        locs: list[Loc] = [(section, position) for position in range(len(node.value))]
        read = ((loc, self.at(loc, model)) for loc in locs)
        return [(loc, item) for loc, item in read if item is not None]


_SECTION = "operations"
_FIRST, _LATER = frozenset({"id"}), frozenset({"id", "after"})


@dataclass(frozen=True, slots=True)
class _Place:
    """The place where an operation is written: its position, and the keys that a repeat made."""

    position: int
    made: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Unfolded:
    """A document as written, the same with its repeated operations unfolded, and the place of each of those."""

    written: Document
    document: Document
    places: tuple[_Place, ...]

    @classmethod
    def of(cls, written: Document) -> "Unfolded":
        """Unfolds operations that the schema has judged; notes ids that are taken or too long."""
        node = written.tree.parts.get(_SECTION, Node(None))
        parts, places = [], []
        for part, place in _unfolded(written, node):
            parts.append(part)
            places.append(place)
        if not any(place.made for place in places):
            return cls(written, written, tuple(places))
        operations = Node([part.value for part in parts], node.line, parts=dict(enumerate(parts)))
        tree = replace(written.tree, parts={**written.tree.parts, _SECTION: operations})
        document = replace(written, tree=tree, findings=[], excused=set(), _places={}, _n_placed=0)
        return cls(written, document, tuple(places))

    def place(self, loc: Loc) -> Loc:
        """The corresponding place in the written document."""
        if len(loc) < 2 or loc[0] != _SECTION or not isinstance(loc[1], int):
            return loc
        place = self.places[loc[1]]
        return (_SECTION, place.position, *(("repeat",) if loc[2:3] and loc[2] in place.made else loc[2:]))

    def fold(self) -> None:
        """Moves the unfolded document's findings to the written one."""
        if self.document is not self.written:
            for kind, loc in self.document.excused:
                self.written.suppress_problems(kind, {self.place(loc)})
        for finding in self.document.findings if self.document is not self.written else ():
            if finding.kind == "cycle" and self.place(finding.loc)[2:] == ("repeat",):
                continue  # the `after` that closes the circle was written by somebody, and is reported
            if finding.kind == "unknown-id":
                self.written.better("bad-id", finding.kind, self.place(finding.loc), finding.text)
            else:
                self.written.add(finding.kind, self.place(finding.loc), finding.text)


def _unfolded(written: Document, node: Node) -> Iterator[tuple[Node, _Place]]:
    """Each operation as often as it is repeated, with its place."""
    wrong = {finding.loc[1:3] for finding in written.findings if finding.loc[:1] == (_SECTION,)}
    named = {loc[1]: id for loc, id in ids_at(written.tree, f"{_SECTION}[].id")}
    taken = {id for position, id in named.items() if "repeat" not in node.parts[position].parts}
    n_left = MOST_ITEMS - len(node.parts)
    for position, part in node.parts.items() if isinstance(node.value, list) else ():
        if not isinstance(position, int):
            continue
        times = part.at(("repeat", "times"))
        broken = wrong & {(position,), (position, "id"), (position, "repeat")}
        if times is None or not isinstance(times.value, int) or position not in named or broken:
            yield part, _Place(position)
            continue
        n_left -= times.value - 1
        if n_left < 0:
            text = Message("There are more than {most} operations: divide the scenario.", {"most": MOST_ITEMS})
            written.add("too-large", (_SECTION, position, "repeat"), text)
            return
        ids = repeated_ids(named[position], times.value)
        _judge_ids(written, position, (named[position], *ids), taken)
        line = written.tree.line_of((_SECTION, position, "repeat"))
        for id, before in zip(ids, (None, *ids[:-1]), strict=True):
            if id not in taken:
                yield _one(part, id, before, line), _Place(position, _FIRST if before is None else _LATER)
        taken |= {named[position], *ids}


def _judge_ids(written: Document, position: int, ids: tuple[str, ...], taken: set[str]) -> None:
    loc = (_SECTION, position, "repeat")
    for id in ids:
        if id in taken:
            text = Message("The id {given} is taken: choose another.", {"given": quoted(id)})
            written.add("bad-id", loc, text)
        elif len(id) > LONGEST_ID:
            values = {"given": quoted(id), "most": LONGEST_ID}
            text = Message("The id {given} has more than {most} characters: shorten it.", values)
            written.add("bad-id", loc, text)


def _one(written: Node, id: str, before: str | None, line: int | None) -> Node:
    """One of the repeated operations: with its own id, and after the one before it."""
    parts = dict(written.parts)
    parts["id"] = Node(id, line)
    if before is not None:
        parts["after"] = Node({"operation": before}, line, parts={"operation": Node(before, line)})
    return Node({key: part.value for key, part in parts.items()}, written.line, None, parts, written.key_lines)
