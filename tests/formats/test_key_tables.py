"""The tables of keys in docs/formats.md are those that follow from the declarations."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from arshjul.formats.catalogues import words
from arshjul.formats.schema.fields import DeclaredKey, keys
from arshjul.formats.schema.frame import WrittenObject
from arshjul.formats.schema.operation import WrittenOperation
from arshjul.formats.schema.parties import WrittenAgency, WrittenPoliceUnit
from arshjul.formats.words import Written

FORMATS = (Path(__file__).parents[2] / "docs" / "formats.md").read_text()
SHAPES: dict[str, type[Written]] = {
    "operations": WrittenOperation, "objects": WrittenObject, "police": WrittenPoliceUnit, "agencies": WrittenAgency,
}  # fmt: skip
VALUES = {
    "id": "id", "ids": "ids", "name": "text", "text": "text",
    "line": "text of at most 120 characters", "phone": "telephone", "email": "address",
    "flag": "yes or no",
    "decision": "yes or no",
    "number": "number", "numbers": "numbers", "priority": "1 to 3", "word": "word", "day": "date", "days": "dates",
    "periods": "dates and periods", "weekdays": "weekdays", "clock": "clock time", "counts": "numbers by id",
    "between": "two numbers", "mappings": "list of mappings",
}  # fmt: skip


def rows(key: DeclaredKey) -> Iterator[str]:
    if key.kind == "mapping":
        for part in key.parts:
            yield from rows(part)
        return
    value = VALUES[key.kind] + (f" of `{key.refers.section}`" if key.refers is not None else "")
    value = f"{value} ({key.unit})" if key.unit else value
    value = f"{value}, {key.ends[0]:,} to {key.ends[1]:,}" if key.ends and key.kind != "priority" else value
    usual = "needed" if key.required else "" if key.default in (None, [], {}, "") else f"`{key.default}`".lower()
    heading = "" if key.told.heading is None else words("sv").say(key.told.heading)
    yield f"| `{'.'.join(key.path)}` | {value} | {usual} | {heading} |"


@pytest.mark.parametrize("name", SHAPES)
def test_a_table_has_every_key_as_it_is_declared(name: str) -> None:
    found = re.search(rf"^\| key of `{name}` \| .*\n\| --- .*\n((?:\| .*\n)+)", FORMATS, re.M)
    assert found is not None
    assert found[1].splitlines() == [row for key in keys(SHAPES[name]) for row in rows(key)]
