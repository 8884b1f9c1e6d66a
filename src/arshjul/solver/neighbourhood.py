"""Large neighbourhood search: frees some dozens of activities at a time and lets CP-SAT place them anew.

Which ones, by turns: those whose present place costs most by the reduced costs, with whoever stands
in the way of a better one; and a cluster of those that now meet in the same lines. They are freed to
where the LP sees good plans alone. Random numbers come from the seed and sub-solves are limited in
deterministic time, so the same model, start and seed give the same sequence of plans.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from random import Random

from arshjul.solver.cpsat import CpSat
from arshjul.solver.duals import SCALE, Duals
from arshjul.solver.engine import Lock, Task
from arshjul.solver.model import View
from arshjul.solver.restrict import Restrictor

EFFORT = 0.5
"""Deterministic seconds for one sub-solve."""

WIDTH = 20
"""Variables a set, on average, that freed sets may take."""


class Neighbourhood:
    """The search for better values of one level under locks, from a plan that keeps every line.

    `present` is the variable that each set takes now, `totals` what each level costs there.
    """

    def __init__(
        self,
        restrictor: Restrictor,
        level: int,
        locks: Sequence[Lock],
        present: Sequence[int],
        duals: Duals,
        seed: int,
    ) -> None:
        self.restrictor = restrictor
        self.model = model = restrictor.model
        self.level = level
        self.locks = locks
        self.duals = duals
        self.random = Random(seed)
        self.seed = seed
        self.size = 30
        self.turn = 0
        self.width = duals.narrow(WIDTH * len(model.sets))
        self.present = list(present)
        self.rooms = list(restrictor.rooms)
        self.holders: dict[int, dict[int, None]] = defaultdict(dict)
        for s, v in enumerate(self.present):
            self._put(s, v)
        values = View(model).values(self.present)
        self.totals = [model.value(k, values) for k in range(len(model.costs))]

    @property
    def value(self) -> int:
        """What the level costs now."""
        return self.totals[self.level]

    def step(self, limit_s: float) -> None:
        """One sub-solve; the plan changes if that found one as good or better."""
        freed = self._blocking() if self.turn % 2 else self._cluster()
        self.turn += 1
        for s in freed:
            self._take_out(s, self.present[s])
        try:
            self._solve(freed, limit_s)
        finally:
            for s in freed:
                self._put(s, self.present[s])

    def _solve(self, freed: list[int], limit_s: float) -> None:
        reduced = self.duals.reduced
        room = min(self.width, self.value * SCALE - self.duals.scaled_bound)
        sets = self.model.sets
        allowed = {s: [v for v in sets[s] if reduced[v] <= room or v == self.present[s]] for s in freed}
        small = self.restrictor.opened(allowed, self.rooms)
        if small.impossible:
            return
        view = View(small)
        ones = view.ones(self.model.picks[self.present[s]] for s in freed)
        start = None if ones is None else view.values(ones)
        if start is None:  # presolve keeps an equal or better variable for each that fits, so this is a broken plan
            return
        for k, total in enumerate(self.totals):
            small.constants[k] += total - small.value(k, start)
        task = Task(self.level, self.locks, start, None, limit_s, EFFORT, self.seed)
        outcome = CpSat(small).minimise(task, lambda _values, _bound: None)
        if outcome.values is not None and small.value(self.level, outcome.values) <= self.value:
            self.totals = [small.value(k, outcome.values) for k in range(len(self.totals))]
            for (s, option), one in zip(small.picks, outcome.values, strict=False):
                if one:
                    self.present[s] = self.restrictor.number[s, option]
        if outcome.status == "optimal":
            self.size = min(self.size + 2, len(sets))
        else:
            self.size = max(10, self.size * 9 // 10)

    def _put(self, s: int, v: int) -> None:
        for line, c in self.restrictor.uses[v]:
            self.rooms[line] -= c
            if c > 0:
                self.holders[line][s] = None

    def _take_out(self, s: int, v: int) -> None:
        for line, c in self.restrictor.uses[v]:
            self.rooms[line] += c
            if c > 0:
                del self.holders[line][s]

    def _cluster(self) -> list[int]:
        """From a random set outward, always whoever meets those taken in most lines."""
        everyone = len(self.present)
        taken: dict[int, None] = {}
        meets: dict[int, float] = {}
        touched: set[int] = set()
        s = self.random.randrange(everyone)
        while True:
            taken[s] = None
            meets.pop(s, None)
            if len(taken) == min(self.size, everyone):
                return list(taken)
            for line, c in self.restrictor.uses[self.present[s]]:
                if c > 0 and line not in touched:
                    touched.add(line)
                    for other in self.holders[line]:
                        if other not in taken:
                            meets[other] = meets.get(other, 0.0) + 1
            if meets:
                s = max(meets, key=meets.__getitem__)
            else:
                s = self.random.choice([other for other in range(everyone) if other not in taken])

    def _blocking(self) -> list[int]:
        """Seeds drawn by reduced cost, and from each outward those who block it."""
        present = self.present
        blame = [self.duals.reduced[v] + SCALE // 100 for v in present]
        everyone = range(len(present))
        freed: dict[int, None] = {}
        queue: list[int] = []
        tries = 0
        while len(freed) < min(self.size, len(present)) and tries < 20 * self.size:
            tries += 1
            if not queue:
                queue = self.random.choices(everyone, blame)
                freed[queue[0]] = None
            s = queue.pop(self.random.randrange(len(queue)))
            for other in self._blockers(s, present[s]):
                if other not in freed and len(freed) < self.size:
                    freed[other] = None
                    queue.append(other)
        return list(freed)

    def _blockers(self, s: int, at: int) -> Iterator[int]:
        reduced = self.duals.reduced
        wishes = [v for v in self.model.sets[s] if reduced[v] < reduced[at] + 3 * SCALE // 10]
        for v in self.random.sample(wishes, min(4, len(wishes))):
            for line, c in self.restrictor.uses[v]:
                if c > 0 and self.rooms[line] < c and (held := self.holders.get(line)):
                    yield from self.random.sample(list(held), min(3, len(held)))
