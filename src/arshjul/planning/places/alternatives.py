"""The other slots of one operation: those that move nothing else, then those that move others.

What moves nothing else is tried on the finished plan, without a solver. What moves one other is
tried too, every blocker and every slot of it; what moves two is one forced solve each, proven.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from arshjul import solver
from arshjul.board import evaluate
from arshjul.board.restricted import restricted
from arshjul.domain.calendar import Slot
from arshjul.domain.operation import Staffing
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Base, Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.planning.places.reasons import LEAST_LIMIT_S
from arshjul.planning.problem import PlanningProblem
from arshjul.rules import builder_of
from arshjul.rules.builder import QUALITY
from arshjul.rules.objectives import CHANGES, MUSTS, POINTS
from arshjul.rules.soft.kept_close import KeptClose

TRIES_PER_S = 100_000
"""The placements that are tried to count fall-back slots, for each second that the solve may take.

A count, not a clock: the same plan always has the same figures. Two shared cores do some 300,000 in a second.
"""


def tries_within(limit_s: float) -> int:
    """The tries for fall-back slots that go with a solve of at most so many seconds."""
    return int(TRIES_PER_S * max(limit_s, LEAST_LIMIT_S))


LEVELS = (MUSTS, POINTS, CHANGES, QUALITY)


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another place for an operation. `cost`: quality more than today (negative: less); `moves`: the others."""

    placement: Placement
    cost: int
    moves: tuple[tuple[Placement, Placement], ...] = ()


@dataclass(frozen=True, slots=True)
class FallBacks:
    """At how many other slots each operation could stand alone, and for how many operations that was not counted."""

    slots: Mapping[str, int]
    n_uncounted: int = 0


def standing_plan(scenario: Scenario, plan: Plan, as_of: datetime | None = None) -> PlanningProblem:
    """A plan on its board, every operation free to go elsewhere: as seen from `as_of`, by default the plan's."""
    return _problem(scenario, plan, frozenset(plan.placed), as_of or plan.as_of)


def wish(scenario: Scenario, plan: Plan, operation: str, as_of: datetime | None = None) -> PlanningProblem:
    """A plan on its board, with one operation free to go elsewhere: as seen from `as_of`, by default the plan's."""
    return _problem(scenario, plan, frozenset({operation}), as_of or plan.as_of)


def _problem(scenario: Scenario, plan: Plan, loose: frozenset[str], as_of: datetime) -> PlanningProblem:
    context = standing_context(scenario, plan, loose, as_of)
    builder = builder_of(context)
    return PlanningProblem.of(context, builder, builder.board(LEVELS), plan)


def standing_context(scenario: Scenario, plan: Plan, loose: frozenset[str], as_of: datetime) -> ReplanContext:
    """The context of a plan as seen from `as_of`, in which those operations may go wherever the year lets them."""
    left = scenario.after(plan.entries.in_force(), as_of.date())
    base = Base(plan.revision, as_of, plan.placed, loose)
    # What following a change costs is no cost of a slot: only what the year itself charges.
    prices = {**left.objective.prices, KeptClose.id: 0}
    left = replace(left, objective=replace(left.objective, prices=prices))
    demands = replace(plan.entries.demands(plan.placing.revision), pinned=frozenset(), left_out=frozenset(), answers=())
    return ReplanContext.of(left, base, plan.unpinned | loose, demands=demands)


def moving_nothing(problem: PlanningProblem, operation: str) -> list[Alternative]:
    """The slots at which it could stand beside everything else, the cheapest first."""
    evaluator, number = problem.evaluator, problem.builder.number[operation]
    here = evaluator.choice[number]
    gone = _take_out(problem, number)
    found = [
        Alternative(problem.builder.placement(operation, option), _cost(problem, number, option) - gone)
        for option, _ in enumerate(problem.board.activities[number].options)
        if option != here and next(evaluator.obstacles(number, option), None) is None
    ]
    evaluator.put(number, here)
    return sorted(found, key=_order)


def fall_backs(problem: PlanningProblem, most_tries: int | None = None) -> FallBacks:
    """For each placed operation that may move, at how many other slots it could stand without moving anything.

    `most_tries`: where they are used up, those that are left are not counted. None: no bound.
    """
    found, tries = {}, 0
    picks = zip(problem.builder.modes, problem.choice, strict=True)
    movable = [id for id, pick in picks if pick is not None and id not in problem.context.kept]
    for id in movable:
        if most_tries is not None and tries >= most_tries:
            break
        tries += len(problem.board.activities[problem.builder.number[id]].options)
        found[id] = len({alternative.placement.slot for alternative in moving_nothing(problem, id)})
    return FallBacks(found, len(movable) - len(found))


