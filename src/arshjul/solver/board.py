"""The bare problem that rules write and engines read.

A board is plain data: activities with options, capacities that the options draw on step by step, lags, conflicts, and
rows (a linear sum that is limited, or whose excess is priced). Nothing here knows an engine, a name or a place.
`evaluate` judges a choice by arithmetic alone.

Options are numbered through all activities as *columns*: activity i owns the columns `range(board.first_column[i],
board.first_column[i + 1])`. A `Choice` gives for each activity the number of its chosen option, counted within the
activity, or None if it stays unplaced.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from typing import ClassVar

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

    part: ClassVar[str] = "lag"
    before: int
    after: int
    least: int | None = None
    most: int | None = None

    @property
    def pair(self) -> tuple[int, int]:
        """Both activities."""
        return self.before, self.after

    def keeps(self, before: Option | None, after: Option | None) -> bool:
        """True if the two may be placed so; None: out."""
        if before is None or after is None:
            return after is None
        apart = after.start - before.start
        return (self.least is None or apart >= self.least) and (self.most is None or apart <= self.most)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two activities (numbers) that are not both in progress at any of `steps`; None: at any step."""

    part: ClassVar[str] = "conflict"
    first: int
    second: int
    steps: frozenset[int] | None = None

    @property
    def pair(self) -> tuple[int, int]:
        """Both activities."""
        return self.first, self.second

    def keeps(self, first: Option | None, second: Option | None) -> bool:
        """True if the two may be placed so; None: out."""
        if first is None or second is None:
            return True
        both = range(max(first.start, second.start), min(first.start + first.length, second.start + second.length))
        return not both if self.steps is None else not any(step in both for step in self.steps)


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

    @property
    def ties(self) -> Sequence[Lag | Conflict]:
        """Its lags, then its conflicts."""
        return *self.lags, *self.conflicts

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


@dataclass(frozen=True, slots=True)
class Obstacle:
    """An obstacle to an option. `missing`: by how many units; `part`: a resource, or a rule."""

    part: str
    about: str
    missing: int


