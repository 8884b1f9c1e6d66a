"""The period that an operation would like."""

from collections.abc import Iterator
from datetime import date

from arshjul.domain.calendar import Span
from arshjul.domain.plan import Plan, Price
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.rules.draft import QUALITY, Draft
from arshjul.rules.rule import SoftRule
from arshjul.texts import counted

MOST_WEEKS = 8


class PreferredPeriod(SoftRule):
    """An operation stands within its preferred period; each week begun outside it has a price.

    After eight weeks it makes no more difference. Source: contract 2; the sizes are assumptions.
    """

    id = "preferred-period"
    title = Message("preferred period")
    name = Message("outside the preferred period")
    points = 1

    def post(self, situation: Situation, draft: Draft) -> None:
        """A cost on each column outside."""
        price, grid = self.price(situation), situation.grid
        for way in draft.all_ways():
            preferred = way.operation.preferred
            if preferred is None:
                continue
            first, last = grid.day_number(preferred.first), grid.day_number(preferred.last)
            for column, day in enumerate(way.days, way.column):
                outside = max(first - day, day - last, 0)
                if outside:
                    draft.cost(QUALITY, column, price * min(-(-outside // 7), MOST_WEEKS))

    def prices(self, situation: Situation, plan: Plan) -> Iterator[Price]:
        """Counts the weeks from date to date."""
        for placement in plan.placements:
            operation = situation.scenario.operations[placement.operation]
            if operation.preferred is not None:
                weeks = _weeks_outside(operation.preferred, placement.slot.day)
                points = weeks * self.price(situation)
                if points:
                    text = counted(
                        weeks,
                        "{operation} stands one week outside its preferred period",
                        "{operation} stands {n} weeks outside its preferred period",
                        operation=operation.id,
                    )
                    yield Price(self.id, operation.id, points, text)


def _weeks_outside(preferred: Span, day: date) -> int:
    nearest = min(max(day, preferred.first), preferred.last)
    weeks, days = divmod(abs((day - nearest).days), 7)
    return min(weeks + bool(days), MOST_WEEKS)
