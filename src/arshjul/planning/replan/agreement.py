"""Which operations can be held where all who take part agreed to have them.

All, as a rule. Where officers were withdrawn since, or two need the same, the fewest yield that must,
counted after the musts that are left out: a yes makes no must.
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
    """The operations that cannot be held, of all to which everybody said yes."""
    if not context.agreed:
        return frozenset()
    found, musts = _solved(context.holding_the_rest(), context)
    if not found and musts <= _least_musts(context):
        return found
    return _solved(context, context)[0]


def _least_musts(context: ReplanContext) -> int:
    """The musts that no plan can place: those without a possible slot."""
    free = replace(context, demands=replace(context.demands, answers=()))
    return least_unplaced(free, free.scenario.planned)[0]


def _solved(board_of: ReplanContext, context: ReplanContext) -> tuple[frozenset[str], int]:
    """Who yields in the best plan of a context, and how many musts that plan leaves out."""
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
    """The same with nobody held by a yes; what was refused stays so."""
    return replace(context, demands=replace(context.demands, answers=()))


def _places(context: ReplanContext) -> dict[str, Places]:
    """Where each operation may be; what everybody agreed to, there too, on however short notice."""
    free = _without_answers(context)
    places: dict[str, Places] = {}
    for id, operation in context.scenario.operations.items():
        agreed_too = possible(context, operation) if id in context.agreed else {}
        places[id] = either(possible(free, operation), agreed_too)
    return places


def _charge(builder: BoardBuilder, context: ReplanContext) -> None:
    """Writes on the board that each operation costs one that is not where all agreed to have it."""
    grid = context.slots.grid
    for id, one in context.agreed.items():
        number = None if one.slot is None else grid.number(one.slot)
        builder.cost_unplaced(id, YIELDED, 1)
        for mode in builder.modes[id]:
            for column, slot in enumerate(mode.slots, mode.column):
                if slot != number or mode.staffing != one.staffing:
                    builder.cost(YIELDED, column, 1)
