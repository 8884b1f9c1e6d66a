"""One level's search: what goes first in it, what rounds of cuts bring, and what it leaves to the next level."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from itertools import product
from random import Random
from typing import Literal

import pytest

from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.engine import EngineResult
from arshjul.solver.board import Activity, Board, Option
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.components import independent_components
from arshjul.solver.model.milp import Constraint, Model, ModelIndex, rows_of
from arshjul.solver.model.presolve import Restriction, simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.model.zero_half import ZeroHalfSeparator
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.branching import BranchAndBound, EnforcedNeighbourhoodSearch
from arshjul.solver.search.cores import PLAIN, Cores
from arshjul.solver.search.decomposition import RegionProblem, decompose, price_regions, regions, solve_region
from arshjul.solver.search.level import SearchLevel, Subproblem, TimeSlice
from arshjul.solver.search.lexicographic import LevelSearch
from arshjul.solver.search.lookahead import QUICK, LookAhead
from arshjul.solver.search.lp import CutPool, ElasticLp
from arshjul.solver.search.merging import merging
from arshjul.solver.search.tools import SearchTools
from tests.bench.generator import Wish, year
from tests.examples import each
from tests.solver.boards import dearer, region_model
from tests.solver.oracle import best_by_trying, tiny_board
from tests.solver.search.test_lexicographic import NARROW, crowded, rings
from tests.solver.searches import ANY_SIZE, Noting, search_of, silent, sized

ANY = sized(0, ANY_SIZE)


def turn() -> TimeSlice:
    return TimeSlice(time.monotonic() + 60)


def first_level(board: Board, params: SolveParams = ANY, handle: EngineHandle | None = None) -> LevelSearch:
    """The search of a board's first level, from a plan that leaves out all; two levels are merged if they can be."""
    model = simplify(translate(board))
    merged = merging(model)
    search = search_of(model, params, merging=merged, handle=handle, first_plan=lambda: None)
    search.tools.knowledge.learn_plan(
        max(own, key=lambda v: [costs.get(v, 0) for costs in model.costs]) for own in model.sets
    )
    return LevelSearch(search.tools, (), frozenset())


def merged_rings() -> Board:
    """Rings of which every second member is a must: musts and points are searched as one level."""
    board = rings()
    activities = [
        replace(activity, unplaced={"musts": k % 2, "points": 1}) for k, activity in enumerate(board.activities)
    ]
    return replace(board, levels=("musts", *board.levels), activities=activities)


def test_a_level_that_its_tree_proved_bars_more_from_the_next_one() -> None:
    """The LP's bound is 5, and 6 with the cuts of the tree: only then nothing that costs a point is in a best plan."""
    dear, cheap = Option(0, {}, {"points": 1}), Option(1, {}, {"quality": 3})
    board = replace(rings(), activities=[*rings().activities, Activity("either", [dear, cheap], None)])
    level = first_level(board, ANY.but(core__core=False, levels__lookahead=False, separation__halves=0))
    level.begin()
    assert level.tree is not None
    assert level.tree.begun
    assert (level.bounds.value, level.bounds.bound) == (6, 6)
    either = level.tools.model.sets[-1][0]
    assert not level.bounds.barred_at(6)
    assert either in level.barred_at(6)


@pytest.mark.parametrize(
    ("answer", "params", "first"),
    [
        ("unknown", NARROW, BranchAndBound),
        ("optimal", NARROW, Cores),
        ("unknown", NARROW.but(core__core=False), Cores),
    ],
    ids=["searched in vain", "searched to its end", "not searched"],
)
def test_the_tree_goes_first_where_the_first_core_was_searched_and_not_to_its_end(
    answer: Literal["unknown", "optimal"], params: SolveParams, first: type
) -> None:
    handle = Noting(lambda _number: EngineResult(answer))
    level = first_level(replace(rings(), levels=("points",)), params.but(separation__halves=0), handle)
    level.tools.handle.is_ended = lambda: len(handle.tasks) > 2  # type: ignore[method-assign]  # for this one object
    level.begin()
    assert isinstance(getattr(level.techniques[0], "__self__", None), first)


def test_a_core_of_most_variables_is_not_searched_before_that_of_the_last_level_nor_where_there_is_a_tree() -> None:
    # Of ten variables most are in any core.
    handle = Noting()
    ahead = first_level(rings(), NARROW.but(separation__zero_half=False), handle)
    LookAhead(ahead.tools, ahead.bounds, turn()).run()
    assert {task.level for task in handle.tasks} == {1}
    search = first_level(rings(), NARROW)
    level = search.tools.level(0, (), search.bounds.duals)
    cores = Cores(level)
    assert not cores.is_narrow
    cores.narrow_only = True
    assert not cores.improve(level, turn())
    cores.narrow_only = False
    assert cores.improve(level, turn())


