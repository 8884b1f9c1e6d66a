"""The benchmark's own parts: boards that are what they say, contenders that tell the truth."""

import json
import os
import warnings
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from arshjul.solver import Solution, solve
from arshjul.solver.backends.cpsat import CpSat
from arshjul.solver.board import Activity, Board, Option, Row
from arshjul.solver.model.milp import SIZE_LIMIT
from arshjul.year.rules.objectives import REPLAN_LEVELS
from tests.bench import lived_year, ours
from tests.bench.apart import measure
from tests.bench.boards import BOARDS
from tests.bench.bursts import MEASURED
from tests.bench.contenders import CONTENDERS, DASK, ENGINES, OURS, contend
from tests.bench.generator import Wish, year
from tests.bench.one_sum import OneSum
from tests.bench.run import save
from tests.bench.runs import Clock
from tests.bench.table import on_the_clock, table_row
from tests.examples import SLOW
from tests.living import moments
from tests.solver.written import as_written

SMALL = year(Wish(14, seed=5))
FULL = year(Wish(40, tight=True, seed=5))
CPSAT_MINIMISE = CpSat.minimise


def test_boards_are_what_they_say() -> None:
    """The same wish gives the same one; regions share the national agency alone; spacing rows are of a fortnight."""
    assert year(Wish(20, 2, shared=True, seed=3)) == year(Wish(20, 2, shared=True, seed=3))
    apart, shared = year(Wish(40, 2, seed=2)), year(Wish(40, 2, shared=True, seed=2))
    for board, common in ((apart, set()), (shared, {"national"})):
        halves = [set(), set()]  # type: list[set[str]]
        for number, activity in enumerate(board.activities):
            for option in activity.options[:1]:
                halves[number // 20] |= set(option.demand)
        assert halves[0] & halves[1] == common
    days = [option.start // 2 for activity in SMALL.activities for option in activity.options]
    rows = [row for row in SMALL.rows if row.rule == "sector-spacing"]
    for row in rows:
        assert max(days[c] for c in row.columns) - min(days[c] for c in row.columns) < 14
    assert not any(set(one.columns) <= set(other.columns) for one, other in pairwise(rows)), "none holds another"
    musts = Counter((a.unplaced or {}).get("musts") for a in BOARDS["300"].make().activities)
    assert 0 < musts[1] < 15


def test_the_moments_that_are_measured_are_lived_through() -> None:
    entered = {moment.entries.stem: moment for moment in moments()}
    assert entered[lived_year.EDITED].scenario is not None
    assert "until_further_notice" in entered[lived_year.WITHDRAWN].entries.read_text()


@pytest.mark.slow
def test_a_special_event_leaves_a_replan_of_several_changes() -> None:
    burst, option = MEASURED[0]
    board = BOARDS[f"{burst}, {option}"].make()
    solution = solve(board)
    assert list(board.levels) == list(REPLAN_LEVELS[option])
    assert [level.value for level in solution.levels] == [level.bound for level in solution.levels]
    assert (solution.values()["changes"] or 0) > 5


@SLOW
def test_the_tight_and_the_largest_boards_busiest_agency_leaves_operations_out() -> None:
    board = BOARDS["300 tight"].make()
    there = [activity for activity in board.activities if activity.options]
    assert all("a0.0" in activity.options[0].demand for activity in there)
    assert sum(board.capacities["a0.0"]) < len(there)
    board = BOARDS["2100 in 7 regions, shared"].make()
    needs = sum("national" in activity.options[0].demand for activity in board.activities if activity.options)
    weeks = [row for row in board.rows if row.about.startswith("national week")]
    assert needs > sum(row.at_most for row in weeks) > 0


@pytest.mark.parametrize("board", [SMALL, pytest.param(FULL, marks=pytest.mark.slow)], ids=["small", "full"])
@pytest.mark.parametrize("name", [OURS, *ENGINES])
def test_contenders_agree_on_a_small_board(name: str, board: Board) -> None:
    run = contend(name, board, 60)
    assert run.values == [level.value for level in solve(board).levels]
    assert run.bounds == run.values
    assert run.best_s is not None
    assert run.proof_s is not None
    assert run.best_s <= run.proof_s


@SLOW
def test_only_contenders_on_kinds_have_more_variables_than_the_board_has_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def listening(engine: CpSat, *given: Any) -> Any:
        asked.append(len(engine.base.variables))
        return CPSAT_MINIMISE(engine, *given)

    monkeypatch.setattr(CpSat, "minimise", listening)
    written = len(as_written(FULL).uppers)
    for name in ENGINES:
        asked.clear()
        contend(name, FULL, 60)
        assert bool(asked) == name.startswith("cp-sat")
        assert all((variables > written) == ("kinds" in name) for variables in asked)


@pytest.mark.parametrize("board", [SMALL, FULL], ids=["small", "full"])
def test_the_list_planner_keeps_the_board(board: Board) -> None:
    run = contend("list planner", board, 60)
    best = [level.value for level in solve(board).levels]
    assert None not in run.values
    assert [v or 0 for v in run.values] >= [v or 0 for v in best]
    assert run.proof_s is None


def test_a_sum_of_levels_orders_as_they_do() -> None:
    way = [Option(0, {}, {"quality": 7}), Option(1, {}, {"quality": 2})]
    row = Row("even-load", "", [0, 2], [1, 1], 1, {"quality": 5})
    board = Board(("points", "quality"), 2, {}, [Activity(n, way, {"points": 1}) for n in "ab"], rows=[row])
    model = as_written(board)
    total = OneSum(board, model, 0)
    assert total.weights == [7 + 7 + 5 + 1, 1]
    assert max(total.costs.values()) < SIZE_LIMIT
    assert total.bounds([1, 9], 25) == [1, 5]
    assert total.bounds([2, 9], 25) == [1, 0]
    assert total.bounds([None, None], 25) == [1, 0]


def test_a_clock_notes_what_is_better_alone() -> None:
    clock = Clock()
    for value, bound in ((9, None), (9, None), (12, 3), (8, 2), (None, 4)):
        clock.note("quality", value, bound)
    assert [moment[1:] for moment in clock.trace] == [
        ("quality", 9, None),
        ("quality", 9, 3),
        ("quality", 8, 3),
        ("quality", 8, 4),
    ]


@SLOW
def test_a_run_apart_is_measured_and_written_without_a_name_of_this_machine(tmp_path: Path) -> None:
    result: dict[str, Any] = {"board": "small", "contender": "list planner", "limit_s": 5, "levels": list(SMALL.levels)}
    result |= measure(SMALL, "list planner", 5)
    assert 10 < result["peak_mb"] < 1000
    assert table_row([result]).split()[:3] == ["small", "list", "planner"]
    save(tmp_path / "bench.json", [result, result])
    text = (tmp_path / "bench.json").read_text()
    assert json.loads(text)["results"] == [json.loads(json.dumps(result))] * 2
    assert str(Path.home()) not in text
    assert os.uname().nodename not in text


def test_a_plan_that_another_has_sooner_is_in_bold() -> None:
    def result(who: str, *plans: tuple[float, list[int]]) -> dict[str, Any]:
        return {"board": "b", "contender": who, "plans": plans, "proof_s": None, "values": [0], "end_s": 30.0}

    mine, other = result(OURS, (1.5, [3, 9]), (8.0, [2, 9])), result("list planner", (0.5, [3, 8]))
    assert list(on_the_clock([mine, other]))[2:] == [
        f"| b | {OURS} | - | 3 9 | 3 9 | 2 9 | 2 9 |",
        "| b | list planner | **3 8** | **3 8** | **3 8** | 3 8 | 3 8 |",
    ]


@pytest.mark.slow
def test_ours_on_dask_is_given_a_cluster_of_two_workers_of_one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    distributed = pytest.importorskip("distributed")
    threads: list[dict[str, int]] = []

    def listening(board: Board, *, executor: str, **more: Any) -> Solution:
        with distributed.Client(f"tcp://{executor.removeprefix('dask://')}", set_as_default=False) as client:
            threads.append(client.nthreads())
        return solve(board, executor=executor, **more)

    monkeypatch.setattr(ours, "solve", listening)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        run = contend(DASK, SMALL, 60)
    assert list(threads[0].values()) == [1, 1]
    assert run.proof_s is not None


@SLOW
def test_a_run_that_fails_or_is_not_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert measure(SMALL, "nobody", 5)["note"] == "failed: exit code 2"
    monkeypatch.setitem(CONTENDERS, "nobody", "not_there:nobody")
    assert contend("nobody", SMALL, 1).note == "tests.bench.not_there is not installed"
