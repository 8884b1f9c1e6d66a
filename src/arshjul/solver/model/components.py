"""Independent components of a model: sets that no constraint connects, found by union-find.

A level is a sum over components, so plans that are best in each component are best together, level by level, and the
components' bounds add up.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from arshjul.solver.model.milp import Constraint, Model, SoftConstraint, rows_of

_FREE = -1
"""Marks sets that no constraint touches, which form one component, as each is decided directly; and no set."""


@dataclass(frozen=True, slots=True)
class Component:
    """A component as a separate model. `sets` and `variables`: their numbers in the whole model."""

    sets: Sequence[int]
    variables: Sequence[int]
    model: Model

    def local(self, ones: Collection[int]) -> list[int]:
        """The variable of each of its sets, in their order, in a plan that takes these of the whole model."""
        own = (k for k, v in enumerate(self.variables) if v in ones)
        return sorted(own, key=lambda k: self.model.picks[k][0])


def component_of(
    whole: Model, sets: Sequence[int], lines: Iterable[Constraint], soft_constraints: Iterable[SoftConstraint]
) -> Component:
    """The component of these sets, with the constraints and soft constraints that tie them and no others."""
    variables = [v for s in sets for v in whole.sets[s]]
    number = {v: k for k, v in enumerate(variables)}
    local = {s: k for k, s in enumerate(sets)}
    model = Model(constants=[0] * len(whole.constants))
    model.sets = [[number[v] for v in whole.sets[s]] for s in sets]
    model.picks = [(local[whole.picks[v][0]], whole.picks[v][1]) for v in variables]
    model.constraints = [_renumbered(line, number) for line in lines]
    model.uppers = [1] * len(variables)
    for soft in soft_constraints:
        number[soft.excess] = len(model.uppers)
        model.uppers.append(whole.uppers[soft.excess])
        model.soft_constraints.append(SoftConstraint(_renumbered(soft.line, number), soft.prices, number[soft.excess]))
    model.costs = [{k: costs[v] for v, k in number.items() if v in costs} for costs in whole.costs]
    return Component(sets, variables, model)


def _renumbered(line: Constraint, number: Mapping[int, int]) -> Constraint:
    return Constraint(dict(zip(map(number.__getitem__, line.terms), line.terms.values(), strict=True)), line.at_most)


def independent_components(model: Model) -> list[Component]:
    """The model's independent components, largest first; their constants are 0, and the whole keeps its own."""
    owner = [_FREE] * len(model.uppers)
    for s, variables in enumerate(model.sets):
        for v in variables:
            owner[v] = s
    leader = list(range(len(model.sets)))

    def find(s: int) -> int:
        while leader[s] != s:
            leader[s] = leader[leader[s]]
            s = leader[s]
        return s

    tied = [set(map(owner.__getitem__, row.terms)) - {_FREE} for row in rows_of(model)]
    first = []
    for members in tied:
        roots = {find(s) for s in set(map(leader.__getitem__, members))}
        first.append(low := min(roots))
        for root in roots:
            leader[root] = low
    touched = set().union(*tied)
    sets: dict[int, list[int]] = defaultdict(list)
    for s in range(len(model.sets)):
        sets[find(s) if s in touched else _FREE].append(s)
    lines: dict[int, list[Constraint]] = defaultdict(list)
    soft_constraints: dict[int, list[SoftConstraint]] = defaultdict(list)
    for n, line in enumerate(model.constraints):
        lines[find(first[n])].append(line)
    for n, soft in enumerate(model.soft_constraints, len(model.constraints)):
        soft_constraints[find(first[n])].append(soft)
    if len(sets) == 1:  # it is the whole, and needs no copy
        free = replace(model, constants=[0] * len(model.constants))
        return [Component(range(len(model.sets)), range(len(model.picks)), free)]
    made = [component_of(model, members, lines[root], soft_constraints[root]) for root, members in sets.items()]
    return sorted(made, key=lambda component: (-len(component.variables), component.sets[0]))
