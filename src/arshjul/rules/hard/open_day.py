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
    """An operation stands on an open date.

    A date is open unless its weekday is closed, it is a public holiday of the country, or it stands
    in `closed`; a date in `open` is open whatever else closes it. Source: docs/formats.md#rules.
    """

    id = "open-day"
    title = Message("open day")
    name = Message("the date is closed")

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        """The slots of open dates, the same for all."""
        return context.slots.open

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        """Names the holiday where it is one."""
        holiday = context.scenario.calendar.holidays.get(slot.day)
        if holiday:
            return Message("{day} is closed: {holiday}", {"day": slot.day, "holiday": holiday})
        return Message("{day} is closed", {"day": slot.day})

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        """Asks the calendar for each date."""
        for placement in plan.placements:
            if placement.operation not in context.history:
                day = placement.slot.day
                calendar = context.scenario.calendar
                shut = day in calendar.holidays or day.weekday() in calendar.closed_weekdays
                shut = shut or any(span.first <= day <= span.last for span in calendar.closed)
                if shut and not any(span.first <= day <= span.last for span in calendar.opened):
                    yield Breach(self.id, (placement.operation,), Message("{day} is closed", {"day": day}))
