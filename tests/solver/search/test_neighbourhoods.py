"""Neighbourhoods: plans that keep every constraint and only get better, the same each time; and sums kept right."""

from random import Random

import pytest

from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.cpsat import aggregates
from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.evaluation import IncrementalEvaluator, greedy
from arshjul.solver.model.milp import ModelIndex, rows_of
from arshjul.solver.model.presolve import Restriction, simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.search.level import Subproblem
from arshjul.solver.search.lns import NeighbourhoodSearch
from tests.solver.boards import dearer, scarce

MODEL = simplify(translate(scarce(5)))
LEVEL = len(MODEL.costs) - 1


def first() -> list[int]:
    ones = greedy(MODEL)
    assert ones is not None
    return ones


def searched(handle: EngineHandle, runs: int = 2, budget: float = 0.5) -> NeighbourhoodSearch:
    start = ModelIndex(MODEL).values(first())
    cuts = tuple((k, MODEL.value(k, start)) for k in range(LEVEL))
    search = NeighbourhoodSearch(
        Subproblem(Restriction(MODEL), LEVEL, cuts, lagrangian_bound(MODEL, LEVEL), 3), first(), handle
    )
    for _ in range(runs):
        search.run(budget, 60)
    return search


def test_the_first_plan_leaves_something_out() -> None:
    """So that what follows also holds where the order of the sets is not that of the variables."""
    assert any(MODEL.picks[v][1] is None for v in first())
    assert first() != sorted(first())


def test_a_plan_in_another_order_than_the_sets_is_refused() -> None:
    with pytest.raises(ValueError, match="by their sets"):
        IncrementalEvaluator(Restriction(MODEL), sorted(first()))


def test_neighbourhoods_keep_constraints_and_cuts_and_only_better_the_level() -> None:
    search = searched(EngineHandle())
    values = ModelIndex(MODEL).values(search.present)
    assert MODEL.keeps(values, search.subproblem.cuts)
    assert [MODEL.value(k, values) for k in range(LEVEL + 1)] == search.evaluator.totals
    assert search.value < MODEL.value(LEVEL, ModelIndex(MODEL).values(first()))


def test_the_plan_is_the_same_each_time() -> None:
    one, other = (searched(EngineHandle(), budget=0.2) for _ in range(2))
    assert one.present == other.present


def test_what_is_freed_does_not_depend_on_the_unit_of_costs() -> None:
    freed = []
    for unit in (1, 100):
        model = simplify(translate(dearer(scarce(5), unit)))
        start = greedy(model)
        assert start is not None
        random, rows = Random(1), rows_of(model, ())
        duals = lagrangian_bound(model, LEVEL, rows, [unit * random.randrange(8) / 8 for _ in rows])
        subproblem = Subproblem(Restriction(model), LEVEL, (), duals, 3)
        search = NeighbourhoodSearch(subproblem, start, EngineHandle())
        search.random.seed(0)
        freed.append([chooser(30) for _ in range(10) for chooser in search.choosers])
    assert freed[0] == freed[1]


def test_a_search_that_is_stopped_asks_no_engine_any_more() -> None:
    handle = EngineHandle()
    handle.stop()
    assert handle.minimise(MODEL, Task(LEVEL)) == EngineResult("unknown")
    assert searched(handle).present == first()


def test_aggregates_are_told_apart_by_costs_and_soft_constraints_alone() -> None:
    found = aggregates(MODEL)
    owner = {v: s for s, variables in enumerate(MODEL.sets) for v in variables}

    def mark(v: int) -> object:
        weights = [soft.line.terms.get(v, 0) for soft in MODEL.soft_constraints]
        return owner[v], [costs.get(v, 0) for costs in MODEL.costs], weights

    assert found
    for alike in found:
        assert len(alike) > 1
        assert all(mark(v) == mark(alike[0]) for v in alike)
    heads = [mark(alike[0]) for alike in found]
    assert all(heads.count(head) == 1 for head in heads)
