"""A sheet and its columns: their words, their meaning, and their place in the tree.

One description serves reading and writing. A column's words and a sheet's name are part of the format, though they are
in the catalogue: sheets written in one language are read in both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from arshjul.errors import Message
from arshjul.formats.catalogues import words
from arshjul.formats.tree import Node
from arshjul.formats.workbook.notation import Language, Notation

Path = tuple[str, ...]
Row = tuple[object, Mapping[str, Any]]
"""The contents of a row: its owner's id, and its values by keys."""

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
    """A sheet: its columns, and the part of a scenario that its rows are (`rows`).

    Kinds of sheets are subclasses, which also read (`sheet_kinds`). `stage` orders the reading: owners come before what
    belongs to them. `beside` are columns of the sheet that another table reads. `teams`: a column for each agency
    follows the first `before_teams` ones. `ids`: the section whose ids are defined here, with their names under the key
    `name`.
    """

    id: str
    word: Message
    section: Path
    columns: tuple[SheetColumn, ...]
    beside: tuple[SheetColumn, ...] = ()
    teams: bool = False
    before_teams: int = 0
    about: Message | None = None
    stage: int = 1
    ids: str = ""
    name: str = "name"

    def rows(self, scenario: Mapping[str, Any]) -> Iterable[Row]:
        """Its rows, from a scenario in its written form."""
        return ()

    def nodes(self, tree: Node) -> Iterable[Node]:
        """The pieces of the tree that its rows became, in the order in which they are written."""
        return ()

    @property
    def called(self) -> str:
        """The section that errors call by this sheet's name; empty if none."""
        return ""

    @property
    def of_lines(self) -> str:
        """The list in each item of a section that its rows are, like `agencies[].teams`; empty if they are none."""
        return ""

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
        return self.columns


def plain(word: str) -> str:
    """A heading or a sheet's name normalised for comparison."""
    return " ".join(word.split()).strip(" *:.").casefold()


def by_name(tables: Iterable[SheetTable]) -> Mapping[str, SheetTable]:
    """Sheets by their normalised names in each language."""
    return {plain(word): table for table in tables for word in (table.sv, table.en)}