class HardLp(ElasticLp):
    """An LP that is said to be hard."""

    @property
    def hard(self) -> bool:
        """True."""
        return True


def test_where_the_lp_is_hard_two_quick_cores_are_searched_before_the_descent() -> None:
    handle = silent()
    level = first_level(rings(), ANY, handle)
    level.tools.elastic = HardLp(level.tools.elastic.pool)
    LookAhead(level.tools, level.bounds, turn()).run()
    core, quick, *others = handle.tasks
    descent = [task for task in others if task.level == 0]  # of all levels in one
    later = others[len(descent) :]
    assert [(task.level, task.any_plan) for task in (core, quick)] == [(1, False), (1, True)]
    assert core.effort is not None
    assert quick.effort == QUICK * 2 * core.effort, "twice what was in vain"
    assert descent
    assert others[: len(descent)] == descent
    assert [(task.level, task.any_plan, task.effort) for task in later[:1]] == [(1, True, PLAIN * 2 * core.effort)]


def test_where_costs_are_counted_in_hundredths_cores_are_as_many_times_as_wide() -> None:
    found = []
    for board in (rings(), dearer(rings(), 100)):
        search = first_level(board)
        level = search.tools.level(0, (), search.bounds.duals)
        cores = Cores(level)
        cores.width = 0
        assert cores.improve(level, turn())
        found.append((cores.reach, cores.width))
    of_one, of_dear = found
    assert of_dear == (100 * of_one[0], 100 * of_one[1])
    assert min(of_one) > 0


def test_a_plan_is_found_beside_the_rounds_of_cuts_before_the_trees_first_node() -> None:
    level = first_level(merged_rings())
    assert level.tools.merging.is_at(0)
    level.begin()
    assert level.tree is None
    plan = level.tools.merging.apart(level.tools.knowledge.known).plan
    assert plan is not None
    assert plan.values[:2] == (1, 6)


class Beside(EnforcedNeighbourhoodSearch):
    """Notes what is known of the level at each question, and asks none."""

    def __init__(self) -> None:
        super().__init__(in_threads=False)
        self.bounds: list[int] = []

    def ask(self, level: SearchLevel, turn: TimeSlice, lps: int) -> None:  # noqa: ARG002 - the search's own
        """Keeps the bound."""
        self.bounds.append(level.bound)


def test_the_search_beside_them_knows_what_each_round_proved() -> None:
    """Else the engine would go on after a plan that a round has proven best."""
    level, beside = first_level(replace(rings(), levels=("musts", *rings().levels))), Beside()
    assert level.tools.merging.is_at(0)
    level.rens = beside
    level.tools.handle.is_ended = lambda: len(beside.bounds) > 1  # type: ignore[method-assign]  # for this one object
    level.begin()
    assert beside.bounds == [5, 6]


class NoHalves(ZeroHalfSeparator):
    """A separator that finds no zero-half cut."""

    def cuts(self, model: Model, point: Mapping[int, float], level: int, most: int = 0) -> list[Constraint]:  # noqa: ARG002
        """None."""
        return []


def test_cliques_that_join_without_a_zero_half_cut_lead_to_another_lp() -> None:
    model = crowded(4)
    pool = CutPool(model, DEFAULT)
    pool.separator = NoHalves(model)  # cliques join by themselves before there is one
    elastic, bounds = ElasticLp(pool), list[int]()
    for _ in range(2):
        multipliers = elastic.multipliers((), 0, (), 60)
        assert multipliers is not None
        bounds.append(elastic.last((), multipliers, ()).scaled_bound)
        assert len(bounds) == 2 or elastic.tightened()
    assert bounds[0] < bounds[1]


# Regions that share a little: found by who meets whom, and priced to a bound that holds whatever the prices.


def least(model: Model) -> int | None:
    """The least value of the first level, by trying all."""
    view = ModelIndex(model)
    values = (view.values(ones) for ones in product(*model.sets))
    return min((model.value(0, v) for v in values if model.keeps(v)), default=None)


@each(range(0, 300, 3))
def test_any_prices_of_any_regions_give_a_bound_that_holds(seed: int) -> None:
    board = tiny_board(seed)
    truth = best_by_trying(board)
    model = simplify(translate(board))
    if truth is None or not all(model.sets):
        return
    random = Random(seed)
    for level in range(len(model.costs)):
        cuts = tuple(enumerate(truth[0][:level]))
        subproblem = Subproblem(Restriction(model), level, cuts, lagrangian_bound(model, level), 0)
        for _ in range(4):
            label = [random.randrange(2) for _ in model.sets]
            apart = [[s for s, k in enumerate(label) if k == wanted] for wanted in set(label)]
            prices = [random.choice((0.0, 0.3, random.random() * 5)) for _ in rows_of(model, cuts)]
            made = price_regions(subproblem, prices, apart)
            assert made is not None
            assert sorted(s for part, _ in made.regions for s in part.sets) == list(range(len(model.sets)))
            optima = [least(part.model) for part, _ in made.regions]
            assert all(
                best is not None and proof.bound <= best for best, (_, proof) in zip(optima, made.regions, strict=True)
            )
            assert made.bound([best or 0 for best in optima]) <= truth[0][level]


