"""Numbers that multiply or add up beyond what an engine gets right: solved truly, or refused."""

from random import Random

import pytest

from arshjul.errors import InputError
from arshjul.solver import solve
from arshjul.solver.board import Activity, Board, Option, Row, evaluate
from arshjul.solver.model.milp import (
    SIZE_LIMIT,
    SUM_LIMIT,
    Constraint,
    Model,
    SoftConstraint,
    guard_restrictions,
    guard_sizes,
)
from tests.solver.oracle import best_by_trying

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


@pytest.mark.parametrize(
    ("model", "sizes", "restrictions"),
    [
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
    ],
)
def test_what_is_refused(model: Model, sizes: bool, restrictions: bool) -> None:
    for guard, passes in ((guard_sizes, sizes), (guard_restrictions, restrictions)):
        if passes:
            guard(model)
        else:
            with pytest.raises(InputError):
                guard(model)


def test_a_hard_line_may_span_twice_the_limit_in_a_restriction() -> None:
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
