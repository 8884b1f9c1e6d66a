"""The levels by which a plan is judged before its quality: musts, points, and on a replan the changes.

These are not rules, since they forbid and price nothing: they are costs on the board. `planning/verify` counts them on
a finished plan. Source: docs/formats.md#rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from arshjul.errors import Message
from arshjul.solver.board import Costs
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import QUALITY, BoardBuilder
from arshjul.year.texts import counted, titled

MUSTS, POINTS, CHANGES, BALANCE = "musts", "points", "changes", "points-and-changes"

ALL_LEVELS = (MUSTS, POINTS, CHANGES, BALANCE, QUALITY)
PLAN_LEVELS = (MUSTS, POINTS, QUALITY)
# The levels of each option of a replan, in order.
REPLAN_LEVELS: Mapping[str, tuple[str, ...]] = {
    "fewest-changes": (MUSTS, CHANGES, POINTS, QUALITY),
    "balanced": (MUSTS, BALANCE, CHANGES, QUALITY),
    "most-delivered": (MUSTS, POINTS, CHANGES, QUALITY),
}

LEVEL_NAMES: Mapping[str, Message] = {
    MUSTS: Message("Musts"),
    POINTS: Message("Priority"),
    CHANGES: Message("Changes"),
    BALANCE: Message("Priority and changes"),
    "empty": Message("Empty frames"),
    QUALITY: Message("Quality"),
}
LEVEL_MEANINGS: Mapping[str, Message] = {
    MUSTS: Message("unplaced musts"),
    POINTS: Message("priority points of unplaced operations"),
    CHANGES: Message("operations moved or unplaced"),
    BALANCE: Message("priority points of unplaced operations, and points for each unforced change"),
    QUALITY: Message("penalty points for unmet wishes"),
}
LEVEL_GAPS: Mapping[str, Message] = {
    MUSTS: counted(0, "at most one more must could fit", "at most {n} more musts could fit"),
    POINTS: counted(0, "at most one more priority point could fit", "at most {n} more priority points could fit"),
    CHANGES: counted(0, "at most one more operation could stay", "at most {n} more operations could stay"),
    BALANCE: counted(
        0,
        "can improve by at most one point, unforced changes counted",
        "can improve by at most {n} points, unforced changes counted",
    ),
    "empty": counted(0, "at most one more frame could be filled", "at most {n} more frames could be filled"),
    QUALITY: counted(0, "at most one penalty point could be saved", "at most {n} penalty points could be saved"),
}
"""How much better a plan there may be, of which so much is not excluded."""
OPTION_NAMES: Mapping[str, Message] = {
    "fewest-changes": Message("fewest changes"),
    "balanced": Message("balanced"),
    "most-delivered": Message("most delivered"),
}


def gaps(levels: Iterable[Level]) -> dict[str, Message]:
    """The possible improvement of a plan, by the id of each level that is not proven.

    The bound of a level holds for plans that are as good on the levels before it.
    """
    told: dict[str, Message] = {}
    for level in levels:
        if not level.proven:
            gap = _gap(level)
            told[level.id] = Message("{gap}, with the earlier aims as here", {"gap": gap}) if told else gap
    return told


def _gap(level: Level) -> Message:
    if level.bound is None:
        values = {"level": LEVEL_NAMES.get(level.id, level.id)}
        return Message("possible improvement unknown ({level})", values)
    told = LEVEL_GAPS.get(level.id, Message("{level}: at most {n} less"))
    return replace(told, values={"n": level.value - level.bound, "level": level.id})


UNSETTLED = Message("With more time, more operations may fit. The reasons hold for this plan alone.")
"""The note on an unsettled plan, shown wherever reasons for leaving something out are given."""

UNPROVEN = Message("The search was interrupted: a longer --time-limit may give a better plan.")
"""The terminal's advice on a plan that is not proven; pages are read by people who have no such option."""


def is_unsettled(plan: Plan) -> bool:
    """True if operations are left out without proof that they must be."""
    decided = [level for level in plan.levels if level.id != QUALITY]
    return bool(plan.unplaced) and not all(level.proven for level in decided)


def level_titled(level: str) -> Message:
    """The level's name with its id, as plan.json has it; the id alone for an unknown level."""
    return titled(LEVEL_NAMES, level)


def post(context: ReplanContext, builder: BoardBuilder) -> None:
    objective = context.scenario.objective
    for operation in context.scenario.planned.values():
        points = objective.priority_points[operation.priority]
        builder.cost_unplaced(operation.id, MUSTS, int(operation.is_must))
        builder.cost_unplaced(operation.id, POINTS, points)
        builder.cost_unplaced(operation.id, BALANCE, points)
        old = context.old(operation.id)
        if old is None:
            continue
        number = context.slots.grid.number(old.slot)
        changed = [
            column
            for mode in builder.modes[operation.id]
            for column, slot in enumerate(mode.slots, mode.column)
            if slot != number or mode.staffing != old.staffing
        ]
        for level, points in of_change(context, operation).items():
            builder.cost_unplaced(operation.id, level, points)
            for column in changed:
                builder.cost(level, column, points)


def of_change(context: ReplanContext, operation: Operation) -> Costs:
    if operation.reserve:
        return {}
    return {CHANGES: 1, BALANCE: 0 if operation.id in context.hit else context.scenario.objective.change_points}
