"""A smaller model in which each set may take only some of its variables."""

from collections import defaultdict
from collections.abc import Sequence

from arshjul.solver.model import Line, Model, Soft
from arshjul.solver.presolve import simplify


class Restrictor:
    """Makes restrictions of one model; what that takes of the whole is looked up once."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.uses: list[list[tuple[int, int]]] = [[] for _ in model.picks]
        softs = [soft.line for soft in model.softs]
        self.rooms = [line.at_most for line in (*model.lines, *softs)]
        for number, line in enumerate((*model.lines, *softs)):
            for v, c in line.terms.items():
                if v < len(model.picks):
                    self.uses[v].append((number, c))
        self.number = {pick: v for v, pick in enumerate(model.picks)}

    def restricted(self, allowed: Sequence[Sequence[int]]) -> Model:
        """The simplified model of the allowed variables of each set; picks keep their meaning."""
        model = self.model
        small = Model(constants=list(model.constants), costs=[{} for _ in model.costs])
        rooms = list(self.rooms)
        terms: dict[int, dict[int, int]] = defaultdict(dict)
        for variables in allowed:
            first = len(small.picks)
            small.sets.append(list(range(first, first + len(variables))))
            small.picks += [model.picks[v] for v in variables]
            if len(variables) == 1:
                for line, c in self.uses[variables[0]]:
                    rooms[line] -= c
            else:
                for number, v in enumerate(variables, first):
                    for line, c in self.uses[v]:
                        terms[line][number] = c
        renumbered = {v: k for k, v in enumerate(v for variables in allowed for v in variables)}
        for mine, costs in zip(small.costs, model.costs, strict=True):
            mine.update((k, costs[v]) for v, k in renumbered.items() if v in costs)
        small.uppers = [1] * len(small.picks)
        self._add_lines(small, rooms, terms)
        return simplify(small)

    def _add_lines(self, small: Model, rooms: list[int], terms: dict[int, dict[int, int]]) -> None:
        """The lines that the open sets still touch, or that the fixed ones exceed."""
        n = len(self.model.lines)
        for line, room in enumerate(rooms):
            if line not in terms and room >= 0:
                continue
            own = Line(terms.get(line, {}), room)
            if line < n:
                small.lines.append(own)
            else:
                small.softs.append(Soft(own, self.model.softs[line - n].prices))
