"""The operations that cannot all be held where their participants agreed to have them.

Usually all can. If officers were withdrawn since, or two operations need the same ones, as few as possible yield.
Unplaced musts count before that: an agreed operation is not a must.
"""

from dataclasses import replace

from arshjul import solver
from arshjul.domain.replan_context import ReplanContext
from arshjul.planning.problem import Places, either
from arshjul.planning.replan.held import least_unplaced
from arshjul.rules import BoardBuilder, builder_of, possible
from arshjul.rules.objectives import MUSTS

YIELDED = "yielded"
LIMIT_S = 20.0


def yielding(context: ReplanContext) -> frozenset[str]:
    """The agreed operations that cannot be held."""
    if not context.agreed:
        return frozenset()
    found, musts = _solved(context.holding_the_rest(), context)
    if not found and musts <= _least_musts(context):
        return found
    return _solved(context, context)[0]


def _least_musts(context: ReplanContext) -> int:
    """The number of musts that no plan can place: those without a possible slot."""
    free = replace(context, demands=replace(context.demands, answers=()))
    return least_unplaced(free, free.scenario.planned)[0]


def _solved(board_of: ReplanContext, context: ReplanContext) -> tuple[frozenset[str], int]:
    """The operations that yield in the best plan of a context, and the number of musts that it leaves out."""
    builder = builder_of(_without_answers(board_of), _places(board_of))
    _charge(builder, context)
    solution = solver.solve(builder.board((MUSTS, YIELDED)), limit_s=LIMIT_S)
    if solution.choice is None:
        return frozenset(context.agreed), 0
    picks = dict(zip(builder.modes, solution.choice, strict=True))
    out = set()
    for id, one in context.agreed.items():
        place = None if (pick := picks.get(id)) is None else builder.placement(id, pick)
        if place is None or not one.is_about(place):
            out.add(id)
    return frozenset(out), solution.levels[0].value or 0


def _without_answers(context: ReplanContext) -> ReplanContext:
    """The same with no operation held by a yes; refusals stay."""
    return replace(context, demands=replace(context.demands, answers=()))


def _places(context: ReplanContext) -> dict[str, Places]:
    """Each operation's possible places, and the agreed ones at however short notice."""
    free = _without_answers(context)
    places: dict[str, Places] = {}
    for id, operation in context.scenario.operations.items():
        agreed_too = possible(context, operation) if id in context.agreed else {}
        places[id] = either(possible(free, operation), agreed_too)
    return places


def _charge(builder: BoardBuilder, context: ReplanContext) -> None:
    """Charges one for each operation that is not at its agreed place."""
    grid = context.slots.grid
    for id, one in context.agreed.items():
        number = None if one.slot is None else grid.number(one.slot)
        builder.cost_unplaced(id, YIELDED, 1)
        for mode in builder.modes[id]:
            for column, slot in enumerate(mode.slots, mode.column):
                if slot != number or mode.staffing != one.staffing:
                    builder.cost(YIELDED, column, 1)
