"""A board as a model: its definition, its conflicts, and the arithmetic of moves."""

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, product
from random import Random

import pytest

from arshjul.errors import InputError
from arshjul.solver import solve
from arshjul.solver.backends.engine import Task
from arshjul.solver.backends.mathopt import Highs
from arshjul.solver.board import Activity, Board, Conflict, Lag, Option, Row, evaluate
from arshjul.solver.model import translation
from arshjul.solver.model import translation as module
from arshjul.solver.model.definition import by_definition
from arshjul.solver.model.evaluation import NOTHING, IncrementalEvaluator, greedy
from arshjul.solver.model.milp import (
    SIZE_LIMIT,
    SUM_LIMIT,
    Constraint,
    Model,
    ModelIndex,
    Pick,
    SoftConstraint,
    guard_restrictions,
    guard_sizes,
)
from arshjul.solver.model.presolve import Restriction, simplify
from arshjul.solver.model.translation import _cliques, bits, translate
from arshjul.solver.params import SolveParams
from tests.examples import each, is_slow
from tests.solver import jobs
from tests.solver.asking import Asked, faults, told_by
from tests.solver.conftest import Plant
from tests.solver.oracle import best_by_trying, tiny_board
from tests.solver.reference import Reference
from tests.solver.searches import sized
from tests.solver.written import as_written


@each(range(600 if is_slow() else 40))
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


# Conflicts as cliques: complete, the same whenever the same are present, and never the most of the work.


Cliques = tuple[list[list[int]], int]


def foes(n: int, seed: int = 0) -> list[int]:
    """Numbers of which half the pairs are foes, as bits."""
    draw = random.Random(seed)
    masks = [0] * n
    for a, b in combinations(range(n), 2):
        if draw.random() < 0.5:
            masks[a] |= 1 << b
            masks[b] |= 1 << a
    return masks


def crowd(n: int, steps: int) -> Board:
    activities = [Activity(str(i), [Option(k) for k in range(steps)], {}) for i in range(n)]
    pairs = [Conflict(a, b) for a, mask in enumerate(foes(n)) for b in bits(mask) if a < b]
    return Board(("x",), steps, {}, activities, conflicts=pairs)


@pytest.mark.parametrize("most", [0, 50, 10**9])
@each(range(20))
def test_cliques_hold_every_conflict_among_those_present_and_no_other(seed: int, most: int) -> None:
    n = 12
    masks = foes(n, seed)
    present = random.Random(seed).getrandbits(n)
    cliques, looks = _cliques(present, masks, most)
    held = {pair for clique in cliques for pair in combinations(sorted(clique), 2)}
    among = list(bits(present))
    assert held == {(a, b) for a, b in combinations(among, 2) if masks[a] >> b & 1}
    assert looks <= most + n  # the last one begun is looked at to its end


