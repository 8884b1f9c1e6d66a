"""Where operations that must be struck at the same time can go, when they have lost their police together."""

from collections.abc import Iterator, Sequence
from itertools import product

from arshjul.domain.placement import Placement
from arshjul.planning.places.alternatives import Alternative
from arshjul.planning.problem import PlanningProblem
from arshjul.rules.builder import QUALITY


def together(problem: PlanningProblem, operation: str, others: Sequence[str]) -> list[Alternative]:
    """Each place of the operation with the best places of the others at its slot, the cheapest first.

    All of them are out. `moves` has every one of the others, also who comes to stand where it stood.
    """
    best: dict[Placement, Alternative] = {}
    base = problem.context.base
    old = {} if base is None else base.placements
    for cost, (place, *theirs) in _placed(problem, [operation, *others]):
        if place not in best or cost < best[place].cost:
            best[place] = Alternative(place, cost, tuple((old[one.operation], one) for one in theirs))
    return sorted(best.values(), key=lambda one: (one.cost, one.placement.slot, one.placement.police or ""))


def _placed(problem: PlanningProblem, ids: Sequence[str]) -> Iterator[tuple[int, list[Placement]]]:
    """Every way to place them all at one slot, and what it costs."""
    builder, evaluator = problem.builder, problem.evaluator
    places: dict[object, list[list[tuple[int, Placement]]]] = {}
    for position, id in enumerate(ids):
        for option, _ in enumerate(problem.board.activities[builder.number[id]].options):
            place = builder.placement(id, option)
            there = places.setdefault(place.slot, [[] for _ in ids])
            there[position].append((option, place))
    for there in places.values():
        for picked in product(*there):
            costs = []
            for option, place in picked:
                number = builder.number[place.operation]
                costs.append(evaluator.cost(number, option).get(QUALITY, 0))
                evaluator.put(number, option)
            fits = all(not problem.obstacles(place) for _, place in picked)
            for _, place in picked:
                evaluator.put(builder.number[place.operation], None)
            if fits:
                yield sum(costs), [place for _, place in picked]
