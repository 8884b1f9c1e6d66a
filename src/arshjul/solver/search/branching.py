"""Branch and bound on a level's LP, for levels whose bound stays below the best plan whatever is cut off.

It does not branch on single options but on *classes*: an activity takes one of those that cost the same on the levels
before the last (staying, moving, being left out), or another one; and where no class is split, one of its earlier
options or a later one (special ordered sets: Beale and Tomlin 1970). Of several such questions the one is asked whose
answers raise the bound most (strong branching: Applegate, Bixby, Chvatal and Cook 1995); those are tried that have
raised it most before (pseudo-costs: Benichou and others 1971).

Each LP goes on from the basis of the node that it is asked about, and ends once it holds no better plan. Cuts that its
optimum breaks join the model for good. All bounds are exact Lagrangian ones; where an LP has no optimum at all, the
engine is asked about the node.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from heapq import heappop, heappush
from itertools import accumulate
from typing import TYPE_CHECKING

from arshjul.solver.backends.engine import EngineResult
from arshjul.solver.model.milp import Model
from arshjul.solver.model.zero_half import MOST
from arshjul.solver.search.level import SearchLevel, TimeSlice
from arshjul.solver.search.lp import Optimum, OwnRelaxation

if TYPE_CHECKING:  # ortools takes half a second to import: only a search that needs it imports it
    from arshjul.solver.backends.relaxation import Basis

FIRST_LPS = 40
"""LPs of the first turn, and twice as many in each later one."""
PARTS = 2
"""The answers to a question."""
CANDIDATES = 3
"""The most questions of which the best is asked: six do not halve the nodes, and each costs two LPs."""
CUTS = 10
"""The most cuts that join at a node where trees grow large: they stay, and each makes later LPs slower."""
SPLIT = 0.02
"""The least part of an activity on either side of a question."""
RENS_EFFORT, MOST_RENS_EFFORT = 1.0, 4.0
"""Deterministic seconds of the first search and of the longest: after one that did not end comes twice as long a one.

