"""A smaller model in which each set may take only some of its variables."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from arshjul.solver.model import Model

if TYPE_CHECKING:  # numpy takes a tenth of a second to import: only who solves something does
    from arshjul.solver.flat import Numbers, Terms


class Restrictor:
    """Makes restrictions of one model; what that takes of the whole is looked up once.

    Lines are numbered through: the hard ones, then the soft ones without their excess.
    """

    def __init__(self, model: Model) -> None:
        from arshjul.solver.flat import columns, flat

        self.model = model
        self.flat = flat(model)
        self.columns = columns(self.flat)
        self.rooms: list[int] = self.flat.at_most.tolist()
        self.number = {pick: v for v, pick in enumerate(model.picks)}

    @cached_property
    def uses(self) -> list[list[tuple[int, int]]]:
        """The lines that each variable is in, and its coefficient there."""
        return self.columns.listed()

    def restricted(self, allowed: Sequence[Sequence[int]]) -> Model:
        """The simplified model of the allowed variables of each set; picks keep their meaning."""
        import numpy as np

        from arshjul.solver.flat import totals

        variables, sizes = _chosen(allowed)
        terms = self.columns.terms(variables)
        fixed = np.repeat(sizes == 1, sizes)[terms.variable]
        taken = terms.where(fixed)
        rooms = self.flat.at_most - totals(taken.line, taken.coefficient, len(self.rooms))
        terms = terms.where(~fixed)
        lines = np.union1d(terms.line, np.flatnonzero(rooms < 0))
        return self._simplified(variables, sizes, terms, lines, rooms[lines])

    def opened(self, allowed: Mapping[int, Sequence[int]], rooms: Sequence[int]) -> Model:
        """The simplified model of these sets alone; `rooms` is what all the others leave in each line."""
        import numpy as np

        from arshjul.solver.flat import runs

        variables, sizes = _chosen(allowed.values())
        terms = self.columns.terms(variables)
        lines = terms.line[runs(terms.line)]
        left = np.array([rooms[line] for line in lines.tolist()], np.int64)
        return self._simplified(variables, sizes, terms, lines, left)

    def _simplified(
        self, variables: "Numbers", sizes: "Numbers", terms: "Terms", lines: "Numbers", rooms: "Numbers"
    ) -> Model:
        """The model of these sets and these lines alone."""
        import numpy as np

        from arshjul.solver.flat import Flat, Terms
        from arshjul.solver.tighten import tightened

        model, whole = self.model, self.flat
        hard = int(np.searchsorted(lines, whole.hard))
        prices = [whole.prices[line - whole.hard] for line in lines[hard:].tolist()]
        number = np.zeros(len(self.rooms), np.int64)
        number[lines] = np.arange(len(lines))
        terms = Terms(number[terms.line], terms.variable, terms.coefficient)
        costs = self.columns.costs[:, variables]
        return tightened(Flat(model, variables, sizes, terms, rooms, hard, prices, costs, list(model.constants)))


def _chosen(allowed: Iterable[Sequence[int]]) -> tuple["Numbers", "Numbers"]:
    """The variables of all sets one after the other, and how many each has."""
    import numpy as np

    sets = list(allowed)
    return np.fromiter(chain.from_iterable(sets), np.int64), np.fromiter(map(len, sets), np.int64, len(sets))
