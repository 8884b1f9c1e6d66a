"""Properties of every module: a public class name stands for one thing, and no import reads the clock."""

import ast
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

TESTS = Path(__file__).parent
SOURCE = TESTS.parent / "src" / "arshjul"

CLOCK = re.compile(r"\b(datetime|date|time)\.(now|utcnow|today|time|time_ns|monotonic|perf_counter|localtime|gmtime)\(")


def test_a_class_name_stands_for_one_thing() -> None:
    nodes = chain.from_iterable(ast.walk(ast.parse(path.read_text())) for path in SOURCE.rglob("*.py"))
    names = Counter(node.name for node in nodes if isinstance(node, ast.ClassDef) and not node.name.startswith("_"))
    assert [name for name, n in names.items() if n > 1] == []


def test_no_module_reads_the_clock_when_it_is_imported() -> None:
    """Such a moment grows older the later a test runs, and the longer a server runs."""
    texts = {str(path): path.read_text() for path in (*SOURCE.rglob("*.py"), *TESTS.rglob("*.py"))}
    found = {path: done_at_import(ast.parse(text)) for path, text in texts.items() if CLOCK.search(text)}
    assert [path for path, done in found.items() if any(map(is_clock, done))] == []


def test_scenarios_import_what_is_there() -> None:
    """Their scripts are run by hand alone, so neither mypy nor another test reads them."""
    for path in (TESTS.parent / "scenarios").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith(("arshjul", "tests")):
                assert find_spec(str(node.module)) is not None, (path, node.module)
                module = import_module(str(node.module))
                assert [alias.name for alias in node.names if not hasattr(module, alias.name)] == [], path


def done_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are evaluated when a module is imported: all but the bodies of its functions."""
    parts: Iterable[ast.AST] = ast.iter_child_nodes(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        parts = [*node.args.defaults, *(default for default in node.args.kw_defaults if default is not None)]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        parts = [*parts, *node.decorator_list]
    yield node
    for part in parts:
        yield from done_at_import(part)


def is_clock(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and CLOCK.match(ast.unparse(node)) is not None
