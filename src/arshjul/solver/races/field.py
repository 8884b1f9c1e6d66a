"""The parts of one model side by side: small ones here, large ones in processes of their own.

All share the time: the smallest come first, so that most of what they leave is for the hard ones,
and what its share did not prove begins again, from the same start, while there is enough more to
give. So a hard part starves none, and a plan that is proven in the end does not depend on how
often it was begun.

A crash of an engine costs a large part nothing but time: its process dies, the plan that it said
is kept, and HiGHS goes on. A small part has no process, since it is done before one has started: if
the engine crashes there, all of us does. Only where it raises something does HiGHS go on from the
best plan, in a process.
"""

import threading
import time

from arshjul.errors import EngineFault
from arshjul.solver.modelling.greedy import greedy
from arshjul.solver.modelling.model import Model, ones_of
from arshjul.solver.modelling.parts import Part
from arshjul.solver.races.apart import Apart
from arshjul.solver.races.lead import Finish
from arshjul.solver.races.race import Race
from arshjul.solver.races.terms import Terms
from arshjul.solver.search.levels import Impossible, Levels, Sizes, Ties

LARGE = Sizes().small
"""From more 0/1 variables than this on, a part gets a process of its own: one takes half a second to start."""

AGAIN = 1.5
"""A part that is not proven begins again if it gets so many times what it had; with less it would get no farther."""

Starts = list[list[int] | None]
"""Values of each part's variables to begin from; None: there are none."""


def finishes(parts: list[Part], starts: Starts | None, terms: Terms) -> list[Finish]:
    """The finish of each part, in their order; `parts` come largest first."""
    field = _Field(parts, starts or [None] * len(parts), terms)
    todo = list(reversed(range(len(parts))))
    while todo and not any(finish.impossible for finish in field.best.values()):
        field.round(todo)
        todo = [] if terms.over() else field.worth_again(todo)
    return [field.best.get(k, Finish()) for k in range(len(parts))]


class _Field:
    """The best finish of each part so far, and how many seconds it was given the last time."""

    def __init__(self, parts: list[Part], starts: Starts, terms: Terms) -> None:
        self.parts = parts
        self.starts = starts
        self.terms = terms
        self.best: dict[int, Finish] = {}
        self.given: dict[int, float] = {}

    def round(self, todo: list[int]) -> None:
        """Runs these parts, each with its share of the time left; no more of them once one is impossible."""
        near = [k for k in todo if len(self.parts[k].model.picks) <= LARGE]
        far = [k for k in todo if len(self.parts[k].model.picks) > LARGE]
        for n, k in enumerate(near):
            self.given[k] = self.terms.left / (len(near) - n + bool(far))
            self._keep(k, self._here(k))
            if self.best[k].impossible:
                return
        if len(far) == 1:
            self._keep(far[0], self._race(far[0]))
        elif far:
            apart = Apart({k: (self.parts[k].model, self.starts[k]) for k in reversed(far)}, self.terms)
            for k, finish in apart.run().items():
                self._keep(k, finish)
            self.given |= apart.given

    def worth_again(self, todo: list[int]) -> list[int]:
        """Those of them that are not proven and would get enough more time than they had."""
        unproven = [k for k in todo if not is_proven(self.best[k], self.parts[k].model)]
        return [k for k in unproven if self.terms.left / len(unproven) > AGAIN * self.given[k]]

    def _keep(self, k: int, finish: Finish) -> None:
        """Keeps the better one of a part's finishes; the later one of equals."""
        self.best[k] = min(finish, self.best.get(k, finish), key=worth)

    def _race(self, k: int) -> Finish:
        terms = self.terms
        self.given[k] = terms.left
        model, start = self.parts[k].model, self.starts[k]
        race = Race(model, start, terms.deadline, terms.seed, executor=terms.executor, spare=terms.spare)
        return race.run(lambda level, standing: terms.tell(k, level, standing), terms.halt)

    def _here(self, k: int) -> Finish:
        """A small part, solved in a thread, so that whoever wants to end it is heard."""
        model, terms = self.parts[k].model, self.terms
        deadline = time.monotonic() + self.given[k]
        ties = Ties(lambda level, standing, _best: terms.tell(k, level, standing), halt=terms.halt)
        levels = Levels(model, deadline, terms.seed, ties)
        failed: list[Exception] = []

        def run() -> None:
            try:
                levels.run(lambda: greedy(model, lambda: terms.halt() or time.monotonic() >= deadline), self.starts[k])
            except Exception as error:
                failed.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        while thread.is_alive():
            thread.join(0.05)
            if terms.halt():
                levels.stop()
        if failed and isinstance(failed[0], Impossible):
            return Finish(impossible=True)
        if failed and not isinstance(failed[0], EngineFault | MemoryError):
            raise failed[0]
        if failed:
            race = Race(model, levels.best or self.starts[k], deadline, terms.seed)
            race.known.standings = levels.standings
            return race.replace(lambda level, standing: terms.tell(k, level, standing), terms.halt)
        return Finish(levels.standings, None if levels.best is None else ones_of(model, levels.best))


def is_proven(finish: Finish, model: Model) -> bool:
    """Whether there is a plan that is the best on every level."""
    levels = len(finish.standings)
    return finish.ones is not None and levels == len(model.costs) and all(s.proven for s in finish.standings)


def worth(finish: Finish) -> tuple[bool, list[tuple[int, int]]]:
    """Better finishes first: one with a plan, then by the levels' values, then by their bounds."""
    return finish.ones is None, [(standing.value or 0, -standing.bound) for standing in finish.standings]
