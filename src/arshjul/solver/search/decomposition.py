"""Lagrangian decomposition over communities: regions that share little are solved apart, and shared limits are priced.

Each shared constraint's multiplier is charged to the variables that draw on it (Guignard and Kim 1987). The regions are
then independent. The sum of their optima, less what the shared limits would earn, is a bound of the whole, better than
the LP's by the regions' own integrality gaps; their plans, mixed, give good plans of the whole.

Regions are communities of the graph of how often sets meet in constraints, found by Louvain's method (Blondel et al.
2008), without knowing what a set represents.
"""

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from arshjul.errors import Contradiction, InputError
from arshjul.solver.backends import EngineHandle
from arshjul.solver.model.arrays import Floats, Numbers
from arshjul.solver.model.bounds import LagrangianBound, lagrangian_bound
from arshjul.solver.model.components import Component, component_of
from arshjul.solver.model.milp import Constraint, Model, SoftConstraint, guard_restrictions, rows_of
from arshjul.solver.model.presolve import Restriction
from arshjul.solver.parallel.executors import side_by_side
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.cores import Cores, search_proof
from arshjul.solver.search.known import Knowledge
from arshjul.solver.search.level import SearchLevel, Subproblem, TimeSlice, climb
from arshjul.solver.search.lns import Neighbourhoods

GRAIN = 20
"""Prices are whole multiples of one twentieth of a unit."""
MIXING_EFFORT = 4.0
"""Deterministic seconds for mixing each of the regions' plans into the present one."""
LARGEST_SHARE, SHARED_SHARE = 0.6, 0.05
"""The most of all activities in one region, and of all constraints between regions; beyond it nothing is gained."""
MOST_SETS = 5000
"""The most activities for which a matrix of all pairs fits into memory."""
SWEEPS = 50
"""The most of Louvain's local moves."""


