"""Which options of an activity only the hard lines tell apart: all that cost the same and weigh the same.

Whether an operation comes in March decides what it costs, on which day of March only whether it
fits. A search that decides the *kind* first has a few hundred questions instead of ten thousand;
on a region's year CP-SAT proved the optimum in a tenth of the time.
"""

from collections import defaultdict

from arshjul.solver.modelling.model import Model


def kinds(model: Model) -> list[list[int]]:
    """The variables of each kind that has more than one, which are all of one set."""
    n = len(model.picks)
    marks: list[list[tuple[int, int]]] = [[] for _ in range(n)]
    for level, costs in enumerate(model.costs):
        for v, c in costs.items():
            if v < n:
                marks[v].append((-1 - level, c))
    for number, soft in enumerate(model.softs):
        for v, c in soft.line.terms.items():
            if v < n:
                marks[v].append((number, c))
    found: list[list[int]] = []
    for variables in model.sets:
        alike: dict[tuple[tuple[int, int], ...], list[int]] = defaultdict(list)
        for v in variables:
            alike[tuple(marks[v])].append(v)
        found += [group for group in alike.values() if len(group) > 1]
    return found
