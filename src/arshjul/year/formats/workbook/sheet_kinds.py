"""The kinds of sheets: where each row that is read belongs, and what it is more or less than the part at its path."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, get_args

from arshjul.errors import Message
from arshjul.year.domain.calendar import DayKind
from arshjul.year.formats.scenario.references import no_such
from arshjul.year.formats.tree import CellPlace, Key, Loc, Node
from arshjul.year.formats.words import quoted
from arshjul.year.formats.workbook.assembly import Assembly, word
from arshjul.year.formats.workbook.headings import Head
from arshjul.year.formats.workbook.rows import SheetRow, append, put, read_row, settle
from arshjul.year.formats.workbook.table import Path, Row, RowPart, SheetTable, lists, parts_at

Placed = tuple[SheetRow, Loc]
_SITE_KEYS = ("ref", "name", "address")
_KIND = ("kind",)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReadSheet(SheetTable):
    def read(self, book: Assembly, head: Head) -> None:
        for row, loc in self.placed(book, head):
            book.add(head, row, loc)

    def placed(self, book: Assembly, head: Head) -> Iterator[Placed]:
        """Each row with the list at whose end it belongs; what belongs in none is reported."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ListSheet(ReadSheet):
    def placed(self, book: Assembly, head: Head) -> Iterator[Placed]:
        book.made(head, self.section, [])
        book.note_headings(head, self.section)
        for row in book.rows(head):
            yield row, self.section


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PartSheet(ReadSheet):
    """A sheet whose rows are parts of items: `own` are the keys of a part, the other columns are the item's.

    Rows that follow one another are of one item if these say the same, and each names another part by its key `named`.
    """

    named: str
    own: Collection[Key]

    @property
    def called(self) -> str:
        return self.section[0]

    def placed(self, book: Assembly, head: Head) -> Iterator[Placed]:
        section, (parts,) = book.made(head, self.section, []), lists(self.paths[0])[1]
        paths = (column.path for column in self.columns)
        book.note_headings(
            head, self.section, {path: (parts, *path) if path[0] in self.own else path for path in paths}
        )
        before: object = None
        seen: set[object] = set()
        for row in book.rows(head):
            item = row.node
            row.node = Node({}, place=row.place)
            row.node.places = {path: at for path, at in item.places.items() if path[0] in self.own}
            row.node.parts = {key: item.parts.pop(key) for key in self.own if key in item.parts}
            named = row.node.at((self.named,))
            if settle(item) != before or (named is not None and named.value in seen):
                before, seen = item.value, set()
                item.parts[parts] = Node([], place=row.place)
                append(section, item)
            seen.add(None if named is None else named.value)
            loc: Loc = (*self.section, len(section.parts) - 1)
            for path, fault in row.faults:
                if path[0] not in self.own:
                    book.document.add(fault.kind, (*loc, *path), fault.text)
            row.faults = [(path, fault) for path, fault in row.faults if path[0] in self.own]
            yield row, (*loc, parts)

    def row(self, part: RowPart) -> Mapping[str, Any]:
        item: Any = None if part.owner is None else part.owner.value
        return {**item, **SheetTable.row(self, part)}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LineSheet(ReadSheet):
    """A sheet whose rows are lines of their owners, which a column names."""

    def placed(self, book: Assembly, head: Head) -> Iterator[Placed]:
        ((section,), (lines,)) = lists(self.paths[-1])
        if section in book.document.lost or section not in book.tree.parts:
            return  # which is told once, of that sheet
        owners = _owners(book.tree.parts[section])
        if not book.tree.parts[section].parts and any(not head.is_beside(cells) for _, cells in head.rows()):
            book.document.nothing_in(section)
            return
        book.note_headings(head, (section, lines))
        for row in book.rows(head):
            if row.owner in owners:
                yield row, (section, owners[row.owner], lines)
            elif row.owner is None:
                yield from self.without_owner(book, head, row)
            else:
                place = row.owner_place or row.place
                if not any(path == () for path, _ in row.faults) and not book.document.is_shared(section, row.owner):
                    text = no_such(book.document, row.owner, section, owners, {})
                    book.document.stopped_at(place, "unknown-id", text)
                book.told_apart(row, place)

    def without_owner(self, book: Assembly, head: Head, row: SheetRow) -> Iterator[Placed]:
        """Reports a line without an owner, or places it elsewhere."""
        place = row.owner_place or row.place
        book.missing(head.shown(()), place)
        book.told_apart(row, place)
        yield from ()


