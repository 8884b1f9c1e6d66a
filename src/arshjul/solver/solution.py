"""The result of a solve: a choice, and for each level its value, its proven bound and who proved it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from arshjul.board import Board, Choice
from arshjul.errors import EngineFault, Message

Status = Literal["optimal", "feasible", "infeasible", "unknown"]


Stop = Literal["proof", "limit", "asked", "engines"]
"""Why a solve ended: all is proven; time was up; Ctrl-C or `stop`; every engine failed or ended without a proof."""


@dataclass(frozen=True, slots=True)
class LevelResult:
    """One level: its value in the choice, and a proven lower bound given the earlier levels' values.

    `proved_by` names what proved that value and bound are equal ("counting" is arithmetic on the board without an
    engine); empty while they differ. Once certified, each name is a proof of its own of the whole level, and `a+b` one
    whose components were proven by either. `seconds` is the time spent on it.
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
    """

    status: Status
    levels: Sequence[LevelResult]
    choice: Choice | None
    proved_by: tuple[str, ...] = ()
    stopped_by: Stop = "proof"

    def values(self) -> dict[str, int | None]:
        """Level id -> value."""
        return {level.id: level.value for level in self.levels}


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


class Disagreement(EngineFault):
    """Engines contradict each other, or arithmetic; the board is kept for a report."""

    def __init__(self, message: Message, board: Board) -> None:
        super().__init__(message)
        self.board = board
