"""The house stays small: short functions, short files, a name for one thing, docstrings that say what a thing is."""

import ast
import re
import statistics
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain
from pathlib import Path

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src" / "arshjul"

LONGEST_MODULE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 400, 70, 8
MOST_ODD_OPENINGS = 0.05
CLOCK = re.compile(r"\b(datetime|date|time)\.(now|utcnow|today|time|time_ns|monotonic|perf_counter|localtime|gmtime)\(")
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


def test_no_module_reads_the_clock_when_it_is_imported() -> None:
    """A moment that was taken then is older the later a test comes, or the longer a server runs."""
    texts = {str(path): path.read_text() for path in (*SOURCE.rglob("*.py"), *TESTS.rglob("*.py"))}
    found = {path: done_at_import(ast.parse(text)) for path, text in texts.items() if CLOCK.search(text)}
    assert [path for path, done in found.items() if any(map(is_clock, done))] == []


def done_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are evaluated when a module is imported: all but the bodies of its functions."""
    parts: Iterable[ast.AST] = ast.iter_child_nodes(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        parts = [*node.args.defaults, *(one for one in node.args.kw_defaults if one is not None)]
    if isinstance(node, Function):
        parts = [*parts, *node.decorator_list]
    yield node
    for part in parts:
        yield from done_at_import(part)


def is_clock(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and CLOCK.match(ast.unparse(node)) is not None
