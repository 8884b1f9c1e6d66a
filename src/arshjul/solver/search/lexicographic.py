"""Lexicographic optimisation: each level is solved, proven and cut off before the next (Isermann 1982).

A cut `level <= value` holds for all later levels, so no weights are needed. What decides which plan comes out is
deterministic: the construction, the LP, the search. A bound from outside (the bounder) can only end a level sooner,
once the plan at hand has reached it.

Most levels end where counting proves them, so the last level is looked at first: a plan that reaches every bound before
it proves all those levels at once (`_look_ahead`). A level that used up its share of the time pauses at a point from
which it can go on as if it had not, and does so once the later levels are done.
"""

import math
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from arshjul.solver.model.bounds import LagrangianBound, counting_bound, lagrangian_bound
from arshjul.solver.model.milp import LevelCut, Model, ModelIndex, by_set
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.parallel.worker_pool import WorkerPool
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.solver.search.core import CP_SAT, CoreSearch, Recorder
from arshjul.solver.search.decomposition import decompose
from arshjul.solver.search.lookahead import Lookahead, TentativeIncumbent
from arshjul.solver.search.status import LevelStatus, SearchHooks
from arshjul.solver.search.subproblem import Subproblem

NO_LEVEL = -1
"""The level number of a search under tentative cuts: a proof from outside must not end it."""


@dataclass(frozen=True, slots=True)
class _Checkpoint:
    """A level as its search left it, with all that later levels change."""

    search: CoreSearch
    bound: LagrangianBound
    barred: frozenset[int]
    tentative_cuts: tuple[list[LevelCut], ...]
    ahead: CoreSearch | None


Start = Callable[[], list[int] | None]
"""Gives the first plan, values of all variables; asked for only where the LP's view gives none."""


