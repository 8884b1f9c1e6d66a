"""Branch and bound alone: to the true values on boards of all kinds, and no further than what it has settled."""

import time
from collections.abc import Collection
from threading import Event
from typing import Any

import pytest

from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.engine import EngineResult
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import LevelCut, Model, ModelIndex
from arshjul.solver.model.presolve import Restriction, simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.params import DEFAULT
from arshjul.solver.search.branching import BranchAndBound, EnforcedNeighbourhoodSearch
from arshjul.solver.search.known import Knowledge
from arshjul.solver.search.level import SearchLevel, Subproblem, TimeSlice
from arshjul.solver.search.lp import CutPool, ElasticLp, Optimum, OwnRelaxation
from arshjul.solver.search.merging import Merging
from tests.examples import each
from tests.solver.boards import scarce_model
from tests.solver.oracle import best_by_trying, tiny_board
from tests.solver.search.test_lexicographic import rings
from tests.solver.searches import Noting, search_of, silent

MANY = 10_000


class Tree:
    """A level from a plan of it, and its tree."""

    def __init__(
        self,
        model: Model,
        plan: Collection[int],
        number: int = 0,
        cuts: tuple[LevelCut, ...] = (),
        *,
        in_threads: bool = False,
        pool: type[CutPool] = CutPool,
        handle: EngineHandle | None = None,
        own: type[OwnRelaxation] = OwnRelaxation,
    ) -> None:
        subproblem = Subproblem(Restriction(model), number, cuts, lagrangian_bound(model, number), 0)
        self.level = SearchLevel(subproblem, Knowledge(model), handle or EngineHandle(), hard=False)
        self.level.take(plan)
        relaxation = own(ElasticLp(pool(model, DEFAULT)), number, cuts, Merging(model))
        self.tree = BranchAndBound(relaxation, frozenset(), EnforcedNeighbourhoodSearch(in_threads=in_threads))

    def grown(self, lps: int = MANY) -> SearchLevel:
        """The level after the tree's turn of so many LPs."""
        self.tree.lps_a_turn = lps
        self.tree.improve(self.level, TimeSlice(time.monotonic() + 60))
        assert self.level.knowledge.known.contradiction is None
        return self.level

    @property
    def by(self) -> str:
        """What proved the level's bound."""
        return self.level.knowledge.known.bound(self.level.number, self.level.within).by


@each(range(0, 300, 10))
def test_threads_change_nothing_of_what_is_found(seed: int) -> None:
    model = simplify(translate(tiny_board(seed)))
    start = None if model.impossible else greedy(model)
    if start is None:
        return
    found = []
    for in_threads in (False, True):
        one = Tree(model, start, in_threads=in_threads)
        level = one.grown()
        found.append((level.present, level.bound, one.tree.lps, one.tree.made))
    assert found[0] == found[1]


@each(range(300))
def test_each_level_comes_to_its_true_value(seed: int) -> None:
    board = tiny_board(seed)
    truth = best_by_trying(board)
    model = simplify(translate(board))
    if truth is None or model.impossible:
        return
    values, choice = truth
    best = ModelIndex(model).ones(enumerate(choice))
    first = greedy(model)
    if best is None:
        return
    for level, value in enumerate(values):
        cuts = tuple(enumerate(values[:level]))
        keeps = first is not None and model.keeps(ModelIndex(model).values(first), cuts)
        found = Tree(model, first if keeps and first is not None else best, level, cuts).grown()
        assert (found.value, found.bound) == (value, value), (seed, level)


def best_of_rings() -> tuple[Model, tuple[int, ...]]:
    """The LP places half of each in a ring; two of five is the most."""
    model = simplify(translate(rings()))
    best = search_of(model).run()
    assert best.known.plan is not None
    assert best.known.plan.values[0] == 6
    return model, best.known.plan.ones


class Uncut(CutPool):
    """A pool that no cut joins: then the LP's root does not prove the rings."""

    def separate(self, *_: Any) -> bool:
        """None is found."""
        return False


class AtTheRoot(OwnRelaxation):
    """An LP that has no optimum but at the root."""

    def optimum(self, barred: Collection[int], *given: Any, **more: Any) -> Optimum | None:
        """None below it: floating point is not believed, and such an LP proves nothing by itself."""
        return None if barred else super().optimum(barred, *given, **more)


@pytest.mark.parametrize("pool", [CutPool, Uncut])
def test_neighbours_in_a_ring_are_counted_without_the_engine(pool: type[CutPool]) -> None:
    one = Tree(*best_of_rings(), handle=silent(), pool=pool)
    level = one.grown()
    assert (level.value, level.bound, one.by) == (6, 6, "duals")


