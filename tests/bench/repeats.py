"""Several runs of one contender on one board, as one figure: its median, and how far it spreads.

One run against a threshold says little where two of the same differ by a tenth. Who did not come to
a figure took longer than any who did: infinity stands for it, so a median exists unless most failed.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

Result = Mapping[str, Any]
"""A run's figures, with its board, contender, limit and levels."""

Table = Mapping[tuple[str, str], Sequence[Result]]
"""All runs by board and contender."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some figures, the least and the most; infinity where there was none."""

    median: float
    least: float
    most: float
    count: int

    def __str__(self) -> str:
        """As in `4.1 (3.9..4.4)`, a dash for what is not known; of one figure, only that."""
        ends = "" if self.count == 1 else f" ({_text(self.least)}..{_text(self.most)})"
        return _text(self.median) + ends


def spread(figures: Iterable[float | None]) -> Spread:
    """Of one figure at least; None: it was not come to."""
    known = [math.inf if figure is None else figure for figure in figures]
    return Spread(median(known), min(known), max(known), len(known))


def middle(runs: Sequence[Result]) -> Result:
    """The run to be shown for all: in the middle by seconds to proof, then by values; of two, the worse."""

    def rank(run: Result) -> list[float]:
        return [math.inf if figure is None else figure for figure in (run["proof_s"], *run["values"], run["end_s"])]

    return sorted(runs, key=rank)[len(runs) // 2]


def by_contender(results: Iterable[Result]) -> Table:
    """The runs of each contender on each board, in their order."""
    table: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        table.setdefault((result["board"], result["contender"]), []).append(result)
    return table


def _text(seconds: float) -> str:
    return "-" if math.isinf(seconds) else f"{seconds:.1f}"
