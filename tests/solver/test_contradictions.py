"""What contradicts itself: engines, plans and bounds; and the second proof that would show it."""

import os
import pickle
import signal
import time
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from arshjul.errors import EngineFault, Message
from arshjul.solver import Disagreement, LevelResult, Solution, certificate, solve
from arshjul.solver.backends import EngineHandle
from arshjul.solver.backends.cpsat import CpSat
from arshjul.solver.backends.engine import EngineResult, Task, asking
from arshjul.solver.backends.mathopt import Highs
from arshjul.solver.board import Activity, Board, Option, evaluate
from arshjul.solver.certificate import SecondEngine, certified
from arshjul.solver.model.bounds import SCALE, LagrangianBound, counting_bound, lagrangian_bound
from arshjul.solver.model.components import Component
from arshjul.solver.model.definition import by_definition
from arshjul.solver.model.evaluation import greedy
from arshjul.solver.model.milp import Model
from arshjul.solver.model.presolve import Restriction
from arshjul.solver.model.translation import SharedModel, translate
from arshjul.solver.parallel import process_pool
from arshjul.solver.parallel.process_pool import JobError, run_job
from arshjul.solver.params import DEFAULT
from arshjul.solver.search.known import Bound, Incumbent, Knowledge, Known, SearchResult, counted
from arshjul.solver.search.level import SearchLevel, Subproblem
from arshjul.solver.solving import BoardModel
from arshjul.solver.supervisor.search_job import SearchRequest, run_search, with_plan
from arshjul.solver.supervisor.supervisor import raise_final
from arshjul.system.uncaught import SOLVER_LOG, reported_errors
from tests.solver import jobs
from tests.solver.boards import region, scarce
from tests.solver.conftest import Plant
from tests.solver.searches import processes_from, search_of, sized

DOOR = import_module("arshjul.solver.solving")
ONE = Board(("x",), 2, {}, [Activity("a", [Option(0, costs={"x": 3}), Option(1, costs={"x": 4})], None)])


def ours(*_: object) -> None:
    raise KeyError("ours")


TRUE = lagrangian_bound(by_definition(ONE), 0)
TOO_HIGH = replace(TRUE, scaled_bound=TRUE.scaled_bound + 4 * SCALE)


@pytest.mark.parametrize(("duals", "is_wrong"), [(TRUE, False), (TOO_HIGH, True)], ids=["true", "too high"])
def test_a_plan_below_a_levels_bound_is_kept_and_ends_the_level(duals: LagrangianBound, is_wrong: bool) -> None:
    model = by_definition(ONE)
    level = SearchLevel(Subproblem(Restriction(model), 0, (), duals, 0), Knowledge(model), EngineHandle(), hard=False)
    level.take([0])
    assert (level.knowledge.known.contradiction is not None) == is_wrong
    assert level.is_done
    assert (level.present, level.value, level.bound) == ((0,), 3, 3)


def test_a_known_bound_that_a_plan_refutes_ends_the_search() -> None:
    model = _model()
    start = with_plan(model, counted(model), greedy(model))
    assert start.plan is not None
    known = Known((*start.bounds, Bound(0, start.plan.values[0] + 1, (), "highs")))
    small = sized(len(model.picks))
    found = search_of(model, small, known=known).run()
    assert found.is_final
    assert found.known.plan == start.plan
    assert "highs" in str(found.known.contradiction)


def test_highs_is_not_believed_where_its_own_plan_breaks_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    model = _model()
    monkeypatch.setattr(Model, "keeps", lambda *_: False)
    assert Highs(model).minimise(Task(0), lambda *_: None) == EngineResult("unknown")


def test_a_false_claim_loses_no_choice_and_is_logged_with_the_board(plant: Plant) -> None:
    board = region(6, 12)
    counts = [counting_bound(translate(board), level) for level in range(2)]
    plant(jobs.claims_more_than_its_plan)
    with reported_errors(SOLVER_LOG) as errors:
        solution = solve(board)
    assert solution.choice is not None
    assert not evaluate(board, solution.choice).broken
    assert (solution.status, solution.stopped_by) == ("feasible", "engines")
    assert all((level.bound or 0) >= count for level, count in zip(solution.levels, counts, strict=True))
    assert {name for level in solution.levels for name in level.proved_by} <= {"counting"}
    (error,) = errors
    assert isinstance(error, Disagreement)
    assert error.board is board
    assert error.message == solution.contradiction


TWO_IN_ONE = Board(("x",), 1, {"r": [1]}, [Activity(name, [Option(0, {"r": [1]})], {"x": 2}) for name in "ab"])


def test_a_plan_that_breaks_the_board_leaves_one_that_keeps_it(plant: Plant) -> None:
    def takes_both(_: object, model: Model, __: object) -> SearchResult:
        return SearchResult(with_plan(model, counted(model), [variables[0] for variables in model.sets]))

    plant(takes_both)
    with reported_errors(SOLVER_LOG) as errors:
        found = [solve(TWO_IN_ONE, start=start) for start in ((None, None), None)]
    for solution in found:
        assert (solution.choice, solution.values(), solution.levels[0].bound) == ((0, None), {"x": 2}, None)
        assert (solution.status, solution.stopped_by) == ("feasible", "engines")
    assert [getattr(error, "message", None) for error in errors] == [one.contradiction for one in found]


