"""Exact lexicographic optimisation of a board; no other room imports ortools.

From the bottom: `model` (the board as a small MILP), `backends` (CP-SAT and HiGHS), `parallel` (worker processes and
clusters), `search` (one model, level by level), `supervisor` (where, by which engine and for how long each component is
searched), `certificate` (a second engine's confirmation), and the entrances: `solve`, and `fixing`, which bounds the
choices that take an option. `params` has the numbers that are worth varying. docs/solver.md describes how they work
together and what each technique is worth. Nothing here knows police, dates or files, and no engine's own index leaves.
"""

from arshjul.solver.fixing import ReducedCosts, reduced_costs
from arshjul.solver.model.translation import Floor, SharedModel
from arshjul.solver.solution import Disagreement, LevelResult, Progress, Solution, report
from arshjul.solver.solve import solve

__all__ = [
    "Disagreement",
    "Floor",
    "LevelResult",
    "Progress",
    "ReducedCosts",
    "SharedModel",
    "Solution",
    "reduced_costs",
    "report",
    "solve",
]
