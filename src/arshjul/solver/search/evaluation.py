"""Incremental evaluation of a plan: what it uses and costs, kept up to date while sets move."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from arshjul.solver.model.milp import LevelCut
from arshjul.solver.model.restriction import Restriction

Move = tuple[int, int]
"""A set, and the variable that it takes from now on."""


class IncrementalEvaluator:
    """A plan's variables by set, the room left in each constraint, and the cost of each level.

    Constraints are numbered as in the `Restriction`. `holders` are the sets that draw on a constraint.
    """

    def __init__(self, restriction: Restriction, present: Sequence[int]) -> None:
        model = restriction.model
        self.uses = restriction.uses
        self.picks = model.picks
        self.costs = model.costs
        self.first_soft = restriction.arrays.hard
        self.prices = restriction.arrays.prices
        for s, v in enumerate(present):
            if model.picks[v][0] != s:
                raise ValueError("a plan gives the variables by their sets")
        self.present = list(present)
        self.rooms = list(restriction.rooms)
        self.totals = list(model.constants)
        self.short: set[int] = set()
        self.holders: dict[int, dict[int, None]] = defaultdict(dict)
        for line, room in enumerate(self.rooms):
            self._crossed(line, min(0, room))
        for s, v in enumerate(self.present):
            self._put(s, v, 1)

    def moves(self, ones: Iterable[int]) -> list[Move]:
        """The moves to these variables, without sets that have theirs already."""
        present, picks = self.present, self.picks
        return [(s, v) for v in ones if present[s := picks[v][0]] != v]

    def move(self, moves: Iterable[Move]) -> None:
        """Each of these sets takes that variable instead of its own."""
        for s, v in moves:
            self._put(s, self.present[s], -1)
            self.present[s] = v
            self._put(s, v, 1)

    def apply_if_better(self, moves: Sequence[Move], level: int, cuts: Iterable[LevelCut]) -> bool:
        """Makes these moves if the level gets cheaper and all constraints and cuts hold; whether it did."""
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
        """Meanwhile these sets take nothing."""
        for s in sets:
            self._put(s, self.present[s], -1)
        try:
            yield
        finally:
            for s in sets:
                self._put(s, self.present[s], 1)

    def fits(self) -> bool:
        """True if all hard constraints hold."""
        return not self.short

    def _put(self, s: int, v: int, sign: int) -> None:
        for k, costs in enumerate(self.costs):
            if c := costs.get(v):
                self.totals[k] += sign * c
        for line, c in self.uses(v):
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
        """The room of a constraint is below 0, or no longer; `more` is how much less of it is missing."""
        if line < self.first_soft:
            if self.rooms[line] < 0:
                self.short.add(line)
            else:
                self.short.discard(line)
        elif more:
            for k, price in enumerate(self.prices[line - self.first_soft]):
                self.totals[k] -= price * more
