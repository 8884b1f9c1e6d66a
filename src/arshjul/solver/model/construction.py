"""A first plan before any engine runs: greedy construction, then local moves of one activity at a time.

Where every activity may stay unplaced, the plan with nothing placed is feasible, so there always is a plan.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable

from arshjul.solver.model.milp import Model

Delta = tuple[int, ...]


def greedy(model: Model, stop: Callable[[], bool] = lambda: False) -> list[int] | None:
    """Values of all variables that keep every constraint; None where placing one by one got stuck.

    `stop` ends the moving; each is placed once in any case, so even no time at all gives a year to see.
    """
    table = _Table(model)
    for s in range(len(model.sets)):
        if (variable := table.unplaced(s)) is not None and table.fits(s, variable):
            table.take(s, variable)
    for s in sorted(range(len(model.sets)), key=lambda s: len(model.sets[s])):
        if table.taken[s] is None and not table.settle(s):
            return None
    table.improve(lambda: False, rounds=1)
    table.improve(stop)
    return table.values()


def improved(model: Model, values: list[int], stop: Callable[[], bool] = lambda: False) -> list[int]:
    """These values, which keep every constraint, after moving one activity at a time while that helps."""
    table = _Table(model)
    for s, variables in enumerate(model.sets):
        table.take(s, next(v for v in variables if values[v]))
    table.improve(stop)
    return table.values()


class _Table:
    """A partial plan: the variable each set has taken, and the room left in each constraint.

    A set that has taken nothing yet counts with its least coefficient, so room never promises
    more than is there.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.taken: list[int | None] = [None] * len(model.sets)
        self.levels = len(model.costs)
        n = len(model.picks)
        self.costs = [tuple(costs.get(v, 0) for costs in model.costs) for v in range(n)]
        owner = [0] * n
        for s, variables in enumerate(model.sets):
            for v in variables:
                owner[v] = s
        self.uses: list[list[tuple[int, int]]] = [[] for _ in range(n)]
        self.least: list[dict[int, int]] = [{} for _ in model.sets]
        self.room: list[int] = []
        lines = [(line.terms, line.at_most) for line in model.constraints]
        self.n_hard = len(lines)
        self.prices = [tuple(soft.prices) for soft in model.soft_constraints]
        lines += [({v: c for v, c in s.line.terms.items() if v < n}, s.line.at_most) for s in model.soft_constraints]
        for number, (terms, at_most) in enumerate(lines):
            members: dict[int, list[int]] = defaultdict(list)
            for v, c in terms.items():
                self.uses[v].append((number, c))
                members[owner[v]].append(c)
            room = at_most
            for s, coefficients in members.items():
                least = min(coefficients)
                if len(coefficients) < len(model.sets[s]):
                    least = min(least, 0)
                if least:
                    self.least[s][number] = least
                    room -= least
            self.room.append(room)

    def unplaced(self, s: int) -> int | None:
        """The set's variable for staying unplaced, which stands last."""
        variables = self.model.sets[s]
        return variables[-1] if variables and self.model.picks[variables[-1]][1] is None else None

    def change(self, s: int, variable: int) -> dict[int, int]:
        """The change of each constraint's left side if the set took the variable instead."""
        change = dict(self.uses[variable])
        old = self.taken[s]
        for number, c in self.least[s].items() if old is None else self.uses[old]:
            change[number] = change.get(number, 0) - c
        return change

    def fits(self, s: int, variable: int) -> bool:
        """True if all hard constraints would still hold."""
        return all(more <= self.room[n] or more <= 0 for n, more in self.change(s, variable).items() if n < self.n_hard)

    def take(self, s: int, variable: int) -> None:
        """The set takes the variable."""
        for number, more in self.change(s, variable).items():
            self.room[number] -= more
        self.taken[s] = variable

    def settle(self, s: int) -> bool:
        """Takes the set's best variable that fits and is better than what it has; whether it did."""
        best: int | None = None
        least: Delta | None = None if self.taken[s] is None else (0,) * self.levels
        old = (0,) * self.levels if (v := self.taken[s]) is None else self.costs[v]
        for variable in self.model.sets[s]:
            if variable == self.taken[s]:
                continue
            own = tuple(a - b for a, b in zip(self.costs[variable], old, strict=True))
            change = self.change(s, variable)
            if any(more > 0 and more > self.room[n] for n, more in change.items() if n < self.n_hard):
                continue
            delta = self._priced(own, change.items())
            if least is None or delta < least:
                best, least = variable, delta
        if best is not None:
            self.take(s, best)
        return best is not None

    def _priced(self, own: Delta, change: Iterable[tuple[int, int]]) -> Delta:
        for number, more in change:
            if number >= self.n_hard:
                room = self.room[number]
                units = max(0, more - room) - max(0, -room)
                if units:
                    own = tuple(a + p * units for a, p in zip(own, self.prices[number - self.n_hard], strict=True))
        return own

    def improve(self, stop: Callable[[], bool], rounds: int = 6) -> None:
        """Moves one set after the other to its best place, dearest unplaced first, while that helps."""
        order = sorted(range(len(self.model.sets)), key=self._urgency)
        for _ in range(rounds):
            moved = False
            for s in order:
                if stop():
                    return
                moved |= self.settle(s)
            if not moved:
                return

    def _urgency(self, s: int) -> tuple[Delta, int]:
        unplaced = self.unplaced(s)
        cost = (0,) * self.levels if unplaced is None else self.costs[unplaced]
        return tuple(-c for c in cost), len(self.model.sets[s])

    def values(self) -> list[int]:
        """The values of all variables."""
        values = [0] * len(self.model.uppers)
        for variable in self.taken:
            if variable is not None:
                values[variable] = 1
        return self.model.with_excesses(values)
