"""The descent: from a plan beyond tentative cuts to one within them, if there is one."""

import time
from collections.abc import Callable

from arshjul.solver.backends import EngineHandle
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import ModelIndex, rows_of
from arshjul.solver.model.presolve import Restriction, simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.search.known import Knowledge
from arshjul.solver.search.level import SearchLevel, Subproblem, TimeSlice
from arshjul.solver.search.lookahead import descend
from arshjul.solver.solving import solve
from tests.solver.boards import scarce

BOARD = scarce(5)
MODEL = simplify(translate(BOARD))
INDEX = ModelIndex(MODEL)
FEWEST = solve(BOARD).levels[0].value or 0
PRICE = 10_000


def first() -> list[int]:
    ones = greedy(MODEL)
    assert ones is not None
    return ones


def descended(
    points: int, price: int = PRICE, is_ended: Callable[[], bool] = lambda: False
) -> tuple[SearchLevel, tuple[int, ...]]:
    """The level, and what the plan that was come to is worth."""
    subproblem = Subproblem(Restriction(MODEL), 1, ((0, points),), lagrangian_bound(MODEL, 1), 0)
    level = SearchLevel(subproblem, Knowledge(MODEL), EngineHandle(), hard=True)
    turn = TimeSlice(time.monotonic() + 60, is_ended=is_ended)
    plan = descend(level, turn, first(), price, [0.0] * len(rows_of(MODEL, ())), frozenset())
    assert MODEL.keeps(INDEX.values(plan))
    return level, INDEX.worth(plan)


def test_a_plan_within_the_cuts_is_found_from_one_beyond_them() -> None:
    assert INDEX.worth(first())[0] > FEWEST
    level, values = descended(FEWEST)
    assert level.present is not None
    assert INDEX.worth(level.present) == values == (FEWEST, level.value)


def test_of_cuts_that_no_plan_keeps_the_level_has_none_and_the_best_is_told() -> None:
    looks = iter([False] * 12)
    level, values = descended(FEWEST - 1, is_ended=lambda: next(looks, True))
    assert level.present is None
    assert FEWEST <= values[0] < INDEX.worth(first())[0]


def test_numbers_too_large_for_one_level_leave_the_plan_as_it_was() -> None:
    level, values = descended(0, 2**31)
    assert level.present is None
    assert values == INDEX.worth(first())
