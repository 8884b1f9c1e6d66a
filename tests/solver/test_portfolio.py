"""Engines in processes of their own: racing, dying, and being told to stop."""

import math
import time
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from arshjul.errors import EngineFault, InputError
from arshjul.solver.backends.engine import EngineResult, Task
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import Model, ones_of
from arshjul.solver.model.presolve import simplify
from arshjul.solver.model.translation import translate
from arshjul.solver.parallel.worker import Worker, take_spare
from arshjul.solver.params import DEFAULT
from arshjul.solver.portfolio import incumbent, portfolio
from arshjul.solver.portfolio.bounder import trusted
from arshjul.solver.portfolio.portfolio import Portfolio
from arshjul.solver.portfolio.primary import SolveRequest, run_primary
from arshjul.solver.search.lexicographic import LexicographicSearch
from arshjul.solver.search.status import LevelStatus
from tests.solver.boards import region
from tests.solver.jobs import (
    asks_for_a_proof,
    asleep,
    at_fault,
    die,
    ends_early,
    finds_nothing,
    out_of_memory,
    wrong_input,
)

BOARD = region(6, 40)
AT_ONCE = DEFAULT.but(portfolio__patience_s=0.0, portfolio__pause_s=0.0)
TWICE = AT_ONCE.but(portfolio__attempts=2)

MODEL = simplify(translate(BOARD))


def ignore(_level: int, _standing: LevelStatus) -> None:
    pass


@cache
def solved() -> LexicographicSearch:
    levels = LexicographicSearch(MODEL, time.monotonic() + 60)
    levels.run(lambda: greedy(MODEL))
    return levels


def truth() -> list[int | None]:
    return [status.value for status in solved().statuses]


def test_a_race_ends_as_the_lead_alone() -> None:
    result = Portfolio(MODEL, greedy(MODEL), time.monotonic() + 60, 0).run(ignore, lambda: False)
    assert [status.value for status in result.statuses] == truth()
    assert all(status.proven for status in result.statuses)
    levels = LexicographicSearch(MODEL, time.monotonic() + 60)
    levels.run(lambda: None, greedy(MODEL))  # the race knew it from the beginning too
    assert levels.best is not None
    assert result.ones == ones_of(MODEL, levels.best)


def test_where_the_lead_dies_the_rival_goes_on() -> None:
    running = Portfolio(MODEL, greedy(MODEL), time.monotonic() + 60, 0)

    def halt() -> bool:
        if running.primary is not None and not running.replaced:
            running.primary.process.kill()
        return False

    result = running.run(ignore, halt)
    assert [status.value for status in result.statuses] == truth()
    assert {by for status in result.statuses for by in status.by} == {"highs", "counting"}


def test_a_race_that_is_ended_at_once_knows_its_first_plan_and_every_level() -> None:
    start = greedy(MODEL)
    result = Portfolio(MODEL, start, time.monotonic() + 60, 0).run(ignore, lambda: True)
    assert start is not None
    assert result.ones == ones_of(MODEL, start)
    assert [s.value for s in result.statuses] == [MODEL.value(level, start) for level in range(2)]
    assert all(s.bound <= (value or 0) for s, value in zip(result.statuses, truth(), strict=True))


@pytest.mark.parametrize("failing", [out_of_memory, at_fault, die])
def test_where_the_lead_fails_the_rival_goes_on(failing: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "run_primary", failing)
    result = Portfolio(MODEL, greedy(MODEL), time.monotonic() + 60, 0).run(ignore, lambda: False)
    assert [status.value for status in result.statuses] == truth()
    assert {by for status in result.statuses for by in status.by} == {"highs", "counting"}


def test_what_a_person_can_mend_and_a_contradiction_of_both_engines_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "run_primary", wrong_input)
    with pytest.raises(InputError):
        Portfolio(MODEL, greedy(MODEL), time.monotonic() + 60, 0).run(ignore, lambda: False)
    monkeypatch.setattr(portfolio, "run_primary", at_fault)
    monkeypatch.setattr(portfolio, "solve_with_highs", at_fault)
    with pytest.raises(EngineFault):
        Portfolio(MODEL, greedy(MODEL), time.monotonic() + 60, 0).run(ignore, lambda: False)


