"""The second engine's word: it confirms what is best, and is loud where it finds better."""

import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from arshjul.solver import Disagreement, LevelResult, Solution, certificate, solve
from arshjul.solver.backends import EngineHandle
from arshjul.solver.board import Activity, Board, Option
from arshjul.solver.certificate import certified
from arshjul.solver.model.milp import Model
from arshjul.solver.parallel import process_pool
from arshjul.solver.params import DEFAULT
from arshjul.solver.search.known import SearchResult
from arshjul.solver.supervisor.search_job import SearchRequest, run_search
from tests.solver import jobs
from tests.solver.boards import region
from tests.solver.conftest import Plant
from tests.solver.searches import processes_from

CROWDED = Board(("x",), 1, {"r": [1]}, [Activity(n, [Option(0, {"r": [1]})], None) for n in "ab"])
"""Two that must be placed where one has room."""

MARK = "ARSHJUL_TEST_MARK"
"""Names a file that stands for: it has happened."""


def test_each_level_gets_a_second_proof_by_the_other_engine() -> None:
    solution = solve(region(8), certify=True)
    assert solution.status == "optimal"
    assert all("highs" in level.proved_by and len(level.proved_by) > 1 for level in solution.levels)
    board = region(8)
    solution = solve(board)
    levels = [replace(level, proved_by=("highs",)) for level in solution.levels]
    again = certified(board, replace(solution, levels=levels), time.monotonic() + 60, lambda: False)
    assert [level.proved_by for level in again.levels] == [("highs", "cp-sat")] * 2
    board = region(8)
    solution = solve(board)
    levels = [replace(level, bound=-1, proved_by=()) for level in solution.levels]
    open_ = certified(board, replace(solution, levels=levels), time.monotonic() + 60, lambda: False)
    assert [level.proved_by for level in open_.levels] == [(), ()]


def test_a_false_proof_is_told_and_the_choice_stays() -> None:
    options = [Option(0, costs={"x": 2}), Option(1, costs={"x": 1})]
    board = Board(("w", "x", "y"), 2, {}, [Activity("a", options, None)])
    levels = [LevelResult(level, value, value, 0.0, ("cp-sat",)) for level, value in (("w", 0), ("x", 2), ("y", 0))]
    told = certified(board, Solution("optimal", levels, (0,)), time.monotonic() + 60, lambda: False)
    assert (told.status, told.stopped_by) == ("feasible", "engines")
    assert (told.choice, told.values()) == ((0,), {"w": 0, "x": 2, "y": 0})
    assert [(level.bound, level.proved_by) for level in told.levels] == [
        (0, ("cp-sat", "highs")),
        (None, ()),
        (None, ()),
    ]
    assert "level x" in str(told.contradiction)


def test_what_either_engine_proved_of_some_parts_is_put_to_both() -> None:
    board = region(8)
    solution = solve(board)
    levels = [replace(level, proved_by=("cp-sat+highs",)) for level in solution.levels]
    again = certified(board, replace(solution, levels=levels), time.monotonic() + 60, lambda: False)
    assert [level.proved_by for level in again.levels] == [("cp-sat+highs", "highs", "cp-sat")] * 2


@pytest.mark.parametrize(("silent", "confirmed"), [("cp-sat", ("cp-sat+highs", "highs")), ("", ("cp-sat+highs",))])
def test_half_a_confirmation_is_not_told_as_two(
    monkeypatch: pytest.MonkeyPatch, silent: str, confirmed: object
) -> None:
    board = region(8)
    solution = solve(board)
    levels = [replace(level, proved_by=("cp-sat+highs",)) for level in solution.levels]

    def asked(_self: object, engine: str, _question: object, _seconds: float) -> str:
        return "unknown" if silent in engine else "infeasible"

    monkeypatch.setattr(certificate.SecondEngine, "asked", asked)
    again = certified(board, replace(solution, levels=levels), time.monotonic() + 60, lambda: False)
    assert [level.proved_by for level in again.levels] == [confirmed] * 2


def test_that_there_is_no_choice_is_confirmed_by_both_engines_with_levels_or_without() -> None:
    solution = solve(CROWDED, certify=True)
    assert (solution.status, solution.proved_by) == ("infeasible", ("highs", "cp-sat"))
    solution = solve(replace(CROWDED, levels=()), certify=True)
    assert (solution.status, solution.proved_by) == ("infeasible", ("highs", "cp-sat"))
    solution = solve(Board(("x",), 1, {}, [Activity("a", [], None)]), certify=True)
    assert (solution.status, solution.proved_by) == ("infeasible", ("counting",))


def test_a_false_impossibility_is_a_loud_error_that_keeps_the_board(plant: Plant) -> None:
    board = region(8)
    plant(jobs.finds_nothing)
    with pytest.raises(Disagreement) as caught:
        solve(board, certify=True)
    assert caught.value.board is board


def test_where_its_child_dies_the_next_level_gets_a_new_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(MARK, str(tmp_path / "mark"))
    monkeypatch.setattr(certificate, "answer_to", _die_at_first)
    levels = solve(region(8), certify=True).levels
    assert "highs" not in levels[0].proved_by
    assert "highs" in levels[1].proved_by


def _die_at_first(handle: EngineHandle, question: Model, seconds: float) -> str:
    mark = Path(os.environ[MARK])
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return certificate.answer_to(handle, question, seconds)


def test_a_certificate_stays_within_the_limit_and_has_a_share_of_it(plant: Plant) -> None:
    deadlines: list[float] = []

    def search(report: Any, model: Model, request: SearchRequest) -> SearchResult:
        deadlines.append(request.deadline or 0)
        return run_search(report, model, request)

    plant(search)
    before = time.monotonic()
    solve(region(8), limit_s=1000, certify=True, certifying=lambda most: deadlines.append(time.monotonic() + most))
    solved, sealed = deadlines
    assert before <= sealed - 1000 <= time.monotonic()
    assert sealed - solved == pytest.approx(1000 * DEFAULT.supervisor.certify_share, abs=1)


def test_without_time_nothing_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    solution = solve(region(8))
    monkeypatch.setattr(process_pool, "Worker", None)
    again = certified(region(8), solution, time.monotonic(), lambda: False)
    assert again == replace(solution, levels=tuple(solution.levels))


@pytest.mark.parametrize("seconds", [0, 60])
def test_parts_proven_by_either_engine_never_pass_for_two_proofs(seconds: float) -> None:
    board = region(8)
    solution = solve(board)
    half = [replace(level, proved_by=("cp-sat+highs",)) for level in solution.levels]
    levels = [replace(half[0], bound=-1, proved_by=()), *half[1:]] if seconds else half
    again = certified(board, replace(solution, levels=levels), time.monotonic() + seconds, lambda: False)
    assert again.levels[-1].proved_by == ("cp-sat+highs",)


def test_where_nothing_is_proven_no_certificate_is_begun(plant: Plant) -> None:
    heard: list[float] = []
    plant(jobs.ends_early)
    params = processes_from(10).but(supervisor__attempts=1, sizes__local=0)
    assert solve(region(8), limit_s=30, certify=True, certifying=heard.append, params=params).status == "feasible"
    assert not heard
