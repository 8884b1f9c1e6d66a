"""Presolve keeps what counts: on tiny boards every plan by trying, and each cut by hand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from random import Random

import numpy as np
import pytest

from arshjul.errors import InputError
from arshjul.solver.board import Activity, Board, Choice, Option, evaluate
from arshjul.solver.model import dominance
from arshjul.solver.model.components import independent_components
from arshjul.solver.model.milp import Constraint, Model, ModelIndex, SoftConstraint
from arshjul.solver.model.presolve import Restriction, simplify
from arshjul.solver.model.translation import translate
from tests.examples import each
from tests.solver.boards import region
from tests.solver.oracle import tiny_board
from tests.solver.written import as_written

SEEDS = range(0, 240, 2)


def choices(board: Board) -> Iterator[Choice]:
    ways = [[*range(len(a.options)), *([None] if a.unplaced is not None else [])] for a in board.activities]
    return product(*ways)


def keeps_all_plans(board: Board) -> None:
    small = simplify(translate(board))
    truth, best = [], []
    for choice in choices(board):
        judged = evaluate(board, choice)
        values = None if small.impossible else ModelIndex(small).of(enumerate(choice))
        if judged.broken:
            assert values is None or not small.keeps(values)
            continue
        assert values is not None
        assert small.keeps(values)
        truth.append([judged.values[level] for level in board.levels])
        best.append([small.value(level, values) for level in range(len(board.levels))])
        assert all(ours <= its for ours, its in zip(best[-1], truth[-1], strict=True))
    assert min(best, default=None) == min(truth, default=None)


@each(SEEDS)
def test_every_plan_of_a_tiny_board_is_kept_or_bettered(seed: int) -> None:
    keeps_all_plans(tiny_board(seed))


@each(range(0, 60, 2))
def test_fingerprints_that_meet_by_chance_make_nothing_wrong(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dominance, "_print", lambda keys, _values: np.zeros(len(keys), np.uint64))
    keeps_all_plans(tiny_board(seed))


def simplified(
    sets: Sequence[int],
    lines: Sequence[tuple[Mapping[int, int], int]] = (),
    soft_constraints: Sequence[tuple[Mapping[int, int], int, list[int]]] = (),
    costs: Sequence[Mapping[int, int]] = (),
) -> Model:
    """The simplified model of sets of these sizes, numbered through; by default no two options of a set are alike."""
    model = Model(picks=[(s, k) for s, size in enumerate(sets) for k in range(size)])
    first = [sum(sets[:s]) for s in range(len(sets))]
    model.sets = [list(range(start, start + size)) for start, size in zip(first, sets, strict=True)]
    model.uppers = [1] * len(model.picks)
    model.constraints = [Constraint(dict(terms), at_most) for terms, at_most in lines]
    model.soft_constraints = [
        SoftConstraint(Constraint(dict(terms), at_most), prices) for terms, at_most, prices in soft_constraints
    ]
    unlike = [{v: sign * (k or 0) for v, (_, k) in enumerate(model.picks)} for sign in (1, -1)]
    model.costs = [dict(c) for c in costs] or unlike
    model.constants = [0] * len(model.costs)
    return simplify(model)


def test_each_cut_of_a_line_and_of_options_by_hand() -> None:
    # 2 x1 + 2 x2 <= 3, and of that the half
    assert simplified([2, 2], [({0: 3, 1: 5, 2: 2}, 6)]).constraints == [Constraint({1: 1, 2: 1}, 1)]
    assert simplified([2, 2], [({0: 1, 2: -1}, 0)]).constraints == [Constraint({0: 1, 3: 1}, 1)]
    # without 0 its set takes 2, which leaves no room for 2 of the other
    model = simplified([2, 2], [({0: 5, 1: 2}, 3), ({1: 2, 2: 2, 3: 1}, 3)])
    assert model.picks == [(0, 1), (1, 1)]
    assert (model.sets, model.constraints) == ([[0], [1]], [])
    assert simplified([2], [({0: 5, 1: 4}, 3)]).impossible
    assert simplified([1], [({}, -1)]).impossible
    model = simplified([2, 2, 2, 2], [({0: 3, 2: 3, 4: 3, 6: 5}, 7)])
    assert model.constraints == [Constraint({0: 3, 2: 3, 4: 3, 6: 5}, 6)]
    ones = {0: 3, 2: 4, 4: 1, 6: 1, 8: 1}
    assert simplified([2] * 5, [(ones, 6)]).constraints == [Constraint(ones, 6)]
    assert simplified([2, 2, 2], [({0: 10, 2: 1, 4: 1}, 11)]).constraints == [Constraint({0: 1, 2: 1, 4: 1}, 2)]
    assert simplified([2, 2], [({0: 1, 2: 1}, 2), ({0: 1, 1: 1}, 1), ({0: -1}, 0)]).constraints == []
    three = {0: 1, 2: 1, 4: 1}
    assert simplified([2, 2, 2], [(three, 2), (three, 1), (three, 1)]).constraints == [Constraint(three, 1)]
    assert simplified([2, 2, 2], [({0: 1, 2: 1}, 1), (three, 1), ({2: 1, 4: 1}, 1)]).constraints == [
        Constraint(three, 1)
    ]
    assert len(simplified([2, 2, 2], [({0: 1, 2: 1}, 1), (three, 2)]).constraints) == 2
    assert simplified([3, 2], [({0: 1, 1: 1, 3: 1}, 1)]).constraints == [Constraint({2: -1, 3: 1}, 0)]
    line = ({0: 1, 1: 1, 3: 1}, 1)
    model = simplified([3, 2], [line], costs=[{0: 2, 1: 1, 3: 1}, {0: 1, 1: 1, 4: 1}])
    assert model.picks == [(0, 1), (0, 2), (1, 0), (1, 1)]
    assert model.stands_for == {(0, 0): 0}
    dearer_elsewhere = [{0: 2, 1: 1}, {0: 1, 1: 2}, {3: 1}, {4: 1}]
    assert len(simplified([3, 2], [line], costs=dearer_elsewhere).picks) == 5


def test_of_a_soft_line_what_is_always_exceeded_becomes_cost_and_what_can_be_is_kept() -> None:
    model = simplified([2], soft_constraints=[({0: 5}, 2, [3, 0])], costs=[{1: 40}, {0: 1}])
    assert (model.soft_constraints, model.costs, model.constants) == ([], [{0: 9, 1: 40}, {0: 1}], [0, 0])
    model = simplified([2, 2], soft_constraints=[({0: 1, 1: 2, 2: 1}, 0, [1, 0])], costs=[{0: 5}, {1: 1, 3: 1}])
    assert (model.soft_constraints, model.costs, model.constants) == ([], [{0: 5, 1: 1, 2: 1}, {1: 1, 3: 1}], [1, 0])
    model = simplified([2, 2], soft_constraints=[({0: 3, 2: 1}, 2, [5, 0])])
    assert model.soft_constraints == [SoftConstraint(Constraint({0: 2, 2: 1, 4: -1}, 2), [5, 0], 4)]
    assert model.uppers == [1, 1, 1, 1, 1]
    assert [costs.get(4) for costs in model.costs] == [5, None]
    assert model.costs[0][0] == 5


def test_plain_numbers_come_out_and_those_beyond_exact_arithmetic_are_refused() -> None:
    for huge in (2**61, 2**70):
        with pytest.raises(InputError):
            simplified([2, 2], [({0: huge, 2: 1}, huge)])
    with pytest.raises(InputError):
        simplified([2], soft_constraints=[({0: 2**40}, 1, [2**40])])
    model = simplify(translate(region(8)))
    lines = [*model.constraints, *(soft.line for soft in model.soft_constraints)]
    numbers = [n for line in lines for n in (*line.terms, *line.terms.values(), line.at_most)]
    numbers += [n for costs in model.costs for n in (*costs, *costs.values())]
    numbers += [*model.uppers, *model.constants, *(v for variables in model.sets for v in variables)]
    numbers += [soft.excess for soft in model.soft_constraints] + list(model.stands_for.values())
    assert {type(n) for n in numbers} == {int}


# A part of a model: what is opened or falls apart.


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
