"""Parts side by side: who gets how much of the time, what is kept of it, and what a crash costs."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

import pytest

from arshjul.errors import EngineFault, InputError, Message
from arshjul.solver import solve
from arshjul.solver.model.components import Component, independent_components
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import Model
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.parallel.executors import ExecutorPool, open_executor
from arshjul.solver.parallel.worker import Worker, take_spare
from arshjul.solver.params import DEFAULT
from arshjul.solver.portfolio import context, incumbent, parallel_scheduler, portfolio, scheduler
from arshjul.solver.portfolio.context import SolveContext
from arshjul.solver.portfolio.primary import SearchResult, run_primary
from arshjul.solver.portfolio.scheduler import solve_components, worth
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.status import LevelStatus
from tests.solver import boards
from tests.solver.jobs import die, plan, says_then_dies, says_then_sleeps
from tests.solver.tuning import processes_from

ANY_PROCESS = processes_from(10)
"""Parts of any size get a process of their own."""

LONG_S = 600.0
"""No test waits so long: what it tests ends sooner."""


def components(*sizes: int) -> list[Component]:
    """Parts of so many operations, largest first."""
    return independent_components(
        simplify(translate(boards.apart([boards.region(n, size) for n, size in enumerate(sizes)])))
    )


FIVE = components(8, 7, 6, 5, 4)


def terms(halt: Callable[[], bool] = lambda: False, heard: list[tuple[int, int]] | None = None) -> SolveContext:
    received = [] if heard is None else heard
    return SolveContext(time.monotonic() + LONG_S, 0, halt, lambda k, level, _standing: received.append((k, level)))


class Clock:
    """Levels that take all the time they are given, unless the part is easy; by a clock of their own."""

    def __init__(self, hard: set[int]) -> None:
        self.now = 0.0
        self.hard = hard
        self.given: list[tuple[int, float]] = []

    def monotonic(self) -> float:
        return self.now

    def levels(self, model: Model, deadline: float, *_: object, **_more: object) -> "FakeLevels":
        return FakeLevels(self, model, deadline)


class FakeLevels:
    def __init__(self, clock: Clock, model: Model, deadline: float) -> None:
        self.clock, self.model, self.deadline = clock, model, deadline
        self.statuses: list[LevelStatus] = []
        self.best: list[int] | None = None

    def run(self, *_: object) -> None:
        n = len(self.model.picks)
        self.clock.given.append((n, self.deadline - self.clock.now))
        if n in self.clock.hard:
            self.clock.now = self.deadline
        self.best = greedy(self.model)
        self.statuses = plan(self.model, -1 if n in self.clock.hard else None).statuses

    def stop(self) -> None:
        pass


def shares(monkeypatch: pytest.MonkeyPatch, clock: Clock, these: list[Component]) -> list[tuple[int, int]]:
    """The seconds of 100 that each run got."""
    monkeypatch.setattr(scheduler, "LexicographicSearch", clock.levels)
    monkeypatch.setattr(time, "monotonic", clock.monotonic)
    bound_to = SolveContext(100.0, 0, lambda: False, lambda *_: None)
    solve_components(these, None, bound_to)
    monkeypatch.undo()
    return [(n, round(seconds)) for n, seconds in clock.given]


def test_a_hard_small_part_starves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    these = components(6, 5, 4)
    large, middle, small = (len(part.model.picks) for part in these)
    # The smallest first; what it leaves, and only that, is for the hard ones.
    assert shares(monkeypatch, Clock({large}), these) == [(small, 33), (middle, 50), (large, 100)]
    # Were the easy ones last, what they leave would be for the hard one's second time.
    again = shares(monkeypatch, Clock({small}), these)
    assert again == [(small, 33), (middle, 33), (large, 67), (small, 67)]


def test_what_gets_no_more_than_it_had_does_not_begin_again(monkeypatch: pytest.MonkeyPatch) -> None:
    these = components(6, 5)
    sizes = [len(part.model.picks) for part in these]
    assert shares(monkeypatch, Clock(set(sizes)), these) == [(sizes[1], 50), (sizes[0], 50)]


def test_a_finish_with_a_plan_is_better_than_one_without() -> None:
    (part,) = components(5)
    found = plan(part.model, 0)
    assert min([SearchResult(), found, SearchResult([LevelStatus(None, 9)])], key=worth) is found


def test_a_second_time_without_a_plan_does_not_throw_the_first_away(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [plan(part.model, -1) for part in FIVE[:2]]
    answers = [[result, SearchResult(), plan(part.model)] for result, part in zip(found, FIVE, strict=False)]
    done = in_threads(monkeypatch, answers)
    assert [result.ones for result in done[:2]] == [result.ones for result in found]


def test_a_part_that_came_back_without_a_plan_runs_again(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [plan(part.model) for part in FIVE[:2]]
    done = in_threads(monkeypatch, [[SearchResult(), result] for result in found])
    assert [result.ones for result in done[:2]] == [result.ones for result in found]


def in_threads(monkeypatch: pytest.MonkeyPatch, hard: list[list[SearchResult]]) -> list[SearchResult]:
    """The finishes of the five where one worker, a thread, answers so to the first ones, and proves the others."""

    def answer(_link: object, model: Model, *_: object) -> SearchResult:
        (k,) = (k for k, part in enumerate(FIVE) if part.model is model)
        return hard[k].pop(0) if k < len(hard) else plan(model)

    as_on_a_cluster(monkeypatch, answer)
    done = solve_components(FIVE, None, replace(terms(), params=ANY_PROCESS))
    assert not any(hard)  # all was asked for
    return done


def as_on_a_cluster(monkeypatch: pytest.MonkeyPatch, work: Callable[..., SearchResult]) -> None:
    """Lets parts of any size be done by one worker that is none of ours."""

    def one_thread(*_: object) -> ExecutorPool:
        executor = ThreadPoolExecutor(1)
        return ExecutorPool(executor, 1, executor.shutdown)

    monkeypatch.setattr(parallel_scheduler, "run_primary", work)
    monkeypatch.setattr(parallel_scheduler, "open_executor", one_thread)


class KilledWorker(Exception):
    """As Dask's, whose only ancestor is Exception."""


