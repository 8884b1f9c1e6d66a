"""What each technique is worth: the boards solved with one of them off at a time.

Measured is CPU time, of the process and all that it started, from the board in memory to the answer: on a
machine that others use too it says more than seconds of a clock. A run is a process of its own.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from arshjul.board import Board
from arshjul.solver import solve
from arshjul.solver.params import DEFAULT, SolveParams
from tests.bench.boards import BOARDS
from tests.bench.generator import Wish, year
from tests.solver.boards import project

ABLATED: dict[str, Callable[[], Board]] = {
    **{name: BOARDS[name].make for name in ("goteborg-2027", "130", "300", "300 tight")},
    "1300 in 4 regions, shared": lambda: year(Wish(1300, 4, shared=True)),
    "project": lambda: project(3, 30),
}
"""The last one is a project of 30 jobs that must all be placed: nothing like a year's plan."""

ALL = "all"

Result = dict[str, Any]


def variants() -> dict[str, SolveParams]:
    """The parameters without each technique, by what is off; first with all of them."""
    off = {path: DEFAULT.but(**{path: False}) for path in DEFAULT.switches()}
    return {ALL: DEFAULT, **off}


def ablate(boards: Sequence[str], limit_s: float, file: Path, say: Callable[[str], None]) -> None:
    """Runs them all, says each, and keeps all that is known by then."""
    results: list[Result] = []
    for board in boards:
        for variant in variants():
            results.append(_measured(board, variant, limit_s))
            say(f"{board} | {variant} | {cell(results[-1])}")
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


def cell(result: Result) -> str:
    """CPU seconds to the proof; else where the first level that is not proven stood."""
    open_ = [(value, bound) for value, bound in result["levels"] if value != bound or value is None]
    if not open_:
        return f"{result['cpu_s']:.1f}"
    value, bound = open_[0]
    level = len(result["levels"]) - len(open_) + 1
    return f"level {level}: {value} ≥ {bound}"


def table(results: Sequence[Result]) -> Iterator[str]:
    """A Markdown table, a row for each variant and a column for each board."""
    boards = list(dict.fromkeys(result["board"] for result in results))
    cells = {(result["variant"], result["board"]): cell(result) for result in results}
    yield f"| without | {' | '.join(boards)} |"
    yield f"| --- |{' --- |' * len(boards)}"
    for variant in dict.fromkeys(result["variant"] for result in results):
        yield f"| {variant} | {' | '.join(cells.get((variant, board), '') for board in boards)} |"


def main(board: str, variant: str, limit_s: str) -> None:
    """One run, in this process; says how it ended and what was used before it began."""
    made = ABLATED[board]()
    used = resource.getrusage(resource.RUSAGE_SELF)
    solution = solve(made, limit_s=float(limit_s), params=variants()[variant])
    levels = [(level.value, level.bound) for level in solution.levels]
    found = {"levels": levels, "stopped_by": solution.stopped_by, "before_s": used.ru_utime + used.ru_stime}
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