class LexicographicSearch:
    """A run through the levels of one model; it ends as if time were up once it `spent` all of its `effort`."""

    def __init__(
        self,
        model: Model,
        deadline: float,
        seed: int = 0,
        hooks: SearchHooks | None = None,
        params: SolveParams = DEFAULT,
        pool: WorkerPool | None = None,
        effort: float = math.inf,
    ) -> None:
        self.model = model = replace(model, constraints=[*model.constraints])  # the look-ahead adds cuts
        self.effort = effort
        self.view = ModelIndex(model)
        self.params = params
        self.sizes = params.sizes
        self.pool = pool or WorkerPool(params=params)
        self.deadline = deadline
        self.seed = seed
        self.hooks = hooks or SearchHooks()
        self.statuses: list[LevelStatus] = []
        self.start: Start = lambda: None
        self.best: list[int] | None = None
        self.restriction: Restriction | None = None
        self.cuts: list[LevelCut] = []
        self.barred: set[int] = set()
        self.pause_at = self.until = deadline
        self.checkpoints: dict[int, _Checkpoint] = {}
        self.former: list[LevelStatus] = []
        self.former_best: list[int] | None = None
        self.turn = threading.Lock()
        self.running: int | None = None
        self.lookahead = Lookahead(model, self.barred, params)
        self.tentative_cuts: list[list[LevelCut]] = []
        self.ahead: CoreSearch | None = None

    def run(self, start: Start, known: list[int] | None = None) -> None:
        """Fills `statuses` and `best`, values of the model's variables. Raises `Impossible`.

        A plan that is `known` already is never given up for one that is worse.
        """
        self.start = start
        self.statuses.clear()
        self.best = start() if known is None and len(self.model.picks) <= self.sizes.small else known
        for level in range(len(self.model.costs)):
            began = time.monotonic()
            if not self._close(level, self._level(level), began):
                break
        self._take_up()
        self._put_together()

    def _close(self, level: int, bound: LagrangianBound, began: float) -> bool:
        """Cuts off what is worse than the level's value; whether there is a plan."""
        status = self.statuses[level]
        status.seconds += time.monotonic() - began
        if self.best is None or status.value is None:
            return False
        self.cuts.append((level, status.value))
        if self.params.levels.fixing:
            self.barred.update(v for v in range(len(self.model.picks)) if not bound.reach(v, status.value))
        return True

    def _take_up(self) -> None:
        """Goes on with the first level that was paused, and with those after it, while that leads anywhere.

        Its search goes on from its own plan, as if it had not paused, so a proven plan does not depend on the clock.
        """
        while (level := self._paused_level()) is not None and self._time_left() > self.params.levels.least_s:
            search = self.checkpoints[level].search
            spent = search.spent
            self._put_together()
            self._reopen(level)
            later = sum(status.seconds for status in self.former[level + 1 :])
            for again in range(level, len(self.model.costs)):
                began = time.monotonic()
                if again == level:
                    self._share(again, later)
                    self._run(search.run, again)
                    bound = self.checkpoints[again].bound
                else:
                    bound = self._level(again)
                if not self._close(again, bound, began):
                    break
            if search.spent == spent and not self.statuses[level].proven:
                return

    def _paused_level(self) -> int | None:
        """The first level that is not proven, if its search can go on."""
        unproven = next((k for k, status in enumerate(self.statuses) if not status.proven), None)
        return unproven if unproven in self.checkpoints else None

    def _reopen(self, level: int) -> None:
        """The state in which the level's search paused."""
        point = self.checkpoints[level]
        self.former, self.former_best = self.statuses, self.best
        del self.cuts[level:]
        self.barred.clear()
        self.barred.update(point.barred)
        self.tentative_cuts = list(point.tentative_cuts)
        self.ahead = point.ahead
        self.statuses = [*self.former[:level], replace(self.former[level])]
        if point.search.present is not None:
            self.best = self.view.values(point.search.present)
            self.statuses[level].value = self._value(level)

    def _put_together(self) -> None:
        """Keeps the best plan of all passes, with the bounds of the levels that this pass did not come to.

        A former pass had a looser cut, so its bounds hold. A later level may have bettered an unproven one.
        """
        levels = range(len(self.model.costs))
        if self.former_best is not None and (
            self.best is None
            or [self.model.value(k, self.former_best) for k in levels]
            < [self.model.value(k, self.best) for k in levels]
        ):
            self.best = self.former_best
        self.statuses += self.former[len(self.statuses) :]
        for level, (status, former) in enumerate(zip(self.statuses, self.former, strict=False)):
            if former.bound > status.bound:
                status.bound, status.by = former.bound, former.by
            status.value = self._value(level)
        for level, status in enumerate(self.statuses):
            status.value = self._value(level)

    @property
    def _over(self) -> bool:
        return self.hooks.halt() or self.pool.handle.spent >= self.effort

    def _time_left(self) -> float:
        return 0.0 if self._over else self.deadline - time.monotonic()

    def _share(self, level: int, reserve_s: float | None = None) -> None:
        """Sets when the level's search pauses, and when it ends; `reserve_s` is what later levels took before."""
        now = time.monotonic()
        left = max(0.0, self.deadline - now)
        self.pause_at = self.until = self.deadline
        if level < len(self.model.costs) - 1:
            wanted = (
                self.params.levels.share * left
                if reserve_s is None
                else max(self.params.levels.share * left, left - 2 * reserve_s)
            )
            self.pause_at = now + wanted
            self.until = self.pause_at + self.params.levels.overtime * (left - wanted)

    def stop(self, level: int | None = None) -> None:
        """Ends the search that runs, of that level only if one is given; called from another thread."""
        with self.turn:
            if self.running is not None and level in (None, self.running):
                self.pool.stop()

    # What a search tells and asks: see `Recorder`.

    def found(self, ones: Sequence[int], value: int) -> None:
        """Keeps a plan if it is better on the level at hand."""
        status = self.statuses[-1]
        if status.value is None or value < status.value:
            self.best, status.value = self.view.values(ones), value
            self._tell()

    def proved(self, bound: int, by: str) -> None:
        """Keeps a bound of the level at hand if it is better."""
        status = self.statuses[-1]
        if bound > status.bound:
            status.bound, status.by = bound, (by,)
            self._tell()

    def settled(self) -> bool:
        """True if the level is proven, here or by someone else, or time is up."""
        if (outside := self.hooks.outside(len(self.statuses) - 1)) is not None:
            self.proved(*outside)
        return self._done()

    def paused(self) -> bool:
        """True if the level has had its share of the time."""
        return time.monotonic() >= self.pause_at

    def _done(self) -> bool:
        """The same, of what was proved here: what comes before a level's search must not depend on the bounder."""
        return self.statuses[-1].proven or self.left() <= 0

    def left(self) -> float:
        """Seconds for the level; none when it is to end."""
        return 0.0 if self._over else max(0.0, self.until - time.monotonic())

    def _level(self, level: int) -> LagrangianBound:
        self.pause_at = self.until = self.deadline
        self.checkpoints.pop(level, None)
        proof = lagrangian_bound(self.model, level, barred=self.barred)
        self.statuses.append(LevelStatus(self._value(level), proof.bound, ("counting",)))
        self._tell()
        if len(self.model.picks) > self.sizes.small and not self._done():
            proof = self._look_ahead(level, proof)
        self._begin()
        self._share(level)
        self.settled()  # a bound from outside may have come meanwhile
        if not self.statuses[-1].proven:
            self.pool.ready()
            if self.ahead is not None and self.ahead.subproblem.cuts == tuple(self.cuts):
                search, self.ahead.recorder = self.ahead, self
                self.proved(search.own, CP_SAT)
            else:
                search = self._searching(level, self.cuts, proof, self, self._present())
            self.checkpoints[level] = _Checkpoint(
                search, proof, frozenset(self.barred), tuple(self.tentative_cuts), self.ahead
            )
            if search.present is not None and not search.provable:
                self._run(lambda: self._apart(search), level)
            self._run(search.run, level)
        return proof

    def _begin(self) -> None:
        """Asks for the first plan, where there is none yet."""
        if self.best is None and (first := self.start()) is not None:
            self._adopt(first)

    def _adopt(self, values: list[int]) -> None:
        """Keeps a plan that is better on the level at hand, or as good there and better on a later one."""
        worth = self._worth(values)
        if self.best is None or worth < self._worth(self.best):
            self.best, self.statuses[-1].value = values, worth[0]
            self._tell()

    def _worth(self, values: list[int]) -> list[int]:
        """The cost of a plan on the level at hand and on all later ones."""
        return [self.model.value(level, values) for level in range(len(self.statuses) - 1, len(self.model.costs))]

    def _apart(self, search: CoreSearch) -> None:
        """A plan and a bound of a level that is too large to be searched whole."""
        seen = self.lookahead.seen
        if seen is not None and seen.serves(self.model, self.cuts):
            decompose(search, seen.multipliers)

    def _look_ahead(self, level: int, proof: LagrangianBound) -> LagrangianBound:
        """The level's bound by the LP; and, where promising, a plan with all levels but the last at their bounds.

        What the LP says of a level raises its cut, and the LP is asked again, until that ends.
        """
        model, last = self.model, len(self.model.costs) - 1
        if self.ahead is not None and self.ahead.subproblem.cuts == tuple(self.cuts):
            return self._better(proof, self.ahead.duals)
        least = {k: counting_bound(model, k) for k in range(level, last)}
        if level < last:
            least[level] = max(least[level], proof.bound)
        while not self._done():
            cuts = [*self.cuts, *least.items()]
            multipliers = self.lookahead.multipliers(cuts, len(least), self.left())
            if multipliers is None:
                return proof
            ahead = self.lookahead.last(cuts, multipliers)
            if level == last:
                return self._better(proof, ahead)
            own = {k: self.lookahead.before(k, cuts[:k], multipliers) for k in least}
            proof = self._better(proof, own[level])
            higher = {k: max(bound, own[k].bound) for k, bound in least.items()}
            if higher == least:
                if self.params.levels.lookahead and cuts not in self.tentative_cuts and not self._done():
                    self._tentative(level, cuts, {**own, level: proof, last: ahead})
                return proof
            least = higher
        return proof

    def _better(self, old: LagrangianBound, new: LagrangianBound) -> LagrangianBound:
        if new.bound <= old.bound:
            return old
        self.proved(new.bound, "duals")
        return new

    def _tentative(self, level: int, cuts: list[LevelCut], seen: Mapping[int, LagrangianBound]) -> None:
        """Looks for a plan within tentative cuts: one that is found proves them. `seen` are the levels' bounds.

        The LP's own optimum may be such a plan, or one may lie near it; then no first plan is needed.
        Where the last level's first core is proven to hold none, those of the levels before it are searched, each
        within the cuts before its own, down to the level at hand: that costs little, and wider cores much.
        """
        self.tentative_cuts.append(cuts)
        searches: dict[int, CoreSearch] = {}
        for k in sorted(seen, reverse=True):
            present = self._present() if k == level else None
            searches[k] = self._searching(k, cuts[:k], seen[k], TentativeIncumbent(self, seen[k].bound), present)
            if k == max(seen):
                self._run(partial(searches[k].round, self.lookahead.support), NO_LEVEL)
            self._run(searches[k].glance, NO_LEVEL)
            if self._kept(searches[k]) or not searches[k].empty:
                break
            self._begin()
        self._begin()
        own, last = searches.get(level), searches[max(seen)]
        if last.present is None and not self._done() and (own is None or own.own <= cuts[level][1]):
            self._run(last.first, NO_LEVEL)
            self._kept(last)

    def _kept(self, search: CoreSearch) -> bool:
        """Keeps a search within tentative cuts that came to a plan, and the plan; whether it did."""
        if search.present is None:
            return False
        self.ahead = search
        self._adopt(self.view.values(search.present))
        return True

    def _searching(
        self,
        level: int,
        cuts: Sequence[LevelCut],
        proof: LagrangianBound,
        recorder: Recorder,
        present: Sequence[int] | None = None,
    ) -> CoreSearch:
        subproblem = Subproblem(self._restriction(), level, cuts, proof, self.seed)
        return CoreSearch(subproblem, recorder, present, self.pool, hard=self.lookahead.hard)

    def _run(self, work: Callable[[], None], level: int) -> None:
        with self.turn:
            self.running = level
            self.pool.resume()
        try:
            work()
        finally:
            with self.turn:
                self.running = None

    def _value(self, level: int) -> int | None:
        return None if self.best is None else self.model.value(level, self.best)

    def _present(self) -> list[int] | None:
        return None if self.best is None else by_set(self.model, self.best)

    def _restriction(self) -> Restriction:
        if self.restriction is None or self.restriction.arrays.hard < len(self.model.constraints):
            self.restriction = Restriction(self.model, self.params)
        return self.restriction

    def _tell(self) -> None:
        level = len(self.statuses) - 1
        if self.former_best is None:
            self.hooks.tell(level, self.statuses[-1], self.best)
        elif self.best is not None and self.statuses[-1].value is not None:
            self._tell_better(level)

    def _tell_better(self, level: int) -> None:
        """Tells a former pass's plan where the one at hand is not yet better than that."""
        former, status = self.former_best, self.statuses[-1]
        levels = range(level + 1)
        at_hand, before = ([self.model.value(k, plan) for k in levels] for plan in (self.best or [], former or []))
        best = self.best if at_hand < before else former
        self.hooks.tell(level, replace(status, value=min(at_hand, before)[-1]), best)
