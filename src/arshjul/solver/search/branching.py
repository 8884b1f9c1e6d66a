"""Branch and bound on a level's LP, for levels whose bound stays below the best plan whatever is cut off.

Two things keep its trees small. It does not branch on single options but on *classes*: an activity takes one of those
that cost the same on the levels before the last (staying, moving, being left out), or another one; and where no class
is split, one of its earlier options or a later one (special ordered sets: Beale and Tomlin 1970). And of several such
questions the one is asked whose answers raise the bound most (strong branching: Applegate, Bixby, Chvatal and Cook
1995); an answer that no better plan can give is settled without a branch.

At each node the cuts that the LP's optimum breaks join the model for good. A plan is looked for among all variables
that any LP of the tree takes (relaxation enforced neighbourhood): the LPs of the questions take others than the nodes'
own. Each LP goes on from the basis of the node that it is asked about, and ends once it holds no better plan. All
bounds are exact Lagrangian ones; where an LP has no optimum at all, the engine is asked about the node.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from heapq import heappop, heappush
from itertools import accumulate
from typing import TYPE_CHECKING

from arshjul.solver.model.milp import Model
from arshjul.solver.search.core import CoreSearch, Step
from arshjul.solver.search.own_relaxation import OwnRelaxation

if TYPE_CHECKING:  # ortools takes half a second to import: only a search that needs it imports it
    from arshjul.solver.backends.relaxation import Basis

CANDIDATES = 3
"""The most questions of which the best is asked: six do not halve the nodes, and each costs two LPs."""
SPLIT = 0.02
"""The least part of an activity on either side of a question."""

Answers = tuple[frozenset[int], frozenset[int]]
"""A question's answers: the variables of an activity that each of them rules out."""


@dataclass(order=True, slots=True)
class TreeNode:
    """All plans without the `barred` variables; `point` is the LP's optimum among them, at that `basis`.

    `bound` is the least value that the level can have here. Of nodes of the same bound the latest comes first, since
    it is the deepest.
    """

    bound: int
    age: int
    scaled_bound: int
    barred: frozenset[int] = field(compare=False)
    point: Mapping[int, float] = field(compare=False)
    basis: "Basis | None" = field(compare=False)


