"""The levels by which a plan is judged before its quality: musts, points, and on a replan the changes.

These are not rules, since they forbid and price nothing: they are costs on the board. `planning/verify` counts them on
a finished plan. Source: docs/formats.md#rules.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from arshjul.board import Costs
from arshjul.domain.level import Level
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.errors import Message
from arshjul.rules.builder import QUALITY, BoardBuilder
from arshjul.texts import counted, titled

MUSTS, POINTS, CHANGES, BALANCE = "musts", "points", "changes", "points-and-changes"

ALL_LEVELS = (MUSTS, POINTS, CHANGES, BALANCE, QUALITY)
PLAN_LEVELS = (MUSTS, POINTS, QUALITY)

# The levels of each option of a replan, in order.
REPLAN_LEVELS: Mapping[str, tuple[str, ...]] = {
    "fewest-changes": (MUSTS, CHANGES, POINTS, QUALITY),
    "balanced": (MUSTS, BALANCE, CHANGES, QUALITY),
    "most-delivered": (MUSTS, POINTS, CHANGES, QUALITY),
}


# Names of the levels and of the options.
LEVEL_NAMES: Mapping[str, Message] = {
    MUSTS: Message("Musts"),
    POINTS: Message("Priority"),
    CHANGES: Message("Changes"),
    BALANCE: Message("Priority and changes"),
    "empty": Message("Empty frames"),
    QUALITY: Message("Quality"),
}
LEVEL_MEANINGS: Mapping[str, Message] = {
    MUSTS: Message("musts that are left out"),
    POINTS: Message("priority points of all that is left out"),
    CHANGES: Message("operations that lose or change their place"),
    BALANCE: Message("priority points of all that is left out, and points for each unforced change"),
    QUALITY: Message("penalty points for what is not as one would wish"),
}
LEVEL_GAPS: Mapping[str, Message] = {
    MUSTS: counted(0, "at most one must more might have had a place", "at most {n} musts more might have had a place"),
    POINTS: counted(
        0,
        "at most one priority point less might have been left out",
        "at most {n} priority points less might have been left out",
    ),
    CHANGES: counted(
        0,
        "at most one operation more might have kept its place",
        "at most {n} operations more might have kept their place",
    ),
    BALANCE: counted(
        0,
        "at most one point less might have been lost, unforced changes counted",
        "at most {n} points less might have been lost, unforced changes counted",
    ),
    "empty": counted(
        0, "at most one frame more might have been filled", "at most {n} frames more might have been filled"
    ),
    QUALITY: counted(
        0,
        "at most one penalty point for wishes might have been spared",
        "at most {n} penalty points for wishes might have been spared",
    ),
}
"""How much better a plan there may be, of which so much is not excluded."""
OPTION_NAMES: Mapping[str, Message] = {
    "fewest-changes": Message("fewest changes"),
    "balanced": Message("balanced"),
    "most-delivered": Message("most delivered"),
}


def gaps(levels: Iterable[Level]) -> dict[str, Message]:
    """How much better a plan there may be, by the id of each level that is not proven.

    The bound of a level holds for plans that are as good on the levels before it.
    """
    told: dict[str, Message] = {}
    for level in levels:
        if not level.proven:
            gap = _gap(level)
            told[level.id] = Message("with the aims before it as they are here, {gap}", {"gap": gap}) if told else gap
    return told


def _gap(level: Level) -> Message:
    if level.bound is None:
        values = {"level": LEVEL_NAMES.get(level.id, level.id)}
        return Message("nobody knows how much better a plan there may be ({level})", values)
    told = LEVEL_GAPS.get(level.id, Message("{level}: at most {n} less"))
    return replace(told, values={"n": level.value - level.bound, "level": level.id})


UNSETTLED = Message(
    "It is not proven that what is left out must be: with more time it may fit. The reasons hold for the plan as it "
    "stands, and no further."
)
"""The note on an unsettled plan, shown wherever reasons for leaving something out are given."""

UNPROVEN = Message(
    "The search was cut off, by the time limit or by Ctrl-C: a longer --time-limit may give a better plan."
)
"""What the terminal says of a plan that is not proven; pages are read by people who have no such option."""


def is_unsettled(plan: Plan) -> bool:
    """True if operations are left out without proof that they must be."""
    decided = [level for level in plan.levels if level.id != QUALITY]
    return bool(plan.unplaced) and not all(level.proven for level in decided)


def level_titled(level: str) -> Message:
    """The level's name with its id, as plan.json has it; the id alone for an unknown level."""
    return titled(LEVEL_NAMES, level)


def post(context: ReplanContext, builder: BoardBuilder) -> None:
    """Writes the costs of leaving out and of changing on each level."""
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
    """The cost of changing an operation of the old plan, wherever it goes."""
    if operation.reserve:
        return {}
    return {CHANGES: 1, BALANCE: 0 if operation.id in context.hit else context.scenario.objective.change_points}
