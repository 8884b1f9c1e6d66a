"""The kinds of sheets: how each is read, and which part of a scenario its rows are."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, get_args

from pydantic import BaseModel

from arshjul.domain.calendar import DayKind
from arshjul.errors import Message
from arshjul.formats.scenario.references import no_such
from arshjul.formats.tree import Key, Loc, Node
from arshjul.formats.words import quoted
from arshjul.formats.workbook.assembly import Assembly, word
from arshjul.formats.workbook.calendar_notation import Dates, Day
from arshjul.formats.workbook.columns import columns, in_order
from arshjul.formats.workbook.document import BookDocument
from arshjul.formats.workbook.headings import Head
from arshjul.formats.workbook.notation import BookContext, Ref, Refs
from arshjul.formats.workbook.rows import SheetRow, append, put, read_row, settle
from arshjul.formats.workbook.table import Path, Row, SheetColumn, SheetTable

_SITE_KEYS = ("ref", "name", "address")
_KIND = ("kind",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSheet(SheetTable):
    """A sheet that is read."""

    def read(self, book: Assembly, head: Head) -> None:
        """Puts its rows into the tree."""
        raise NotImplementedError


def read_sheets(
    document: BookDocument, wanted: Iterable[ReadSheet], context: BookContext, known: Iterable[SheetTable]
) -> None:
    """Puts the rows of the wanted sheets into the document's tree. `known` are all sheets that may occur."""
    tables = sorted(wanted, key=lambda one: one.stage)
    book = Assembly(document, tables, context, known)
    book.begin()
    for table in tables:
        if table.id in book.heads:
            table.read(book, book.heads[table.id])
    settle(book.tree)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSheet(ReadSheet):
    """A sheet whose rows are the items of its section's list."""

    @property
    def called(self) -> str:
        """The section, or the first key of its path."""
        return self.section[0]

    def read(self, book: Assembly, head: Head) -> None:
        """Puts each row at the end of the list."""
        section = Node([], place=head.place)
        put(book.tree, self.section, section)
        book.note_headings(head, self.section)
        for row in book.rows(head):
            book.told(row, (*self.section, append(section, row.node)))

    def rows(self, scenario: Mapping[str, Any]) -> Iterable[Row]:
        """The parts of the list."""
        found: Any = scenario
        for key in self.section:
            found = found.get(key, [])
        return [("", one) for one in found]

    def nodes(self, tree: Node) -> Iterable[Node]:
        """The parts of the list."""
        return (tree.at(self.section) or Node([])).parts.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSheet(ListSheet):
    """A sheet whose rows are parts of the items of its section's list, in the list `parts` of each.

    `own`: the keys of a part; the other columns are the item's. Rows that follow one another are of one item if all of
    these say the same, and each names another part by its key `named`.
    """

    parts: str
    named: str
    own: Collection[Key]

    def read(self, book: Assembly, head: Head) -> None:
        """Puts each row into an item, its own or that of the row before."""
        section = Node([], place=head.place)
        put(book.tree, self.section, section)
        paths = (one.path for one in self.columns)
        book.note_headings(
            head, self.section, {path: (self.parts, *path) if path[0] in self.own else path for path in paths}
        )
        before: object = None
        seen: set[object] = set()
        for row in book.rows(head):
            item = row.node
            part = Node(
                {}, place=row.place, places={path: at for path, at in item.places.items() if path[0] in self.own}
            )
            part.parts = {key: item.parts.pop(key) for key in self.own if key in item.parts}
            named = part.at((self.named,))
            if settle(item) != before or (named is not None and named.value in seen):
                before, seen = item.value, set()
                item.parts[self.parts] = Node([], place=row.place)
                append(section, item)
            seen.add(None if named is None else named.value)
            position = len(section.parts) - 1
            n = append(section.parts[position].parts[self.parts], part)
            for path, fault in row.faults:
                within: Loc = (self.parts, n, *path) if path[0] in self.own else path
                book.document.add(fault.kind, (*self.section, position, *within), fault.text)

    def rows(self, scenario: Mapping[str, Any]) -> Iterator[Row]:
        """The parts, each with the keys of its item."""
        for _, item in ListSheet.rows(self, scenario):
            yield from (("", {**item, **part}) for part in item[self.parts])

    def nodes(self, tree: Node) -> Iterator[Node]:
        """The parts of each item."""
        for item in ListSheet.nodes(self, tree):
            yield from item.parts.get(self.parts, Node([])).parts.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSheet(ReadSheet):
    """A sheet whose rows are lines in the list `lines` of their owners, which a column names."""

    owner: SheetColumn
    lines: str
    stage: int = 2

    @property
    def of_lines(self) -> str:
        """The list of its owners."""
        return f"{self.section[0]}[].{self.lines}"

    @property
    def all_columns(self) -> tuple[SheetColumn, ...]:
        """The owner's column and the row's own."""
        return self.owner, *self.columns

    def read(self, book: Assembly, head: Head) -> None:
        """Puts each row at the end of its owner's list."""
        section = self.section[0]
        if section in book.document.lost or section not in book.tree.parts:
            return  # which is told once, of that sheet
        owners = _owners(book.tree.parts[section])
        if not book.tree.parts[section].parts and any(not head.is_beside(cells) for _, cells in head.rows()):
            book.document.nothing_in(section)
            return
        book.note_headings(head, (section, self.lines))
        for number, cells in head.rows():
            row = read_row(head, number, cells, book.context)
            if row.owner is None and head.is_beside(cells):
                continue
            if row.owner in owners:
                owner = book.tree.parts[section].parts[owners[row.owner]]
                lines = owner.parts.setdefault(self.lines, Node([], place=head.place))
                book.told(row, (section, owners[row.owner], self.lines, append(lines, row.node)))
            elif row.owner is None:
                self.without_owner(book, head, row)
            else:
                place = row.owner_place or row.place
                if not any(path == () for path, _ in row.faults) and not book.document.is_shared(section, row.owner):
                    text = no_such(book.document, row.owner, section, owners, {})
                    book.document.stopped_at(place, "unknown-id", text)
                book.told_apart(row, place)

    def without_owner(self, book: Assembly, head: Head, row: SheetRow) -> None:
        """Reports a line without an owner."""
        place = row.owner_place or row.place
        book.missing(head.shown(()), place)
        book.told_apart(row, place)

    def rows(self, scenario: Mapping[str, Any]) -> Iterable[Row]:
        """The lines of each owner."""
        return [(item["id"], line) for item in scenario[self.section[0]] for line in item.get(self.lines, [])]

    def nodes(self, tree: Node) -> Iterator[Node]:
        """The lines of each owner."""
        for owner in (tree.at(self.section) or Node([])).parts.values():
            yield from owner.parts.get(self.lines, Node([])).parts.values()


