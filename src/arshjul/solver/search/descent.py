"""A plan within tentative cuts, by neighbourhoods of all levels at once.

Where the LP is hard its optima are many, and the variables that they may take are most of the model: no core that an
engine soon searches through. A plan beyond the cuts is known, though, and the LP priced each unit beyond them. At that
price all levels make one, to which the LP's multipliers belong as they are; its neighbourhoods place what was left out
and mend the last level at the same time. One level after the other, the plan with the fewest points left out would be
the worst in quality.
"""

from collections.abc import Collection, Sequence

from arshjul.errors import InputError
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.guards import guard_restrictions
from arshjul.solver.model.milp import reweighted, rows_of
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.search.known import keeps
from arshjul.solver.search.level import SearchLevel, Subproblem, TimeSlice
from arshjul.solver.search.lns import NeighbourhoodSearch

EFFORT, TURN = 16.0, 0.25
"""Deterministic seconds in all, and between two looks whether the cuts are kept: years took 2 to 6."""


def descend(
    level: SearchLevel,
    turn: TimeSlice,
    plan: Sequence[int],
    price: int,
    multipliers: Sequence[float],
    barred: Collection[int],
) -> list[int]:
    """The best plan by all levels at once, each but the level's own at that price; within its cuts the level has it.

    `multipliers` are those of the rows of the level's model.
    """
    model = reweighted(level.model, [{**dict.fromkeys(range(level.number), price), level.number: 1}])
    problem = level.problem
    try:
        guard_restrictions(model)
    except InputError:  # the numbers of all levels in one are too large
        return list(plan)
    duals = lagrangian_bound(model, 0, rows_of(model, ()), multipliers, barred)
    restriction = Restriction(model, problem.params)
    search = NeighbourhoodSearch(Subproblem(restriction, 0, (), duals, problem.seed), plan, level.handle)

    def is_within_cuts() -> bool:
        return keeps(level.knowledge.index.worth(search.present), level.within)

    left = EFFORT
    while left > 0 and turn.left() > 0 and not is_within_cuts():
        before = level.handle.spent
        search.run(TURN, turn.left())
        left -= max(TURN, level.handle.spent - before)
    if is_within_cuts():
        level.take(search.present)
    return search.present
