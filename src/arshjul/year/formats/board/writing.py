"""A board or its solution as a file: written beside the old one, then renamed."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any

from arshjul.solver.board import Board, Choice, Option
from arshjul.year.formats.atomic import create, read_regular, write_named
from arshjul.year.formats.json_guard import json_bytes

FORMAT = "arshjul-board/1"

Json = dict[str, Any]


def write_board(board: Board, path: Path) -> None:
    write_named(path, json_bytes(board_mapping(board)))


def board_mapping(board: Board) -> Json:
    """The keys of a board file, without those that would say the default."""
    owner = [(a.id, k) for a in board.activities for k in range(len(a.options))]
    ids = [activity.id for activity in board.activities]
    return {
        "format": FORMAT,
        "levels": list(board.levels),
        "steps": board.steps,
        "resources": {name: {"capacity": list(capacity)} for name, capacity in board.capacities.items()},
        "activities": [
            {
                "id": a.id,
                "unplaced": None if a.unplaced is None else dict(a.unplaced),
                "options": [_option_mapping(option) for option in a.options],
            }
            for a in board.activities
        ],
        "lags": [
            {"before": ids[lag.before], "after": ids[lag.after]}
            | ({} if lag.least is None else {"min": lag.least})
            | ({} if lag.most is None else {"max": lag.most})
            for lag in board.lags
        ],
        "conflicts": [
            {"between": [ids[c.first], ids[c.second]]} | ({} if c.steps is None else {"steps": sorted(c.steps)})
            for c in board.conflicts
        ],
        "rows": [
            {
                "rule": row.rule,
                "about": row.about,
                "terms": [[*owner[column], c] for column, c in zip(row.columns, row.coefficients, strict=True)],
                "at_most": row.at_most,
            }
            | ({} if row.over is None else {"over": dict(row.over)})
            for row in board.rows
        ],
    }


def _option_mapping(option: Option) -> Json:
    mapping: Json = {"start": option.start}
    if option.demand:
        mapping["demand"] = {name: list(amounts) for name, amounts in option.demand.items()}
    if option.costs:
        mapping["costs"] = dict(option.costs)
    if option.length != (max(map(len, option.demand.values()), default=1) or 1):
        mapping["length"] = option.length
    return mapping


def solution_mapping(
    board: Board, status: str, levels: list[tuple[str, int | None, int | None]], choice: Choice | None
) -> Json:
    """A solution in its file's keys; `levels` are id, value and bound."""
    mapping: Json = {
        "status": status,
        "levels": [{"id": id_, "value": value, "bound": bound} for id_, value, bound in levels],
    }
    if choice is not None:
        picks = list(zip(board.activities, choice, strict=True))
        mapping["starts"] = {a.id: None if pick is None else a.options[pick].start for a, pick in picks}
        mapping["options"] = {a.id: pick for a, pick in picks}
    return mapping


def write_solution(mapping: Json, path: Path) -> None:
    write_named(path, json_bytes(mapping))


MOST_NAMES = 9
"""The most files of the same name and other content before giving up."""


def keep_board(board: Board, folders: Iterable[Path]) -> Path | None:
    """The path, in the first of the folders that accepts it; None: none does. The same board is not written twice."""
    data = json_bytes(board_mapping(board))
    name = f"arshjul-board-{sha256(data).hexdigest()[:12]}"
    for folder in folders:
        for number in range(1, MOST_NAMES + 1):
            path = folder / (f"{name}.json" if number == 1 else f"{name}-{number}.json")
            try:
                create(path, data)
            except FileExistsError:
                if _holds(path, data):
                    return path
                continue
            except OSError:
                break
            return path
    return None


def _holds(path: Path, data: bytes) -> bool:
    try:
        return read_regular(path, len(data)) == data
    except OSError:
        return False
