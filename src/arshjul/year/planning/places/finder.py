"""Where an operation can stand on a plan's board, and what has to move for it.

Ways that move nothing, or one other operation, are tried on the board without a solver: every operation in the way, at
every other place of its own. Further moves are found by a solve that forces the operation to its places.

The board of a whole year takes a second to lay out, so of a `StandingPlan` usually only the operations asked for may go
elsewhere, and all others are held. The results are the same.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from itertools import product
from typing import NamedTuple

from arshjul.solver import Solution
from arshjul.solver.board import Choice, evaluate
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.operation import Placement, Staffing
from arshjul.year.domain.plan import Base, Plan, Price
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.places.reasons import LEAST_LIMIT_S
from arshjul.year.planning.problem import Places, PlanningProblem, own_place
from arshjul.year.planning.verify import prices
from arshjul.year.rules import builder_of, hard_builder_of, possible
from arshjul.year.rules.builder import QUALITY
from arshjul.year.rules.objectives import CHANGES, MUSTS, POINTS
from arshjul.year.rules.soft.kept_close import KeptClose

LEVELS = (MUSTS, POINTS, CHANGES, QUALITY)
LIMIT_S = 20
"""The seconds that each solve for further moves may take."""

Move = tuple[Placement, Placement]


@dataclass(frozen=True, slots=True)
class Alternative:
    """`cost`: quality beyond the present (negative: less); `moves`: other operations."""

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
    number = problem.builder.number[operation]
    here = problem.evaluator.choice[number]
    with problem.meanwhile(number, None):
        gone = _cost(problem, number, here)
        alternatives = [
            Alternative(problem.builder.placement(operation, option), _cost(problem, number, option) - gone)
            for option in _free(problem, operation, here)
        ]
    return sorted(alternatives, key=_order)


def _free(problem: PlanningProblem, operation: str, here: int | None) -> Iterator[int]:
    """Its options beside everything else; it is taken out."""
    number = problem.builder.number[operation]
    return (o for o in problem.options(operation) if o != here and problem.is_free(number, o))


def _free_slots(problem: PlanningProblem, operation: str) -> set[Slot]:
    number = problem.builder.number[operation]
    here = problem.evaluator.choice[number]
    with problem.meanwhile(number, None):
        return {problem.builder.placement(operation, option).slot for option in _free(problem, operation, here)}


def moving_one(problem: PlanningProblem, operation: str) -> list[Alternative]:
    """Each with the other's best new place. Exact: all places, all in the way, and all places of these are tried."""
    cheapest: dict[tuple[Slot, Staffing], Alternative] = {}
    for trial in trials(problem, operation):
        way = moved(problem, operation, trial)
        place = way.placement.slot, way.placement.staffing
        if place not in cheapest or way.cost < cheapest[place].cost:
            cheapest[place] = way
    return sorted(cheapest.values(), key=_order)


def trials(problem: PlanningProblem, operation: str, tied: Set[str] = frozenset()) -> Iterator[Trial]:
    """`tied` are those at whose time it must be: taking one of them out frees nothing, only moving it does."""
    number, ids = problem.builder.number[operation], [activity.id for activity in problem.board.activities]
    here = problem.evaluator.choice[number]
    with problem.meanwhile(number, None):
        gone = _cost(problem, number, here)
        for option in problem.options(operation):
            if option != here and not problem.is_free(number, option):
                for other in sorted(problem.evaluator.blockers(number, option)):
                    for trial in _making_way(problem, (number, option), other, is_tied=ids[other] in tied):
                        yield trial._replace(cost=trial.cost - gone)


def _making_way(problem: PlanningProblem, place: tuple[int, int], other: int, *, is_tied: bool) -> list[Trial]:
    theirs, elsewhere = problem.evaluator.choice[other], problem.options(problem.board.activities[other].id)
    if theirs is None or len(elsewhere) < 2:
        return []
    found = []
    with problem.meanwhile(other, None):
        if not is_tied and not problem.is_free(*place):
            return []
        cost = _cost(problem, *place) - _cost(problem, other, theirs)
        with problem.meanwhile(*place):
            for option in elsewhere:
                if option != theirs and problem.is_free(other, option):
                    found.append(Trial(cost + _cost(problem, other, option), place[1], other, theirs, option))
    return [trial for trial in found if _is_free_after(problem, place, trial)] if is_tied else found