def test_where_no_plan_keeps_the_board_the_contradiction_is_raised(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def takes_both(_: object, model: Model, __: object) -> SearchResult:
        return SearchResult(with_plan(model, counted(model), [variables[0] for variables in model.sets]))

    plant(takes_both)
    monkeypatch.setattr(DOOR, "greedy", lambda *_: None)
    with pytest.raises(Disagreement) as caught:
        solve(TWO_IN_ONE)
    assert caught.value.board is TWO_IN_ONE


@pytest.mark.parametrize(("claimed", "least", "is_wrong"), [(3, 3, False), (3, 4, True), (2, 0, True), (4, 4, True)])
def test_the_boards_own_arithmetic_has_the_last_word(claimed: int, least: int, is_wrong: bool) -> None:
    """The choice is worth 3; of a bound below it nothing can be said."""
    model = by_definition(ONE)
    whole = BoardModel(ONE, model, [Component([0], range(2), model)])
    known = Known((Bound(0, 0), Bound(0, least, (), "highs")), Incumbent((0,), (claimed,)))
    solution = whole.solution([SearchResult(known)])
    assert (solution.choice, solution.values()) == ((0,), {"x": 3})
    assert (solution.contradiction is not None) == is_wrong
    assert solution.levels[0].bound == (0 if is_wrong else least)


class Unsendable(Exception):
    def __reduce__(self) -> tuple[type[int], tuple[list[int]]]:
        return int, ([],)


def test_whatever_a_job_itself_raises_is_ours_and_a_library_of_engines_the_engines_fault() -> None:
    for error in [KeyError("ours"), RuntimeError("ours"), RecursionError(), ImportError("ours")]:

        def job(_: object, error: Exception = error) -> None:
            raise error

        with pytest.raises(JobError) as caught:
            run_job(None, job)
        with pytest.raises(type(error)):
            raise_final(caught.value)
    for kind in (ValueError, RuntimeError, IndexError):
        with pytest.raises(EngineFault, match="highs"), asking("highs"):
            raise kind("too large")
        with pytest.raises(MemoryError), asking("highs"):
            raise MemoryError


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
    told_of: list[object] = []

    def fails(*found: object) -> None:
        if found[told] is not None:
            told_of.append(found)
            raise KeyError("ours")

    model = _model()
    with pytest.raises(KeyError):
        CpSat(model).minimise(Task(len(model.costs) - 1), fails)
    assert len(told_of) == 1


def test_an_error_of_ours_in_a_callback_is_answered_by_no_other_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SearchLevel, "hear", ours)
    with pytest.raises(KeyError):
        solve(scarce(5))


def test_a_fault_of_ours_in_a_certificate_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificate, "answer_to", ours)
    witness = SecondEngine(time.monotonic() + 60, lambda: False)
    try:
        with pytest.raises(KeyError):
            witness.asked("highs", by_definition(ONE), 30)
    finally:
        witness.close()


def _model() -> Model:
    board = region(6, 12)
    return SharedModel(board).ordered(board.levels)


# A solution, and what it says of another choice of the board.


BOUNDS = (("musts", 2, 2), ("points", 9, 7), ("quality", 30, 20))
"""Level, value and bound; the musts are proven."""


def solution(contradiction: Message | None = None) -> Solution:
    levels = tuple(LevelResult(*one, 1.0, ("highs",) if one[1] == one[2] else ()) for one in BOUNDS)
    return Solution("feasible", levels, (0,), contradiction=contradiction)


@pytest.mark.parametrize(
    ("values", "bounds", "status", "is_wrong"),
    [
        ((2, 9, 25), (2, 7, 20), "feasible", False),
        ((2, 7, 20), (2, 7, 20), "optimal", False),
        ((2, 8, 40), (2, 7, 20), "feasible", False),
        ((2, 10, 5), (2, 7, None), "feasible", False),  # worse on the points: no bound of quality holds
        ((3, 5, 5), (2, None, None), "feasible", False),
        ((1, 9, 30), (None, None, None), "feasible", True),
        ((2, 6, 30), (None, None, None), "feasible", True),
        ((2, 9, 19), (None, None, None), "feasible", True),
    ],
)
def test_a_bound_is_told_of_a_choice_that_is_no_worse_before(
    values: tuple[int, ...], bounds: tuple[int | None, ...], status: str, is_wrong: bool
) -> None:
    told = solution().told_of((1,), dict(zip(("musts", "points", "quality"), values, strict=True)))
    assert (told.choice, tuple(told.values().values()), told.status) == ((1,), values, status)
    assert tuple(level.bound for level in told.levels) == bounds
    assert (told.contradiction is not None, told.stopped_by == "engines") == (is_wrong, is_wrong)
    assert all(level.proved_by == () for level in told.levels if not level.proven)
    assert [level.seconds for level in told.levels] == [1.0] * 3


def test_what_contradicts_itself_proves_nothing_of_another_choice_and_who_claimed_it_is_told() -> None:
    fault = Message("Two engines disagree.")
    told = solution(fault).told_of((1,), {"musts": 2, "points": 9, "quality": 30})
    assert told.contradiction == fault
    assert [level.bound for level in told.levels] == [None] * 3
    told = solution().told_of((1,), {"musts": 1, "points": 9, "quality": 30})
    assert told.contradiction is not None
    assert told.contradiction.values == {"value": 1, "bound": 2, "by": ["highs"]}


# The second engine's word: it confirms what is best, and is loud where it finds better.


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
