"""Every text in the source that people read: found in the syntax tree, whatever a function is called by."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "src" / "arshjul"
# What takes a text, and at which positions: `Message(…)`, `counted(n, one, many)`, `words(…)`, `Option(names, does)`.
TAKERS = {
    "Message": (0,), "counted": (1, 2), "words": (0,), "say": (0,), "command": (1,), "Option": (1,), "Argument": (1,),
}  # fmt: skip


@dataclass(frozen=True)
class Template:
    """A text and its plural, and the line of the source that says it."""

    text: str
    plural: str | None
    place: str


def templates() -> Iterator[Template]:
    """Every text that is written out where it is said."""
    for path, call, name in _calls():
        place = f"{path.relative_to(SOURCE)}:{call.lineno}"
        if name == "counted":
            if len(call.args) < 3:  # the solver counts what a level is worth
                continue
            (one,), (many,) = ([*_words(argument)] for argument in call.args[1:3])
            yield Template(one, many, place)
            continue
        plurals = [word for keyword in call.keywords if keyword.arg == "plural" for word in _words(keyword.value)]
        for text in _words(call.args[TAKERS[name][0]]):
            yield Template(text, plurals[0] if plurals else None, place)


def unwritten() -> Iterator[str]:
    """Where a message is made of something else than a text written out."""
    for path, call, name in _calls():
        if name == "Message" and not [*_words(call.args[0])]:
            yield f"{path.relative_to(SOURCE)}: {ast.unparse(call.args[0])}"


@cache
def _calls() -> list[tuple[Path, ast.Call, str]]:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                function = node.func
                name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
                if name == "self" and path.parent.name == "texts":
                    name = "words"
                if name in TAKERS and len(node.args) > TAKERS[name][-1]:
                    found.append((path, node, name))
    return found


def _words(node: ast.expr) -> Iterator[str]:
    """The texts that an expression can be, where it is one, or a choice between some."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _words(node.body)
        yield from _words(node.orelse)
