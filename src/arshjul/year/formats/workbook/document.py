"""A document made from a workbook, whose problems name its headings."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from arshjul.errors import Message, Problem, named
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.tree import CellPlace, Document, Loc, Node
from arshjul.year.formats.words import meant, nearest, quoted
from arshjul.year.formats.workbook.book import BookSheet
from arshjul.year.formats.workbook.headings import Head
from arshjul.year.formats.workbook.lexicon import Lexicon
from arshjul.year.formats.workbook.settings_rows import LANGUAGES, known_settings
from arshjul.year.formats.workbook.table import Path


@dataclass(slots=True)
class BookDocument(Document):
    """A document whose problems name headings: `headings` are those of the keys, without positions.

    `heads` are the tables found, `lost` the sections whose sheet is there and cannot be read, `names` the sheets' names
    by section; `words` maps the keys that hold words for sectors or programmes to their section, `absent` are
    those of settings without a row; `lexicon` knows the names on the sheets.
    """

    headings: dict[Path, str] = field(default_factory=dict)
    sheets: list[BookSheet] = field(default_factory=list)
    heads: dict[str, Head] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    words: dict[Path, str] = field(default_factory=dict)
    absent: set[Path] = field(default_factory=set)
    lexicon: Lexicon = field(default_factory=Lexicon)

    def add(self, kind: str, loc: Loc, text: Message, line: int | None = None) -> None:
        """Names the column of a missing key; if the whole column is missing, that is reported once."""
        if kind == "missing-key":
            path = tuple(key for key in loc if isinstance(key, str))
            heading = self.headings.get(path)
            if heading == "" or (len(path) == 1 and path[0] in self.lost):
                return
            if len(path) == 1 and path[0] in self.names:
                if not self.heads and any(sheet.cells for sheet in self.sheets):
                    self._tell_own()
                    return
                sheet = {"sheet": self.names[path[0]]}
                text = Message("The sheet {sheet} is missing: take it from the template.", sheet)
                self.elsewhere.append(Problem(kind, text, self.file))
                return
            if heading is not None and path in self.absent:
                text = Message("The row {heading} is missing: take it from the template.", {"heading": heading})
            elif heading is not None:
                text = Message("{heading} is missing: fill in this cell.", {"heading": heading})
                if (first := self._merged_with(self.tree.place_of(loc))) is not None:
                    values = {"heading": heading, "first": first}
                    text = Message(
                        "{heading} is missing: split the merged cells from {first} on, and fill in each.", values
                    )
        section = self.words.get(tuple(key for key in loc if isinstance(key, str)))
        if kind == "bad-id" and section is not None and "given" in text.values:  # one that is too long is not repeated
            given = str(text.values["given"])
            values = {"given": given, "sheet": self.names[section]}
            text = Message("{given} is missing in the sheet {sheet}: add it, with its own id.", values)
            if (near := nearest(given.strip('"'), self.lexicon.known_words(section))) is not None:
                text = meant(Message("{given} is missing in the sheet {sheet}", values), near)
        Document.add(self, kind, loc, text, line)

    def _tell_own(self) -> None:
        """Reports once that no sheet is the template's, in place of every sheet that is missing."""
        text = Message(
            "No sheet is from the template. For a spreadsheet of your own, run `arshjul import {file} "
            "--map columns.yaml --rest SCENARIO`, or use From a workbook in the console.",
            {"file": self.file},
        )
        if all(problem.text != text for problem in self.elsewhere):
            self.elsewhere.append(Problem("missing-key", text, self.file))

    def better(self, worse: str, kind: str, loc: Loc, text: Message) -> None:
        """Notes a problem at a place. A word that is no id is reported as an unknown one: people write names."""
        Document.better(self, worse, kind, loc, text)
        before = self._places.get((loc, worse))
        if before is not None:
            self.findings[before] = replace(self.findings[before], kind=kind)

    def no_such(self, given: str, section: str) -> Message:
        """The message that a word, as repeated, is not on the section's sheet."""
        of = ("agencies", "police") if section == "parties" else (section,)
        sheets = [self.names[id] for id in of if id in self.names]
        if not sheets:
            return Document.no_such(self, given, section)
        values = {"given": given, "sheet": sheets}
        return Message("{given} is missing in the sheet {sheet}", values)

    def problem(self, kind: str, loc: Loc, text: Message, line: int | None = None) -> Problem:
        return Document.problem(self, kind, loc, named(text, lambda key: self._word(key, loc)), line)

    def _merged_with(self, place: CellPlace | None) -> str | None:
        if place is None:
            return None
        sheet = next(sheet for sheet in self.sheets if sheet.position == place.n_sheet)
        for merged in sheet.merged:
            if merged.row <= place.row <= merged.last_row and merged.column <= place.column <= merged.last_column:
                return CellPlace(sheet.name, merged.row, merged.column).cell
        return None

    def _word(self, key: str, loc: Loc) -> str:
        """The heading, row or sheet that holds a key, as people call it; empty if there is none."""
        if key in self.names:
            return self.names[key]
        path = tuple(key.split("."))
        ways = [one for one, heading in self.headings.items() if one[-len(path) :] == path and heading]
        way = min(ways, key=lambda one: one[:1] != loc[:1], default=())
        setting = known_settings().get(".".join(way))
        return self.headings.get(way, "") if setting is None else words(LANGUAGES[0]).say(setting.name)

    def nothing_in(self, section: str) -> None:
        """Notes once that a sheet to which other sheets refer has no rows."""
        text = Message(
            "The sheet {sheet} is empty, though other sheets refer to it: fill it in.",
            {"sheet": self.names.get(section, section)},
        )
        self.add("empty", (section,), text)

    def is_shared(self, section: str, word: str) -> bool:
        """True if several rows bear that name, which is then noted once, at the last of them."""
        shared = self.lexicon.shared(section, word)
        node = self.tree.parts.get(section, Node([]))
        rows = [n for n, part in node.parts.items() if (id := part.parts.get("id")) is not None and id.value in shared]
        if len(rows) > 1:
            key = next((key for key in ("name", "title") if key in node.parts[rows[-1]].parts), "id")
            cells = [place.cell for n in rows if (place := self.tree.place_of((section, n, key))) is not None]
            values = {"given": quoted(word), "cells": cells}
            text = Message("Several rows are named {given}, {cells}: rename one, or remove it.", values)
            self.add("bad-value", (section, rows[-1], key), text)
        return len(rows) > 1

    def words_for(self, _section: str, ids: Iterable[str]) -> dict[str, str]:
        """The words for those ids in cells: names that are read back, and an operation's own number."""
        return {id: id if _section == "operations" else self.lexicon.word(_section, id) for id in ids}

    def warn(self, kind: str, text: Message, place: CellPlace) -> None:
        self.cells[place.sheet, place.cell] = place
        self.warnings.append(Problem(kind, text, self.file, sheet=place.sheet, cell=place.cell))