def test_cliques_are_looked_for_once_where_the_same_are_present(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    real: Callable[..., Cliques] = module._cliques

    def counting_bound(present: int, masks: list[int], most: int) -> Cliques:
        asked.append(present)
        return real(present, masks, most)

    monkeypatch.setattr(module, "_cliques", counting_bound)
    lines = translate(crowd(20, 30)).constraints
    assert len(asked) == 1
    assert len(lines) == 30 * len(real(asked[0], foes(20), 10**9)[0])


def test_the_work_for_cliques_ends_and_the_conflicts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[int] = []
    real: Callable[..., Cliques] = module._cliques

    def watched(present: int, masks: list[int], most: int) -> Cliques:
        left.append(most)
        return real(present, masks, most)

    monkeypatch.setattr(module, "_cliques", watched)
    n = 40
    activities = [Activity(str(i), [Option(k) for k in range(i % 7, 9)], {}) for i in range(n)]
    pairs = [Conflict(a, b) for a, mask in enumerate(foes(n)) for b in bits(mask) if a < b]
    board = Board(("x",), 9, {}, activities, conflicts=pairs)
    monkeypatch.setattr(module, "CLIQUE_LOOKS", 100)
    apart = {frozenset(pair) for line in translate(board).constraints for pair in combinations(line.terms, 2)}
    assert left[0] == 100
    assert -n < left[-1] <= 0
    owner = [i for i, activity in enumerate(activities) for _ in activity.options]
    starts = [option.start for activity in activities for option in activity.options]
    clash = {(pair.first, pair.second) for pair in pairs}
    for a, b in combinations(range(len(owner)), 2):
        foe = (owner[a], owner[b]) in clash or (owner[b], owner[a]) in clash
        assert (frozenset((a, b)) in apart) == (foe and starts[a] == starts[b])


# Incremental evaluation: sums as arithmetic has them, and the best move of one set as trying all has it.


@each(range(0, 120, 2))
def test_sums_are_as_arithmetic_says_wherever_sets_move(seed: int) -> None:
    model = simplify(translate(tiny_board(seed)))
    if model.impossible or not all(model.sets):
        return
    random = Random(seed)
    view = ModelIndex(model)
    evaluator = IncrementalEvaluator(Restriction(model), [variables[0] for variables in model.sets])
    for _ in range(30):
        s = random.randrange(len(model.sets))
        with evaluator.without([s]):
            pass
        evaluator.move([(s, random.choice(model.sets[s]))])
        values = view.values(evaluator.present)
        assert evaluator.totals == [model.value(k, values) for k in range(len(model.costs))]
        hard = Model(sets=model.sets, uppers=model.uppers, constraints=model.constraints)
        assert evaluator.fits() == hard.keeps(values)


@each(range(1, 120, 2))
def test_the_best_move_of_a_set_is_found(seed: int) -> None:
    model = simplify(translate(tiny_board(seed)))
    if model.impossible or not all(model.sets) or (ones := greedy(model)) is None:
        return
    assert model.keeps(ModelIndex(model).values(ones))
    evaluator = IncrementalEvaluator(Restriction(model), ones)
    for s, variables in enumerate(model.sets):
        before = list(evaluator.totals)
        tried = []
        for v in variables:
            moved = IncrementalEvaluator(
                evaluator.restriction, [*evaluator.present[:s], v, *evaluator.present[s + 1 :]]
            )
            tried += [moved.totals] * moved.fits()
        assert evaluator.move_to_best(s) == (min(tried) < before)
        assert evaluator.totals == min(tried)
        assert evaluator.fits()


def test_a_set_that_takes_nothing_yet_counts_with_its_least() -> None:
    model = as_written(tiny_board(3))
    evaluator = IncrementalEvaluator(Restriction(model), [NOTHING] * len(model.sets))
    for line, room in enumerate(evaluator.rooms):
        uses = [[evaluator.uses(v).get(line, 0) for v in variables] for variables in model.sets]
        assert room == evaluator.restriction.rooms[line] - sum(map(min, uses))


# Numbers beyond what engines take are refused, or solved truly.


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


def test_sums_beyond_any_coefficient_are_solved_and_a_large_board_is_refused_before_it_is_searched() -> None:
    activities = [Activity(str(n), [Option(0, {}, {"x": LARGEST - n})], {"x": LARGEST}) for n in range(400)]
    board = Board(("x",), 1, {}, activities, rows=[Row("rule", "about", range(400), [1] * 400, 200)])
    solution = solve(board)
    assert solution.status == "optimal"
    assert solution.choice is not None
    assert evaluate(board, solution.choice).values == {"x": 400 * LARGEST - sum(range(200, 400))}
    rows = [Row("rule", str(n), range(n, 3000, 60), [2**20 + n] * 50, 2**22, {"x": 2**20}) for n in range(60)]
    activities = [Activity(str(n), [Option(k, {}, {"x": k}) for k in range(30)], {"x": 90}) for n in range(100)]
    board = Board(("x",), 30, {}, activities, rows=rows)
    with pytest.raises(InputError) as caught:
        solve(board, limit_s=5)
    assert str(2**31) in str(caught.value)


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
