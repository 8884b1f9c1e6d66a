"""arshjul's own solver."""

from arshjul.solver import Progress, solve
from arshjul.solver.board import Board
from tests.bench.runs import Clock, Run, measured


def ours(board: Board, limit_s: float, clock: Clock, executor: str = "processes") -> Run:
    """Ours as it comes, or with another executor."""

    def heard(progress: Progress) -> None:
        clock.note(progress.level, progress.value, progress.bound)
        if progress.values:
            clock.found(progress.values)

    solution = solve(board, limit_s=limit_s, progress=heard, executor=executor)
    values, bounds = [level.value for level in solution.levels], [level.bound for level in solution.levels]
    return measured(clock, board, values, bounds)
