"""Incremental evaluation of a plan, its use and cost as sets move; and by it a first plan before any engine runs.

Construction is greedy, then by local moves of one activity at a time. If every activity may stay unplaced, the plan
with nothing placed is feasible, so there is always a plan.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from arshjul.solver.model.milp import LevelCut, Model
from arshjul.solver.model.presolve import Restriction

Move = tuple[int, int]
"""A set, and its new variable."""
NOTHING = -1
"""In place of a variable: the set has not taken any yet."""

Uses = Mapping[int, int]
"""The coefficient in each constraint, by its number."""


class IncrementalEvaluator:
    """A plan's variables by set, the room left in each constraint, and the cost of each level.

    `holders` are the sets that draw on a constraint, `short` the hard constraints with too little room. A set that
    takes `NOTHING` counts with its least coefficient in each constraint, so room is never overstated.
    """

    def __init__(self, restriction: Restriction, present: Sequence[int]) -> None:
        model = restriction.model
        self.restriction = restriction
        self.uses = restriction.uses
        self.sets = model.sets
        self.picks = model.picks
        self.costs = model.costs
        self.first_soft = restriction.arrays.hard
        self.prices = restriction.arrays.prices
        self.floors = restriction.floors
        self.cheapest_first = restriction.cheapest_first
        if any(v != NOTHING and model.picks[v][0] != s for s, v in enumerate(present)):
            raise ValueError("a plan gives the variables by their sets")
        self.present = list(present)
        self.rooms = list(restriction.rooms)
        self.totals = list(model.constants)
        self.short: set[int] = set()
        self.holders: dict[int, dict[int, None]] = defaultdict(dict)
        for line, room in enumerate(self.rooms):
            self._crossed(line, min(0, room))
        self.least: dict[int, Uses] = {}
        for s, v in enumerate(self.present):
            self._put(s, v, 1)

    def moves(self, ones: Iterable[int]) -> list[Move]:
        """The moves to these variables, without those that are taken already."""
        present, picks = self.present, self.picks
        return [(s, v) for v in ones if present[s := picks[v][0]] != v]

    def move(self, moves: Iterable[Move]) -> None:
        for s, v in moves:
            self._put(s, self.present[s], -1)
            self.present[s] = v
            self._put(s, v, 1)

    def take_if_fits(self, s: int, v: int) -> None:
        with self.without([s]):
            before = self._least(s)
            if self._fits(v, before, [line for line in self.short if before.get(line, 0) < 0]):
                self.present[s] = v

    def move_to_best(self, s: int) -> bool:
        """Moves a set to its best variable that fits if that is better than its own; returns whether it did.

        A variable fits if no hard constraint gets too little room by it, or less if it had too little before.
        """
        old = self.present[s]
        best: tuple[list[int], int] | None = None  # what it is worth, and the variable: `NOTHING` for the old one
        with self.without([s]):
            before = self._uses_of(s, old)
            needed = [line for line in self.short if before.get(line, 0) < 0]
            if old != NOTHING:
                best = self._worth(old), NOTHING
            for v in self.cheapest_first[s]:
                if best is not None and self.floors[v] > best[0]:
                    break
                if v != old and self._fits(v, before, needed):
                    worth = self._worth(v), v
                    best = worth if best is None else min(best, worth)
            if best is not None and best[1] != NOTHING:
                self.present[s] = best[1]
        return self.present[s] != old

    def apply_if_better(self, moves: Sequence[Move], level: int, cuts: Iterable[LevelCut]) -> bool:
        """Makes these moves if the level gets cheaper and all constraints and cuts hold; returns whether it did."""
        before = [(s, self.present[s]) for s, _ in moves]
        value = self.totals[level]
        self.move(moves)
        if self.totals[level] < value and self.fits() and all(self.totals[k] <= most for k, most in cuts):
            return True
        self.move(before)
        return False

    def totals_after(self, moves: Sequence[Move]) -> list[int]:
        """The cost of each level after these moves, whether or not they are feasible."""
        before = [(s, self.present[s]) for s, _ in moves]
        self.move(moves)
        totals = list(self.totals)
        self.move(before)
        return totals

    @contextmanager
    def without(self, sets: Sequence[int]) -> Iterator[None]:
        for s in sets:
            self._put(s, self.present[s], -1)
        try:
            yield
        finally:
            for s in sets:
                self._put(s, self.present[s], 1)

    def fits(self) -> bool:
        return not self.short

    def _fits(self, v: int, before: Uses, needed: Sequence[int]) -> bool:
        """True if the variable of a set that takes nothing now fits; `before` is what the set had.

        `needed` are constraints with too little room without what the set had.
        """
        uses, rooms, first_soft = self.uses(v), self.rooms, self.first_soft
        for line, c in uses.items():  # a loop, since most of the time of a local search is spent here
            if c > rooms[line] and line < first_soft and c > before.get(line, 0):
                return False
        return all(uses.get(line, 0) < 0 for line in needed)

    def _worth(self, v: int) -> list[int]:
        worth = [costs.get(v, 0) for costs in self.costs]
        for line, c in self.uses(v).items():
            if line >= self.first_soft and (units := max(0, c - self.rooms[line]) - max(0, -self.rooms[line])):
                for k, price in enumerate(self.prices[line - self.first_soft]):
                    worth[k] += price * units
        return worth

    def _uses_of(self, s: int, v: int) -> Uses:
        return self._least(s) if v == NOTHING else self.uses(v)

    def _least(self, s: int) -> Uses:
        """A set's least coefficient in each constraint, if it is not 0."""
        if (known := self.least.get(s)) is not None:
            return known
        of_lines: dict[int, list[int]] = defaultdict(list)
        for v in self.sets[s]:
            for line, c in self.uses(v).items():
                of_lines[line].append(c)
        size = len(self.sets[s])
        least = {line: min(cs if len(cs) == size else (*cs, 0)) for line, cs in of_lines.items()}
        found = self.least[s] = {line: c for line, c in least.items() if c}
        return found

    def _put(self, s: int, v: int, sign: int) -> None:
        for k, costs in enumerate(self.costs):
            if cost := costs.get(v):
                self.totals[k] += sign * cost
        for line, c in self._uses_of(s, v).items():
            before = self.rooms[line]
            after = self.rooms[line] = before - sign * c
            if before < 0 or after < 0:
                self._crossed(line, min(0, after) - min(0, before))
            if c > 0:
                if sign > 0:
                    self.holders[line][s] = None
                else:
                    del self.holders[line][s]

    def _crossed(self, line: int, more: int) -> None:
        """Updates a constraint whose room has crossed 0; `more` is the decrease of what is missing."""
        if line < self.first_soft:
            if self.rooms[line] < 0:
                self.short.add(line)
            else:
                self.short.discard(line)
        elif more:
            for k, price in enumerate(self.prices[line - self.first_soft]):
                self.totals[k] -= price * more