class Evaluator:
    """A choice and the sums that follow from it. One activity at a time may be taken out and placed elsewhere."""

    def __init__(self, board: Board, choice: Choice) -> None:
        self.board = board
        self.choice = list(choice)
        self._used: dict[tuple[str, int], int] = defaultdict(int)
        # The activities that draw on each resource and stand in each row, to name those in the way at once.
        self._takers: dict[tuple[str, int], set[int]] = defaultdict(set)
        chosen: dict[int, int] = {}
        for activity, pick in enumerate(self.choice):
            if pick is not None:
                chosen[board.first_column[activity] + pick] = activity
                self._draw(activity, pick, 1)
        self._sums: list[int] = []
        self._members: list[set[int]] = []
        for row in board.rows:
            there = [(column, c) for column, c in zip(row.columns, row.coefficients, strict=True) if column in chosen]
            self._sums.append(sum(c for _, c in there))
            self._members.append({chosen[column] for column, _ in there})

    @cached_property
    def _rows_of(self) -> Sequence[Sequence[tuple[int, int]]]:
        """The rows in which each column stands, with its coefficient."""
        rows_of: list[list[tuple[int, int]]] = [[] for _ in range(self.board.first_column[-1])]
        for number, row in enumerate(self.board.rows):
            for column, coefficient in zip(row.columns, row.coefficients, strict=True):
                rows_of[column].append((number, coefficient))
        return rows_of

    @cached_property
    def _ties(self) -> Sequence[Sequence[Lag | Conflict]]:
        """The ties of each activity."""
        ties: list[list[Lag | Conflict]] = [[] for _ in self.board.activities]
        for tie in self.board.ties:
            for activity in tie.pair:
                ties[activity].append(tie)
        return ties

    def put(self, activity: int, option: int | None) -> None:
        """Moves an activity to an option, or takes it out."""
        self._count(activity, self.choice[activity], -1)
        self.choice[activity] = option
        self._count(activity, option, 1)

    def _count(self, activity: int, option: int | None, sign: int) -> None:
        if option is None:
            return
        self._draw(activity, option, sign)
        for row, coefficient in self._rows_of[self.board.first_column[activity] + option]:
            self._sums[row] += sign * coefficient
            _enter(self._members[row], activity, sign)

    def _draw(self, activity: int, option: int, sign: int) -> None:
        chosen = self.board.activities[activity].options[option]
        for resource, amounts in chosen.demand.items():
            for step, amount in enumerate(amounts, chosen.start):
                self._used[resource, step] += sign * amount
                _enter(self._takers[resource, step], activity, sign)

    def obstacles(self, activity: int, option: int) -> Iterator[Obstacle]:
        """All that forbids the option next to the other activities; the activity itself should be taken out first."""
        board, chosen = self.board, self.board.activities[activity].options[option]
        for resource, amounts in chosen.demand.items():
            for step, amount in enumerate(amounts, chosen.start):
                free = self._capacity(resource, step) - self._used[resource, step]
                if amount > free:
                    yield Obstacle(resource, str(step), amount - free)
        for number, coefficient in self._rows_of[board.first_column[activity] + option]:
            row = board.rows[number]
            excess = self._sums[number] + coefficient - row.at_most
            if row.over is None and excess > 0:
                yield Obstacle(row.rule, row.about, excess)
        for tie in self._ties[activity]:
            if self._forbids(tie, activity, option):
                yield Obstacle(tie.part, board.activities[_other(tie, activity)].id, 1)

    def blockers(self, activity: int, option: int) -> set[int]:
        """The placed activities that contribute to an obstacle to the option."""
        board, chosen = self.board, self.board.activities[activity].options[option]
        found: set[int] = set()
        for obstacle in self.obstacles(activity, option):
            if obstacle.part in chosen.demand:
                found |= self._takers[obstacle.part, int(obstacle.about)]
        for row, coefficient in self._rows_of[board.first_column[activity] + option]:
            if board.rows[row].over is None and self._sums[row] + coefficient > board.rows[row].at_most:
                found |= self._members[row]
        for tie in self._ties[activity]:
            other = _other(tie, activity)
            if self.choice[other] is not None and self._forbids(tie, activity, option):
                found.add(other)
        return found - {activity}

    def _forbids(self, tie: Lag | Conflict, activity: int, option: int) -> bool:
        chosen = self.board.activities[activity].options[option]
        first, second = (chosen if number == activity else self._placed(number) for number in tie.pair)
        return not tie.keeps(first, second)

    def _placed(self, activity: int) -> Option | None:
        pick = self.choice[activity]
        return None if pick is None else self.board.activities[activity].options[pick]

    def _capacity(self, resource: str, step: int) -> int:
        capacity = self.board.capacities[resource]
        return capacity[step] if step < len(capacity) else 0

    def cost(self, activity: int, option: int | None) -> Costs:
        """The cost that the option adds to each level: its own, and the increase in what priced rows charge."""
        costs: dict[str, int] = defaultdict(int)
        own = self.board.activities[activity]
        if option is None:
            costs.update(own.unplaced or {})
            return costs
        costs.update(own.options[option].costs)
        for number, coefficient in self._rows_of[self.board.first_column[activity] + option]:
            row = self.board.rows[number]
            if row.over is not None:
                before = max(self._sums[number] - row.at_most, 0)
                after = max(self._sums[number] + coefficient - row.at_most, 0)
                for level, price in row.over.items():
                    costs[level] += price * (after - before)
        return costs

    def evaluation(self) -> Evaluation:
        """The values and breaches of the choice, added up from its sums."""
        board, values, broken = self.board, dict.fromkeys(self.board.levels, 0), []
        for activity, pick in zip(board.activities, self.choice, strict=True):
            if pick is None and activity.unplaced is None:
                broken.append(Broken("unplaced", activity.id))
            _add(values, (activity.unplaced or {}) if pick is None else activity.options[pick].costs)
        for (resource, step), amount in self._used.items():
            if amount > self._capacity(resource, step):
                broken.append(Broken("capacity", f"{resource} {step}"))
        for tie in board.ties:
            if not tie.keeps(*map(self._placed, tie.pair)):
                broken.append(Broken(tie.part, " ".join(board.activities[number].id for number in tie.pair)))
        for row, total in zip(board.rows, self._sums, strict=True):
            if row.over is not None:
                _add(values, row.over, max(0, total - row.at_most))
            elif total > row.at_most:
                broken.append(Broken(row.rule, row.about))
        return Evaluation(values, broken)


def evaluate(board: Board, choice: Choice) -> Evaluation:
    """The values and breaches of a choice, by plain arithmetic on the board."""
    return Evaluator(board, choice).evaluation()


def _enter(activities: set[int], activity: int, sign: int) -> None:
    """Adds the activity, or with a negative sign takes it out."""
    (activities.add if sign > 0 else activities.discard)(activity)


def _add(values: dict[str, int], costs: Costs, times: int = 1) -> None:
    for level, cost in costs.items():
        if level in values:
            values[level] += cost * times


def _other(tie: Lag | Conflict, activity: int) -> int:
    first, second = tie.pair
    return second if first == activity else first


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
