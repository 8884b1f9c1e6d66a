"""The levels of one model, each solved, proven and locked before the next: the lead's way.

Everything that decides which plan comes out is deterministic here: the greedy start, the LP, the
search. A bound from outside (a rival engine that races along) can only end a level sooner, when
the plan at hand has reached it; `best` changes on strict improvement alone, so it is the same plan
however the race goes. What looks ahead ends by its effort or with all of the time, and is spared
where the plan at hand reaches the bounds, so a plan that is proven does not depend on how far the
clock let it come. Only a level that is cut off may, with what comes after it.

Most levels end where counting says that they cannot be bettered, so the last one is looked at
first: a plan that reaches every bound before it proves them all at a stroke (`_look_ahead`).
"""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from arshjul.solver.modelling.duals import Duals, counted, duals
from arshjul.solver.modelling.model import Lock, Model, View, by_set
from arshjul.solver.modelling.restrict import Restrictor
from arshjul.solver.search.foresight import Foresight, Hope
from arshjul.solver.search.ground import Ground
from arshjul.solver.search.hands import Hands
from arshjul.solver.search.level import CP_SAT, Impossible, Keeper, Search, Sizes
from arshjul.solver.search.priced import search_apart

__all__ = ["Impossible", "Levels", "Sizes", "Standing", "Ties"]

SHARE = 0.5
"""What the search of one level may take of the time left, so that the next ones get theirs."""

NO_LEVEL = -1
"""What a search for a plan under hopes counts as: a proof from outside must not end it."""


@dataclass(slots=True)
class Standing:
    """Where one level stands. `by` names what proved the bound; `seconds` is the time spent so far."""

    value: int | None
    bound: int
    by: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def proven(self) -> bool:
        """Whether the value cannot be improved."""
        return self.value is not None and self.value <= self.bound


@dataclass(slots=True)
class Ties:
    """How a run is tied to the outside: what it tells, and what it is told.

    `tell(level, standing, best)`: a better value, a better bound, or a new level; `best` are values
    of the variables of the model that the run was given. `outside(level)`: a bound that someone
    else proved under the same locks, and who.
    """

    tell: Callable[[int, Standing, list[int] | None], None] = lambda _level, _standing, _best: None
    outside: Callable[[int], tuple[int, str] | None] = lambda _level: None
    halt: Callable[[], bool] = lambda: False


Start = Callable[[], list[int] | None]
"""Gives the first plan, values of all variables; asked for only where the LP's view gives none."""


