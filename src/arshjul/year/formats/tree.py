"""Input as a tree that remembers the place of each piece, with the problems found in it.

YAML, JSON and workbooks all become nodes; the schema reads the plain data (`Node.value`), and a problem finds its file,
line and path through the tree. Only this module knows what is secret: what is below a key `sites` is never repeated,
neither as a value nor as part of a path.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from arshjul.errors import InputError, Message, Problem

Key = str | int
Loc = tuple[Key, ...]

SECRET_KEY = "sites"
SITE_KEYS = frozenset({"ref", "name", "address"})
_WORD = re.compile(r"\w[\w.-]{0,63}")  # the longest id, in any alphabet
_MOST_PROBLEMS = 1000  # assumption: nobody reads further


@dataclass(frozen=True, slots=True)
class CellPlace:
    """A cell of a workbook. Row and column count from 1, `n_sheet` orders the sheets."""

    sheet: str
    row: int
    column: int
    n_sheet: int = 0

    @property
    def cell(self) -> str:
        """Its name, like C5."""
        letters, rest = "", self.column
        while rest:
            rest, digit = divmod(rest - 1, 26)
            letters = chr(ord("A") + digit) + letters
        return f"{letters}{self.row}"

    @property
    def order(self) -> tuple[int, int, int]:
        return self.n_sheet, self.row, self.column


@dataclass(slots=True)
class Node:
    """A scalar, list or mapping as plain data, and its parts by key or position.

    `line` counts from 1, None if there are no lines (JSON). `plain` is an unquoted scalar as written: `no`, `12:30`.
    `key_lines` are the lines of a mapping's keys. In a workbook a piece has a `place`, and a row has in `places` the
    cells of all its keys, even empty ones.
    """

    value: object
    line: int | None = None
    plain: str | None = None
    parts: dict[Key, "Node"] = field(default_factory=dict)
    key_lines: dict[Key, int] = field(default_factory=dict)
    place: CellPlace | None = None
    places: "dict[Loc, CellPlace]" = field(default_factory=dict)

    def at(self, loc: Loc) -> "Node | None":
        node: Node | None = self
        for key in loc:
            node = None if node is None else node.parts.get(key)
        return node

    def line_of(self, loc: Loc) -> int | None:
        """A scalar's own line, else that of the key that leads to it; of a missing key, that of what should hold it."""
        node, line = self, self.line
        for key in loc:
            part = node.parts.get(key)
            if part is None:
                return node.key_lines.get(key, line)
            is_scalar = not isinstance(part.value, (dict, list))
            line = part.line if is_scalar else node.key_lines.get(key, part.line)
            node = part
        return line

    def place_of(self, loc: Loc) -> CellPlace | None:
        """The cell to show for a place: its own, or the one in which a missing value belongs."""
        node, cell_place = self, self.place
        row, below = node.places, loc
        for depth, key in enumerate(loc):
            if node.places:
                row, below = node.places, loc[depth:]
            part = node.parts.get(key)
            if part is None:
                nearest = (row.get(below[:n]) for n in range(len(below), 0, -1))
                return next((place for place in nearest if place is not None), cell_place)
            node, cell_place = part, part.place or cell_place
        return cell_place

    def path(self, loc: Loc) -> str:
        """A place for people: `operations[0].agencies.miljo`, cut off at anything secret."""
        text, node, inside = "", self, False
        for key in loc:
            if inside and isinstance(key, str) and key not in SITE_KEYS:
                break
            is_item = isinstance(node.value, list) or (node is _NOWHERE and isinstance(key, int))
            text += f"[{key}]" if is_item else "." + shown_key(key)
            node = node.parts.get(key, _NOWHERE)
            inside = inside or key == SECRET_KEY
        return text.removeprefix(".")

    def item(self, loc: Loc) -> str:
        """The id of the list item that contains the place: MA-23 for `operations[23].officers`."""
        node = None if is_secret(loc[:2]) else self.at((*loc[:2], "id"))
        known = node is not None and len(loc) > 1 and isinstance(node.value, str) and _WORD.fullmatch(node.value)
        return str(node.value) if node is not None and known else ""


_NOWHERE = Node(None)


def shown_key(key: Key) -> str:
    """A key as repeated in errors: a single word. Several may be a slip, and be the name of a site."""
    return str(key) if _WORD.fullmatch(str(key)) else "…"


def nodes(value: object) -> Node:
    """A tree without lines, of data that came as JSON."""
    root = Node(value)
    waiting = [root]
    while waiting:
        parent = waiting.pop()
        if isinstance(parent.value, dict):
            parent.parts = {key: Node(part) for key, part in parent.value.items()}
        elif isinstance(parent.value, list):
            parent.parts = {position: Node(part) for position, part in enumerate(parent.value)}
        waiting.extend(parent.parts.values())
    return root


def is_secret(loc: Loc) -> bool:
    return SECRET_KEY in loc


@dataclass(frozen=True, slots=True)
class TreeProblem:
    """A problem before its file and line are added."""

    kind: str
    loc: Loc
    text: Message
    line: int | None = None


