"""Large neighbourhood search: frees some dozens of activities at a time and lets CP-SAT place them anew.

Which ones, by turns: a cluster of those that now meet in the same lines; those whose present place
costs most by the reduced costs, with whoever stands in the way of a better one; and whoever might
want what such lines have, placed or not. They are freed to where the LP sees good plans alone.
Where several are searched side by side they free different activities, and what one finds is taken
if it still fits after those before it. Random numbers come from the seed and sub-solves are limited
in deterministic time, so the same model, start, seed and hands give the same sequence of plans.
"""

from collections.abc import Callable, Iterator, Sequence, Set
from random import Random

from arshjul.solver.duals import SCALE, Duals
from arshjul.solver.engine import Lock, Outcome, Task
from arshjul.solver.hands import Hands
from arshjul.solver.ledger import Ledger
from arshjul.solver.model import Model, View
from arshjul.solver.restrict import Restrictor

EFFORT = 2.0
"""Deterministic seconds for one sub-solve, at first."""

MORE = 1.05
"""So many times the effort has a round after one that brought nothing."""

MOST_EFFORT = 4.0

EASY = 0.25
"""A sub-solve that ends within this share of its effort lets the next ones free more."""

ROUND = 0.02
"""What a round takes beside its sub-solves, in such seconds."""

FIRST_BREADTH = 40
"""Variables that each freed set may take on average, those that the LP likes best."""

MOST_BREADTH = 120

MOST_SIZE = 320
"""Where so many activities are soon placed anew, they get more breadth instead of more company."""

FIRST_SIZE = 50
LEAST_SIZE = 10