def _owners(section: Node) -> dict[str, int]:
    owners: dict[str, int] = {}
    for position, part in section.parts.items():
        id = part.parts.get("id")
        if id is not None and isinstance(position, int):
            owners.setdefault(str(id.value), position)
    return owners


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ExceptionSheet(LineSheet):
    """A sheet whose lines without an owner are those of all, in the first of its lists."""

    def without_owner(self, book: Assembly, head: Head, row: SheetRow) -> Iterator[Placed]:
        (section,) = lists(self.paths[0])
        book.note_headings(head, section)
        yield row, section


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SiteSheet(LineSheet):
    """The sites of operations, with the objects to bind below them."""

    def rows(self, tree: Node) -> Iterator[Row]:
        yield from LineSheet.rows(self, tree)
        for _, _, node, _ in parts_at(tree, "objects[]"):
            one: Any = node.value
            first, *further = one.get("sites", []) or [{}]
            yield from (("", {**one, **first}), *(("", {"id": one["id"], **site}) for site in further))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ObjectSheet(ReadSheet):
    """The same sheet as `fill` reads it: the rows with an id. A further row with the same id is a further site."""

    def read(self, book: Assembly, head: Head) -> None:
        objects = book.made(head, self.section, [])
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
                append(objects.parts[position].parts.setdefault("sites", Node([], place=row.place)), site)
            book.told(row, ("objects", position))


