"""Parameters: their ranges; and every number of a module has its reason."""

import ast
from dataclasses import fields
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

import arshjul.solver
from arshjul.solver import solve
from arshjul.solver.board import Board
from arshjul.solver.params import DEFAULT, MOST_VARIABLES, CoreParams, SolveParams
from tests.solver.boards import project, region


def test_what_is_out_of_range_is_refused() -> None:
    with pytest.raises(ValueError, match=r"CoreParams.patience is -1: it must be 0 to 100"):
        CoreParams(patience=-1)
    with pytest.raises(ValueError, match="breadths"):
        DEFAULT.but(decomposition__breadths=(10, -3))


def test_one_value_is_changed_and_the_others_stay() -> None:
    changed = DEFAULT.but(core__effort=2.0, lns__size=60)
    assert (changed.core.effort, changed.lns.size, changed.core.few) == (2.0, 60, DEFAULT.core.few)
    assert changed.but(core__effort=DEFAULT.core.effort, lns__size=DEFAULT.lns.size) == SolveParams()


def test_every_number_has_a_unit_and_a_range_that_excludes_something() -> None:
    numbers = [
        item
        for group in fields(DEFAULT)
        for item in fields(getattr(DEFAULT, group.name))
        if "switch" not in item.metadata["unit"]
    ]
    assert len(numbers) > 20
    for item in numbers:
        assert item.metadata["unit"], item.name
        assert item.metadata["least"] < item.metadata["most"] <= MOST_VARIABLES, item.name


@pytest.mark.parametrize("technique", list(DEFAULT.switches()))
def test_without_a_technique_the_values_are_the_same(technique: str) -> None:
    params = DEFAULT.but(sizes__small=100, **{technique: False})
    for board, values in solved():
        assert solve(board, params=params).values() == values


@cache
def solved() -> list[tuple[Board, dict[str, int | None]]]:
    """Boards and their values."""
    return [(board, solve(board).values()) for board in (region(2, 15), project(1))]


# Every number that steers the solver says why it is what it is.


FOLDER = Path(arshjul.solver.__file__).parent


def _is_number(node: ast.expr) -> bool:
    """A number, several, or what is made of numbers alone."""
    match node:
        case ast.Constant(value=bool()):
            return False
        case ast.Constant(value=int() | float()):
            return True
        case ast.UnaryOp(operand=operand):
            return _is_number(operand)
        case ast.BinOp(left=left, right=right):
            return _is_number(left) and _is_number(right)
        case ast.Tuple(elts=[_, *_] as parts):
            return all(map(_is_number, parts))
    return False


def test_each_number_of_a_module_has_its_reason_below_it() -> None:
    without, found = [], 0
    for file in sorted(FOLDER.rglob("*.py")):
        statements = [*ast.parse(file.read_text()).body, ast.Pass()]
        for one, following in pairwise(statements):
            if isinstance(one, ast.Assign) and _is_number(one.value):
                found += 1
                if not (isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)):
                    without.append(f"{file.relative_to(FOLDER)}: {ast.unparse(one)}")
    assert without == []
    assert found > 50
