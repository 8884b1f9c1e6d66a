"""A sheet and its columns: which words they have, what they mean, and where they go in the tree.

One description serves reading and writing. A column's words and a sheet's name are part of the format, though
they stand in the catalogue: what is written in one language is read in both.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from arshjul.errors import Message
from arshjul.formats.catalogues import words
from arshjul.formats.workbook.notation import Language, Notation

Path = tuple[str, ...]


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
    """A sheet: a row is an item of `section`, or a line in the list `lines` of the one that `owner` names there.

    `beside` are columns of the sheet that another table reads.
    `teams`: a column for each agency follows the first `before_teams` ones. `kinds`: the lists that a row may go
    into by its column `kind`, each with its keys for the columns; `usual_kind`: where that column is empty.
    """

    id: str
    word: Message
    section: Path
    columns: tuple[SheetColumn, ...]
    owner: SheetColumn | None = None
    lines: str = ""
    beside: tuple[SheetColumn, ...] = ()
    teams: bool = False
    before_teams: int = 0
    about: Message | None = None
    kinds: Mapping[str, Mapping[Path, Path]] = field(default_factory=dict)
    usual_kind: str = ""

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
    def lists(self) -> bool:
        """True if a row is an item of a section that is a list."""
        return self.owner is None and bool(self.section) and self.id not in {"names", "calendar", "earlier-withdrawals"}

    @property
    def all_columns(self) -> tuple[SheetColumn, ...]:
        """The owner's column and the row's own."""
        return self.columns if self.owner is None else (self.owner, *self.columns)
