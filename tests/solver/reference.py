"""The least value of a level by CP-SAT alone, in constraints of its own, read off `solver/board.py`'s definitions.

It shares no code with the solver: sums at each step, starts that are compared as numbers, and an excess that is exactly
what a row's sum is above its limit.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property

from ortools.sat.python import cp_model

from arshjul.solver.board import Board, Conflict, Costs, Lag, Option

Term = tuple[cp_model.IntVar, int]


class Reference:
    """A board's true values, each asked for once."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._known: dict[tuple[str, Sequence[int]], int | None] = {}

    def least(self, level: str, before: Sequence[int]) -> int | None:
        """The least value of a level over all choices whose earlier levels are at or below `before`; None: none is.

        `before` has a value for each earlier level, or for the first of them.
        """
        key = level, tuple(before)
        if key not in self._known:
            self._known[key] = _Model(self.board).least(level, before)
        return self._known[key]

    @cached_property
    def best(self) -> Sequence[int] | None:
        """The lexicographically least values; None if no choice keeps the board."""
        values: list[int] = []
        for level in self.board.levels:
            value = self.least(level, values)
            if value is None:
                return None
            values.append(value)
        return values


class _Model:
    """A board in constraints, for one question."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.model = cp_model.CpModel()
        self.chosen = [
            [self.model.new_bool_var(f"{activity.id} {number}") for number in range(len(activity.options))]
            for activity in board.activities
        ]
        self.out = [self.model.new_bool_var(f"{activity.id} out") for activity in board.activities]
        self.columns = [variable for variables in self.chosen for variable in variables]
        self.worth: dict[str, list[Term]] = {level: [] for level in board.levels}
        self._places()
        self._capacities()
        for lag in board.lags:
            self._lag(lag)
        for conflict in board.conflicts:
            self._conflict(conflict)
        self._rows()

    def least(self, level: str, before: Sequence[int]) -> int | None:
        for earlier, most in zip(self.board.levels, before, strict=False):
            if earlier == level:
                break
            self.model.add(_sum(self.worth[earlier]) <= most)
        self.model.minimize(_sum(self.worth[level]))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.linearization_level = 2
        status = solver.solve(self.model)
        if status == cp_model.INFEASIBLE:
            return None
        assert status == cp_model.OPTIMAL, solver.status_name(status)
        return round(solver.objective_value)

    def _places(self) -> None:
        """Each activity has one option, or is out if it may be."""
        for activity, chosen, out in zip(self.board.activities, self.chosen, self.out, strict=True):
            self.model.add_exactly_one([*chosen, out])
            if activity.unplaced is None:
                self.model.add(out == 0)
            self._charge(out, activity.unplaced or {})
            for variable, option in zip(chosen, activity.options, strict=True):
                self._charge(variable, option.costs)

    def _charge(self, variable: cp_model.IntVar, costs: Costs) -> None:
        for level in costs.keys() & self.worth.keys():
            self.worth[level].append((variable, costs[level]))

    def _capacities(self) -> None:
        drawn: dict[tuple[str, int], list[Term]] = {}
        for activity, chosen in zip(self.board.activities, self.chosen, strict=True):
            for variable, option in zip(chosen, activity.options, strict=True):
                for resource, amounts in option.demand.items():
                    for after, amount in enumerate(amounts):
                        drawn.setdefault((resource, option.start + after), []).append((variable, amount))
        for (resource, step), terms in drawn.items():
            capacity = self.board.capacities[resource]
            self.model.add(_sum(terms) <= (capacity[step] if step < len(capacity) else 0))

    def _lag(self, lag: Lag) -> None:
        before, after = (
            _sum((variable, option.start) for variable, option in zip(self.chosen[k], self._options(k), strict=True))
            for k in (lag.before, lag.after)
        )
        placed = self.out[lag.after].negated()
        self.model.add_implication(placed, self.out[lag.before].negated())
        if lag.least is not None:
            self.model.add(after - before >= lag.least).only_enforce_if(placed)
        if lag.most is not None:
            self.model.add(after - before <= lag.most).only_enforce_if(placed)

    def _conflict(self, conflict: Conflict) -> None:
        under_way: dict[int, list[cp_model.IntVar]] = {}
        for activity in (conflict.first, conflict.second):
            for variable, option in zip(self.chosen[activity], self._options(activity), strict=True):
                for step in range(option.start, option.start + option.length):
                    if conflict.steps is None or step in conflict.steps:
                        under_way.setdefault(step, []).append(variable)
        for variables in under_way.values():
            self.model.add(sum(variables) <= 1)

    def _rows(self) -> None:
        for row in self.board.rows:
            terms = [(self.columns[c], k) for c, k in zip(row.columns, row.coefficients, strict=True)]
            if row.over is None:
                self.model.add(_sum(terms) <= row.at_most)
                continue
            most = sum(k for _, k in terms if k > 0) - row.at_most
            excess = self.model.new_int_var(0, max(0, most), row.about)
            self.model.add_max_equality(excess, [_sum(terms) - row.at_most, 0])
            self._charge(excess, row.over)

    def _options(self, activity: int) -> Sequence[Option]:
        return self.board.activities[activity].options


def _sum(terms: Iterable[tuple[cp_model.IntVar, int]]) -> cp_model.LinearExpr:
    pairs = list(terms)
    return cp_model.LinearExpr.weighted_sum([variable for variable, _ in pairs], [factor for _, factor in pairs])
