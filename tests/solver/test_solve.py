"""The door: what comes out whatever happens on the way."""

import ast
import csv
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import warnings
from dataclasses import fields, replace
from functools import cache
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

import arshjul
import arshjul.solver
from arshjul.cli import options
from arshjul.errors import InputError, NoAnswer
from arshjul.solver import Progress, solve
from arshjul.solver.board import Activity, Board, Option, evaluate
from arshjul.solver.model.milp import Model
from arshjul.solver.model.translation import translate
from arshjul.solver.params import DEFAULT, MOST_VARIABLES, CoreParams, SolveParams
from arshjul.solver.search.known import SearchResult
from arshjul.solver.supervisor.search_job import SearchRequest, run_search
from arshjul.year.formats.board.board_json import read_board
from tests.solver import jobs
from tests.solver.boards import apart, dearer, project, region
from tests.solver.conftest import Plant
from tests.solver.searches import processes_from

FORCED = Board(("x",), 1, {"r": [1]}, [Activity(n, [Option(0, {"r": [1]})], None) for n in "ab"])

PAGE = (Path(__file__).parents[2] / "docs" / "solver.md").read_text()


def test_no_time_gives_a_plan_and_a_true_bound_and_never_says_impossible() -> None:
    board = region(1)
    solution = solve(board, limit_s=0)
    assert solution.status in ("feasible", "optimal")
    assert solution.choice is not None
    assert not evaluate(board, solution.choice).broken
    best = solve(board)
    for level, proven in zip(solution.levels[:1], best.levels[:1], strict=True):
        assert level.bound is not None
        assert proven.value is not None
        assert level.bound <= proven.value
    board = Board(
        ("x",),
        9,
        {"r": [2] * 9},
        [Activity(str(k), [Option(s, {"r": [1]}) for s in range(9)], None) for k in range(18)],
    )
    assert solve(board, limit_s=0).status in ("feasible", "optimal", "unknown")


def test_what_cannot_be_is_infeasible_and_a_start_that_breaks_the_board_does_no_harm() -> None:
    solution = solve(FORCED)
    assert solution.status == "infeasible"
    assert solution.choice is None
    assert solution.levels[0].value is None
    assert solve(FORCED, start=[0, 0]).status == "infeasible"
    board = region(5)
    best = solve(board)
    again = solve(board, start=best.choice)
    assert again.values() == best.values()


def test_who_proved_that_there_is_no_choice_is_named(plant: Plant) -> None:
    assert solve(FORCED).proved_by == ("counting",)

    for cp_sat, by in ((jobs.finds_nothing, "cp-sat"), (jobs.out_of_memory, "highs")):
        plant(cp_sat=cp_sat, highs=jobs.finds_nothing)
        assert solve(region(1, 15)).proved_by == (by,)


@pytest.mark.parametrize("stop", [lambda: True, threading.Event()])
def test_a_stop_gives_what_is_there(stop: object) -> None:
    if isinstance(stop, threading.Event):
        stop.set()
    solution = solve(region(2), stop=stop)  # type: ignore[arg-type]
    assert solution.choice is not None


def test_progress_tells_value_and_bound_and_the_values_of_all_levels_of_the_best_choice() -> None:
    heard: list[Progress] = []
    solution = solve(region(3, 40), progress=heard.append)
    assert {p.level for p in heard} <= {"points", "quality"}
    assert heard[-1].level == "quality"
    assert heard[-1].value == heard[-1].bound == solution.levels[1].value
    free = Board(("points", "quality"), 1, {}, [Activity("untied", [Option(0, {}, {"quality": 7})], None)])
    board = apart([region(3, 20), free, region(4, 20)])
    heard.clear()
    solution = solve(board, progress=heard.append)
    known = [p.values for p in heard if p.values]
    assert known == sorted(known, reverse=True)
    assert known[-1] == tuple(level.value for level in solution.levels)
    assert () in {p.values for p in heard}, "one of the parts has no choice yet"


def test_costs_in_hundredths_are_searched_like_whole_ones() -> None:
    board = region(4, 30)
    inside = translate(dearer(board, 100))
    assert [translate(board).unit(1), inside.unit(1)] == [1, 100]
    whole, hundredths = solve(board), solve(dearer(board, 100))
    assert hundredths.status == "optimal"
    assert hundredths.values() == {level: 100 * (value or 0) for level, value in whole.values().items()}


