"""Large neighbourhood search: some dozens of activities are freed at a time and placed anew by CP-SAT (Shaw 1998).

Neighbourhoods are chosen in turn: a cluster of activities that meet in the same constraints; those of large reduced
cost, with what blocks a better place for them; and those, with whoever contends for the same room. Sizes and efforts
adapt (adaptive LNS, Ropke and Pisinger 2006). Several workers search from the same plan, and their plans are then
recombined by one more MILP over what they take (as in RINS, Danna, Rothberg and Le Pape 2005). Seeds are fixed and
sub-solves limited in deterministic time, so the sequence of plans is the same each time.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.model.bounds import SCALE
from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.parallel.worker_pool import SolverHandle, WorkerPool
from arshjul.solver.params import LNSParams
from arshjul.solver.search.evaluation import IncrementalEvaluator, Move
from arshjul.solver.search.status import is_best
from arshjul.solver.search.subproblem import Subproblem

CHOOSERS = 3


@dataclass(slots=True)
class LNSState:
    """Adaptive sizes: activities that each neighbourhood frees, how far, and the effort of a sub-solve."""

    params: LNSParams
    sizes: list[int] = field(init=False)
    breadths: list[int] = field(init=False)
    effort: float = field(init=False)
    turn: int = 0

    def __post_init__(self) -> None:
        self.sizes = [self.params.size] * CHOOSERS
        self.breadths = [self.params.breadth] * CHOOSERS
        self.effort = self.params.effort

    def copy(self) -> "LNSState":
        """One that learns on its own."""
        copied = LNSState(self.params, self.turn)
        copied.sizes, copied.breadths, copied.effort = list(self.sizes), list(self.breadths), self.effort
        return copied

    def learn(self, kind: int, outcome: EngineResult, sets: int) -> None:
        """Frees more next time where it was easy, less where it was too hard."""
        size, breadth, params = self.sizes[kind], self.breadths[kind], self.params
        if outcome.status != "optimal":
            if breadth > params.breadth:
                self.breadths[kind] = max(params.breadth, breadth * 3 // 4)
            else:
                self.sizes[kind] = max(params.least_size, size * 4 // 5)
        elif outcome.effort < params.easy * self.effort:
            more = size // 4 if outcome.effort < params.easy * params.easy * self.effort else size // 12
            most = sets if breadth >= params.most_breadth else min(sets, params.wide_size)
            self.sizes[kind] = max(size, min(size + 1 + more, most))
            if self.sizes[kind] == size:
                self.breadths[kind] = min(breadth * 5 // 4, params.most_breadth)


class NeighbourhoodSearch:
    """The search for better values of one level under cuts, from a plan that keeps every constraint."""

    def __init__(
        self, subproblem: Subproblem, present: Sequence[int], state: LNSState, random: Random, handle: SolverHandle
    ) -> None:
        self.subproblem = subproblem
        self.restriction = subproblem.restriction
        self.model = subproblem.model
        self.reduced = subproblem.duals.reduced
        self.params = subproblem.params.lns
        self.state = state
        self.random = random
        self.handle = handle
        self.evaluator = IncrementalEvaluator(subproblem.restriction, present)
        self.choosers = (self._cluster, self._blocking, self._contending)

    @property
    def value(self) -> int:
        """The level's present cost."""
        return self.evaluator.totals[self.subproblem.level]

    def run(self, budget: float, limit_s: float) -> list[list[Move]]:
        """Searches one neighbourhood after the other for that effort; the moves that bettered the level."""
        until = time.monotonic() + limit_s
        found: list[list[Move]] = []
        while budget > 0 and not self._over() and (left := until - time.monotonic()) > 0:
            kind = self.state.turn % CHOOSERS
            self.state.turn += 1
            freed = self.choosers[kind](self.state.sizes[kind])
            job = self._job(freed, left, self.state.breadths[kind])
            outcome = EngineResult("optimal") if job is None else self.handle.minimise(*job)
            self.state.learn(kind, outcome, len(self.model.sets))
            budget -= self.params.a_solve + outcome.effort
            if job is not None:
                budget -= self.params.a_variable * len(job[0].picks)
                if outcome.values is not None and (moves := self.better(job[0], outcome.values)):
                    found.append(moves)
        if not found:
            self.state.effort = min(self.params.most_effort, self.params.more_effort * self.state.effort)
        return found

    def _over(self) -> bool:
        return self.handle.stopped or is_best(self.value, self.subproblem.duals.bound, ("duals",))

    def _job(self, freed: list[int], limit_s: float, breadth: int) -> tuple[Model, Task] | None:
        """The sub-model of the freed sets, and what to do with it; None: there is nothing better in it."""
        opened = self.opened(freed, self.subproblem.width(freed, breadth))
        if opened is None:
            return None
        small, start = opened
        subproblem = self.subproblem
        return small, Task(subproblem.level, subproblem.cuts, start, None, limit_s, self.state.effort, subproblem.seed)

    def opened(self, freed: Sequence[int], width: int) -> tuple[Model, list[int]] | None:
        """The sub-model of these sets, within a reduced cost and beside their places, and its values now.

        None: there is nothing better in it.
        """
        present, sets = self.evaluator.present, self.model.sets
        room = min(width, (self.value - 1) * SCALE - self.base(freed))
        if room < 0:
            return None
        allowed = {s: [v for v in sets[s] if self.reduced[v] <= room or v == present[s]] for s in freed}
        with self.evaluator.without(freed):
            small = self.restriction.opened(allowed, self.evaluator.rooms)
        start = None if small.impossible else ModelIndex(small).of(self.model.picks[present[s]] for s in freed)
        if start is None:
            return None
        # the start has what presolve knows to be as good or better than a place that it cut away
        for k, total in enumerate(self.evaluator.totals_after(self._moves(small, start))):
            small.constants[k] += total - small.value(k, start)
        return small, start

    def base(self, freed: Sequence[int]) -> int:
        """A bound of the level, times SCALE, while all but the freed sets stay where they are."""
        present = self.evaluator.present
        fixed = sum(self.reduced[v] for v in present) - sum(self.reduced[present[s]] for s in freed)
        return self.subproblem.duals.scaled_bound + fixed

    def better(self, small: Model, values: Sequence[int]) -> list[Move]:
        """Makes the moves that a sub-model's values say, if the level gets better by them."""
        if small.value(self.subproblem.level, values) >= self.value:
            return []
        moves = self._moves(small, values)
        return moves if self.evaluator.apply_if_better(moves, self.subproblem.level, self.subproblem.cuts) else []

    def _moves(self, small: Model, values: Sequence[int]) -> list[Move]:
        """The moves that a sub-model's values stand for."""
        return self.evaluator.moves(self.subproblem.ones(small, values))

    def _cluster(self, size: int) -> list[int]:
        """From a random set outward, always whoever meets those taken in most constraints."""
        uses, present, holders = self.restriction.uses, self.evaluator.present, self.evaluator.holders
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
        blame = [self.reduced[v] + round(self.params.blame * SCALE) for v in self.evaluator.present]
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
        """Constraints that have too little room for some better places of the set."""
        reduced, evaluator = self.reduced, self.evaluator
        at = evaluator.present[s]
        wishes = [v for v in self.model.sets[s] if reduced[v] < reduced[at] + round(self.params.wish * SCALE)]
        for v in self.random.sample(wishes, min(4, len(wishes))):
            for line, c in self.restriction.uses(v):
                if c > 0 and evaluator.rooms[line] < c:
                    yield line

    def _blockers(self, s: int) -> Iterator[int]:
        for line in self._lacking(s):
            if held := self.evaluator.holders.get(line):
                yield from self.random.sample(list(held), min(3, len(held)))

    def _contenders(self, s: int) -> Iterator[int]:
        for line in self._lacking(s):
            if line < self.restriction.arrays.hard:
                able = [v for v in self.restriction.members(line) if self.reduced[v] <= SCALE]
                yield from (self.model.picks[v][0] for v in self.random.sample(able, min(4, len(able))))


