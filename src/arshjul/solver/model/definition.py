"""A board as constraints straight from its definition, for a certificate: it shares no code with the translation.

Capacities are sums at a step, conflicts are pairs of options that are in progress together, lags compare starts as
numbers. An engine proves less of it in the same time, but a translation that cuts too much is found out.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from arshjul.solver.board import Activity, Board, Conflict, Lag, Option
from arshjul.solver.model.milp import Constraint, Model, SoftConstraint


def by_definition(board: Board) -> Model:
    """The board's model; an option's variable has the number of its column, followed by those for staying unplaced."""
    model = Model(costs=[{} for _ in board.levels], constants=[0] * len(board.levels))
    columns: list[list[int]] = []
    for i, activity in enumerate(board.activities):
        columns.append(list(range(len(model.picks), len(model.picks) + len(activity.options))))
        model.picks += [(i, k) for k in range(len(activity.options))]
    model.sets = [list(own) for own in columns]
    for i, activity in enumerate(board.activities):
        if activity.unplaced is not None:
            model.sets[i].append(len(model.picks))
            model.picks.append((i, None))
    for variable, (i, pick) in enumerate(model.picks):
        activity = board.activities[i]
        charged = (activity.unplaced or {}) if pick is None else activity.options[pick].costs
        for number, level in enumerate(board.levels):
            if charged.get(level):
                model.costs[number][variable] = charged[level]
    model.uppers = [1] * len(model.picks)
    model.constraints += _sums_at_steps(board)
    for conflict in board.conflicts:
        model.constraints += _clashing(board, conflict, columns)
    for lag in board.lags:
        model.constraints += _in_order(board, lag, columns)
    _add_rows(board, model)
    return model


def _sums_at_steps(board: Board) -> Iterator[Constraint]:
    """Constraints that no more is drawn on a resource at a step than there is; after the last step there is nothing."""
    drawn: dict[tuple[str, int], dict[int, int]] = {}
    for column, option in enumerate(option for activity in board.activities for option in activity.options):
        for resource, amounts in option.demand.items():
            for n, amount in enumerate(amounts):
                if amount > 0:
                    drawn.setdefault((resource, option.start + n), {})[column] = amount
    for (resource, step), amounts_of in drawn.items():
        there = board.capacities[resource][step : step + 1]
        yield Constraint(amounts_of, sum(there))


def _clashing(board: Board, conflict: Conflict, columns: list[list[int]]) -> Iterator[Constraint]:
    """For each option of the first activity: it, or one of the second in progress with it at a step that counts."""
    first, second = board.activities[conflict.first], board.activities[conflict.second]
    at: dict[int, list[int]] = defaultdict(list)
    for k, option in enumerate(second.options):
        for step in _steps(option, conflict):
            at[step].append(columns[conflict.second][k])
    for k, option in enumerate(first.options):
        others = {other for step in _steps(option, conflict) for other in at.get(step, ())}
        if others:
            yield Constraint(dict.fromkeys((columns[conflict.first][k], *sorted(others)), 1), 1)


def _steps(option: Option, conflict: Conflict) -> Iterator[int]:
    for step in range(option.start, option.start + option.length):
        if conflict.steps is None or step in conflict.steps:
            yield step


def _in_order(board: Board, lag: Lag, columns: list[list[int]]) -> Iterator[Constraint]:
    """The later activity only with the earlier, and its start within the limits, which are idle if it stays out."""
    before, after = board.activities[lag.before], board.activities[lag.after]
    early, late = _starts(before, columns[lag.before]), _starts(after, columns[lag.after])
    if not late:
        return
    yield Constraint({**dict.fromkeys(late, 1), **dict.fromkeys(early, -1)}, 0)
    end = max([*early.values(), *late.values()]) + 1  # no two starts are this far apart
    if lag.least is not None:
        least = min(max(lag.least, -end), end)
        # start of before + least <= start of after; with the later one out, at most `end` + least is on the left
        terms = {**early, **{v: end + max(least, 0) - start for v, start in late.items()}}
        yield _constraint(terms, end + max(least, 0) - least)
    if lag.most is not None:
        most = min(max(lag.most, -end), end)
        # start of after <= start of before + most
        terms = {**{v: -start for v, start in early.items()}, **{v: start + max(-most, 0) for v, start in late.items()}}
        yield _constraint(terms, most + max(-most, 0))


def _starts(activity: Activity, columns: Sequence[int]) -> dict[int, int]:
    return {column: option.start for column, option in zip(columns, activity.options, strict=True)}


def _add_rows(board: Board, model: Model) -> None:
    for row in board.rows:
        terms: dict[int, int] = defaultdict(int)
        for column, coefficient in zip(row.columns, row.coefficients, strict=True):
            terms[column] += coefficient
        line = _constraint(terms, row.at_most)
        if row.over is None:
            model.constraints.append(line)
            continue
        prices = [row.over.get(level, 0) for level in board.levels]
        excess = len(model.uppers)
        model.uppers.append(max(0, sum(max(c, 0) for c in line.terms.values()) - row.at_most))
        line.terms[excess] = -1
        model.soft_constraints.append(SoftConstraint(line, prices, excess))
        for number, price in enumerate(prices):
            if price:
                model.costs[number][excess] = price


def _constraint(terms: Mapping[int, int], at_most: int) -> Constraint:
    return Constraint({variable: c for variable, c in terms.items() if c}, at_most)
