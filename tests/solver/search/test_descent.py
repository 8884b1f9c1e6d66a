"""The descent: from a plan beyond tentative cuts to one within them, if there is one."""

import time
from dataclasses import replace

import pytest

from arshjul.board import Activity
from arshjul.solver.backends.handle import EngineHandle
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import ModelIndex, by_set, rows_of
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.model.translation import translate
from arshjul.solver.search import descent
from arshjul.solver.search.core import CoreSearch, Step
from arshjul.solver.search.level import LevelSearch, LevelState
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.status import LevelStatus
from arshjul.solver.search.subproblem import Subproblem
from arshjul.solver.solve import solve
from tests.solver.boards import scarce

BOARD = scarce(5)
MODEL = simplify(translate(BOARD))
VIEW = ModelIndex(MODEL)
FEWEST = solve(BOARD).levels[0].value
PRICE = 10_000


def first() -> list[int]:
    values = greedy(MODEL)
    assert values is not None
    return by_set(MODEL, values)


def values(plan: list[int]) -> tuple[int, int]:
    ones = VIEW.values(plan)
    assert MODEL.keeps(ones)
    return MODEL.value(0, ones), MODEL.value(1, ones)


def descended(points: int, price: int = PRICE) -> tuple[CoreSearch, list[int]]:
    subproblem = Subproblem(Restriction(MODEL), 1, ((0, points),), lagrangian_bound(MODEL, 1), 0)
    search = CoreSearch(subproblem, None, EngineHandle(), hard=True)
    step = Step(time.monotonic() + 60)
    plan = descent.descend(search, step, first(), price, [0.0] * len(rows_of(MODEL, ())), frozenset())
    return search, plan


def test_a_plan_within_the_cuts_is_found_from_one_beyond_them() -> None:
    assert FEWEST is not None
    assert values(first())[0] > FEWEST
    search, plan = descended(FEWEST)
    assert search.present == plan
    assert values(plan) == (FEWEST, search.value)


def test_of_cuts_that_no_plan_keeps_the_search_has_none_and_the_best_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descent, "EFFORT", 1.0)
    assert FEWEST is not None
    search, plan = descended(FEWEST - 1)
    assert search.present is None
    assert FEWEST <= values(plan)[0] < values(first())[0]


def test_numbers_too_large_for_one_level_leave_the_plan_as_it_was() -> None:
    search, plan = descended(0, 2**31)
    assert search.present is None
    assert plan == first()


@pytest.mark.parametrize("musts", [0, 7], ids=["worse on a settled level", "as good there"])
def test_a_plan_is_adopted_only_if_it_keeps_what_is_settled(musts: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the descent comes to is dear on the level that was settled before; a limit of 7 is kept by any plan."""
    board = replace(
        BOARD, levels=("musts", *BOARD.levels), activities=[_must(a, k) for k, a in enumerate(BOARD.activities)]
    )
    model = simplify(translate(board))
    lexicographic = LexicographicSearch(model, time.monotonic() + 60)
    done = lexicographic.run(lambda: greedy(model))
    assert done.ones is not None
    best = ModelIndex(model).values(done.ones)
    limit = done.statuses[0].bound + musts
    state = LevelState(((0, limit),), (LevelStatus(limit, limit, ("test",)),), best=best)
    level = LevelSearch(lexicographic.tools, state)
    assert lexicographic.tools.lookahead.multipliers(((0, limit), (1, 0)), 1, frozenset(), 20) is not None
    dear = next(v for v in model.sets[0] if model.costs[0].get(v))
    other = [dear, *by_set(model, best)[1:]]
    monkeypatch.setattr("arshjul.solver.search.level.descend", lambda *_: other)
    monkeypatch.setattr(level, "_worth", lambda values: [values is best])
    level._descend(
        CoreSearch(
            Subproblem(Restriction(model), 2, (), lagrangian_bound(model, 2), 0), None, EngineHandle(), hard=True
        ),
        Step(time.monotonic() + 60),
    )
    assert (level.best == ModelIndex(model).values(other)) == (musts == 7)


def _must(activity: Activity, number: int) -> Activity:
    """Leaving out one activity of two is a must left out."""
    return (
        activity if activity.unplaced is None else replace(activity, unplaced={"musts": (number + 1) % 2, "points": 3})
    )
