"""A sheet and its columns: their words, their meaning, and their place in the tree.

One description serves reading and writing. A column's words and a sheet's name are part of the format, though they are
in the catalogue: sheets written in one language are read in both.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from pydantic import BaseModel

from arshjul.errors import Message
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.schema.fields import DeclaredKey, keys
from arshjul.year.formats.tree import Key, Node
from arshjul.year.formats.workbook.calendar_notation import (
    Clock,
    Dates,
    Day,
    DayAndTime,
    Numbers,
    Weekday,
    Weekdays,
    Weeks,
)
from arshjul.year.formats.workbook.notation import (
    AgencyGroups,
    CountsById,
    Decision,
    FewestAndMost,
    Flag,
    FreeText,
    Id,
    Language,
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

Path = tuple[str, ...]
Row = tuple[object, Mapping[str, Any]]
"""The contents of a row: its owner's id, and its values by keys."""


class RowPart(NamedTuple):
    """A part of a tree that is a row: its list and its key there, and the item that the list is in, if any."""

    path: str
    key: Key
    node: Node
    owner: Node | None = None


def lists(path: str) -> tuple[Path, ...]:
    """The keys of each list on a path: (("agencies",), ("teams",)) of `agencies[].teams[]`."""
    return tuple(tuple(part.split(".")) for part in re.findall(r"[a-z_]+(?:\.[a-z_]+)*", path))


def parts_at(tree: Node, path: str) -> Iterator[RowPart]:
    first, *further = lists(path)
    for key, item in (tree.at(first) or Node([])).parts.items():
        if further:
            yield from (RowPart(path, *line, item) for line in (item.at(further[0]) or Node([])).parts.items())
        else:
            yield RowPart(path, key, item)


WEEK_HEADING = ("Vecka", "Week")
"""The heading of ISO weeks beside dates: written for people, never read."""
READ_ME_SHEET = ("Läs mig", "Read me")
"""The first sheet of the template: written, never read."""
FAULTS_SHEET = ("Fel", "Faults")
"""The first sheet of a marked workbook: written, never read."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: the keys of its value in the row's mapping, its heading, and the notation of its cells.

    `needed`: a row must have it. `also` are further headings. `empty` is the meaning of an empty cell, if not that the
    key is omitted.
    """

    path: Path
    word: Message
    notation: Notation
    note: Message | None = None
    needed: bool = False
    also: tuple[str, ...] = ()
    empty: object = None

    @property
    def sv(self) -> str:
        return self.heading("sv")

    @property
    def en(self) -> str:
        return self.heading("en")

    @property
    def headings(self) -> tuple[str, ...]:
        return (self.sv, self.en, *self.also)

    def heading(self, language: Language) -> str:
        return words(language).say(self.word)


@dataclass(frozen=True, slots=True, eq=False)
class SheetTable:
    """A sheet: its columns, and where in a scenario its rows are. There is one of each, equal to itself alone.

    `path` is that of their list, like `operations[]` or `agencies[].teams[]`, or of a mapping by id, `programmes{}`.
    Several stand in the order in which their rows are written. `owner` is the column that names what a row belongs to.
    `beside` are columns of the sheet that another table reads. `teams`: a column for each agency follows the first
    `before_teams` ones. `step`: what to do with it, where `about` does not say it. `ids`: the section whose ids are
    defined here, with their names under the key `name`. Kinds of sheets are subclasses, which also read
    (`sheet_kinds`).
    """

    id: str
    word: Message
    path: str
    columns: tuple[SheetColumn, ...]
    owner: SheetColumn | None = None
    beside: tuple[SheetColumn, ...] = ()
    teams: bool = False
    before_teams: int = 0
    about: Message | None = None
    step: Message | None = None
    ids: str = ""
    name: str = "name"

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(self.path.split(", ")) if self.path else ()

    def parts(self, tree: Node) -> Iterator[RowPart]:
        """The parts of the tree that are rows, in the order in which they are written."""
        for path in self.paths:
            yield from parts_at(tree, path)

    def row(self, part: RowPart) -> Mapping[str, Any]:
        return cast(Mapping[str, Any], part.node.value)

    def rows(self, tree: Node) -> Iterator[Row]:
        for part in self.parts(tree):
            owner = None if part.owner is None else part.owner.parts.get("id")
            yield "" if owner is None else owner.value, self.row(part)

    @property
    def section(self) -> Path:
        """The keys of its rows' list, or of that of their owners."""
        return lists(self.paths[-1])[0]

    @property
    def called(self) -> str:
        """The section that errors call by this sheet's name; empty if it is more or less than one."""
        return self.section[0] if self.stage == len(self.paths) == 1 else ""

    @property
    def of_lines(self) -> str:
        """The list in each item of a section that its rows are, like `agencies[].teams`; empty if they are none."""
        return next((path.removesuffix("[]") for path in self.paths if len(lists(path)) > 1), "")

    @property
    def stage(self) -> int:
        """Its place in the order of reading: owners come before what belongs to them."""
        return max((len(lists(path)) for path in self.paths), default=0)

    @property
    def sv(self) -> str:
        return self.title("sv")

    @property
    def en(self) -> str:
        return self.title("en")

    def title(self, language: Language) -> str:
        return words(language).say(self.word)

    @property
    def all_columns(self) -> tuple[SheetColumn, ...]:
        """Its own columns, preceded by that of the rows' owners if there is one."""
        return self.columns if self.owner is None else (self.owner, *self.columns)


def plain(word: str) -> str:
    return " ".join(word.split()).strip(" *:.").casefold()


def by_name(tables: Iterable[SheetTable]) -> Mapping[str, SheetTable]:
    return {plain(word): table for table in tables for word in (table.sv, table.en)}


_NAMED = frozenset({"names", "programmes", "areas", "shifts", "police", "parties"})
"""The sections shown by name; agencies and operations are shown by id, which is also in headings."""
_NOTATIONS: dict[str, Notation] = {
    "id": Id(), "text": FreeText(), "name": Name(), "line": Name(), "phone": PhoneNumber(), "email": Name(),
    "word": Name(), "flag": Flag(), "decision": Decision(),
    "number": Whole(), "priority": Priority(), "clock": Clock(), "moment": DayAndTime(), "between": FewestAndMost(),
    "days": Dates(), "periods": Dates(), "weekday": Weekday(), "weekdays": Weekdays(), "weeks": Weeks(),
    "numbers": Numbers(),
    "mappings": AgencyGroups(), "letters": Refs("", named=False), "ids": Refs("", named=False),
}  # fmt: skip
_END = {"from": "first", "to": "last"}


def notation(key: DeclaredKey) -> Notation:
    if key.worded is not None:
        return OneOf(key.worded.words) if key.refers is None else Refs("parties", named=False, groups=key.worded.words)
    if key.spoken:
        sv, en = map(words, ("sv", "en"))
        one = OneOf({id: (sv.say(text), en.say(text)) for id, text in key.spoken.items()}, 26)
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
