"""The sheet of objects that wait to be bound to a frame, as the list of a file of objects."""

from arshjul.formats.tree import Key, Node
from arshjul.formats.workbook import tables
from arshjul.formats.workbook.assembly import Assembly, word
from arshjul.formats.workbook.headings import Head
from arshjul.formats.workbook.rows import SheetRow, append, read_row, settle

_SITE_KEYS = ("ref", "name", "address")


class ObjectSheets(Assembly):
    """Reads the rows that have an id; the others are sites of operations."""

    def read(self) -> None:
        """Puts the objects into the tree: a further row with the same id is a further site."""
        self.match()
        objects = self.tree.parts.setdefault("objects", Node([]))
        head = self.heads.get(tables.OBJECTS.id)
        if head is not None:
            self._put(objects, head)
        settle(self.tree)

    def _put(self, objects: Node, head: Head) -> None:
        objects.place = head.place
        self.note_headings(head, ("objects",))
        places: dict[str, int] = {}
        for number, cells in head.rows():
            id = word(cells, head.number(("id",)))
            if not id and head.is_beside(cells):
                continue
            row = read_row(head, number, cells, self.context)
            site = _site(row)
            if id in places and set(row.node.parts) <= {"id", "agencies"}:
                position = places[id]
            else:
                position = append(objects, row.node)
                places.setdefault(id, position)
            if site is not None:
                sites = objects.parts[position].parts.setdefault("sites", Node([], place=row.place))
                append(sites, site)
            self.told(row, ("objects", position))


def _site(row: SheetRow) -> Node | None:
    """The row's site, taken out of it; None where it has none."""
    parts: dict[Key, Node] = {key: part for key in _SITE_KEYS if (part := row.node.parts.pop(key, None)) is not None}
    if not any(part.value for part in parts.values()):
        return None
    site = Node({}, place=row.place, parts=parts)
    site.places = {(key,): row.node.places[key,] for key in _SITE_KEYS if (key,) in row.node.places}
    return site
