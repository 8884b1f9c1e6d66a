"""Which rows of a table of counts are shown, so that no small count can be worked out from what is.

A row under `LEAST` is not shown by itself: it is counted among others (primary suppression). Where what is hidden so is
little, or as much as so many small rows can be, the smallest row that is left is hidden too, so that the total gives
nothing back (complementary suppression).
Rows are pooled rather than crossed out, so that it is not told which of the possible rows the others are.

A year that is told beside its quarters is a table of rows and quarters with sums. There a hidden count can be worked
out unless it can go up or down while others make up for it: unless it lies on a cycle of hidden counts
(D. Gusfield, A graph theoretic approach to statistical data security, SIAM J. Comput. 17:3, 1988).
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

LEAST = 3
"""Counts under it are not shown."""

LEAST_HIDDEN = 4
"""Of what is hidden together. Of three in two rows it would be known that each is 1 or 2."""

Counts = Mapping[str, int]
Place = tuple[str, str]
"""Of a hidden count: its row, and its column."""

YEAR, TOGETHER = "year", "together"
"""The columns of a year's sums, and of quarters that are counted in the year alone, together."""


@dataclass(frozen=True, slots=True)
class ShownCounts:
    """The rows that are shown. `others`: the sum of what is not; 0: nothing is hidden."""

    rows: Counts
    others: int

    @property
    def total(self) -> int:
        """Of all rows."""
        return sum(self.rows.values()) + self.others


def shown_counts(counts: Counts, n_possible: int) -> ShownCounts:
    """The rows that are shown of a table whose sum may be. `n_possible`: the number of rows that there could be."""
    made = _with_others(counts, {row: n for row, n in counts.items() if n >= LEAST})
    while made.rows and made.others and _is_told(made.others, n_possible - len(made.rows)):
        made = _without_smallest(counts, made.rows)
    return made


def _is_told(others: int, n_rows: int) -> bool:
    """True if the sum of so many hidden rows tells what they are, to whoever knows that each is small."""
    return others < LEAST_HIDDEN or others == n_rows * (LEAST - 1)


def _with_others(counts: Counts, rows: Counts) -> ShownCounts:
    return ShownCounts(rows, sum(counts.values()) - sum(rows.values()))


def _without_smallest(counts: Counts, rows: Counts, among: Iterable[str] | None = None) -> ShownCounts:
    """All that are equally small are hidden: which of them it is, would tell what it is."""
    found = set(rows if among is None else among)
    least = min(rows[row] for row in found)
    return _with_others(counts, {row: n for row, n in rows.items() if n != least or row not in found})


def shown_year(quarters: Sequence[Counts], together: Counts, possible: Collection[str]) -> ShownCounts:
    """The rows that are shown of the sum of these quarters, each of which is shown by itself too.

    `together`: the sum of quarters that are not shown. `possible`: all rows that there could be.
    """
    counts = sum((Counter(one) for one in (*quarters, together)), Counter[str]())
    hidden = {(row, TOGETHER): together.get(row, 0) for row in possible} if together else {}
    for number, quarter in enumerate(quarters):
        shown = shown_counts(quarter, len(possible))
        if shown.others:
            hidden |= {(row, str(number)): quarter.get(row, 0) for row in possible if row not in shown.rows}
    made = shown_counts(counts, len(possible))
    while not _is_safe(hidden, made, counts):
        among = {row for row, _ in hidden if row in made.rows}
        made = _without_smallest(counts, made.rows, among)
    return made


def _is_safe(hidden: Mapping[Place, int], year: ShownCounts, counts: Counts) -> bool:
    """True if no hidden count can be worked out from the quarters with the year.

    Counts of 0 are none; of quarters that are counted together a small one is to stay hidden, and one that is all of
    it. What quarters show of a row is known of the year, and that a row is empty where the year hides none.
    """
    open_rows = {row for row, _ in hidden}.difference(year.rows)
    if year.others:
        hidden = {**hidden, **{(row, YEAR): counts.get(row, 0) for row in open_rows}}
    else:
        hidden = {place: n for place, n in hidden.items() if place[0] not in open_rows}
    edges = _edges(hidden)
    whole = sum(n for (_, column), n in hidden.items() if column == TOGETHER)
    kept = (place for place, n in hidden.items() if n and (place[1] != TOGETHER or n < LEAST or n == whole))
    return all(_is_free(edges, place) for place in kept)


Edges = Mapping[str, Collection[str]]


def _edges(hidden: Mapping[Place, int]) -> Edges:
    """From node to nodes: a count goes up from its row to its column, and down, unless it is 0, back.

    A row's sums are the year's count, which goes the other way.
    """
    edges = defaultdict[str, set[str]](set)
    for (row, column), n in hidden.items():
        up, down = _ends(row, column), _ends(row, column)[::-1]
        if column == YEAR:
            up, down = down, up
        edges[up[0]].add(up[1])
        if n:
            edges[down[0]].add(down[1])
    return edges


def _ends(row: str, column: str) -> tuple[str, str]:
    return f"row {row}", f"column {column}"


def _is_free(edges: Edges, place: Place) -> bool:
    """True if the count can be another: others lead from one of its ends to the other."""
    row, column = _ends(*place)
    return _leads(edges, row, column) or _leads(edges, column, row)


def _leads(edges: Edges, start: str, end: str) -> bool:
    """True if there is a way of more than one step."""
    seen, ahead = {start}, [node for node in edges.get(start, ()) if node != end]
    while ahead:
        node = ahead.pop()
        if node == end:
            return True
        if node not in seen:
            seen.add(node)
            ahead += edges.get(node, ())
    return False
