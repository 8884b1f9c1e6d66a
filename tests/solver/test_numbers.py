"""Every number that steers the solver says why it is what it is."""

import ast
from itertools import pairwise
from pathlib import Path

import arshjul.solver

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
