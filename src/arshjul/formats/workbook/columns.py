"""The columns that follow from the keys of a shape: their paths, headings, and the notation of their cells."""

from collections.abc import Iterable, Iterator, Sequence

from pydantic import BaseModel

from arshjul.formats.catalogues import words
from arshjul.formats.schema.fields import DeclaredKey, keys
from arshjul.formats.workbook.calendar_notation import Clock, Dates, Day, DayAndTime, Numbers, Weekdays, Weeks
from arshjul.formats.workbook.notation import (
    AgencyGroups,
    CountsById,
    Decision,
    FewestAndMost,
    Flag,
    FreeText,
    Id,
    Name,
    Notation,
    OneOf,
    PhoneNumber,
    Priority,
    Ref,
    Refs,
    SomeOf,
    Whole,
)
from arshjul.formats.workbook.table import Path, SheetColumn

_NAMED = frozenset({"names", "programmes", "areas", "shifts", "police", "parties"})
"""The sections shown by name; agencies and operations are shown by id, which is also in headings."""
_NOTATIONS: dict[str, Notation] = {
    "id": Id(), "text": FreeText(), "name": Name(), "line": Name(), "phone": PhoneNumber(), "email": Name(),
    "word": Name(), "flag": Flag(), "decision": Decision(),
    "number": Whole(), "priority": Priority(), "clock": Clock(), "moment": DayAndTime(), "between": FewestAndMost(),
    "days": Dates(), "periods": Dates(), "weekdays": Weekdays(), "weeks": Weeks(), "numbers": Numbers(),
    "mappings": AgencyGroups(), "letters": Refs("", named=False), "ids": Refs("", named=False),
}  # fmt: skip
_END = {"from": "first", "to": "last"}


def notation(key: DeclaredKey) -> Notation:
    """The notation of a key's cells."""
    if key.worded is not None:
        return OneOf(key.worded.words)
    if key.spoken:
        sv, en = map(words, ("sv", "en"))
        one = OneOf({id: (sv.say(said), en.say(said)) for id, said in key.spoken.items()}, 26)
        return SomeOf(one) if key.kind == "words" else one
    if key.kind == "day":
        return Day(_END.get(key.path[-1], ""))  # type: ignore[arg-type]
    if key.kind == "counts":
        return CountsById("" if key.refers is None else key.refers.section)
    if key.refers is None or key.kind == "mappings":
        return _NOTATIONS[key.kind]
    section, named = key.refers.section, key.refers.section in _NAMED
    return Ref(section, named) if key.kind == "id" else Refs(section, named, every=key.kind == "ids or all")


def columns(shape: type[BaseModel], first: Sequence[str] = ()) -> tuple[SheetColumn, ...]:
    """A column for each key that has a heading; `first` names the keys that come first, in that order."""
    return tuple(in_order((column for key in keys(shape) for column in _columns(key)), first))


def in_order(found: Iterable[SheetColumn], first: Sequence[str]) -> list[SheetColumn]:
    """The columns with those of the keys named in `first` before the others, in that order."""
    order = {name: number for number, name in enumerate(first)}

    def place(column: SheetColumn) -> int:
        return order.get(".".join(column.path), order.get(column.path[0], len(order)))

    return sorted(found, key=place)


def _columns(key: DeclaredKey) -> Iterator[SheetColumn]:
    if key.kind == "mapping":
        for part in key.parts:
            yield from _columns(part)
    elif key.told.heading is not None:
        yield column(key)


def column(key: DeclaredKey, path: Path | None = None) -> SheetColumn:
    """The column of a key. An empty list, and a default word, are not written."""
    told = key.told
    is_silent = isinstance(key.default, list) or key.worded is not None
    return SheetColumn(
        key.path if path is None else path,
        told.heading,  # type: ignore[arg-type]
        notation(key),
        told.note,
        key.required,
        told.also,
        key.default if is_silent else None,
    )
