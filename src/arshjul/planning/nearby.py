"""Between the small board and the whole year: who could make room, and what that costs at the least.

A plan that moves operations unforced pays for each of them, and places by that only those for which no more must go.
So what it comes to is bounded by how many it moves, and by which. Besides the small board only those are opened by
whose moving a plan could be as good as the best one so far; where the bound of all that move more lies above it, it
is the best of all.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations_with_replacement
from math import inf

from arshjul import solver
from arshjul.board.evaluator import Clearing
from arshjul.domain.replan_context import ReplanContext
from arshjul.planning.effort import Effort
from arshjul.planning.problem import PlanningProblem
from arshjul.planning.repair import Settled, free, least_changes
from arshjul.rules.objectives import BALANCE, CHANGES, MUSTS, REPLAN_LEVELS
from arshjul.solver import Solution

MOST_TOGETHER = 2
"""Plans are looked at that move so many unforced; the whole year has those that move more."""

MOST_MOVERS = 30
"""Where more than so many come into question, the whole year is as quick."""

OPTION = "balanced"
"""The option in which a change has a price, so that there are bounds by how many are moved."""

Worth = tuple[float, float, float]
"""Musts that are left out, points and unforced changes, changes: the levels that are bounded."""


@dataclass(frozen=True, slots=True)
class _Out:
    """An operation that is hit or has no place: who must go for it to have one.

    `least`: how many; `one_of`: who alone would do; `among`: those of whom two or more might together.
    """

    is_must: bool
    points: int
    least: float
    one_of: frozenset[int]
    among: frozenset[int]

    def has_room(self, gone: tuple[int, ...]) -> bool:
        """True if it might have a place once these are gone."""
        if not self.least or any(one in self.one_of for one in gone):
            return True
        return sum(one in self.among for one in gone) >= max(2, self.least)


class Nearby:
    """A replan between the small board and the whole year."""

    def __init__(
        self, context: ReplanContext, small: PlanningProblem, laid_out: Callable[[ReplanContext], PlanningProblem]
    ) -> None:
        self.context = context
        self.small = small
        self.laid_out = laid_out
        base = {} if context.base is None else context.base.placements
        self.standing = {id: place for id, place in base.items() if id not in context.hit}

    def settle(self, settled: Settled, effort: Effort) -> tuple[PlanningProblem, Settled]:
        """The best answer that moves few unforced, with its board, and whether it is proven the best of all."""
        problem, opened = self.small, free(self.context)
        for n in range(MOST_TOGETHER + 1):
            if n:
                movers = self.movers(_worth(settled.solution), n)
                if movers is None:
                    break
                if movers - opened:
                    opened |= movers
                    held = self.context.scenario.operations.keys() - opened
                    problem = self.laid_out(self.context.holding(frozenset(held)))
                    board = replace(problem.board, levels=REPLAN_LEVELS[OPTION])
                    settled = Settled(solver.solve(board, limit_s=effort.limit_s, seed=effort.seed), proven=False)
            if settled.solution.status != "optimal":
                break
            if self.is_best(_worth(settled.solution), n):
                return problem, replace(settled, proven=True)
        return problem, settled

    def is_best(self, worth: Worth, n: int) -> bool:
        """True if all plans that move more than n unforced come to more."""
        most = max((int(out.least) for out in self._outs if out.least < inf), default=0)
        return all(worth < self._least(more) for more in range(n + 1, max(most, n) + 2))

    def movers(self, worth: Worth, n: int) -> frozenset[str] | None:
        """Those of whom n could be moved unforced in a plan that comes to no more; None: they are too many."""
        found: set[str] = set()
        for kinds in combinations_with_replacement(self._kinds, n):
            if self._moving(tuple(self._kinds[kind][0] for kind in kinds)) <= worth:
                ids = list(self.small.builder.modes)
                found |= {ids[one] for kind in kinds for one in self._kinds[kind]}
                if len(found) > MOST_MOVERS:
                    return None
        return frozenset(found)

    def _least(self, n: int) -> Worth:
        """What a plan comes to at the least that moves n unforced."""
        return self._worth(n, [out for out in self._outs if out.least > n])

    def _moving(self, gone: tuple[int, ...]) -> Worth:
        """The same of one that moves just these."""
        return self._worth(len(gone), [out for out in self._outs if not out.has_room(gone)])

    def _worth(self, n: int, left: list[_Out]) -> Worth:
        unforced = n * self.context.scenario.objective.change_points
        return sum(out.is_must for out in left), sum(out.points for out in left) + unforced, self._forced + n

    @cached_property
    def _forced(self) -> int:
        return least_changes(self.context)

    @cached_property
    def _kinds(self) -> dict[object, list[int]]:
        """Those that may be moved unforced, by whom they make room for: those of a kind are as good."""
        kinds: dict[object, list[int]] = defaultdict(list)
        for id in self.standing:
            if id not in self.context.history and id not in self.context.frozen:
                number = self.small.builder.number[id]
                kinds[tuple((number in out.one_of, number in out.among) for out in self._outs)].append(number)
        return kinds

    @cached_property
    def _outs(self) -> list[_Out]:
        """Those that are hit or have no place."""
        builder = self.small.builder
        choice = [builder.option(self.standing[id]) if id in self.standing else None for id in builder.modes]
        board = replace(self.small, choice=choice)
        staying = {builder.number[id] for id in (*self.context.history, *self.context.frozen)}
        planned = self.context.scenario.planned
        return [self._out(id, list(_ways(board, id, staying))) for id in planned if id not in self.standing]

    def _out(self, id: str, ways: list[Clearing]) -> _Out:
        operation = self.context.scenario.operations[id]
        return _Out(
            operation.is_must,
            self.context.scenario.objective.priority_points[operation.priority],
            min((way.least for way in ways), default=inf),
            frozenset[int]().union(*(way.alone for way in ways)),
            frozenset[int]().union(*(way.among for way in ways)),
        )


def _ways(board: PlanningProblem, id: str, staying: set[int]) -> Iterator[Clearing]:
    """What makes room for each of its options that have any; one that needs none is enough."""
    number = board.builder.number[id]
    for option, _ in enumerate(board.board.activities[number].options):
        way = board.evaluator.clearing(number, option, staying)
        if way is not None:
            yield way
            if not way.least:
                return


def _worth(solution: Solution) -> Worth:
    value = {level.id: level.value or 0 for level in solution.levels}
    return value[MUSTS], value[BALANCE], value[CHANGES]
