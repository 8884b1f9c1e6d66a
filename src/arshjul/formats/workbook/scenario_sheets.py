"""The sheets of a scenario as its sections."""

from datetime import date

from arshjul.errors import Message
from arshjul.formats.tree import Loc, Node
from arshjul.formats.words import quoted, unknown
from arshjul.formats.workbook import tables
from arshjul.formats.workbook.assembly import Assembly, word
from arshjul.formats.workbook.headings import Head, match
from arshjul.formats.workbook.lexicon import Lexicon
from arshjul.formats.workbook.rows import SheetRow, append, read_row, settle
from arshjul.formats.workbook.settings_sheet import read_settings
from arshjul.formats.workbook.table import SheetTable

_NAMED = (tables.SHIFT_TABLE, tables.AREAS, tables.UNITS, tables.AGENCIES, tables.NAMES_TABLE, tables.OPERATIONS)


class ScenarioSheets(Assembly):
    """Reads the sheets of a scenario."""

    def read(self) -> None:
        """Puts all their rows into the tree."""
        self._learn_names()
        self.match()
        read_settings(self)
        self._names()
        for table in tables.SCENARIO_TABLES:
            if table.lists:
                self.items(table)
        self._calendar()
        for table in tables.SCENARIO_TABLES:
            if table.owner is not None:
                self._lines(table)
        self._earlier_withdrawals()
        settle(self.tree)

    def _learn_names(self) -> None:
        """Takes in the ids and names of all that is named, before anything that names it is read."""
        for table in _NAMED:
            head = self.heads.get(table.id)
            if head is None:
                continue
            match(head, Lexicon())
            for _, cells in head.rows():
                id, name = word(cells, head.number(("id",))), word(cells, head.number((_name_key(table),)))
                if id:
                    self.context.lexicon.add(table.section[0], id, name)
            head.forget()

    def _names(self) -> None:
        """Each row of the sheet of words is a key of the section `names`."""
        head = self.heads.get(tables.NAMES_TABLE.id)
        if head is None:
            return
        section = self.tree.parts.setdefault("names", Node({}, place=head.place))
        for number, cells in head.rows():
            row = read_row(head, number, cells, self.context)
            self.told_apart(row, row.place)
            id, name = row.node.parts.get("id"), row.node.parts.get("name")
            if id is None or name is None:
                key = "id" if id is None else "name"
                self.missing(head.shown((key,)), row.node.places.get((key,), row.place))
            elif str(id.value) in section.parts:
                text = Message("The id {given} is taken: choose another.", {"given": quoted(str(id.value))})
                self.document.stopped_at(row.place, "bad-id", text)
            else:
                section.parts[str(id.value)] = name

    def _calendar(self) -> None:
        """Each row of the calendar is a closed date or period, or an open one."""
        head = self.heads.get(tables.CALENDAR.id)
        if head is None:
            return
        calendar = self.tree.parts.setdefault("calendar", Node({}, place=head.place))
        read = {head.number((key,)) for key in ("from", "to", "is")}
        for number, cells in head.rows():
            if read.isdisjoint(cells):
                continue
            row = read_row(head, number, cells, self.context)
            parts = row.node.parts
            means = parts.pop("is", None)
            for key in ("id", "name"):  # these are for people
                parts.pop(key, None)
            if "to" not in parts and "from" in parts:
                parts["to"] = parts["from"]
            key = "open" if means is not None and means.value == "open" else "closed"
            section = calendar.parts.setdefault(key, Node([], place=head.place))
            self.note_headings(head, ("calendar", key))
            self.told(row, ("calendar", key, append(section, row.node)))

    def _lines(self, table: SheetTable) -> None:
        """Each row is a line in a list of the one that its owner's column names."""
        head = self.heads.get(table.id)
        if head is None:
            return
        section = table.section[0]
        if section in self.document.lost:
            return
        owners = self._owners(section)
        self.note_headings(head, (section, table.lines))
        for number, cells in head.rows():
            row = read_row(head, number, cells, self.context)
            if row.owner is None and head.is_beside(cells):
                continue
            if row.owner is None and table is tables.EXCEPTIONS:
                self.told(row, self._general_exception(head, row))
            elif row.owner in owners:
                owner = self.tree.parts[section].parts[owners[row.owner]]
                lines = owner.parts.setdefault(table.lines, Node([], place=head.place))
                self.told(row, (section, owners[row.owner], table.lines, append(lines, row.node)))
            else:
                self._orphan(head, row, owners)

    def _earlier_withdrawals(self) -> None:
        """Each row is a line of the earlier year in which it begins."""
        head = self.heads.get(tables.EARLIER_WITHDRAWALS.id)
        if head is None:
            return
        years = self.tree.parts.get("history", Node([])).parts
        self.note_headings(head, ("history", "withdrawals"))
        for number, cells in head.rows():
            row = read_row(head, number, cells, self.context)
            first = row.node.parts.get("from")
            where = next((n for n, year in years.items() if first is not None and _holds(year, first)), None)
            if where is not None:
                lines = years[where].parts.setdefault("withdrawals", Node([], place=head.place))
                self.told(row, ("history", where, "withdrawals", append(lines, row.node)))
                continue
            if first is None:
                self.missing(head.shown(("from",)), row.node.places.get(("from",), row.place))
            elif not any(path == ("from",) for path, _ in row.faults):
                values = {"day": first.value, "sheet": self.document.names["history"]}
                text = Message("No year in the sheet {sheet} holds {day}: add a row for it there.", values)
                self.document.stopped_at(first.place or row.place, "outside-plan", text)
            self.told_apart(row, row.place)

    def _general_exception(self, head: Head, row: SheetRow) -> Loc:
        """Puts a row without an agency among the exceptions of all operations."""
        rules = self.tree.parts.setdefault("rules", Node({}, place=head.place))
        exceptions = rules.parts.setdefault("exceptions", Node([], place=head.place))
        self.note_headings(head, ("rules", "exceptions"))
        return "rules", "exceptions", append(exceptions, row.node)

    def _owners(self, section: str) -> dict[str, int]:
        owners: dict[str, int] = {}
        node = self.tree.parts.get(section, Node([]))
        for position, part in node.parts.items():
            id = part.parts.get("id")
            if id is not None and isinstance(position, int):
                owners.setdefault(str(id.value), position)
        return owners

    def _orphan(self, head: Head, row: SheetRow, owners: dict[str, int]) -> None:
        """Tells of a line whose owner is not there, and what else could not be read of it."""
        place = row.owner_place or row.place
        if row.owner is None:
            self.missing(head.shown(()), place)
        elif not any(path == () for path, _ in row.faults):
            what = self.document.no_such(quoted(row.owner), head.table.section[0])
            self.document.stopped_at(place, "unknown-id", unknown(row.owner, owners, what))
        self.told_apart(row, place)


def _holds(year: Node, first: Node) -> bool:
    """True if the date lies in the year of that row."""
    ends = [year.parts[key].value for key in ("from", "to") if key in year.parts]
    day = first.value
    match ends:
        case [date() as begins, date() as closes] if isinstance(day, date):
            return begins <= day <= closes
    return False


def _name_key(table: SheetTable) -> str:
    return "title" if table is tables.OPERATIONS else "name"
