"""A smaller model in which each set may take only some of its variables."""

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
        terms: dict[int, dict[int, int]] = {}
        for s, variables in enumerate(allowed):
            only = variables[0] if len(variables) == 1 else None
            numbers = range(len(small.picks), len(small.picks) + len(variables))
            small.sets.append(list(numbers))
            small.picks += [model.picks[v] for v in variables]
            for number, v in zip(numbers, variables, strict=True):
                for k, costs in enumerate(model.costs):
                    if cost := costs.get(v):
                        small.costs[k][number] = cost
                if v == only:
                    for line, c in self.uses[v]:
                        rooms[line] -= c
                else:
                    for line, c in self.uses[v]:
                        terms.setdefault(line, {})[number] = c
        n = len(model.lines)
        small.uppers = [1] * len(small.picks)
        for line in range(len(rooms)):
            if line < n:
                if line in terms:
                    small.lines.append(Line(terms[line], rooms[line]))
                elif rooms[line] < 0:
                    small.impossible = True
            elif line in terms or rooms[line] < 0:
                small.softs.append(Soft(Line(terms.get(line, {}), rooms[line]), model.softs[line - n].prices))
        return simplify(small)

    def lifted(self, small: Model, values: Sequence[int]) -> list[int]:
        """The whole model's values for a restriction's."""
        whole = [0] * len(self.model.uppers)
        for pick, value in zip(small.picks, values, strict=False):
            if value:
                whole[self.number[pick]] = 1
        return self.model.with_excesses(whole)
