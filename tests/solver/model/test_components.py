"""A model's independent parts: together they are the model, apart they are plain data."""

from dataclasses import replace
from itertools import product

from arshjul.solver.board import Activity, Board, Option
from arshjul.solver.model.components import independent_components
from arshjul.solver.model.milp import ModelIndex
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.translation import translate
from tests.examples import each
from tests.solver.oracle import tiny_board


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
