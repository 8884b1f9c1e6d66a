"""Targets that the coordinator sets for a part of the year."""

from collections import Counter
from collections.abc import Iterator

from arshjul.errors import Message
from arshjul.year.domain.plan import Plan, Price
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import BoardBuilder, Sum
from arshjul.year.rules.rule import SoftRule


class TargetReached(SoftRule):
    """Each target has as many operations of its kinds as it asks for; each one below has a price.

    All placements with their first date in its span count, begun ones too. The price is the target's own `points`, or
    else the rule's; if the rule's is 0, no target has a price. Source: docs/formats.md#rules; the size is an
    assumption.
    """

    id = "target"
    title = Message("the year's targets")
    name = Message("a target is not reached")
    points = 3

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        grid = context.slots.grid
        for target in context.scenario.targets:
            first, last = grid.day_number(target.span.first), grid.day_number(target.span.last)
            counted = Sum()
            for mode in builder.all_modes():
                if target.is_kind(mode.operation):
                    for column, day in enumerate(mode.days, mode.column):
                        if first <= day <= last:
                            counted.add(mode, column, -1)
            row = Sum(counted.columns, counted.coefficients, reach=0)  # also if none may be placed
            points = self.price(context) if target.points is None else target.points
            if points and self.price(context):
                builder.charge(self.id, row, -target.at_least, points)

    def prices(self, context: ReplanContext, plan: Plan) -> Iterator[Price]:
        reached: Counter[str] = Counter()
        for placement in plan.placements:
            operation = context.scenario.operations[placement.operation]
            for target in context.scenario.targets:
                wanted = (target.sectors, target.areas, target.programmes)
                kinds = zip(wanted, (operation.sector, operation.area, operation.programme), strict=True)
                fits = all(some is None or kind in some for some, kind in kinds)
                reached[target.id] += fits and target.span.first <= placement.slot.day <= target.span.last
        for target in context.scenario.targets:
            missing = target.at_least - reached[target.id]
            each = self.price(context) if target.points is None else target.points
            if missing > 0 and each and self.price(context):
                text = Message(
                    "{target}: {reached} of {wanted} operations are placed",
                    {"target": target.name, "reached": reached[target.id], "wanted": target.at_least},
                )
                yield Price(self.id, target.id, missing * each, text)
