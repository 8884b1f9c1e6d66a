"""Independent parts of a model: sets that no line connects are solved apart.

Every level is a sum over the parts, so plans that are best in each part are best together, level
by level, and the parts' bounds add up.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from arshjul.solver.modelling.model import Line, Model, Soft

_FREE = -1
"""Sets that no line touches: one part for all, since each is decided by looking."""


@dataclass(frozen=True, slots=True)
class Part:
    """A model of its own. `sets` and `variables` give the whole model's number for each of its own."""

    sets: Sequence[int]
    variables: Sequence[int]
    model: Model

    def local(self, values: list[int]) -> list[int]:
        """This part of the whole model's values."""
        own = [values[v] for v in self.variables]
        return self.model.with_excesses(own + [0] * len(self.model.softs))


def part_of(whole: Model, sets: Sequence[int], lines: Iterable[Line], softs: Iterable[Soft]) -> Part:
    """The part that these sets make, with the lines and soft lines that tie them and no others."""
    variables = [v for s in sets for v in whole.sets[s]]
    number = {v: k for k, v in enumerate(variables)}
    local = {s: k for k, s in enumerate(sets)}
    model = Model(constants=[0] * len(whole.constants))
    model.sets = [[number[v] for v in whole.sets[s]] for s in sets]
    model.picks = [(local[whole.picks[v][0]], whole.picks[v][1]) for v in variables]
    model.lines = [Line({number[v]: c for v, c in line.terms.items()}, line.at_most) for line in lines]
    model.uppers = [1] * len(variables)
    for soft in softs:
        number[soft.excess] = len(model.uppers)
        model.uppers.append(whole.uppers[soft.excess])
        line = Line({number[v]: c for v, c in soft.line.terms.items()}, soft.line.at_most)
        model.softs.append(Soft(line, soft.prices, number[soft.excess]))
    model.costs = [{k: costs[v] for v, k in number.items() if v in costs} for costs in whole.costs]
    return Part(sets, variables, model)


def parts(model: Model) -> list[Part]:
    """The model's independent parts, largest first; their constants are 0, the whole keeps its own."""
    owner = {v: s for s, variables in enumerate(model.sets) for v in variables}
    leader = list(range(len(model.sets)))

    def find(s: int) -> int:
        while leader[s] != s:
            leader[s] = leader[leader[s]]
            s = leader[s]
        return s

    tied = [line.terms for line in (*model.lines, *(soft.line for soft in model.softs))]
    first = []
    for terms in tied:
        roots = {find(owner[v]) for v in terms if v in owner}
        low = min(roots)
        for root in roots:
            leader[root] = low
        first.append(low)
    touched = {owner[v] for terms in tied for v in terms if v in owner}
    sets: dict[int, list[int]] = defaultdict(list)
    for s in range(len(model.sets)):
        sets[find(s) if s in touched else _FREE].append(s)
    lines: dict[int, list[Line]] = defaultdict(list)
    softs: dict[int, list[Soft]] = defaultdict(list)
    for n, line in enumerate(model.lines):
        lines[find(first[n])].append(line)
    for n, soft in enumerate(model.softs, len(model.lines)):
        softs[find(first[n])].append(soft)
    if len(sets) == 1:
        return [_whole(model)]
    made = [part_of(model, members, lines[root], softs[root]) for root, members in sets.items()]
    return sorted(made, key=lambda part: (-len(part.variables), part.sets[0]))


def _whole(model: Model) -> Part:
    """All of a model that does not fall apart, without a copy of it."""
    free = replace(model, constants=[0] * len(model.constants))
    return Part(range(len(model.sets)), range(len(model.picks)), free)