def _site(row: SheetRow) -> Node | None:
    """The row's site, removed from the row; None if it has none."""
    parts: dict[Key, Node] = {key: part for key in _SITE_KEYS if (part := row.node.parts.pop(key, None)) is not None}
    if not any(part.value for part in parts.values()):
        return None
    places: dict[Loc, CellPlace] = {(key,): row.node.places[key,] for key in _SITE_KEYS if (key,) in row.node.places}
    return Node({}, place=row.place, parts=parts, places=places)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class KeyedSheet(ReadSheet):
    """A sheet whose rows are ids with what each stands for: a mapping, or a name alone."""

    def read(self, book: Assembly, head: Head) -> None:
        section = book.made(head, self.section, {})
        for row in book.rows(head):
            book.told_apart(row, row.place)
            id, name = row.node.parts.pop("id", None), row.node.parts.get("name")
            if id is None or name is None:
                key = "id" if id is None else "name"
                book.missing(head.shown((key,)), row.node.places.get((key,), row.place))
            elif str(id.value) in section.parts:
                text = Message("The id {given} is taken: choose another.", {"given": quoted(str(id.value))})
                book.document.stopped_at(row.place, "bad-id", text)
            else:
                section.parts[str(id.value)] = row.node if len(self.columns) > len(("id", "name")) else name

    def row(self, part: RowPart) -> Mapping[str, Any]:
        value = part.node.value
        return {"id": part.key, **(value if isinstance(value, Mapping) else {"name": value})}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CalendarSheet(ReadSheet):
    """A sheet whose rows are dates and kinds of days: closed, open, to be avoided. Id and name are for people."""

    def placed(self, book: Assembly, head: Head) -> Iterator[Placed]:
        book.made(head, self.section[:1], {})
        for row in book.rows(head):
            parts = row.node.parts
            if parts.keys().isdisjoint(("from", "to", "is", "kind")):
                continue
            means, kind = parts.pop("is", None), parts.pop("kind", None)
            for key in ("id", "name"):
                parts.pop(key, None)
            name = str(means.value) if means is not None and means.value in {"open", "avoid"} else "closed"
            if kind is not None:
                for part in parts.values():
                    book.not_for_row(head, part)
                row.node = Node(kind.value, place=kind.place)
                row.faults = [(() if path == _KIND else path, fault) for path, fault in row.faults]
            elif "to" not in parts and "from" in parts:
                parts["to"] = parts["from"]
            book.note_headings(head, ("calendar", name))
            yield row, ("calendar", name)

    def row(self, part: RowPart) -> Mapping[str, Any]:
        one, means = part.node.value, lists(part.path)[0][-1]
        days = {"kind": one} if one in get_args(DayKind) else {"from": one, "to": one}
        return {**(one if isinstance(one, Mapping) else days), "is": means}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EarlierSheet(ReadSheet):
    """A sheet whose rows are withdrawals of earlier years: each belongs to the year in which it begins."""

    def placed(self, book: Assembly, head: Head) -> Iterator[Placed]:
        years = book.tree.parts.get("history", Node([])).parts
        book.note_headings(head, ("history", "withdrawals"))
        for row in book.rows(head):
            first = row.node.parts.get("from")
            where = next((n for n, year in years.items() if first is not None and _holds(year, first)), None)
            if where is not None:
                yield row, ("history", where, "withdrawals")
                continue
            if first is None:
                book.missing(head.shown(("from",)), row.node.places.get(("from",), row.place))
            elif not any(path == ("from",) for path, _ in row.faults):
                values = {"day": first.value, "sheet": book.document.names["history"]}
                text = Message("No year in the sheet {sheet} holds {day}: add a row for it.", values)
                book.document.stopped_at(first.place or row.place, "outside-plan", text)
            book.told_apart(row, row.place)


def _holds(year: Node, first: Node) -> bool:
    ends = [year.parts[key].value for key in ("from", "to") if key in year.parts]
    day = first.value
    match ends:
        case [date() as begins, date() as closes] if isinstance(day, date):
            return begins <= day <= closes
    return False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class MixedSheet(ReadSheet):
    """A sheet whose rows go into the lists that their column `kind` names, with that list's keys for the columns.

    `usual_kind` is used if that column is empty. `single` are keys with one value, whose column holds several for
    other kinds of rows.
    """

    kinds: Mapping[str, Mapping[Path, Path]] = field(default_factory=dict)
    single: Collection[Path] = ()
    usual_kind: str = ""

    def placed(self, book: Assembly, head: Head) -> Iterator[Placed]:
        for row in book.rows(head):
            kind = row.node.parts.pop("kind", None)
            name = self.usual_kind if kind is None else str(kind.value)
            if name in self.kinds:
                book.note_headings(head, (name,), self.kinds[name])
                self._turn(row, name, book, head)
                yield row, (name,)
                continue
            if kind is None:
                book.missing(head.shown(_KIND), row.node.places.get(_KIND, row.place))
            book.told_apart(row, row.place)

    def _turn(self, row: SheetRow, name: str, book: Assembly, head: Head) -> None:
        keys, given = self.kinds[name], row.node
        row.node = Node({}, place=row.place)
        row.node.places = {own: given.places[path] for path, own in keys.items() if path in given.places}
        row.faults = [(keys.get(path, path), fault) for path, fault in row.faults]
        for key, part in given.parts.items():
            at = keys.get((str(key),))
            if at is not None:
                put(row.node, at, _single(part) if at in self.single else part)
            else:
                book.not_for_row(head, part)


def _single(node: Node) -> Node:
    """The only item of a list; if there are more, the list itself, which the schema refuses."""
    return node.parts[0] if isinstance(node.value, list) and len(node.parts) == 1 else node