def _is_free_after(problem: PlanningProblem, place: tuple[int, int], trial: Trial) -> bool:
    """True if the option is free with the other elsewhere."""
    with problem.meanwhile(trial.other, trial.elsewhere):
        return problem.is_free(*place)


def moved(problem: PlanningProblem, operation: str, trial: Trial) -> Alternative:
    other = problem.board.activities[trial.other].id
    move = problem.builder.placement(other, trial.theirs), problem.builder.placement(other, trial.elsewhere)
    return Alternative(problem.builder.placement(operation, trial.option), trial.cost, (move,))


def clearing(problem: PlanningProblem, operation: str, tied: Set[str] = frozenset()) -> set[str]:
    """The operations that may free a place of it by moving; `tied` as in `trials`."""
    number, found = problem.builder.number[operation], set[str]()
    with problem.meanwhile(number, None):
        for option in problem.options(operation):
            for other in problem.evaluator.blockers(number, option):
                id = problem.board.activities[other].id
                with problem.meanwhile(other, None):
                    if id in tied or problem.is_free(number, option):
                        found.add(id)
    return found


def moving_together(problem: PlanningProblem, operation: str, others: Sequence[str]) -> list[Alternative]:
    """The cheapest first. All are taken out, and must have one slot. `moves` has all others, even one that stays."""
    best: dict[Placement, Alternative] = {}
    old = problem.context.before
    for cost, (place, *theirs) in _placed_together(problem, [operation, *others]):
        if place not in best or cost < best[place].cost:
            best[place] = Alternative(place, cost, tuple((old[their.operation], their) for their in theirs))
    return sorted(best.values(), key=_order)


def _placed_together(problem: PlanningProblem, ids: Sequence[str]) -> Iterator[tuple[int, list[Placement]]]:
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
    """The two are then put at their best places, proven. `closed` are slots that can be had with fewer moves. None: it
    takes more than two moves, or something would be left out.
    """
    here = problem.choice[problem.builder.number[operation]]
    options = [o for o, place in enumerate(problem.places(operation)) if o != here and place.slot not in closed]
    choice = forced(problem, operation, options)
    way = way_in(problem, operation, choice)
    if choice is None or way is None or len(way.moves) > 2:
        return None
    free = {problem.builder.number[old.operation] for old, _ in way.moves}
    held = {n: [pick] for n, pick in enumerate(choice) if pick is not None and n not in free}
    best = problem.solved((QUALITY,), held, required=held.keys() | free, limit_s=LIMIT_S).choice
    alternative = way_in(problem, operation, best)
    if best is None or alternative is None:
        return None
    cost = evaluate(problem.board, best).values[QUALITY] - evaluate(problem.board, problem.choice).values[QUALITY]
    return replace(alternative, cost=cost)


def forced(problem: PlanningProblem, operation: str, options: Sequence[int]) -> Choice | None:
    """The choice with the fewest moves in which it has one of these options; None if none is proven."""
    number = problem.builder.number[operation]
    solution = problem.solved((MUSTS, POINTS, CHANGES), {number: options}, required={number}, limit_s=LIMIT_S)
    return solution.choice if solution.status == "optimal" else None


def forced_among_placed(problem: PlanningProblem, operation: str, options: Sequence[int], limit_s: float) -> Solution:
    """The fewest moves, then the best quality. All other placed operations stay placed, and the unplaced stay out."""
    number = problem.builder.number[operation]
    placed = {n for n, pick in enumerate(problem.choice) if pick is not None}
    out: Mapping[int, Sequence[int]] = {n: [] for n, _ in enumerate(problem.choice) if n not in placed}
    return problem.solved((CHANGES, QUALITY), {**out, number: options}, required=placed | {number}, limit_s=limit_s)


def way_in(problem: PlanningProblem, operation: str, choice: Choice | None) -> Alternative | None:
    """The operation's place in a choice, and what moves for it; None if another one is left out. Its cost is 0."""
    number, placement = problem.builder.number[operation], problem.builder.placement
    if choice is None:
        return None
    moves = []
    for id, old, new in zip(problem.builder.modes, problem.choice, choice, strict=True):
        if id != operation and old is not None and old != new:
            if new is None:
                return None
            moves.append((placement(id, old), placement(id, new)))
    return Alternative(placement(operation, choice[number] or 0), 0, tuple(moves))


