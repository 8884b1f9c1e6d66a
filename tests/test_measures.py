"""The house stays small: short functions, short files, a name for one thing, docstrings that say what a thing is."""

import ast
import re
import statistics
from collections import Counter
from functools import cache
from itertools import chain
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "arshjul"

LONGEST_MODULE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 400, 70, 8
MOST_ODD_OPENINGS = 0.05
ODD_OPENING = re.compile(r"(What|Whether|Who|Whom|How|Where|Which|Why|When)\b")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def modules() -> dict[str, ast.Module]:
    return {str(path.relative_to(SOURCE)): ast.parse(path.read_text()) for path in sorted(SOURCE.rglob("*.py"))}


def nodes() -> list[ast.AST]:
    return list(chain.from_iterable(map(ast.walk, modules().values())))


def length(function: Function) -> int:
    """Its lines without the docstring."""
    lines = (function.end_lineno or 0) - function.lineno + 1
    doc = ast.get_docstring(function, clean=False)
    return lines if doc is None else lines - doc.count("\n") - 1


def test_no_module_is_too_long() -> None:
    lengths = {name: (SOURCE / name).read_text().count("\n") for name in modules()}
    assert [name for name, n in lengths.items() if n > LONGEST_MODULE] == []


def test_functions_are_short() -> None:
    lengths = [(length(node), node.name) for node in nodes() if isinstance(node, Function)]
    assert [name for n, name in lengths if n > LONGEST_FUNCTION] == []
    assert statistics.median(n for n, _ in lengths) <= MEDIAN_FUNCTION


def test_a_class_name_stands_for_one_thing() -> None:
    names = Counter(node.name for node in nodes() if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))
    assert [name for name, n in names.items() if n > 1] == []


def test_docstrings_say_what_a_thing_is() -> None:
    documented = (ast.Module, ast.ClassDef, *Function.__args__)
    docs = [doc for node in nodes() if isinstance(node, documented) and (doc := ast.get_docstring(node))]
    odd = [doc.splitlines()[0] for doc in docs if ODD_OPENING.match(doc)]
    assert len(odd) <= MOST_ODD_OPENINGS * len(docs), odd