class BranchAndBound:
    """The tree of a level, searched in turns that each go on from the last one's end, the node of least bound first.

    `barred` are variables of no plan within the cuts. `lps` counts the LPs so far, as a measure of work. `ended`:
    nothing is left that it could do.
    """

    def __init__(self, relaxation: OwnRelaxation, barred: frozenset[int]) -> None:
        self.relaxation = relaxation
        self.lookahead = relaxation.lookahead
        self.sets = self.lookahead.model.sets
        self.classes = _classes(self.lookahead.model)
        self.barred = barred
        self.open: list[TreeNode] = []
        self.unsettled: list[int] = []
        self.lps = self.made = 0
        self.taken: set[int] = set()
        self.by = "duals"
        self.begun = self.ended = False
        self.idle = self.waits = 0

    def run(self, search: CoreSearch, step: Step, lps: int) -> None:
        """Searches for about that many LPs, and gives the search of the level its plans and bounds."""
        until = self.lps + lps
        if not self.begun:
            self._keep(search, self._node(search, step, self.barred))
            self.begun = not self._is_cut_short(step)
        while self.begun and self.open and self.lps < until and search.lacks_proof(step):
            node = heappop(self.open)
            for child in self._branch(search, step, node):
                self._keep(search, child)
            if self._is_cut_short(step):
                heappush(self.open, node)
                break
        if self.begun:
            bounds = [node.bound for node in self.open[:1]] + self.unsettled
            search.take_bound(step, min([*bounds, search.value or 0]), self.by)
        self.ended = self.relaxation.hard or (self.begun and not self.open)

    def _is_cut_short(self, step: Step) -> bool:
        """True if what was done last may have had no end: a node is then whole again."""
        return step.left() <= 0 or self.relaxation.hard

    def _keep(self, search: CoreSearch, node: TreeNode | None) -> None:
        if node is not None and not _is_lost(search, node.bound):
            heappush(self.open, node)

    def _node(
        self, search: CoreSearch, step: Step, barred: frozenset[int], basis: "Basis | None" = None
    ) -> TreeNode | None:
        """The node of these barred variables; None: it holds no better plan, or is unsettled.

        Its LP goes on from that basis.
        """
        if any(barred.issuperset(variables) for variables in self.sets):
            return None
        self.lps += 1
        found = self.relaxation.optimum(barred, step.left(), basis, search.value)
        if found is None:
            if not self._is_cut_short(step):
                self._settle(search, step, barred, search.bound)
            return None
        bound = found.bound
        self.taken.update(found.point)
        if _is_lost(search, bound.bound):
            return None
        if search.value is not None:
            barred = barred.union(v for v in range(len(bound.reduced)) if not bound.reach(v, search.value - 1))
        self.made += 1
        return TreeNode(bound.bound, -self.made, bound.scaled_bound, barred, found.point, found.basis)

    def _settle(self, search: CoreSearch, step: Step, barred: frozenset[int], bound: int) -> None:
        """Asks the engine about a node of that bound, of which its LP says no more."""
        self.by = search.handle.name
        if not search.settles(step, barred):
            self.unsettled.append(bound)

    def _branch(self, search: CoreSearch, step: Step, node: TreeNode) -> list[TreeNode]:
        """The two parts of a node, or none: it holds no better plan, or is unsettled."""
        if not _is_lost(search, node.bound) and self.lookahead.joined(node.point, self.relaxation.level):
            again = self._node(search, step, node.barred, node.basis)
            if again is None:
                return []
            node = max(again, replace(again, bound=node.bound, scaled_bound=node.scaled_bound))
        while not _is_lost(search, node.bound):
            best: list[TreeNode] = []
            for answers in self._questions(node):
                children = [self._node(search, step, node.barred | out, node.basis) for out in answers]
                if self._is_cut_short(step):
                    return []
                parts = sorted(child for child in children if child is not None)
                if len(parts) < len(children):
                    break
                best = max(best, parts, key=lambda kept: [part.scaled_bound for part in kept])
            else:
                self._look_for_plan(search, step)
                if not best:  # the LP's optimum is whole, and yet no better plan
                    self._settle(search, step, node.barred, node.bound)
                return best
            if not parts:
                return []
            (node,) = parts
        return []

    def _look_for_plan(self, search: CoreSearch, step: Step) -> None:
        """Looks for a plan among what the LPs took; after each time in vain it waits for twice as many nodes."""
        if self.waits:
            self.waits -= 1
            return
        before = search.value
        search.search_taken(step, self.taken)
        self.idle = 0 if search.value != before else 2 * self.idle + 1
        self.waits = self.idle

    def _questions(self, node: TreeNode) -> list[Answers]:
        """The questions that the LP's optimum answers by halves, those of classes first."""
        found = sorted(
            (abs(share - 0.5), number, own)
            for number, classes in enumerate(self.classes)
            for own, variables in enumerate(classes)
            if SPLIT < (share := sum(node.point.get(v, 0.0) for v in variables)) < 1 - SPLIT
        )
        of_sets: dict[int, frozenset[int]] = {}
        for _, number, own in found:
            of_sets.setdefault(number, self.classes[number][own])
        asked = [(out, frozenset(self.sets[number]) - out) for number, out in of_sets.items()]
        return (asked or list(self._orders(node)))[:CANDIDATES]

    def _orders(self, node: TreeNode) -> Iterator[Answers]:
        """For each activity with several options in the LP's optimum, the earlier ones and the later ones."""
        for variables in self.sets:
            own = [v for v in variables if v not in node.barred]
            before = list(accumulate(node.point.get(v, 0.0) for v in own))
            cut = next((n for n, share in enumerate(before, 1) if SPLIT < share < 1 - SPLIT), None)
            if cut is not None:
                yield frozenset(own[:cut]), frozenset(own[cut:])


def _is_lost(search: CoreSearch, bound: int) -> bool:
    """True if a node of that bound holds no plan better than the best one."""
    return search.value is not None and bound >= search.value


def _classes(model: Model) -> list[list[frozenset[int]]]:
    """The variables of each activity by their costs on the levels before the last, if these differ."""
    found = []
    for variables in model.sets:
        alike: dict[tuple[int, ...], list[int]] = defaultdict(list)
        for v in variables:
            alike[tuple(costs.get(v, 0) for costs in model.costs[:-1])].append(v)
        found.append([frozenset(one) for one in alike.values()] if len(alike) > 1 else [])
    return found
