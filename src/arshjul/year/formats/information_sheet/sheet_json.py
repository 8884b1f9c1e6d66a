"""A reader's sheet as JSON, `arshjul-sheet/1`, and the JSON Schema of it; both follow from the declared fields.

And a section as the text that is encrypted: what it says, not where it stands.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from arshjul.year.domain.information_sheet.declared import (
    MOST_CHARACTERS,
    MOST_NUMBER,
    SCHEMA,
    SECTIONS,
    USES,
    WHY_NOT,
    SheetField,
    SheetSection,
)
from arshjul.year.domain.information_sheet.sections import ReaderSheet, Section
from arshjul.year.texts import Words

_TEXT = {"type": "string", "minLength": 1, "maxLength": MOST_CHARACTERS}


def to_mapping(sheet: ReaderSheet) -> dict[str, object]:
    sections = [_section(section, is_own=section.owner == sheet.reader) for section in sheet.sections]
    return {
        "schema": SCHEMA,
        "operation": sheet.operation,
        "reader": sheet.reader,
        "is_whole": sheet.is_whole,
        "sections": sections,
    }


OWN = ("to", "weighed")
"""Keys of a section for its owner alone: who else reads it, and how it was weighed."""


def _section(one: Section, *, is_own: bool) -> dict[str, object]:
    values = {key: list(value) if isinstance(value, tuple) else value for key, value in one.values.items()}
    made: dict[str, object] = {
        "section": one.id,
        "owner": one.owner,
        "version": one.version,
        "state": one.state,
        "values": values,
        "why_not": dict(one.why_not),
        "to": list(one.to),
        "protects": one.protects,
        "ground": one.ground,
        "weighed": one.weighed,
        "use": list(one.use),
    }
    return {key: value for key, value in made.items() if is_own or key not in OWN}


def sheet_schema(say: Words) -> dict[str, object]:
    """JSON Schema, draft 2020-12, with the words of the declaration as titles."""
    sections = [_section_schema(section, say) for section in SECTIONS.values()]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_mapping(
            {
                "schema": {"const": SCHEMA},
                "operation": _TEXT,
                "reader": _TEXT,
                "is_whole": {"type": "boolean"},
                "sections": {"type": "array", "items": {"oneOf": sections}},
            }
        ),
    }


def _section_schema(one: SheetSection, say: Words) -> dict[str, object]:
    fields = {field.key: {"title": say.say(field.label), **_value(field)} for field in one.fields}
    why_not = {field.key: {"enum": list(WHY_NOT)} for field in one.fields}  # what is required may have been more
    parts = {
        "section": {"const": one.id},
        "owner": _TEXT,
        "version": {"type": "integer", "minimum": 1},
        "state": {"enum": ["draft", "given", "addendum"]},
        "values": _mapping(fields, required=()),
        "why_not": _mapping(why_not, required=()),
        "to": {"type": "array", "items": _TEXT, "uniqueItems": True},
        "protects": {"type": "string"},
        "ground": {"type": "string"},
        "weighed": {"type": "string", "maxLength": MOST_CHARACTERS},
        "use": {"type": "array", "items": {"enum": list(USES)}, "uniqueItems": True},
    }
    return {"title": say.say(one.title), **_mapping(parts, required=tuple(key for key in parts if key not in OWN))}


def _mapping(properties: Mapping[str, Any], required: tuple[str, ...] | None = None) -> dict[str, object]:
    needed = list(properties) if required is None else list(required)
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def _value(one: SheetField) -> dict[str, object]:
    match one.kind:
        case "number":
            return {"type": "integer", "minimum": 0, "maximum": MOST_NUMBER}
        case "choice":
            return {"enum": list(one.choices)}
        case "several":
            return {"type": "array", "items": {"enum": list(one.choices)}, "uniqueItems": True}
        case _:
            return _TEXT


_CONTENT: TypeAdapter[Section] = TypeAdapter(Section)
STANDS = ("operation", "owner", "id", "version", "state", "salt")
"""Columns of a section's row that its ciphertext is bound to; and the salt, of which each version has its own."""


def to_content(section: Section) -> dict[str, Any]:
    return {key: value for key, value in _CONTENT.dump_python(section, mode="json").items() if key not in STANDS}


def from_content(content: Mapping[str, Any], stands: Mapping[str, object]) -> Section:
    return _CONTENT.validate_python({**content, **stands})
