"""What we want of the figures, computed from one table alone.

Seconds are those to proof. Who did not prove took longer than the limit, so the limit stands for a
peer's time, and infinity for ours. "Within p %" means (value - bound) / max(value, 1).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.bench.contenders import DASK, ENGINES, OURS

LARGEST = "2100 in 7 regions, shared"
NEAR = 0.01
GRACE_S = 1.0
"""To hand over an answer after the limit."""

Result = Mapping[str, Any]
Results = Mapping[tuple[str, str], Result]
"""By board and contender."""

Found = tuple[float, str]
"""A figure, and the figures that it is made of, in words."""


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure that may be so much at most. `measure` raises KeyError where a run that it needs is missing."""

    text: str
    limit: float
    unit: str
    measure: Callable[[Results], Found]

    def verdict(self, results: Results) -> dict[str, Any]:
        """The goal, whether it is reached (None: not measured), the figure (None: infinite) and its origin."""
        verdict: dict[str, Any] = {"goal": self.text, "limit": self.limit, "unit": self.unit}
        try:
            figure, origin = self.measure(results)
        except KeyError as missing:
            return verdict | {"reached": None, "figure": None, "origin": f"no run of {' by '.join(missing.args[0])}"}
        known = None if math.isinf(figure) else round(figure, 3)
        return verdict | {"reached": figure <= self.limit, "figure": known, "origin": origin}


def verdicts(results: Sequence[Result]) -> list[dict[str, Any]]:
    """What came of all goals."""
    table = {(result["board"], result["contender"]): result for result in results}
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


def against_engines(board: str) -> Callable[[Results], Found]:
    """Our time as a part of the fastest engine's, whichever settings and formulation it had."""

    def measure(results: Results) -> Found:
        mine = results[board, OURS]
        peers = [results[board, name] for name in ENGINES]
        first = min(peers, key=lambda peer: (_at_least(peer), peer["proof_s"] is None))
        sign = "" if first["proof_s"] else "over "
        origin = f"{_seconds(mine['proof_s'])} against {sign}{_at_least(first):.1f} s, {first['contender']}"
        return _or_infinity(mine["proof_s"]) / _at_least(first), origin

    return measure


def quality_gap(board: str, seconds: float) -> Callable[[Results], Found]:
    """How many per cent the last level may be above its best after so long; infinity where an earlier one may be."""

    def measure(results: Results) -> Found:
        run = results[board, OURS]
        if run["end_s"] is not None and run["end_s"] <= seconds + GRACE_S:
            ends = list(zip(run["levels"], run["values"], run["bounds"], strict=True))
        else:  # it went on, or ended late: what it told by then counts
            told = {what: (value, bound) for s, what, value, bound in run["trace"] if s <= seconds + GRACE_S}
            ends = [(level, *told.get(level, (None, None))) for level in run["levels"]]
        origin = ", ".join(f"{level} {_or_dash(value)} over {_or_dash(bound)}" for level, value, bound in ends)
        if any(gap(value, bound) > 0 for _, value, bound in ends[:-1]):
            return math.inf, origin
        return 100 * gap(*ends[-1][1:]), origin

    return measure


def proof(board: str) -> Callable[[Results], Found]:
    """Our seconds to proof."""

    def measure(results: Results) -> Found:
        run = results[board, OURS]
        return _or_infinity(run["proof_s"]), f"values {run['values']}, bounds {run['bounds']}"

    return measure


def ratio(board: str, who: str, to: tuple[str, str]) -> Callable[[Results], Found]:
    """One run's seconds by another's: to proof if both have one, else until the last level was within 1 %."""

    def measure(results: Results) -> Found:
        one, other = results[board, who], results[to]
        proven = None not in (one["proof_s"], other["proof_s"])
        times = [run["proof_s"] if proven else within_s(run, NEAR) for run in (one, other)]
        origin = f"{_seconds(times[0])} against {_seconds(times[1])} to {'proof' if proven else 'within 1 %'}"
        return _or_infinity(times[0]) / times[1] if times[1] else math.inf, origin

    return measure


def memory(board: str) -> Callable[[Results], Found]:
    """Our megabytes."""
    return lambda results: (results[board, OURS]["peak_mb"], "the process and all that it started")


def gap(value: int | None, bound: int | None) -> float:
    """The part of the value by which it may be too high."""
    return math.inf if value is None or bound is None else (value - bound) / max(value, 1)


def within_s(run: Result, part: float) -> float | None:
    """The seconds after which the last level's value and bound were so near, as the run told."""
    last = run["levels"][-1]
    return next((s for s, what, value, bound in run["trace"] if what == last and gap(value, bound) <= part), None)


def _at_least(peer: Result) -> float:
    """A peer's seconds to proof, or the limit that it passed."""
    return float(peer["limit_s"] if peer["proof_s"] is None else peer["proof_s"])


def _or_infinity(seconds: float | None) -> float:
    return math.inf if seconds is None else seconds


def _or_dash(number: int | None) -> str:
    return "-" if number is None else str(number)


def _seconds(seconds: float | None) -> str:
    return "no proof" if seconds is None else f"{seconds:.1f} s"


GOALS = (
    *(
        Goal(f"{board}: our seconds to proof by those of the fastest engine alone", 0.5, "x", against_engines(board))
        for board in ("goteborg-2027", "300")
    ),
    Goal("300 tight: quality in 60 s, musts and points proven", 2, "%", quality_gap("300 tight", 60)),
    Goal("1300 in 10 regions: all proven", 60, "s", proof("1300 in 10 regions")),
    Goal(f"{LARGEST}: quality in 180 s, musts and points proven", 1, "%", quality_gap(LARGEST, 180)),
    # Two runs of the same differ by some per cent: up to 5 is "no slower".
    Goal(
        f"{LARGEST}: seconds on 2 Dask workers by those on processes", 1.05, "x", ratio(LARGEST, DASK, (LARGEST, OURS))
    ),
    Goal(f"{LARGEST}: peak memory", 2000, "MB", memory(LARGEST)),
    Goal("10 equal regions: seconds by those of one", 11, "x", ratio("130 ten times", OURS, ("130", OURS))),
)