def test_a_node_that_nobody_settles_holds_the_bound_down() -> None:
    model, plan = best_of_rings()
    assert Tree(model, plan, handle=silent(), pool=Uncut, own=AtTheRoot).grown().bound < 6
    one = Tree(model, plan, pool=Uncut, own=AtTheRoot)
    assert (one.grown().bound, one.by) == (6, "cp-sat")


def test_a_tree_goes_on_where_its_last_turn_ended_and_the_same_turn_twice_gives_the_same() -> None:
    model = scarce_model(3, 30)
    start = greedy(model)
    assert start is not None
    whole = search_of(model).run().known
    assert whole.plan is not None
    best = whole.plan.values
    assert ModelIndex(model).worth(start)[0] == best[0]
    ways = []
    for _ in range(2):
        one, way = Tree(model, start, 1, ((0, best[0]),)), list[tuple[Any, ...]]()
        while not one.level.is_done:
            level = one.grown(5)
            way.append((level.bound, level.value, level.present))
        ways.append(way)
    assert ways[0] == ways[1]
    assert [bound for bound, *_ in ways[0]] == sorted(bound for bound, *_ in ways[0])
    assert [value for _, value, _ in ways[0]] == sorted((value for _, value, _ in ways[0]), reverse=True)
    assert len(ways[0]) > 1
    assert ways[0][-1][:2] == (best[1],) * 2


# Plans among what LPs took: sought beside the tree, heard at the same moments however long it takes.


def searched(handle: EngineHandle) -> SearchLevel:
    """A level with a plan that is not the best."""
    model = scarce_model(3, 20)
    start = greedy(model)
    assert start is not None
    cuts = ((0, ModelIndex(model).worth(start)[0]),)
    subproblem = Subproblem(Restriction(model), 1, cuts, lagrangian_bound(model, 1), 0)
    level = SearchLevel(subproblem, Knowledge(model), handle, hard=False)
    level.take(start)
    return level


def turn() -> TimeSlice:
    return TimeSlice(time.monotonic() + 60)


@pytest.mark.parametrize("in_threads", [True, False])
def test_a_plan_and_its_effort_count_when_they_are_heard_and_not_before(*, in_threads: bool) -> None:
    """Where the effort of a search is limited, what it comes to must not depend on who was quicker."""
    handle = Noting()
    level, rens = searched(handle), EnforcedNeighbourhoodSearch(in_threads=in_threads)
    before = level.value
    assert before is not None
    rens.add(range(len(level.model.picks)))
    with rens.turn(level, turn()):
        rens.ask(level, turn(), 0)
        while in_threads and not handle.ended:
            time.sleep(0.01)
        assert (level.value, handle.spent) == (before, 0)
    assert level.value is not None
    assert level.value < before
    assert handle.spent == level.spent > 0


def test_the_tree_goes_on_meanwhile() -> None:
    goes_on = Event()
    waits = Noting(lambda _number: None if goes_on.wait(60) else EngineResult("unknown"))
    level, rens = searched(waits), EnforcedNeighbourhoodSearch(in_threads=True)
    rens.add(range(len(level.model.picks)))
    with rens.turn(level, turn()):
        rens.ask(level, turn(), 0)  # it would never come back, did it wait
        assert not waits.ended
        goes_on.set()
    assert waits.ended == ["optimal"]


def test_after_each_search_in_vain_it_rests_for_twice_as_many_nodes() -> None:
    handle = Noting()
    level, rens = searched(handle), EnforcedNeighbourhoodSearch(in_threads=True)
    asked = list[int]()
    with rens.turn(level, turn()):  # the best plan alone: nothing is better
        for node in range(16):
            rens.ask(level, turn(), 0)
            rens.hear(level, turn())
            asked += [node] * (len(handle.tasks) - len(asked))
    assert asked == [0, 2, 6, 14]


def test_a_search_that_does_not_end_is_followed_by_twice_as_long_a_one() -> None:
    handle = Noting(lambda number: EngineResult("optimal" if number == 4 else "unknown"))
    level, rens = searched(handle), EnforcedNeighbourhoodSearch(in_threads=False)
    rens.add(range(len(level.model.picks)))
    heard = list[int]()
    with rens.turn(level, turn()):
        for lps in range(200):
            rens.ask(level, turn(), lps)
            heard += [lps] * (len(handle.tasks) - len(heard))
    assert [task.effort for task in handle.tasks] == [1, 2, 4, 4, 1, 2, 4]
    assert heard == [12, 36, 84, 132, 145, 169], "after as many LPs as its effort is worth"
