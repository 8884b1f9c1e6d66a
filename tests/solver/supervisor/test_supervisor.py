"""Components under supervision: who is searched where and for how long, and what crashes, faults and errors lead to.

A search is replaced at one place alone, `run_search`; the processes are real, and so are their ends.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import Any

import pytest

from arshjul.errors import InputError
from arshjul.solver import solve
from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.model.components import Component, independent_components
from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import Model, ModelIndex
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.parallel import process_pool
from arshjul.solver.parallel.executors import ExecutorPool, never, open_executor
from arshjul.solver.params import DEFAULT
from arshjul.solver.search.known import Known, SearchResult, counted
from arshjul.solver.supervisor import supervisor
from arshjul.solver.supervisor.search_job import SearchRequest, run_search, with_plan
from arshjul.solver.supervisor.supervisor import WARM_S, SolveContext, solve_components
from tests.solver import boards, jobs
from tests.solver.conftest import Plant
from tests.solver.jobs import plan, with_all_out
from tests.solver.searches import processes_from, search_of

MANY = 20
"""No search that ends asks as often."""

LONG_S = 600.0
"""No test waits so long: what it tests ends sooner."""

IN_A_PROCESS = DEFAULT.but(sizes__process=10, sizes__local=0, supervisor__pause_s=0)
IN_A_THREAD = DEFAULT.but(sizes__process=100_000, supervisor__pause_s=0)
TWICE = IN_A_PROCESS.but(supervisor__attempts=2)
PLACES = pytest.mark.parametrize("params", [IN_A_PROCESS, IN_A_THREAD], ids=["process", "thread"])


def components(*sizes: int) -> list[Component]:
    """Components of so many operations, largest first."""
    return independent_components(
        simplify(translate(boards.apart([boards.region(n, size) for n, size in enumerate(sizes)])))
    )


@cache
def one() -> list[Component]:
    return independent_components(boards.region_model(6, 40))


def lone() -> Model:
    """The model of the one component."""
    return one()[0].model


@cache
def five() -> list[Component]:
    return components(8, 7, 6, 5, 4)


def supervised(
    parts: list[Component] | None = None,
    params: object = IN_A_PROCESS,
    halt: Callable[[], bool] = never,
    start: list[int] | None = None,
    **more: Any,
) -> list[SearchResult]:
    context = SolveContext(time.monotonic() + LONG_S, 0, halt, params=params, **more)  # type: ignore[arg-type]
    return solve_components(parts or one(), None if start is None else [start], context)


@cache
def alone() -> SearchResult:
    return search_of(lone()).run()


def values(result: SearchResult) -> tuple[int, ...]:
    assert result.known.plan is not None
    return result.known.plan.values


def ones(result: SearchResult) -> tuple[int, ...]:
    assert result.known.plan is not None
    return result.known.plan.ones


def provers(result: SearchResult) -> set[str]:
    return {result.known.bound(level).by for level in range(2)}


def quick() -> list[int]:
    """The greedy plan, not bettered by moves as there is no time."""
    start = greedy(lone(), lambda: True)
    assert start is not None
    return start


@PLACES
def test_a_component_is_searched_to_the_same_plan_wherever_that_is(params: object) -> None:
    (result,) = supervised(params=params)
    start = with_plan(lone(), counted(lone()), None if params is IN_A_THREAD else greedy(lone()))
    assert ones(result) == ones(search_of(lone(), known=start, has_start=start.plan is not None).run())
    assert result.known.is_proven


@pytest.mark.parametrize("failing", [jobs.out_of_memory, jobs.at_fault, jobs.die, jobs.ends_early])
def test_where_an_engine_fails_or_ends_without_a_proof_the_other_goes_on(failing: object, plant: Plant) -> None:
    plant(cp_sat=failing)
    (result,) = supervised()
    assert values(result) == values(alone())
    assert result.known.is_proven
    assert provers(result) <= {"highs", "counting"}
    assert not result.gave_up


@pytest.mark.parametrize("failing", [jobs.out_of_memory, jobs.at_fault])
def test_where_an_engine_fails_in_a_thread_the_other_goes_on_in_a_process(failing: object, plant: Plant) -> None:
    plant(cp_sat=failing)
    (result,) = supervised(params=IN_A_THREAD)
    assert result.known.is_proven
    assert provers(result) <= {"highs", "counting"}


def test_where_both_engines_die_the_first_is_tried_again(plant: Plant) -> None:
    plant(cp_sat=dies_first, highs=jobs.die)
    (result,) = supervised(one(), IN_A_THREAD)
    assert values(result) == values(alone())
    assert result.known.is_proven


def dies_first(report: Any, model: Model, request: SearchRequest) -> SearchResult:
    """In a thread it fails, in a process it searches."""
    if request.halt is not never:
        raise MemoryError
    return run_search(report, model, request)


def test_the_other_engine_keeps_the_bound_that_is_proven(plant: Plant) -> None:
    plant(cp_sat=jobs.first_level_alone)
    heard: list[tuple[int, Known]] = []
    (result,) = supervised(tell=lambda _, level, known: heard.append((level, known)))
    assert result.known.is_proven
    assert values(result) == values(alone())
    proven = next(known for level, known in heard if level == 0 and known.proven(0))
    assert result.known.bound(0) == proven.bound(0)


@pytest.mark.parametrize("failing", [jobs.die, jobs.ends_early])
def test_where_every_engine_fails_that_is_told_and_the_first_plan_is_kept(failing: object, plant: Plant) -> None:
    plant(cp_sat=failing, highs=failing)
    (result,) = supervised(params=TWICE)
    assert result.gave_up
    assert result.known.plan is not None
    assert result.known.contradiction is None


def test_where_there_is_no_room_for_a_process_the_first_plan_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise BlockingIOError

    monkeypatch.setattr(process_pool, "Worker", full)
    monkeypatch.setattr(process_pool, "_kept", [])
    (result,) = supervised(params=TWICE)
    assert result.gave_up
    assert ones(result) == tuple(greedy(lone()) or [])


@PLACES
def test_an_error_of_ours_is_raised_wherever_it_happens(params: object, plant: Plant) -> None:
    plant(cp_sat=jobs.fails)
    with pytest.raises(KeyError):
        supervised(params=params)


@PLACES
def test_an_error_that_a_person_can_mend_is_told(params: object, plant: Plant) -> None:
    plant(cp_sat=jobs.wrong_input)
    with pytest.raises(InputError):
        supervised(params=params)


Plan = Callable[[], list[int]]


def out() -> list[int]:
    """A plan that nobody would take, and yet it keeps every constraint."""
    return [variables[-1] for variables in lone().sets]


def first_plan() -> list[int]:
    return greedy(lone()) or []


@pytest.mark.parametrize(
    ("engines", "start", "kept", "fault"),
    [
        ({"cp_sat": jobs.finds_nothing}, out, out, "infeasible"),
        ({"cp_sat": jobs.die, "highs": jobs.finds_nothing}, out, out, "infeasible"),
        ({"cp_sat": jobs.reports_then_dies, "highs": jobs.finds_nothing}, None, out, "infeasible"),
        ({"cp_sat": jobs.at_fault, "highs": jobs.at_fault}, None, first_plan, "infeasible"),
        ({"cp_sat": jobs.at_fault, "highs": jobs.at_fault}, out, out, "infeasible"),
        ({"cp_sat": jobs.claims_too_much, "highs": jobs.ends_early}, None, out, "below the bound"),
        ({"cp_sat": jobs.claims_too_much}, out, out, "below the bound"),
    ],
)
def test_whatever_engines_claim_no_plan_is_lost(
    engines: dict[str, Any], start: Plan | None, kept: Plan, fault: str, plant: Plant
) -> None:
    """Of what is proven only counting is left, and that there is a contradiction is said."""
    plant(**engines)
    (result,) = supervised(start=start and start())
    assert ones(result) == tuple(kept())
    assert not result.impossible_by
    assert result.known.contradiction is not None
    assert fault in str(result.known.contradiction)
    assert result.known.bounds == counted(lone()).bounds


def test_one_part_that_contradicts_itself_stops_no_other(plant: Plant) -> None:
    plant(cp_sat=false_for_the_smallest)
    *sound, wrong = supervised(five(), IN_A_THREAD)
    assert all(result.known.is_proven for result in sound)
    assert wrong.known.contradiction is not None
    assert wrong.known.plan is not None


def false_for_the_smallest(report: Any, model: Model, request: SearchRequest) -> SearchResult:
    is_false = len(model.picks) == len(five()[-1].model.picks)
    return (jobs.claims_more_than_its_plan if is_false else run_search)(report, model, request)


@PLACES
def test_a_search_that_is_ended_at_once_knows_its_first_plan_and_every_level(params: object) -> None:
    start = greedy(lone())
    assert start is not None
    (result,) = supervised(params=params, start=start, halt=lambda: True)
    assert ones(result) == tuple(start)
    assert values(result) == ModelIndex(lone()).worth(start)
    assert all(result.known.bound(level).least <= value for level, value in enumerate(values(alone())))


def test_a_search_that_does_not_end_is_killed_when_it_is_to_end(plant: Plant) -> None:
    plant(jobs.asleep)
    asked = iter([False] * 5)
    context = SolveContext(time.monotonic() + LONG_S, 0, lambda: next(asked, True), params=IN_A_PROCESS)
    pool = context.own_pool()
    (result,) = solve_components(one(), None, context)
    assert ones(result) == tuple(quick())
    workers = [*pool.busy, *pool.idle]
    assert all(worker.process.wait() is not None for worker in workers)
    assert pool.over


def test_a_process_is_kept_for_the_next_solve(plant: Plant) -> None:
    plant(jobs.tells_its_process)
    numbers = {supervised()[0].seconds[-1] for _ in range(2)}
    assert len(numbers) == 1


def test_the_first_plan_is_not_bettered_when_the_time_is_over() -> None:
    assert quick() != greedy(lone())
    context = SolveContext(time.monotonic() - 10, 0, params=IN_A_PROCESS)
    (result,) = solve_components(one(), None, context)
    late = run_search(None, lone(), SearchRequest(counted(lone()), 0, 0))
    assert ones(result) == ones(late) == tuple(quick())


def test_a_large_component_has_a_plan_before_its_lp_is_solved() -> None:
    heard: list[Any] = []
    result = run_search(heard.append, lone(), SearchRequest(counted(lone()), LONG_S, 0, params=IN_A_PROCESS))
    assert counted(lone()).bettered(heard[0].known) == with_plan(lone(), counted(lone()), greedy(lone()))
    assert values(result) == values(alone())


def test_a_search_asks_no_engine_any_more_once_it_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stopped as it asks, or halted from without while it has no answer."""
    unproven = independent_components(boards.region_model(1, 60))[0].model  # by its LP alone
    search = search_of(unproven)
    handle = search.tools.handle
    asked: list[Task] = []

    def unknown(_: EngineHandle, __: Model, task: Task, *___: Any) -> EngineResult:
        asked.append(task)
        assert len(asked) < 10 * MANY, "it goes on asking"
        return EngineResult("unknown")

    def stopping(*_: Any) -> EngineResult:
        assert not handle.stopped, "it goes on asking"
        handle.stop()
        return EngineResult("unknown")

    monkeypatch.setattr(handle, "minimise", stopping)
    stopped = search.run()
    assert handle.stopped
    monkeypatch.setattr(EngineHandle, "minimise", unknown)
    halted = run_search(None, unproven, SearchRequest(counted(unproven), LONG_S, 0, halt=lambda: bool(asked)))
    for result in (stopped, halted):
        assert result.known.plan is not None
        assert not result.known.is_proven


