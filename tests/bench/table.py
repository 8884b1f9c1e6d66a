"""The table that the benchmark prints: a line for each contender on a board."""

from collections.abc import Sequence

from tests.bench.repeats import Result, middle, spread

WIDTHS = (26, 28, 14, 14, 18, 18, 18, 6, 0)

FOOTNOTE = """\
plain: one 0/1 variable an option. kinds: one more for all options of an operation that cost and weigh the same.
highs: the one inside ortools, on one thread (it refuses `threads`, and two through its own options gained nothing);
the package of its own was not tried.
Several runs: seconds are the median (least..most), the most memory, values and bounds those of the run in the middle.
"""


def heading() -> str:
    """The names of the columns."""
    return _row("board", "who", "values", "bounds", "best s", "proof s", "end s", "MB", "note")


def table_row(runs: Sequence[Result]) -> str:
    """One contender's runs on one board; a dash is what is not known."""
    shown = middle(runs)
    values, bounds = (" ".join("-" if v is None else str(v) for v in shown[key]) for key in ("values", "bounds"))
    seconds = [str(spread(run[key] for run in runs)) for key in ("best_s", "proof_s", "end_s")]
    notes = dict.fromkeys(run["note"] for run in runs if run["note"])
    peak = max(run["peak_mb"] for run in runs)
    return _row(shown["board"], shown["contender"], values, bounds, *seconds, str(peak), "; ".join(notes))


def _row(*cells: str) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()
