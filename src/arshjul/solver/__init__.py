"""Exact lexicographic optimisation of a board: the one room that knows ortools.

From the bottom: `model` (the board as a small MILP), `backends` (CP-SAT and HiGHS), `parallel` (worker processes),
`search` (one model, level by level), `portfolio` (which engine runs where, and for how long), `certificate` (a second
engine's confirmation), and the entrances: `solve`, and `fixing`, which says what no good choice takes. `params` has
every tuning number. docs/solver.md tells how they work together and what each technique is worth. Nothing here knows
police, dates or files, and no engine's own index leaves.
"""

from arshjul.solver.fixing import ReducedCosts, reduced_costs
from arshjul.solver.model.orders import SharedModel
from arshjul.solver.solution import Disagreement, LevelResult, Progress, Solution
from arshjul.solver.solve import solve

__all__ = [
    "Disagreement",
    "LevelResult",
    "Progress",
    "ReducedCosts",
    "SharedModel",
    "Solution",
    "reduced_costs",
    "solve",
]
