"""Parts side by side: who gets how much of the time, what is kept of it, and what a crash costs."""

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest

from arshjul.errors import EngineFault, InputError, Message
from arshjul.solver import solve
from arshjul.solver.modelling.greedy import greedy
from arshjul.solver.modelling.model import Model, ones_of
from arshjul.solver.modelling.parts import Part, parts
from arshjul.solver.modelling.presolve import simplify
from arshjul.solver.modelling.translate import translate
from arshjul.solver.processes.child import Link
from arshjul.solver.processes.executors import Workers, workers
from arshjul.solver.races import apart, field, known, race
from arshjul.solver.races.field import finishes, worth
from arshjul.solver.races.lead import Finish, Said, lead
from arshjul.solver.races.terms import Terms
from arshjul.solver.search.levels import Levels, Standing
from tests.solver import boards

pytestmark = pytest.mark.xdist_group("processes")

LONG_S = 600.0
"""No test waits so long: what it tests ends sooner."""


def pieces(*sizes: int) -> list[Part]:
    """Parts of so many operations, largest first."""
    return parts(simplify(translate(boards.apart([boards.region(n, size) for n, size in enumerate(sizes)]))))


FIVE = pieces(8, 7, 6, 5, 4)


def terms(halt: Callable[[], bool] = lambda: False, heard: list[tuple[int, int]] | None = None) -> Terms:
    told = [] if heard is None else heard
    return Terms(time.monotonic() + LONG_S, 0, halt, lambda k, level, _standing: told.append((k, level)))


def plan(model: Model, bound: int | None = None) -> Finish:
    """A greedy plan; proven unless a bound is given."""
    values = greedy(model)
    assert values is not None
    costs = [model.value(level, values) for level in range(len(model.costs))]
    return Finish([Standing(cost, cost if bound is None else bound) for cost in costs], ones_of(model, values))


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def says_then_dies(link: Link, model: Model, *_: object) -> None:
    finish = plan(model, -1)
    link.say(Said(0, finish.standings[0], finish.ones))
    die()


def says_then_sleeps(link: Link, model: Model, *_: object) -> None:
    finish = plan(model, -1)
    link.say(Said(0, finish.standings[0], finish.ones))
    link.told.get()


class Clock:
    """Levels that take all the time they are given, unless the part is easy; by a clock of their own."""

    def __init__(self, hard: set[int]) -> None:
        self.now = 0.0
        self.hard = hard
        self.given: list[tuple[int, float]] = []

    def monotonic(self) -> float:
        return self.now

    def levels(self, model: Model, deadline: float, *_: object) -> "FakeLevels":
        return FakeLevels(self, model, deadline)


class FakeLevels:
    def __init__(self, clock: Clock, model: Model, deadline: float) -> None:
        self.clock, self.model, self.deadline = clock, model, deadline
        self.standings: list[Standing] = []
        self.best: list[int] | None = None

    def run(self, *_: object) -> None:
        n = len(self.model.picks)
        self.clock.given.append((n, self.deadline - self.clock.now))
        if n in self.clock.hard:
            self.clock.now = self.deadline
        self.best = greedy(self.model)
        self.standings = plan(self.model, -1 if n in self.clock.hard else None).standings

    def stop(self) -> None:
        pass


def shares(monkeypatch: pytest.MonkeyPatch, clock: Clock, these: list[Part]) -> list[tuple[int, int]]:
    """The seconds of 100 that each run got."""
    monkeypatch.setattr(field, "Levels", clock.levels)
    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    bound_to = Terms(100.0, 0, lambda: False, lambda *_: None)
    finishes(these, None, bound_to)
    monkeypatch.undo()
    return [(n, round(seconds)) for n, seconds in clock.given]


def test_a_hard_small_part_starves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    these = pieces(6, 5, 4)
    large, middle, small = (len(part.model.picks) for part in these)
    # The smallest first; what it leaves, and only that, is for the hard ones.
    assert shares(monkeypatch, Clock({large}), these) == [(small, 33), (middle, 50), (large, 100)]
    # Were the easy ones last, what they leave would be for the hard one's second time.
    again = shares(monkeypatch, Clock({small}), these)
    assert again == [(small, 33), (middle, 33), (large, 67), (small, 67)]


def test_what_gets_no_more_than_it_had_does_not_begin_again(monkeypatch: pytest.MonkeyPatch) -> None:
    these = pieces(6, 5)
    sizes = [len(part.model.picks) for part in these]
    assert shares(monkeypatch, Clock(set(sizes)), these) == [(sizes[1], 50), (sizes[0], 50)]


def test_a_finish_with_a_plan_is_better_than_one_without() -> None:
    (part,) = pieces(5)
    found = plan(part.model, 0)
    assert min([Finish(), found, Finish([Standing(None, 9)])], key=worth) is found


