"""The sheets of what happened in a year, and of what is changed, as the lists of a file of entries."""

from arshjul.errors import Message
from arshjul.formats.tree import Loc, Node
from arshjul.formats.workbook import entry_tables
from arshjul.formats.workbook.assembly import Assembly, word
from arshjul.formats.workbook.headings import Head
from arshjul.formats.workbook.rows import SheetRow, append, put, read_row, settle
from arshjul.formats.workbook.table import SheetTable

_KIND = ("kind",)
_SINGLE = {("date",), ("shift",)}
"""Keys of one value, whose column holds several for other kinds of row."""


class EntrySheets(Assembly):
    """Reads the sheets of entries."""

    def read(self) -> None:
        """Puts all their rows into the tree."""
        self.match()
        head = self.heads.get(entry_tables.WITHDRAWALS.id)
        if head is not None:
            for _, cells in head.rows():
                self.context.lexicon.add("withdrawals", word(cells, head.number(("id",))))
        for table in entry_tables.ENTRY_TABLES:
            if table.kinds:
                self._mixed(table)
            else:
                self.items(table)
        settle(self.tree)

    def _mixed(self, table: SheetTable) -> None:
        """Each row goes into the list that its kind names, with the keys that this list has for its columns."""
        head = self.heads.get(table.id)
        if head is None:
            return
        for number, cells in head.rows():
            row = read_row(head, number, cells, self.context)
            kind = row.node.parts.pop("kind", None)
            name = table.usual_kind if kind is None else str(kind.value)
            if name in table.kinds:
                self._entry(name, row, head)
            else:
                if kind is None:
                    self.missing(head.shown(_KIND), row.node.places.get(_KIND, row.place))
                self.told_apart(row, row.place)

    def _entry(self, name: str, row: SheetRow, head: Head) -> None:
        keys = head.table.kinds[name]
        self.note_headings(head, (name,), keys)
        node = Node({}, place=row.place)
        node.places = {own: row.node.places[path] for path, own in keys.items() if path in row.node.places}
        items = self.tree.parts.setdefault(name, Node([], place=head.place))
        loc: Loc = (name, append(items, node))
        for key, part in row.node.parts.items():
            path = (str(key),)
            at = keys.get(path)
            if at is not None:
                put(node, at, _single(part) if at in _SINGLE else part)
            elif part.place is not None:
                heading = head.sheet.rows[head.row][part.place.column].shown
                text = Message("{heading} is not for this kind of row: leave the cell empty.", {"heading": heading})
                self.document.stopped_at(part.place, "unknown-key", text)
        for faulty, fault in row.faults:
            self.document.add(fault.kind, (*loc, *keys.get(faulty, faulty)), fault.text)


def _single(node: Node) -> Node:
    """The one part of a list; the list itself, which the schema refuses, where there are more."""
    return node.parts[0] if isinstance(node.value, list) and len(node.parts) == 1 else node
