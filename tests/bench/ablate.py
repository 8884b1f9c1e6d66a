"""What each technique is worth: the boards solved with one of them off at a time.

Measured is CPU time, of the process and all that it started, from the board in memory to the answer: on a
machine that others use too it says more than seconds of a clock. A run is a process of its own.
"""

import json
import math
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from arshjul.solver import solve
from arshjul.solver.board import Board, Choice
from arshjul.solver.params import DEFAULT, SolveParams
from arshjul.year.planning.effort import Effort
from arshjul.year.planning.replan.replan import rungs_of
from arshjul.year.rules.objectives import REPLAN_LEVELS
from tests.bench.boards import BOARDS
from tests.bench.generator import Wish, year
from tests.bench.repeats import spread
from tests.bench.special_events import YEARS, cases
from tests.solver.boards import project

Posed = tuple[Board, Choice | None]
"""A board, and the choice to begin from, if one is known."""

ALL = "all"
REPLANS = {"year-1 14, most-delivered": ("year-1", "14"), "year-3 25, most-delivered": ("year-3", "25")}
"""Special events of other years, which need what is only for replans: see `special_events`."""


def _bare(make: Callable[[], Board]) -> Callable[[], Posed]:
    return lambda: (make(), None)


def _replan(name: str) -> Posed:
    """The whole year after the event, with nothing held, and the small board's answer."""
    year, seed = REPLANS[name]
    given, _ = next(case for case in cases(YEARS) if (case.year, case.seed) == (year, seed)).given()
    held, _, whole = rungs_of(given.context)
    option = name.partition(", ")[2]
    start = held.improve(option, (), Effort()).choice_on(whole.problem)
    return replace(whole.problem.board, levels=REPLAN_LEVELS[option]), start


ABLATED: dict[str, Callable[[], Posed]] = {
    **{name: _bare(BOARDS[name].make) for name in ("goteborg-2027", "130", "300", "300 tight")},
    "project": _bare(lambda: project(3, 30)),
    **({name: partial(_replan, name) for name in REPLANS} if YEARS.exists() else {}),
    "1300 in 4 regions, shared": _bare(lambda: year(Wish(1300, 4, shared=True))),
}
"""The project of 30 jobs that must all be placed is nothing like a year's plan."""

CONCERNED = {"1300 in 4 regions, shared": (ALL, "lns__lns", "decomposition__decomposition")}
"""The variants that are asked of a board which always takes its limit; of others all are."""

Result = dict[str, Any]


def variants() -> dict[str, SolveParams]:
    """The parameters without each technique, by what is off; first with all of them."""
    off = {path: DEFAULT.but(**{path: False}) for path in DEFAULT.switches()}
    return {ALL: DEFAULT, **off}


def ablate(boards: Sequence[str], limit_s: float, runs: int, file: Path, say: Callable[[str], None]) -> None:
    """Runs them all, each board's variants in turns, says each, and keeps all that is known by then."""
    results: list[Result] = []
    for board in boards:
        for _ in range(runs):
            for variant in CONCERNED.get(board, variants()):
                results.append(_measured(board, variant, limit_s))
                say(f"{board} | {variant} | {cell(results[-1:])}")
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(json.dumps(results, indent=1) + "\n")
    for line in table(results):
        say(line)


def _measured(board: str, variant: str, limit_s: float) -> Result:
    command = [sys.executable, "-m", "tests.bench.ablate", board, variant, str(limit_s)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert child.stdout is not None
    told = child.stdout.read()
    _, code, used = os.wait4(child.pid, 0)
    child.stdout.close()
    child.returncode = os.waitstatus_to_exitcode(code)
    found: Result = json.loads(told)
    before = found.pop("before_s")
    return {"board": board, "variant": variant, **found, "cpu_s": round(used.ru_utime + used.ru_stime - before, 1)}


def cell(runs: Sequence[Result]) -> str:
    """Median CPU seconds to the proof, (least..most) of several; else where the run in the middle stood."""
    middle = sorted(runs, key=_rank)[len(runs) // 2]
    open_ = [(value, bound) for value, bound in middle["levels"] if value != bound or value is None]
    if not open_:
        return str(spread(run["cpu_s"] if _rank(run)[0] < math.inf else None for run in runs))
    value, bound = open_[0]
    level = len(middle["levels"]) - len(open_) + 1
    return f"level {level}: {value} ≥ {bound}"


def _rank(run: Result) -> tuple[float, Sequence[float]]:
    """By CPU seconds to the proof, then by values."""
    is_proven = all(value is not None and value == bound for value, bound in run["levels"])
    return run["cpu_s"] if is_proven else math.inf, [math.inf if value is None else value for value, _ in run["levels"]]


def table(results: Sequence[Result]) -> Iterator[str]:
    """A Markdown table, a row for each variant and a column for each board."""
    boards = list(dict.fromkeys(result["board"] for result in results))
    made: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        made.setdefault((result["variant"], result["board"]), []).append(result)
    cells = {of: cell(runs) for of, runs in made.items()}
    yield f"| without | {' | '.join(boards)} |"
    yield f"| --- |{' --- |' * len(boards)}"
    for variant in dict.fromkeys(result["variant"] for result in results):
        yield f"| {variant} | {' | '.join(cells.get((variant, board), '') for board in boards)} |"


def main(board: str, variant: str, limit_s: str) -> None:
    """One run, in this process; says how it ended and what was used before it began."""
    made, start = ABLATED[board]()
    used = resource.getrusage(resource.RUSAGE_SELF)
    solution = solve(made, limit_s=float(limit_s), start=start, params=variants()[variant])
    levels = [(level.value, level.bound) for level in solution.levels]
    found = {"levels": levels, "stopped_by": solution.stopped_by, "before_s": used.ru_utime + used.ru_stime}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
