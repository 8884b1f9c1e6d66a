"""The descent: from a plan beyond tentative cuts to one within them, if there is one."""

import time

import pytest

from arshjul.solver.backends.handle import EngineHandle
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import ModelIndex, by_set, rows_of
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.model.translation import translate
from arshjul.solver.search import descent
from arshjul.solver.search.core import CoreSearch, Step
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
