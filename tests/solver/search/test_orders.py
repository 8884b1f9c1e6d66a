"""One model for several orders of a board's levels, with floors, gives each order its true values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import permutations

import pytest

from arshjul.solver import Floor, SharedModel, solve
from arshjul.solver.board import Board, Choice, evaluate
from arshjul.solver.params import DEFAULT, SolveParams
from tests.examples import each
from tests.solver.oracle import best_by_trying, tiny_board
from tests.solver.searches import ANY_SIZE, sized

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