def moving_one(problem: PlanningProblem, operation: str) -> list[Alternative]:
    """The slots at which it could stand if one other moved, each with that other's best new place.

    Exact: every slot, everyone in its way there, and every other slot of theirs is tried.
    """
    number = problem.builder.number[operation]
    evaluator, here = problem.evaluator, problem.evaluator.choice[number]
    gone = _take_out(problem, number)
    found: dict[tuple[Slot, Staffing], Alternative] = {}
    for option, _ in enumerate(problem.board.activities[number].options):
        if option == here or next(evaluator.obstacles(number, option), None) is None:
            continue
        for other in sorted(evaluator.blockers(number, option)):
            place = problem.builder.placement(operation, option)
            for cost, old, new in _making_way(problem, number, option, other):
                moved = Alternative(place, cost - gone, ((old, new),))
                known = found.get((place.slot, place.staffing))
                if known is None or moved.cost < known.cost:
                    found[place.slot, place.staffing] = moved
    evaluator.put(number, here)
    return sorted(found.values(), key=_order)


def _making_way(
    problem: PlanningProblem, number: int, option: int, other: int
) -> Iterator[tuple[int, Placement, Placement]]:
    """The cost of putting the one, which is out, at an option and the other elsewhere, for each elsewhere."""
    evaluator, theirs = problem.evaluator, problem.evaluator.choice[other]
    id = problem.board.activities[other].id
    if theirs is None or id in problem.context.kept:
        return
    gone = _take_out(problem, other)
    if next(evaluator.obstacles(number, option), None) is None:
        cost = _cost(problem, number, option)
        evaluator.put(number, option)
        for elsewhere, _ in enumerate(problem.board.activities[other].options):
            if elsewhere != theirs and next(evaluator.obstacles(other, elsewhere), None) is None:
                whole = cost + _cost(problem, other, elsewhere) - gone
                yield whole, problem.builder.placement(id, theirs), problem.builder.placement(id, elsewhere)
        evaluator.put(number, None)
    evaluator.put(other, theirs)


def moving_two(
    problem: PlanningProblem, operation: str, closed: Container[Slot], limit_s: float = 20
) -> Alternative | None:
    """A slot, none of the closed ones, at which it could stand if two others moved.

    The two are then put at their best places, proven. `closed` are the slots that are to be had for
    less. None: it takes more than two, or something would have to be left out.
    """
    number = problem.builder.number[operation]
    own = [
        option
        for option, _ in enumerate(problem.board.activities[number].options)
        if option != problem.choice[number] and problem.builder.placement(operation, option).slot not in closed
    ]
    board = restricted(replace(problem.board, levels=(MUSTS, POINTS, CHANGES)), {number: own}, required={number})
    solution = solver.solve(board, limit_s=limit_s)
    if solution.choice is None or solution.status != "optimal":
        return None
    picked = solution.choice[number]
    choice = [own[o] if i == number and o is not None else o for i, o in enumerate(solution.choice)]
    changed = [i for i, (old, new) in enumerate(zip(problem.choice, choice, strict=True)) if old != new and i != number]
    if picked is None or len(changed) > 2 or any(choice[i] is None for i in changed):
        return None
    ways = {i: list(range(len(problem.board.activities[i].options))) for i in changed}
    held = {i: [o] for i, o in enumerate(choice) if o is not None and i not in changed}
    small = restricted(replace(problem.board, levels=(QUALITY,)), {**held, **ways}, required=set(held) | set(ways))
    best = solver.solve(small, limit_s=limit_s)
    if best.choice is None:
        return None
    final = [ways[i][o] if i in ways and o is not None else choice[i] for i, o in enumerate(best.choice)]
    cost = evaluate(problem.board, final).values[QUALITY] - evaluate(problem.board, problem.choice).values[QUALITY]
    moves = tuple((_placement(problem, i, problem.choice[i]), _placement(problem, i, final[i])) for i in changed)
    return Alternative(_placement(problem, number, final[number]), cost, moves)


def _placement(problem: PlanningProblem, number: int, option: int | None) -> Placement:
    return problem.builder.placement(problem.board.activities[number].id, option or 0)


def _take_out(problem: PlanningProblem, number: int) -> int:
    """Takes an activity out of the plan that the evaluator holds; gives the quality that it cost there."""
    here = problem.evaluator.choice[number]
    problem.evaluator.put(number, None)
    return _cost(problem, number, here)


def _cost(problem: PlanningProblem, number: int, option: int | None) -> int:
    return problem.evaluator.cost(number, option).get(QUALITY, 0)


def _order(alternative: Alternative) -> tuple[int, Slot, str, tuple[str, ...]]:
    place = alternative.placement
    return alternative.cost, place.slot, place.police or "", place.any_of
