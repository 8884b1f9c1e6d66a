"""A first plan before any engine runs: greedy construction, then local moves of one activity at a time.

If every activity may stay unplaced, the plan with nothing placed is feasible, so there is always a plan.
"""

from collections.abc import Callable, Sequence

from arshjul.solver.model.evaluation import NOTHING, IncrementalEvaluator
from arshjul.solver.model.milp import Model
from arshjul.solver.model.restriction import Restriction


def greedy(model: Model, stop: Callable[[], bool] = lambda: False) -> list[int] | None:
    """Each set's variable in a plan that keeps every constraint; None if placing one by one got stuck.

    `stop` ends the moves; each activity is placed once in any case, so there is a plan however little time there is.
    """
    evaluator = IncrementalEvaluator(Restriction(model), [NOTHING] * len(model.sets))
    for s in range(len(model.sets)):
        if (variable := _unplaced(model, s)) is not None:
            evaluator.take_if_fits(s, variable)
    for s in sorted(range(len(model.sets)), key=lambda s: len(model.sets[s])):
        if evaluator.present[s] == NOTHING and not evaluator.move_to_best(s):
            return None
    order = _dearest_first(model)
    _moves(order, evaluator, lambda: False)
    _improve(order, evaluator, stop)
    return evaluator.present


def improved(model: Model, ones: Sequence[int], stop: Callable[[], bool] = lambda: False) -> list[int]:
    """A plan, given by each set's variable, improved by moving one activity at a time."""
    evaluator = IncrementalEvaluator(Restriction(model), ones)
    _improve(_dearest_first(model), evaluator, stop)
    return evaluator.present


def _improve(order: Sequence[int], evaluator: IncrementalEvaluator, stop: Callable[[], bool]) -> None:
    """Rounds of moves as long as they help."""
    while _moves(order, evaluator, stop):
        pass


def _dearest_first(model: Model) -> list[int]:
    """The sets in the order of their moves: those first that are dearest when unplaced."""

    def urgency(s: int) -> tuple[list[int], int]:
        unplaced = _unplaced(model, s)
        return [-costs.get(NOTHING if unplaced is None else unplaced, 0) for costs in model.costs], len(model.sets[s])

    return sorted(range(len(model.sets)), key=urgency)


def _moves(order: Sequence[int], evaluator: IncrementalEvaluator, stop: Callable[[], bool]) -> bool:
    """Moves one set after the other to its best place, in that order; False: none moved, or time is up."""
    moved = False
    for s in order:
        if stop():
            return False
        moved |= evaluator.move_to_best(s)
    return moved


def _unplaced(model: Model, s: int) -> int | None:
    """The set's variable for staying unplaced, which stands last."""
    variables = model.sets[s]
    return variables[-1] if variables and model.picks[variables[-1]][1] is None else None