def _owners(section: Node) -> dict[str, int]:
    """The positions of the owners, by id."""
    owners: dict[str, int] = {}
    for position, part in section.parts.items():
        id = part.parts.get("id")
        if id is not None and isinstance(position, int):
            owners.setdefault(str(id.value), position)
    return owners


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionSheet(LineSheet):
    """A sheet whose lines without an owner are the exceptions of all operations."""

    def without_owner(self, book: Assembly, head: Head, row: SheetRow) -> None:
        """Adds the row to the exceptions of `rules`."""
        rules = book.tree.parts.setdefault("rules", Node({}, place=head.place))
        exceptions = rules.parts.setdefault("exceptions", Node([], place=head.place))
        book.note_headings(head, ("rules", "exceptions"))
        book.told(row, ("rules", "exceptions", append(exceptions, row.node)))

    def rows(self, scenario: Mapping[str, Any]) -> Iterable[Row]:
        """The exceptions of all operations, then those of owners."""
        general: list[Row] = [("", one) for one in scenario["rules"].get("exceptions", [])]
        return [*general, *LineSheet.rows(self, scenario)]

    def nodes(self, tree: Node) -> Iterator[Node]:
        """The nodes of the exceptions in the order of `rows`."""
        yield from (tree.at(("rules", "exceptions")) or Node([])).parts.values()
        yield from LineSheet.nodes(self, tree)


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSheet(LineSheet):
    """The sites of operations, with the objects to bind below them."""

    def rows(self, scenario: Mapping[str, Any]) -> Iterable[Row]:
        """The sites; then objects, each with its first site, and another row for each further one."""
        found = list(LineSheet.rows(self, scenario))
        for one in scenario.get("objects", []):
            first, *further = one.get("sites", []) or [{}]
            found += [("", {**one, **first}), *(("", {"id": one["id"], **site}) for site in further)]
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSheet(ListSheet):
    """The same sheet as `fill` reads it: the rows with an id. A further row with the same id is a further site."""

    def read(self, book: Assembly, head: Head) -> None:
        """Puts the objects into the tree."""
        objects = book.tree.parts.setdefault("objects", Node([]))
        objects.place = head.place
        book.note_headings(head, self.section)
        places: dict[str, int] = {}
        for number, cells in head.rows():
            id = word(cells, head.number(("id",)))
            if not id and head.is_beside(cells):
                continue
            row = read_row(head, number, cells, book.context)
            site = _site(row)
            if id in places and set(row.node.parts) <= {"id", "agencies"}:
                position = places[id]
            else:
                position = append(objects, row.node)
                places.setdefault(id, position)
            if site is not None:
                sites = objects.parts[position].parts.setdefault("sites", Node([], place=row.place))
                append(sites, site)
            book.told(row, ("objects", position))