def test_an_engine_that_is_made_while_all_is_ended_is_not_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    search = EngineHandle()

    def made(*_: Any, **__: Any) -> Any:
        search.stop()
        return None  # to ask it anything would be an error

    monkeypatch.setattr("arshjul.solver.backends._engine", made)
    assert search.minimise(lone(), Task(0)).status == "unknown"


def test_one_of_middling_size_is_proven_without_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise AssertionError("it is proven before one could begin")

    monkeypatch.setattr(process_pool, "Worker", none)
    assert supervised(params=DEFAULT)[0].known.is_proven


def test_one_of_middling_size_that_takes_longer_goes_on_in_a_process(plant: Plant) -> None:
    plant(jobs.tells_its_process)
    (result,) = supervised(params=DEFAULT.but(supervisor__local_effort=0))
    assert result.known.is_proven
    assert result.seconds[-1] != os.getpid()


def test_engines_that_fail_after_a_thread_gave_up_end_the_solve(plant: Plant) -> None:
    plant(cp_sat=only_in_a_thread, highs=jobs.die)
    (result,) = supervised(params=TWICE.but(sizes__local=100_000, supervisor__local_effort=0))
    assert result.gave_up
    assert result.known.plan is not None


def only_in_a_thread(report: Any, model: Model, request: SearchRequest) -> SearchResult:
    if request.halt is never:
        jobs.die()
    return run_search(report, model, request)


