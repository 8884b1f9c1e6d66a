"""One level's search: what goes first in it, what rounds of cuts bring, and what it leaves to the next level."""

import time
from dataclasses import replace
from typing import Any

import pytest

from arshjul.board import Activity, Board, Option
from arshjul.solver.backends.handle import EngineHandle
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import ModelIndex, by_set
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.model.translation import translate
from arshjul.solver.model.zero_half import ZeroHalfSeparator
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.core import QUICK, QUICK_TRIES, CoreSearch, Step
from arshjul.solver.search.level import LevelSearch, LevelState
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.lookahead import Lookahead
from arshjul.solver.search.merging import merging
from arshjul.solver.search.rens import EnforcedNeighbourhoodSearch
from arshjul.solver.search.subproblem import Subproblem
from tests.solver.boards import dearer
from tests.solver.search.test_lexicographic import NARROW, crowded, rings
from tests.solver.tuning import ANY_SIZE, sized

ANY = sized(0, ANY_SIZE)


def first_level(board: Board, params: SolveParams = ANY) -> LevelSearch:
    """The search of a board's first level, from a plan that leaves out all; two levels are merged if they can be."""
    model = simplify(translate(board))
    search = LexicographicSearch(merging(model).model, time.monotonic() + 60, params=params, merging=merging(model))
    out = [max(own, key=lambda v: [costs.get(v, 0) for costs in model.costs]) for own in model.sets]
    return LevelSearch(search.tools, LevelState(best=ModelIndex(model).values(out)))


def merged_rings() -> Board:
    """Rings of which every second member is a must: musts and points are searched as one level."""
    board = rings()
    activities = [
        replace(activity, unplaced={"musts": k % 2, "points": 1}) for k, activity in enumerate(board.activities)
    ]
    return replace(board, levels=("musts", *board.levels), activities=activities)


def noted(monkeypatch: pytest.MonkeyPatch, **moves: type) -> list[str]:
    """The names of these methods, as they are called from now on."""
    found = list[str]()
    for name, owner in moves.items():
        usual = getattr(owner, name)

        def move(*given: Any, usual: Any = usual, name: str = name, **more: Any) -> Any:
            found.append(name)
            return usual(*given, **more)

        monkeypatch.setattr(owner, name, move)
    return found


def test_a_level_that_its_tree_proved_bars_more_from_the_next_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The LP's bound is 5, and 6 with the cuts of the tree: only then nothing that costs a point is in a best plan."""
    dear, cheap = Option(0, {}, {"points": 1}), Option(1, {}, {"quality": 3})
    board = replace(rings(), activities=[*rings().activities, Activity("either", [dear, cheap], None)])
    params = ANY.but(core__core=False, levels__lookahead=False, separation__halves=0)
    level = first_level(board, params)
    state = level.begin()
    assert level.search is not None
    assert level.search.tree is not None
    assert level.search.tree.begun
    assert (level.status.value, level.status.bound) == (6, 6)
    assert level.model.sets[-1][0] in state.barred
    monkeypatch.setattr(LevelSearch, "_bound_again", lambda _: None)
    assert not first_level(board, params).begin().barred


@pytest.mark.parametrize(
    ("tried", "ended", "first"), [(1, True, "_search_core"), (1, False, "_branches"), (0, False, "_search_core")]
)
def test_the_tree_goes_first_where_the_first_core_was_searched_and_not_to_its_end(
    monkeypatch: pytest.MonkeyPatch, tried: int, ended: bool, first: str
) -> None:
    def searched(self: CoreSearch, _step: Step) -> None:
        self.tried, self.ended = tried, ended

    monkeypatch.setattr(CoreSearch, "search_first_core", searched)
    monkeypatch.setattr(CoreSearch, "is_narrow", lambda _: True)
    moves = noted(monkeypatch, _branches=CoreSearch, _search_core=CoreSearch)
    level = first_level(replace(rings(), levels=("points",)), NARROW.but(separation__halves=0))
    level.tools.is_ended = lambda: bool(moves)
    level.begin()
    assert moves[0] == first


