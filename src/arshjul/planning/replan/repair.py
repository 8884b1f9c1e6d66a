"""The fast way to mend a plan: settle what is hit on what is left, and prove by counting.

Everything that is neither hit, nor unplaced, nor tied to one that is, is held where it is; what remains
is a small board. Its best answer is the best of all where counting shows that no plan can do with
less: of the operations that share a unit's officers at a slot, so many must go as the officers no
longer carry (`least_changes`); an operation without any possible slot stays out (`least_unplaced`).
A plan with that least number of changes changes hit operations only, so the levels below are
settled on the small board too.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from arshjul import solver
from arshjul.domain.calendar import Slot
from arshjul.domain.level import BY_COUNT
from arshjul.domain.replan_context import ReplanContext
from arshjul.planning.problem import PlanningProblem
from arshjul.rules import objectives, possible
from arshjul.solver import LevelResult, SharedModel, Solution


def free(context: ReplanContext) -> frozenset[str]:
    """The operations that the small board leaves open: the hit, the unplaced, and those tied to them."""
    placed = {} if context.base is None else context.base.placements
    return context.with_tied(context.hit | (context.scenario.operations.keys() - placed.keys()))


def small(context: ReplanContext) -> ReplanContext:
    """The context with everything else held."""
    return context.holding(frozenset(context.scenario.operations) - free(context))


@dataclass(frozen=True, slots=True)
class Settled:
    """The option settled on the small board. `proven`: no plan does better, on any level."""

    solution: Solution
    proven: bool


def settle(
    context: ReplanContext, small_problem: PlanningProblem, shared: SharedModel, option: str, limit_s: float, seed: int
) -> Settled:
    """The option settled on the small board, whose model is shared, and whether counting proves it the best of all."""
    levels = objectives.REPLAN_LEVELS[option]
    board = replace(small_problem.board, levels=levels)
    solution = solver.solve(board, limit_s=limit_s, seed=seed, shared=shared)
    if solution.choice is None or solution.status != "optimal":
        return Settled(solution, proven=False)
    value = {level.id: level.value or 0 for level in solution.levels}
    out = [id for id, pick in zip(small_problem.builder.modes, solution.choice, strict=True) if pick is None]
    musts, points = least_unplaced(context, out)
    counted = {objectives.MUSTS: musts, objectives.CHANGES: least_changes(context)}
    if objectives.BALANCE in levels:
        # A plan that moves others to place more pays for each at least change_points.
        by_moving = points + context.scenario.objective.change_points
        counted[objectives.BALANCE] = min(value[objectives.BALANCE], by_moving)
    if option == "most-delivered":
        counted[objectives.POINTS] = points
    if any(value[level] > least for level, least in counted.items() if level in value):
        return Settled(solution, proven=False)
    proven = tuple(_counted(level) if level.id in counted else level for level in solution.levels)
    return Settled(replace(solution, levels=proven), proven=True)


def least_changes(context: ReplanContext) -> int:
    """The least number of placed operations that must change, whatever else is done.

    First those that cannot stay where they are even alone. Then, among the rest, as many at each unit
    and slot as its officers, or designated officers, do not carry together; then the same for the
    teams of each agency and slot. No operation is counted twice.
    """
    base, scenario = context.base, context.scenario
    if base is None:
        return 0
    must = {id for id in base.hit if not _can_stay(context, id)}
    lent: dict[tuple[str, Slot], dict[str, int]] = defaultdict(dict)
    designated: dict[tuple[str, Slot], set[str]] = defaultdict(set)
    sent: dict[tuple[str, Slot], list[tuple[str, int]]] = defaultdict(list)
    for id in sorted(base.hit - must):
        placement, operation = base.placements[id], scenario.operations[id]
        for slot in operation.slots(placement.slot):
            for unit, officers in operation.lent(placement.police).items():
                lent[unit, slot][id] = officers
            if placement.police is not None and operation.designated == "require":
                designated[placement.police, slot].add(id)
            for agency, teams in operation.sent(placement.any_of).items():
                sent[agency, slot].append((id, teams))
    least, counted = len(must), set(must)
    for (unit, slot), amounts in lent.items():
        offer = scenario.police_offer(unit, slot)
        open_ = {id: officers for id, officers in amounts.items() if id not in counted}
        too_many = _must_go([*open_.values()], offer.officers)
        without = _must_go([1 for id in open_ if id in designated[unit, slot]], offer.designated)
        if too_many or without:
            least += max(too_many, without)
            counted.update(open_)
    for (agency, slot), teams_of in sent.items():
        left = [(id, teams) for id, teams in teams_of if id not in counted]
        too_many = _must_go([teams for _, teams in left], scenario.agencies[agency].offer(slot))
        if too_many:
            least += too_many
            counted.update(id for id, _ in left)
    return least


def _can_stay(context: ReplanContext, id: str) -> bool:
    """True if the rules let the operation stand where it is, alone."""
    old = context.old(id)
    if old is None:
        return False
    slots = possible(context, context.scenario.operations[id]).get(old.staffing, 0)
    return bool(slots & context.slots.grid.single(old.slot))


def least_unplaced(context: ReplanContext, out: Iterable[str]) -> tuple[int, int]:
    """The musts, and points, of these operations that stay out in any plan: those with no possible slot.

    Reserves stay out too, and cost nothing.
    """
    planned = context.scenario.planned
    never = [planned[id] for id in out if id in planned and not any(possible(context, planned[id]).values())]
    points = context.scenario.objective.priority_points
    return sum(operation.is_must for operation in never), sum(points[operation.priority] for operation in never)


def _must_go(needs: list[int], left: int) -> int:
    """The least number of those who must go for the rest to do with what is left."""
    excess, gone = sum(needs) - left, 0
    for need in sorted(needs, reverse=True):
        if excess <= 0:
            break
        excess -= need
        gone += 1
    return gone


def _counted(level: LevelResult) -> LevelResult:
    return replace(level, proved_by=(BY_COUNT,))
