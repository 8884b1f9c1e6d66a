"""The search for the best plan of one level under locks, led by the LP's view of it.

Two moves, both of which find plans. A *core* is all that plans within some distance of the LP's
bound can take: the first ones hold little more than what the LP takes itself, each next one
reaches farther, and what the search of one proves holds for the whole as far as it reaches. Where
a core is too hard to be searched to its end, *neighbourhoods* of the best plan come next.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from arshjul.errors import EngineFault, Message
from arshjul.solver.duals import SCALE, Duals
from arshjul.solver.engine import Lock, Task
from arshjul.solver.model import Model, View
from arshjul.solver.restrict import Restrictor

if TYPE_CHECKING:  # ortools takes half a second to import: only a search that needs it does
    from arshjul.solver.cpsat import CpSat
    from arshjul.solver.neighbourhood import Neighbourhood

CP_SAT = "cp-sat"

EFFORT = 4.0
"""Deterministic seconds for a first search of the core; each later one at the same width gets double."""

KERNEL_WIDTH = 8
"""Variables a set, on average, in the first core at least: what the LP takes or all but takes."""

NARROWEST = SCALE // 8
"""The scaled reduced cost that the second core reaches to at least; each later one reaches twice as far."""

TRIES = 4
"""So many cores are looked through for a first plan."""

PATIENCE = 60
"""So many neighbourhoods in a row may bring nothing."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """From how many 0/1 variables on what is worth while.

    Up to `small`, CP-SAT alone is done before an LP would be; up to `whole`, a core is searched.
    """

    small: int = 1500
    whole: int = 20000


class Impossible(Exception):
    """An engine proved that nothing meets the hard lines."""


class Keeper(Protocol):
    """Who keeps what a search finds, and says when it is over."""

    def found(self, ones: Sequence[int], value: int) -> None:
        """A better plan within the locks, by the variable that each set takes."""

    def proved(self, bound: int, by: str) -> None:
        """A bound of the level."""

    def settled(self) -> bool:
        """Whether nothing is left to find."""
        ...

    def left(self) -> float:
        """Seconds that are left; none is an end."""
        ...


class Search:
    """One level of a model, under locks.

    `present` is the variable that each set takes in the best plan within the locks, if one is
    known, and `value` what the level costs there. `own` is the bound as proved here: it steers the
    search, which one from a race must not.
    """

    def __init__(  # noqa: PLR0913 - what is asked, what is known, and who wants to know
        self,
        restrictor: Restrictor,
        level: int,
        locks: Sequence[Lock],
        duals: Duals,
        keeper: Keeper,
        present: Sequence[int] | None,
        *,
        seed: int,
        sizes: Sizes,
    ) -> None:
        self.restrictor = restrictor
        self.model = restrictor.model
        self.view = View(self.model)
        self.level = level
        self.locks = tuple(locks)
        self.seed = seed
        self.duals = duals
        self.own = duals.bound
        self.width = duals.narrow(KERNEL_WIDTH * len(self.model.sets))
        self.keeper = keeper
        self.sizes = sizes
        self.present: list[int] | None = None
        self.value: int | None = None
        if present is not None:
            self.present = list(present)
            self.value = self.model.value(level, self.view.values(present))
        self.engine: CpSat | None = None

    def stop(self) -> None:
        """Ends the engine that runs, if one does; called from another thread."""
        if (engine := self.engine) is not None:
            engine.stop()

    def run(self) -> None:
        """Searches until nothing is left to find."""
        if self.present is None or len(self.model.picks) <= self.sizes.small:
            self._ask(self.model, None, None)
            return
        effort = EFFORT
        search = None
        while not self.keeper.settled():
            if self._fits() and self._core(effort):
                self.width = self._wider()
                continue
            effort *= 2
            search = search or self._neighbourhood()
            self._around(search)

    def first(self) -> None:
        """Looks for a plan within the locks where the LP sees one: in wider and wider cores."""
        for _ in range(TRIES):
            if self.keeper.settled() or not self._fits():
                return
            self._core(EFFORT)
            if self.present is not None:
                return
            self.width = self._wider()

    def _fits(self) -> bool:
        return sum(1 for cost in self.duals.reduced if cost <= self.width) <= self.sizes.whole

    def _wider(self) -> int:
        """Twice as far, but no farther than what a better plan than the present one can take."""
        width = max(NARROWEST, 2 * self.width)
        if self.value is not None:
            width = min(width, (self.value - 1) * SCALE - self.duals.scaled_bound)
        return max(width, self.width)

    def _core(self, effort: float) -> bool:
        """Whether the search of all variables within the width came to its end.

        A plan that takes any other one is worth bound + width at the least, so its optimum proves
        that no plan is better, or better than this.
        """
        kept = set(self.present or ())
        reduced = self.duals.reduced
        allowed = [[v for v in variables if reduced[v] <= self.width or v in kept] for variables in self.model.sets]
        small = self.model
        if sum(map(len, allowed)) < 0.9 * len(self.model.picks):
            small = self.restrictor.restricted(allowed)
        return self._ask(small, effort, (self.duals.scaled_bound + self.width) // SCALE)

    def _ask(self, model: Model, effort: float | None, guess: int | None) -> bool:
        """Lets CP-SAT search the model; whether it came to its end.

        The model has all plans that are as good as the guess, so what it proves holds up to one above it.
        """

        def report(values: Sequence[int] | None, bound: int | None) -> None:
            if values is not None:
                self._found(model, values)
            if bound is not None:
                self._proved(bound if guess is None else min(bound, guess + 1))
            if self.keeper.settled():
                engine.stop()

        if model.impossible:
            report(None, None if guess is None else guess + 1)
            return True
        from arshjul.solver.cpsat import CpSat

        ones = None if self.present is None else View(model).ones(self.model.picks[v] for v in self.present)
        start = None if ones is None else View(model).values(ones)
        task = Task(self.level, self.locks, start, self.own, self.keeper.left(), effort, self.seed)
        engine = self.engine = CpSat(model)
        try:
            outcome = engine.minimise(task, report)
        finally:
            self.engine = None
        if outcome.status == "infeasible":
            self._nothing(start is not None, guess)
        else:
            report(outcome.values, outcome.bound)
        return outcome.status in ("optimal", "infeasible")

    def _nothing(self, known: bool, guess: int | None) -> None:
        """An engine found no plan at all."""
        if known:
            raise EngineFault(Message("An engine says that no plan exists, yet one is known."))
        if guess is not None:
            self._proved(guess + 1)
        else:
            raise Impossible

    def _found(self, model: Model, values: Sequence[int]) -> None:
        ones = [0] * len(self.model.sets)
        for pick, one in zip(model.picks, values, strict=False):
            if one:
                ones[pick[0]] = self.restrictor.number[pick]
        self._take(ones)

    def _take(self, ones: Sequence[int]) -> None:
        """Keeps a plan, by its variables, if it is better than the best one."""
        value = self.model.value(self.level, self.view.values(ones))
        if self.value is None or value < self.value:
            self.present, self.value = list(ones), value
            self.keeper.found(self.present, value)

    def _proved(self, bound: int, by: str = CP_SAT) -> None:
        if bound > self.own:
            self.own = bound
            self.keeper.proved(bound, by)

    def _neighbourhood(self) -> "Neighbourhood":
        from arshjul.solver.neighbourhood import Neighbourhood

        return Neighbourhood(self.restrictor, self.level, self.locks, self.present or (), self.duals, self.seed)

    def _around(self, search: "Neighbourhood") -> None:
        """Neighbourhoods, until so many in a row brought nothing."""
        idle = 0
        while idle < PATIENCE and not self.keeper.settled():
            idle += 1
            before = search.value
            search.step(self.keeper.left())
            if search.value < before:
                self._take(search.present)
                idle = 0
