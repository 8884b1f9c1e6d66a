"""Where an operation can stand on a plan's board, and what has to move for it.

Ways that move nothing, or one other operation, are tried on the board without a solver: every operation in the way, at
every other place of its own. Further moves are found by a solve that forces the operation to its places.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import product
from typing import NamedTuple

from arshjul.board import Choice, evaluate
from arshjul.domain.calendar import Slot
from arshjul.domain.operation import Placement, Staffing
from arshjul.planning.problem import PlanningProblem
from arshjul.rules.builder import QUALITY
from arshjul.rules.objectives import CHANGES, MUSTS, POINTS
from arshjul.solver import Solution

LEVELS = (MUSTS, POINTS, CHANGES, QUALITY)

LIMIT_S = 20
"""The seconds that each solve for further moves may take."""

Move = tuple[Placement, Placement]
"""The old and new place of an operation that moves."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another place for an operation.

    `cost`: quality beyond the present (negative: less); `moves`: other operations.
    """

    placement: Placement
    cost: int
    moves: tuple[Move, ...] = ()


class Trial(NamedTuple):
    """An option of an operation that is free if another moves from its option `theirs` to `elsewhere`."""

    cost: int
    option: int
    other: int
    theirs: int
    elsewhere: int


def moving_nothing(problem: PlanningProblem, operation: str) -> list[Alternative]:
    """The places that are free beside everything else, the cheapest first."""
    number, here, gone = _take_out(problem, operation)
    found = [
        Alternative(problem.builder.placement(operation, option), _cost(problem, number, option) - gone)
        for option in problem.options(operation)
        if option != here and problem.is_free(number, option)
    ]
    problem.evaluator.put(number, here)
    return sorted(found, key=_order)


def moving_one(problem: PlanningProblem, operation: str) -> list[Alternative]:
    """The places that are free if one other operation moves, each with that one's best new place.

    Exact: every place, every operation in the way, and every other place of that one is tried.
    """
    cheapest: dict[tuple[Slot, Staffing], Alternative] = {}
    for trial in trials(problem, operation):
        way = moved(problem, operation, trial)
        place = way.placement.slot, way.placement.staffing
        if place not in cheapest or way.cost < cheapest[place].cost:
            cheapest[place] = way
    return sorted(cheapest.values(), key=_order)


def trials(problem: PlanningProblem, operation: str, tied: Set[str] = frozenset()) -> Iterator[Trial]:
    """Every way to place it at an occupied place by moving one other.

    `tied` are those at whose time it must be: taking one of them out frees nothing, only moving it does.
    """
    number, here, gone = _take_out(problem, operation)
    ids = [activity.id for activity in problem.board.activities]
    for option in problem.options(operation):
        if option != here and not problem.is_free(number, option):
            for other in sorted(problem.evaluator.blockers(number, option)):
                for trial in _making_way(problem, (number, option), other, is_tied=ids[other] in tied):
                    yield trial._replace(cost=trial.cost - gone)
    problem.evaluator.put(number, here)


def _making_way(problem: PlanningProblem, place: tuple[int, int], other: int, *, is_tied: bool) -> list[Trial]:
    """The trials of one option of an activity, which is taken out, with another activity elsewhere."""
    evaluator, theirs = problem.evaluator, problem.evaluator.choice[other]
    elsewhere = problem.options(problem.board.activities[other].id)
    if theirs is None or len(elsewhere) < 2:
        return []
    found = []
    evaluator.put(other, None)
    if is_tied or problem.is_free(*place):
        cost = _cost(problem, *place) - _cost(problem, other, theirs)
        evaluator.put(*place)
        for option in elsewhere:
            if option != theirs and problem.is_free(other, option):
                found.append(Trial(cost + _cost(problem, other, option), place[1], other, theirs, option))
        evaluator.put(place[0], None)
    if is_tied:
        found = [trial for trial in found if _is_free_after(problem, place, trial)]
    evaluator.put(other, theirs)
    return found


def _is_free_after(problem: PlanningProblem, place: tuple[int, int], trial: Trial) -> bool:
    """True if the option is free with the other elsewhere; both are taken out."""
    problem.evaluator.put(trial.other, trial.elsewhere)
    fits = problem.is_free(*place)
    problem.evaluator.put(trial.other, None)
    return fits


def moved(problem: PlanningProblem, operation: str, trial: Trial) -> Alternative:
    """The alternative that a trial represents."""
    other = problem.board.activities[trial.other].id
    move = problem.builder.placement(other, trial.theirs), problem.builder.placement(other, trial.elsewhere)
    return Alternative(problem.builder.placement(operation, trial.option), trial.cost, (move,))


def clearing(problem: PlanningProblem, operation: str, tied: Set[str] = frozenset()) -> set[str]:
    """The operations that may free a place of it by moving; `tied` as in `trials`."""
    number, here, _ = _take_out(problem, operation)
    evaluator, found = problem.evaluator, set[str]()
    for option in problem.options(operation):
        for other in evaluator.blockers(number, option):
            id, theirs = problem.board.activities[other].id, evaluator.choice[other]
            evaluator.put(other, None)
            if id in tied or problem.is_free(number, option):
                found.add(id)
            evaluator.put(other, theirs)
    evaluator.put(number, here)
    return found


def moving_together(problem: PlanningProblem, operation: str, others: Sequence[str]) -> list[Alternative]:
    """Each place of the operation with the best places of the others at its slot, the cheapest first.

    All of them are taken out, and must have one slot. `moves` has all the others, even one whose place stays the same.
    """
    best: dict[Placement, Alternative] = {}
    old = problem.context.before
    for cost, (place, *theirs) in _placed_together(problem, [operation, *others]):
        if place not in best or cost < best[place].cost:
            best[place] = Alternative(place, cost, tuple((old[one.operation], one) for one in theirs))
    return sorted(best.values(), key=_order)


def _placed_together(problem: PlanningProblem, ids: Sequence[str]) -> Iterator[tuple[int, list[Placement]]]:
    """Every way to place them all at one slot, with its cost."""
    builder, evaluator = problem.builder, problem.evaluator
    places: dict[Slot, list[list[Placement]]] = {}
    for position, id in enumerate(ids):
        for place in problem.places(id):
            places.setdefault(place.slot, [[] for _ in ids])[position].append(place)
    for there in places.values():
        for picked in product(*there):
            cost = 0
            for place in picked:
                number, option = builder.number[place.operation], builder.option(place)
                cost += _cost(problem, number, option)
                evaluator.put(number, option)
            fits = all(not problem.obstacles(place) for place in picked)
            for place in picked:
                evaluator.put(builder.number[place.operation], None)
            if fits:
                yield cost, list(picked)


def moving_two(problem: PlanningProblem, operation: str, closed: Collection[Slot]) -> Alternative | None:
    """The best way to place it at a slot outside `closed` by moving two others.

    The two are then put at their best places, proven. `closed` are slots that can be had with fewer moves. None: it
    takes more than two moves, or something would be left out.
    """
    number, here = problem.builder.number[operation], problem.choice[problem.builder.number[operation]]
    options = [o for o, place in enumerate(problem.places(operation)) if o != here and place.slot not in closed]
    choice = forced(problem, operation, options)
    moving = None if choice is None else moves(problem, choice, but=operation)
    if choice is None or moving is None or len(moving) > 2:
        return None
    free = {problem.builder.number[old.operation] for old, _ in moving}
    held = {n: [pick] for n, pick in enumerate(choice) if pick is not None and n not in free}
    best = problem.solved((QUALITY,), held, required=held.keys() | free, limit_s=LIMIT_S).choice
    if best is None:
        return None
    cost = evaluate(problem.board, best).values[QUALITY] - evaluate(problem.board, problem.choice).values[QUALITY]
    place = problem.builder.placement(operation, best[number] or 0)
    return Alternative(place, cost, tuple(moves(problem, best, but=operation) or ()))


def forced(problem: PlanningProblem, operation: str, options: Sequence[int]) -> Choice | None:
    """The choice with the fewest moves in which it has one of these options; None if none is proven."""
    number = problem.builder.number[operation]
    solution = problem.solved((MUSTS, POINTS, CHANGES), {number: options}, required={number}, limit_s=LIMIT_S)
    return solution.choice if solution.status == "optimal" else None


def forced_among_placed(problem: PlanningProblem, operation: str, options: Sequence[int], limit_s: float) -> Solution:
    """The solution with the fewest moves, then the best quality, in which it has one of these options.

    All other placed operations stay placed, and the unplaced stay out.
    """
    number = problem.builder.number[operation]
    placed = {n for n, pick in enumerate(problem.choice) if pick is not None}
    out: Mapping[int, Sequence[int]] = {n: [] for n, _ in enumerate(problem.choice) if n not in placed}
    ways = {**out, number: options}
    return problem.solved((CHANGES, QUALITY), ways, required=placed | {number}, limit_s=limit_s)


def moves(problem: PlanningProblem, choice: Choice, but: str) -> list[Move] | None:
    """The moves of all other placed operations; None if one of them is left out."""
    found = []
    for id, old, new in zip(problem.builder.modes, problem.choice, choice, strict=True):
        if id != but and old is not None and old != new:
            if new is None:
                return None
            found.append((problem.builder.placement(id, old), problem.builder.placement(id, new)))
    return found


def _take_out(problem: PlanningProblem, operation: str) -> tuple[int, int | None, int]:
    """Takes an operation off the board: its number, its option, and the quality that it cost there."""
    number = problem.builder.number[operation]
    here = problem.evaluator.choice[number]
    problem.evaluator.put(number, None)
    return number, here, _cost(problem, number, here)


def _cost(problem: PlanningProblem, number: int, option: int | None) -> int:
    return problem.evaluator.cost(number, option).get(QUALITY, 0)


def _order(alternative: Alternative) -> tuple[int, Slot, str, tuple[str, ...]]:
    place = alternative.placement
    return alternative.cost, place.slot, place.police or "", place.any_of
