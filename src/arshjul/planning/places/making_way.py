"""The cheapest way to find a hit operation a place by moving one or two others, freeze and notice aside.

One who moves is tried out: everyone whose going would do, at every other place of theirs. Only where
nobody's does is the year opened, and the two who move are found by a solve, proven.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from arshjul import solver
from arshjul.board.restricted import restricted
from arshjul.domain.replan_context import ReplanContext
from arshjul.planning.places.alternatives import Alternative
from arshjul.planning.places.day_board import DayBoard, day_board
from arshjul.planning.problem import PlanningProblem
from arshjul.rules.builder import QUALITY
from arshjul.rules.objectives import CHANGES

LIMIT_S = 5.0
"""Seconds for the solve that looks for two; it seldom takes one."""


def making_way(context: ReplanContext, board: DayBoard, operations: Iterable[str]) -> dict[str, Alternative]:
    """For each operation the way that moves fewest others, of those the one that costs least.

    `board` has the hit ones out and the others held. Absent is who has no place even then, or for whom
    more than two would have to move.
    """
    problem = board.problem
    ids = [activity.id for activity in problem.board.activities]
    others: dict[str, list[str]] = {}
    for id in operations:
        number = problem.builder.number[id]
        if blocked := _blocked(problem, number):
            tied = _tied(problem, number)
            enough = {other for option in blocked for other in _enough(problem, number, option, tied)}
            others[id] = [ids[other] for other in sorted(enough)]
    movable = {other for some in others.values() for other in some}
    wide = day_board(context, movable).problem if movable else problem
    found = {id: _moving_one(wide, id, some) for id, some in others.items()}
    if None in found.values():
        old = {} if context.base is None else context.base.placements
        whole = day_board(context, old.keys()).problem
        found = {id: way or _moving_two(whole, id) for id, way in found.items()}
    return {id: way for id, way in found.items() if way is not None}


def _blocked(problem: PlanningProblem, number: int) -> list[int]:
    """The options that something stands in the way of."""
    options = range(len(problem.board.activities[number].options))
    return [option for option in options if next(problem.evaluator.obstacles(number, option), None) is not None]


def _enough(problem: PlanningProblem, number: int, option: int, tied: set[int]) -> Iterator[int]:
    """Those whose going alone may clear the option: what they are tied to it by, only a try tells."""
    evaluator = problem.evaluator
    for other in evaluator.blockers(number, option):
        theirs = evaluator.choice[other]
        if problem.board.activities[other].id in problem.context.history:
            continue
        evaluator.put(other, None)
        if other in tied or next(evaluator.obstacles(number, option), None) is None:
            yield other
        evaluator.put(other, theirs)


def _moving_one(problem: PlanningProblem, operation: str, others: list[str]) -> Alternative | None:
    """The way that costs least of those that move one of the others; None where there is none."""
    ways = list(_trials(problem, problem.builder.number[operation], [problem.builder.number[id] for id in others]))
    least = min((cost for cost, *_ in ways), default=0)
    placement, ids = problem.builder.placement, [activity.id for activity in problem.board.activities]
    found = [
        Alternative(
            placement(operation, option), cost, ((placement(ids[other], theirs), placement(ids[other], elsewhere)),)
        )
        for cost, option, other, theirs, elsewhere in ways
        if cost == least
    ]
    return min(found, key=_order, default=None)


def _trials(problem: PlanningProblem, number: int, others: list[int]) -> Iterator[tuple[int, int, int, int, int]]:
    """The cost of standing at a blocked option while another goes elsewhere: the other, from where and to where."""
    evaluator = problem.evaluator
    tied, blocked = _tied(problem, number), _blocked(problem, number)
    for other in others:
        theirs = evaluator.choice[other]
        evaluator.put(other, None)
        gone = evaluator.cost(other, theirs).get(QUALITY, 0)
        for option in blocked:
            if other not in tied and next(evaluator.obstacles(number, option), None) is not None:
                continue
            cost = evaluator.cost(number, option).get(QUALITY, 0) - gone
            for elsewhere, more in _beside(problem, (number, option), other, theirs):
                if other in tied and not _is_free_after(problem, (number, option), (other, elsewhere)):
                    continue
                yield cost + more, option, other, theirs or 0, elsewhere
        evaluator.put(other, theirs)


def _beside(problem: PlanningProblem, one: tuple[int, int], other: int, theirs: int | None) -> list[tuple[int, int]]:
    """Where else the other, which is out, can stand beside the one at its option, and what it costs there."""
    evaluator = problem.evaluator
    evaluator.put(*one)
    found = [
        (elsewhere, evaluator.cost(other, elsewhere).get(QUALITY, 0))
        for elsewhere, _ in enumerate(problem.board.activities[other].options)
        if elsewhere != theirs and next(evaluator.obstacles(other, elsewhere), None) is None
    ]
    evaluator.put(one[0], None)
    return found


def _is_free_after(problem: PlanningProblem, one: tuple[int, int], other: tuple[int, int]) -> bool:
    """True if the one can stand at its option once the other, to whose time it is tied, stands there; both are out."""
    evaluator = problem.evaluator
    evaluator.put(*other)
    fits = next(evaluator.obstacles(*one), None) is None
    evaluator.put(other[0], None)
    return fits


def _tied(problem: PlanningProblem, number: int) -> set[int]:
    """Those at whose time it must be, and the one that it follows: they clear nothing by merely going."""
    operations, builder = problem.context.scenario.operations, problem.builder
    own = operations[problem.board.activities[number].id]
    group = next((group for group in problem.context.scenario.ties() if own.id in group), ())
    earlier = () if own.after is None else (own.after.operation,)
    return {builder.number[id] for id in (*group, *earlier)} - {number}


def _moving_two(problem: PlanningProblem, operation: str) -> Alternative | None:
    """The two whose moving costs least, by one solve of the whole year; nobody is left out for it."""
    number = problem.builder.number[operation]
    placed = {i for i, pick in enumerate(problem.choice) if pick is not None}
    blocked = _blocked(problem, number)
    ways: dict[int, list[int]] = {i: [] for i, _ in enumerate(problem.board.activities) if i not in placed} | {
        number: blocked
    }
    levels = replace(problem.board, levels=(CHANGES, QUALITY))
    solution = solver.solve(restricted(levels, ways, required=placed | {number}), limit_s=LIMIT_S)
    if solution.choice is None:
        return None
    choice = solution.choice
    moved = [i for i in sorted(placed) if choice[i] != problem.choice[i]]
    if not 0 < len(moved) <= 2:
        return None
    builder, ids = problem.builder, [activity.id for activity in problem.board.activities]
    moves = tuple(
        (builder.placement(ids[i], problem.choice[i] or 0), builder.placement(ids[i], choice[i] or 0)) for i in moved
    )
    return Alternative(builder.placement(operation, blocked[choice[number] or 0]), 0, moves)


def _order(way: Alternative) -> tuple[int, object, str, str, object, str]:
    new = way.moves[0][1]
    return way.cost, way.placement.slot, way.placement.police or "", new.operation, new.slot, new.police or ""
