"""A board as a model: its definition, its conflicts, and the arithmetic of moves."""

import random
from collections.abc import Callable
from dataclasses import replace
from itertools import combinations, product
from random import Random

import pytest

from arshjul.solver import solve
from arshjul.solver.board import Activity, Board, Conflict, Lag, Option, evaluate
from arshjul.solver.model import translation
from arshjul.solver.model import translation as module
from arshjul.solver.model.definition import by_definition
from arshjul.solver.model.evaluation import NOTHING, IncrementalEvaluator, greedy
from arshjul.solver.model.milp import Constraint, Model, ModelIndex
from arshjul.solver.model.presolve import Restriction, simplify
from arshjul.solver.model.translation import _cliques, bits, translate
from tests.examples import each, is_slow
from tests.solver.oracle import tiny_board
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
