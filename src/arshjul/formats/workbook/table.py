"""A sheet and its columns: their words, their meaning, and their place in the tree.

One description serves reading and writing. A column's words and a sheet's name are part of the format, though they are
in the catalogue: sheets written in one language are read in both.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

from arshjul.errors import Message
from arshjul.formats.catalogues import words
from arshjul.formats.tree import Key, Node
from arshjul.formats.workbook.notation import Language, Notation

Path = tuple[str, ...]
Row = tuple[object, Mapping[str, Any]]
"""The contents of a row: its owner's id, and its values by keys."""


class Part(NamedTuple):
    """A part of a tree that is a row: its list and its key there, and the item that the list is in, if any."""

    path: str
    key: Key
    node: Node
    owner: Node | None = None


def lists(path: str) -> tuple[Path, ...]:
    """The keys of each list on a path: (("agencies",), ("teams",)) of `agencies[].teams[]`."""
    return tuple(tuple(one.split(".")) for one in re.findall(r"[a-z_]+(?:\.[a-z_]+)*", path))


def parts_at(tree: Node, path: str) -> Iterator[Part]:
    first, *further = lists(path)
    for key, item in (tree.at(first) or Node([])).parts.items():
        if further:
            yield from (Part(path, *line, item) for line in (item.at(further[0]) or Node([])).parts.items())
        else:
            yield Part(path, key, item)


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
        """Its Swedish heading."""
        return self.heading("sv")

    @property
    def en(self) -> str:
        """Its English heading."""
        return self.heading("en")

    @property
    def headings(self) -> tuple[str, ...]:
        """All words by which it is found, the usual ones first."""
        return (self.sv, self.en, *self.also)

    def heading(self, language: Language) -> str:
        """Its word."""
        return words(language).say(self.word)


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A sheet: its columns, and where in a scenario its rows are.

    `path` is that of their list, like `operations[]` or `agencies[].teams[]`, or of a mapping by id, `programmes{}`.
    Several stand in the order in which their rows are written. `owner` is the column that names what a row belongs to.
    `beside` are columns of the sheet that another table reads. `teams`: a column for each agency follows the first
    `before_teams` ones. `ids`: the section whose ids are defined here, with their names under the key `name`. Kinds of
    sheets are subclasses, which also read (`sheet_kinds`).
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
    ids: str = ""
    name: str = "name"

    @property
    def paths(self) -> tuple[str, ...]:
        """The path of each of its lists."""
        return tuple(self.path.split(", ")) if self.path else ()

    def parts(self, tree: Node) -> Iterator[Part]:
        """The parts of the tree that are rows, in the order in which they are written."""
        for path in self.paths:
            yield from parts_at(tree, path)

    def row(self, part: Part) -> Mapping[str, Any]:
        """The values of a part as its row has them."""
        return cast(Mapping[str, Any], part.node.value)

    def rows(self, tree: Node) -> Iterator[Row]:
        """Its rows, from a scenario in its written form."""
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
        """Its Swedish name."""
        return self.title("sv")

    @property
    def en(self) -> str:
        """Its English name."""
        return self.title("en")

    def title(self, language: Language) -> str:
        """The sheet's name."""
        return words(language).say(self.word)

    @property
    def all_columns(self) -> tuple[SheetColumn, ...]:
        """Its own columns, preceded by that of the rows' owners if there is one."""
        return self.columns if self.owner is None else (self.owner, *self.columns)


def plain(word: str) -> str:
    """A heading or a sheet's name normalised for comparison."""
    return " ".join(word.split()).strip(" *:.").casefold()


def by_name(tables: Iterable[SheetTable]) -> Mapping[str, SheetTable]:
    """Sheets by their normalised names in each language."""
    return {plain(word): table for table in tables for word in (table.sv, table.en)}
