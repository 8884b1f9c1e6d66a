"""What we want of the figures, computed from one table alone.

Seconds are those to proof, and the median of all runs of one contender on a board. Who did not prove
took longer than the limit, so the limit stands for a peer's time, and infinity for ours.
"Within p %" means (value - bound) / max(value, 1).
"""

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from tests.bench.bursts import MEASURED
from tests.bench.contenders import DASK, ENGINES, FEW, OURS
from tests.bench.on_the_way import gaps
from tests.bench.repeats import Result, Spread, Table, by_contender, failed, middle, spread
from tests.bench.special_events import NAMES

LARGEST = "2100 in 7 regions, shared"
REGIONS = "1300 in 10 regions"
NEAR = 0.01
GRACE_S = 1.0
"""To hand over an answer after the limit."""

Found = tuple[float, str]
"""A figure, and the figures that it is made of, in words."""


class Unmeasured(Exception):
    """A goal cannot be judged: a run that it needs is missing, or failed."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that may be so much at most. `between`: the runs that it compares, which are made several times."""

    text: str
    limit: float
    unit: str
    measure: Callable[[Table], Found]
    between: Sequence[tuple[str, str]] = ()

    def verdict(self, table: Table) -> dict[str, Any]:
        """The goal, whether it is reached (None: not measured), the figure (None: infinite) and its origin."""
        verdict: dict[str, Any] = {"goal": self.text, "limit": self.limit, "unit": self.unit}
        try:
            figure, origin = self.measure(table)
        except Unmeasured as why:
            return verdict | {"reached": None, "figure": None, "origin": str(why)}
        known = None if math.isinf(figure) else round(figure, 3)
        return verdict | {"reached": figure <= self.limit, "figure": known, "origin": origin}


def verdicts(results: Sequence[Result]) -> list[dict[str, Any]]:
    """What came of all goals."""
    table = by_contender(results)
    return [goal.verdict(table) for goal in GOALS]


def sentence(verdict: Mapping[str, Any]) -> str:
    """One line of a verdict."""
    figure, limit, unit = verdict["figure"], verdict["limit"], verdict["unit"]
    if verdict["reached"] is None:
        outcome = "not measured"
    elif verdict["reached"]:
        outcome = f"reached, {figure:g} {unit}"
    else:
        outcome = "missed" if figure is None else f"missed by {figure - limit:.3g} {unit}, {figure:g} {unit}"
    return f"{verdict['goal']}, at most {limit:g} {unit}: {outcome} ({verdict['origin']})"


def against_engines(board: str, most: float = 0.5, engines: Collection[str] = tuple(ENGINES)) -> Goal:
    """Our time as a part of the fastest engine's, whichever settings and formulation it had."""

    def measure(table: Table) -> Found:
        mine = _runs(table, board, OURS)
        peers = {name: _runs(table, board, name) for name in engines}
        for name, runs in peers.items():
            if any(map(failed, runs)):  # else the limit would stand for the time of one that never ran
                raise Unmeasured(f"a run of {board} by {name} failed")
        everyone = chain(mine, *peers.values())
        answers = {tuple(run["values"]) for run in everyone if run["proof_s"] is not None}
        if len(answers) > 1:
            return math.inf, f"proofs disagree: {', '.join(map(str, sorted(answers)))}"
        times = {name: spread(_at_least(run) for run in runs) for name, runs in peers.items()}
        proven = {name: _proof_s(runs).median < math.inf for name, runs in peers.items()}
        first = min(times, key=lambda name: (times[name].median, not proven[name]))
        ours, theirs = _proof_s(mine), times[first]
        sign = "" if proven[first] else "over "
        return ours.median / theirs.median, f"{_seconds(ours)} against {sign}{theirs} s, {first}"

    text = f"{board}: our seconds to proof by those of the fastest engine alone"
    return Goal(text, most, "x", measure, [(board, who) for who in (OURS, *engines)])


def quality_gap(board: str, seconds: float, limit: float) -> Goal:
    """How many per cent the last level may be above its best after so long; infinity where an earlier one may be."""

    def measure(table: Table) -> Found:
        return _middle(_gap_after(run, seconds) for run in _runs(table, board, OURS))

    return Goal(f"{board}: quality in {seconds:g} s, musts and points proven", limit, "%", measure)