def test_a_region_is_searched_to_its_optimum() -> None:
    model = independent_components(region_model(6, 40))[0].model
    soft = [replace(one, prices=one.prices[-1:]) for one in model.soft_constraints]
    last = replace(model, costs=model.costs[-1:], constants=model.constants[-1:], soft_constraints=soft)
    bound, ones = solve_region(EngineHandle(), RegionProblem(last, lagrangian_bound(last, 0), 0), 60)
    assert ones is not None
    assert last.value(0, ModelIndex(last).values(ones)) == bound


@cache
def shared_year() -> tuple[Model, list[int]]:
    """Three regions that share an agency, and the region of each set."""
    board = year(Wish(180, 3, shared=True))
    (part, *rest) = independent_components(simplify(translate(board)))
    assert not [component for component in rest if len(component.variables) > 100]
    of = []
    for s in part.sets:
        police = next(name for name in board.activities[s].options[0].demand if name[0] == "p")
        of.append(int(police[1:].split(".")[0]))
    return part.model, of


def test_regions_are_found_by_who_meets_whom_where_it_nearly_falls_apart() -> None:
    # All but a few, which meet their own region in little more than the shared agency.
    model, of = shared_year()
    found = regions(Restriction(model))
    assert sorted(s for sets in found for s in sets) == list(range(len(of)))
    chiefs = [Counter(of[s] for s in sets).most_common(1)[0] for sets in found]
    assert sorted(chief for chief, _ in chiefs) == [0, 1, 2]
    assert sum(count for _, count in chiefs) >= 0.97 * len(of)
    model = independent_components(region_model(6, 60))[0].model
    assert regions(Restriction(model)) == []


def from_greedy(model: Model) -> tuple[SearchTools, Cores, tuple[int, ...]]:
    """What a search has, the last level's cores, too many to be searched whole, and the values before that level."""
    params = sized(0, len(model.picks) // 3)
    tools = search_of(model, params, seconds=300).tools
    tools.make_first_plan()
    plan = tools.knowledge.known.plan
    assert plan is not None
    within = plan.values[:-1]
    cuts = tuple(enumerate(within))
    multipliers = tools.elastic.multipliers(cuts, len(cuts), frozenset(), 60)
    assert multipliers is not None
    cores = Cores(tools.level(tools.last, cuts, tools.elastic.last(cuts, multipliers, ())))
    assert not cores.level.provable
    return tools, cores, within


def before_and_after(model: Model) -> tuple[list[tuple[int, int]], tuple[int, ...]]:
    """The last level's value and bound before its decomposition, and after it; and the values before that level."""
    tools, cores, within = from_greedy(model)
    level, seen = cores.level, []
    assert tools.elastic.seen is not None
    multipliers = tools.elastic.pool.of_engines(tools.elastic.seen.multipliers, level.problem.cuts)
    for turn in range(2):
        assert level.value is not None
        seen.append((level.value, level.bound))
        if not turn:
            decompose(level, TimeSlice(time.monotonic() + 120), multipliers, "")
    return seen, within


def test_regions_better_the_plan_and_the_bound_of_what_is_too_large() -> None:
    model, _ = shared_year()
    ((value, bound), (better, higher)), _ = before_and_after(model)
    assert bound < higher <= better < value


@pytest.mark.slow
def test_the_regions_bound_is_one_of_the_whole() -> None:
    model, _ = shared_year()
    params = sized(0, ANY_SIZE)
    whole = search_of(model, params, seconds=120).run()
    assert whole.known.is_proven
    assert whole.known.plan is not None
    (_, (better, higher)), within = before_and_after(model)
    assert within == whole.known.plan.values[:-1]
    assert higher <= whole.known.plan.values[-1] <= better


def test_an_lp_with_later_rows_prices_no_search_that_is_without_them() -> None:
    """It would have more multipliers than that has rows."""
    model, _ = shared_year()
    tools, ahead, within = from_greedy(model)
    tools.ahead = ahead
    tools.elastic.pool.join([Constraint({0: 1}, 1)])
    cuts = tuple(enumerate(within))
    assert tools.elastic.multipliers(cuts, len(cuts), frozenset(), 60) is not None
    tools.handle.effort = 0
    search = LevelSearch(tools, within, frozenset())
    search.begin()
    assert search.level is ahead.level
