"""LP, duals, cores and neighbourhoods, which only larger models meet in use, on boards with known values."""

import math
import time
from collections.abc import Callable, Collection
from dataclasses import replace
from itertools import chain, repeat
from random import Random
from typing import Any

import pytest

from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.engine import CP_SAT, HIGHS, EngineResult
from arshjul.solver.board import Activity, Board, Option, Row
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.definition import by_definition
from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import Model, ModelIndex, rows_of
from arshjul.solver.model.presolve import Restriction, simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.cores import Cores
from arshjul.solver.search.known import Bound, Impossible, Knowledge, Known, SearchResult, counted
from arshjul.solver.search.level import SearchLevel, Subproblem, TimeSlice
from arshjul.solver.supervisor.search_job import with_plan
from tests.examples import each
from tests.solver.boards import dearer, project, region_model, scarce, scarce_model
from tests.solver.oracle import best_by_trying, tiny_board
from tests.solver.searches import ANY_SIZE, Noting, search_of, sized
from tests.solver.written import as_written

ALL = [(sized(0, ANY_SIZE), "cores"), (sized(0, 0), "neighbourhoods")]


def searched(
    model: Model,
    params: SolveParams = DEFAULT,
    plan: Collection[int] | None = None,
    halt: Callable[[], bool] = lambda: False,
    **more: Any,
) -> SearchResult:
    """The search of a model, which has all the time that it wants unless `halt`, asked at each look, ends it."""
    more.setdefault("known", with_plan(model, counted(model), plan))
    handle = EngineHandle(params.engines, more.pop("engine", CP_SAT), more.pop("effort", math.inf))
    usual = handle.is_ended
    handle.is_ended = lambda: usual() or halt()  # type: ignore[method-assign]  # for this one object
    return search_of(model, params, handle=handle, **{"has_start": plan is not None, **more}).run()


def values(result: SearchResult) -> list[int]:
    assert result.known.plan is not None
    return [*result.known.plan.values]


def ones(result: SearchResult) -> tuple[int, ...]:
    assert result.known.plan is not None
    return result.known.plan.ones


def bounds(result: SearchResult) -> list[int]:
    return [result.known.bound(level).least for level in range(len(values(result)))]


def proven_at(values: list[int], by: str = "trying") -> Known:
    """The bounds of levels whose best values these are."""
    return Known(tuple(Bound(level, value, tuple(values[:level]), by) for level, value in enumerate(values)))


def has_its_true_values(seed: int, params: SolveParams) -> None:
    board = tiny_board(seed)
    truth = best_by_trying(board)
    model = simplify(translate(board))
    if truth is None:
        if not model.impossible:
            with pytest.raises(Impossible):
                searched(model, params)
        return
    known = None if model.impossible else counted(model)
    if params.sizes.whole == 0 and greedy(model) is not None:
        # Neighbourhoods prove nothing: the search goes on from bounds that are the optimum.
        known = proven_at(truth[0])
    result = searched(model, params, known=known)
    assert values(result) == truth[0], seed
    assert bounds(result) == truth[0], seed


WAYS = pytest.mark.parametrize("params", [params for params, _ in ALL], ids=[name for _, name in ALL])


@WAYS
@each(range(0, 150, 3))
def test_every_way_gives_the_true_values(seed: int, params: SolveParams) -> None:
    has_its_true_values(seed, params)


NARROW = sized(0, ANY_SIZE).but(core__kernel_width=1, core__broad_width=2, core__narrowest=0.2, core__effort=1e-4)
"""On tiny boards the first cores are all of the model, unless they are made this narrow."""


@each(range(1, 400, 3))
def test_narrow_cores_give_the_true_values(seed: int) -> None:
    has_its_true_values(seed, NARROW)


def rings() -> Board:
    """Two rings of five neighbours that exclude each other: the LP places half of each, a plan two of five."""
    days, n = range(6), 10
    places = [Option(day, {"team": [1]}, {"quality": day}) for day in days]
    activities = [Activity(f"{ring}{k}", places, {"points": 1}) for ring in "ab" for k in range(5)]
    neighbours = [(i, i - i % 5 + (i + 1) % 5) for i in range(n)]
    apart = [[6 * i + day for i in pair for day in days] for pair in neighbours]
    rows = [Row("apart", f"{k}", columns, [1] * len(columns), 1) for k, columns in enumerate(apart)]
    return Board(("points", "quality"), 6, {"team": [2] * 6}, activities, rows=rows)


