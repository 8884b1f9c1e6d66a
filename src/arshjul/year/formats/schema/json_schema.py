"""JSON Schema (draft 2020-12) of the files that people write, for editors and other programs.

It follows from the shapes: keys, kinds, ranges and choices, with the words of the declarations as titles and
descriptions. What holds between keys, and whether an id is there, no schema says: that is what `check` is for.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import BaseModel, create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from arshjul.errors import Message
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.fields import DeclaredKey, keys
from arshjul.year.formats.schema.plan import EVENTS, MODELS
from arshjul.year.formats.schema.scenario import OF_JSON, WrittenScenario
from arshjul.year.formats.schema.settings import WrittenHeardLog
from arshjul.year.formats.words import Written
from arshjul.year.texts import Words, with_capital

UNITS: Mapping[str, Message] = {
    "officers": Message("officers"), "teams": Message("teams"), "days": Message("days"), "hours": Message("hours"),
    "minutes": Message("minutes"), "years": Message("years"), "points": Message("points"), "stops": Message("stops"),
    "operations": Message("operations"), "withdrawals": Message("withdrawals"), "percent": Message("percent"),
}  # fmt: skip


class _Generator(GenerateJsonSchema):
    """Has the words of the declarations, and leaves out what a replan alone writes."""

    words = Words()

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """The mapping, without what the code says of it."""
        made = super().model_schema(schema)
        made.pop("title", None)
        made.pop("description", None)
        if "properties" in made:
            known = {key.path[-1]: key for key in keys(schema["cls"])}
            made["properties"] = {
                name: {**_told(known[name], self.words), **key}
                for name, key in made["properties"].items()
                if name in known
            }
        return made


def _told(key: DeclaredKey, say: Words) -> dict[str, object]:
    """The title and the description of a key; the unit of a number stands in words, and as a key of its own."""
    title, sentences = key.told.heading or key.told.label, [key.told.note] if key.told.note else []
    if key.unit:
        sentences.append(Message("In {unit}.", {"unit": UNITS[key.unit]}))
    return {
        **({"title": with_capital(say.say(title))} if title else {}),
        **({"description": " ".join(map(say.say, sentences))} if sentences else {}),
        **({"unit": key.unit} if key.unit else {}),
    }


def _of_lists(shapes: Mapping[str, type[Written]]) -> type[BaseModel]:
    fields: dict[str, Any] = {name: (list[shape], []) for name, shape in shapes.items()}  # type: ignore[valid-type]  # a shape is known when it runs
    made: type[BaseModel] = create_model("Lists", __base__=Written, **fields)
    return made


def _of_folder() -> type[BaseModel]:
    """A file of a scenario's folder; the log of another year may stand there by its path."""
    sections = WrittenScenario.model_fields
    fields: dict[str, Any] = {
        name: (section.annotation, section) for name, section in sections.items() if name not in OF_JSON
    }
    fields["history"] = list[str | WrittenHeardLog], sections["history"]
    made: type[BaseModel] = create_model("Sections", __base__=Written, **fields)
    return made


DOCUMENTS: Mapping[str, tuple[Message, Callable[[], type[BaseModel]]]] = {
    "scenario": (Message("A file of a scenario"), _of_folder),
    "entries": (
        Message("A file of withdrawals, outcomes or changes"),
        lambda: _of_lists({**EVENTS, **MODELS, "operations": shape(Operation)}),
    ),
    "objects": (Message("A file of objects"), lambda: _of_lists({"objects": shape(VisitObject)})),
}
"""The kinds of files that have one, each with its title and its shape."""


def json_schema(document: str, say: Words) -> dict[str, Any]:
    """The schema of that kind of file, none of whose keys need be there: a folder may have the others in other files."""
    title, shape = DOCUMENTS[document]
    generator = _Generator()
    generator.words = say
    made = generator.generate(shape().__pydantic_core_schema__, mode="validation")
    made.pop("required", None)
    return {"$schema": GenerateJsonSchema.schema_dialect, "title": say.say(title), **made}