class Clock:
    """Searches that take all the time they are given, unless the component is easy; by a clock of their own."""

    def __init__(self, hard: set[int]) -> None:
        self.now = 0.0
        self.hard = hard
        self.given: list[tuple[int, float]] = []
        self.engines: set[str] = set()

    def monotonic(self) -> float:
        return self.now

    def search(self, _report: object, model: Model, request: SearchRequest) -> SearchResult:
        n = len(model.picks)
        self.engines.add(request.engine)
        deadline = self.now + request.seconds if request.deadline is None else request.deadline
        self.given.append((n, deadline - self.now))
        if n in self.hard:
            self.now = deadline
        return SearchResult(with_all_out(model)) if n in self.hard else plan(model)


def shares(monkeypatch: pytest.MonkeyPatch, clock: Clock, these: list[Component]) -> list[tuple[int, int]]:
    """The seconds of 100 that each search got."""
    with monkeypatch.context() as patched:
        patched.setattr(supervisor, "run_search", clock.search)
        patched.setattr(time, "monotonic", clock.monotonic)
        solve_components(these, None, SolveContext(100.0, 0, params=IN_A_THREAD))
    return [(n, round(seconds)) for n, seconds in clock.given]


def test_a_hard_component_starves_none_and_does_not_begin_again_without_more_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    these = components(6, 5, 4)
    large, middle, small = (len(part.model.picks) for part in these)
    # The smallest first; what it leaves, and only that, is for the hard ones.
    assert shares(monkeypatch, Clock({large}), these) == [(small, 33), (middle, 50), (large, 100)]
    # Were the easy ones last, what they leave would be for the hard one's second time.
    again = shares(monkeypatch, Clock({small}), these)
    assert again == [(small, 33), (middle, 33), (large, 67), (small, 67)]
    these = components(6, 5)
    sizes = [len(part.model.picks) for part in these]
    assert shares(monkeypatch, Clock(set(sizes)), these) == [(sizes[1], 50), (sizes[0], 50)]