def _cost(problem: PlanningProblem, number: int, option: int | None) -> int:
    return problem.evaluator.cost(number, option).get(QUALITY, 0)


def _order(alternative: Alternative) -> tuple[int, Slot, str, tuple[str, ...]]:
    place = alternative.placement
    return alternative.cost, place.slot, place.police or "", place.any_of


TRIES_PER_S = 100_000
"""A count, not a clock: the same plan always has the same figures. Two shared cores do some 300,000 in a second."""


def tries_within(limit_s: float) -> int:
    return int(TRIES_PER_S * max(limit_s, LEAST_LIMIT_S))


@dataclass(frozen=True, slots=True)
class FallBacks:
    slots: Mapping[str, int]
    n_uncounted: int = 0


def without_price_of_moves(scenario: Scenario) -> Scenario:
    """Following a change is no cost of a slot: only what the year itself charges counts."""
    objective = scenario.objective
    return replace(scenario, objective=replace(objective, prices={**objective.prices, KeptClose.id: 0}))


@dataclass(frozen=True)
class StandingPlan:
    """A plan in its context. Not slotted: its prices are computed on first use and cached."""

    context: ReplanContext
    plan: Plan

    @classmethod
    def of(
        cls, scenario: Scenario, plan: Plan, as_of: datetime | None = None, loose: frozenset[str] | None = None
    ) -> "StandingPlan":
        """As seen from that moment, by default its own. `loose` (None: all) may go anywhere in the year."""
        moment, loose = as_of or plan.as_of, frozenset(plan.placed) if loose is None else loose
        left = scenario.after(plan.entries.in_force(), moment.date())
        base = Base(plan.revision, moment, plan.placed, loose)
        entered = plan.entries.demands(plan.placing.revision)
        demands = replace(entered, pinned=frozenset(), left_out=frozenset(), restored={}, answers=())
        free = without_price_of_moves(left)
        return cls(ReplanContext.of(free, base, plan.unpinned | loose, demands=demands), plan)

    @cached_property
    def prices(self) -> tuple[Price, ...]:
        return prices(self.context, self.plan)

    def problem(self, free: Collection[str] | None = None) -> PlanningProblem:
        """`free`: those that may go elsewhere; None: all."""
        return PlanningProblem.of(self.context, builder_of(self.context, self.places(free)), LEVELS, self.plan.placed)

    def places(self, free: Collection[str] | None = None) -> dict[str, Places]:
        return {
            id: possible(self.context, operation)
            if free is None or id in free
            else own_place(self.context, self.plan.placed.get(id))
            for id, operation in self.context.scenario.operations.items()
        }

    def alternatives(
        self, problem: PlanningProblem, operation: str, most: int, free: Sequence[Alternative] | None = None
    ) -> list[Alternative]:
        """`operation`: the only free one in `problem`. If they are few, places that move one other follow.

        `free`, if known: the places that move nothing.
        """
        found = list(moving_nothing(problem, operation) if free is None else free)[:most]
        if len(found) < most:
            wide = self.problem({operation, *clearing(problem, operation)})
            found += moving_one(wide, operation)[: most - len(found)]
        return found


def fall_backs(
    standing: StandingPlan, most_tries: int | None = None, among: Collection[str] | None = None
) -> FallBacks:
    """Of each that may move (`among`; None: all) the other slots that it can have without other moves, by hard rules
    alone. Those beyond `most_tries` are not counted; None: no bound.
    """
    found, tries = {}, 0
    context, placed = standing.context, standing.plan.placed
    problem = PlanningProblem.of(context, hard_builder_of(context, standing.places(among)), (), placed)
    there = [id for id, place in problem.builder.placements(problem.choice).items() if place is not None]
    movable = [id for id in there if id not in context.kept and (among is None or id in among)]
    for id in movable:
        if most_tries is not None and tries >= most_tries:
            break
        tries += len(problem.options(id))
        found[id] = len(_free_slots(problem, id))
    return FallBacks(found, len(movable) - len(found))
