"""A document made from a workbook: what is wrong in it is told in the words of its headings."""

from dataclasses import dataclass, field

from arshjul.errors import Message, Problem
from arshjul.formats.tree import CellPlace, Document, Loc
from arshjul.formats.workbook.book import BookSheet
from arshjul.formats.workbook.table import Path


@dataclass(slots=True)
class BookDocument(Document):
    """A document whose problems speak of headings: `headings` are those of the keys, without positions."""

    headings: dict[Path, str] = field(default_factory=dict)
    sheets: list[BookSheet] = field(default_factory=list)

    def add(self, kind: str, loc: Loc, text: Message, line: int | None = None) -> None:
        """Says of a missing key which column it is; where the whole column is missing, that is said once."""
        if kind == "missing-key":
            path = tuple(key for key in loc if isinstance(key, str))
            heading = self.headings.get(path)
            if heading == "":
                return
            if heading is not None:
                text = Message("{heading} is missing: fill in this cell.", {"heading": heading})
        Document.add(self, kind, loc, text, line)

    def warn(self, kind: str, text: Message, place: CellPlace) -> None:
        """Notes what is odd about a cell, but not wrong."""
        self.cells[place.sheet, place.cell] = place
        self.warnings.append(Problem(kind, text, self.file, sheet=place.sheet, cell=place.cell))
