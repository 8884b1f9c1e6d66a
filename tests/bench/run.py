"""`make bench`: everyone on the same boards, one process after the other; a table, and JSON beside it.

    python -m tests.bench.run [--boards 130,300] [--contenders arshjul,highs] [--limit S] [-o FILE]

Seconds count from the board in memory to the best value, and to the proof of all levels. Peak memory
is the process's and its children's. Contenders that need more than the limit are stopped by it.
"""

import argparse
import json
import resource
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

from arshjul.board import Board
from tests.bench.contenders import CONTENDERS
from tests.bench.generator import Wish, year

BOARDS = {
    "130": (Wish(130), 60),
    "300": (Wish(300), 60),
    "300 tight": (Wish(300, tight=True), 60),
    "1300 in 10 regions": (Wish(1300, 10), 60),
    "2100 in 7 regions, shared": (Wish(2100, 7, shared=True), 180),
}


def main() -> None:
    """Runs what was asked for, and prints as it goes."""
    parser = argparse.ArgumentParser(prog="tests.bench.run", description="Measures solvers on boards of a year's plan.")
    parser.add_argument("--boards", help="names, comma between them", default=";".join(BOARDS))
    parser.add_argument("--contenders", default=";".join(CONTENDERS))
    parser.add_argument("--limit", type=float, help="seconds for every board instead of its own limit")
    parser.add_argument("-o", "--output", type=Path, default=Path("out/bench.json"))
    parser.add_argument("--one", nargs=2, metavar=("BOARD", "CONTENDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        board, contender = given.one
        _say(json.dumps(_one(year(BOARDS[board][0]), contender, given.limit)))
        return
    results = []
    _say(_line("board", "who", "values", "bounds", "best s", "proof s", "MB", "note"))
    for board in given.boards.split(";"):
        for contender in given.contenders.split(";"):
            limit = given.limit or BOARDS[board][1]
            result = _apart(board, contender, limit)
            results.append(result)
            _say(_row(result))
    given.output.parent.mkdir(parents=True, exist_ok=True)
    given.output.write_text(json.dumps(results, indent=1) + "\n")


def _apart(board: str, contender: str, limit: float) -> dict[str, Any]:
    """One run in a process of its own, so that nobody profits or suffers from the one before."""
    command = [sys.executable, "-m", "tests.bench.run", "--limit", str(limit), "--one", board, contender]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=3 * limit + 120)
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, ValueError, IndexError) as error:
        result = {"values": [], "bounds": [], "best_s": None, "proof_s": None, "note": f"failed: {error}"[:80]}
    return {"board": board, "contender": contender, "limit_s": limit} | result


def _one(board: Board, contender: str, limit: float) -> dict[str, Any]:
    peak = Peak()
    run = CONTENDERS[contender](board, limit)
    return asdict(run) | {"peak_mb": peak.end()}


class Peak:
    """The most memory that this process and its children hold together, looked at five times a second."""

    def __init__(self) -> None:
        self.most = 0
        self.over = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def end(self) -> int:
        """Megabytes."""
        self.over.set()
        own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return max(self.most, own) // 1024

    def _watch(self) -> None:
        while not self.over.wait(0.2):
            self.most = max(self.most, sum(_resident(status) for status in _family()))


def _family() -> Iterator[str]:
    """The status files' texts of this process and its children, on Linux."""
    tasks = Path("/proc/self/task")
    yield _text(Path("/proc/self/status"))
    for children in tasks.glob("*/children"):
        for number in _text(children).split():
            yield _text(Path(f"/proc/{number}/status"))


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""


def _resident(status: str) -> int:
    lines = (line.split() for line in status.splitlines() if line.startswith("VmRSS:"))
    return next((int(line[1]) for line in lines), 0)


def _row(result: dict[str, Any]) -> str:
    values = " ".join("-" if v is None else str(v) for v in result["values"])
    bounds = " ".join("-" if v is None else str(v) for v in result["bounds"])
    seconds = ["-" if result[key] is None else f"{result[key]:.1f}" for key in ("best_s", "proof_s")]
    memory = str(result.get("peak_mb", "-"))
    return _line(result["board"], result["contender"], values, bounds, *seconds, memory, result["note"])


def _line(*cells: str) -> str:
    widths = (26, 22, 12, 12, 8, 8, 6, 0)
    return "".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
