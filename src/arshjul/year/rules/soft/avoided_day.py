"""Dates that had better be avoided."""

from collections.abc import Iterator, Mapping
from datetime import date

from arshjul.errors import Message
from arshjul.year.domain.calendar import WhyAvoided
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan, Price
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.rules.builder import QUALITY, BoardBuilder
from arshjul.year.rules.hard.open_day import days_by_kind
from arshjul.year.rules.rule import SoftRule

WHY: Mapping[WhyAvoided, Message] = {
    "eves": Message("an eve"),
    "bridge_days": Message("a bridge day"),
    "avoided": Message("avoided"),
}
"""Sentences about a date, by why it had better be avoided."""


def why_avoided(scenario: Scenario, day: date) -> WhyAvoided | None:
    """Why an open date had better be avoided; None if nothing is against it, or the rule is off."""
    calendar, price = scenario.calendar, scenario.objective.prices.get(AvoidedDay.id, AvoidedDay.points)
    return calendar.why_avoided(day, price) if price and calendar.is_open(day) else None


def avoided(scenario: Scenario, placement: Placement) -> tuple[Message, ...]:
    """Why dates of a placement had better be avoided, each reason once."""
    reasons = dict.fromkeys(why_avoided(scenario, day) for day, _ in scenario.slots(placement))
    return tuple(WHY[why] for why in reasons if why)


class AvoidedDay(SoftRule):
    """No date of an operation is one that `calendar.avoid` names, or of a kind that it names; each has a price.

    Dates of its own may have a price of their own (`points`); of several the dearest holds. If the rule's price is 0,
    none has a price. Source: docs/formats.md#rules; the size is an assumption.
    """

    id = "avoided-day"
    title = Message("avoided days")
    name = Message("avoided days")
    points = 2

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        calendar, price, grid = context.scenario.calendar, self.price(context), context.slots.grid
        if not calendar.avoid or not price:
            return
        points: dict[int, int] = {}
        for mode in builder.all_modes():
            for column, day in mode.on_dates():
                if day not in points:
                    points[day] = calendar.avoided(grid.day(day), price)
                if points[day]:
                    builder.cost(QUALITY, column, points[day])

    def prices(self, context: ReplanContext, plan: Plan) -> Iterator[Price]:
        scenario, price = context.scenario, self.price(context)
        avoid = scenario.calendar.avoid
        kinds = days_by_kind(scenario)
        for placement in plan.placements if avoid and price else ():
            for day, _ in scenario.slots(placement):
                charged = [price for kind, there in kinds.items() if kind in avoid and day in there]
                dates = [
                    line for line in avoid if not isinstance(line, str) and line.span.first <= day <= line.span.last
                ]
                charged += [price if line.points is None else line.points for line in dates]
                if day <= scenario.span.last and max(charged, default=0):
                    why = WHY[scenario.calendar.why_avoided(day, price) or "avoided"]
                    text = Message(
                        "{operation} is on {day}: {why}", {"operation": placement.operation, "day": day, "why": why}
                    )
                    yield Price(self.id, placement.operation, max(charged), text)
