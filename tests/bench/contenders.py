"""Who is measured: ours, and others on the same board with their best reasonable settings.

Each is known by the place where it stands, and is imported when its clock runs already: an engine
takes half a second, ours in its child too, and everybody's counts.
"""

from collections.abc import Callable
from importlib import import_module

from arshjul.board import Board
from tests.bench.runs import Clock, Run

Contender = Callable[[Board, float, Clock], Run]
"""Is given a board, the seconds that it has, and the clock, which runs."""

DASK = "arshjul, 2 dask workers"

CONTENDERS = {
    "arshjul": "ours:ours",
    DASK: "on_dask:on_dask",
    "cp-sat, default": "alone:cpsat_default",
    "cp-sat, best settings": "alone:cpsat_best",
    "highs": "alone:highs",
    "list planner": "by_hand:list_planner",
    "pyjobshop": "shop:pyjobshop_part",
}


def contend(name: str, board: Board, limit_s: float) -> Run:
    """The contender of that name on a board, for so many seconds."""
    place, function = CONTENDERS[name].split(":")
    clock = Clock()
    try:
        contender: Contender = getattr(import_module(f"tests.bench.{place}"), function)
    except ModuleNotFoundError as missing:
        return Run(note=f"{missing.name} is not installed")
    return contender(board, limit_s, clock)
