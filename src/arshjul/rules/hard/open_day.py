"""Open dates."""

from collections.abc import Iterator

from arshjul.domain.calendar import Slot
from arshjul.domain.grid import SlotSet
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.errors import Message
from arshjul.rules.rule import Breach, Rule


class OpenDay(Rule):
    """An operation stands on open dates only.

    A date is open unless its weekday is closed, it is a public holiday of the country, or it is in `closed`; a date in
    `open` is open in any case. Source: docs/formats.md#rules.
    """

    id = "open-day"
    title = Message("open day")
    name = Message("the date is closed")

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        """The slots whose dates are all open, the same for all operations with as many `days`."""
        return context.slots.grid.throughout(context.slots.year.open, operation.days)

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        """Names the holiday if it is one."""
        calendar, dates = context.scenario.calendar, [there.day for there in operation.slots(slot)]
        day = next((day for day in dates if not calendar.is_open(day)), slot.day)
        holiday = calendar.holidays.get(day)
        if holiday:
            return Message("{day} is closed: {holiday}", {"day": day, "holiday": holiday})
        return Message("{day} is closed", {"day": day})

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        for placement in plan.placements:
            calendar = context.scenario.calendar
            for day, _ in context.scenario.slots(placement) if placement.operation not in context.history else ():
                shut = day in calendar.holidays or day.weekday() in calendar.closed_weekdays
                shut = shut or any(span.first <= day <= span.last for span in calendar.closed)
                if shut and not any(span.first <= day <= span.last for span in calendar.opened):
                    yield Breach(self.id, (placement.operation,), Message("{day} is closed", {"day": day}))