class Levels:
    """A run through the levels of one model."""

    def __init__(
        self,
        model: Model,
        deadline: float,
        seed: int = 0,
        ties: Ties | None = None,
        sizes: Sizes | None = None,
        hands: Hands | None = None,
    ) -> None:
        self.model = model
        self.view = View(model)
        self.sizes = sizes or Sizes()
        self.hands = hands or Hands()
        self.deadline = deadline
        self.seed = seed
        self.ties = ties or Ties()
        self.standings: list[Standing] = []
        self.start: Start = lambda: None
        self.best: list[int] | None = None
        self.restrictor: Restrictor | None = None
        self.locks: list[Lock] = []
        self.barred: set[int] = set()
        self.until = deadline
        self.turn = threading.Lock()
        self.running: int | None = None
        self.foresight = Foresight(model, self.barred)
        self.hoped_for: list[list[Lock]] = []
        self.foreseen: Search | None = None

    def run(self, start: Start, known: list[int] | None = None) -> None:
        """Fills `standings` and `best`, values of the model's variables. Raises `Impossible`.

        A plan that is `known` already is never given up for one that is worse.
        """
        self.start = start
        self.standings.clear()
        self.best = start() if known is None and len(self.model.picks) <= self.sizes.small else known
        for level in range(len(self.model.costs)):
            began = time.monotonic()
            self.until = self.deadline
            proof = self._level(level)
            standing = self.standings[level]
            standing.seconds = time.monotonic() - began
            if self.best is None or standing.value is None:
                return
            self.locks.append((level, standing.value))
            self.barred.update(v for v in range(len(self.model.picks)) if not proof.reach(v, standing.value))
        for level, standing in enumerate(self.standings):  # a later level may have bettered an unproven one
            standing.value = self._value(level)

    def stop(self, level: int | None = None) -> None:
        """Ends the search that runs, of that level only if one is given; called from another thread."""
        with self.turn:
            if self.running is not None and level in (None, self.running):
                self.hands.stop()

    # What a search tells and asks: see `Keeper`.

    def found(self, ones: Sequence[int], value: int) -> None:
        """Keeps a plan if it is better on the level at hand."""
        standing = self.standings[-1]
        if standing.value is None or value < standing.value:
            self.best, standing.value = self.view.values(ones), value
            self._tell()

    def proved(self, bound: int, by: str) -> None:
        """Keeps a bound of the level at hand if it is better."""
        standing = self.standings[-1]
        if bound > standing.bound:
            standing.bound, standing.by = bound, (by,)
            self._tell()

    def settled(self) -> bool:
        """Whether the level is proven, here or by someone else, or time is up."""
        if (outside := self.ties.outside(len(self.standings) - 1)) is not None:
            self.proved(*outside)
        return self._done()

    def _done(self) -> bool:
        """The same, of what was proved here: what comes before a level's search must not depend on a race."""
        return self.standings[-1].proven or self.left() <= 0

    def left(self) -> float:
        """Seconds for the level; none when it is to end."""
        return 0.0 if self.ties.halt() else max(0.0, self.until - time.monotonic())

    def _level(self, level: int) -> Duals:
        proof = duals(self.model, level, barred=self.barred)
        self.standings.append(Standing(self._value(level), proof.bound, ("counting",)))
        self._tell()
        if len(self.model.picks) > self.sizes.small and not self._done():
            proof = self._look_ahead(level, proof)
        self._begin()
        if level < len(self.model.costs) - 1:
            now = time.monotonic()
            self.until = now + SHARE * max(0.0, self.deadline - now)
        if not self.settled():
            if self.foreseen is not None and self.foreseen.ground.locks == tuple(self.locks):
                search, self.foreseen.keeper = self.foreseen, self
                self.proved(search.own, CP_SAT)
            else:
                search = self._searching(level, self.locks, proof, self, self._present())
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
            self.best, self.standings[-1].value = values, worth[0]
            self._tell()

    def _worth(self, values: list[int]) -> list[int]:
        """What a plan costs on the level at hand and on all later ones."""
        return [self.model.value(level, values) for level in range(len(self.standings) - 1, len(self.model.costs))]

    def _apart(self, search: Search) -> None:
        """A plan and a bound of a level that is too large to be searched whole."""
        seen = self.foresight.seen
        if seen is not None and seen.serves(self.locks):
            search_apart(search, seen.multipliers)

    def _look_ahead(self, level: int, proof: Duals) -> Duals:
        """The LP's view of the level, and where that lets hope a plan with all levels but the last at their bounds.

        What the LP says of a level raises its lock, and the LP is asked again, until that ends.
        """
        model, last = self.model, len(self.model.costs) - 1
        self.hands.ready()
        if self.foreseen is not None and self.foreseen.ground.locks == tuple(self.locks):
            return self._better(proof, self.foreseen.duals)
        least = {k: counted(model, k) for k in range(level, last)}
        if level < last:
            least[level] = max(least[level], proof.bound)
        while not self._done():
            locks = [*self.locks, *least.items()]
            multipliers = self.foresight.multipliers(locks, len(least), self.left())
            if multipliers is None:
                return proof
            ahead = self.foresight.last(locks, multipliers)
            if level == last:
                return self._better(proof, ahead)
            own = {k: self.foresight.before(k, locks[:k], multipliers) for k in least}
            proof = self._better(proof, own[level])
            higher = {k: max(bound, own[k].bound) for k, bound in least.items()}
            if higher == least:
                self._begin()
                if locks not in self.hoped_for and not self._done():
                    self._hope(locks, ahead)
                return proof
            least = higher
        return proof

    def _better(self, old: Duals, new: Duals) -> Duals:
        if new.bound <= old.bound:
            return old
        self.proved(new.bound, "duals")
        return new

    def _hope(self, locks: list[Lock], ahead: Duals) -> None:
        """Looks for a plan within locks that are only hoped for; it proves them."""
        self.hoped_for.append(locks)
        hope = Hope(self, ahead.bound)
        search = self._searching(len(self.model.costs) - 1, locks, ahead, hope)
        self._run(search.first, NO_LEVEL)
        if hope.ones is not None:
            self.foreseen = search
            self._adopt(self.view.values(hope.ones))

    def _searching(
        self, level: int, locks: Sequence[Lock], proof: Duals, keeper: Keeper, present: Sequence[int] | None = None
    ) -> Search:
        ground = Ground(self._restrictor(), level, locks, proof, self.seed)
        return Search(ground, keeper, present, self.sizes, self.hands, hard=self.foresight.hard)

    def _run(self, work: Callable[[], None], level: int) -> None:
        with self.turn:
            self.running = level
            self.hands.resume()
        try:
            work()
        finally:
            with self.turn:
                self.running = None

    def _value(self, level: int) -> int | None:
        return None if self.best is None else self.model.value(level, self.best)

    def _present(self) -> list[int] | None:
        return None if self.best is None else by_set(self.model, self.best)

    def _restrictor(self) -> Restrictor:
        if self.restrictor is None:
            self.restrictor = Restrictor(self.model)
        return self.restrictor

    def _tell(self) -> None:
        self.ties.tell(len(self.standings) - 1, self.standings[-1], self.best)
