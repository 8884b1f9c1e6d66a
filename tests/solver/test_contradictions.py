"""A value below a claimed bound is told as what it is, wherever it is seen; and a fault of ours is hidden by nobody."""

import time
from collections.abc import Callable
from importlib import import_module

import pytest

from arshjul.board import Activity, Board, Option
from arshjul.errors import EngineFault, Message
from arshjul.solver import Disagreement, certificate, solve
from arshjul.solver.backends.engine import EngineResult, Task, asking
from arshjul.solver.certificate import SecondEngine
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.definition import by_definition
from arshjul.solver.model.milp import Model
from arshjul.solver.model.orders import SharedModel
from arshjul.solver.portfolio import portfolio
from arshjul.solver.portfolio.bounder import is_final, trusted
from arshjul.solver.portfolio.portfolio import Portfolio
from arshjul.solver.portfolio.primary import SearchResult
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.status import Contradiction, LevelStatus
from tests.solver.boards import region

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
    assert is_final(REFUTED, replaced=False)
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
