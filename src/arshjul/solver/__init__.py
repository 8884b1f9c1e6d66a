"""Exact lexicographic optimisation of a board; no other room imports ortools.

From the bottom: `model` (the board as a small MILP), `backends` (CP-SAT and HiGHS), `parallel` (worker processes and
clusters), `search` (one model, level by level), `supervisor` (where, by which engine and for how long each component is
searched), `certificate` (a second engine's confirmation), and the entrances: `solve`, and `fixing`, which bounds the
choices that take an option. `params` has the numbers that are worth varying. docs/solver.md describes how they work
together, and begins with a board of one's own. Nothing here knows police, dates or files.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from arshjul.solver.board import Activity, Board, Choice, Conflict, Evaluation, Lag, Option, Row, evaluate
    from arshjul.solver.fixing import ReducedCosts, reduced_costs
    from arshjul.solver.model.translation import Floor, SharedModel
    from arshjul.solver.params import SolveParams
    from arshjul.solver.solution import Disagreement, LevelResult, Progress, Solution, report
    from arshjul.solver.solving import solve

__all__ = [
    "Activity",
    "Board",
    "Choice",
    "Conflict",
    "Disagreement",
    "Evaluation",
    "Floor",
    "Lag",
    "LevelResult",
    "Option",
    "Progress",
    "ReducedCosts",
    "Row",
    "SharedModel",
    "Solution",
    "SolveParams",
    "evaluate",
    "reduced_costs",
    "report",
    "solve",
]

_ROOMS = ("board", "params", "solution", "model.translation", "fixing", "solving")
"""Where these names stand, in the order of looking: the board is read in a moment, engines in a second."""


def __getattr__(name: str) -> object:
    for room in _ROOMS if name in __all__ else ():
        module = import_module(f"{__name__}.{room}")
        if hasattr(module, name):
            return getattr(module, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
