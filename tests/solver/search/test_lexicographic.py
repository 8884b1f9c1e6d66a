"""LP, duals, cores and neighbourhoods, which only larger models meet in use, on boards with known values."""

import time
from collections.abc import Callable
from dataclasses import replace
from itertools import chain, repeat
from random import Random
from typing import Any

import pytest

from arshjul.board import Activity, Board, Option, Row
from arshjul.solver.backends.cpsat import CpSat
from arshjul.solver.backends.engine import CP_SAT, HIGHS, EngineResult, Report, Task
from arshjul.solver.backends.handle import EngineHandle
from arshjul.solver.model.bounds import lagrangian_bound
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.definition import by_definition
from arshjul.solver.model.milp import Model, ModelIndex, rows_of
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.model.translation import translate
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.core import CoreSearch, Step
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.status import Impossible, LevelStatus, SearchResult
from arshjul.solver.search.subproblem import Subproblem
from tests.examples import each
from tests.solver.boards import dearer, project, region, scarce
from tests.solver.oracle import best_by_trying, tiny_board
from tests.solver.tuning import ANY_SIZE, sized
from tests.solver.written import as_written

ALL = [(sized(0, ANY_SIZE), "cores"), (sized(0, 0), "neighbourhoods")]


def searched(
    model: Model,
    params: SolveParams = DEFAULT,
    plan: list[int] | None = None,
    halt: Callable[[], bool] = lambda: False,
    **more: Any,
) -> SearchResult:
    """The search of a model, which has all the time that it wants unless `halt`, asked at each look, ends it."""
    search = LexicographicSearch(model, time.monotonic() + 60, params=params, **more)
    usual = search.tools.is_ended
    search.tools.is_ended = lambda: usual() or halt()
    return search.run(lambda: greedy(model), plan)


def values(result: SearchResult) -> list[int | None]:
    return [status.value for status in result.statuses]


def best(model: Model, result: SearchResult) -> list[int]:
    assert result.ones is not None
    return ModelIndex(model).values(result.ones)


def has_its_true_values(seed: int, params: SolveParams) -> None:
    board = tiny_board(seed)
    truth = best_by_trying(board)
    model = simplify(translate(board))
    if truth is None:
        if not model.impossible:
            with pytest.raises(Impossible):
                searched(model, params)
        return
    known: tuple[LevelStatus, ...] = ()
    if params.sizes.whole == 0 and greedy(model) is not None:
        # Neighbourhoods prove nothing: the search goes on from bounds that are the optimum.
        known = tuple(LevelStatus(value, value, ("trying",)) for value in truth[0])
    result = searched(model, params, known=known)
    assert values(result) == truth[0], seed
    assert [status.bound for status in result.statuses] == truth[0], seed


WAYS = pytest.mark.parametrize("params", [params for params, _ in ALL], ids=[name for _, name in ALL])


@WAYS
@each(range(0, 150, 3))
def test_every_way_gives_the_true_values(seed: int, params: SolveParams) -> None:
    has_its_true_values(seed, params)


NARROW = sized(0, ANY_SIZE).but(core__kernel_width=1, core__broad_width=2, core__narrowest=0.2, core__effort=1e-4)
"""On tiny boards the first cores are all of the model, unless they are made this narrow."""


@each(range(1, 400, 2))
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


def test_once_the_last_levels_first_core_holds_no_plan_the_level_before_is_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[int, str]] = []
    minimise = CpSat.minimise

    def noted(self: CpSat, task: Task, report: Report) -> EngineResult:
        outcome = minimise(self, task, report)
        asked.append((task.level, outcome.status))
        return outcome

    monkeypatch.setattr(CpSat, "minimise", noted)
    monkeypatch.setattr(CoreSearch, "is_narrow", lambda _: True)  # of ten variables most are in any core
    model = simplify(translate(rings()))
    result = searched(model, NARROW.but(core__effort=1, separation__zero_half=False))
    assert [(status.value, status.bound) for status in result.statuses] == [(6, 6), (2, 2)]
    # What the LP takes of the last level, then its first core.
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


def test_where_the_lps_optimum_is_a_plan_no_first_plan_is_made_and_no_engine_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("an LP that has a whole optimum has said all")

    monkeypatch.setattr(CpSat, "minimise", never)
    search = LexicographicSearch(simplify(translate(lectures())), time.monotonic() + 60, params=sized(0, ANY_SIZE))
    result = search.run(never)
    assert [(status.value, status.bound) for status in result.statuses] == [(1, 1), (1, 1)]


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
    values = model.values(truth[1])
    assert values is not None
    for _ in range(20):
        proof = lagrangian_bound(model, 0, rows, [random.choice((0.0, 0.3, random.random() * 5)) for _ in rows])
        assert proof.bound <= truth[0][0]
        assert all(proof.reach(v, truth[0][0]) for v in range(len(model.picks)) if values[v])


def test_a_search_leaves_its_callers_model_as_it_was() -> None:
    model = simplify(translate(region(3, 40)))
    before = len(model.constraints)
    searched(model, sized(0))
    assert len(model.constraints) == before


def test_known_bounds_end_a_level_and_change_no_plan() -> None:
    model = simplify(translate(region(3, 40)))
    alone = searched(model)
    helped = searched(model, known=alone.statuses)
    assert helped.ones == alone.ones


def test_highs_gives_the_same_values_level_by_level() -> None:
    model = simplify(translate(region(6, 15)))
    alone, other = searched(model), searched(model, DEFAULT.but(sizes__small=len(model.picks)), engine=HIGHS)
    assert values(other) == values(alone)
    assert {by for status in other.statuses for by in status.by} <= {"highs", "counting"}


