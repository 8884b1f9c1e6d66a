"""Draws faults: `python -m tests.mutations.draw SEED [SHARE]` prints lines for `faults.tsv`, to be read by eye."""

import ast
import random
import sys
from collections import defaultdict
from collections.abc import Iterator

from tests.mutations.fault import ROOT, Fault, functions

ROOMS = {
    "office/console": 17,
    "office/contacts": 8,
    "office/draft": 12,
    "office/feeds": 3,
    "office/mail": 3,
    "office/publishing": 8,
    "office/store": 14,
    "office/subscribers": 3,
    "office/sync": 4,
    "portal": 16,
    "serving": 8,
    "year/folder": 4,
}
"""How many of a hundred faults are in each: the longer, the more."""

_PAIRS = "<,<= <=,< >,>= >=,> ==,!= !=,== in,not_in not_in,in is,is_not is_not,is and,or or,and +,- -,+"
INSTEAD = {was: instead for was, _, instead in (one.replace("_", " ").partition(",") for one in _PAIRS.split())}
KINDS = {"comparison": 2, "and-or": 2, "not": 2, "forced": 2, "removed": 2, "where": 2, "constant": 2}
"""How likely each kind of mistake is; others half as likely."""

Span = tuple[int, int]
Edit = tuple[str, Span, str]
"""The kind of mistake, and what stands instead of these columns of the line."""


def span(node: ast.expr | ast.stmt | ast.keyword) -> Span:
    assert node.end_col_offset is not None
    return node.col_offset, node.end_col_offset


def edits(node: ast.AST, line: str) -> Iterator[Edit]:
    """Mistakes in one node that stands on one line."""

    def text(one: ast.expr | ast.keyword) -> str:
        return line[slice(*span(one))]

    match node:
        case ast.Compare(left=left, ops=[_], comparators=[right]):
            yield from swapped("comparison", line, left, right)
        case ast.BoolOp(values=[left, right, *_]):
            yield from swapped("and-or", line, left, right)
        case ast.BinOp(left=left, right=right) if '"' not in line:
            yield from swapped("sign", line, left, right)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield "not", span(node), text(operand)
        case ast.Constant(value=bool(value)):
            yield "constant", span(node), str(not value)
        case ast.Constant(value=int(value)):
            yield "constant", span(node), str(value + 1)
        case ast.Call(func=ast.Attribute(attr="where"), args=args, keywords=keywords) if len(args) + len(keywords) > 1:
            parts: list[ast.expr | ast.keyword] = [*args, *keywords]
            for dropped in parts:
                kept = ", ".join(text(one) for one in parts if one is not dropped)
                yield "where", (span(parts[0])[0], span(parts[-1])[1]), kept
        case ast.Call(args=[first, second, *_]) if {type(first), type(second)} <= {ast.Name, ast.Attribute}:
            yield "arguments", (span(first)[0], span(second)[1]), f"{text(second)}, {text(first)}"
        case ast.Raise() | ast.Expr(value=ast.Call()) | ast.Return(value=ast.expr()):
            yield "removed", span(node), "pass"
    yield from conditions(node, line)


def swapped(kind: str, line: str, left: ast.expr, right: ast.expr) -> Iterator[Edit]:
    between = span(left)[1], span(right)[0]
    was = (there := line[slice(*between)]).strip("( )")
    if was in INSTEAD:
        yield kind, between, there.replace(was, INSTEAD[was])


def conditions(node: ast.AST, line: str) -> Iterator[Edit]:
    if isinstance(node, ast.If | ast.IfExp | ast.While) and node.test.lineno == node.test.end_lineno == node.lineno:
        yield "not", span(node.test), f"not ({line[slice(*span(node.test))]})"
        if not isinstance(node, ast.While):
            yield "forced", span(node.test), "True"
            yield "forced", span(node.test), "False"
    if isinstance(node, ast.comprehension) and len(node.ifs) == 1 and node.ifs[0].lineno == node.iter.lineno:
        yield "where", (span(node.iter)[1], span(node.ifs[0])[1]), ""


def drawable(room: str) -> Iterator[tuple[str, Fault]]:
    """Every mistake of that room, and its kind."""
    for file in sorted((ROOT / "src/arshjul" / room).rglob("*.py")):
        lines = file.read_text().splitlines()
        module = ".".join(file.relative_to(ROOT / "src/arshjul").with_suffix("").parts)
        for name, function in functions(ast.parse("\n".join(lines))):
            own = [line.strip() for line in lines[function.lineno - 1 : function.end_lineno]]
            for node in ast.walk(function):
                if node is function.body[-1] and isinstance(node, ast.Return):
                    continue  # it is no early one
                at = node.iter if isinstance(node, ast.comprehension) else node
                if getattr(at, "lineno", 0) != getattr(at, "end_lineno", 1) and not isinstance(node, ast.If):
                    continue
                line = lines[at.lineno - 1]  # type: ignore[attr-defined]
                if own.count(line.strip()) != 1 or not line.isascii():
                    continue
                for kind, (start, end), instead in edits(node, line):
                    yield kind, Fault(module, name, line.strip(), f"{line[:start]}{instead}{line[end:]}".strip())


def draw(seed: int, share: float) -> Iterator[Fault]:
    """Faults of each room, each kind of mistake as likely as another, at most one in a function."""
    for room, many in ROOMS.items():
        chance, kinds = random.Random(f"{seed} {room}"), defaultdict[str, list[Fault]](list)
        for kind, fault in drawable(room):
            kinds[kind].append(fault)
        drawn: dict[tuple[str, str], Fault] = {}
        while len(drawn) < round(many * share):
            likely = [kind for kind in sorted(kinds) for _ in range(KINDS.get(kind, 1))]
            fault = chance.choice(kinds[chance.choice(likely)])
            drawn.setdefault((fault.module, fault.function), fault)
        yield from drawn.values()


if __name__ == "__main__":
    for drawn in draw(int(sys.argv[1]), float(sys.argv[2]) if len(sys.argv) > 2 else 1.0):
        sys.stdout.write("\t".join(drawn) + "\n")
