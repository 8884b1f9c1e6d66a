"""The operations that cannot all be held where their participants agreed to have them, or where they go back.

Usually all can. If officers were withdrawn since, or two operations need the same ones, as few as possible yield.
Unplaced musts count before that: such an operation is not a must.
"""

from arshjul import solver
from arshjul.domain.replan_context import ReplanContext
from arshjul.planning.problem import Places, either
from arshjul.planning.replan.held import least_unplaced
from arshjul.rules import BoardBuilder, builder_of, possible
from arshjul.rules.objectives import MUSTS

YIELDED = "yielded"
LIMIT_S = 20.0


def yielding(context: ReplanContext) -> frozenset[str]:
    """The operations that cannot be held at their settled places."""
    if not context.settled_places:
        return frozenset()
    found, musts = _solved(context.holding_the_rest(), context)
    if not found and musts <= _least_musts(context):
        return found
    return _solved(context, context)[0]


def _least_musts(context: ReplanContext) -> int:
    """The number of musts that no plan can place: those without a possible slot."""
    free = context.without_settled_places()
    return least_unplaced(free, free.scenario.planned)[0]


def _solved(board_of: ReplanContext, context: ReplanContext) -> tuple[frozenset[str], int]:
    """The operations that yield in the best plan of a context, and the number of musts that it leaves out."""
    builder = builder_of(board_of.without_settled_places(), _places(board_of))
    _charge(builder, context)
    solution = solver.solve(builder.board((MUSTS, YIELDED)), limit_s=LIMIT_S)
    if solution.choice is None:
        return frozenset(context.settled_places), 0
    picks = dict(zip(builder.modes, solution.choice, strict=True))
    out = set()
    for id, settled in context.settled_places.items():
        place = None if (pick := picks.get(id)) is None else builder.placement(id, pick)
        if not settled.same_place(place):
            out.add(id)
    return frozenset(out), solution.levels[0].value or 0


def _places(context: ReplanContext) -> dict[str, Places]:
    """Each operation's possible places, and the settled ones at however short notice."""
    free = context.without_settled_places()
    places: dict[str, Places] = {}
    for id, operation in context.scenario.operations.items():
        settled_too = possible(context, operation) if id in context.settled_places else {}
        places[id] = either(possible(free, operation), settled_too)
    return places


def _charge(builder: BoardBuilder, context: ReplanContext) -> None:
    """Charges one for each operation that is not at its settled place."""
    grid = context.slots.grid
    for id, settled in context.settled_places.items():
        number = grid.number(settled.slot)
        builder.cost_unplaced(id, YIELDED, 1)
        for mode in builder.modes[id]:
            for column, slot in enumerate(mode.slots, mode.column):
                if slot != number or mode.staffing != settled.staffing:
                    builder.cost(YIELDED, column, 1)
