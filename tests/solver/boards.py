"""Boards of a size between tiny and real, for tests of what tiny ones never reach."""

from collections.abc import Sequence
from dataclasses import replace

from arshjul.board import Activity, Board, Option
from tests.bench.generator import Wish, year


def region(seed: int, operations: int = 20) -> Board:
    """A region's year, small, without the level of the musts, which are few in so few operations."""
    return replace(year(Wish(operations, seed=seed)), levels=("points", "quality"))


def scarce(seed: int, operations: int = 60) -> Board:
    """A region's year in which no hard row takes more than one, so that some must stay out."""
    board = region(seed, operations)
    rows = [replace(row, at_most=min(row.at_most, 1)) if row.over is None else row for row in board.rows]
    return replace(board, rows=rows)


def apart(boards: list[Board]) -> Board:
    """The boards side by side, sharing nothing; they have the same levels."""
    activities: list[Activity] = []
    capacities: dict[str, Sequence[int]] = {}
    rows = []
    for k, board in enumerate(boards):
        shift = sum(len(a.options) for a in activities)
        capacities |= {f"{k}-{name}": capacity for name, capacity in board.capacities.items()}
        for activity in board.activities:
            options = [
                Option(o.start, {f"{k}-{name}": d for name, d in o.demand.items()}, o.costs, o.length)
                for o in activity.options
            ]
            activities.append(Activity(f"{k}-{activity.id}", options, activity.unplaced))
        rows += [
            type(row)(row.rule, row.about, [c + shift for c in row.columns], row.coefficients, row.at_most, row.over)
            for row in board.rows
        ]
    return Board(boards[0].levels, max(b.steps for b in boards), capacities, activities, rows=rows)