With a fifth of a second the best plan comes ten nodes later; among 600 variables a search may take three to its end.
"""
LPS_A_SECOND = 12
"""LPs of a tree that take about as long as a deterministic second: after so many a search is waited for."""


class EnforcedNeighbourhoodSearch:
    """Searches what LPs took, again and again, while a `turn` lasts; without threads where it is heard (Berthold 2014).

    All LPs of a tree and of its root's rounds of cuts give their variables: one plan takes what no single optimum does.
    The engine searches beside the LPs that come next, and is waited for after as many as its effort is worth, or at
    the end of the turn, so what comes out does not depend on who was quicker.
    """

    def __init__(self, *, in_threads: bool) -> None:
        self.in_threads = in_threads
        self.taken: set[int] = set()
        self._least = self._effort = RENS_EFFORT
        self._due = self._idle = self._rest = 0
        self._asked: tuple[Model, Callable[[], EngineResult]] | None = None
        self._beside: ThreadPoolExecutor | None = None

    @contextmanager
    def turn(self, level: SearchLevel, turn: TimeSlice, effort: float = RENS_EFFORT) -> Iterator[None]:
        """A turn of the tree, whose searches have that effort at first, and after which none goes on."""
        self._least = self._effort = effort
        self._rest = self._idle = 0
        with ThreadPoolExecutor(1) as self._beside:
            yield
            self.hear(level, turn)

    def add(self, point: Iterable[int]) -> None:
        self.taken.update(point)

    def ask(self, level: SearchLevel, turn: TimeSlice, lps: int) -> None:
        """Begins a search, unless one goes on; after each one in vain it rests for twice as many nodes.

        `lps` are the LPs of the tree so far: at the same number of them a search is heard, however long it took.
        """
        if self._asked is not None and lps < self._due:
            return
        self.hear(level, turn)
        if self._rest:
            self._rest -= 1
            return
        kept = {*self.taken, *(level.present or ())}
        small, task = level.question(turn, [[v for v in own if v in kept] for own in level.model.sets], self._effort)
        if small.impossible:
            return
        self._due = lps + round(LPS_A_SECOND * self._effort)
        minimise = partial(level.handle.minimise, is_beside=True)
        if self.in_threads and self._beside is not None:
            self._asked = small, self._beside.submit(minimise, small, task).result
        else:
            self._asked = small, lambda: minimise(small, replace(task, limit_s=turn.left()))

    def hear(self, level: SearchLevel, turn: TimeSlice) -> None:
        """Waits for the search that was begun, if any, and keeps its plan if it is better."""
        if self._asked is None:
            return
        (small, answer), self._asked = self._asked, None
        if level.is_over(turn):
            level.handle.end()
            if not self.in_threads:
                return
        before = level.value
        outcome = answer()
        level.handle.spent += outcome.effort
        ended = level.heed(small, outcome)
        self._effort = self._least if ended else min(2 * self._effort, MOST_RENS_EFFORT)
        self._idle = 2 * self._idle + 1 if ended and level.value == before else 0
        self._rest = self._idle


@dataclass(order=True, slots=True)
class TreeNode:
    """All plans without the `barred` variables; `point` is the LP's optimum among them, at that `basis`.

    Of nodes of the same `bound` the latest comes first, since it is the deepest.
    """

    bound: int
    age: int
    scaled_bound: int
    barred: frozenset[int] = field(compare=False)
    point: Mapping[int, float] = field(compare=False)
    basis: "Basis | None" = field(compare=False)


class BranchAndBound:
    """The tree of a level, searched in turns that each go on from the last one's end, the node of least bound first.

    `barred` are variables of no plan within the cuts. `rens` looks for plans among what its LPs take. `lps` counts the
    LPs so far, as a measure of work, `lps_a_turn` are those of the next turn. `begun`: the root has an optimum.
    """

    def __init__(self, relaxation: OwnRelaxation, barred: frozenset[int], rens: EnforcedNeighbourhoodSearch) -> None:
        self.relaxation = relaxation
        self.pool = relaxation.pool
        self.sets = self.pool.model.sets
        self.classes = _classes(self.pool.model)
        self.barred = barred
        self.rens = rens
        self.open: list[TreeNode] = []
        self.unsettled: list[int] = []
        self.by = "duals"
        self.lps = self.made = 0
        self.lps_a_turn = FIRST_LPS
        self.begun = False
        self.gains: dict[int, list[int]] = defaultdict(list)

    def improve(self, level: SearchLevel, turn: TimeSlice) -> bool:
        """Branches for a turn, and twice as long the next time; True if the value or the bound became better."""
        if level.is_settled(turn) or self.relaxation.hard or (self.begun and not self.open):
            return False
        before = level.value, level.bound
        with self.rens.turn(level, turn):
            self._search(level, turn, self.lps + self.lps_a_turn)
        if self.begun:
            bounds = [node.bound for node in self.open[:1]] + self.unsettled
            level.prove(min([*bounds, level.value or 0]), self.by)
        self.lps_a_turn *= 2
        return before != (level.value, level.bound)

    def _search(self, level: SearchLevel, turn: TimeSlice, until: int) -> None:
        if not self.begun:
            self._keep(level, self._nodes(level, turn, [self.barred]))
            self.begun = not self._is_cut_short(turn)
        while self.begun and self.open and self.lps < until and not level.is_over(turn):
            node = heappop(self.open)
            self._keep(level, self._branch(level, turn, node))
            if self._is_cut_short(turn):
                heappush(self.open, node)
                break

    def _is_cut_short(self, turn: TimeSlice) -> bool:
        """True if what was done last may have had no end: a node is then whole again."""
        return turn.left() <= 0 or self.relaxation.hard

    def _keep(self, level: SearchLevel, nodes: Sequence[TreeNode]) -> None:
        for node in nodes:
            if not _is_lost(level, node.bound):
                heappush(self.open, node)

    def _nodes(
        self, level: SearchLevel, turn: TimeSlice, parts: Sequence[frozenset[int]], basis: "Basis | None" = None
    ) -> list[TreeNode]:
        """The nodes of these barred variables, by LPs from that basis, without those that hold no better plan.

        One that is unsettled is left out too.
        """
        open_parts = [part for part in parts if not any(part.issuperset(variables) for variables in self.sets)]
        if not open_parts:
            return []
        self.lps += len(open_parts)
        optima = self.relaxation.optima(open_parts, turn.left(), basis, level.value, in_threads=self.rens.in_threads)
        nodes = [self._node(level, turn, part, found) for part, found in zip(open_parts, optima, strict=True)]
        return [node for node in nodes if node is not None]

    def _node(
        self, level: SearchLevel, turn: TimeSlice, barred: frozenset[int], found: Optimum | None
    ) -> TreeNode | None:
        """The node of that optimum; None: it holds no better plan, or is unsettled."""
        if found is None:
            if not self._is_cut_short(turn):
                self._search_node(level, turn, barred, level.bound)
            return None
        bound, value = found.bound, level.value
        self.rens.add(found.point)
        if _is_lost(level, bound.bound):
            return None
        if value is not None:
            barred = barred.union(v for v in range(len(bound.reduced)) if not bound.reach(v, value - 1))
        self.made += 1
        return TreeNode(bound.bound, -self.made, bound.scaled_bound, barred, found.point, found.basis)

    def _search_node(self, level: SearchLevel, turn: TimeSlice, barred: frozenset[int], bound: int) -> None:
        self.rens.hear(level, turn)
        self.by = level.handle.name
        allowed = [[v for v in variables if v not in barred] for variables in level.model.sets]
        if not level.search_only(turn, allowed, level.params.effort):
            self.unsettled.append(bound)

    def _branch(self, level: SearchLevel, turn: TimeSlice, node: TreeNode) -> list[TreeNode]:
        """The two parts of a node, or none: it holds no better plan, or is unsettled."""
        cut = self._cut(level, turn, node)
        while cut is not None and not _is_lost(level, cut.bound):
            node, parts = cut, self._parts(level, turn, cut)
            if self._is_cut_short(turn):
                return []
            if parts is None:  # the LP's optimum is whole, and yet no better plan
                self._search_node(level, turn, node.barred, node.bound)
                return []
            if len(parts) == PARTS:
                return parts
            cut = parts[0] if parts else None
        return []

    def _cut(self, level: SearchLevel, turn: TimeSlice, node: TreeNode) -> TreeNode | None:
        """The node with the cuts that its LP's optimum breaks; None: it holds no better plan then."""
        most = MOST if self.relaxation.merging.is_at(level.number) else CUTS
        if _is_lost(level, node.bound) or not self.pool.separate(node.point, level.number, most):
            return node
        again = self._nodes(level, turn, [node.barred], node.basis)
        if not again:
            return None
        return max(*again, replace(again[0], bound=node.bound, scaled_bound=node.scaled_bound))

    def _parts(self, level: SearchLevel, turn: TimeSlice, node: TreeNode) -> list[TreeNode] | None:
        """The parts of the question that raises the bound most, fewer than two if one answers itself.

        None: the LP's optimum leaves no question. Cut short, it is what was found by then.
        """
        best: list[TreeNode] | None = None
        for activity, out in self._questions(node):
            barred = [node.barred | out, node.barred | (frozenset(self.sets[activity]) - out)]
            parts = sorted(self._nodes(level, turn, barred, node.basis))
            if self._is_cut_short(turn) or len(parts) < PARTS:
                return parts
            self.gains[activity].append(sum(part.scaled_bound - node.scaled_bound for part in parts))
            best = max(best or [], parts, key=lambda kept: [part.scaled_bound for part in kept])
        self.rens.ask(level, turn, self.lps)
        return best

    def _questions(self, node: TreeNode) -> list[tuple[int, frozenset[int]]]:
        """The most promising activities of which the LP's optimum takes one of these variables by halves.

        One answer rules these out, the other all others of the activity: a class, or else all up to one in order.
        """
        nearest = _most_in_doubt(self._by_class(node)) or _most_in_doubt(self._by_order(node))
        expected = self._expected_gains(nearest)
        ranked = sorted(nearest, key=lambda activity: (-expected[activity], nearest[activity][0], activity))
        return [(activity, nearest[activity][1]) for activity in ranked[:CANDIDATES]]

    def _by_class(self, node: TreeNode) -> Iterator[tuple[int, float, frozenset[int]]]:
        """Each class of each activity, with the share of it that the LP's optimum takes."""
        for activity, classes in enumerate(self.classes):
            for variables in classes:
                yield activity, sum(node.point.get(v, 0.0) for v in variables), variables

    def _by_order(self, node: TreeNode) -> Iterator[tuple[int, float, frozenset[int]]]:
        for activity, variables in enumerate(self.sets):
            own = [v for v in variables if v in node.point]
            for v, share in zip(own, accumulate(node.point[v] for v in own), strict=True):
                yield activity, share, frozenset(variables[: variables.index(v) + 1])

    def _expected_gains(self, activities: Iterable[int]) -> dict[int, float]:
        """The average rise of the bounds by questions about each activity, as if an average one had been asked too."""
        averages = [sum(gains) / len(gains) for gains in self.gains.values()]
        usual = sum(averages) / max(1, len(averages))
        known = {activity: self.gains.get(activity, []) for activity in activities}
        return {activity: (sum(gains) + usual) / (len(gains) + 1) for activity, gains in known.items()}


def _most_in_doubt(shares: Iterable[tuple[int, float, frozenset[int]]]) -> dict[int, tuple[float, frozenset[int]]]:
    """For each activity that the LP's optimum splits, the variables nearest to a half of it, and how far they are."""
    nearest: dict[int, tuple[float, frozenset[int]]] = {}
    for activity, share, variables in shares:
        off = abs(share - 0.5)
        if off < 0.5 - SPLIT and (activity not in nearest or off < nearest[activity][0]):
            nearest[activity] = off, variables
    return nearest


def _is_lost(level: SearchLevel, bound: int) -> bool:
    """True if a node of that bound holds no plan better than the best one."""
    return (value := level.value) is not None and bound >= value


def _classes(model: Model) -> list[list[frozenset[int]]]:
    """The variables of each activity by their costs on the levels before the last, if these differ."""
    found = []
    for variables in model.sets:
        alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for v in variables:
            alike[tuple(costs.get(v, 0) for costs in model.costs[:-1])].append(v)
        found.append([frozenset(members) for members in alike.values()] if len(alike) > 1 else [])
    return found