def test_any_end_of_a_clusters_worker_lets_the_other_engine_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    board = boards.apart([boards.region(seed, 15) for seed in (1, 2)])
    values = solve(board).values()

    killed: Future[SearchResult] = Future()
    killed.set_exception(KilledWorker())
    executor = ThreadPoolExecutor(1)
    monkeypatch.setattr(executor, "submit", lambda *_: killed)
    monkeypatch.setattr(parallel_scheduler, "open_executor", lambda *_: ExecutorPool(executor, 1, executor.shutdown))
    solution = solve(board, params=processes_from(10))
    assert solution.values() == values
    assert {name for level in solution.levels for name in level.proved_by} == {"highs", "counting"}


def test_the_parts_of_a_lost_cluster_begin_again_in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    board = boards.apart([boards.region(seed, 15) for seed in (1, 2)])
    whole = solve(board)
    ended = threading.Event()

    def lost(name: str, _params: object) -> ExecutorPool:
        if name == "processes":
            return open_executor("processes:2")
        monkeypatch.setattr(parallel_scheduler, "run_primary", run_primary)
        executor = ThreadPoolExecutor(1)
        monkeypatch.setattr(executor, "submit", lambda *_: Future())
        return ExecutorPool(executor, 1, ended.set, alive=lambda: False)

    monkeypatch.setattr(parallel_scheduler, "open_executor", lost)
    done = solve_components(
        independent_components(simplify(translate(board))),
        None,
        replace(terms(), executor="dask://somewhere", params=ANY_PROCESS),
    )
    assert ended.is_set()
    assert [sum(result.statuses[k].value or 0 for result in done) for k in range(2)] == list(whole.values().values())
    assert all(status.proven for result in done for status in result.statuses)


