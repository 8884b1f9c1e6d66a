"""A document's top-level sections as models, each read as far as possible."""

from dataclasses import dataclass
from datetime import tzinfo
from typing import TypeVar

from pydantic import BaseModel

from arshjul.errors import Message
from arshjul.formats.schema.declared import shape
from arshjul.formats.tree import Document, Loc
from arshjul.formats.validation import unknown_key, validated

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