@dataclass(slots=True)
class Document:
    """The tree of all files of one reading, and the findings in it.

    `files` gives the file of each top-level key, `file` that of the rest. `whole` is False if reading stopped early:
    then nothing is certainly missing. `commented` are unquoted texts followed by a comment. `cells` are the cells of a
    workbook with problems, `excused` the kinds of findings that were removed, with their places.
    """

    tree: Node
    file: str = ""
    files: dict[Key, str] = field(default_factory=dict)
    findings: list[TreeProblem] = field(default_factory=list)
    elsewhere: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    commented: list[Loc] = field(default_factory=list)
    whole: bool = True
    cells: dict[tuple[str, str], CellPlace] = field(default_factory=dict)
    excused: set[tuple[str, Loc]] = field(default_factory=set)
    _places: dict[tuple[Loc, str], int] = field(default_factory=dict)
    _n_placed: int = 0

    def add(self, kind: str, loc: Loc, text: Message, line: int | None = None) -> None:
        """`line` overrides the place's own."""
        self.findings.append(TreeProblem(kind, loc, text, line))

    def better(self, worse: str, kind: str, loc: Loc, text: Message) -> None:
        """Notes a problem at a place, replacing a finding of the kind `worse` there."""
        while self._n_placed < len(self.findings):
            one = self.findings[self._n_placed]
            self._places.setdefault((one.loc, one.kind), self._n_placed)
            self._n_placed += 1
        before = self._places.get((loc, worse))
        if before is None:
            self.add(kind, loc, text)
        else:
            self.findings[before] = replace(self.findings[before], text=text)

    def no_such(self, given: str, section: str) -> Message:
        return Message("There is no {given} among {section}", {"given": given, "section": section})

    def nothing_in(self, section: str) -> None:
        """Notes once that a section to which others refer is empty."""
        text = Message("{section} is empty, though other parts refer to it.", {"section": section})
        self.add("empty", (section,), text)

    def is_shared(self, _section: str, _word: str) -> bool:
        """True if several items of the section bear that name, which is then noted once."""
        return False

    def words_for(self, _section: str, ids: Iterable[str]) -> dict[str, str]:
        """The author's words for those ids: here the ids themselves."""
        return {id: id for id in ids}

    def suppress_problems(self, kind: str, locs: Collection[Loc]) -> None:
        """Removes the findings of a kind at those places, which something else explains."""
        if locs:
            self.excused |= {(kind, loc) for loc in locs}
            self.findings = [finding for finding in self.findings if finding.kind != kind or finding.loc not in locs]
            self._places, self._n_placed = {}, 0

    def forget(self, section: Key) -> None:
        self.findings = [finding for finding in self.findings if finding.loc[:1] != (section,)]
        self._places, self._n_placed = {}, 0

    def stop(self, kind: str, text: Message, line: int | None = None) -> None:
        self.elsewhere.append(Problem(kind, text, self.file, line))
        self.whole = False

    def problem(self, kind: str, loc: Loc, text: Message, line: int | None = None) -> Problem:
        file = self.files.get(loc[0], self.file) if loc else self.file
        place = self.tree.place_of(loc)
        path, item = self.tree.path(loc), self.tree.item(loc)
        if place is not None:
            self.cells[place.sheet, place.cell] = place
            return Problem(kind, text, file, None, path, item, place.sheet, place.cell)
        return Problem(kind, text, file, line or self.tree.line_of(loc), path, item)

    def stopped_at(self, place: CellPlace, kind: str, text: Message) -> None:
        self.cells[place.sheet, place.cell] = place
        self.elsewhere.append(Problem(kind, text, self.file, sheet=place.sheet, cell=place.cell))

    def _order(self, problem: Problem) -> tuple[str, int, tuple[int, int, int]]:
        place = self.cells.get((problem.sheet, problem.cell))
        return problem.file, problem.line or 0, (0, 0, 0) if place is None else place.order

    def problems(self) -> list[Problem]:
        """One for each place, and none below a broken place; a duplicate key breaks nothing."""
        first: dict[tuple[Loc, bool], TreeProblem] = {}
        for finding in self.findings:
            first.setdefault((finding.loc, finding.kind == "duplicate-key"), finding)
        kept = [f for f in first.values() if not any((f.loc[:n], False) in first for n in range(len(f.loc)))]
        found = self.elsewhere + [self.problem(f.kind, f.loc, f.text, f.line) for f in kept]
        return sorted(found, key=self._order)

    def refuse(self, message: Message) -> None:
        """Raises InputError with all problems, if there are any."""
        problems = self.problems()
        if len(problems) > _MOST_PROBLEMS:
            more = Message("{n} problems: the first {shown} are shown.", {"n": len(problems), "shown": _MOST_PROBLEMS})
            problems = [*problems[:_MOST_PROBLEMS], Problem("too-large", more, self.file)]
        if problems:
            raise InputError(message, problems, self.warnings)


FORM = "form"
"""The file name in errors for what a person has entered."""


@dataclass(slots=True)
class FormDocument(Document):
    @classmethod
    def of(cls, written: Mapping[str, object]) -> "FormDocument":
        return cls(nodes(dict(written)), FORM)

    def no_such(self, given: str, section: str) -> Message:  # noqa: ARG002 - sections are what forms know nothing of
        """The message for a word that is no id of the expected kind, which the field says."""
        return Message("There is no {given}", {"given": given})