def _site(row: SheetRow) -> Node | None:
    """The row's site, removed from the row; None if it has none."""
    parts: dict[Key, Node] = {key: part for key in _SITE_KEYS if (part := row.node.parts.pop(key, None)) is not None}
    if not any(part.value for part in parts.values()):
        return None
    site = Node({}, place=row.place, parts=parts)
    site.places = {(key,): row.node.places[key,] for key in _SITE_KEYS if (key,) in row.node.places}
    return site


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyedSheet(ReadSheet):
    """A sheet whose rows are keys of the section with their mappings."""

    @property
    def called(self) -> str:
        """Its section."""
        return self.section[0]

    def read(self, book: Assembly, head: Head) -> None:
        """Puts each row under its id."""
        section = book.tree.parts.setdefault(self.section[0], Node({}, place=head.place))
        for number, cells in head.rows():
            row = read_row(head, number, cells, book.context)
            book.told_apart(row, row.place)
            id, name = row.node.parts.pop("id", None), row.node.parts.get("name")
            if id is None or name is None:
                key = "id" if id is None else "name"
                book.missing(head.shown((key,)), row.node.places.get((key,), row.place))
            elif str(id.value) in section.parts:
                text = Message("The id {given} is taken: choose another.", {"given": quoted(str(id.value))})
                book.document.stopped_at(row.place, "bad-id", text)
            else:
                section.parts[str(id.value)] = self.part(row.node)

    def part(self, row: Node) -> Node:
        """What the row says of its key."""
        return row

    def rows(self, scenario: Mapping[str, Any]) -> Iterable[Row]:
        """The ids with their mappings."""
        return [("", {"id": id, **part}) for id, part in scenario.get(self.section[0], {}).items()]

    def nodes(self, tree: Node) -> Iterable[Node]:
        """The mappings."""
        return (tree.at(self.section) or Node({})).parts.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class NameSheet(KeyedSheet):
    """A sheet whose rows are keys of the section with a word for each."""

    def part(self, row: Node) -> Node:
        """The word."""
        return row.parts["name"]

    def rows(self, scenario: Mapping[str, Any]) -> Iterable[Row]:
        """The ids with their words."""
        return [("", {"id": id, "name": name}) for id, name in scenario[self.section[0]].items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarSheet(ReadSheet):
    """A sheet whose rows are dates and kinds of days: closed, open, to be avoided. Id and name are for people."""

    def read(self, book: Assembly, head: Head) -> None:
        """Puts each into its list."""
        calendar = book.tree.parts.setdefault("calendar", Node({}, place=head.place))
        read = {head.number((key,)) for key in ("from", "to", "is", "kind")}
        for number, cells in head.rows():
            if read.isdisjoint(cells):
                continue
            row = read_row(head, number, cells, book.context)
            parts = row.node.parts
            means = parts.pop("is", None)
            for key in ("id", "name"):
                parts.pop(key, None)
            name = str(means.value) if means is not None and means.value in {"open", "avoid"} else "closed"
            kind = parts.pop("kind", None)
            if kind is not None:
                for part in parts.values():
                    book.not_for_row(head, part)
                row.node = Node(kind.value, place=kind.place)
                row.faults = [(() if path == ("kind",) else path, fault) for path, fault in row.faults]
            elif "to" not in parts and "from" in parts:
                parts["to"] = parts["from"]
            section = calendar.parts.setdefault(name, Node([], place=head.place))
            book.note_headings(head, ("calendar", name))
            book.told(row, ("calendar", name, append(section, row.node)))

    def rows(self, scenario: Mapping[str, Any]) -> Iterator[Row]:
        """The closed ones, then the open ones and those to avoid."""
        for means in ("closed", "open", "avoid"):
            for one in scenario["calendar"].get(means, []):
                days = {"kind": one} if one in get_args(DayKind) else {"from": one, "to": one}
                span = one if isinstance(one, Mapping) else days
                yield "", {**span, "is": means}

    def nodes(self, tree: Node) -> Iterator[Node]:
        """The nodes of the dates in the order of `rows`."""
        for means in ("closed", "open", "avoid"):
            yield from (tree.at(("calendar", means)) or Node([])).parts.values()


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierSheet(ReadSheet):
    """A sheet whose rows are withdrawals of earlier years."""

    stage: int = 2

    def read(self, book: Assembly, head: Head) -> None:
        """Puts each row into the list of the year in which it begins."""
        years = book.tree.parts.get("history", Node([])).parts
        book.note_headings(head, ("history", "withdrawals"))
        for number, cells in head.rows():
            row = read_row(head, number, cells, book.context)
            first = row.node.parts.get("from")
            where = next((n for n, year in years.items() if first is not None and _holds(year, first)), None)
            if where is not None:
                lines = years[where].parts.setdefault("withdrawals", Node([], place=head.place))
                book.told(row, ("history", where, "withdrawals", append(lines, row.node)))
                continue
            if first is None:
                book.missing(head.shown(("from",)), row.node.places.get(("from",), row.place))
            elif not any(path == ("from",) for path, _ in row.faults):
                values = {"day": first.value, "sheet": book.document.names["history"]}
                text = Message("No year in the sheet {sheet} holds {day}: add a row for it.", values)
                book.document.stopped_at(first.place or row.place, "outside-plan", text)
            book.told_apart(row, row.place)

    def rows(self, scenario: Mapping[str, Any]) -> Iterable[Row]:
        """The withdrawals year by year."""
        return [("", one) for year in scenario.get("history", []) for one in year["withdrawals"]]

    def nodes(self, tree: Node) -> Iterator[Node]:
        """The nodes of the withdrawals in the order of `rows`."""
        for year in (tree.at(("history",)) or Node([])).parts.values():
            yield from year.parts.get("withdrawals", Node([])).parts.values()


def _holds(year: Node, first: Node) -> bool:
    """True if the date lies in the year of that row."""
    ends = [year.parts[key].value for key in ("from", "to") if key in year.parts]
    day = first.value
    match ends:
        case [date() as begins, date() as closes] if isinstance(day, date):
            return begins <= day <= closes
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class MixedSheet(ReadSheet):
    """A sheet whose rows go into the lists that their column `kind` names, with that list's keys for the columns.

    `usual_kind` is used if that column is empty. `single` are keys with one value, whose column holds several for
    other kinds of rows.
    """

    kinds: Mapping[str, Mapping[Path, Path]] = field(default_factory=dict)
    single: Collection[Path] = ()
    usual_kind: str = ""

    def read(self, book: Assembly, head: Head) -> None:
        """Puts each row into its list."""
        for number, cells in head.rows():
            row = read_row(head, number, cells, book.context)
            kind = row.node.parts.pop("kind", None)
            name = self.usual_kind if kind is None else str(kind.value)
            if name in self.kinds:
                self._entry(book, name, row, head)
            else:
                if kind is None:
                    book.missing(head.shown(_KIND), row.node.places.get(_KIND, row.place))
                book.told_apart(row, row.place)

    def _entry(self, book: Assembly, name: str, row: SheetRow, head: Head) -> None:
        keys = self.kinds[name]
        book.note_headings(head, (name,), keys)
        node = Node({}, place=row.place)
        node.places = {own: row.node.places[path] for path, own in keys.items() if path in row.node.places}
        items = book.tree.parts.setdefault(name, Node([], place=head.place))
        loc: Loc = (name, append(items, node))
        for key, part in row.node.parts.items():
            path = (str(key),)
            at = keys.get(path)
            if at is not None:
                put(node, at, _single(part) if at in self.single else part)
            else:
                book.not_for_row(head, part)
        for faulty, fault in row.faults:
            book.document.add(fault.kind, (*loc, *keys.get(faulty, faulty)), fault.text)


def _single(node: Node) -> Node:
    """The only item of a list; if there are more, the list itself, which the schema refuses."""
    return node.parts[0] if isinstance(node.value, list) and len(node.parts) == 1 else node


def mixed_sheet(
    id: str,
    word: Message,
    shapes: Mapping[str, type[BaseModel]],
    kind: SheetColumn,
    order: Sequence[str],
    *,
    named: Collection[str] = (),
    **about: Any,
) -> MixedSheet:
    """The sheet of several lists, by the shapes of their parts: keys with one heading share a column.

    Of those keys, the column has the words and the notation of the first that holds several values, or else of the
    first. `order` is that of the columns; a cell names agencies by their names where the column is `named`.
    """
    of_list = {name: columns(shape) for name, shape in shapes.items()}
    by_heading: dict[str, SheetColumn] = {}
    for one in (one for found in of_list.values() for one in found):
        known = by_heading.setdefault(one.en, one)
        if _holds_several(one) and not _holds_several(known):
            by_heading[one.en] = one
    shared = {heading: replace(one, needed=False, empty=None) for heading, one in by_heading.items()}
    for heading, one in shared.items():
        if one.path[0] in named and isinstance(one.notation, Ref):
            shared[heading] = replace(one, notation=replace(one.notation, named=True))
    pairs = [(own, shared[own.en]) for found in of_list.values() for own in found]
    return MixedSheet(
        id, word, (), tuple(in_order((kind, *shared.values()), order)),
        kinds={name: {shared[own.en].path: own.path for own in found} for name, found in of_list.items()},
        single={own.path for own, one in pairs if isinstance(own.notation, Ref | Day) and _holds_several(one)},
        **about,
    )  # fmt: skip


def _holds_several(column: SheetColumn) -> bool:
    return isinstance(column.notation, Refs | Dates)
