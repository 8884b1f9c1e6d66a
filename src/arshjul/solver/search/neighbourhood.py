"""Large neighbourhood search: frees some dozens of activities at a time and lets CP-SAT place them anew.

Which ones, by turns: a cluster of those that now meet in the same lines; those whose present place
costs most by the reduced costs, with whoever stands in the way of a better one; and whoever might
want what such lines have, placed or not. They are freed to where the LP sees good plans alone.
Random numbers come from the seed and sub-solves are limited in deterministic time, so the same
model, start, seed and pace give the same sequence of plans.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from arshjul.solver.engines.engine import Outcome, Task
from arshjul.solver.modelling.duals import SCALE
from arshjul.solver.modelling.model import Model, View
from arshjul.solver.search.ground import Ground
from arshjul.solver.search.hands import Hold
from arshjul.solver.search.ledger import Ledger, Move

EFFORT = 2.0
"""Deterministic seconds for one sub-solve, at first."""

MORE = 1.1
"""So many times the effort gets what came back with nothing."""

MOST_EFFORT = 8.0

EASY = 0.25
"""A sub-solve that ends within this share of its effort lets the next ones free more."""

A_VARIABLE = 4e-5
"""What it takes to make a sub-model, in such seconds, for each of its variables."""

LEAST = 0.02
"""What a sub-solve takes at least."""

CHOOSERS = 3

FIRST_BREADTH = 30
"""Variables that each freed set may take on average, those that the LP likes best."""

MOST_BREADTH = 120

WIDE_SIZE = 320
"""Where so many activities are soon placed anew, they get more breadth before they get more company."""

FIRST_SIZE = 50
LEAST_SIZE = 10


@dataclass(slots=True)
class Pace:
    """How much each chooser frees, how far, and for how long it is searched: learnt on the way."""

    sizes: list[int] = field(default_factory=lambda: [FIRST_SIZE] * CHOOSERS)
    breadths: list[int] = field(default_factory=lambda: [FIRST_BREADTH] * CHOOSERS)
    effort: float = EFFORT
    turn: int = 0

    def learn(self, kind: int, outcome: Outcome, sets: int) -> None:
        """Frees more next time where it was easy, less where it was too hard."""
        size, breadth = self.sizes[kind], self.breadths[kind]
        if outcome.status != "optimal":
            if breadth > FIRST_BREADTH:
                self.breadths[kind] = max(FIRST_BREADTH, breadth * 3 // 4)
            else:
                self.sizes[kind] = max(LEAST_SIZE, size * 4 // 5)
        elif outcome.effort < EASY * self.effort:
            more = size // 4 if outcome.effort < EASY * EASY * self.effort else size // 12
            most = sets if breadth >= MOST_BREADTH else min(sets, WIDE_SIZE)
            self.sizes[kind] = max(size, min(size + 1 + more, most))
            if self.sizes[kind] == size:
                self.breadths[kind] = min(breadth * 5 // 4, MOST_BREADTH)


class Neighbourhood:
    """The search for better values of one level under locks, from a plan that keeps every line."""

    def __init__(self, ground: Ground, present: Sequence[int], pace: Pace, random: Random, hold: Hold) -> None:
        self.ground = ground
        self.restrictor = ground.restrictor
        self.model = ground.model
        self.reduced = ground.duals.reduced
        self.pace = pace
        self.random = random
        self.hold = hold
        self.ledger = Ledger(ground.restrictor, present)
        self.choosers = (self._cluster, self._blocking, self._contending)

    @property
    def value(self) -> int:
        """What the level costs now."""
        return self.ledger.totals[self.ground.level]

    def run(self, budget: float, limit_s: float) -> list[list[Move]]:
        """Searches one neighbourhood after the other for that effort; the moves that bettered the level."""
        until = time.monotonic() + limit_s
        found: list[list[Move]] = []
        while budget > 0 and not self._over() and (left := until - time.monotonic()) > 0:
            kind = self.pace.turn % CHOOSERS
            self.pace.turn += 1
            freed = self.choosers[kind](self.pace.sizes[kind])
            job = self._job(freed, left, self.pace.breadths[kind])
            outcome = Outcome("optimal") if job is None else self.hold.minimise(*job)
            self.pace.learn(kind, outcome, len(self.model.sets))
            budget -= LEAST + outcome.effort
            if job is not None:
                budget -= A_VARIABLE * len(job[0].picks)
                if outcome.values is not None and (moves := self.better(job[0], outcome.values)):
                    found.append(moves)
        if not found:
            self.pace.effort = min(MOST_EFFORT, MORE * self.pace.effort)
        return found

    def _over(self) -> bool:
        return self.hold.stopped or self.value <= self.ground.duals.bound

    def _job(self, freed: list[int], limit_s: float, breadth: int) -> tuple[Model, Task] | None:
        """The sub-model of the freed sets, and what to do with it; None: there is nothing better in it."""
        opened = self.opened(freed, self.ground.width(freed, breadth))
        if opened is None:
            return None
        small, start = opened
        ground = self.ground
        return small, Task(ground.level, ground.locks, start, None, limit_s, self.pace.effort, ground.seed)

    def opened(self, freed: Sequence[int], width: int) -> tuple[Model, list[int]] | None:
        """The sub-model of these sets, within a reduced cost and beside their places, and its values now.

        None: there is nothing better in it.
        """
        present, sets = self.ledger.present, self.model.sets
        room = min(width, (self.value - 1) * SCALE - self.base(freed))
        if room < 0:
            return None
        allowed = {s: [v for v in sets[s] if self.reduced[v] <= room or v == present[s]] for s in freed}
        with self.ledger.without(freed):
            small = self.restrictor.opened(allowed, self.ledger.rooms)
        start = None if small.impossible else View(small).of(self.model.picks[present[s]] for s in freed)
        if start is None:
            return None
        # the start has what presolve knows to be as good or better than a place that it cut away
        for k, total in enumerate(self.ledger.totals_after(self._moves(small, start))):
            small.constants[k] += total - small.value(k, start)
        return small, start

    def base(self, freed: Sequence[int]) -> int:
        """What the level costs at least, times SCALE, while all but the freed sets stay where they are."""
        present = self.ledger.present
        fixed = sum(self.reduced[v] for v in present) - sum(self.reduced[present[s]] for s in freed)
        return self.ground.duals.scaled_bound + fixed

    def better(self, small: Model, values: Sequence[int]) -> list[Move]:
        """Makes the moves that a sub-model's values say, if the level gets better by them."""
        if small.value(self.ground.level, values) >= self.value:
            return []
        moves = self._moves(small, values)
        return moves if self.ledger.bettered(moves, self.ground.level, self.ground.locks) else []

    def _moves(self, small: Model, values: Sequence[int]) -> list[Move]:
        """Whom a sub-model's values move."""
        return self.ledger.moves(self.ground.ones(small, values))

    def _cluster(self, size: int) -> list[int]:
        """From a random set outward, always whoever meets those taken in most lines."""
        uses, present, holders = self.restrictor.uses, self.ledger.present, self.ledger.holders
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
            for line, c in uses(present[s]):
                if c > 0 and line not in touched:
                    touched.add(line)
                    for other in holders.get(line, ()):
                        if other not in taken:
                            meets[other] = meets.get(other, 0) + 1
        return list(taken)

    def _blocking(self, size: int) -> list[int]:
        """Seeds drawn by reduced cost, and from each outward those who block it."""
        return self._outward(size, self._blockers)

    def _contending(self, size: int) -> list[int]:
        """Seeds drawn by reduced cost, and from each outward those who could use what it lacks."""
        return self._outward(size, self._contenders)

    def _outward(self, size: int, others: Callable[[int], Iterator[int]]) -> list[int]:
        sets = range(len(self.model.sets))
        blame = [self.reduced[v] + SCALE // 100 for v in self.ledger.present]
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
        """Lines that have too little room for some better places of the set."""
        reduced, ledger = self.reduced, self.ledger
        at = ledger.present[s]
        wishes = [v for v in self.model.sets[s] if reduced[v] < reduced[at] + 3 * SCALE // 10]
        for v in self.random.sample(wishes, min(4, len(wishes))):
            for line, c in self.restrictor.uses(v):
                if c > 0 and ledger.rooms[line] < c:
                    yield line

    def _blockers(self, s: int) -> Iterator[int]:
        for line in self._lacking(s):
            if held := self.ledger.holders.get(line):
                yield from self.random.sample(list(held), min(3, len(held)))

    def _contenders(self, s: int) -> Iterator[int]:
        for line in self._lacking(s):
            if line < self.restrictor.flat.hard:
                able = [v for v in self.restrictor.members(line) if self.reduced[v] <= SCALE]
                yield from (self.model.picks[v][0] for v in self.random.sample(able, min(4, len(able))))