@pytest.mark.parametrize(("is_narrow", "levels"), [(None, [1]), (True, [1, 0])], ids=["most", "few"])
def test_a_core_of_most_variables_is_not_searched_before_that_of_the_last_level(
    monkeypatch: pytest.MonkeyPatch, is_narrow: bool | None, levels: list[int]
) -> None:
    """Of ten variables most are in any core."""
    searched = list[int]()

    def empty(self: CoreSearch, _step: Step) -> None:
        searched.append(self.subproblem.level)
        self.empty = True

    monkeypatch.setattr(CoreSearch, "search_first_core", empty)
    if is_narrow is not None:
        monkeypatch.setattr(CoreSearch, "is_narrow", lambda _: is_narrow)
    level = first_level(rings(), NARROW.but(separation__halves=0))
    level.tools.is_ended = lambda: len(searched) == 2
    level._look_ahead()
    assert searched[:2] == levels


def test_nor_is_it_where_there_is_a_tree(monkeypatch: pytest.MonkeyPatch) -> None:
    model = simplify(translate(rings()))
    start = greedy(model)
    assert start is not None
    subproblem = Subproblem(Restriction(model, NARROW), 0, (), lagrangian_bound(model, 0), 0)
    moves = noted(monkeypatch, _search_core=CoreSearch, _search_neighbourhoods=CoreSearch, _branches=CoreSearch)
    for has_tree in (True, False):
        search = CoreSearch(subproblem, by_set(model, start), EngineHandle(), hard=False)
        assert not search.is_narrow()
        if has_tree:
            search.tree = Done()
        search.run(Step(time.monotonic() + 60, is_ended=lambda: bool(moves)))
        assert moves[0] == ("_search_neighbourhoods" if has_tree else "_search_core")
        moves.clear()


class Done:
    """A tree that has nothing left to do."""

    begun = ended = True

    def run(self, search: CoreSearch, step: Step, lps: int) -> None:  # noqa: ARG002 - the tree's own
        raise AssertionError


def test_where_the_lp_is_hard_two_quick_cores_are_searched_before_the_descent(monkeypatch: pytest.MonkeyPatch) -> None:
    moves: list[object] = []

    def tried(_: CoreSearch, step: Step, *limits: float) -> None:
        assert step.left() > 0
        moves.append(limits)

    monkeypatch.setattr(Lookahead, "hard", property(lambda _: True))
    monkeypatch.setattr(CoreSearch, "find_first_plan", tried)
    monkeypatch.setattr(LevelSearch, "_descend", lambda *_: moves.append("descent"))
    first_level(rings())._look_ahead()
    assert moves == [(QUICK_TRIES, QUICK), "descent", ()]


def test_where_costs_are_counted_in_hundredths_cores_are_as_many_times_as_wide() -> None:
    one, dear = (first_level(board) for board in (rings(), dearer(rings(), 100)))
    searches = [level._core_search(0, (), level.duals, None) for level in (one, dear)]
    for search in searches:
        search.width = 0
    of_one, of_dear = ((search.reach, search._wider()) for search in searches)
    assert of_dear == (100 * of_one[0], 100 * of_one[1])
    assert min(of_one) > 0


def test_a_plan_is_found_beside_the_rounds_of_cuts_before_the_trees_first_node() -> None:
    level = first_level(merged_rings())
    assert level.tools.merging.is_at(0)
    level._tighten()
    assert level.search is None
    assert level.best is not None
    assert [level.tools.merging.whole.value(k, level.best) for k in (0, 1)] == [1, 6]


def test_the_search_beside_them_knows_what_each_round_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the engine would go on after a plan that a round has proven best."""
    bounds = list[int]()
    monkeypatch.setattr(
        EnforcedNeighbourhoodSearch, "ask", lambda _self, search, _step, _lps: bounds.append(search.bound)
    )
    level = first_level(rings())
    found = level.own.optimum((), 60)
    search = level._core_search(0, (), level.duals, level._present())
    level._separate(found, search, Step(time.monotonic() + 60))
    assert bounds[1] == level.status.bound == 6


def test_cliques_that_join_without_a_zero_half_cut_lead_to_another_lp(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ZeroHalfSeparator, "cuts", lambda *_: [])
    model = crowded(4)
    lookahead = Lookahead(model, DEFAULT)
    lookahead.separator = ZeroHalfSeparator(model)  # cliques join by themselves before there is one
    bounds = list[int]()
    for _ in range(2):
        multipliers = lookahead.multipliers((), 0, (), 60)
        assert multipliers is not None
        bounds.append(lookahead.last((), multipliers, ()).scaled_bound)
        assert len(bounds) == 2 or lookahead.tightened()
    assert bounds[0] < bounds[1]
