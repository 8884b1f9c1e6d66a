"""The solver's values are those of trying everything, on boards small enough to try."""

from itertools import pairwise

import pytest

from arshjul.solver import solve
from arshjul.solver.board import Activity, Board, Lag, Option, evaluate
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
