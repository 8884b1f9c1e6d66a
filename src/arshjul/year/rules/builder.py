"""The board while the rules write on it.

An operation's options are grouped in *modes*: a shift and a staffing, with a column for each date that every rule
allows. Rules draw on capacities mode by mode, add costs to columns, and post rows that they gather as a `Sum`.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeVar

from arshjul.solver.board import Activity, Board, Choice, Conflict, Costs, Lag, Option, Row
from arshjul.year.domain.calendar import Week
from arshjul.year.domain.grid import Grid, SlotSet
from arshjul.year.domain.operation import Operation, Placement, Staffing
from arshjul.year.domain.replan_context import ReplanContext


class Subject(NamedTuple):
    """The party, week or month of a row or a capacity, for sentences about it. `month`: its first date."""

    party: str | None = None
    week: Week | None = None
    month: date | None = None


NOBODY = Subject()


QUALITY = "quality"
_Period = TypeVar("_Period", bound=Hashable)

# The rules behind the board's own kinds of ties.
TIES = {"lag": ("follow-up", NOBODY), "conflict": ("apart", NOBODY)}


@dataclass(slots=True)
class Mode:
    """One operation in one shift with one staffing: a column for each of its possible dates.

    `operation` has its agencies chosen. `days` are day numbers, ascending; the column of `days[i]` is `column + i`, and
    its slot number is `slots[i]`. If the operation runs on several dates they are its first. `past`: the column of the
    place at which it has begun; None: it has not begun in this mode.
    """

    operation: Operation
    shift: str
    unit: str | None
    days: list[int]
    slots: list[int]
    column: int
    past: int | None
    grid: Grid
    demand: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def staffing(self) -> Staffing:
        return Staffing(self.unit, self.operation.chosen)

    def on_dates(self) -> Iterable[tuple[int, int]]:
        """Each column with each of its dates, as day numbers; dates after the plan are omitted."""
        if self.operation.days == 1:
            return enumerate(self.days, self.column)
        dates, n_days = range(self.operation.days), self.grid.n_days
        return ((c, day + n) for c, day in enumerate(self.days, self.column) for n in dates if day + n < n_days)

    def on_slots(self) -> Iterable[tuple[int, int]]:
        """Each column with each of its slots, one a date; slots after the plan are omitted."""
        if self.operation.days == 1:
            return enumerate(self.slots, self.column)
        after, size = range(0, self.operation.days * len(self.grid.shifts), len(self.grid.shifts)), self.grid.size
        return ((c, slot + n) for c, slot in enumerate(self.slots, self.column) for n in after if slot + n < size)

    def in_periods(self, period: Callable[[int], _Period]) -> Iterable[tuple[int, _Period]]:
        """Each column with each period that one of its dates lies in, once; `period` maps day numbers to periods."""
        if self.operation.days == 1:
            return enumerate(map(period, self.days), self.column)
        return dict.fromkeys((column, period(day)) for column, day in self.on_dates())


@dataclass(slots=True)
class Sum:
    """The left side of a row while it is built.

    `reach` is the most that it can come to, since an operation is placed once; `history` is what operations that have
    begun add to it.
    """

    columns: list[int] = field(default_factory=list)
    coefficients: list[int] = field(default_factory=list)
    reach: int = 0
    history: int = 0
    _operation: str = ""
    _most: int = 0
    _last: int = -1

    def add(self, mode: Mode, column: int, coefficient: int) -> None:
        """Adds a column, all of one operation in a row; once more, for another date, it adds to the coefficient."""
        if column == self._last:
            self.columns.pop()
            self.history -= self.coefficients[-1] if column == mode.past else 0
            coefficient += self.coefficients.pop()
        self._last = column
        self.columns.append(column)
        self.coefficients.append(coefficient)
        if column == mode.past:
            self.history += coefficient
        if mode.operation.id != self._operation:
            self._operation, self._most = mode.operation.id, coefficient
            self.reach += coefficient
        elif coefficient > self._most:
            self.reach += coefficient - self._most
            self._most = coefficient

    def add_mode(self, mode: Mode, coefficient: int) -> None:
        if mode.days:
            self.add(mode, mode.column, coefficient)
            self.columns += range(mode.column + 1, mode.column + len(mode.days))
            self.coefficients += [coefficient] * (len(mode.days) - 1)


class BoardBuilder:
    """The board under construction: the options that single placements leave, and what the rules post about several.

    `origins` gives for every resource and row, by its opaque id on the board, the rule that posted it and its subject.
    """

    def __init__(self, context: ReplanContext, possible: Mapping[str, Mapping[Staffing, SlotSet]]) -> None:
        self.context = context
        self.modes: dict[str, list[Mode]] = {}
        self.number = {operation: number for number, operation in enumerate(possible)}
        self.capacities: dict[str, list[int]] = {}
        self.origins: dict[str, tuple[str, Subject]] = dict(TIES)
        self._resources: dict[tuple[str, str, str], str] = {}
        self._history: dict[str, Counter[int]] = {}
        self.rows: list[Row] = []
        self.lags: list[Lag] = []
        self.conflicts: list[Conflict] = []
        self.n_columns = 0
        for operation, places in possible.items():
            self.modes[operation] = list(self._modes(context.scenario.operations[operation], places))
        self.costs: dict[str, list[int]] = {}
        self.unplaced: dict[str, dict[str, int] | None] = {operation: {} for operation in possible}

    def _modes(self, operation: Operation, places: Mapping[Staffing, SlotSet]) -> Iterator[Mode]:
        grid = self.context.slots.grid
        n_shifts = len(grid.shifts)
        for staffing, slots in places.items():
            chosen = operation.choosing(staffing.any_of)
            by_shift: dict[int, list[int]] = {}
            for number in grid.numbers(slots):
                by_shift.setdefault(number % n_shifts, []).append(number)
            for shift, numbers in sorted(by_shift.items()):
                days = [number // n_shifts for number in numbers]
                old = self.context.history.get(operation.id)
                at = None if old is None or old.staffing != staffing else grid.number(old.slot)
                past = self.n_columns + numbers.index(at) if at in numbers else None
                yield Mode(chosen, grid.shifts[shift].id, staffing.police, days, numbers, self.n_columns, past, grid)
                self.n_columns += len(days)

    def all_modes(self) -> Iterator[Mode]:
        for modes in self.modes.values():
            yield from modes

    def cost(self, level: str, column: int, points: int) -> None:
        if level not in self.costs:
            self.costs[level] = [0] * self.n_columns
        self.costs[level][column] += points

    def cost_unplaced(self, operation: str, level: str, points: int) -> None:
        costs = self.unplaced[operation]
        if costs is not None:
            costs[level] = costs.get(level, 0) + points

    def must_stand(self, operation: str) -> None:
        """Forbids to leave the operation out, because it has begun or is frozen."""
        self.unplaced[operation] = None

    def draw(self, mode: Mode, rule: str, party: str, amount: int, offered: Sequence[int]) -> None:
        """Lets every option of the mode draw that amount of a party's offer, by slot number, on its dates.

        Operations that have begun keep what they used: if less is offered now, the capacity is what they draw.
        """
        key = rule, party, mode.shift
        if key not in self._resources:
            self._resources[key] = f"r{len(self._resources)}"
            self.origins[self._resources[key]] = rule, Subject(party)
            self.capacities[self._resources[key]] = list(self.context.slots.year.by_day(offered, mode.shift))
        resource = self._resources[key]
        mode.demand[resource] = (amount,) * mode.operation.days
        if mode.past is not None:
            used, capacity = self._history.setdefault(resource, Counter()), self.capacities[resource]
            for day in (day for column, day in mode.on_dates() if column == mode.past):
                used[day] += amount
                capacity[day] = max(capacity[day], used[day])

    def limit(self, rule: str, total: Sum, at_most: int, subject: Subject = NOBODY) -> None:
        """Posts a limit on use. Operations that have begun keep what they used, even if the limit is lower now."""
        self.require(rule, total, max(at_most, total.history), subject)

    def require(self, rule: str, total: Sum, at_most: int, subject: Subject = NOBODY) -> None:
        """Posts a row that also binds operations that have begun, unless it can never bind."""
        self._post(rule, total, at_most, None, subject)

    def charge(self, rule: str, total: Sum, at_most: int, points: int) -> None:
        """Posts a row that may be exceeded, at that price per unit, unless it can never bind."""
        self._post(rule, total, at_most, {QUALITY: points}, NOBODY)

    def _post(self, rule: str, total: Sum, at_most: int, over: Costs | None, subject: Subject) -> None:
        if total.reach > at_most:
            about = f"row {len(self.rows)}"
            self.origins[about] = rule, subject
            self.rows.append(Row(rule, about, total.columns, total.coefficients, at_most, over))

    def origin(self, part: str, about: str) -> tuple[str, Subject]:
        """The rule and subject behind a broken part of the board, given by the names that an evaluation uses."""
        known = self.origins.get(part)
        return known if known is not None else self.origins[about]

    def board(self, levels: tuple[str, ...]) -> Board:
        columns = [self.costs[level] for level in levels if level in self.costs]
        priced = [level for level in levels if level in self.costs]
        charges = list(zip(*columns, strict=True)) or [()] * self.n_columns
        costs = {charge: {level: c for level, c in zip(priced, charge, strict=True) if c} for charge in set(charges)}
        activities = []
        for operation, modes in self.modes.items():
            out = self.unplaced[operation]
            unplaced = None if out is None else {level: points for level, points in out.items() if level in levels}
            options = [option for mode in modes for option in _options(mode, charges, costs)]
            activities.append(Activity(operation, options, unplaced))
        steps = self.context.slots.grid.n_days
        return Board(levels, steps, self.capacities, activities, self.lags, self.conflicts, self.rows)

    def placement(self, operation: str, option: int) -> Placement:
        for mode in self.modes[operation]:
            if option < len(mode.days):
                slot = self.context.slots.grid.slot(mode.slots[option])
                return Placement(operation, slot, mode.unit, any_of=mode.operation.chosen)
            option -= len(mode.days)
        raise IndexError(option)

    def placements(self, choice: Choice) -> dict[str, Placement | None]:
        """The place that a choice gives each operation; None: it is left out."""
        picks = zip(self.modes, choice, strict=True)
        return {id: None if pick is None else self.placement(id, pick) for id, pick in picks}

    def option(self, placement: Placement) -> int | None:
        """The number of the option that represents a placement; None if there is none."""
        number = self.context.slots.grid.number(placement.slot)
        before = 0
        for mode in self.modes[placement.operation]:
            if mode.staffing == placement.staffing and mode.shift == placement.slot.shift:
                return before + mode.slots.index(number) if number in mode.slots else None
            before += len(mode.days)
        return None


def _options(
    mode: Mode, charges: Sequence[tuple[int, ...]], costs: Mapping[tuple[int, ...], Costs]
) -> Iterator[Option]:
    for column, day in enumerate(mode.days, mode.column):
        yield Option(day, mode.demand, costs[charges[column]], mode.operation.days)