@pytest.mark.parametrize("failing", [out_of_memory, die])
def test_where_both_die_the_first_plan_is_kept(failing: object, monkeypatch: pytest.MonkeyPatch) -> None:
    start = greedy(MODEL)
    monkeypatch.setattr(portfolio, "run_primary", die)
    monkeypatch.setattr(portfolio, "solve_with_highs", failing)
    result = Portfolio(MODEL, start, time.monotonic() + 60, 0, params=TWICE).run(ignore, lambda: False)
    assert start is not None
    assert result.ones == ones_of(MODEL, start)
    assert [s.value for s in result.statuses] == [MODEL.value(level, start) for level in range(2)]


def test_the_rival_alone_is_heard_when_it_is_to_end_and_leaves_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "solve_with_highs", asleep)
    asked = iter([False] * 5)
    running = Portfolio(MODEL, greedy(MODEL), time.monotonic() + 600, 0)
    result = running.replace(ignore, lambda: next(asked, True))
    assert result.ones is not None
    assert running.primary is not None
    assert running.primary.process.poll() is not None


def test_the_rival_alone_keeps_the_bound_that_is_proven() -> None:
    levels = LexicographicSearch(MODEL, time.monotonic() + 60)
    levels.run(lambda: greedy(MODEL))
    first, last = levels.statuses
    running = Portfolio(MODEL, levels.best, time.monotonic() + 60, 0)
    running.incumbent.statuses = [first, LevelStatus(last.value, last.bound, ("duals",))]
    result = running.replace(ignore, lambda: False)
    assert all(status.proven for status in result.statuses)
    assert result.statuses[1].by == ("duals",)


def test_a_race_leaves_a_spare_child_that_answered_for_the_next_one() -> None:
    spare = take_spare()
    for _ in range(2):
        result = Portfolio(MODEL, greedy(MODEL), time.monotonic() + 60, 0, spare=spare).run(ignore, lambda: False)
        assert [status.value for status in result.statuses] == truth()
        assert spare.process.poll() is None
    Portfolio(MODEL, greedy(MODEL), time.monotonic() + 60, 0, spare=spare).run(ignore, lambda: True)
    assert spare.process.poll() is not None


def test_the_first_plan_is_not_bettered_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    stops: list[bool] = []

    def watched(model: Model, stop: Callable[[], bool] = lambda: False) -> list[int] | None:
        stops.append(stop())
        return greedy(model, stop)

    monkeypatch.setattr(incumbent, "greedy", watched)
    assert Portfolio(MODEL, None, time.monotonic(), 0).run(ignore, lambda: False).ones is not None
    monkeypatch.setattr("arshjul.solver.portfolio.primary.greedy", watched)
    assert run_primary(None, MODEL, SolveRequest(None, 0, 0)).ones is not None
    assert stops == [True, True]


@pytest.fixture
def workers_(monkeypatch: pytest.MonkeyPatch) -> list[Worker]:
    """All processes that races start; the rival begins at once."""
    started: list[Worker] = []

    def watched(*given: Any, **named: Any) -> Worker:
        started.append(Worker(*given, **named))
        return started[-1]

    monkeypatch.setattr(portfolio, "Worker", watched)
    return started


def test_a_rivals_proof_ends_the_levels_of_the_lead(workers_: list[Worker], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "run_primary", asks_for_a_proof)
    result = Portfolio(MODEL, solved().best, time.monotonic() + 60, 0, params=AT_ONCE).run(ignore, lambda: False)
    assert [(s.value, s.bound, s.by) for s in result.statuses] == [(value, value, ("highs",)) for value in truth()]
    assert len(workers_) == 1 + len(truth())
    assert all(worker.process.poll() is not None for worker in workers_)