def greedy(
    model: Model, stop: Callable[[], bool] = lambda: False, restriction: Restriction | None = None
) -> list[int] | None:
    """Each set's variable in a plan that keeps every constraint; None if placing one by one got stuck.

    `stop` ends the moves; each activity is placed once in any case, so there is a plan however little time there is.
    """
    restriction = restriction or Restriction(model)
    out = [_unplaced(model, s) for s in range(len(model.sets))]
    evaluator = IncrementalEvaluator(restriction, [NOTHING if v is None else v for v in out])
    if not evaluator.fits():
        evaluator = IncrementalEvaluator(restriction, [NOTHING] * len(model.sets))
        for s, variable in enumerate(out):
            if variable is not None:
                evaluator.take_if_fits(s, variable)
    for s in sorted(range(len(model.sets)), key=lambda s: len(model.sets[s])):
        if evaluator.present[s] == NOTHING and not evaluator.move_to_best(s):
            return None
    order = dearest_first(model)
    _moves(order, evaluator, lambda: False)
    _improve(order, evaluator, stop)
    return evaluator.present


def improved(model: Model, ones: Sequence[int], stop: Callable[[], bool] = lambda: False) -> list[int]:
    evaluator = IncrementalEvaluator(Restriction(model), ones)
    _improve(dearest_first(model), evaluator, stop)
    return evaluator.present


def _improve(order: Sequence[int], evaluator: IncrementalEvaluator, stop: Callable[[], bool]) -> None:
    while _moves(order, evaluator, stop):
        pass


def dearest_first(model: Model) -> list[int]:
    def urgency(s: int) -> tuple[list[int], int]:
        unplaced = _unplaced(model, s)
        return [-costs.get(NOTHING if unplaced is None else unplaced, 0) for costs in model.costs], len(model.sets[s])

    return sorted(range(len(model.sets)), key=urgency)


def _moves(order: Sequence[int], evaluator: IncrementalEvaluator, stop: Callable[[], bool]) -> bool:
    """Moves one set after the other to its best place, in that order; False: none moved, or time is up."""
    moved = False
    for s in order:
        if stop():
            return False
        moved |= evaluator.move_to_best(s)
    return moved


def _unplaced(model: Model, s: int) -> int | None:
    """The set's variable for staying unplaced, which stands last."""
    variables = model.sets[s]
    return variables[-1] if variables and model.picks[variables[-1]][1] is None else None