def test_once_the_last_levels_first_core_holds_no_plan_the_level_before_is_asked() -> None:
    """Others stand by, of which no first core has more than the cheapest: so it is no core of most variables."""
    board = rings()
    ways = [Option(0, {}, {"points": k, "quality": 40 - k}) for k in range(40)]
    board = replace(board, activities=[*board.activities, *(Activity(f"other {k}", ways, None) for k in range(5))])
    model, handle = simplify(translate(board)), Noting()
    params = NARROW.but(core__effort=1, separation__zero_half=False)
    result = search_of(model, params, handle=handle, has_start=False).run()
    assert values(result) == bounds(result) == [6, 2 + 5 * 40]
    # What the LP takes of the last level, then its first core.
    asked = [(task.level, ended) for task, ended in zip(handle.tasks, handle.ended, strict=True)]
    assert asked[:3] == [(1, "infeasible"), (1, "infeasible"), (0, "optimal")]


def lectures() -> Board:
    """Eight lectures in two rooms for five periods, of which three are gone: an assignment, so its LP is whole."""

    def option(period: int, room: str, home: bool) -> Option:
        return Option(period, {room: [1]}, {} if home else {"moved": 1})

    activities = [
        Activity(
            f"l{k}",
            [option(p, room, (p, room) == (k % 4, "ab"[k // 4])) for p in range(5) for room in "ab"],
            {"dropped": 1},
        )
        for k in range(8)
    ]
    return Board(("dropped", "moved"), 5, {"a": [0, 0, 1, 1, 1], "b": [1, 1, 1, 1, 0]}, activities)


def test_where_the_lps_optimum_is_a_plan_no_first_plan_is_made_and_no_engine_asked() -> None:
    def never() -> None:
        raise AssertionError("an LP that has a whole optimum has said all")

    handle = Noting()
    result = search_of(simplify(translate(lectures())), sized(0, ANY_SIZE), handle=handle, first_plan=never).run()
    assert values(result) == bounds(result) == [1, 1]
    assert not handle.tasks


@pytest.mark.slow
@pytest.mark.parametrize("block", range(20))
def test_narrow_cores_give_the_true_values_of_two_thousand_boards(block: int) -> None:
    for seed in range(100 * block, 100 * (block + 1)):
        has_its_true_values(seed, NARROW)


@pytest.mark.slow
@WAYS
@pytest.mark.parametrize("block", range(20))
def test_every_way_gives_the_true_values_of_two_thousand_boards(block: int, params: SolveParams) -> None:
    for seed in range(100 * block, 100 * (block + 1)):
        has_its_true_values(seed, params)


@each(range(0, 150, 5))
def test_any_multipliers_give_a_bound_that_holds(seed: int) -> None:
    board = tiny_board(seed)
    truth = best_by_trying(board)
    model = as_written(board)
    if truth is None or not all(model.sets):
        return
    random = Random(seed)
    rows = rows_of(model, ())
    values = ModelIndex(model).of(enumerate(truth[1]))
    assert values is not None
    for _ in range(20):
        proof = lagrangian_bound(model, 0, rows, [random.choice((0.0, 0.3, random.random() * 5)) for _ in rows])
        assert proof.bound <= truth[0][0]
        assert all(proof.reach(v, truth[0][0]) for v in range(len(model.picks)) if values[v])


def test_a_search_leaves_its_callers_model_as_it_was_and_known_bounds_change_no_plan() -> None:
    model = region_model(3, 40)
    before = len(model.constraints)
    searched(model, sized(0))
    assert len(model.constraints) == before
    model = region_model(3, 40)
    alone = searched(model)
    helped = searched(model, known=Known(alone.known.bounds))
    assert ones(helped) == ones(alone)


def test_engines_name_themselves_and_give_the_same_values() -> None:
    model = region_model(6, 15)
    alone, other = searched(model), searched(model, DEFAULT.but(sizes__small=len(model.picks)), engine=HIGHS)
    assert values(other) == values(alone)
    assert {other.known.bound(level).by for level in range(2)} <= {"highs", "counting"}
    three_in_two = [Activity(n, [Option(s, {"r": [1]}) for s in range(2)], None) for n in "abc"]
    model = by_definition(Board(("x",), 2, {"r": [1, 1]}, three_in_two))
    for engine in (CP_SAT, HIGHS):
        with pytest.raises(Impossible) as proof:
            searched(model, engine=engine)
        assert proof.value.by == engine


@pytest.mark.parametrize("seed", [5, pytest.param(7, marks=pytest.mark.slow)])  # the latter takes all of its time
def test_neighbourhoods_alone_come_near_where_something_stays_out(seed: int) -> None:
    model = scarce_model(seed)
    best = values(searched(model, sized(0, ANY_SIZE)))
    assert values(searched(model, sized(0, 0), known=proven_at(best))) == best


def test_the_same_seed_gives_the_same_plan() -> None:
    model = region_model(4, 60)
    one, other = (searched(model, sized(0, 2000), seed=7) for _ in range(2))
    assert one.known.is_proven
    assert ones(one) == ones(other)


@pytest.mark.parametrize(("seed", "step"), [(5, 24), *(pytest.param(s, 5, marks=pytest.mark.slow) for s in (5, 6, 9))])
def test_a_proven_plan_is_the_same_whenever_time_is_up(seed: int, step: int) -> None:
    model = scarce_model(seed)
    whole = searched(model, sized(0))
    proven = 0
    for looks in range(1, 100, step):
        result = searched(model, sized(0), halt=chain(repeat(False, looks), repeat(True)).__next__)
        if result.known.is_proven:
            assert ones(result) == ones(whole), looks
            proven += 1
    assert proven


def test_the_look_ahead_has_all_of_the_time() -> None:
    """Where a level's share cut it off, a plan that is proven later would depend on the clock."""
    model = scarce_model(6)
    one, other = (searched(model, sized(0).but(levels__share=share)) for share in (0.5, 0.0))
    assert one.known.is_proven
    assert other.known.is_proven
    assert ones(one) == ones(other)


def test_a_known_plan_is_not_given_up_for_a_worse_one_when_time_is_up() -> None:
    model = region_model(4, 60)
    whole = searched(model)
    late = search_of(model, seconds=-1, known=whole.known).run()
    assert late.known == whole.known


def test_the_unit_of_the_last_level_changes_nothing() -> None:
    board = scarce(6, 60)
    boards = (board, dearer(board, 10**5, board.levels[-1:]))
    plain, dear = (searched(simplify(translate(one)), sized(0)) for one in boards)
    assert plain.known.is_proven
    assert dear.known.is_proven
    assert plain.known.bound(0) == dear.known.bound(0)
    assert values(dear) == [values(plain)[0], 10**5 * values(plain)[1]]


def test_a_plan_that_is_known_and_reaches_the_first_bound_is_bettered_on_the_later_levels() -> None:
    model = scarce_model(6, 60)
    points, quality = values(searched(model, sized(0)))
    free = replace(model, costs=[model.costs[0], {}])
    worse = ones(searched(free, sized(0)))
    assert ModelIndex(model).worth(worse)[1] > quality
    again = searched(model, sized(0), worse)
    assert values(again) == bounds(again) == [points, quality]


def crowded(triples: int) -> Model:
    """Of three activities at a time two must take something dear, which no LP sees."""
    cheap, dear = 19, 15
    options = [Option(0, {}, {"q": 0})] * cheap + [Option(0, {}, {"q": 1})] * dear
    activities = [Activity(f"A{n}", options, {"q": 50}) for n in range(3 * triples)]
    size = cheap + dear
    rows = []
    for first in range(0, 3 * triples, 3):
        for a, b in ((first, first + 1), (first + 1, first + 2), (first, first + 2)):
            for k in range(cheap):
                columns = [a * size + k, *range(b * size, b * size + cheap)]
                rows.append(Row("", "", columns, [1] * len(columns), 1))
    for k in range(size):  # so that no two options are the same, and no two triples are apart
        columns = [n * size + k for n in range(3 * triples)]
        rows.append(Row("", "", columns, [1] * len(columns), max(2, 3 * triples // 2)))
    return simplify(translate(Board(["q"], 1, {}, activities, rows=rows)))


def searched_level(model: Model, params: SolveParams, handle: EngineHandle | None = None) -> SearchLevel:
    """The first level, of which no plan is known."""
    subproblem = Subproblem(Restriction(model, params), 0, (), lagrangian_bound(model, 0), 0)
    return SearchLevel(subproblem, Knowledge(model), handle or EngineHandle(), hard=False)


def test_a_core_that_cannot_be_widened_is_searched_once() -> None:
    model, handle = crowded(4), Noting()
    level = searched_level(model, sized(0, 300), handle)
    start = greedy(model)
    assert start is not None
    level.take(start)
    cores, turn = Cores(level), TimeSlice(time.monotonic() + 60)
    while cores.improve(level, turn):
        assert len(handle.tasks) < 20, "it goes on asking"
    assert 0 < len(handle.tasks) < 5
    assert cores.stuck


def test_an_empty_core_proves_as_much_as_it_reaches() -> None:
    model = scarce_model(6, 60)
    level = searched_level(model, sized(0))
    level.hear(Model(), EngineResult("infeasible"), 7)
    assert level.bound == 8
    level.hear(model, EngineResult("optimal", None, 12), 9)
    assert level.bound == 10, "no further than it reaches"
    with pytest.raises(Impossible):
        level.hear(model, EngineResult("infeasible"), None)


@pytest.mark.parametrize(("seed", "params"), [(1, sized()), (3, sized(0))])
def test_a_level_that_was_cut_off_is_taken_up_again_while_there_is_time(seed: int, params: SolveParams) -> None:
    """It once was left unproven, with most of the time unused; its plan must not depend on the pause."""
    model = simplify(translate(project(seed)))
    one, other = (searched(model, params.but(levels__share=share)) for share in (0.5, 0.0))
    assert one.known.is_proven, one.known
    assert other.known.is_proven, other.known
    assert ones(one) == ones(other)