def test_a_rival_that_fails_is_ended_and_not_asked_again(
    workers_: list[Worker], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[bool] = []

    def enough() -> bool:
        """Some looks after the bounder has failed."""
        looks.extend([True] * (running.patient_since == math.inf))
        return len(looks) > 20

    monkeypatch.setattr(portfolio, "run_primary", asks_for_a_proof)
    monkeypatch.setattr(portfolio, "minimise", out_of_memory)
    running = Portfolio(MODEL, solved().best, time.monotonic() + 600, 0, params=AT_ONCE)
    result = running.run(ignore, enough)
    assert [s.value for s in result.statuses] == truth()
    assert len(workers_) == 2
    assert all(worker.process.poll() is not None for worker in workers_)


@pytest.mark.parametrize("room", [0, 1])
def test_where_there_is_no_room_for_a_process_the_first_plan_is_kept(
    room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[Worker] = []

    def full(*given: Any, **named: Any) -> Worker:
        if len(started) == room:
            raise BlockingIOError
        started.append(Worker(*given, **named))
        return started[-1]

    monkeypatch.setattr(portfolio, "Worker", full)
    monkeypatch.setattr(portfolio, "run_primary", die)
    result = Portfolio(MODEL, None, time.monotonic() + 60, 0, params=TWICE).run(ignore, lambda: False)
    start = greedy(MODEL)
    assert start is not None
    assert result.ones == ones_of(MODEL, start)


def test_nothing_found_where_a_plan_is_known_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "run_primary", finds_nothing)
    with pytest.raises(EngineFault):
        Portfolio(MODEL, greedy(MODEL), time.monotonic() + 60, 0).run(ignore, lambda: False)


def test_a_lead_ends_where_it_is_halted() -> None:
    asked = iter([False] * 3)
    result = run_primary(None, MODEL, SolveRequest(None, 600, 0, halt=lambda: next(asked, True)))
    assert result.ones is not None


def test_a_rival_that_contradicts_a_plan_is_a_fault() -> None:
    best = greedy(MODEL)
    assert best is not None
    value = MODEL.value(0, best)
    with pytest.raises(EngineFault):
        trusted(MODEL, Task(0), EngineResult("optimal", None, value + 1), best)
    with pytest.raises(EngineFault):
        trusted(MODEL, Task(0), EngineResult("infeasible"), best)


def test_a_rival_whose_plan_breaks_a_line_is_not_believed() -> None:
    assert trusted(MODEL, Task(0), EngineResult("optimal", [0] * len(MODEL.uppers), 0), None) is None


def test_a_standing_is_proven_where_bound_meets_value() -> None:
    assert LevelStatus(3, 3).proven
    assert not LevelStatus(3, 2).proven
    assert not LevelStatus(None, 2).proven


def test_where_an_engine_ends_without_a_proof_the_other_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "run_primary", ends_early)
    result = Portfolio(MODEL, greedy(MODEL), time.monotonic() + 60, 0).run(ignore, lambda: False)
    assert [status.value for status in result.statuses] == truth()
    assert result.is_proven(2)
    assert not result.gave_up


def test_where_both_die_the_first_engine_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "run_primary", run_primary)
    monkeypatch.setattr(portfolio, "solve_with_highs", die)
    result = Portfolio(MODEL, greedy(MODEL), time.monotonic() + 60, 0).replace(ignore, lambda: False)
    assert [status.value for status in result.statuses] == truth()
    assert result.is_proven(2)


@pytest.mark.parametrize("failing", [die, ends_early])
def test_where_every_engine_fails_that_is_said(failing: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio, "run_primary", failing)
    monkeypatch.setattr(portfolio, "solve_with_highs", failing)
    result = Portfolio(MODEL, greedy(MODEL), time.monotonic() + 60, 0, params=TWICE).run(ignore, lambda: False)
    assert result.gave_up
    assert result.ones is not None
