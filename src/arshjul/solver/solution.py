"""The result of a solve: a choice, and for each level its value, its proven bound and who proved it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from arshjul.errors import Contradiction, Message
from arshjul.solver.board import Board, Choice
from arshjul.system.uncaught import SOLVER_LOG

Status = Literal["optimal", "feasible", "infeasible", "unknown"]
Stop = Literal["proof", "limit", "asked", "engines"]
"""Why a solve ended: all is proven; time was up; Ctrl-C or `stop`; engines failed, contradict or ended unproven."""


@dataclass(frozen=True, slots=True)
class LevelResult:
    """One level: its value in the choice, and a proven lower bound given the earlier levels' values.

    `proved_by` names what proved that value and bound are equal ("counting" is arithmetic on the board without an
    engine); empty while they differ. Each name is a proof of the whole level, and `a+b` one proof, some components by
    each. `seconds` is the time spent on it.
    """

    id: str
    value: int | None
    bound: int | None
    seconds: float = 0.0
    proved_by: tuple[str, ...] = ()

    @property
    def proven(self) -> bool:
        """True if no choice is better, given the earlier levels."""
        return self.value is not None and self.value == self.bound


@dataclass(frozen=True, slots=True)
class Solution:
    """The best choice found, and how good it is known to be.

    `optimal`: every level is proven. `feasible`: there is a choice, and the bounds say how far it may be off.
    `infeasible`: it is proven that no choice meets the hard constraints; `proved_by` names what proved that ("counting"
    is arithmetic), or with a certificate the engines that confirmed it. `unknown`: time ran out first.
    `contradiction`: what engines claimed contradicts the choice, or each other; the bounds are then those of counting.
    """

    status: Status
    levels: Sequence[LevelResult]
    choice: Choice | None
    proved_by: tuple[str, ...] = ()
    stopped_by: Stop = "proof"
    contradiction: Message | None = None

    def values(self) -> dict[str, int | None]:
        return {level.id: level.value for level in self.levels}

    def told_of(self, choice: Choice, values: Mapping[str, int]) -> "Solution":
        """The proofs of this solution as they hold of another choice of the board with these values.

        A level's bound holds for it if it is no worse on the levels before. `contradiction`: it is below such a bound.
        """
        levels, fault, holds = [], self.contradiction, True
        for level in self.levels:
            value = values[level.id]
            if holds and level.bound is not None and value < level.bound:
                fault = refutation(value, level.bound, level.proved_by)
            bound = level.bound if holds else None
            levels.append(LevelResult(level.id, value, bound, level.seconds, level.proved_by if value == bound else ()))
            holds = holds and level.value is not None and value <= level.value
        if fault is not None:
            levels = [replace(level, bound=None, proved_by=()) for level in levels]
        status: Status = "optimal" if all(level.proven for level in levels) else "feasible"
        stopped_by = self.stopped_by if fault is None else "engines"
        return Solution(status, tuple(levels), choice, self.proved_by, stopped_by, fault)


@dataclass(frozen=True, slots=True)
class Progress:
    """The state of a running solve in one level; `value` and `bound` as in `LevelResult`.

    `values` are those of the best choice so far on all levels, in their order; empty: there is none, or not known.
    """

    level: str
    value: int | None
    bound: int | None
    seconds: float
    values: tuple[int, ...] = ()


class Disagreement(Contradiction):
    """Engines contradict each other, or arithmetic; the board is kept for a report."""

    def __init__(self, message: Message, board: Board) -> None:
        super().__init__(message)
        self.board = board


def report(disagreement: Disagreement) -> None:
    """Logs the error of a contradiction beside which there is a choice; whoever hears it may keep the board."""
    logging.getLogger(SOLVER_LOG).error("disagreement", exc_info=disagreement)


def refutation(value: int, bound: int, by: Sequence[str]) -> Message:
    values = {"value": value, "bound": bound, "by": list(by)}
    return Message("A plan is worth {value} on a level, below the bound {bound} from {by}. The error is ours.", values)
