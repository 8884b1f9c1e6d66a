"""A board with fewer options: those ruled out are removed, and the columns renumbered."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from itertools import accumulate

from arshjul.board import Activity, Board


def restricted(board: Board, options: Mapping[int, Sequence[int]], required: Set[int] = frozenset()) -> Board:
    """The board with only some options of some activities, in the order given.

    `options` by activity number; the others keep theirs. `required` are activities that must be
    placed now. Capacities, lags, conflicts and rows are the same.
    """
    kept = [options.get(number, range(len(activity.options))) for number, activity in enumerate(board.activities)]
    firsts = accumulate((len(choice) for choice in kept), initial=0)
    renumbered: dict[int, int] = {}
    for old, new, choice in zip(board.first_column, firsts, kept, strict=False):
        renumbered.update({old + option: new + place for place, option in enumerate(choice)})
    activities = [
        Activity(a.id, [a.options[option] for option in choice], None if number in required else a.unplaced)
        for number, (a, choice) in enumerate(zip(board.activities, kept, strict=True))
    ]
    rows = []
    for row in board.rows:
        terms = [(renumbered[c], k) for c, k in zip(row.columns, row.coefficients, strict=True) if c in renumbered]
        rows.append(replace(row, columns=[c for c, _ in terms], coefficients=[k for _, k in terms]))
    return Board(board.levels, board.steps, board.capacities, activities, board.lags, board.conflicts, rows)
