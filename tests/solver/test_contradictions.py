"""A value below a claimed bound is told as what it is, wherever it is seen; and a fault of ours is hidden by nobody."""

import pickle
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from importlib import import_module
from random import Random

import pytest

from arshjul.board import Activity, Board, Option
from arshjul.errors import EngineFault, Message
from arshjul.solver import Disagreement, certificate, solve
from arshjul.solver.backends.cpsat import CpSat
from arshjul.solver.backends.engine import EngineResult, Task, asking
from arshjul.solver.certificate import SecondEngine
from arshjul.solver.model.bounds import SCALE, lagrangian_bound
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.definition import by_definition
from arshjul.solver.model.milp import Model
from arshjul.solver.model.orders import SharedModel
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.parallel import worker_pool
from arshjul.solver.parallel.executors import ExecutorPool
from arshjul.solver.parallel.job import JobError, run_job
from arshjul.solver.parallel.worker_pool import SolverHandle, WorkerPool
from arshjul.solver.params import DEFAULT
from arshjul.solver.portfolio import portfolio
from arshjul.solver.portfolio.bounder import raise_final, trusted
from arshjul.solver.portfolio.portfolio import Portfolio
from arshjul.solver.portfolio.primary import SearchResult
from arshjul.solver.search.core import CoreSearch
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.lns import LNSState, NeighbourhoodSearch
from arshjul.solver.search.lookahead import TentativeIncumbent
from arshjul.solver.search.status import Contradiction, LevelStatus, SearchHooks
from arshjul.solver.search.subproblem import Subproblem
from tests.solver.boards import region, scarce
from tests.solver.jobs import quick

DOOR = import_module("arshjul.solver.solve")
ONE = Board(("x",), 2, {}, [Activity("a", [Option(0, costs={"x": 3}), Option(1, costs={"x": 4})], None)])


REFUTED = Contradiction(Message("A plan is worth less."))


def refuted(*_: object) -> None:
    raise REFUTED


def ours(*_: object) -> None:
    raise KeyError("ours")


def test_a_value_below_its_bound_is_a_contradiction() -> None:
    assert LevelStatus(9, 9).proven
    assert not LevelStatus(10, 9).proven
    assert not LevelStatus(None, 9).proven
    with pytest.raises(Contradiction):
        _ = LevelStatus(3, 9, ("highs",)).proven


def test_a_plan_below_the_bound_of_a_tentative_search_is_a_contradiction() -> None:
    plans = TentativeIncumbent(_Recorder(), 9)
    plans.found([0], 9)
    assert plans.settled()
    plans.found([0], 8)
    with pytest.raises(Contradiction):
        plans.settled()


def test_a_plan_below_the_bound_of_a_neighbourhood_search_is_a_contradiction() -> None:
    model = by_definition(ONE)
    restriction = Restriction(model)
    true = lagrangian_bound(model, 0)
    too_high = replace(true, scaled_bound=true.scaled_bound + 4 * SCALE)
    for duals, is_wrong in (true, False), (too_high, True):
        state = LNSState(DEFAULT.lns)
        around = NeighbourhoodSearch(Subproblem(restriction, 0, (), duals, 0), [0], state, Random(0), SolverHandle())
        with pytest.raises(Contradiction) if is_wrong else nullcontext():
            assert around.run(1.0, 1.0) == []


def test_a_bound_from_outside_that_a_plan_refutes_ends_the_level() -> None:
    model = _model()
    values = greedy(model)
    hooks = SearchHooks(outside=lambda level: (model.value(level, values or []) + 1, "highs"))
    with pytest.raises(Contradiction):
        LexicographicSearch(model, time.monotonic() + 60, 0, hooks).run(lambda: values, None)


def test_no_claimed_bound_is_made_to_fit_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    def claims(*_: object) -> list[SearchResult]:
        return [SearchResult([LevelStatus(3, 9, ("highs",))], [0])]

    monkeypatch.setattr(DOOR, "solve_components", claims)
    with pytest.raises(Disagreement) as caught:
        solve(ONE)
    assert caught.value.board is ONE


@pytest.mark.parametrize("small", [True, False])
def test_a_bound_that_a_plan_refutes_is_answered_by_no_other_engine(
    small: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Contradiction):
        raise_final(REFUTED, replaced=False)
    if small:
        monkeypatch.setattr(LexicographicSearch, "_level", refuted)
        with pytest.raises(Disagreement):
            solve(region(1, 15))
        return
    monkeypatch.setattr(portfolio, "run_primary", refuted)
    model = _model()
    with pytest.raises(Contradiction):
        Portfolio(model, greedy(model), time.monotonic() + 60, 0).run(lambda *_: None, lambda: False)


