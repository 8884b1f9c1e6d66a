"""Exact lexicographic optimisation of a board; no other room imports ortools.

From the bottom: `model` (the board as a small MILP), `backends` (CP-SAT and HiGHS), `parallel` (worker processes and
clusters), `search` (one model, level by level), `supervisor` (where, by which engine and for how long each component is
searched), `certificate` (a second engine's confirmation), and the entrances: `solve`, and `fixing`, which bounds the
choices that take an option. `params` has the numbers that are worth varying. docs/solver.md describes how they work
together, and begins with a board of one's own. Nothing here knows police, dates or files.
"""

from arshjul.board import Activity, Board, Choice, Conflict, Evaluation, Lag, Option, Row, evaluate
from arshjul.solver.fixing import ReducedCosts, reduced_costs
from arshjul.solver.model.translation import Floor, SharedModel
from arshjul.solver.params import SolveParams
from arshjul.solver.solution import Disagreement, LevelResult, Progress, Solution, report
from arshjul.solver.solve import solve

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