def test_a_second_time_without_a_plan_does_not_throw_the_first_away(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [plan(part.model, -1) for part in FIVE[:2]]
    done = in_threads(monkeypatch, [[finish, Finish()] for finish in found])
    assert [finish.ones for finish in done[:2]] == [finish.ones for finish in found]


def test_a_part_that_came_back_without_a_plan_runs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [plan(part.model) for part in FIVE[:2]]
    done = in_threads(monkeypatch, [[Finish(), finish] for finish in found])
    assert [finish.ones for finish in done[:2]] == [finish.ones for finish in found]


def in_threads(monkeypatch: pytest.MonkeyPatch, hard: list[list[Finish]]) -> list[Finish]:
    """The finishes of the five where one worker, a thread, answers so to the first ones, and proves the others."""

    def answer(_link: object, model: Model, *_: object) -> Finish:
        (k,) = (k for k, part in enumerate(FIVE) if part.model is model)
        return hard[k].pop(0) if k < len(hard) else plan(model)

    as_on_a_cluster(monkeypatch, answer)
    done = finishes(FIVE, None, terms())
    assert not any(hard)  # all was asked for
    return done


def as_on_a_cluster(monkeypatch: pytest.MonkeyPatch, work: Callable[..., Finish]) -> None:
    """Lets parts of any size be done by one worker that is none of ours."""

    def one_thread(_name: str) -> Workers:
        executor = ThreadPoolExecutor(1)
        return Workers(executor, 1, executor.shutdown)

    monkeypatch.setattr(field, "LARGE", 10)
    monkeypatch.setattr(apart, "lead", work)
    monkeypatch.setattr(apart, "workers", one_thread)


class KilledWorker(Exception):
    """As Dask's, whose only ancestor is Exception."""


def test_any_end_of_a_clusters_worker_lets_the_other_engine_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    board = boards.apart([boards.region(seed, 15) for seed in (1, 2)])
    values = solve(board).values()

    def killed(*_: object) -> Finish:
        raise KilledWorker

    as_on_a_cluster(monkeypatch, killed)
    solution = solve(board)
    assert solution.values() == values
    assert {name for level in solution.levels for name in level.proved_by} == {"highs", "counting"}


def test_the_parts_of_a_lost_cluster_begin_again_in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    board = boards.apart([boards.region(seed, 15) for seed in (1, 2)])
    whole = solve(board)
    ended = threading.Event()

    def lost(name: str) -> Workers:
        if name == "processes":
            return workers("processes:2")
        monkeypatch.setattr(apart, "lead", lead)
        executor = ThreadPoolExecutor(1)
        monkeypatch.setattr(executor, "submit", lambda *_: Future())
        return Workers(executor, 1, ended.set, alive=lambda: False)

    monkeypatch.setattr(field, "LARGE", 10)
    monkeypatch.setattr(apart, "LOOK_S", 0.0)
    monkeypatch.setattr(apart, "workers", lost)
    done = finishes(parts(simplify(translate(board))), None, replace(terms(), executor="dask://somewhere"))
    assert ended.is_set()
    assert [sum(finish.standings[k].value or 0 for finish in done) for k in range(2)] == list(whole.values().values())
    assert all(standing.proven for finish in done for standing in finish.standings)


def test_what_a_person_can_mend_is_told_from_a_worker_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> Finish:
        raise InputError(Message("Give them in larger units."))

    as_on_a_cluster(monkeypatch, refused)
    with pytest.raises(InputError):
        finishes(pieces(6, 5), None, terms())


@pytest.mark.parametrize("second", [die, says_then_dies])
def test_the_plan_that_a_worker_said_outlives_it(second: object, monkeypatch: pytest.MonkeyPatch) -> None:
    these = pieces(6, 5)
    heard: list[tuple[int, int]] = []
    monkeypatch.setattr(field, "LARGE", 10)
    monkeypatch.setattr(apart, "lead", says_then_dies)
    monkeypatch.setattr(apart, "alone", second)
    monkeypatch.setattr(known, "greedy", lambda *_: None)  # so it is not made once more here
    done = finishes(these, None, terms(heard=heard))
    assert [finish.ones for finish in done] == [plan(part.model).ones for part in these]
    assert {(0, 0), (1, 0)} <= set(heard)


def test_who_ends_it_gets_the_plans_said_until_then(monkeypatch: pytest.MonkeyPatch) -> None:
    these = pieces(6, 5)
    heard: list[tuple[int, int]] = []
    monkeypatch.setattr(field, "LARGE", 10)
    monkeypatch.setattr(apart, "lead", says_then_sleeps)
    monkeypatch.setattr(known, "greedy", lambda *_: None)
    done = finishes(these, None, terms(lambda: {(0, 0), (1, 0)} <= set(heard), heard))
    assert [finish.ones for finish in done] == [plan(part.model).ones for part in these]


def test_a_part_above_a_small_one_outlives_its_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    board = boards.region(6, 40)
    (part,) = parts(simplify(translate(board)))
    assert field.LARGE < len(part.model.picks) < 4 * field.LARGE
    values = solve(board).values()
    monkeypatch.setattr(race, "lead", die)
    solution = solve(board)
    assert solution.values() == values
    assert solution.status == "optimal"


@pytest.mark.parametrize("error", [MemoryError(), EngineFault(Message("Two engines disagree."))])
def test_a_small_part_whose_engine_raises_goes_on_by_the_other(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = boards.region(1, 15)
    values = solve(board).values()

    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(Levels, "_level", fails)
    monkeypatch.setattr(field, "LARGE", 10_000)
    solution = solve(board)
    assert solution.values() == values
    assert solution.status == "optimal"


def test_an_error_of_ours_in_a_small_part_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(Levels, "_level", fails)
    with pytest.raises(KeyError):
        solve(boards.region(1, 15))
