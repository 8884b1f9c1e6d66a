"""A person with a list."""

from arshjul.solver.board import Board, Costs, Evaluator
from tests.bench.runs import Clock, Run, measured, worth


def list_planner(board: Board, _limit_s: float, clock: Clock) -> Run:
    """What a person does by hand."""
    return measured(clock, board, worth(board, by_list(board)), [None] * len(board.levels), "knows no bound")


def by_list(board: Board) -> list[int | None]:
    """Dearest first, each on its best day that is free, never moved again; a second look at what was left out.

    The second look is for what must follow another operation, which may be further down the list.
    """
    plan = Evaluator(board, [None] * len(board.activities))

    def worst(i: int) -> list[int]:
        return [-cost for cost in _by_level(board, board.activities[i].unplaced or {})]

    for i in 2 * sorted(range(len(board.activities)), key=worst):
        if plan.choice[i] is None:
            options = board.activities[i].options
            free = (k for k in range(len(options)) if not any(plan.obstacles(i, k)))
            best = min(free, key=lambda k: [*_by_level(board, plan.cost(i, k)), options[k].start], default=None)
            plan.put(i, best)
    return plan.choice


def _by_level(board: Board, costs: Costs) -> list[int]:
    return [costs.get(level, 0) for level in board.levels]
