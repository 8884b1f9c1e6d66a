"""Restrictions have the plans of the whole that they are to have, and the whole's values."""

from collections.abc import Sequence
from itertools import product
from random import Random

from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.model.presolve import Restriction
from tests.examples import each
from tests.solver.oracle import tiny_board
from tests.solver.written import as_written

SEEDS = range(0, 240, 2)


def values_of(model: Model, ones: Sequence[int]) -> tuple[bool, list[int]]:
    values = ModelIndex(model).values(ones)
    return model.keeps(values), [model.value(level, values) for level in range(len(model.costs))]


@each(SEEDS)
def test_a_restriction_has_the_plans_of_the_whole(seed: int) -> None:
    whole = as_written(tiny_board(seed))
    if not all(whole.sets):
        return
    random = Random(seed)
    allowed = [sorted(random.sample(variables, random.randint(1, len(variables)))) for variables in whole.sets]
    restriction = Restriction(whole)
    small = restriction.restricted(allowed)
    for ones in product(*allowed):
        kept, truth = values_of(whole, ones)
        local = None if small.impossible else ModelIndex(small).ones(whole.picks[v] for v in ones)
        if local is None:
            assert not kept
            continue
        assert values_of(small, local)[0] == kept
        same = [restriction.number[small.picks[v]] for v in local]
        assert values_of(whole, same) == values_of(small, local)
        assert all(ours <= its for ours, its in zip(values_of(small, local)[1], truth, strict=True))


@each(SEEDS)
def test_opened_sets_have_what_the_others_leave(seed: int) -> None:
    whole = as_written(tiny_board(seed))
    if not all(whole.sets):
        return
    random = Random(seed)
    restriction = Restriction(whole)
    plan = next((ones for ones in product(*whole.sets) if values_of(whole, ones)[0]), None)
    if plan is None:
        return
    freed = sorted(random.sample(range(len(plan)), random.randint(1, len(plan))), reverse=True)
    rooms = list(restriction.rooms)
    for s, v in enumerate(plan):
        if s not in freed:
            for line, c in restriction.uses(v).items():
                rooms[line] -= c
    small = restriction.opened({s: whole.sets[s] for s in freed}, rooms)
    assert not small.impossible
    beyond = set()
    for ones in product(*(whole.sets[s] for s in freed)):
        local = ModelIndex(small).ones(whole.picks[v] for v in ones)
        moved = dict(zip(freed, ones, strict=True))
        if local is None:
            assert not values_of(whole, [moved.get(s, v) for s, v in enumerate(plan)])[0]
            continue
        picks = [small.picks[v] for v in local]
        moved = {s: restriction.number[pick] for s, pick in zip(freed, picks, strict=True)}
        kept, truth = values_of(whole, [moved.get(s, v) for s, v in enumerate(plan)])
        assert values_of(small, local)[0] == kept
        if kept:
            beyond.add(tuple(a - b for a, b in zip(truth, values_of(small, local)[1], strict=True)))
    assert len(beyond) == 1