@dataclass(frozen=True, slots=True)
class LNSTask:
    """A search from a plan, with the adaptive state of this worker's last one, a seed and a budget."""

    present: list[int]
    state: LNSState
    seed: str
    budget: float
    limit_s: float


@dataclass(frozen=True, slots=True)
class LNSResult:
    """Its result: the improving moves in their order, the value reached, and the new adaptive state."""

    found: list[list[Move]]
    value: int
    state: LNSState

    def plan(self, base: Sequence[int]) -> list[int]:
        """The plan that it came to from that one."""
        plan = list(base)
        for moves in self.found:
            for s, v in moves:
                plan[s] = v
        return plan


class ParallelLNS:
    """Rounds from one plan of a subproblem, which gets better and keeps every constraint and cut."""

    def __init__(self, subproblem: Subproblem, pool: WorkerPool, present: Sequence[int]) -> None:
        self.subproblem = subproblem
        self.params = subproblem.params.lns
        self.pool = pool
        self.evaluator = IncrementalEvaluator(subproblem.restriction, present)
        self.states = [LNSState(self.params) for _ in range(pool.count)]
        self.rounds = 0
        self.sent = False

    @property
    def value(self) -> int:
        """The level's present cost."""
        return self.evaluator.totals[self.subproblem.level]

    @property
    def present(self) -> list[int]:
        """The variable that each set takes now."""
        return list(self.evaluator.present)

    def round(self, budget: float, limit_s: float) -> None:
        """Lets each worker search for that effort, and puts together what they bring."""
        tasks = [
            LNSTask(self.present, state, f"{self.subproblem.seed}.{self.rounds}.{hand}", budget, limit_s)
            for hand, state in enumerate(self.states)
        ]
        self.rounds += 1
        base = self.present
        returns = self._sent(tasks)
        for hand, back in enumerate(returns):
            if back is not None:
                self.states[hand] = back.state
        found = sorted((back for back in returns if back is not None and back.found), key=lambda back: back.value)
        for back in found:
            for moves in back.found:
                self.evaluator.apply_if_better(moves, self.subproblem.level, self.subproblem.cuts)
        if len(found) > 1 and self.params.recombining:
            self.recombine([back.plan(base) for back in found], limit_s)

    def recombine(self, plans: list[list[int]], limit_s: float) -> None:
        """Makes one plan of the present one and others, with some choice beside where they differ."""
        subproblem, present = self.subproblem, self.present
        plans = [present, *plans]
        differ = {s for s, taken in enumerate(zip(*plans, strict=True)) if len(set(taken)) > 1}
        small = subproblem.recombination({v for plan in plans for v in plan}, differ, self.params.mixing_breadth)
        start = ModelIndex(small).of(subproblem.model.picks[v] for v in present)
        task = Task(subproblem.level, subproblem.cuts, start, None, limit_s, self.params.mixing, subproblem.seed)
        outcome = self.pool.handle.minimise(small, task)
        if outcome.values is not None:
            moves = self.evaluator.moves(subproblem.ones(small, outcome.values))
            self.evaluator.apply_if_better(moves, subproblem.level, subproblem.cuts)

    def _sent(self, tasks: list[LNSTask]) -> list[LNSResult | None]:
        """The results; the subproblem is sent only to workers that do not have it."""
        key, subproblem = self.subproblem.key, self.subproblem
        returns = self.pool.each([(run_lns_task, (key, None if self.sent else subproblem, task)) for task in tasks])
        missing = [hand for hand, back in enumerate(returns) if back == UNKNOWN]
        again = self.pool.each([(run_lns_task, (key, subproblem, tasks[hand])) for hand in missing])
        for hand, back in zip(missing, again, strict=True):
            returns[hand] = back
        self.sent = not missing  # else a worker is new, and may be asked next
        return returns


UNKNOWN = "unknown ground"

_known: dict[str, Subproblem] = {}
"""The subproblem that this process searched last: sending and taking apart a large one takes seconds."""


def run_lns_task(handle: SolverHandle, key: str, subproblem: Subproblem | None, task: LNSTask) -> LNSResult | str:
    """A worker's work; `UNKNOWN` where the subproblem is neither given nor the last one."""
    if subproblem is not None:
        _known.clear()
        _known[key] = subproblem
    if (known := _known.get(key)) is None:
        return UNKNOWN
    state = task.state.copy()
    around = NeighbourhoodSearch(known, task.present, state, Random(task.seed), handle)
    found = around.run(task.budget, task.limit_s)
    return LNSResult(found, around.value, state)
