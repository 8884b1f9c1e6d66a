"""A document made from a workbook: what is wrong in it is told in the words of its headings."""

from dataclasses import dataclass, field, replace

from arshjul.errors import Message, Problem
from arshjul.formats.tree import CellPlace, Document, Loc
from arshjul.formats.workbook.book import BookSheet
from arshjul.formats.workbook.headings import Head
from arshjul.formats.workbook.table import Path


@dataclass(slots=True)
class BookDocument(Document):
    """A document whose problems speak of headings: `headings` are those of the keys, without positions.

    `heads` are the tables that were found, `lost` the sections whose sheet is there and cannot be read, `names`
    the sheets' names by section.
    """

    headings: dict[Path, str] = field(default_factory=dict)
    sheets: list[BookSheet] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, kind: str, loc: Loc, text: Message, line: int | None = None) -> None:
        """Says of a missing key which column it is; where the whole column is missing, that is said once."""
        if kind == "missing-key":
            path = tuple(key for key in loc if isinstance(key, str))
            heading = self.headings.get(path)
            if heading == "" or (len(path) == 1 and path[0] in self.lost):
                return
            if len(path) == 1 and path[0] in self.names:
                text = Message(
                    "The sheet {sheet} is missing: take it from the template.", {"sheet": self.names[path[0]]}
                )
            if heading is not None:
                text = Message("{heading} is missing: fill in this cell.", {"heading": heading})
        Document.add(self, kind, loc, text, line)

    def better(self, worse: str, kind: str, loc: Loc, text: Message) -> None:
        """Notes what is wrong at a place; a word that is no id is first of all an unknown one: people write names."""
        Document.better(self, worse, kind, loc, text)
        before = self._places.get((loc, worse))
        if before is not None:
            self.findings[before] = replace(self.findings[before], kind=kind)

    def called(self, section: str) -> str:
        """The name of the section's sheet."""
        return self.names.get(section, section)

    def warn(self, kind: str, text: Message, place: CellPlace) -> None:
        """Notes what is odd about a cell, but not wrong."""
        self.cells[place.sheet, place.cell] = place
        self.warnings.append(Problem(kind, text, self.file, sheet=place.sheet, cell=place.cell))
