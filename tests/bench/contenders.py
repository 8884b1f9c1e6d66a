"""Who is measured: ours, and others on the same board with their best reasonable settings.

Each is known by the place where it stands, and is imported when its clock runs already: an engine
takes half a second, ours in its child too, and everybody's counts.
"""

from importlib import import_module

from arshjul.solver.backends import import_engines
from arshjul.solver.board import Board
from tests.bench.runs import Clock, Contender, Run

OURS = "arshjul"
DASK = "arshjul, 2 dask workers"

ENGINES = {
    "cp-sat default, plain": "alone:default_plain",
    "cp-sat default, kinds": "alone:default_kinds",
    "cp-sat tuned, plain": "alone:tuned_plain",
    "cp-sat tuned, kinds": "alone:tuned_kinds",
    "cp-sat tuned, plain, no cuts": "alone:uncut_plain",
    "cp-sat tuned, kinds, no cuts": "alone:uncut_kinds",
    "highs, plain": "alone:highs_plain",
    "scip, plain": "alone:scip_plain",
}
"""The engines alone, by settings and formulation: the fastest of them on a board is what ours is compared with."""

FEW = ("cp-sat tuned, plain", "cp-sat tuned, kinds, no cuts", "highs, plain", "scip, plain")
"""Those that stand for all: the first was the fastest of seven on goteborg-2027, the second on 300 and its replans."""

CONTENDERS = {
    OURS: "ours:ours",
    DASK: "on_dask:on_dask",
    **ENGINES,
    "list planner": "by_hand:list_planner",
}


def ready(name: str) -> None:
    """Imports all that the contender needs, so that none of it counts."""
    import_engines()
    import_module(f"tests.bench.{CONTENDERS[name].split(':')[0]}")


def contend(name: str, board: Board, limit_s: float, **more: str) -> Run:
    """The contender of that name on a board, for so many seconds; `more` is for that one alone."""
    place, function = CONTENDERS[name].split(":")
    clock = Clock()
    try:
        contender: Contender = getattr(import_module(f"tests.bench.{place}"), function)
    except ModuleNotFoundError as missing:
        return Run(note=f"{missing.name} is not installed")
    return contender(board, limit_s, clock, **more)
