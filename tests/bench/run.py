"""`make bench`: everyone on the same boards, one process after the other; a table, and JSON beside it."""

import argparse
import hashlib
import json
import pickle
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.ablate import ABLATED, ablate
from tests.bench.apart import measure, serve
from tests.bench.boards import BOARDS
from tests.bench.contenders import CONTENDERS, DASK, ENGINES, OURS
from tests.bench.machine import facts
from tests.bench.repeats import Result
from tests.bench.special_events import BEST, NAMES, BestKnown
from tests.bench.table import FOOTNOTE, heading, markdown, on_the_clock, table_row

ABLATION = Path("out/ablation.json")
ABLATION_S = 40
FAR = 1.5
"""An engine that took that many times the fastest one's seconds the first time is not the fastest one."""

DESCRIPTION = """
Measures solvers on boards of a year's plan, each run in a process of its own, one after the other: value and
bound by level; seconds from the board in memory, engines' import counted, to the best value, to the proof of
all levels and to the answer; peak memory of the process and its children. Everyone is measured several times,
in turns with those on the same board; an engine that was far from the fastest the first time is not run again.
--boards, --contenders, --runs and --limit make it less.
Ctrl-C ends it, and keeps what was measured.
"""


def main() -> int:
    """Runs what was asked for, and prints as it goes."""
    given = _arguments()
    if given.serve:
        serve(given.serve, given.limit, warm=given.warm)
        return 0
    if given.ablate:
        ablate(given.boards or list(ABLATED), given.limit or ABLATION_S, given.runs, ABLATION, say)
        return 0
    results: list[Result] = []
    say(heading())
    try:
        for name in given.boards or BOARDS:
            _on_board(name, given, results)
    except KeyboardInterrupt:
        say("interrupted: what was measured is kept")
        return 130
    finally:
        save(given.output, results)
        given.output.with_suffix(".md").write_text("\n".join([*markdown(results), "", *on_the_clock(results), ""]))
        say(f"\n{FOOTNOTE}")
        say(f"\n{given.output}")
    return 0


def _on_board(name: str, given: argparse.Namespace, results: list[Result]) -> None:
    """In turns, so that what slows the machine for a while slows nobody alone."""
    chosen, best = BOARDS[name], BestKnown(BEST)
    board = chosen.make()
    contenders = given.contenders or chosen.contenders
    wanted = dict.fromkeys(contenders, min(given.runs, chosen.runs))
    made: dict[str, list[Result]] = {contender: [] for contender in contenders}
    print_ = hashlib.sha256(pickle.dumps(board)).hexdigest()[:12]
    for contender in [name for name in wanted if name not in (OURS, DASK)]:
        same = {
            "board": name,
            "contender": contender,
            "limit_s": given.limit or chosen.limit(contender),
            "print": print_,
        }
        if former := [one for one in given.others if same.items() <= one.items()]:
            made[contender] = former
            results.extend(former)
            del wanted[contender]
            say(table_row(former))
    for turn in range(max(wanted.values(), default=0)):
        for contender, runs in wanted.items():
            if turn < runs:
                limit = given.limit or chosen.limit(contender)
                asked = {"board": name, "contender": contender, "limit_s": limit, "print": print_}
                asked["levels"] = list(board.levels)
                found = measure(board, contender, limit)
                result = asked | found
                if name in NAMES and found["values"] and None not in found["values"]:
                    proven = found["proof_s"] is not None
                    result["best_known"] = best.take(name, "plan", tuple(found["values"]), is_proven=proven)
                made[contender].append(result)
                results.append(result)
                save(given.output, results)
        if turn == 0:
            wanted |= {name: 1 for name in left_behind(made) if name in wanted}
        for contender, runs in wanted.items():
            if turn + 1 == runs:
                say(table_row(made[contender]))


def left_behind(made: Mapping[str, Sequence[Result]]) -> list[str]:
    """The engines that are not run again, since they were far from being the fastest, with which ours is compared."""
    took = {name: made[name][0]["proof_s"] for name in ENGINES if made.get(name)}
    known = [seconds for seconds in took.values() if seconds is not None]
    return [name for name, seconds in took.items() if seconds is None or seconds > FAR * min(known)]


def save(file: Path, results: Sequence[Result]) -> None:
    """Everything that is known by now; a line for each run."""
    file.parent.mkdir(parents=True, exist_ok=True)
    parts = {"machine": [facts()], "results": results}
    lines = {name: ",\n".join("  " + json.dumps(entry) for entry in entries) for name, entries in parts.items()}
    file.write_text("{\n" + ",\n".join(f' "{name}": [\n{text}\n ]' for name, text in lines.items()) + "\n}\n")


def say(text: str) -> None:
    """A line, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.bench.run", description=DESCRIPTION)
    boards, contenders = _names({**BOARDS, **ABLATED}), _names(CONTENDERS)
    parser.add_argument(
        "--boards", type=boards, metavar="NAME;NAME", help=f"of {'; '.join(BOARDS)} (default: all, in this order)"
    )
    parser.add_argument(
        "--contenders",
        type=contenders,
        metavar="NAME;NAME",
        help=f"of {'; '.join(CONTENDERS)} (default: everyone on goteborg-2027 and 300; else ours and "
        "a few engines, Dask on the two largest, and ours alone on 130 ten times)",
    )
    parser.add_argument(
        "--limit", type=float, metavar="S", help="seconds for each run, instead of the board's own limits"
    )
    parser.add_argument(
        "--ablate", action="store_true", help="measure ours alone, with one technique off at a time, in CPU seconds"
    )
    parser.add_argument(
        "--runs",
        type=_count,
        default=3,
        metavar="N",
        help="of each contender on a board, and of each ablation (default: %(default)s)",
    )
    parser.add_argument(
        "--others",
        type=_former,
        default=[],
        metavar="FILE",
        help="take the others' runs on the same boards from an earlier output of this machine",
    )
    parser.add_argument("-o", "--output", type=Path, default=Path("out/bench.json"), help="default: %(default)s")
    parser.add_argument("--serve", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--warm", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    known = ABLATED if given.ablate else BOARDS
    for name in given.boards or ():
        if name not in known:
            parser.error(f"--boards {name}: here one of {'; '.join(known)}")
    return given


def _former(file: str) -> list[Result]:
    kept = json.loads(Path(file).read_text())
    if kept["machine"] != [facts()]:
        raise argparse.ArgumentTypeError(f"{file}: of another machine, or other versions")
    return list(kept["results"])


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text}: not a number from 1 on")
    return int(text)


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
