"""A part of a model: what is opened or falls apart."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from random import Random

from arshjul.solver.board import Activity, Board, Option
from arshjul.solver.model.components import independent_components
from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.model.presolve import Restriction, simplify
from arshjul.solver.model.translation import translate
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


# A model's independent parts: together they are the model, apart they are plain data.


@each(range(0, 150, 3))
def test_parts_have_all_of_the_whole_between_them(seed: int) -> None:
    model = simplify(translate(tiny_board(seed)))
    if model.impossible:
        return
    components = independent_components(model)
    assert sorted(v for component in components for v in component.variables) == list(range(len(model.picks)))
    assert sorted(s for component in components for s in component.sets) == list(range(len(model.sets)))
    for ones in product(*model.sets):
        values = ModelIndex(model).values(ones)
        local = [ModelIndex(component.model).values(component.local(ones)) for component in components]
        kept = all(component.model.keeps(own) for component, own in zip(components, local, strict=True))
        assert kept == model.keeps(values)
        for level, constant in enumerate(model.constants):
            total = sum(component.model.value(level, own) for component, own in zip(components, local, strict=True))
            assert model.value(level, values) == constant + total


def test_a_part_is_plain_data() -> None:
    (part,) = independent_components(simplify(translate(Board(("x",), 1, {}, [Activity("a", [Option(0)], {"x": 1})]))))
    assert replace(part, sets=part.sets) == part
