"""A wheel that a target cannot guess."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.plan import Plan, Price
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import BoardBuilder, Sum
from arshjul.year.rules.rule import SoftRule

WEEKS, ALLOWED = 3, 2


class Guessable(SoftRule):
    """In three weeks in a row an area has at most two operations on one weekday; more have a price.

    Always Tuesday on Hisingen can be guessed. Operations carried out together count once in their area. Source:
    docs/formats.md#rules; the sizes are assumptions.
    """

    id = "guessable"
    title = Message("guessable pattern")
    name = Message("guessable pattern")
    points = 1

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """A priced row for each area, weekday and three dates a week apart."""
        once = context.counted_once(lambda operation: operation.area)
        sums: dict[tuple[str, int], Sum] = defaultdict(Sum)
        for mode in builder.all_modes():
            if mode.operation.id in once:
                for column, day in mode.on_dates():
                    for first in range(day - 7 * (WEEKS - 1), day + 1, 7):
                        sums[mode.operation.area, first].add(mode, column, 1)
        for total in sums.values():
            builder.charge(self.id, total, ALLOWED, self.price(context))

    def prices(self, context: ReplanContext, plan: Plan) -> Iterator[Price]:
        tie = context.roots
        occasions: dict[str, set[tuple[date, str, Slot]]] = defaultdict(set)
        for placement in plan.placements:
            area = context.scenario.operations[placement.operation].area
            for day, _ in context.scenario.slots(placement):
                occasions[area].add((day, tie.get(placement.operation, placement.operation), placement.slot))
        for area, there in sorted(occasions.items()):
            counts = Counter(day - timedelta(weeks=weeks) for day, _, _ in there for weeks in range(WEEKS))
            for first, count in sorted(counts.items()):
                if count > ALLOWED and self.price(context):
                    text = Message(
                        "{area}: {count} operations on one weekday in three weeks from {first}",
                        {"area": context.scenario.areas[area].name, "count": count, "first": first},
                    )
                    yield Price(self.id, f"{area} {first}", (count - ALLOWED) * self.price(context), text)