def test_time_that_is_left_goes_to_the_unproven_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is too little to begin anew they go on from their best plans: the limit once was not reached."""
    these = components(6, 5, 4)
    _, middle, small = (len(part.model.picks) for part in these)
    clock = Clock({small, middle})
    given = shares(monkeypatch, clock, these)
    assert [n for n, _ in given[:3]] == [small, middle, len(these[0].model.picks)]
    assert {n for n, _ in given[3:]} == {small, middle}
    assert clock.now > 100 - 2 * WARM_S


@pytest.fixture
def on_a_cluster(monkeypatch: pytest.MonkeyPatch, plant: Plant) -> Iterator[Callable[..., None]]:
    """Lets components be searched by one worker that is none of ours: it cannot report, nor be killed."""
    executor = ThreadPoolExecutor(1)

    def planted(search: Callable[..., Any]) -> None:
        plant(search)
        monkeypatch.setattr(supervisor, "open_executor", lambda *_: ExecutorPool(executor, 1, executor.shutdown))

    yield planted
    executor.shutdown()


def test_a_second_time_without_a_plan_does_not_throw_the_first_away(on_a_cluster: Callable[..., None]) -> None:
    hard = [part.model for part in five()[:2]]
    answers = {id(model): [SearchResult(with_all_out(model)), SearchResult(counted(model))] for model in hard}

    def answer(_: object, model: Model, __: object) -> SearchResult:
        if id(model) not in answers:
            return plan(model)
        left = answers[id(model)]
        return left.pop(0) if len(left) > 1 else left[0]

    on_a_cluster(answer)
    done = supervised(five(), IN_A_PROCESS.but(supervisor__attempts=1))
    assert [ones(result) for result in done[:2]] == [ones(SearchResult(with_all_out(model))) for model in hard]


def test_a_cluster_that_took_all_its_time_has_not_failed(
    on_a_cluster: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock({len(part.model.picks) for part in five()})
    on_a_cluster(clock.search)
    with monkeypatch.context() as patched:
        patched.setattr(time, "monotonic", clock.monotonic)
        done = solve_components(five(), None, SolveContext(100.0, 0, params=IN_A_PROCESS))
    assert clock.engines == {"cp-sat"}
    assert all(result.known.plan is not None and not result.gave_up for result in done)


def test_an_error_of_ours_is_raised_from_a_cluster(on_a_cluster: Callable[..., None]) -> None:
    on_a_cluster(jobs.fails)
    with pytest.raises(KeyError):
        supervised(five())


class KilledWorker(Exception):
    """As Dask's, whose only ancestor is Exception."""


