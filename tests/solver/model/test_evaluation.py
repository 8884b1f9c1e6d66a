"""Incremental evaluation: sums as arithmetic has them, and the best move of one set as trying all has it."""

from random import Random

from arshjul.solver.model.evaluation import NOTHING, IncrementalEvaluator, greedy
from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.model.presolve import Restriction, simplify
from arshjul.solver.model.translation import translate
from tests.examples import each
from tests.solver.oracle import tiny_board
from tests.solver.written import as_written


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
