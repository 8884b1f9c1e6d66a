"""Which rows of a table of counts are shown, so that no small count can be worked out from what is.

A row under `LEAST` is not shown by itself: it is counted among others (primary suppression). Where what is hidden so is
little, or as much as so many small rows can be, the smallest row that is left is hidden too, so that the total gives
nothing back (complementary suppression).
Rows are pooled rather than crossed out, so that it is not told which of the possible rows the others are.

A year that is told beside its quarters is made of what they show: a row of its own would give back what one hides.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST = 3
"""Counts under it are not shown."""

LEAST_HIDDEN = 4
"""Of what is hidden together. Of three in two rows it would be known that each is 1 or 2."""

Counts = Mapping[str, int]


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


def _without_smallest(counts: Counts, rows: Counts) -> ShownCounts:
    """All that are equally small are hidden: which of them it is, would tell what it is."""
    least = min(rows.values())
    return _with_others(counts, {row: n for row, n in rows.items() if n != least})


def shown_year(quarters: Sequence[ShownCounts]) -> ShownCounts:
    """The year of these quarters, made of what they show: so it tells nothing that they do not.

    A row is shown if it is in each quarter that hides any.
    """
    total = Counter(sum((Counter(one.rows) for one in quarters), Counter[str]()))
    rows = {row: n for row, n in total.items() if all(row in one.rows for one in quarters if one.others)}
    return ShownCounts(rows, sum(one.total for one in quarters) - sum(rows.values()))
