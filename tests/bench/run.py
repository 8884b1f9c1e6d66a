"""`make bench`: everyone on the same boards, one process after the other; a table, goals, and JSON beside it."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.bench.apart import measure, serve
from tests.bench.boards import BOARDS
from tests.bench.contenders import CONTENDERS
from tests.bench.goals import Result, sentence, verdicts
from tests.bench.machine import facts

DESCRIPTION = """
Measures solvers on boards of a year's plan, each run in a process of its own, one after the other: value and
bound by level; seconds from the board in memory, engines' import counted, to the best value, to the proof of
all levels and to the answer; peak memory of the process and its children. All of it takes an hour where
everyone needs the whole limit; --boards, --contenders and --limit make it less. Ctrl-C ends it, and keeps
what was measured.
"""


def main() -> int:
    """Runs what was asked for, and prints as it goes."""
    given = _arguments()
    if given.serve:
        serve(given.serve, given.limit)
        return 0
    results: list[Result] = []
    say(row("board", "who", "values", "bounds", "best s", "proof s", "end s", "MB", "note"))
    try:
        for name in given.boards or BOARDS:
            _on_board(name, given, results)
    except KeyboardInterrupt:
        say("interrupted: what was measured is kept")
        return 130
    finally:
        save(given.output, results)
        say("")
        for verdict in verdicts(results):
            say(sentence(verdict))
        say(f"\n{given.output}")
    return 0


def _on_board(name: str, given: argparse.Namespace, results: list[Result]) -> None:
    chosen = BOARDS[name]
    board = chosen.make()
    limit = given.limit or chosen.limit_s
    for contender in given.contenders or chosen.contenders:
        run = measure(board, contender, limit)
        results.append({"board": name, "contender": contender, "limit_s": limit, "levels": list(board.levels)} | run)
        save(given.output, results)
        say(table_row(results[-1]))


def save(file: Path, results: Sequence[Result]) -> None:
    """Everything that is known by now; a line for each run."""
    file.parent.mkdir(parents=True, exist_ok=True)
    parts = {"machine": [facts()], "goals": verdicts(results), "results": results}
    lines = {name: ",\n".join("  " + json.dumps(entry) for entry in entries) for name, entries in parts.items()}
    file.write_text("{\n" + ",\n".join(f' "{name}": [\n{text}\n ]' for name, text in lines.items()) + "\n}\n")


def table_row(result: Result) -> str:
    """A run as a line of the table; a dash is what is not known."""
    values, bounds = (" ".join("-" if v is None else str(v) for v in result[key]) for key in ("values", "bounds"))
    seconds = ["-" if result[key] is None else f"{result[key]:.1f}" for key in ("best_s", "proof_s", "end_s")]
    return row(result["board"], result["contender"], values, bounds, *seconds, str(result["peak_mb"]), result["note"])


def row(*cells: str) -> str:
    """Cells below each other's kind."""
    widths = (26, 28, 14, 14, 7, 7, 7, 6, 0)
    return " ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def say(text: str) -> None:
    """A line, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench.run", description=DESCRIPTION)
    boards, contenders = _names(BOARDS), _names(CONTENDERS)
    parser.add_argument(
        "--boards", type=boards, metavar="NAME;NAME", help=f"of {'; '.join(BOARDS)} (default: all, in this order)"
    )
    parser.add_argument(
        "--contenders",
        type=contenders,
        metavar="NAME;NAME",
        help=f"of {'; '.join(CONTENDERS)} (default: everyone, Dask only on the largest board, "
        "and ours alone on 130 ten times)",
    )
    parser.add_argument(
        "--limit", type=float, metavar="S", help="seconds for each run, instead of the board's own limit"
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("out/bench.json"), help="default: %(default)s")
    parser.add_argument("--serve", choices=CONTENDERS, help=argparse.SUPPRESS)
    return parser.parse_args()


def _names(known: Any) -> Callable[[str], list[str]]:
    def names(text: str) -> list[str]:
        given = [name.strip() for name in text.split(";")]
        unknown = [name for name in given if name not in known]
        if unknown:
            raise argparse.ArgumentTypeError(f"{'; '.join(unknown)}: not known")
        return given

    return names


if __name__ == "__main__":
    sys.exit(main())