def test_what_a_person_can_mend_is_told_from_a_worker_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> SearchResult:
        raise InputError(Message("Give them in larger units."))

    as_on_a_cluster(monkeypatch, refused)
    with pytest.raises(InputError):
        solve_components(components(6, 5), None, replace(terms(), params=ANY_PROCESS))


@pytest.mark.parametrize("second", [die, says_then_dies])
def test_the_plan_that_a_worker_said_outlives_it(second: object, monkeypatch: pytest.MonkeyPatch) -> None:
    these = components(6, 5)
    heard: list[tuple[int, int]] = []
    monkeypatch.setattr(parallel_scheduler, "run_primary", says_then_dies)
    monkeypatch.setattr(parallel_scheduler, "solve_with_highs", second)
    monkeypatch.setattr(incumbent, "greedy", lambda *_: None)  # so it is not made once more here
    done = solve_components(these, None, replace(terms(heard=heard), params=ANY_PROCESS))
    assert [result.ones for result in done] == [plan(part.model).ones for part in these]
    assert {(0, 0), (1, 0)} <= set(heard)


def test_who_ends_it_gets_the_plans_said_until_then(monkeypatch: pytest.MonkeyPatch) -> None:
    these = components(6, 5)
    heard: list[tuple[int, int]] = []
    monkeypatch.setattr(parallel_scheduler, "run_primary", says_then_sleeps)
    monkeypatch.setattr(incumbent, "greedy", lambda *_: None)
    done = solve_components(
        these, None, replace(terms(lambda: {(0, 0), (1, 0)} <= set(heard), heard), params=ANY_PROCESS)
    )
    assert [result.ones for result in done] == [plan(part.model).ones for part in these]


def test_a_part_above_a_small_one_outlives_its_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    board = boards.region(6, 40)
    (part,) = independent_components(simplify(translate(board)))
    assert DEFAULT.sizes.process < len(part.model.picks) < 4 * DEFAULT.sizes.process
    at_once = DEFAULT.but(sizes__local=0)
    values = solve(board, params=at_once).values()
    monkeypatch.setattr(portfolio, "run_primary", die)
    solution = solve(board, params=at_once)
    assert solution.values() == values
    assert solution.status == "optimal"


def test_a_middling_part_is_proven_without_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("it is proven before one could begin")

    monkeypatch.setattr(context, "take_spare", never)
    monkeypatch.setattr(portfolio, "Worker", never)
    assert solve(boards.region(6, 40)).status == "optimal"


def test_a_middling_part_that_takes_longer_goes_on_in_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[Worker] = []

    def noted() -> Worker:
        taken.append(take_spare())
        return taken[-1]

    monkeypatch.setattr(context, "take_spare", noted)
    solution = solve(boards.region(6, 40), params=DEFAULT.but(portfolio__local_effort=0))
    assert solution.status == "optimal"
    assert len(taken) == 1


@pytest.mark.parametrize("error", [MemoryError(), EngineFault(Message("Two engines disagree."))])
def test_a_small_part_whose_engine_raises_goes_on_by_the_other(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = boards.region(1, 15)
    values = solve(board).values()

    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(LexicographicSearch, "_level", fails)
    solution = solve(board, params=processes_from(10_000))
    assert solution.values() == values
    assert solution.status == "optimal"


def test_an_error_of_ours_in_a_small_part_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(LexicographicSearch, "_level", fails)
    with pytest.raises(KeyError):
        solve(boards.region(1, 15))


def test_what_is_left_of_the_time_goes_to_the_unproven_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is too little to begin anew they go on from their best plans: the limit once was not reached."""
    these = components(6, 5, 4)
    _, middle, small = (len(part.model.picks) for part in these)
    clock = Clock({small, middle})
    given = shares(monkeypatch, clock, these)
    assert [n for n, _ in given[:3]] == [small, middle, len(these[0].model.picks)]
    assert {n for n, _ in given[3:]} == {small, middle}
    assert clock.now > 100 - 2 * DEFAULT.portfolio.warm_s
