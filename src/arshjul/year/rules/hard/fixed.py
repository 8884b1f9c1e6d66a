"""Pins."""

from collections.abc import Iterator

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation, Staffing
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.rule import Breach, Rule


class Fixed(Rule):
    """A pinned operation stands where the coordinator has pinned it, or is unplaced.

    It counts as must. Once the operation has been hit in a replan, its pin no longer binds. Source:
    docs/formats.md#rules.
    """

    id = "fixed"
    title = Message("pinned time")
    name = Message("the operation is pinned elsewhere")

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        pin = context.pin(operation)
        if pin is None:
            return context.slots.grid.all
        return context.slots.grid.single(pin.slot) if pin.allows(Staffing(unit, operation.chosen)) else 0

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        pin = context.pin(operation)
        if pin is None:
            return self.name
        shift = context.scenario.shift(pin.slot.shift).name
        values = {"day": pin.slot.day, "shift": shift}
        if slot != pin.slot or pin.allows(Staffing(unit, operation.chosen)):
            return Message("the operation is pinned to {day}, {shift}", values)
        if pin.police in (None, unit):
            names = [context.scenario.agencies[agency].name for agency in pin.any_of or ()]
            return Message("the operation is pinned to {agencies}", {"agencies": names})
        return Message("the operation is pinned to {unit}", {"unit": context.scenario.police[pin.police or ""].name})

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        for operation in context.scenario.operations.values():
            placement = plan.placed.get(operation.id)
            fixed = operation.fixed
            if fixed is None or placement is None or operation.id in context.history:
                continue
            elsewhere = placement.slot != fixed.slot or fixed.police not in (None, placement.police)
            elsewhere = elsewhere or fixed.any_of not in (None, placement.any_of)
            if operation.id not in context.unpinned and elsewhere:
                text = Message("{operation} is pinned elsewhere", {"operation": operation.id})
                yield Breach(self.id, (operation.id,), text)
