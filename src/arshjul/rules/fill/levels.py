"""The levels of a filling before its quality: musts and points left out, and frames about to stay empty."""

from collections import defaultdict
from collections.abc import Mapping

from arshjul.errors import Message
from arshjul.rules.fill.builder import EMPTY, MUSTS, POINTS, QUALITY, FillBuilder
from arshjul.rules.fill.context import FillContext
from arshjul.rules.fill.quality import WISHES

FILL_LEVEL_MEANINGS: Mapping[str, Message] = {
    MUSTS: Message("unbound objects that must be visited"),
    POINTS: Message("priority points of all unbound objects"),
    EMPTY: Message("frames soon empty"),
    QUALITY: Message("penalty points for unmet wishes"),
}


def filled_builder(context: FillContext) -> FillBuilder:
    """The board's builder, with what all levels and wishes write about the waiting objects."""
    builder = FillBuilder(context)
    points = context.scenario.objective.priority_points
    for number, wanted in enumerate(builder.waiting):
        builder.cost_unbound(number, MUSTS, int(wanted.must))
        builder.cost_unbound(number, POINTS, points[wanted.priority])
    columns: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for column, _, frame in builder.pairs():
        columns[frame.id].append((column, 1))
    for frame_id in context.empty():
        builder.charge_short(EMPTY, EMPTY, columns[frame_id], 1, 1)
    for wish in WISHES:
        if wish.price(context):
            wish.post(builder)
    return builder
