"""A smaller model in which each set may take only some of its variables."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from arshjul.solver.model import Line, Model, Soft
from arshjul.solver.presolve import simplify


class Restrictor:
    """Makes restrictions of one model; what that takes of the whole is looked up once.

    Lines are numbered through: the hard ones, then the soft ones without their excess.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.uses: list[list[tuple[int, int]]] = [[] for _ in model.picks]
        softs = [soft.line for soft in model.softs]
        self.rooms = [line.at_most for line in (*model.lines, *softs)]
        n = len(model.picks)
        for number, line in enumerate((*model.lines, *softs)):
            for v, c in line.terms.items():
                if v < n:
                    self.uses[v].append((number, c))
        self.number = {pick: v for v, pick in enumerate(model.picks)}

    def restricted(self, allowed: Sequence[Sequence[int]]) -> Model:
        """The simplified model of the allowed variables of each set; picks keep their meaning."""
        rooms = list(self.rooms)
        for variables in allowed:
            if len(variables) == 1:
                for line, c in self.uses[variables[0]]:
                    rooms[line] -= c
        small = self._made(allowed)
        opened = self._terms(_open(small.sets, allowed))
        every = (line for line, room in enumerate(rooms) if room < 0 or line in opened)
        self._add_lines(small, every, rooms, opened)
        return simplify(small)

    def opened(self, allowed: Mapping[int, Sequence[int]], rooms: Sequence[int]) -> Model:
        """The simplified model of these sets alone; `rooms` is what all the others leave in each line."""
        small = self._made(allowed.values())
        terms = self._terms(zip(small.sets, allowed.values(), strict=True))
        self._add_lines(small, terms, rooms, terms)
        return simplify(small)

    def _made(self, allowed: Iterable[Sequence[int]]) -> Model:
        """A model of these sets, as yet without lines."""
        model = self.model
        small = Model(constants=list(model.constants), costs=[{} for _ in model.costs])
        for variables in allowed:
            first = len(small.picks)
            small.sets.append(list(range(first, first + len(variables))))
            small.picks += [model.picks[v] for v in variables]
            for mine, costs in zip(small.costs, model.costs, strict=True):
                for number, v in enumerate(variables, first):
                    if c := costs.get(v):
                        mine[number] = c
        small.uppers = [1] * len(small.picks)
        return small

    def _terms(self, sets: Iterable[tuple[Sequence[int], Sequence[int]]]) -> dict[int, dict[int, int]]:
        """line -> its terms over the sets, given as (numbers in the small model, variables)."""
        terms: dict[int, dict[int, int]] = defaultdict(dict)
        uses = self.uses
        for numbers, variables in sets:
            for number, v in zip(numbers, variables, strict=True):
                for line, c in uses[v]:
                    terms[line][number] = c
        return terms

    def _add_lines(
        self, small: Model, lines: Iterable[int], rooms: Sequence[int], terms: Mapping[int, dict[int, int]]
    ) -> None:
        n = len(self.model.lines)
        for line in lines:
            own = Line(terms.get(line, {}), rooms[line])
            if line < n:
                small.lines.append(own)
            else:
                small.softs.append(Soft(own, self.model.softs[line - n].prices))


def _open(
    sets: Sequence[Sequence[int]], allowed: Sequence[Sequence[int]]
) -> Iterable[tuple[Sequence[int], Sequence[int]]]:
    """The sets with a choice left."""
    return ((numbers, variables) for numbers, variables in zip(sets, allowed, strict=True) if len(variables) > 1)
