"""board: the board of a plan as a file, and a board file solved level by level."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from arshjul import solver
from arshjul.actions.folder.reading import Speak, opened_scenario
from arshjul.board import Board
from arshjul.errors import Contradiction, EngineFault, Message, Problem
from arshjul.formats.board.board_json import doubts, read_board
from arshjul.formats.board.writing import keep_board, solution_mapping, write_board, write_solution
from arshjul.planning.effort import Effort
from arshjul.planning.first.bare_board import bare, bare_board
from arshjul.solver import Disagreement, Solution
from arshjul.solver.parallel.executors import refuse_slips


@dataclass(frozen=True, slots=True)
class Solved:
    """The solution, and the mapping that was written."""

    solution: Solution
    mapping: dict[str, Any]


def solve(board: Path, output: Path, effort: Effort, executor: str, warn: Callable[[Problem], None]) -> Solved:
    """Solves the board with that effort; `executor` solves large parts, `warn` is called with doubts on the board."""
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


def dump(scenario: Path, output: Path, speak: Speak) -> Board:
    """Writes the board of the first plan, without any name or place in it, and returns it."""
    board = bare_board(opened_scenario(scenario, speak))
    write_board(board, output)
    return board


def with_board_kept(fault: EngineFault) -> EngineFault:
    """The fault with the place of its stored board; unchanged if it has no board."""
    if not isinstance(fault, Disagreement):
        return fault
    file = keep_board(bare(fault.board), _folders())
    if file is None:
        text = Message(
            "{fault} The problem could not be saved: run again from a writable folder.",
            {"fault": fault.message},
        )
    else:
        text = Message(
            "{fault} Send {file}, the problem without names, with a report. Another --seed may avoid the fault.",
            {"fault": fault.message, "file": str(file)},
        )
    return Contradiction(text)


def _folders() -> Iterator[Path]:
    """The current folder, where people look first, then the one for temporary files."""
    with suppress(OSError):
        yield Path.cwd()
    with suppress(OSError):
        yield Path(tempfile.gettempdir())
