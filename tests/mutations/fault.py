"""A planted fault: one line of one function that reads otherwise."""

import ast
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import cache_from_source
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]


class Fault(NamedTuple):
    """`instead`: how the line of that function reads; both without what they are indented by."""

    module: str
    function: str
    line: str
    instead: str

    def at(self, lines: Sequence[str]) -> tuple[int, ast.FunctionDef | ast.AsyncFunctionDef]:
        """The index of the line among those of the module, and its function. ValueError if it is gone."""
        function = dict(functions(ast.parse("\n".join(lines)))).get(self.function)
        own = range(0) if function is None else range(function.lineno - 1, function.end_lineno or 0)
        (at,) = [n for n in own if lines[n].strip() == self.line]
        assert function is not None
        return at, function


def functions(tree: ast.AST, name: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    """Functions and methods by qualified name; one within a function belongs to that one."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name}{node.name}", node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{name}{node.name}.")


def file_of(module: str, root: Path = ROOT) -> Path:
    return root / "src/arshjul" / f"{module.replace('.', '/')}.py"


def rewritten(file: Path, text: str) -> None:
    """Another text, of which no bytecode is kept from before: that goes by size and second."""
    file.write_text(text)
    Path(cache_from_source(str(file))).unlink(missing_ok=True)


@contextmanager
def planted(fault: Fault, tree: Path) -> Iterator[str]:
    """The file has the fault within; its text. ValueError if the line is gone."""
    file = file_of(fault.module, tree)
    lines = (before := file.read_text()).splitlines(keepends=True)
    at, _ = fault.at(before.splitlines())
    lines[at] = lines[at].replace(fault.line, fault.instead)
    try:
        rewritten(file, "".join(lines))
        yield "".join(lines)
    finally:
        rewritten(file, before)
