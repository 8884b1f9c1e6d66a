"""Board -> solution: levels, engines, parts, proofs. The one room that knows ortools.

Its own rooms, from the bottom: `modelling` (and beside it `processes`), `engines`, `search`,
`races`; `solve` is the door, `certificate` the second opinion. What may live here: anything that
makes a board small, solves it, or proves a value. What never: police, dates, files, or an engine's
own index in anything handed out. Engines are imported when the first solve begins, not before.
"""

from arshjul.solver.solution import Disagreement, LevelResult, Progress, Solution
from arshjul.solver.solve import solve

__all__ = ["Disagreement", "LevelResult", "Progress", "Solution", "solve"]