@dataclass(slots=True)
class PricedRegions:
    """The regions of a subproblem's model with one level each, its cost times `GRAIN` and prices added.

    `earned` is the sum of all shared limits at their prices; `sharing` are the sets that draw on such a constraint.
    """

    regions: list[tuple[Component, LagrangianBound]]
    sharing: set[int]
    earned: int

    def bound(self, of_regions: Sequence[int]) -> int:
        return -(-(sum(of_regions) - self.earned) // GRAIN)


def price_regions(
    subproblem: Subproblem, multipliers: Sequence[float], groups: Sequence[Sequence[int]]
) -> PricedRegions | None:
    """The separated regions, at the prices given by these multipliers of `rows_of(model, cuts)`.

    None if prices or costs are too large for an engine.
    """
    model = subproblem.restriction.model
    rows = _sorted(subproblem, multipliers, groups)
    charges, earned = _charges(subproblem, rows.shared)
    whole = replace(model, costs=[charges], constants=[0])
    made = []
    for sets, lines, soft_constraints in zip(groups, rows.lines, rows.soft_constraints, strict=True):
        charged = [replace(soft, prices=[charges.get(soft.excess, 0)]) for soft, _ in soft_constraints]
        component = component_of(whole, sets, [line for line, _ in lines], charged)
        weights = [GRAIN * y for _, y in (*lines, *soft_constraints)]
        made.append((component, lagrangian_bound(component.model, 0, rows_of(component.model), weights)))
    try:
        for component, _ in made:
            guard_restrictions(component.model)
    except InputError:
        return None
    unlocked = rows.shared[: len(rows.shared) - len(subproblem.cuts)]
    sharing = {model.picks[v][0] for row, _ in unlocked for v in row.terms if v < len(model.picks)}
    return PricedRegions(made, sharing, earned)


@dataclass(frozen=True, slots=True)
class _Rows:
    """All rows of a subproblem with their multipliers: each region's own, and the priced ones, cuts last."""

    lines: list[list[tuple[Constraint, float]]]
    soft_constraints: list[list[tuple[SoftConstraint, float]]]
    shared: list[tuple[Constraint, float]]


def _sorted(subproblem: Subproblem, multipliers: Sequence[float], groups: Sequence[Sequence[int]]) -> _Rows:
    model = subproblem.restriction.model
    region_of = {v: k for k, sets in enumerate(groups) for s in sets for v in model.sets[s]}
    rows = _Rows([[] for _ in groups], [[] for _ in groups], [])
    hard, first_cut = len(model.constraints), len(model.constraints) + len(model.soft_constraints)
    for number, (row, multiplier) in enumerate(zip(rows_of(model, subproblem.cuts), multipliers, strict=True)):
        within = {region_of[v] for v in row.terms if v < len(model.picks)}
        if number >= first_cut or len(within) != 1:
            rows.shared.append((row, multiplier))
        elif number < hard:
            rows.lines[within.pop()].append((row, multiplier))
        else:
            rows.soft_constraints[within.pop()].append((model.soft_constraints[number - hard], multiplier))
    return rows


def _charges(subproblem: Subproblem, shared: Sequence[tuple[Constraint, float]]) -> tuple[dict[int, int], int]:
    """Each variable's cost with the shared rows' prices, times the grain, and the sum of their priced limits."""
    model = subproblem.restriction.model
    n = len(model.picks)
    charges = {v: GRAIN * cost for v, cost in model.costs[subproblem.level].items()}
    earned = -GRAIN * model.constants[subproblem.level]
    for row, multiplier in reversed(shared):  # cuts first, since they raise an excess's cost
        wanted = round(GRAIN * max(0.0, multiplier))
        # at a higher price than its cost an excess would be profitable
        most = min((charges.get(v, 0) // -c for v, c in row.terms.items() if v >= n and c < 0), default=wanted)
        price = max(0, min(wanted, most))
        earned += price * row.at_most
        if price:
            for v, c in row.terms.items():
                charges[v] = charges.get(v, 0) + price * c
    return charges, earned


def decompose(level: SearchLevel, turn: TimeSlice, multipliers: Sequence[float], executor: str) -> None:
    """Bounds a level by the regions of its model, if it has any, and mixes their plans into its own.

    The regions are solved by the executor of that name; without a name one after the other, here.
    """
    subproblem = level.problem
    whole_params = subproblem.restriction.params
    params = whole_params.decomposition
    groups = regions(subproblem.restriction) if params.decomposition else []
    made = price_regions(subproblem, multipliers, groups) if groups else None
    if made is None:
        return
    questions = [RegionProblem(part.model, proof, subproblem.seed, whole_params) for part, proof in made.regions]
    answers = side_by_side(solve_region, questions, executor, level.handle, params.share * turn.left())
    bounds: list[int] = []
    plan: set[int] = set()
    for (component, proof), answer in zip(made.regions, answers, strict=True):
        bound, ones = (proof.bound, None) if answer is None else answer
        bounds.append(bound)
        plan.update(component.variables[v] for v in ones or ())
    level.prove(made.bound(bounds), level.handle.name)
    for breadth in params.breadths:
        _mix(level, turn, plan, made.sharing, breadth)


def _mix(level: SearchLevel, turn: TimeSlice, plan: set[int], sharing: Collection[int], breadth: int) -> None:
    """Searches the variables of this plan and of the best one, with `breadth` more for each set that shares."""
    if level.is_settled(turn):
        return
    problem, kept = level.problem, plan.union(level.present or ())
    reduced, width = problem.duals.reduced, problem.width(sharing, breadth)
    allowed = [
        [v for v in variables if v in kept or (s in sharing and reduced[v] <= width)]
        for s, variables in enumerate(level.model.sets)
    ]
    small = problem.restriction.restricted(allowed)
    level.ask(turn, small, level.task(turn, small, MIXING_EFFORT), level.bound - 1)


@dataclass(frozen=True, slots=True)
class RegionProblem:
    model: Model
    duals: LagrangianBound
    seed: int
    params: SolveParams = DEFAULT


def solve_region(handle: EngineHandle, question: RegionProblem, limit_s: float) -> tuple[int, Sequence[int] | None]:
    """The bound of a region's level, and each set's variable in its best plan, if any was found."""
    params = question.params.but(sizes__small=0)
    problem = Subproblem(Restriction(question.model, params), 0, (), question.duals, question.seed, GRAIN)
    level = SearchLevel(problem, Knowledge(question.model), handle, hard=False)
    turn = TimeSlice(time.monotonic() + limit_s, is_ended=lambda: level.spent >= params.decomposition.effort)
    cores = Cores(level)
    cores.find_first_plan(turn)
    if level.present is not None:
        climb(level, [cores.improve, Neighbourhoods().improve, search_proof], turn)
    if (fault := level.knowledge.known.contradiction) is not None:
        raise Contradiction(fault)
    return level.bound, level.present


def regions(restriction: Restriction) -> list[list[int]]:
    """The sets of each region; empty if the model does not nearly separate."""
    arrays = restriction.arrays
    count, lines = len(arrays.sizes), len(arrays.at_most)
    if count > MOST_SETS:
        return []
    owner = np.repeat(np.arange(count), arrays.sizes)
    meetings = np.unique(arrays.terms.line * count + owner[arrays.terms.variable])
    line, member = meetings // count, meetings % count
    label = _groups(_weights(line, member, count, lines))
    sizes = np.bincount(label)
    is_lopsided = len(sizes) < 2 or sizes.max() > LARGEST_SHARE * count
    if is_lopsided or _split(line, label[member], lines) > SHARED_SHARE * lines:
        return []
    return [np.flatnonzero(label == k).tolist() for k in range(len(sizes))]


def _weights(line: Numbers, member: Numbers, count: int, lines: int) -> Floats:
    """The weight of each pair of sets in the graph: a constraint adds one in total to each of its sets."""
    weights = np.zeros((count, count))
    start = np.searchsorted(line, np.arange(lines + 1)).tolist()
    for first, end in pairwise(start):
        if end - first > 1:
            sets = member[first:end]
            weights[sets[:, None], sets] += 1 / (end - first - 1)
    np.fill_diagonal(weights, 0)
    return weights


def _groups(weights: Floats) -> Numbers:
    label = np.arange(len(weights))
    while True:
        moved = _moved(weights)
        groups, moved = np.unique(moved, return_inverse=True)
        label = moved[label]
        if len(groups) == len(weights):
            return label
        gather = np.zeros((len(groups), len(weights)))
        gather[moved, np.arange(len(weights))] = 1
        weights = gather @ weights @ gather.T


def _moved(weights: Floats) -> Numbers:
    """Each set in the group that suits it best, once no move helps any more."""
    degree = weights.sum(axis=1)
    whole = degree.sum()
    count = len(weights)
    label, held = np.arange(count), degree.copy()
    for _ in range(SWEEPS):
        moves = 0
        for s in range(count):
            old = label[s]
            held[old] -= degree[s]
            met = np.bincount(label, weights=weights[s], minlength=count)
            met[old] -= weights[s, s]
            gain = met - degree[s] * held / max(whole, 1e-9)
            new = int(gain.argmax())
            if gain[new] <= gain[old] + 1e-9:
                new = int(old)
            moves += new != old
            label[s] = new
            held[new] += degree[s]
        if not moves:
            break
    return label


def _split(line: Numbers, label: Numbers, lines: int) -> int:
    least, most = np.full(lines, len(label)), np.full(lines, -1)
    np.minimum.at(least, line, label)
    np.maximum.at(most, line, label)
    return int((least < most).sum())
