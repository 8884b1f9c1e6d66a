"""Large neighbourhood search: some dozens of activities are freed at a time and placed anew by CP-SAT (Shaw 1998).

Neighbourhoods are chosen in turn: a cluster of activities that meet in the same constraints; those of large reduced
cost with the activities that block a better place for them; and those with the activities that could use that place.
Sizes and efforts adapt (adaptive LNS, Ropke and Pisinger 2006). Seeds are fixed and sub-solves limited in deterministic
time, so the sequence of plans is the same each time.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from random import Random

from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.model.bounds import SCALE
from arshjul.solver.model.evaluation import IncrementalEvaluator, Move
from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.params import LNSParams
from arshjul.solver.search.level import SearchLevel, Subproblem, TimeSlice

CHOOSERS = 3
"""Kinds of neighbourhoods: a cluster, what blocks, what contends."""
MORE_EFFORT, MOST_EFFORT = 1.1, 8.0
"""The growth of a sub-solve's effort after a fruitless run, and its limit in deterministic seconds."""
EASY = 0.25
"""The share of its effort within which a sub-solve counts as easy, so the next one frees more."""
A_VARIABLE, A_SOLVE = 4e-5, 0.02
"""Deterministic seconds to make a sub-model for each variable, and the least for a sub-solve."""
MOST_BREADTH = 120
"""The most variables that a freed activity may take on average."""
LEAST_SIZE, WIDE_SIZE = 10, 320
"""The fewest activities freed, and the number from which breadth grows before size, since they are soon placed."""
BLAME = round(0.01 * SCALE)
"""Added to each reduced cost, in what the level's costs are multiples of, so that any activity may be drawn."""
WISH = round(0.3 * SCALE)
"""Greatest loss against the present place, in the same unit, at which a place still counts as wished for."""
RUN_EFFORT = 4.0
"""Deterministic seconds of neighbourhoods between two looks at the clock."""
AGAIN = 4
"""The growth of the effort after which fruitless neighbourhoods are tried again."""
FAR_PATIENCE = 16.0
"""Deterministic seconds for which neighbourhoods may find nothing, at the least, where no proof is near."""


class Neighbourhoods:
    """Frees neighbourhoods of a level's best plan, until they have brought nothing for long."""

    def __init__(self) -> None:
        self.search: NeighbourhoodSearch | None = None
        self.fruitless: tuple[int | None, float] = (None, 0.0)  # the value they left, and the level's effort then

    def improve(self, level: SearchLevel, turn: TimeSlice) -> bool:
        """Searches, unless that was in vain before with the same plan and not much less effort."""
        value, effort = self.fruitless
        if level.provable and level.value == value and level.effort < AGAIN * effort:
            return False
        idle = 0.0
        while (patience := self._patience(level)) > idle and not level.is_over(turn):
            search = self.search
            if search is None or search.value != level.value:
                search = self.search = NeighbourhoodSearch(level.problem, level.present or (), level.handle)
            before, budget = search.value, min(RUN_EFFORT, patience - idle)
            search.run(budget, turn.left())
            level.spent += budget
            level.take(search.present)
            idle = 0.0 if search.value < before else idle + budget
        self.fruitless = (level.value, level.effort)
        return False

    def _patience(self, level: SearchLevel) -> float:
        return level.params.patience * level.effort if level.is_near else max(level.effort, FAR_PATIENCE)