def test_any_end_of_a_clusters_worker_lets_the_other_engine_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    board = boards.apart([boards.region(seed, 15) for seed in (1, 2)])
    expected = solve(board).values()
    killed: Future[SearchResult] = Future()
    killed.set_exception(KilledWorker())
    executor = ThreadPoolExecutor(1)
    monkeypatch.setattr(executor, "submit", lambda *_: killed)
    monkeypatch.setattr(supervisor, "open_executor", lambda *_: ExecutorPool(executor, 1, executor.shutdown))
    solution = solve(board, params=processes_from(10))
    assert solution.values() == expected
    assert {name for level in solution.levels for name in level.proved_by} == {"highs", "counting"}


def test_the_components_of_a_lost_cluster_begin_again_in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = threading.Event()

    def lost(name: str, *_: object) -> ExecutorPool:
        if name == "processes":
            return open_executor("processes:2")
        executor = ThreadPoolExecutor(1)
        monkeypatch.setattr(executor, "submit", lambda *_: Future())
        return ExecutorPool(executor, 1, ended.set, alive=lambda: False)

    monkeypatch.setattr(supervisor, "open_executor", lost)
    done = supervised(five(), executor="dask://somewhere")
    assert ended.is_set()
    assert all(result.known.is_proven for result in done)


def test_the_plan_that_a_worker_told_outlives_it(plant: Plant) -> None:
    these = components(6, 5)
    heard: list[tuple[int, int]] = []
    plant(cp_sat=jobs.reports_then_dies, highs=jobs.die)
    done = supervised(these, TWICE, tell=lambda k, level, _: heard.append((k, level)))
    assert [result.known.plan for result in done] == [with_all_out(part.model).plan for part in these]
    assert {(0, 0), (1, 0)} <= set(heard)


def test_who_ends_it_gets_the_plans_told_until_then(plant: Plant) -> None:
    these = components(6, 5)
    heard: set[tuple[int, int]] = set()
    plant(jobs.reports_then_sleeps)
    done = supervised(
        these,
        halt=lambda: {(0, 0), (1, 0)} <= heard,
        executor="processes:2",
        tell=lambda k, level, _: heard.add((k, level)),
    )
    assert [result.known.plan for result in done] == [with_all_out(part.model).plan for part in these]
