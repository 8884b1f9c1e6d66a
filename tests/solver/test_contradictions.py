"""A value below a claimed bound is told as what it is, wherever it is seen; and a fault of ours is hidden by nobody."""

import pickle
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from importlib import import_module

import pytest

from arshjul.board import Activity, Board, Option
from arshjul.errors import EngineFault
from arshjul.solver import Disagreement, certificate, solve
from arshjul.solver.backends.cpsat import CpSat
from arshjul.solver.backends.engine import EngineResult, Task, asking
from arshjul.solver.backends.handle import EngineHandle
from arshjul.solver.backends.highs import Highs
from arshjul.solver.certificate import SecondEngine
from arshjul.solver.model.bounds import SCALE, LagrangianBound, lagrangian_bound
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.definition import by_definition
from arshjul.solver.model.milp import Model
from arshjul.solver.model.orders import SharedModel
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.parallel.job import JobError, run_job
from arshjul.solver.search.core import CoreSearch, Step
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.lns import NeighbourhoodSearch
from arshjul.solver.search.status import Contradiction, LevelStatus, SearchResult
from arshjul.solver.search.subproblem import Subproblem
from arshjul.solver.supervisor.supervisor import raise_final
from tests.solver.boards import region, scarce

DOOR = import_module("arshjul.solver.solve")
ONE = Board(("x",), 2, {}, [Activity("a", [Option(0, costs={"x": 3}), Option(1, costs={"x": 4})], None)])


def ours(*_: object) -> None:
    raise KeyError("ours")


def test_a_value_below_its_bound_is_a_contradiction() -> None:
    assert LevelStatus(9, 9).proven
    assert not LevelStatus(10, 9).proven
    assert not LevelStatus(None, 9).proven
    with pytest.raises(Contradiction):
        _ = LevelStatus(3, 9, ("highs",)).proven


TRUE = lagrangian_bound(by_definition(ONE), 0)
TOO_HIGH = replace(TRUE, scaled_bound=TRUE.scaled_bound + 4 * SCALE)
BOUNDS = pytest.mark.parametrize(("duals", "is_wrong"), [(TRUE, False), (TOO_HIGH, True)], ids=["true", "too high"])


def subproblem(duals: LagrangianBound) -> Subproblem:
    return Subproblem(Restriction(by_definition(ONE)), 0, (), duals, 0)


@BOUNDS
def test_a_plan_below_the_bound_of_a_core_search_is_a_contradiction(duals: LagrangianBound, is_wrong: bool) -> None:
    search = CoreSearch(subproblem(duals), [0], EngineHandle(), hard=False)
    with pytest.raises(Contradiction) if is_wrong else nullcontext():
        search.run(Step(time.monotonic() + 60))


@BOUNDS
def test_a_plan_below_the_bound_of_a_neighbourhood_search_is_a_contradiction(
    duals: LagrangianBound, is_wrong: bool
) -> None:
    search = NeighbourhoodSearch(subproblem(duals), [0], EngineHandle())
    with pytest.raises(Contradiction) if is_wrong else nullcontext():
        search.run(1.0, 1.0)


def test_a_known_bound_that_a_plan_refutes_ends_the_search() -> None:
    model = _model()
    values = greedy(model)
    known = (LevelStatus(None, model.value(0, values or []) + 1, ("highs",)),)
    with pytest.raises(Contradiction, match="highs"):
        LexicographicSearch(model, time.monotonic() + 60, known=known).run(lambda: values)


def test_highs_is_not_believed_where_its_own_plan_breaks_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _model()
    monkeypatch.setattr(Model, "keeps", lambda *_: False)
    assert Highs(model).minimise(Task(0), lambda *_: None) == EngineResult("unknown")


def test_no_claimed_bound_is_made_to_fit_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    def claims(*_: object) -> list[SearchResult]:
        return [SearchResult((LevelStatus(3, 9, ("highs",)),), (0,))]

    monkeypatch.setattr(DOOR, "solve_components", claims)
    with pytest.raises(Disagreement) as caught:
        solve(ONE)
    assert caught.value.board is ONE


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
        raise_final(caught.value, is_last=False)


def test_an_error_of_ours_that_cannot_be_sent_is_told_by_its_kind() -> None:
    def job(_: object) -> None:
        raise Unsendable("a secret")

    with pytest.raises(JobError) as caught:
        run_job(None, job)
    assert caught.value.__context__ is None, "where Dask is loaded, that is sent too"
    assert str(pickle.loads(pickle.dumps(caught.value)).error) == "Unsendable"


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
    monkeypatch.setattr(CoreSearch, "_hear", ours)
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


def _model() -> Model:
    board = region(6, 12)
    return SharedModel(board).ordered(board.levels)
