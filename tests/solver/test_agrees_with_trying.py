"""The solver's values are those of trying everything, on boards small enough to try."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise, permutations

import pytest

from arshjul.solver import Floor, SharedModel, solve
from arshjul.solver.board import Activity, Board, Choice, Lag, Option, evaluate
from arshjul.solver.model.translation import translate
from arshjul.solver.params import DEFAULT, SolveParams
from tests.examples import each
from tests.solver.oracle import best_by_trying, tiny_board
from tests.solver.searches import ANY_SIZE, sized


def agrees(seed: int, params: SolveParams = DEFAULT) -> None:
    board = tiny_board(seed)
    truth = best_by_trying(board)
    solution = solve(board, params=params)
    if truth is None:
        assert solution.status == "infeasible", seed
        assert solution.choice is None
        return
    assert solution.status == "optimal", seed
    assert [level.value for level in solution.levels] == truth[0], seed
    assert [level.bound for level in solution.levels] == truth[0], seed
    assert solution.choice is not None
    judged = evaluate(board, solution.choice)
    assert not judged.broken, seed
    assert [judged.values[level] for level in board.levels] == truth[0], seed


@each(range(150))
def test_tiny_boards_get_their_true_values(seed: int) -> None:
    agrees(seed)


@each([seed for seed in range(150) if tiny_board(seed).lags])
def test_lags_between_many_starts_are_the_same_lags(seed: int) -> None:
    agrees(seed, DEFAULT.but(translation__lag_starts=0))


def test_a_lag_between_many_starts_takes_few_terms() -> None:
    n = 1000
    starts = [Option(s, {}, {"x": abs(s - n // 2)}) for s in range(n)]
    board = Board(("x",), n, {}, [Activity(i, starts, None) for i in "ab"], [Lag(0, 1, 3, 30)])
    assert sum(len(row.terms) for row in translate(board).constraints) < 10 * n  # sums over starts: n terms for each
    assert solve(board).values() == {"x": 3}


LARGE = sized(0, ANY_SIZE)
"""Every model goes the way of a large one: LP, duals, cores and restrictions, and what guards those."""


@each(range(1, 150, 3))
def test_tiny_boards_that_go_the_way_of_large_ones_get_their_true_values(seed: int) -> None:
    agrees(seed, LARGE)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(20))
def test_two_thousand_that_go_the_way_of_large_ones_get_their_true_values(block: int) -> None:
    for seed in range(100 * block, 100 * (block + 1)):
        agrees(seed, LARGE)


@pytest.mark.slow
@pytest.mark.parametrize("block", range(20))
def test_two_thousand_tiny_boards_get_their_true_values(block: int) -> None:
    for seed in range(100 * block, 100 * (block + 1)):
        agrees(seed)


def test_the_boards_use_every_part_of_the_format() -> None:
    boards = [tiny_board(seed) for seed in range(150)]
    options = [(b, o) for b in boards for a in b.activities for o in a.options]
    rows = [row for b in boards for row in b.rows]
    assert any(a.unplaced is None for b in boards for a in b.activities)
    assert any(a.unplaced == {} for b in boards for a in b.activities)
    assert any(not a.options for b in boards for a in b.activities)
    assert any(lag.most is not None and (lag.least or 0) < 0 for b in boards for lag in b.lags)
    assert any(c.steps is None for b in boards for c in b.conflicts)
    assert any(c.steps for b in boards for c in b.conflicts)
    assert any(o.length != max(map(len, o.demand.values()), default=1) for _, o in options)
    assert any(o.start + len(d) > b.steps for b, o in options for d in o.demand.values())
    assert any(x.start == y.start for b in boards for a in b.activities for x, y in pairwise(a.options))
    assert any(min(o.costs.values(), default=0) < 0 for _, o in options)
    assert any(row.over == {} for row in rows)
    assert any(row.over and row.at_most < 0 for row in rows)
    assert any(min(row.coefficients, default=0) < 0 for row in rows)
    assert any(len(set(row.columns)) < len(row.columns) for row in rows)
    infeasible = sum(best_by_trying(b) is None for b in boards)
    assert 10 < infeasible < 100


# One model for several orders of a board's levels, with floors, gives each order its true values.


SEEDS = [seed for seed in range(120) if len(tiny_board(seed).levels) > 1]


@pytest.mark.parametrize("params", [DEFAULT, sized(0, ANY_SIZE)], ids=["small", "cores"])
@each(SEEDS[::3])
def test_every_order_of_the_levels_has_its_true_values(seed: int, params: SolveParams) -> None:
    """Each begins from the best by another order, of which it makes no more than holds."""
    board = tiny_board(seed)
    shared = SharedModel(board, params)
    floors: list[Floor] = []
    start: Choice | None = None
    for order in permutations(board.levels):
        ordered = replace(board, levels=order)
        truth = best_by_trying(ordered)
        solution = solve(ordered, shared=shared, floors=floors, start=start, params=params)
        if truth is None:
            assert solution.status == "infeasible"
            continue
        values, start = truth
        assert solution.contradiction is None
        assert [level.value for level in solution.levels] == values, order
        assert [level.bound for level in solution.levels] == values, order
        floors.append(Floor(order[1], values[1], order[0], values[0]))


@pytest.mark.parametrize(
    ("levels", "values", "holds"),
    [
        (("a", "b", "c"), {"a": 3, "b": 9, "c": 0}, True),
        (("a", "c"), {"a": 2, "c": 0}, True),
        (("a", "b"), {"a": 4, "b": 0}, False),  # what is better than this may have more than 3 of a
        (("b", "a"), {"a": 3, "b": 9}, False),
        (("a", "b"), None, False),
    ],
)
def test_a_floor_holds_for_what_is_as_good_as_a_choice_that_it_supposes(
    levels: Sequence[str], values: Mapping[str, int] | None, holds: bool
) -> None:
    assert Floor("b", 7, "a", 3).holds(levels, values) == holds


def test_a_floor_that_does_not_hold_for_the_start_changes_nothing() -> None:
    seed = next(seed for seed in SEEDS if best_by_trying(tiny_board(seed)) is not None)
    board = tiny_board(seed)
    truth = best_by_trying(board)
    assert truth is not None
    first, second = board.levels[:2]
    false = Floor(second, truth[0][1] + 1, first, truth[0][0] - 1)
    for start in (None, truth[1]):
        assert [*solve(board, floors=[false], start=start).values().values()] == truth[0]
    judged = evaluate(board, truth[1])
    assert false.holds(board.levels, {**judged.values, first: truth[0][0] - 1})


@each(SEEDS[1::9])
def test_some_of_the_levels_have_their_true_values(seed: int) -> None:
    board = tiny_board(seed)
    shared = SharedModel(board)
    for levels in ([level] for level in board.levels):
        assert _values(board, levels, shared) == _values(board, levels, None)


def _values(board: Board, levels: Sequence[str], shared: SharedModel | None) -> dict[str, int | None]:
    return solve(replace(board, levels=levels), shared=shared).values()
