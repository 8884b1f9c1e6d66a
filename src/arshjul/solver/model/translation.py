"""Translation of a board into constraints over 0/1 variables, in the tightest form that pays.

Conflicts become clique cuts, one per clique of activities in progress at a step (Atamtürk, Nemhauser and Savelsbergh,
"Conflict graphs in solving integer programming problems", 2000); lags become sums over starts, the disaggregated
formulation of precedences (Christofides, Alvarez-Valdes and Tamarit 1987). Columns come first in the board's order,
then the variables for staying unplaced, so a row's column numbers are variable numbers.

One model is shared by all orders of the levels. A *floor* is a bound proven in another order: it joins the model as a
constraint, so that the LP sees what would otherwise have to be searched for again.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import NamedTuple

from arshjul.solver.board import Board, Costs, Lag, Row
from arshjul.solver.model.milp import Constraint, Model, SoftConstraint, floor_of, reweighted
from arshjul.solver.model.presolve import simplify
from arshjul.solver.params import DEFAULT, SolveParams, TranslationParams

CLIQUE_LOOKS = 1_000_000
"""The looks at conflicts, half a second's work, after which cliques are taken in any order: a year takes 30,000."""
LAG_TERMS = 4_000_000
"""The terms from which the tight form of a lag costs more than it gives, with hundreds of options at a start."""

Steps = frozenset[int] | None

Starts = list[tuple[int, int]]
"""(start, column), ascending."""


def translate(board: Board, params: TranslationParams = DEFAULT.translation) -> Model:
    """The board's model, not yet simplified; soft rows have no excess variables yet."""
    model = Model()
    model.picks = [(i, k) for i, activity in enumerate(board.activities) for k in range(len(activity.options))]
    model.costs = [{} for _ in board.levels]
    model.constants = [0] * len(board.levels)
    level_of = {level: number for number, level in enumerate(board.levels)}
    for i, activity in enumerate(board.activities):
        variables = list(range(board.first_column[i], board.first_column[i + 1]))
        for variable, option in zip(variables, activity.options, strict=True):
            _price(model, level_of, variable, option.costs)
        if activity.unplaced is not None:
            _price(model, level_of, len(model.picks), activity.unplaced)
            variables.append(len(model.picks))
            model.picks.append((i, None))
        model.sets.append(variables)
    model.uppers = [1] * len(model.picks)
    model.constraints = [*_capacities(board), *_conflicts(board, params)]
    for lag in board.lags:
        model.constraints += _lag(board, lag, params)
    for row in board.rows:
        if row.over is None:
            model.constraints.append(_line(row))
        else:
            prices = [row.over.get(level, 0) for level in board.levels]
            if any(prices):
                model.soft_constraints.append(SoftConstraint(_line(row), prices))
    return model


def _price(model: Model, level_of: dict[str, int], variable: int, costs: Costs) -> None:
    for level, cost in costs.items():
        if cost and level in level_of:
            model.costs[level_of[level]][variable] = cost


def _line(row: Row) -> Constraint:
    terms = dict(zip(row.columns, row.coefficients, strict=True))
    if len(terms) == len(row.columns) and all(terms.values()):  # as nearly all are: the loop would take thrice as long
        return Constraint(terms, row.at_most)
    sums: dict[int, int] = defaultdict(int)
    for column, coefficient in zip(row.columns, row.coefficients, strict=True):
        sums[column] += coefficient  # a repeated term counts repeatedly
    return _constraint(sums, row.at_most)


def _constraint(terms: Mapping[int, int], at_most: int) -> Constraint:
    return Constraint({column: c for column, c in terms.items() if c}, at_most)


def _capacities(board: Board) -> Iterator[Constraint]:
    uses: dict[tuple[str, int], dict[int, int]] = defaultdict(dict)
    for column, option in enumerate(chain.from_iterable(activity.options for activity in board.activities)):
        for resource, amounts in option.demand.items():
            for step, amount in enumerate(amounts, option.start):
                if amount:
                    uses[resource, step][column] = amount
    for (resource, step), terms in uses.items():
        capacity = board.capacities[resource]
        yield Constraint(terms, capacity[step] if step < len(capacity) else 0)


def _lag(board: Board, lag: Lag, params: TranslationParams) -> Iterator[Constraint]:
    """The lag as sums over all starts up to (or from) a moment; where that has millions of terms, as numbers."""
    before, after = _starts(board, lag.before), _starts(board, lag.after)
    if not after:
        return
    early, late = [start for start, _ in before], [start for start, _ in after]
    if (lag.least is None and lag.most is None) or not before:
        yield _implied(after, before)
        return
    n_sums = min(len(set(early)), len(set(late)))
    if n_sums > params.lag_starts or n_sums * (len(before) + len(after)) > LAG_TERMS:
        yield from _compared(before, after, lag)
        return
    if lag.least is not None:
        # "after by t" needs "before by t - least"; of several t with the same right side the last implies the others
        cuts = {bisect_right(early, start - lag.least): n for n, start in enumerate(late, 1)}
        for n_before, n_after in cuts.items():
            yield _implied(after[:n_after], before[:n_before])
    if lag.most is not None:
        cuts = {}
        for n, start in enumerate(late):
            cuts.setdefault(bisect_left(early, start - lag.most), n)
        for n_before, n_after in cuts.items():
            yield _implied(after[n_after:], before[n_before:])


