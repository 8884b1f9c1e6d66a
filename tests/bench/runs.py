"""What one contender did on one board: the same figures for everyone, taken in the same way."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from arshjul.solver.board import Board, Choice, evaluate

Moment = tuple[float, str, int | None, int | None]
"""Seconds, what is looked at (mostly a level), its value and its bound from then on."""


@dataclass(slots=True)
class Run:
    """Values and bounds by level; seconds count from the board in memory, `end_s` to the answer.

    `trace` is how it went, as far as it was told, `plans` what the best plan was worth on all levels, and from when on.
    `note` says what the figures do not.
    """

    values: list[int | None] = field(default_factory=list)
    bounds: list[int | None] = field(default_factory=list)
    best_s: float | None = None
    proof_s: float | None = None
    end_s: float | None = None
    trace: list[Moment] = field(default_factory=list)
    plans: list[tuple[float, tuple[int, ...]]] = field(default_factory=list)
    note: str = ""


class Clock:
    """Runs from the board in memory, and writes down what is told while it runs."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.trace: list[Moment] = []
        self.plans: list[tuple[float, tuple[int, ...]]] = []
        self.standings: dict[str, tuple[int | None, int | None]] = {}
        self.improved: float | None = None

    @property
    def seconds(self) -> float:
        """Since the beginning."""
        return round(time.monotonic() - self.began, 3)

    def note(self, what: str, value: int | None, bound: int | None) -> None:
        """So it stands now; what is worse than before changes nothing."""
        best, least = self.standings.get(what, (None, None))
        value = best if value is None or (best is not None and best < value) else value
        bound = least if bound is None or (least is not None and least > bound) else bound
        if (value, bound) != (best, least):
            self.standings[what] = value, bound
            self.trace.append((self.seconds, what, value, bound))
            if value != best:
                self.improved = self.seconds

    def found(self, values: tuple[int, ...]) -> None:
        """A plan of these values is there; one that is no better than the last changes nothing."""
        if not self.plans or values < self.plans[-1][1]:
            self.plans.append((self.seconds, values))


Contender = Callable[..., Run]
"""Is given a board, the seconds that it has, and the clock, which runs; ours also an executor, if asked."""


def measured(
    clock: Clock, board: Board, values: Sequence[int | None], bounds: Sequence[int | None], note: str = ""
) -> Run:
    """The run that ends now with these values and bounds of the board's levels."""
    for level, value, bound in zip(board.levels, values, bounds, strict=True):
        if level in clock.standings:  # the end may be better than anything that was told
            clock.note(level, value, bound)
    if None not in values:
        clock.found(tuple(value for value in values if value is not None))
    end = clock.seconds
    best = None if None in values else end if clock.improved is None else clock.improved
    proven = all(value is not None and value == bound for value, bound in zip(values, bounds, strict=True))
    return Run(list(values), list(bounds), best, end if proven else None, end, clock.trace, clock.plans, note)


def worth(board: Board, choice: Choice) -> list[int | None]:
    """The choice's value on each level by the board's own arithmetic; of one that breaks the board, none."""
    judged = evaluate(board, choice)
    return [None if judged.broken else judged.values[level] for level in board.levels]
