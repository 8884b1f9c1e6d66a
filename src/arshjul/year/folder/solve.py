"""board solve: a board file solved level by level; it needs nothing that knows of a year."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from arshjul import solver
from arshjul.errors import Problem
from arshjul.solver import Solution
from arshjul.solver.parallel.executors import refuse_slips
from arshjul.year.formats.board.board_json import doubts, read_board
from arshjul.year.formats.board.writing import solution_mapping, write_solution
from arshjul.year.planning.effort import Effort


class Solved(NamedTuple):
    solution: Solution
    mapping: dict[str, Any]


def solve(board: Path, output: Path, effort: Effort, executor: str, warn: Callable[[Problem], None]) -> Solved:
    refuse_slips(executor)
    read = read_board(board)
    for doubt in doubts(read, board.name):
        warn(doubt)
    solution = solver.solve(
        read,
        limit_s=effort.limit_s,
        seed=effort.seed,
        progress=effort.progress,
        certify=effort.certify,
        certifying=effort.certifying,
        executor=executor,
    )
    levels = [(level.id, level.value, level.bound) for level in solution.levels]
    choice = None if solution.choice is None else list(solution.choice)
    mapping = solution_mapping(read, solution.status, levels, choice)
    if effort.certify:
        _name_provers(mapping, solution)
    write_solution(mapping, output)
    return Solved(solution, mapping)


def _name_provers(mapping: dict[str, Any], solution: Solution) -> None:
    """Names the provers of a certificate only: if engines race, the first one is random."""
    for held, level in zip(mapping["levels"], solution.levels, strict=True):
        held["proved_by"] = list(level.proved_by)
    if solution.status == "infeasible":
        mapping["proved_by"] = list(solution.proved_by)