def test_parts_add_up_and_the_same_board_gives_the_same_choice() -> None:
    boards = [region(seed, 12) for seed in (1, 2, 3)]
    alone = [solve(board).values() for board in boards]
    together = solve(apart(boards))
    assert together.status == "optimal"
    assert together.values() == {level: sum(v[level] or 0 for v in alone) for level in boards[0].levels}
    assert solve(apart(boards)).choice == together.choice


def test_a_board_without_levels_asks_only_for_the_hard_parts() -> None:
    assert solve(replace(FORCED, levels=())).status == "infeasible"
    free = replace(region(1), levels=())
    solution = solve(free)
    assert solution.status == "optimal"
    assert solution.levels == ()
    assert solution.choice is not None
    assert not evaluate(free, solution.choice).broken


def test_limits_seeds_and_executors_that_are_none_are_told() -> None:
    for limit_s in [float("inf"), float("nan"), 1e300, 1_000_001]:
        with pytest.raises(InputError, match="time limit"):
            solve(FORCED, limit_s=limit_s)
    for seed in [-1, 2**31, 99_999_999_999]:
        with pytest.raises(InputError, match="seed"):
            solve(FORCED, seed=seed)
    for name in ["nonsense", "processes:x", "processes:" + "9" * 5000, "dask:/127.0.0.1:9"]:
        with pytest.raises(InputError, match="--executor"):
            solve(FORCED, executor=name)
    door = import_module("arshjul.solver.solving")
    assert (options.LONGEST_S, options.MOST_SEED) == (door.LONGEST_S, door.MOST_SEED)
    board = region(3, 15)
    assert solve(board, limit_s=1_000_000, seed=2**31 - 1, certify=True).status == "optimal"


def test_a_cluster_that_is_not_there_is_told_where_none_is_needed() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(NoAnswer), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        solve(FORCED, executor="dask://127.0.0.1:9", params=DEFAULT.but(supervisor__connect_s=1))


