"""Numbers that a board may have, and that engines get wrong: nothing false is told of them, and nothing is lost."""

import pytest

from arshjul.solver import solve
from arshjul.solver.backends.engine import Task
from arshjul.solver.backends.mathopt import Highs
from arshjul.solver.board import Activity, Board, Option, Row
from arshjul.solver.model.milp import Constraint, Model, Pick
from arshjul.solver.params import SolveParams
from tests.solver import jobs
from tests.solver.asking import Asked, faults, told_by
from tests.solver.conftest import Plant
from tests.solver.reference import Reference
from tests.solver.tuning import sized


def activity(id: str, *costs: dict[str, int], unplaced: dict[str, int] | None = None) -> Activity:
    return Activity(id, [Option(0, {}, one) for one in costs], unplaced)


LARGE = 46_067_632


def nearly_equal(large: int) -> Board:
    """To be worth 0 on both levels would break the row by 1, of as many as `large` says: 0 and 1 is the best."""
    activities = [
        activity("x", {}, {"b": 1}),
        activity("y", {}, {"b": large}),
        activity("z", {}, {"a": 3}),
    ]
    row = Row("most", "all", (1, 5, 2), (-2 * large, large + 1, 1), 0)
    return Board(("a", "b"), 1, {}, activities, rows=[row])


ALONE = SolveParams().but(supervisor__attempts=2, supervisor__pause_s=0.0)


def test_highs_proves_nothing_false_of_large_numbers(plant: Plant) -> None:
    plant(cp_sat=jobs.out_of_memory)
    board = nearly_equal(LARGE)
    assert Reference(board).best == [0, 1]
    assert not [*faults(Reference(board), told_by(board, Asked(ALONE)))]


def test_highs_alone_proves_the_same_board_in_small_numbers(plant: Plant) -> None:
    plant(cp_sat=jobs.out_of_memory)
    solution = solve(nearly_equal(46), params=ALONE)
    assert (solution.status, solution.values()) == ("optimal", {"a": 0, "b": 1})


@pytest.mark.parametrize(("large", "proves"), [(1000, True), (1_317_875, False)])
def test_highs_gives_no_bound_of_large_numbers(large: int, proves: bool) -> None:
    sets = [[0, 1, 2], [3], [4], [5], [6], [7, 8]]
    picks: list[Pick] = [(s, k) for s, own in enumerate(sets) for k in range(len(own))]
    model = Model(picks, sets, [1] * 9, [Constraint({7: large, 3: -large, 0: -large + 1}, 0)])
    model.costs, model.constants = [{3: 3, 8: 2 * large}], [0]
    outcome = Highs(model).minimise(Task(0), lambda _values, _bound: None)
    assert (outcome.status, outcome.bound) == (("optimal", 3) if proves else ("feasible", None))


def test_a_bound_beyond_64_bits_ends_no_solve() -> None:
    """Under cuts that no plan keeps an LP's bound has no limit."""
    activities = [
        activity("x", {}, unplaced={"a": 107_105_463, "b": 2}),
        activity("y", {"a": 107_105_462}, unplaced={"a": 2, "b": 214_210_923}),
        activity("z", {"a": 214_210_923}, {}),
    ]
    row = Row("most", "all", (0, 1, 2), (1, -107_105_463, 107_105_462), 0)
    board = Board(("a", "b"), 1, {}, activities, rows=[row])
    assert not [*faults(Reference(board), told_by(board, Asked(sized(0))))]
    assert solve(board, params=sized(0)).status == "optimal"