def _compared(before: Starts, after: Starts, lag: Lag) -> Iterator[Constraint]:
    """The lag in three constraints; if `after` stays out, its two limits are idle."""
    yield _implied(after, before)
    last = max(before[-1][0], after[-1][0]) + 1
    if lag.least is not None:
        least = max(-last, min(lag.least, last))
        terms = {column: start for start, column in before}
        terms |= {column: last + least - start for start, column in after}
        yield _constraint(terms, last)
    if lag.most is not None:
        most = max(-last, min(lag.most, last))
        terms = {column: -start for start, column in before}
        terms |= {column: start - most for start, column in after}
        yield _constraint(terms, 0)


def _starts(board: Board, activity: int) -> Starts:
    return sorted((o.start, c) for c, o in enumerate(board.activities[activity].options, board.first_column[activity]))


def _implied(some: Iterable[tuple[int, int]], needs: Iterable[tuple[int, int]]) -> Constraint:
    return Constraint({column: 1 for _, column in some} | {column: -1 for _, column in needs}, 0)


def _conflicts(board: Board, params: TranslationParams) -> Iterator[Constraint]:
    """At most one of those in progress at a step, for each step that matters and each clique of conflicts.

    Two options clash exactly if both are in progress at the first counting step from the later start on.
    """
    foes: dict[Steps, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    for conflict in board.conflicts:
        foes[conflict.steps][conflict.first].add(conflict.second)
        foes[conflict.steps][conflict.second].add(conflict.first)
    looks = CLIQUE_LOOKS
    for steps, pairs in foes.items():
        order = sorted(pairs)
        bit = {activity: n for n, activity in enumerate(order)}
        masks = [sum(1 << bit[foe] for foe in pairs[activity]) for activity in order]
        known: dict[int, list[list[int]]] = {}
        for at_step in _running(board, steps, pairs).values():
            present = sum(1 << bit[activity] for activity in at_step)
            if present not in known:
                found = _cliques(present, masks, looks) if params.cliques else (_pairs(present, masks), 0)
                known[present], looks = found[0], looks - found[1]
            for clique in known[present]:
                yield Constraint({column: 1 for n in clique for column in at_step[order[n]]}, 1)


def _running(board: Board, steps: Steps, activities: Iterable[int]) -> dict[int, dict[int, list[int]]]:
    """step -> activity -> columns in progress there, for the steps that matter."""
    listed = None if steps is None else sorted(steps)
    spans = [
        (i, column, option.start, option.start + option.length)
        for i in activities
        for column, option in enumerate(board.activities[i].options, board.first_column[i])
    ]
    if listed is None:
        tells = sorted({start for _, _, start, _ in spans})
    else:
        firsts = {bisect_left(listed, start) for _, _, start, _ in spans}
        tells = [listed[k] for k in sorted(firsts) if k < len(listed)]
    running: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for i, column, start, end in spans:
        for step in tells[bisect_left(tells, start) : bisect_left(tells, end)]:
            running[step][i].append(column)
    return running


def _cliques(present: int, foes: list[int], most: int) -> tuple[list[list[int]], int]:
    """Cliques that together hold every conflict among those present, and the number of looks that they took.

    `present` and `foes` are sets of numbers as bits. A clique grows by the member that leaves it most to grow by; after
    `most` looks by the first possible one.
    """
    among = {n: foes[n] & present for n in bits(present)}
    covered = dict.fromkeys(among, 0)
    cliques: list[list[int]] = []
    looks = 0
    for i, own in among.items():
        for j in bits(own >> i << i):
            if not covered[i] >> j & 1:
                clique = [i, j]
                common = own & among[j]
                while common:
                    fits = bits(common)
                    k = next(fits)
                    if looks < most:
                        looks += common.bit_count()
                        k = min((k, *fits), key=lambda k: (-(among[k] & common).bit_count(), k))
                    clique.append(k)
                    common &= among[k]
                whole = sum(1 << n for n in clique)
                for n in clique:
                    covered[n] |= whole
                cliques.append(clique)
    return cliques, looks


def _pairs(present: int, foes: list[int]) -> list[list[int]]:
    return [[i, j] for i in bits(present) for j in bits(foes[i] & present) if i < j]


def bits(mask: int) -> Iterator[int]:
    """The numbers in a set that is given by its bits, ascending."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


class Floor(NamedTuple):
    """No choice whose value of the level `first` is at most `within` has less than `least` on the `level`."""

    level: str
    least: int
    first: str
    within: int

    def holds(self, levels: Sequence[str], values: Mapping[str, int] | None) -> bool:
        """True for what is as good as a choice of these values, in that order of levels; None: no choice is known."""
        return values is not None and levels[0] == self.first and values[self.first] <= self.within


class SharedModel:
    """The model of a board with all levels that any of the orders needs."""

    def __init__(self, board: Board, params: SolveParams = DEFAULT) -> None:
        self.levels = tuple(board.levels)
        self.model = simplify(translate(board, params.translation), params.presolve)

    def ordered(self, levels: Sequence[str], floors: Sequence[Floor] = ()) -> Model:
        """The model with these levels in this order, and constraints that plans stay at or above the floors.

        A level that priced rows charge gets no floor: a constraint may hold 0/1 variables only.
        """
        model, order = self.model, [self.levels.index(level) for level in levels]
        if model.impossible:
            return model
        known = ((self.levels.index(floor.level), floor.least) for floor in floors)
        is_priced = [any(soft.prices[k] for soft in model.soft_constraints) for k in range(len(model.costs))]
        rows = [floor_of(model, k, least) for k, least in known if model.costs[k] and not is_priced[k]]
        return reweighted(replace(model, constraints=[*model.constraints, *rows]), [{k: 1} for k in order])
