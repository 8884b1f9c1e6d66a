"""The cuts that LPs' optima broke: rows that join a model for good, for its LPs and for what engines are asked.

Cliques and sums of rows are kept by all plans. A *conditional* row holds only within cuts on the first levels, as the
floor of a level that was proven under them, and so does what is derived once such a row is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import zip_longest
from typing import TypeVar

from arshjul.solver.model.arrays import RowPool
from arshjul.solver.model.cliques import ConflictGraph
from arshjul.solver.model.milp import Constraint, LevelCut, Model
from arshjul.solver.model.restriction import Restriction
from arshjul.solver.model.zero_half import MOST, ZeroHalfSeparator
from arshjul.solver.params import SolveParams
from arshjul.solver.search.known import keeps

Row = TypeVar("Row")


class CutPool:
    """A model with the rows found so far.

    `has_start`: a good plan is known from the start, as on replans; then zero-half cuts pay. `priced` are the numbers
    of the rows in which an excess stands, which only an LP gains by. `conditional` are those of the rows that hold only
    where the first levels are at or below `supposed`.
    """

    def __init__(self, model: Model, params: SolveParams, *, has_start: bool = True) -> None:
        self.model = model
        self.params = params
        self.has_start = has_start
        self.priced: set[int] = set()
        self.conditional: set[int] = set()
        self.supposed: tuple[int, ...] = ()
        self.separator: ZeroHalfSeparator | None = None
        self._restriction: tuple[tuple[int, bool], Restriction] | None = None

    @cached_property
    def rows(self) -> RowPool:
        """The soft constraints of the model and then the others, for all LPs of it."""
        soft = [soft.line for soft in self.model.soft_constraints]
        return RowPool(len(self.model.uppers), [*soft, *self.model.constraints])

    @cached_property
    def graph(self) -> ConflictGraph:
        """The conflicts of what all plans keep."""
        rows = [row for k, row in enumerate(self.model.constraints) if k not in self.conditional]
        return ConflictGraph(replace(self.model, constraints=rows))

    def join(self, rows: Sequence[Constraint], within: Sequence[LevelCut] | None = None) -> None:
        """Adds rows that all plans keep; with `within`, those that plans within these cuts keep."""
        self.rows.join(rows)
        numbers = range(len(self.model.constraints), len(self.model.constraints) + len(rows))
        self.priced.update(k for k, row in zip(numbers, rows, strict=True) if self.model.has_excess(row))
        if within is not None:
            self.conditional.update(numbers)
            both = zip_longest(self.supposed, (most for _, most in within))
            self.supposed = tuple(min(most for most in pair if most is not None) for pair in both)
        self.model = replace(self.model, constraints=[*self.model.constraints, *rows])

    def all_hold(self, cuts: Sequence[LevelCut]) -> bool:
        """True if all rows, conditional ones too, hold under these cuts."""
        values = [most for _, most in cuts]
        return not self.conditional or (len(values) >= len(self.supposed) and keeps(values, self.supposed))

    def multipliers(self, given: Sequence[float], cuts: Sequence[LevelCut]) -> Sequence[float]:
        """The multipliers of `rows_of`, with 0 for each row that need not hold under the cuts."""
        if self.all_hold(cuts):
            return given
        return [0.0 if k in self.conditional else y for k, y in enumerate(given)]

    def restriction(self, cuts: Sequence[LevelCut]) -> Restriction:
        """The restrictions of the model with all rows that hold under the cuts, and that engines gain by."""
        asked = len(self.model.constraints), self.all_hold(cuts)
        if self._restriction is None or self._restriction[0] != asked:
            rows = self.of_engines(self.model.constraints, cuts)
            self._restriction = asked, Restriction(replace(self.model, constraints=rows), self.params)
        return self._restriction[1]

    def of_engines(self, of_rows: Sequence[Row], cuts: Sequence[LevelCut]) -> list[Row]:
        """What belongs to the rows of the restriction, of what belongs to constraints, or to `rows_of`."""
        out = self.priced if self.all_hold(cuts) else self.priced | self.conditional
        return [one for k, one in enumerate(of_rows) if k not in out]

    @property
    def tightens(self) -> bool:
        """True if zero-half cuts are separated at all."""
        return self.has_start and self.params.separation.zero_half

    @property
    def clique_rounds(self) -> int:
        """Rounds in which cliques alone are separated: later they join with zero-half cuts, by the same optimum."""
        return self.params.separation.rounds if self.separator is None else 0

    def broken_cliques(self, point: Mapping[int, float]) -> list[Constraint]:
        """The cliques that an LP's optimum breaks."""
        return self.graph.broken(point) if self.params.separation.cliques else []

    def separate(self, point: Mapping[int, float], level: int, most: int = MOST) -> bool:
        """True if zero-half cuts and cliques that this optimum breaks have joined the model."""
        if self.separator is None:
            self.separator = ZeroHalfSeparator(self.model)
        halves, cliques = self.separator.cuts(self.model, point, level, most), self.broken_cliques(point)
        supposed = [*enumerate(self.supposed)] if self.conditional else None  # what a sum may have been made of
        self.join(halves, supposed)
        self.join(cliques)
        return bool(halves or cliques)
