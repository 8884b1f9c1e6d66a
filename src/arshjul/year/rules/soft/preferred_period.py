"""The period that an operation prefers."""

from collections.abc import Iterator
from datetime import date

from arshjul.errors import Message
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.plan import Plan, Price
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import QUALITY, BoardBuilder
from arshjul.year.rules.rule import SoftRule
from arshjul.year.texts import counted

MOST_WEEKS = 8


class PreferredPeriod(SoftRule):
    """An operation stands within its preferred period; each week begun outside it has a price.

    The price grows no more after eight weeks. Source: docs/formats.md#rules; the sizes are assumptions.
    """

    id = "preferred-period"
    title = Message("preferred period")
    name = Message("outside the preferred period")
    points = 1

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        price, grid = self.price(context), context.slots.grid
        for mode in builder.all_modes():
            preferred = mode.operation.preferred
            if preferred is None:
                continue
            first, last = grid.day_number(preferred.first), grid.day_number(preferred.last)
            for column, day in enumerate(mode.days, mode.column):
                outside = max(first - day, day - last, 0)
                if outside:
                    builder.cost(QUALITY, column, price * min(-(-outside // 7), MOST_WEEKS))

    def prices(self, context: ReplanContext, plan: Plan) -> Iterator[Price]:
        for placement in plan.placements:
            operation = context.scenario.operations[placement.operation]
            if operation.preferred is not None:
                weeks = _weeks_outside(operation.preferred, placement.slot.day)
                points = weeks * self.price(context)
                if points:
                    text = counted(
                        weeks,
                        "{operation} is one week outside its preferred period",
                        "{operation} is {n} weeks outside its preferred period",
                        operation=operation.id,
                    )
                    yield Price(self.id, operation.id, points, text)


def _weeks_outside(preferred: Span, day: date) -> int:
    nearest = min(max(day, preferred.first), preferred.last)
    weeks, days = divmod(abs((day - nearest).days), 7)
    return min(weeks + bool(days), MOST_WEEKS)
