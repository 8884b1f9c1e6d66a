"""The board while the rules write on it.

An operation's options are grouped in *ways*: a shift and a unit, with a column for each date that
every rule allows. Rules draw on capacities way by way, add costs to columns, and post rows that
they gather as a `Sum`.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from arshjul.board import Activity, Board, Conflict, Costs, Lag, Option, Row
from arshjul.domain.grid import SlotSet
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Placement
from arshjul.domain.situation import Situation
from arshjul.rules.subject import NOBODY, Subject

QUALITY = "quality"

# The rules that post the board's own kinds of ties.
TIES = {"lag": ("follow-up", NOBODY), "conflict": ("apart", NOBODY)}


@dataclass(slots=True)
class Way:
    """One operation in one shift with one unit: a column for each of its possible dates.

    `days` are day numbers, ascending; the column of `days[i]` is `column + i`. `slots` are the
    slot numbers of the same. `past`: the column of the place where it has started, None elsewhere.
    """

    operation: Operation
    shift: str
    unit: str | None
    days: list[int]
    slots: list[int]
    column: int
    past: int | None
    demand: dict[str, tuple[int]] = field(default_factory=dict)


@dataclass(slots=True)
class Sum:
    """The left side of a row in the making. `reach`: the most that it can come to; `history`: what has started."""

    columns: list[int] = field(default_factory=list)
    coefficients: list[int] = field(default_factory=list)
    reach: int = 0
    history: int = 0
    _operation: str = ""
    _most: int = 0

    def add(self, way: Way, column: int, coefficient: int) -> None:
        """Adds a column of a way. Those of one operation come one after the other: it is placed once."""
        self.columns.append(column)
        self.coefficients.append(coefficient)
        if column == way.past:
            self.history += coefficient
        if way.operation.id != self._operation:
            self._operation, self._most = way.operation.id, coefficient
            self.reach += coefficient
        elif coefficient > self._most:
            self.reach += coefficient - self._most
            self._most = coefficient

    def add_way(self, way: Way, coefficient: int) -> None:
        """Adds all columns of a way."""
        if way.days:
            self.add(way, way.column, coefficient)
            self.columns += range(way.column + 1, way.column + len(way.days))
            self.coefficients += [coefficient] * (len(way.days) - 1)


class Draft:
    """The options that the single placements leave, and what the rules write about several.

    `origins` tells of every resource and row, by its opaque id on the board, the rule that posted it and
    what it is about.
    """

    def __init__(self, situation: Situation, possible: Mapping[str, Mapping[str | None, SlotSet]]) -> None:
        self.situation = situation
        self.ways: dict[str, list[Way]] = {}
        self.number = {operation: number for number, operation in enumerate(possible)}
        self.capacities: dict[str, list[int]] = {}
        self.origins: dict[str, tuple[str, Subject]] = dict(TIES)
        self._resources: dict[tuple[str, str, str], str] = {}
        self._history: dict[str, Counter[int]] = {}
        self.rows: list[Row] = []
        self.lags: list[Lag] = []
        self.conflicts: list[Conflict] = []
        self.n_columns = 0
        for operation, by_unit in possible.items():
            self.ways[operation] = list(self._ways(situation.scenario.operations[operation], by_unit))
        self.costs: dict[str, list[int]] = {}
        self.unplaced: dict[str, dict[str, int] | None] = {operation: {} for operation in possible}

    def _ways(self, operation: Operation, by_unit: Mapping[str | None, SlotSet]) -> Iterator[Way]:
        grid = self.situation.grid
        n_shifts = len(grid.shifts)
        for unit, slots in by_unit.items():
            by_shift: dict[int, list[int]] = {}
            for number in grid.numbers(slots):
                by_shift.setdefault(number % n_shifts, []).append(number)
            for shift, numbers in sorted(by_shift.items()):
                days = [number // n_shifts for number in numbers]
                old = self.situation.history.get(operation.id)
                at = None if old is None or old.police != unit else grid.number(old.slot)
                past = self.n_columns + numbers.index(at) if at in numbers else None
                yield Way(operation, grid.shifts[shift].id, unit, days, numbers, self.n_columns, past)
                self.n_columns += len(days)

    def all_ways(self) -> Iterator[Way]:
        """Every way, operation by operation."""
        for ways in self.ways.values():
            yield from ways

    def cost(self, level: str, column: int, points: int) -> None:
        """Choosing the column costs that much more on the level."""
        if level not in self.costs:
            self.costs[level] = [0] * self.n_columns
        self.costs[level][column] += points

    def cost_unplaced(self, operation: str, level: str, points: int) -> None:
        """Leaving the operation out costs that much more on the level."""
        costs = self.unplaced[operation]
        if costs is not None:
            costs[level] = costs.get(level, 0) + points

    def must_stand(self, operation: str) -> None:
        """The operation may not be left out: what is history or frozen."""
        self.unplaced[operation] = None

    def draw(self, way: Way, rule: str, party: str, amount: int, offered: Sequence[int]) -> None:
        """Every option of the way draws that much of what a party offers, on its date and in its shift.

        `offered` is by slot number. History keeps what it used: where less is offered now, the
        capacity is what history draws.
        """
        key = rule, party, way.shift
        if key not in self._resources:
            self._resources[key] = f"r{len(self._resources)}"
            self.origins[self._resources[key]] = rule, Subject(party)
            self.capacities[self._resources[key]] = list(self.situation.by_day(offered, way.shift))
        resource = self._resources[key]
        way.demand[resource] = (amount,)
        if way.past is not None:
            used, day = self._history.setdefault(resource, Counter()), way.days[way.past - way.column]
            used[day] += amount
            self.capacities[resource][day] = max(self.capacities[resource][day], used[day])

    def limit(self, rule: str, total: Sum, at_most: int, subject: Subject = NOBODY) -> None:
        """Posts a limit on what is used. History keeps what it used, also where less is allowed now."""
        self.require(rule, total, max(at_most, total.history), subject)

    def require(self, rule: str, total: Sum, at_most: int, subject: Subject = NOBODY) -> None:
        """Posts a row that holds whatever has been, unless it can never bind."""
        self._post(rule, total, at_most, None, subject)

    def charge(self, rule: str, total: Sum, at_most: int, points: int) -> None:
        """Posts a row that may be passed, unless it can never bind: each unit above costs that much quality."""
        self._post(rule, total, at_most, {QUALITY: points}, NOBODY)

    def _post(self, rule: str, total: Sum, at_most: int, over: Costs | None, subject: Subject) -> None:
        if total.reach > at_most:
            about = f"row {len(self.rows)}"
            self.origins[about] = rule, subject
            self.rows.append(Row(rule, about, total.columns, total.coefficients, at_most, over))

    def origin(self, part: str, about: str) -> tuple[str, Subject]:
        """The rule behind a broken part of the board, named as an evaluation does, and what it is about."""
        known = self.origins.get(part)
        return known if known is not None else self.origins[about]

    def board(self, levels: tuple[str, ...]) -> Board:
        """The finished board, with what is counted on those levels."""
        columns = [self.costs[level] for level in levels if level in self.costs]
        priced = [level for level in levels if level in self.costs]
        charges = list(zip(*columns, strict=True)) or [()] * self.n_columns
        costs = {charge: {level: c for level, c in zip(priced, charge, strict=True) if c} for charge in set(charges)}
        activities = []
        for operation, ways in self.ways.items():
            out = self.unplaced[operation]
            unplaced = None if out is None else {level: points for level, points in out.items() if level in levels}
            options = [option for way in ways for option in _options(way, charges, costs)]
            activities.append(Activity(operation, options, unplaced))
        steps = self.situation.grid.n_days
        return Board(levels, steps, self.capacities, activities, self.lags, self.conflicts, self.rows)

    def placement(self, operation: str, option: int) -> Placement:
        """The placement that an option of an operation stands for."""
        for way in self.ways[operation]:
            if option < len(way.days):
                return Placement(operation, self.situation.grid.slot(way.slots[option]), way.unit)
            option -= len(way.days)
        raise IndexError(option)

    def option(self, placement: Placement) -> int | None:
        """The number of the option that stands for a placement; None where there is none."""
        number = self.situation.grid.number(placement.slot)
        before = 0
        for way in self.ways[placement.operation]:
            if way.unit == placement.police and way.shift == placement.slot.shift:
                return before + way.slots.index(number) if number in way.slots else None
            before += len(way.days)
        return None


def _options(way: Way, charges: Sequence[tuple[int, ...]], costs: Mapping[tuple[int, ...], Costs]) -> Iterator[Option]:
    for column, day in enumerate(way.days, way.column):
        yield Option(day, way.demand, costs[charges[column]])
