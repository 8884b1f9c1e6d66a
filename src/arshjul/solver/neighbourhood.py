"""Large neighbourhood search: frees some dozens of activities at a time and lets CP-SAT place them anew.

Which ones: those whose present place costs most by the reduced costs, and then whoever stands in
the way of a better place for them. Random numbers come from the seed and sub-solves are limited in
deterministic time, so the same model, start and seed give the same sequence of plans.
"""

from collections import defaultdict
from collections.abc import Iterator
from random import Random

from arshjul.solver.cpsat import CpSat
from arshjul.solver.duals import SCALE, Duals
from arshjul.solver.engine import Task
from arshjul.solver.model import View
from arshjul.solver.restrict import Restrictor

EFFORT = 0.5
"""Deterministic seconds for one sub-solve."""


class Neighbourhood:
    """The search for better values of one task, from a start that keeps every line.

    `present` is the variable that each set takes now, `value` what that costs.
    """

    def __init__(self, restrictor: Restrictor, task: Task, duals: Duals, seed: int) -> None:
        self.restrictor = restrictor
        self.model = restrictor.model
        self.task = task
        self.duals = duals
        self.random = Random(seed)
        self.size = 30
        start = task.start or []
        self.present = [next(v for v in variables if start[v]) for variables in self.model.sets]
        self.value = self.model.value(task.level, start)

    def step(self, limit_s: float) -> None:
        """One sub-solve; `present` and `value` change if it found something as good or better."""
        freed = self._freed(self.present)
        allowed = [
            self.duals.within(variables, self.value) if s in freed else [self.present[s]]
            for s, variables in enumerate(self.model.sets)
        ]
        small = self.restrictor.restricted(allowed)
        if small.impossible:
            return
        view = View(small)
        ones = view.ones(self.model.picks[v] for v in self.present)
        task = Task(self.task.level, self.task.locks, ones and view.values(ones), None, limit_s, EFFORT, self.task.seed)
        outcome = CpSat(small).minimise(task, lambda _values, _bound: None)
        if outcome.values is not None:
            value = small.value(self.task.level, outcome.values)
            if value <= self.value:
                self.value = value
                for pick, one in zip(small.picks, outcome.values, strict=False):
                    if one:
                        self.present[pick[0]] = self.restrictor.number[pick]
        if outcome.status == "optimal":
            self.size = min(self.size + 2, len(self.model.sets))
        else:
            self.size = max(10, self.size * 9 // 10)

    def _freed(self, present: list[int]) -> set[int]:
        """`size` sets: seeds drawn by reduced cost, and from each outward those who block it."""
        rooms, holders = self._rooms(present)
        blame = [self.duals.reduced[v] + SCALE // 100 for v in present]
        everyone = range(len(present))
        freed: set[int] = set()
        queue: list[int] = []
        tries = 0
        while len(freed) < min(self.size, len(present)) and tries < 20 * self.size:
            tries += 1
            if not queue:
                queue = self.random.choices(everyone, blame)
                freed.update(queue)
            s = queue.pop(self.random.randrange(len(queue)))
            for other in self._blockers(s, present[s], rooms, holders):
                if other not in freed and len(freed) < self.size:
                    freed.add(other)
                    queue.append(other)
        return freed

    def _rooms(self, present: list[int]) -> tuple[list[int], dict[int, list[int]]]:
        rooms = list(self.restrictor.rooms)
        holders: dict[int, list[int]] = defaultdict(list)
        for s, v in enumerate(present):
            for line, c in self.restrictor.uses[v]:
                rooms[line] -= c
                if c > 0:
                    holders[line].append(s)
        return rooms, holders

    def _blockers(self, s: int, at: int, rooms: list[int], holders: dict[int, list[int]]) -> Iterator[int]:
        reduced = self.duals.reduced
        wishes = [v for v in self.model.sets[s] if reduced[v] < reduced[at] + 3 * SCALE // 10]
        for v in self.random.sample(wishes, min(4, len(wishes))):
            for line, c in self.restrictor.uses[v]:
                if c > 0 and rooms[line] < c and line in holders:
                    yield from self.random.sample(holders[line], min(3, len(holders[line])))
