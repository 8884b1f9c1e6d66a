"""The board by its definition: what a certificate is asked about has the board's plans with their values, no others."""

from dataclasses import replace
from itertools import product

import pytest

from arshjul.solver import solve
from arshjul.solver.board import Activity, Board, Conflict, Lag, Option, evaluate
from arshjul.solver.model import translation
from arshjul.solver.model.definition import by_definition
from arshjul.solver.model.milp import Constraint, Model, ModelIndex
from tests.solver.oracle import tiny_board

SEEDS = [seed if seed < 40 else pytest.param(seed, marks=pytest.mark.slow) for seed in range(600)]


@pytest.mark.parametrize("seed", SEEDS)
def test_it_has_just_the_choices_of_the_board_with_their_values(seed: int) -> None:
    board = tiny_board(seed)
    model = by_definition(board)
    ways = [
        [*range(len(activity.options)), *([] if activity.unplaced is None else [None])] for activity in board.activities
    ]
    for choice in product(*ways):
        values, judged = ModelIndex(model).of(enumerate(choice)), evaluate(board, choice)
        assert values is not None
        assert model.keeps(values) == (not judged.broken), choice
        if not judged.broken:
            found = [model.value(level, values) for level, _ in enumerate(board.levels)]
            assert found == [judged.values[level] for level in board.levels]


A_DAY_APART = Board(
    ("x",),
    4,
    {},
    [Activity(name, [Option(n, {}, {"x": n}) for n in range(4)], {"x": 9}) for name in "ab"],
    conflicts=[Conflict(0, 1)],
    lags=[Lag(0, 1, 1, 2)],
)


def test_a_translation_that_cuts_a_plan_away_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert solve(A_DAY_APART, certify=True).values() == {"x": 1}
    real = translation._conflicts

    def too_much(board: Board, params: object) -> list[Constraint]:
        return [*real(board, params), Constraint({0: 1, 5: 1}, 1)]  # type: ignore[arg-type]

    monkeypatch.setattr(translation, "_conflicts", too_much)
    assert solve(A_DAY_APART).values() == {"x": 2}
    told = solve(A_DAY_APART, certify=True)
    assert (told.status, told.values(), told.levels[0].bound) == ("feasible", {"x": 2}, None)
    assert told.contradiction is not None


@pytest.mark.parametrize(
    ("least", "most"), [(None, None), (0, 0), (-2, 1), (3, None), (None, -1), (9, None), (None, -9)]
)
def test_lags_compare_starts(least: int | None, most: int | None) -> None:
    board = replace(A_DAY_APART, conflicts=[], lags=[Lag(0, 1, least, most)])
    model: Model = by_definition(board)
    for choice in product([*range(4), None], repeat=2):
        values = ModelIndex(model).of(enumerate(choice))
        assert values is not None
        assert model.keeps(values) == (not evaluate(board, choice).broken), choice
