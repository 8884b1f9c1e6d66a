"""The parts of one model side by side: small ones here, large ones in a race or with an executor."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from dataclasses import dataclass

from arshjul.errors import ArshjulError
from arshjul.solver.child import Child, Died
from arshjul.solver.executors import Workers, workers
from arshjul.solver.greedy import greedy
from arshjul.solver.lead import Finish, lead
from arshjul.solver.levels import Impossible, Levels, Standing, Ties, counted
from arshjul.solver.model import Model, ones_of
from arshjul.solver.parts import Part
from arshjul.solver.race import Race

LARGE = 8000
"""From so many 0/1 variables on, a part gets processes of its own: one takes half a second to start."""


AGAIN_S = 2.0
"""With less time left a part that is not proven is not begun again."""

SMALLEST_S = 0.1

GRACE_S = 5.0
"""So long after the deadline a worker that ends by its own clock is still waited for."""


@dataclass(slots=True)
class Terms:
    """What a solve is bound to: until when, from which seed, whether to end now, whom to tell, and where.

    `spare` is a child that was started early, so that it is ready when a race begins.
    """

    deadline: float
    seed: int
    halt: Callable[[], bool]
    tell: Callable[[int, int, Standing], None]
    executor: str = "processes"
    spare: Child | None = None

    @property
    def left(self) -> float:
        """Seconds until the deadline, a little at least."""
        return max(SMALLEST_S, self.deadline - time.monotonic())


def finishes(parts: list[Part], starts: list[list[int] | None] | None, terms: Terms) -> list[Finish]:
    """The finish of each part, in their order. `starts` are values of each part's variables, or None.

    `terms.tell(part, level, standing)` hears of every better value or bound.
    """
    result: list[Finish] = [Finish()] * len(parts)
    large = _worth_processes([len(part.model.picks) for part in parts])
    for k, part in enumerate(parts):
        if k not in large:
            result[k] = _here(k, part.model, None if starts is None else starts[k], terms)
            if result[k].impossible:
                return result
    if len(large) == 1:
        (k,) = large
        race = Race(parts[k].model, None if starts is None else starts[k], terms.deadline, terms.seed, terms.spare)
        result[k] = race.run(lambda level, standing: terms.tell(k, level, standing), terms.halt)
    elif large:
        _Apart(parts, starts, terms).run(large, result)
    return result


def _worth_processes(sizes: list[int]) -> list[int]:
    """The parts that are too large to be solved here: single ones, or several of middle size together."""
    middle = [k for k, size in enumerate(sizes) if size > LARGE // 4]
    if len(middle) > 1 and sum(sizes[k] for k in middle) > LARGE:
        return middle
    return [k for k in middle if sizes[k] > LARGE]


def _here(k: int, model: Model, start: list[int] | None, terms: Terms) -> Finish:
    """A small part, solved in a thread, so that whoever wants to end it is heard."""
    ties = Ties(lambda level, standing, _best: terms.tell(k, level, standing), halt=terms.halt)
    levels = Levels(model, terms.deadline, terms.seed, ties)
    failed: list[Exception] = []

    def run() -> None:
        try:
            levels.run(lambda: greedy(model, terms.halt), start)
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
    if failed:
        raise failed[0]
    return Finish(levels.standings, None if levels.best is None else ones_of(model, levels.best))


class _Apart:
    """Large parts, handed to an executor one by one as workers fall free, each with its share of the time."""

    def __init__(self, parts: list[Part], starts: list[list[int] | None] | None, terms: Terms) -> None:
        self.parts = parts
        self.starts = starts
        self.terms = terms
        self.crew: Workers = workers(terms.executor)
        self.running: dict[Future[Finish], int] = {}

    def run(self, large: list[int], result: list[Finish]) -> None:
        """Fills the results. What its share of the time did not prove runs again if time is left.

        It does so from the same start, not from its first result, so that a plan that is proven in
        the end does not depend on how often it was begun.
        """
        try:
            self._round(large, result)
            again = [k for k in large if not all(s.proven for s in result[k].standings)]
            if again and self.terms.left > AGAIN_S and not any(finish.impossible for finish in result):
                first = {k: result[k] for k in again}
                self._round(again, result)
                for k, finish in first.items():
                    result[k] = min(result[k], finish, key=_worth)
        finally:
            self.crew.close()

    def _round(self, large: list[int], result: list[Finish]) -> None:
        waiting = list(reversed(large))
        while (waiting or self.running) and not self.terms.halt() and time.monotonic() < self.terms.deadline + GRACE_S:
            while waiting and len(self.running) < self.crew.size:
                self._submit(waiting.pop(), len(waiting))
            done, _ = wait(self.running, timeout=0.05, return_when=FIRST_COMPLETED)
            for future in done:
                k = self.running.pop(future)
                result[k] = self._result(k, future)
                for level, standing in enumerate(result[k].standings):
                    self.terms.tell(k, level, standing)
                if result[k].impossible:
                    return
        for k in (*self.running.values(), *waiting):
            result[k] = self._greedy(k)
        self.running.clear()

    def _submit(self, k: int, others: int) -> None:
        share = min(1.0, self.crew.size / (others + 1))
        model, start = self.parts[k].model, None if self.starts is None else self.starts[k]
        ones = None if start is None else ones_of(model, start)
        future = self.crew.executor.submit(solve_part, model, ones, self.terms.left * share, self.terms.seed)
        self.running[future] = k

    def _result(self, k: int, future: "Future[Finish]") -> Finish:
        """The worker's finish; where it died, HiGHS's in a race of its own, since its engine may be to blame."""
        try:
            return future.result()
        except ArshjulError:
            raise
        except (Died, CancelledError, OSError, RuntimeError):
            start = None if self.starts is None else self.starts[k]
            if start is None:
                start = greedy(self.parts[k].model, self.terms.halt)
            race = Race(self.parts[k].model, start, self.terms.deadline, self.terms.seed)
            return race.replace(lambda level, standing: self.terms.tell(k, level, standing), self.terms.halt)

    def _greedy(self, k: int) -> Finish:
        model = self.parts[k].model
        start = greedy(model) if self.starts is None or self.starts[k] is None else self.starts[k]
        if start is None:
            return Finish()
        values = [model.value(level, start) for level in range(len(model.costs))]
        standings = [Standing(value, counted(model, level), ("counting",)) for level, value in enumerate(values)]
        return Finish(standings, ones_of(model, start))


def solve_part(model: Model, ones: list[int] | None, seconds: float, seed: int) -> Finish:
    """A worker's work: all levels of one part, from a greedy plan if none is given."""
    return lead(None, model, ones, seconds, seed)


def _worth(finish: Finish) -> list[tuple[int, int]]:
    """Better finishes first: by the levels' values, then by their bounds."""
    return [(standing.value or 0, -standing.bound) for standing in finish.standings]
