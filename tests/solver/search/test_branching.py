"""Branch and bound alone: to the true values on boards of all kinds, and no further than what it has settled."""

import time
from collections.abc import Collection
from typing import Any

import pytest

from arshjul.solver.backends.handle import EngineHandle
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import LevelCut, Model, by_set
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.model.translation import translate
from arshjul.solver.params import DEFAULT
from arshjul.solver.search.branching import BranchAndBound
from arshjul.solver.search.core import CoreSearch, Step
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.lookahead import Lookahead
from arshjul.solver.search.merging import Merging
from arshjul.solver.search.own_relaxation import Optimum, OwnRelaxation
from arshjul.solver.search.rens import EnforcedNeighbourhoodSearch
from arshjul.solver.search.subproblem import Subproblem
from tests.examples import each
from tests.solver.boards import scarce
from tests.solver.oracle import best_by_trying, tiny_board
from tests.solver.search.test_lexicographic import rings

MANY = 10_000


def beside() -> EnforcedNeighbourhoodSearch:
    return EnforcedNeighbourhoodSearch(in_threads=False)


def searched(model: Model, level: int, cuts: tuple[LevelCut, ...], plan: list[int], lps: int = MANY) -> CoreSearch:
    """A level's search of which the tree alone has had a turn."""
    subproblem = Subproblem(Restriction(model), level, cuts, lagrangian_bound(model, level), 0)
    search = CoreSearch(subproblem, by_set(model, plan), EngineHandle(), hard=False)
    tree = BranchAndBound(OwnRelaxation(Lookahead(model, DEFAULT), level, cuts, Merging(model)), frozenset(), beside())
    tree.run(search, Step(time.monotonic() + 60), lps)
    assert search.bound <= (search.value or 0)
    assert lps < MANY or tree.ended or search.value == search.bound
    return search


@each(range(0, 300, 10))
def test_threads_change_nothing_of_what_is_found(seed: int) -> None:
    model = simplify(translate(tiny_board(seed)))
    start = None if model.impossible else greedy(model)
    if start is None:
        return
    found = []
    for in_threads in (False, True):
        subproblem = Subproblem(Restriction(model), 0, (), lagrangian_bound(model, 0), 0)
        search = CoreSearch(subproblem, by_set(model, start), EngineHandle(), hard=False)
        own = OwnRelaxation(Lookahead(model, DEFAULT), 0, (), Merging(model))
        tree = BranchAndBound(own, frozenset(), EnforcedNeighbourhoodSearch(in_threads=in_threads))
        tree.run(search, Step(time.monotonic() + 60), MANY)
        found.append((search.present, search.bound, tree.lps, tree.made))
    assert found[0] == found[1]


@each(range(300))
def test_each_level_comes_to_its_true_value(seed: int) -> None:
    board = tiny_board(seed)
    truth = best_by_trying(board)
    model = simplify(translate(board))
    if truth is None or model.impossible:
        return
    values, choice = truth
    best = model.values(choice)
    first = greedy(model)
    if best is None:
        return
    for level, value in enumerate(values):
        cuts = tuple(enumerate(values[:level]))
        start = first if first is not None and model.keeps(first, cuts) else best
        search = searched(model, level, cuts, start)
        assert (search.value, search.bound) == (value, value), (seed, level)


def test_neighbours_in_a_ring_are_counted_without_the_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The LP places half of each; two of five is the most, which the tree proves from its LPs alone."""
    monkeypatch.setattr(Lookahead, "joined", lambda *_: False)
    monkeypatch.setattr(EnforcedNeighbourhoodSearch, "ask", lambda *_: None)
    model = simplify(translate(rings()))
    best = LexicographicSearch(model, time.monotonic() + 60).run(lambda: greedy(model))
    assert best.ones is not None
    plan = [int(v in best.ones) for v in range(len(model.uppers))]
    search = searched(model, 0, (), plan)
    assert (search.value, search.bound, search.by) == (6, 6, "duals")


def test_a_tree_goes_on_where_its_last_turn_ended() -> None:
    model = simplify(translate(scarce(3, 20)))
    start = greedy(model)
    assert start is not None
    subproblem = Subproblem(Restriction(model), 0, (), lagrangian_bound(model, 0), 0)
    search = CoreSearch(subproblem, by_set(model, start), EngineHandle(), hard=False)
    tree = BranchAndBound(OwnRelaxation(Lookahead(model, DEFAULT), 0, (), Merging(model)), frozenset(), beside())
    bounds = []
    while not tree.ended and search.value != search.bound:
        tree.run(search, Step(time.monotonic() + 60), 5)
        bounds.append(search.bound)
    whole = LexicographicSearch(model, time.monotonic() + 60).run(lambda: greedy(model))
    assert search.value == search.bound == whole.statuses[0].value
    assert bounds == sorted(bounds)


def test_a_node_that_nobody_settles_holds_the_bound_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """An LP without an optimum proves nothing by itself: floating point is not believed."""
    model = simplify(translate(rings()))
    best = LexicographicSearch(model, time.monotonic() + 60).run(lambda: greedy(model))
    assert best.ones is not None
    plan = [int(v in best.ones) for v in range(len(model.uppers))]
    usual = OwnRelaxation.optimum

    def none_below(self: OwnRelaxation, barred: Collection[int], *given: Any) -> Optimum | None:
        return None if barred else usual(self, barred, *given)

    monkeypatch.setattr(OwnRelaxation, "optimum", none_below)
    monkeypatch.setattr(Lookahead, "joined", lambda *_: False)
    monkeypatch.setattr(EnforcedNeighbourhoodSearch, "ask", lambda *_: None)
    monkeypatch.setattr(CoreSearch, "settles", lambda *_: False)
    search = searched(model, 0, (), plan)
    assert search.bound < 6
    monkeypatch.setattr(CoreSearch, "settles", lambda *_: True)
    assert searched(model, 0, (), plan).by == "cp-sat"


def test_the_same_turn_twice_gives_the_same() -> None:
    model = simplify(translate(scarce(3, 20)))
    start = greedy(model)
    assert start is not None
    first, second = (searched(model, 0, (), start, 12) for _ in range(2))
    assert (first.value, first.bound, first.present) == (second.value, second.bound, second.present)