class Neighbourhood:
    """The search for better values of one level under locks, from a plan that keeps every line."""

    def __init__(  # noqa: PLR0913 - what is asked, what is known, and who does it
        self,
        restrictor: Restrictor,
        level: int,
        locks: Sequence[Lock],
        present: Sequence[int],
        duals: Duals,
        *,
        seed: int,
        hands: Hands,
        by_kind: bool,
    ) -> None:
        self.restrictor = restrictor
        self.model = restrictor.model
        self.level = level
        self.locks = locks
        self.duals = duals
        self.random = Random(seed)
        self.seed = seed
        self.hands = hands
        self.by_kind = by_kind
        self.ledger = Ledger(restrictor, present)
        self.choosers = (self._cluster, self._blocking, self._contending)
        self.sizes = [FIRST_SIZE] * len(self.choosers)
        self.breadths = [FIRST_BREADTH] * len(self.choosers)
        self.effort = EFFORT
        self.turn = 0

    @property
    def value(self) -> int:
        """What the level costs now."""
        return self.ledger.totals[self.level]

    @property
    def present(self) -> list[int]:
        """The variable that each set takes now."""
        return list(self.ledger.present)

    def step(self, limit_s: float) -> float:
        """One round: as many sub-solves as there are hands; the plan changes if it gets no worse by it.

        Returns the effort that it took.
        """
        kind = self.turn % len(self.choosers)
        value = self.value
        self.turn += 1
        free = set(range(len(self.model.sets)))
        asked: list[tuple[list[int], Model, Task]] = []
        for hand in range(self.hands.count):
            freed = self.choosers[kind](free, self.sizes[kind])
            free.difference_update(freed)
            by_kind = self.by_kind and (self.turn // len(self.choosers) + hand) % 2 == 0
            job = self._job(freed, limit_s, self.breadths[kind], by_kind=by_kind) if freed else None
            if job is not None:
                asked.append((freed, *job))
        outcomes = self.hands.minimise([(small, task) for _, small, task in asked])
        for (freed, small, _), outcome in zip(asked, outcomes, strict=True):
            self._take(freed, small, outcome)
            self._resize(kind, outcome)
        if self.value == value:
            self.effort = min(MOST_EFFORT, MORE * self.effort)
        return ROUND + max((outcome.effort for outcome in outcomes), default=0.0)

    def _job(self, freed: list[int], limit_s: float, breadth: int, *, by_kind: bool) -> tuple[Model, Task] | None:
        """The sub-model of the freed sets, and what to do with it."""
        reduced, present, sets = self.duals.reduced, self.ledger.present, self.model.sets
        costs = sorted(reduced[v] for s in freed for v in sets[s])
        room = min(costs[min(len(freed) * breadth, len(costs)) - 1], (self.value - 1) * SCALE - self.duals.scaled_bound)
        allowed = {s: [v for v in sets[s] if reduced[v] <= room or v == present[s]] for s in freed}
        with self.ledger.without(freed):
            small = self.restrictor.opened(allowed, self.ledger.rooms)
        if small.impossible:
            return None
        start = View(small).of(self.model.picks[present[s]] for s in freed)
        if start is None:
            return None
        for k, total in enumerate(self.ledger.totals):
            small.constants[k] += total - small.value(k, start)
        return small, Task(self.level, self.locks, start, None, limit_s, self.effort, self.seed, by_kind=by_kind)

    def _take(self, freed: list[int], small: Model, outcome: Outcome) -> None:
        """Keeps what a sub-solve found, if it fits and the level gets no dearer."""
        if outcome.values is None or small.value(self.level, outcome.values) > self.value:
            return
        before = [(s, self.ledger.present[s]) for s in freed]
        value = self.value
        self.ledger.move(
            (s, self.restrictor.number[s, option])
            for (s, option), one in zip(small.picks, outcome.values, strict=False)
            if one
        )
        totals = self.ledger.totals
        if not self.ledger.fits() or self.value > value or any(totals[k] > most for k, most in self.locks):
            self.ledger.move(before)

    def _resize(self, kind: int, outcome: Outcome) -> None:
        """Frees more next time where it was easy, less where it was too hard."""
        size, breadth = self.sizes[kind], self.breadths[kind]
        if outcome.status != "optimal":
            if breadth > FIRST_BREADTH:
                self.breadths[kind] = max(FIRST_BREADTH, breadth * 3 // 4)
            else:
                self.sizes[kind] = max(LEAST_SIZE, size * 9 // 10)
        elif outcome.effort < EASY * self.effort:
            more = size // 4 if outcome.effort < EASY * EASY * self.effort else size // 12
            self.sizes[kind] = min(size + 1 + more, MOST_SIZE, len(self.model.sets))
            if self.sizes[kind] == size:
                self.breadths[kind] = min(breadth * 5 // 4, MOST_BREADTH)

    def _cluster(self, free: Set[int], size: int) -> list[int]:
        """From a random set outward, always whoever meets those taken in most lines."""
        uses, present, holders = self.restrictor.uses, self.ledger.present, self.ledger.holders
        left = sorted(free)
        taken: dict[int, None] = {}
        meets: dict[int, int] = {}
        touched: set[int] = set()
        while left and len(taken) < size:
            if meets:
                s = max(meets, key=meets.__getitem__)
                del meets[s]
            else:
                s = self.random.choice(left)
                if s in taken:
                    left.remove(s)
                    continue
            taken[s] = None
            for line, c in uses[present[s]]:
                if c > 0 and line not in touched:
                    touched.add(line)
                    for other in holders.get(line, ()):
                        if other in free and other not in taken:
                            meets[other] = meets.get(other, 0) + 1
        return list(taken)

    def _blocking(self, free: Set[int], size: int) -> list[int]:
        """Seeds drawn by reduced cost, and from each outward those who block it."""
        return self._outward(free, size, self._blockers)

    def _contending(self, free: Set[int], size: int) -> list[int]:
        """Seeds drawn by reduced cost, and from each outward those who could use what it lacks."""
        return self._outward(free, size, self._contenders)

    def _outward(self, free: Set[int], size: int, others: Callable[[int], Iterator[int]]) -> list[int]:
        present = self.ledger.present
        left = sorted(free)
        if not left:
            return []
        blame = [self.duals.reduced[present[s]] + SCALE // 100 for s in left]
        freed: dict[int, None] = {}
        queue: list[int] = []
        tries = 0
        while len(freed) < min(size, len(left)) and tries < 20 * size:
            tries += 1
            if not queue:
                queue = self.random.choices(left, blame)
                freed[queue[0]] = None
            s = queue.pop(self.random.randrange(len(queue)))
            for other in others(s):
                if other in free and other not in freed and len(freed) < size:
                    freed[other] = None
                    queue.append(other)
        return list(freed)

    def _lacking(self, s: int) -> Iterator[int]:
        """Lines that have too little room for some better places of the set."""
        reduced, ledger = self.duals.reduced, self.ledger
        at = ledger.present[s]
        wishes = [v for v in self.model.sets[s] if reduced[v] < reduced[at] + 3 * SCALE // 10]
        for v in self.random.sample(wishes, min(4, len(wishes))):
            for line, c in self.restrictor.uses[v]:
                if c > 0 and ledger.rooms[line] < c:
                    yield line

    def _blockers(self, s: int) -> Iterator[int]:
        for line in self._lacking(s):
            if held := self.ledger.holders.get(line):
                yield from self.random.sample(list(held), min(3, len(held)))

    def _contenders(self, s: int) -> Iterator[int]:
        for line in self._lacking(s):
            if line < len(self.model.lines):
                able = [v for v in self.model.lines[line].terms if self.duals.reduced[v] <= SCALE]
                yield from (self.model.picks[v][0] for v in self.random.sample(able, min(4, len(able))))
