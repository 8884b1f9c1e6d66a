"""Regions that share a little: found by who meets whom, and priced to a bound that holds whatever the prices."""

import time
from collections import Counter
from dataclasses import replace
from functools import cache
from itertools import product
from random import Random

import pytest

from arshjul.solver.backends import EngineHandle
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.components import independent_components
from arshjul.solver.model.milp import Constraint, Model, ModelIndex, rows_of
from arshjul.solver.model.presolve import Restriction, simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.search.cores import Cores
from arshjul.solver.search.decomposition import RegionProblem, decompose, price_regions, regions, solve_region
from arshjul.solver.search.level import Subproblem, TimeSlice
from arshjul.solver.search.lexicographic import LevelSearch
from arshjul.solver.search.tools import SearchTools
from tests.bench.generator import Wish, year
from tests.examples import each
from tests.solver.boards import region_model
from tests.solver.oracle import best_by_trying, tiny_board
from tests.solver.searches import ANY_SIZE, search_of, sized


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


def test_regions_are_found_by_who_meets_whom() -> None:
    """All but a few, which meet their own region in little more than the shared agency."""
    model, of = shared_year()
    found = regions(Restriction(model))
    assert sorted(s for sets in found for s in sets) == list(range(len(of)))
    chiefs = [Counter(of[s] for s in sets).most_common(1)[0] for sets in found]
    assert sorted(chief for chief, _ in chiefs) == [0, 1, 2]
    assert sum(count for _, count in chiefs) >= 0.97 * len(of)


def test_what_does_not_nearly_fall_apart_has_no_regions() -> None:
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
