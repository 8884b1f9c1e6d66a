"""A sheet and its columns: which words they have, what they mean, and where they go in the tree.

One description serves reading and writing. A column's words and a sheet's name are part of the format, though
they stand in the catalogue: what is written in one language is read in both.
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
"""What is written in a row: the id of its owner, and its values by keys."""

WEEK_HEADING = ("Vecka", "Week")
"""The heading of ISO weeks beside dates: written for people, never read."""
READ_ME_SHEET = ("Läs mig", "Read me")
"""The first sheet of the template: written, never read."""
FAULTS_SHEET = ("Fel", "Faults")
"""The first sheet of a marked workbook: written, never read."""


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column: the keys that lead to its value in the row's mapping, its heading, and what may stand in it.

    `needed`: a row is nothing without it. `also` are headings that mean the same. `empty` is what an empty
    cell says, where it says more than that the key is left out.
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
    """A sheet: its columns, and what its rows are of a scenario (`rows`).

    A kind of sheet is a subclass, which reads it too (`sheet_kinds`). `stage` orders the reading: what others belong
    to comes first. `beside` are columns of the sheet that another table reads. `teams`: a column for each agency
    follows the first `before_teams` ones. `ids`: the section whose ids stand there, under a name each, `name` being
    the key of that.
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
        """Its rows, of a scenario as it is written."""
        return ()

    def nodes(self, tree: Node) -> Iterable[Node]:
        """The pieces of the tree that its rows became, in the order in which they are written."""
        return ()

    @property
    def called(self) -> str:
        """The section that errors call by this sheet's name; empty where none is."""
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
        """Its own columns, and before them that of the rows' owners, where they have some."""
        return self.columns


def plain(word: str) -> str:
    """A heading or a sheet's name without what does not count."""
    return " ".join(word.split()).strip(" *:.").casefold()


def by_name(tables: Iterable[SheetTable]) -> Mapping[str, SheetTable]:
    """Sheets by their names in each language, as names are compared."""
    return {plain(word): table for table in tables for word in (table.sv, table.en)}