def _middle(figures: Iterable[Found]) -> Found:
    """The median, the upper one of two."""
    ordered = sorted(figures)
    return ordered[len(ordered) // 2]


def _gap_after(run: Result, seconds: float) -> Found:
    if run["end_s"] is not None and run["end_s"] <= seconds + GRACE_S:
        ends = list(zip(run["levels"], run["values"], run["bounds"], strict=True))
    else:  # it went on, or ended late: what it told by then counts
        told = {what: (value, bound) for s, what, value, bound in run["trace"] if s <= seconds + GRACE_S}
        ends = [(level, *told.get(level, (None, None))) for level in run["levels"]]
    origin = ", ".join(f"{level} {_numbers([value])} over {_numbers([bound])}" for level, value, bound in ends)
    if any(gap(value, bound) > 0 for _, value, bound in ends[:-1]):
        return math.inf, origin
    return 100 * gap(*ends[-1][1:]), origin


def near_best(board: str, seconds: float, limit: float) -> Goal:
    """How many per cent a level of our plan may be above the best known after so long; infinity: there is none."""

    def measure(table: Table) -> Found:
        return _middle(_above_best(run, seconds) for run in _runs(table, board, OURS))

    return Goal(f"{board}: above the best known after {seconds:g} s", limit, "%", measure)


def _above_best(run: Result, seconds: float) -> Found:
    there = [values for moment, values in run["plans"] if moment <= seconds + GRACE_S]
    if not there or "best_known" not in run:
        return math.inf, "no plan"
    return 100 * max(gaps(there[-1], run["best_known"])), f"{_numbers(there[-1])}, best {_numbers(run['best_known'])}"


def proof(board: str, limit_s: float) -> Goal:
    """Our seconds to proof."""

    def measure(table: Table) -> Found:
        seconds = _proof_s(_runs(table, board, OURS))
        return seconds.median, _seconds(seconds)

    return Goal(f"{board}: all proven", limit_s, "s", measure)


def on_dask(board: str) -> Goal:
    """The seconds on Dask by those on processes: to proof if these come to one, else until the last level was near.

    Infinity where Dask ends with a worse value or bound: of the last level by more than 1 %, of another at all.
    """

    def measure(table: Table) -> Found:
        pair = _runs(table, board, DASK), _runs(table, board, OURS)
        proven = _proof_s(pair[1]).median < math.inf
        one, other = (_proof_s(runs) if proven else spread(within_s(run, NEAR) for run in runs) for runs in pair)
        ends = [middle(runs) for runs in pair]
        figures = [f"{_numbers(end['values'])} over {_numbers(end['bounds'])}" for end in ends]
        what = "proof" if proven else "within 1 %"
        origin = f"{figures[0]} in {one} s against {figures[1]} in {other} s to {what}"
        if math.inf in (one.median, other.median) or not _as_good(*ends):
            return math.inf, origin
        return one.median / other.median, origin

    # Two runs of the same differ by some per cent: up to 5 is "no slower".
    text = f"{board}: seconds on 2 Dask workers by those on processes"
    return Goal(text, 1.05, "x", measure, [(board, DASK), (board, OURS)])


def _as_good(one: Result, other: Result) -> bool:
    """Whether one ends with values and bounds like the other's, or better."""
    allowed = [0.0] * (len(one["levels"]) - 1) + [NEAR]
    values = zip(one["values"], other["values"], allowed, strict=True)
    bounds = zip(one["bounds"], other["bounds"], allowed, strict=True)
    no_higher = (theirs is None or gap(mine, theirs) <= part for mine, theirs, part in values)
    no_lower = (theirs is None or gap(theirs, mine) <= part for mine, theirs, part in bounds)
    return all(no_higher) and all(no_lower)


def growth(told: str, board: str, one: str, limit: float) -> Goal:
    """Our seconds to proof on a board by those on the one that it grew from."""

    def measure(table: Table) -> Found:
        all_s, one_s = (_proof_s(_runs(table, name, OURS)) for name in (board, one))
        origin = f"{_seconds(all_s)} against {_seconds(one_s)}"
        return all_s.median / one_s.median if one_s.median < math.inf else math.inf, origin

    return Goal(told, limit, "x", measure, [(board, OURS), (one, OURS)])


def memory(board: str, limit_mb: float) -> Goal:
    """Our most megabytes in any run."""

    def measure(table: Table) -> Found:
        return max(run["peak_mb"] for run in _runs(table, board, OURS)), "the process and all that it started"

    return Goal(f"{board}: peak memory", limit_mb, "MB", measure)


def gap(value: int | None, bound: int | None) -> float:
    """The part of the value by which it may be too high."""
    return math.inf if value is None or bound is None else (value - bound) / max(value, 1)


def within_s(run: Result, part: float) -> float | None:
    """The seconds after which the last level's value and bound were so near, as the run told."""
    last = run["levels"][-1]
    return next((s for s, what, value, bound in run["trace"] if what == last and gap(value, bound) <= part), None)


def _runs(table: Table, board: str, who: str) -> Sequence[Result]:
    try:
        return table[board, who]
    except KeyError:
        raise Unmeasured(f"no run of {board} by {who}") from None


def _proof_s(runs: Sequence[Result]) -> Spread:
    return spread(run["proof_s"] for run in runs)


def _at_least(peer: Result) -> float:
    """A peer's seconds to proof, or the limit that it passed."""
    return float(peer["limit_s"] if peer["proof_s"] is None else peer["proof_s"])


def _numbers(numbers: Sequence[int | None]) -> str:
    return " ".join("-" if number is None else str(number) for number in numbers) or "-"


def _seconds(seconds: Spread) -> str:
    return "no proof" if math.isinf(seconds.least) else f"{seconds} s"


GOALS = (
    against_engines("goteborg-2027"),
    against_engines("300"),
    *(against_engines(f"{burst}, {option}", 1.0, FEW) for burst, option in MEASURED),
    quality_gap("300 tight", 60, 2),
    *(goal for year in NAMES for goal in (near_best(year, 10, 5), proof(year, 60))),
    proof(REGIONS, 60),
    quality_gap(LARGEST, 180, 1),
    on_dask(LARGEST),
    on_dask(REGIONS),
    memory(LARGEST, 2000),
    growth("10 equal regions: seconds by those of one", "130 ten times", "130", 11),
    growth("one in ten fuller: seconds by those of none", "goteborg-2027 fuller", "goteborg-2027", 2),
)

COMPARED = frozenset(pair for goal in GOALS for pair in goal.between)
"""Board and contender of the runs that are held against each other."""
