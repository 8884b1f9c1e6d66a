"""Points lost against unforced moves: what each further move of an operation that was not hit saves, proven."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from arshjul import solver
from arshjul.board import Board, Row
from arshjul.domain.replan_context import ReplanContext
from arshjul.planning.effort import Effort
from arshjul.rules import BoardBuilder, builder_of
from arshjul.rules.objectives import CHANGES, MUSTS, POINTS


@dataclass(frozen=True, slots=True)
class FrontierPoint:
    """The fewest musts and points lost with at most `moves` unforced moves.

    Both None: no plan has so few moves, or none was found in the time (not `proven`).
    """

    moves: int
    musts: int | None
    points: int | None
    proven: bool


def frontier(context: ReplanContext, effort: Effort, most: int = 40) -> Iterator[FrontierPoint]:
    """The points for 0, 1, 2, … unforced moves, until more moves save nothing.

    Steps without a plan are included: hit operations may force others to move.
    """
    builder = builder_of(context)
    board = builder.board((MUSTS, POINTS, CHANGES))
    best = solver.solve(replace(board, levels=(MUSTS, POINTS)), limit_s=effort.limit_s, seed=effort.seed)
    least = [level.value for level in best.levels]
    for moves in range(most + 1):
        solution = solver.solve(_with_moves(board, builder, moves), limit_s=effort.limit_s, seed=effort.seed)
        if solution.choice is None:
            yield FrontierPoint(moves, None, None, solution.status == "infeasible")
            continue
        musts, points = (level.value or 0 for level in solution.levels[:2])
        yield FrontierPoint(moves, musts, points, all(level.value == level.bound for level in solution.levels[:2]))
        if [musts, points] == least:
            return


def _with_moves(board: Board, builder: BoardBuilder, moves: int) -> Board:
    """The board on which at most `moves` of the operations that were not hit leave their places."""
    context = builder.context
    stays = []
    for id, old in context.before.items():
        option = None if id in context.hit else builder.option(old)
        if option is not None:
            stays.append(board.first_column[builder.number[id]] + option)
    row = Row("changes", str(moves), stays, [-1] * len(stays), moves - len(stays))
    return replace(board, levels=(MUSTS, POINTS), rows=[*board.rows, row])
