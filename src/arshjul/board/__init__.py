"""The bare problem that rules write and engines read.

A board is plain data: activities with options, capacities that the options draw on step by step, lags, conflicts, and
rows (a linear sum that is limited, or whose excess is priced). Nothing here knows an engine, a name or a place.
`evaluate` judges a choice by arithmetic alone.

Options are numbered through all activities as *columns*: activity i owns the columns `range(board.first_column[i],
board.first_column[i + 1])`. A `Choice` gives for each activity the number of its chosen option, counted within the
activity, or None if it stays unplaced.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

Choice = Sequence[int | None]
Costs = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Option:
    """One way to place an activity: a start, what it draws on, and its cost per level.

    `demand` gives per resource the amounts of the steps from the start on. `length` is how many
    steps it is in progress, which matters to conflicts alone.
    """

    start: int
    demand: Mapping[str, Sequence[int]] = field(default_factory=dict)
    costs: Costs = field(default_factory=dict)
    length: int = 1


@dataclass(frozen=True, slots=True)
class Activity:
    """An activity to be placed. `unplaced`: its cost per level if it stays unplaced; None: it must be placed."""

    id: str
    options: Sequence[Option]
    unplaced: Costs | None


@dataclass(frozen=True, slots=True)
class Lag:
    """`after` is placed only if `before` is, and then `least` <= start - start <= `most`.

    Both are activity numbers. None: no limit on that side.
    """

    before: int
    after: int
    least: int | None = None
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two activities (numbers) that are not both in progress at any of `steps`; None: at any step."""

    first: int
    second: int
    steps: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """sum of coefficient x (column chosen) <= at_most; with `over`, each unit above costs that."""

    rule: str
    about: str
    columns: Sequence[int]
    coefficients: Sequence[int]
    at_most: int
    over: Costs | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """The whole problem. `levels` are decided in that order, each before the next."""

    levels: Sequence[str]
    steps: int
    capacities: Mapping[str, Sequence[int]]
    activities: Sequence[Activity]
    lags: Sequence[Lag] = ()
    conflicts: Sequence[Conflict] = ()
    rows: Sequence[Row] = ()
    first_column: Sequence[int] = field(init=False)

    def __post_init__(self) -> None:
        widths = (len(activity.options) for activity in self.activities)
        object.__setattr__(self, "first_column", tuple(accumulate(widths, initial=0)))


@dataclass(frozen=True, slots=True)
class Broken:
    """A hard part of the board that a choice breaks, in words for a developer."""

    part: str
    about: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The worth of a choice: the value of each level, and the hard parts that it breaks."""

    values: Mapping[str, int]
    broken: Sequence[Broken]


def evaluate(board: Board, choice: Choice) -> Evaluation:
    """The values and breaches of a choice, by plain arithmetic on the board."""
    values = dict.fromkeys(board.levels, 0)
    broken: list[Broken] = []
    used: dict[tuple[str, int], int] = defaultdict(int)
    chosen: set[int] = set()
    placed: dict[int, Option] = {}
    for number, (activity, pick) in enumerate(zip(board.activities, choice, strict=True)):
        if pick is None:
            if activity.unplaced is None:
                broken.append(Broken("unplaced", activity.id))
            costs: Costs = activity.unplaced or {}
        else:
            option = placed[number] = activity.options[pick]
            chosen.add(board.first_column[number] + pick)
            costs = option.costs
            for resource, amounts in option.demand.items():
                for step, amount in enumerate(amounts, option.start):
                    used[resource, step] += amount
        _add(values, costs)
    for (resource, step), amount in used.items():
        capacity = board.capacities[resource]
        if amount > (capacity[step] if step < len(capacity) else 0):
            broken.append(Broken("capacity", f"{resource} {step}"))
    broken += [Broken("lag", _pair(board, lag.before, lag.after)) for lag in board.lags if not _kept(lag, placed)]
    broken += [
        Broken("conflict", _pair(board, conflict.first, conflict.second))
        for conflict in board.conflicts
        if _clash(conflict, placed)
    ]
    for row in board.rows:
        excess = row_sum(row, chosen) - row.at_most
        if excess > 0:
            if row.over is None:
                broken.append(Broken(row.rule, row.about))
            else:
                _add(values, row.over, excess)
    return Evaluation(values, broken)


def row_sum(row: Row, chosen: set[int]) -> int:
    """The left side of a row for a set of chosen columns."""
    return sum(c for column, c in zip(row.columns, row.coefficients, strict=True) if column in chosen)


def _add(values: dict[str, int], costs: Costs, times: int = 1) -> None:
    for level, cost in costs.items():
        if level in values:
            values[level] += cost * times


def _pair(board: Board, first: int, second: int) -> str:
    return f"{board.activities[first].id} {board.activities[second].id}"


def _kept(lag: Lag, placed: Mapping[int, Option]) -> bool:
    if lag.after not in placed:
        return True
    if lag.before not in placed:
        return False
    apart = placed[lag.after].start - placed[lag.before].start
    return (lag.least is None or apart >= lag.least) and (lag.most is None or apart <= lag.most)


def _clash(conflict: Conflict, placed: Mapping[int, Option]) -> bool:
    if conflict.first not in placed or conflict.second not in placed:
        return False
    first, second = placed[conflict.first], placed[conflict.second]
    both = range(max(first.start, second.start), min(first.start + first.length, second.start + second.length))
    return bool(both) if conflict.steps is None else any(step in both for step in conflict.steps)
