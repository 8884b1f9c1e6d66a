"""`make bench`, a row of its own: timetables that lose a period or a room, ours beside CP-SAT and HiGHS alone.

The boards lie beside the project, made of timetables of ITC-2007; their values are proven by two engines. From
each more are made here, by taking the fullest periods that are left as well: there all who prove a value must agree.
Everyone runs in turns, each time in a new process, whose engines are imported before its clock runs: a replan of a
second shows nothing of itself beside a start of half of one.
"""

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from arshjul.solver.board import Activity, Board
from arshjul.year.formats.board.board_json import read_board
from tests.bench.apart import measure
from tests.bench.contenders import OURS
from tests.bench.repeats import Result, spread

FOLDER = Path(__file__).parents[3] / "shared" / "bench" / "replans"
ALONE = ("highs, plain", "cp-sat tuned, plain", "cp-sat tuned, kinds")
"""The engines' settings that were the fastest on any of these boards."""
MORE, RUNS, LIMIT_S = 2, 3, 60.0
MEDIAN, WORST = 1.0, 1.5


def main() -> int:
    """Prints a line for each board, and the verdict; 1 where a value or a goal is missed."""
    if not FOLDER.exists():
        say(f"timetables: not measured, since {FOLDER} is not there")
        return 0
    parts: list[float] = []
    wrong = 0
    for name, board, known in boards():
        runs: dict[str, list[Result]] = defaultdict(list)
        for _ in range(RUNS):
            for who in (OURS, *ALONE):
                runs[who].append(measure(board, who, LIMIT_S, warm=True))
        values = {tuple(run["values"]) for of in runs.values() for run in of if run["proof_s"] is not None}
        right = len(values) == 1 and known in (None, *values) and all(run["proof_s"] is not None for run in runs[OURS])
        wrong += not right
        seconds = {who: spread(run["proof_s"] for run in of) for who, of in runs.items()}
        first = min(ALONE, key=lambda who: seconds[who].median)
        parts.append(seconds[OURS].median / seconds[first].median)
        told = f"{seconds[OURS].median:.2f} s, {seconds[first].median:.2f} s {first}: {parts[-1]:.2f} x"
        say(f"{name:<24} {' '.join(map(str, min(values, default=())))}  {told}{'' if right else ', WRONG'}")
    told = (
        f"median {median(parts):.2f}, at most {MEDIAN}; worst {max(parts):.2f}, at most {WORST}; {wrong} values missed"
    )
    say(f"{len(parts)} timetables, our seconds by the fastest engine's alone: {told}")
    return int(bool(wrong) or median(parts) > MEDIAN or max(parts) > WORST)


def boards() -> Iterator[tuple[str, Board, tuple[int, ...] | None]]:
    """Name, board and proven values, if these are known."""
    with (FOLDER / "values.tsv").open(newline="") as lines:
        rows = [
            (row["board"], tuple(map(int, row["values"].split(",")))) for row in csv.DictReader(lines, delimiter="\t")
        ]
    for file, values in rows:
        board, name = read_board(FOLDER / file), Path(file).stem
        yield name, board, values
        for _ in range(MORE):
            period = fullest(board)
            board, name = without(board, period), f"{name} -{period}"
            yield name, board, None


def fullest(board: Board) -> int:
    """The period in which most lectures still stand where they stood."""
    stay = Counter(o.start for one in board.activities for o in one.options if not o.costs.get(board.levels[1]))
    return min(stay, key=lambda period: (-stay[period], period))


def without(board: Board, period: int) -> Board:
    """The board without any option in that period."""

    def left(one: Activity) -> Activity:
        return replace(one, options=[option for option in one.options if option.start != period])

    return replace(board, activities=[left(one) for one in board.activities])


def say(text: str) -> None:
    """A line, at once."""
    print(text, flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
