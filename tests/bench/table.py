"""The tables of the benchmark: a line for each contender on a board as printed, one for each board in Markdown."""

import math
from collections.abc import Iterable, Iterator, Sequence

from tests.bench.contenders import ENGINES, OURS
from tests.bench.repeats import Result, by_contender, middle, spread

MOMENTS = (1, 2, 5, 10, 30)
"""Seconds from the board in memory, after which plans are compared."""
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


def markdown(results: Iterable[Result]) -> Iterator[str]:
    """Ours beside the fastest engine alone, seconds to the proof, for docs/benchmarks.md."""
    table = by_contender(results)
    yield "| board | values | arshjul, s | fastest engine alone, s | MB |"
    yield "| --- | --- | --- | --- | --- |"
    for board in dict.fromkeys(board for board, _ in table):
        if ours := table.get((board, OURS)):
            peers = {
                name: spread(run["proof_s"] for run in table[board, name]) for name in ENGINES if (board, name) in table
            }
            first = min(peers, key=lambda name: peers[name].median, default="")
            theirs = "" if not first else "none" if math.isinf(peers[first].median) else f"{peers[first]}, {first}"
            mine, peak = spread(run["proof_s"] for run in ours), max(run["peak_mb"] for run in ours)
            yield f"| {board} | {_levels(middle(ours))} | {mine} | {theirs} | {peak} |"


def on_the_clock(results: Iterable[Result]) -> Iterator[str]:
    """Everybody's best plan after some seconds, for docs/benchmarks.md; one that is better than ours is in bold."""
    table = by_contender(results)
    yield f"| board | who | {' | '.join(f'{moment} s' for moment in MOMENTS)} |"
    yield f"| --- | --- {'| --- ' * len(MOMENTS)}|"
    for (board, who), runs in table.items():
        ours = [_after(middle(table.get((board, OURS), runs)), moment) for moment in MOMENTS]
        cells = []
        for moment, mine in zip(MOMENTS, ours, strict=True):
            values = _after(middle(runs), moment)
            text = "-" if values is None else " ".join(map(str, values))
            cells.append(f"**{text}**" if values is not None and (mine is None or values < mine) else text)
        yield f"| {board} | {who} | {' | '.join(cells)} |"


def _after(run: Result, seconds: float) -> list[int] | None:
    return min((list(values) for moment, values in run["plans"] if moment <= seconds), default=None)


def _levels(run: Result) -> str:
    """The values, each with its bound where they differ."""
    pairs = zip(run["values"], run["bounds"], strict=True)
    return " ".join(f"{value}" if value == bound else f"{value} > {bound}" for value, bound in pairs)


def _row(*cells: str) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()