def test_an_engine_names_itself_where_it_finds_no_plan() -> None:
    three_in_two = [Activity(n, [Option(s, {"r": [1]}) for s in range(2)], None) for n in "abc"]
    model = by_definition(Board(("x",), 2, {"r": [1, 1]}, three_in_two))
    for engine in (CP_SAT, HIGHS):
        with pytest.raises(Impossible) as proof:
            searched(model, engine=engine)
        assert proof.value.by == engine


@pytest.mark.parametrize("seed", [5, pytest.param(7, marks=pytest.mark.slow)])  # the latter takes all of its time
def test_neighbourhoods_alone_come_near_where_something_stays_out(seed: int) -> None:
    model = simplify(translate(scarce(seed)))
    known = searched(model, sized(0, ANY_SIZE)).statuses
    around = searched(model, sized(0, 0), known=known)
    assert values(around) == [status.bound for status in known]


def test_the_same_seed_gives_the_same_plan() -> None:
    model = simplify(translate(region(4, 60)))
    one, other = (searched(model, sized(0, 2000), seed=7) for _ in range(2))
    assert one.is_proven(2)
    assert one.ones == other.ones


@pytest.mark.parametrize(("seed", "step"), [(5, 11), *(pytest.param(s, 5, marks=pytest.mark.slow) for s in (5, 6, 9))])
def test_a_proven_plan_is_the_same_whenever_time_is_up(seed: int, step: int) -> None:
    model = simplify(translate(scarce(seed)))
    whole = searched(model, sized(0))
    proven = 0
    for looks in range(1, 100, step):
        result = searched(model, sized(0), halt=chain(repeat(False, looks), repeat(True)).__next__)
        if result.is_proven(len(whole.statuses)):
            assert result.ones == whole.ones, looks
            proven += 1
    assert proven


def test_the_look_ahead_has_all_of_the_time() -> None:
    """Where a level's share cut it off, a plan that is proven later would depend on the clock."""
    model = simplify(translate(scarce(6)))
    one, other = (searched(model, sized(0).but(levels__share=share)) for share in (0.5, 0.0))
    assert one.is_proven(2)
    assert other.is_proven(2)
    assert one.ones == other.ones


def test_a_known_plan_is_not_given_up_for_a_worse_one_when_time_is_up() -> None:
    model = simplify(translate(region(4, 60)))
    whole = searched(model)
    late = LexicographicSearch(model, time.monotonic() - 1).run(lambda: greedy(model), best(model, whole))
    assert late.ones == whole.ones
    assert values(late) == values(whole)


def test_the_unit_of_the_last_level_changes_nothing() -> None:
    board = scarce(6, 60)
    boards = (board, dearer(board, 10**5, board.levels[-1:]))
    plain, dear = (searched(simplify(translate(one)), sized(0)) for one in boards)
    assert plain.is_proven(2)
    assert dear.is_proven(2)
    assert [(s.value, s.by) for s in plain.statuses[:-1]] == [(s.value, s.by) for s in dear.statuses[:-1]]
    assert dear.statuses[-1].value == 10**5 * (plain.statuses[-1].value or 0)


def test_a_plan_that_is_known_and_reaches_the_first_bound_is_bettered_on_the_later_levels() -> None:
    model = simplify(translate(scarce(6, 60)))
    points, quality = values(searched(model, sized(0)))
    assert points is not None
    assert quality is not None
    free = replace(model, costs=[model.costs[0], {}])
    worse = best(model, searched(free, sized(0)))
    assert model.value(1, worse) > quality
    again = searched(model, sized(0), worse)
    assert [(s.value, s.bound) for s in again.statuses] == [(points, points), (quality, quality)]


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


def test_a_core_that_cannot_be_widened_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    model = crowded(4)
    moves: list[str] = []

    def watched(name: str, usual: Callable[[CoreSearch, Step], None]) -> Callable[[CoreSearch, Step], None]:
        def move(search: CoreSearch, step: Step) -> None:
            moves.append(name)
            usual(search, step)

        return move

    for name in ("_search_core", "_search_neighbourhoods"):
        monkeypatch.setattr(CoreSearch, name, watched(name, getattr(CoreSearch, name)))
    params = sized(0, 300).but(separation__cliques=False)  # they prove it at once
    searched(model, params, halt=lambda: "_search_neighbourhoods" in moves or moves.count("_search_core") > 20)
    assert "_search_neighbourhoods" in moves
    assert moves.count("_search_core") < 5


def test_an_empty_core_proves_as_much_as_it_reaches() -> None:
    model = simplify(translate(scarce(6, 60)))
    subproblem = Subproblem(Restriction(model, sized(0)), 0, (), lagrangian_bound(model, 0), 0)
    search = CoreSearch(subproblem, None, EngineHandle(), hard=False)
    step = Step(time.monotonic() + 60)
    search._hear(step, Model(), EngineResult("infeasible"), 7)
    assert search.bound == 8
    assert not search.refuted
    search._hear(step, model, EngineResult("infeasible"), 9)
    assert search.bound == 10
    assert search.refuted


@pytest.mark.parametrize("params", [sized(), sized(0)])
@pytest.mark.parametrize("seed", [1, 3])
def test_a_level_that_was_cut_off_is_taken_up_again_while_there_is_time(seed: int, params: SolveParams) -> None:
    """It once was left unproven, with most of the time unused; its plan must not depend on the pause."""
    model = simplify(translate(project(seed)))
    one, other = (searched(model, params.but(levels__share=share)) for share in (0.5, 0.0))
    assert one.is_proven(2), one.statuses
    assert other.is_proven(2), other.statuses
    assert one.ones == other.ones
