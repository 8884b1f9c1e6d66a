"""One model for several orders of a board's levels, with floors, gives each order its true values."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from arshjul.board import Board
from arshjul.solver import SharedModel, solve
from arshjul.solver.params import DEFAULT, SolveParams
from tests.examples import each
from tests.solver.oracle import best_by_trying, tiny_board
from tests.solver.tuning import ANY_SIZE, sized

SEEDS = [seed for seed in range(120) if len(tiny_board(seed).levels) > 1]


@pytest.mark.parametrize("params", [DEFAULT, sized(0, ANY_SIZE)], ids=["small", "cores"])
@each(SEEDS[::3])
def test_every_order_of_the_levels_has_its_true_values(seed: int, params: SolveParams) -> None:
    board = tiny_board(seed)
    shared = SharedModel(board, params)
    floors: dict[str, int] = {}
    for order in permutations(board.levels):
        truth = best_by_trying(replace(board, levels=order))
        solution = solve(replace(board, levels=order), shared=shared, floors=floors, params=params)
        if truth is None:
            assert solution.status == "infeasible"
            continue
        assert [level.value for level in solution.levels] == truth[0], order
        assert [level.bound for level in solution.levels] == truth[0], order
        floors[order[0]] = truth[0][0]


@each(SEEDS[1::9])
def test_some_of_the_levels_have_their_true_values(seed: int) -> None:
    board = tiny_board(seed)
    shared = SharedModel(board)
    for levels in ([level] for level in board.levels):
        assert _values(board, levels, shared) == _values(board, levels, None)


def _values(board: Board, levels: Sequence[str], shared: SharedModel | None) -> dict[str, int | None]:
    return solve(replace(board, levels=levels), shared=shared).values()
