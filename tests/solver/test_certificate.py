"""The second engine's word: it confirms what is best, and is loud where it finds better."""

import time
from dataclasses import replace

import pytest

from arshjul.board import Activity, Board, Option
from arshjul.solver import Disagreement, LevelResult, Solution, solve
from arshjul.solver.certificate import certified
from tests.solver.boards import region

pytestmark = pytest.mark.xdist_group("processes")


def test_each_level_gets_a_second_proof() -> None:
    solution = solve(region(8), certify=True)
    assert solution.status == "optimal"
    assert all("highs" in level.proved_by and len(level.proved_by) > 1 for level in solution.levels)


def test_what_highs_proved_is_put_to_cp_sat() -> None:
    board = region(8)
    solution = solve(board)
    levels = [replace(level, proved_by=("highs",)) for level in solution.levels]
    again = certified(board, replace(solution, levels=levels), time.monotonic() + 60, lambda: False)
    assert [level.proved_by for level in again.levels] == [("highs", "cp-sat")] * 2


def test_a_false_proof_is_a_loud_error_that_keeps_the_board() -> None:
    board = Board(("x",), 2, {}, [Activity("a", [Option(0, costs={"x": 2}), Option(1, costs={"x": 1})], None)])
    false = Solution("optimal", (LevelResult("x", 2, 2, 0.0, ("cp-sat",)),), (0,))
    with pytest.raises(Disagreement) as caught:
        certified(board, false, time.monotonic() + 60, lambda: False)
    assert caught.value.board is board


def test_what_is_not_proven_gets_no_second_proof() -> None:
    board = region(8)
    solution = solve(board)
    levels = [replace(level, bound=-1, proved_by=()) for level in solution.levels]
    open_ = certified(board, replace(solution, levels=levels), time.monotonic() + 60, lambda: False)
    assert [level.proved_by for level in open_.levels] == [(), ()]
