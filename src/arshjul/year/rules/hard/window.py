"""The operation's own dates, shifts and weekdays."""

from collections.abc import Iterator
from datetime import date, timedelta

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.rule import Breach, Rule


class Window(Rule):
    """The date lies within the operation's window, and shift, weekday and `not_on` agree; of several, each date.

    Without a window the plan's year is meant. Both ends of a window and of a span in `not_on` are included. Source:
    docs/formats.md#rules.
    """

    id = "window"
    title = Message("the operation's own times")
    name = Message("outside its own dates, weekdays or shifts")

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        grid, window = context.slots.grid, context.scenario.window(operation)
        slots = grid.between(window.first, window.last) & grid.in_shifts(operation.shifts)
        slots &= grid.on_weekdays(operation.weekdays) & ~grid.within(operation.not_on)
        last_start = context.scenario.span.last - timedelta(days=operation.days - 1)
        return grid.throughout(slots, operation.days) & grid.between(context.scenario.span.first, last_start)

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        dates, year = [there.day for there in operation.slots(slot)], context.scenario.span
        window = context.scenario.window(operation)
        for day in dates:
            cut = window if day not in window else year
            if day not in cut:
                values = {"day": day, "first": cut.first, "last": cut.last}
                return Message("{day} is outside the window, {first} to {last}", values)
        if operation.shifts is not None and slot.shift not in operation.shifts:
            return Message("the shift is not one of the operation's")
        for day in dates:
            if operation.weekdays is not None and day.weekday() not in operation.weekdays:
                return Message("{day} is not one of the operation's weekdays", {"day": day})
        excluded = (day for day in dates if any(day in span for span in operation.not_on))
        return Message("{day} is excluded for the operation", {"day": next(excluded, slot.day)})

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        for placement in plan.placements:
            operation = context.scenario.operations.get(placement.operation)
            if operation is None or operation.id in context.history:
                continue
            if not all(_fits(context, operation, day, shift) for day, shift in operation.slots(placement.slot)):
                text = Message("{operation} is outside its own dates, weekdays or shifts", {"operation": operation.id})
                yield Breach(self.id, (operation.id,), text)


def _fits(context: ReplanContext, operation: Operation, day: date, shift: str) -> bool:
    year = context.scenario.span
    first = max(year.first, operation.window.first) if operation.window else year.first
    last = min(year.last, operation.window.last) if operation.window else year.last
    fits = first <= day <= last and shift in [known.id for known in context.scenario.shifts]
    fits = fits and (operation.shifts is None or shift in operation.shifts)
    fits = fits and (operation.weekdays is None or day.weekday() in operation.weekdays)
    return fits and not any(span.first <= day <= span.last for span in operation.not_on)