def test_an_engine_that_proves_more_than_a_known_plan_is_a_contradiction() -> None:
    model = by_definition(ONE)
    with pytest.raises(Contradiction):
        trusted(model, Task(0), EngineResult("unknown", None, 9), [1, 0])


def test_a_fault_of_ours_in_a_worker_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "run_primary", ours)
    model = _model()
    with pytest.raises(KeyError):
        Portfolio(model, greedy(model), time.monotonic() + 60, 0).run(lambda *_: None, lambda: False)


class Unsendable(Exception):
    def __reduce__(self) -> tuple[type[int], tuple[list[int]]]:
        return int, ([],)


@pytest.mark.parametrize("error", [KeyError("ours"), RuntimeError("ours"), RecursionError(), ImportError("ours")])
def test_whatever_a_job_itself_raises_is_ours(error: Exception) -> None:
    def job(_: object) -> None:
        raise error

    with pytest.raises(JobError) as caught:
        run_job(None, job)
    with pytest.raises(type(error)):
        raise_final(caught.value, replaced=False)


def test_an_error_of_ours_that_cannot_be_sent_is_told_by_its_kind() -> None:
    def job(_: object) -> None:
        raise Unsendable("a secret")

    with pytest.raises(JobError) as caught:
        run_job(None, job)
    assert caught.value.__context__ is None, "where Dask is loaded, that is sent too"
    assert str(pickle.loads(pickle.dumps(caught.value)).error) == "Unsendable"


@pytest.mark.parametrize("error", [AttributeError("another version"), UnicodeDecodeError("utf-8", b"", 0, 1, "torn")])
def test_what_a_cluster_raises_in_its_own_words_is_done_here(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    raise_final(error, replaced=False)
    failed: Future[None] = Future()
    failed.set_exception(error)
    far = ThreadPoolExecutor(1)
    monkeypatch.setattr(far, "submit", lambda *_: failed)
    monkeypatch.setattr(worker_pool, "open_executor", lambda *_: ExecutorPool(far, 2, far.shutdown))
    pool = WorkerPool("dask://somewhere")
    assert pool.each([(quick, ()), (quick, ())]) == ["quick", "quick"]
    pool.close()


def test_what_a_job_raised_on_a_cluster_is_raised_here(monkeypatch: pytest.MonkeyPatch) -> None:
    far = ThreadPoolExecutor(1)
    monkeypatch.setattr(worker_pool, "open_executor", lambda *_: ExecutorPool(far, 2, far.shutdown))
    pool = WorkerPool("dask://somewhere")
    with pytest.raises(KeyError):
        pool.each([(ours, ())])
    pool.close()


@pytest.mark.parametrize("told", [0, 1])
def test_an_error_of_ours_in_an_engines_callback_is_raised_as_it_is(told: int) -> None:
    """`told`: in that of a plan, or in that of a bound."""
    heard: list[object] = []

    def fails(*found: object) -> None:
        if found[told] is not None:
            heard.append(found)
            raise KeyError("ours")

    model = _model()
    with pytest.raises(KeyError):
        CpSat(model).minimise(Task(len(model.costs) - 1), fails)
    assert len(heard) == 1


def test_an_error_of_ours_in_a_callback_is_answered_by_no_other_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CoreSearch, "_heard", ours)
    with pytest.raises(KeyError):
        solve(scarce(5))


def test_a_fault_of_ours_in_a_certificate_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate, "settle", ours)
    witness = SecondEngine(time.monotonic() + 60, lambda: False)
    try:
        with pytest.raises(KeyError):
            witness.asked("highs", by_definition(ONE), 30)
    finally:
        witness.close()


@pytest.mark.parametrize("error", [ValueError, RuntimeError, IndexError])
def test_what_a_library_of_engines_raises_is_the_engines_fault(error: Callable[[str], Exception]) -> None:
    with pytest.raises(EngineFault, match="highs"), asking("highs"):
        raise error("too large")
    with pytest.raises(MemoryError), asking("highs"):
        raise MemoryError


class _Recorder:
    """Keeps nothing, and has time."""

    def found(self, ones: Sequence[int], value: int) -> None: ...

    def proved(self, bound: int, by: str) -> None: ...

    def settled(self) -> bool:
        return False

    def paused(self) -> bool:
        return False

    def left(self) -> float:
        return 60.0


def _model() -> Model:
    board = region(6, 12)
    return SharedModel(board).ordered(board.levels)
