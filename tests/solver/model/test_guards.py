"""Numbers beyond what engines take are refused, or solved truly."""

from random import Random

import pytest

from arshjul.errors import InputError
from arshjul.solver import solve
from arshjul.solver.backends.engine import Task
from arshjul.solver.backends.mathopt import Highs
from arshjul.solver.board import Activity, Board, Option, Row, evaluate
from arshjul.solver.model.milp import (
    SIZE_LIMIT,
    SUM_LIMIT,
    Constraint,
    Model,
    Pick,
    SoftConstraint,
    guard_restrictions,
    guard_sizes,
)
from arshjul.solver.params import SolveParams
from tests.solver import jobs
from tests.solver.asking import Asked, faults, told_by
from tests.solver.conftest import Plant
from tests.solver.oracle import best_by_trying
from tests.solver.reference import Reference
from tests.solver.searches import sized

LARGEST = 2**31 - 1


def crowded(seed: int) -> Board:
    """Five activities that meet in one capacity and in rows, with numbers of very different sizes."""
    random = Random(seed)
    cost = random.choice((100, 10**6, 2**20, 2**26, 2**30))
    size = random.choice((3, 100, 1000, 2**20, 2**29))
    need = random.choice((3, 2**20, 2**30))
    activities = [
        Activity(
            str(n),
            [
                Option(
                    random.randrange(4), {"r": [random.randint(need // 2, need)]}, {"x": random.randint(-cost, cost)}
                )
                for _ in range(4)
            ],
            {"x": random.randint(cost // 2, 2 * cost - 1)},
        )
        for n in range(5)
    ]
    rows = []
    for _ in range(random.randint(1, 4)):
        columns = sorted(random.sample(range(20), random.randint(6, 20)))
        coefficients = [random.choice((1, 1, 1, -1)) * random.randint(size // 2, 2 * size - 1) for _ in columns]
        over = random.choice((None, {"x": random.randint(0, cost)}, {"x": random.randint(1, 5)}))
        rows.append(Row("rule", "about", columns, coefficients, min(LARGEST, random.randint(size, 3 * size)), over))
    capacity = [min(LARGEST, random.randint(need, 2 * need)) for _ in range(4)]
    return Board(("x",), 4, {"r": capacity}, activities, rows=rows)


def right_or_refused(seed: int) -> bool:
    """Whether it is solved; then it is solved truly."""
    board = crowded(seed)
    truth = best_by_trying(board)
    assert truth is not None
    try:
        solution = solve(board)
    except InputError:
        return False
    assert (solution.status, [level.value for level in solution.levels]) == ("optimal", truth[0]), seed
    return True


def test_large_numbers_are_solved_truly_or_refused() -> None:
    solved = sum(right_or_refused(seed) for seed in range(12))
    assert 6 < solved < 12


@pytest.mark.slow
def test_many_large_numbers_are_solved_truly_or_refused() -> None:
    for seed in range(25, 500):
        right_or_refused(seed)


def soft(price: int, coefficients: list[int], excess: int, cost: int = 0) -> Model:
    """A set for each coefficient, and a priced line over them."""
    n = len(coefficients)
    model = Model([(k, 0) for k in range(n)], [[k] for k in range(n)], [*[1] * n, excess], constants=[0])
    model.soft_constraints = [SoftConstraint(Constraint({**dict(enumerate(coefficients)), n: -1}, 1), [price], n)]
    model.costs = [{**dict.fromkeys(range(n), cost), n: price}]
    return model


def test_what_is_refused_of_a_model_and_of_its_restrictions() -> None:
    for model, sizes, restrictions in [
        (soft(1, [2**30, 2**30], 2**31), True, True),
        (soft(SIZE_LIMIT - 1, [1, 1], 2), True, True),
        (soft(SIZE_LIMIT, [1, 1], 2), False, False),
        (soft(1, [SIZE_LIMIT, 1], 2), False, False),
        (soft(1, [1, 1], 2, cost=-SIZE_LIMIT), False, False),
        (soft(2**16, [2**15, 1], 2), True, False),  # a restriction may charge a variable 2^31
        (soft(2**16, [2**15 - 1, 1], 2), True, True),
        (soft(2**16, [2**15 - 1, 1], 2, cost=2**16), True, False),
        (soft(3, [1 - 2**30, 2**30], 2), True, False),
        (soft(4, [1, 1], SUM_LIMIT // 4 - 1), True, True),
        (soft(4, [1, 1], SUM_LIMIT // 4), False, False),
    ]:
        for guard, passes in ((guard_sizes, sizes), (guard_restrictions, restrictions)):
            if passes:
                guard(model)
            else:
                with pytest.raises(InputError):
                    guard(model)
    model = soft(0, [1, 1], 1)
    model.constraints = [Constraint({0: 1 - 2**31, 1: 2**31 - 1}, 5)]
    guard_sizes(model)
    with pytest.raises(InputError):
        guard_restrictions(model)


def test_a_large_board_is_refused_before_it_is_searched() -> None:
    rows = [Row("rule", str(n), range(n, 3000, 60), [2**20 + n] * 50, 2**22, {"x": 2**20}) for n in range(60)]
    activities = [Activity(str(n), [Option(k, {}, {"x": k}) for k in range(30)], {"x": 90}) for n in range(100)]
    board = Board(("x",), 30, {}, activities, rows=rows)
    with pytest.raises(InputError) as caught:
        solve(board, limit_s=5)
    assert str(2**31) in str(caught.value)


def test_sums_beyond_any_coefficient_are_solved() -> None:
    activities = [Activity(str(n), [Option(0, {}, {"x": LARGEST - n})], {"x": LARGEST}) for n in range(400)]
    board = Board(("x",), 1, {}, activities, rows=[Row("rule", "about", range(400), [1] * 400, 200)])
    solution = solve(board)
    assert solution.status == "optimal"
    assert solution.choice is not None
    assert evaluate(board, solution.choice).values == {"x": 400 * LARGEST - sum(range(200, 400))}


# Numbers that a board may have, and that engines get wrong: nothing false is told of them, and nothing is lost.


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


def test_highs_proves_nothing_false_of_large_numbers_and_the_same_in_small_ones(plant: Plant) -> None:
    plant(cp_sat=jobs.out_of_memory)
    board = nearly_equal(LARGE)
    assert Reference(board).best == [0, 1]
    assert not [*faults(Reference(board), told_by(board, Asked(ALONE)))]
    plant(cp_sat=jobs.out_of_memory)
    solution = solve(nearly_equal(46), params=ALONE)
    assert (solution.status, solution.values()) == ("optimal", {"a": 0, "b": 1})
    for large, proves in [(1000, True), (1_317_875, False)]:
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