def test_looking_for_the_executor_is_part_of_the_limit(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    moments: list[float] = []

    def search(report: Any, model: Model, request: SearchRequest) -> SearchResult:
        moments.append((request.deadline or 0) - 1000)
        return run_search(report, model, request)

    plant(search)
    monkeypatch.setattr(import_module("arshjul.solver.solving"), "check", lambda *_: moments.append(time.monotonic()))
    solve(region(1), limit_s=1000)
    looked, began = moments
    assert began <= looked


@pytest.mark.parametrize(
    ("engines", "limit_s", "stopped_by"),
    [
        ({"cp_sat": jobs.ends_early, "highs": jobs.ends_early}, 60, "engines"),
        ({"cp_sat": jobs.asleep}, 0.5, "limit"),
        ({"cp_sat": jobs.claims_more_than_its_plan}, 60, "engines"),
    ],
)
def test_a_solve_without_a_proof_says_why_it_ended(
    engines: dict[str, object], limit_s: float, stopped_by: str, plant: Plant
) -> None:
    plant(**engines)
    params = processes_from(10).but(supervisor__attempts=2, supervisor__pause_s=0, sizes__local=0)
    solution = solve(region(1), limit_s=limit_s, params=params)
    assert (solution.status, solution.stopped_by) == ("feasible", stopped_by)


def test_a_solve_that_was_asked_to_end_says_so() -> None:
    solution = solve(project(3), stop=lambda: True)
    assert solution.stopped_by == "asked"
    assert solve(FORCED).stopped_by == "proof"


# The solver stands alone: without a year, a database or a page beside it, it imports and solves.


SOURCE = Path(arshjul.__file__).parent
PARTS = ("__init__.py", "errors.py", "system", "solver")


def test_a_copy_of_the_solver_s_wing_solves_the_manual_s_board(tmp_path: Path) -> None:
    inside = tmp_path / "arshjul"
    inside.mkdir()
    for name in PARTS:
        copy = shutil.copytree if (SOURCE / name).is_dir() else shutil.copy
        copy(SOURCE / name, inside / name)
    program, printed = re.findall(r"```(?:python|text)\n(.*?)```", PAGE, re.DOTALL)[:2]
    program += "import sys\nassert not [name for name in sys.modules if name.startswith('arshjul.year')]\n"
    program += f"assert sys.modules['arshjul'].__path__ == [{str(inside)!r}]\n"
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    answer = subprocess.run(
        [sys.executable, "-P", "-c", program], env=environment, check=False, capture_output=True, text=True
    )
    assert (answer.returncode, answer.stdout) == (0, printed), answer.stderr


# The boards of public benchmark sets give their known values, proven. Needs ../shared.


BENCH = Path(__file__).parents[3] / "shared" / "bench"


def known() -> list[tuple[Path, list[int]]]:
    found = []
    for folder in (BENCH, BENCH / "scale", BENCH / "replans"):
        table = folder / "values.tsv"
        if table.exists():
            with table.open(newline="") as lines:
                for row in csv.DictReader(lines, delimiter="\t"):
                    file = folder / (row["board"] if row["board"].endswith(".json") else row["board"] + ".json")
                    found.append((file, [int(value) for value in row["values"].split(",")]))
    return found


@pytest.mark.slow
@pytest.mark.skipif(not BENCH.exists(), reason="the shared benchmark boards are not here")
@pytest.mark.parametrize(("file", "values"), known(), ids=lambda x: x.stem if isinstance(x, Path) else "")
def test_a_public_board_gives_its_known_values(file: Path, values: list[int]) -> None:
    solution = solve(read_board(file), limit_s=300)
    found = [level.value for level in solution.levels]
    if file.stem == "scale-300-tight":  # its last value is the best known, not proven
        assert found[0] == values[0]
        assert found[1] is not None
        assert found[1] <= values[1]
    else:
        assert found == values
        assert solution.status == "optimal"


# Parameters: their ranges; and every number of a module has its reason.


def test_one_value_is_changed_the_others_stay_and_what_is_out_of_range_is_refused() -> None:
    changed = DEFAULT.but(core__effort=2.0, lns__size=60)
    assert (changed.core.effort, changed.lns.size, changed.core.few) == (2.0, 60, DEFAULT.core.few)
    assert changed.but(core__effort=DEFAULT.core.effort, lns__size=DEFAULT.lns.size) == SolveParams()
    with pytest.raises(ValueError, match=r"CoreParams.patience is -1: it must be 0 to 100"):
        CoreParams(patience=-1)
    with pytest.raises(ValueError, match="breadths"):
        DEFAULT.but(decomposition__breadths=(10, -3))


def test_every_number_has_a_unit_and_a_range_that_excludes_something() -> None:
    numbers = [
        item
        for group in fields(DEFAULT)
        for item in fields(getattr(DEFAULT, group.name))
        if "switch" not in item.metadata["unit"]
    ]
    assert len(numbers) > 20
    for item in numbers:
        assert item.metadata["unit"], item.name
        assert item.metadata["least"] < item.metadata["most"] <= MOST_VARIABLES, item.name


@pytest.mark.parametrize("technique", list(DEFAULT.switches()))
def test_without_a_technique_the_values_are_the_same(technique: str) -> None:
    params = DEFAULT.but(sizes__small=100, **{technique: False})
    for board, values in solved():
        assert solve(board, params=params).values() == values


@cache
def solved() -> list[tuple[Board, dict[str, int | None]]]:
    """Boards and their values."""
    return [(board, solve(board).values()) for board in (region(2, 15), project(1))]


# Every number that steers the solver says why it is what it is.


FOLDER = Path(arshjul.solver.__file__).parent


def _is_number(node: ast.expr) -> bool:
    """A number, several, or what is made of numbers alone."""
    match node:
        case ast.Constant(value=bool()):
            return False
        case ast.Constant(value=int() | float()):
            return True
        case ast.UnaryOp(operand=operand):
            return _is_number(operand)
        case ast.BinOp(left=left, right=right):
            return _is_number(left) and _is_number(right)
        case ast.Tuple(elts=[_, *_] as parts):
            return all(map(_is_number, parts))
    return False


def test_each_number_of_a_module_has_its_reason_below_it() -> None:
    without, found = [], 0
    for file in sorted(FOLDER.rglob("*.py")):
        statements = [*ast.parse(file.read_text()).body, ast.Pass()]
        for one, following in pairwise(statements):
            if isinstance(one, ast.Assign) and _is_number(one.value):
                found += 1
                if not (isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)):
                    without.append(f"{file.relative_to(FOLDER)}: {ast.unparse(one)}")
    assert without == []
    assert found > 50