class AdaptiveSizes:
    def __init__(self, params: LNSParams) -> None:
        self.sizes = [params.size] * CHOOSERS
        self.breadths = [params.breadth] * CHOOSERS
        self.least_breadth = params.breadth
        self.effort = params.effort

    def learn(self, kind: int, outcome: EngineResult, sets: int) -> None:
        size, breadth = self.sizes[kind], self.breadths[kind]
        if outcome.status != "optimal":
            if breadth > self.least_breadth:
                self.breadths[kind] = max(self.least_breadth, breadth * 3 // 4)
            else:
                self.sizes[kind] = max(LEAST_SIZE, size * 4 // 5)
        elif outcome.effort < EASY * self.effort:
            more = size // 4 if outcome.effort < EASY * EASY * self.effort else size // 12
            most = sets if breadth >= MOST_BREADTH else min(sets, WIDE_SIZE)
            self.sizes[kind] = max(size, min(size + 1 + more, most))
            if self.sizes[kind] == size:
                self.breadths[kind] = min(breadth * 5 // 4, MOST_BREADTH)


class NeighbourhoodSearch:
    """A search for better values of one level under cuts, from a plan that keeps every constraint."""

    def __init__(self, subproblem: Subproblem, present: Sequence[int], handle: EngineHandle) -> None:
        self.subproblem = subproblem
        self.restriction = subproblem.restriction
        self.model = subproblem.restriction.model
        self.reduced = subproblem.duals.reduced
        self.unit = self.model.unit(subproblem.level)
        self.adaptive = AdaptiveSizes(subproblem.restriction.params.lns)
        self.turn = self.runs = 0
        self.random = Random()
        self.handle = handle
        self.evaluator = IncrementalEvaluator(subproblem.restriction, present)
        blockers, contenders = partial(self._outward, self._blockers), partial(self._outward, self._contenders)
        self.choosers = (self._cluster, blockers, contenders)

    @property
    def value(self) -> int:
        return self.evaluator.totals[self.subproblem.level]

    @property
    def present(self) -> list[int]:
        return self.evaluator.present

    def run(self, budget: float, limit_s: float) -> None:
        until, before = time.monotonic() + limit_s, self.value
        self.random = Random(f"{self.subproblem.seed}.{self.runs}.0")
        self.evaluator = IncrementalEvaluator(self.restriction, self.present)  # its sums are computed anew
        self.runs += 1
        while budget > 0 and not self._over() and (left := until - time.monotonic()) > 0:
            kind = self.turn % CHOOSERS
            self.turn += 1
            freed = self.choosers[kind](self.adaptive.sizes[kind])
            job = self._job(freed, left, self.adaptive.breadths[kind])
            outcome = EngineResult("optimal") if job is None else self.handle.minimise(*job)
            self.adaptive.learn(kind, outcome, len(self.model.sets))
            budget -= A_SOLVE + outcome.effort
            if job is not None:
                budget -= A_VARIABLE * len(job[0].picks)
                level, cuts, values = self.subproblem.level, self.subproblem.cuts, outcome.values
                if values is not None and job[0].value(level, values) < self.value:
                    self.evaluator.apply_if_better(self._moves(job[0], values), level, cuts)
        if self.value == before:
            self.adaptive.effort = min(MOST_EFFORT, MORE_EFFORT * self.adaptive.effort)

    def _over(self) -> bool:
        return self.handle.stopped or self.value <= self.subproblem.duals.bound

    def _job(self, freed: list[int], limit_s: float, breadth: int) -> tuple[Model, Task] | None:
        """The sub-model of these sets, with its task; None: it holds nothing better."""
        present, sets, problem = self.present, self.model.sets, self.subproblem
        # with all but the freed sets staying the level is worth at least this, times SCALE
        base = problem.duals.scaled_bound + sum(self.reduced[v] for v in present)
        base -= sum(self.reduced[present[s]] for s in freed)
        room = min(problem.width(freed, breadth), (self.value - 1) * SCALE - base)
        if room < 0:
            return None
        allowed = {s: [v for v in sets[s] if self.reduced[v] <= room or v == present[s]] for s in freed}
        with self.evaluator.without(freed):
            small = self.restriction.opened(allowed, self.evaluator.rooms)
        start = None if small.impossible else ModelIndex(small).of(self.model.picks[present[s]] for s in freed)
        if start is None:
            return None
        # the start uses the replacement that presolve made for a place that it removed
        for k, total in enumerate(self.evaluator.totals_after(self._moves(small, start))):
            small.constants[k] += total - small.value(k, start)
        return small, Task(problem.level, problem.cuts, start, None, limit_s, self.adaptive.effort, problem.seed)

    def _moves(self, small: Model, values: Sequence[int]) -> list[Move]:
        return self.evaluator.moves(self.subproblem.ones(small, values))

    def _cluster(self, size: int) -> list[int]:
        """A random set, then one after the other the set that shares most constraints with those taken."""
        uses, present, holders = self.restriction.uses, self.present, self.evaluator.holders
        count = len(self.model.sets)
        taken: dict[int, None] = {}
        meets: dict[int, int] = {}
        touched: set[int] = set()
        while len(taken) < min(size, count):
            if meets:
                s = max(meets, key=meets.__getitem__)
                del meets[s]
            else:
                s = self.random.choice([s for s in range(count) if s not in taken])
            taken[s] = None
            for line, c in uses(present[s]).items():
                if c > 0 and line not in touched:
                    touched.add(line)
                    for other in holders.get(line, ()):
                        if other not in taken:
                            meets[other] = meets.get(other, 0) + 1
        return list(taken)

    def _outward(self, others: Callable[[int], Iterator[int]], size: int) -> list[int]:
        """Sets drawn by reduced cost, the others that block them or could use what they lack, and so on."""
        sets = range(len(self.model.sets))
        blame = [self.reduced[v] + BLAME * self.unit for v in self.present]
        freed: dict[int, None] = {}
        queue: list[int] = []
        tries = 0
        while len(freed) < min(size, len(sets)) and tries < 20 * size:
            tries += 1
            if not queue:
                queue = self.random.choices(sets, blame)
                freed[queue[0]] = None
            s = queue.pop(self.random.randrange(len(queue)))
            for other in others(s):
                if other not in freed and len(freed) < size:
                    freed[other] = None
                    queue.append(other)
        return list(freed)

    def _lacking(self, s: int) -> Iterator[int]:
        """Constraints with too little room for some better places of the set."""
        reduced, evaluator = self.reduced, self.evaluator
        at = self.present[s]
        wishes = [v for v in self.model.sets[s] if reduced[v] < reduced[at] + WISH * self.unit]
        for v in self.random.sample(wishes, min(4, len(wishes))):
            for line, c in self.restriction.uses(v).items():
                if c > 0 and evaluator.rooms[line] < c:
                    yield line

    def _blockers(self, s: int) -> Iterator[int]:
        for line in self._lacking(s):
            if held := self.evaluator.holders.get(line):
                yield from self.random.sample(list(held), min(3, len(held)))

    def _contenders(self, s: int) -> Iterator[int]:
        for line in self._lacking(s):
            if line < self.restriction.arrays.hard:
                able = [v for v in self.restriction.members(line) if self.reduced[v] <= SCALE * self.unit]
                yield from (self.model.picks[v][0] for v in self.random.sample(able, min(4, len(able))))
