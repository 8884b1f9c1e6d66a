"""Placements before the moment of planning."""

from collections.abc import Iterator

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation, Staffing
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import BoardBuilder
from arshjul.year.rules.rule import Breach, Rule


class NotPast(Rule):
    """Nothing is placed before the moment of planning; in a replan, operations that have begun stay.

    An operation that was called off did not begin: it does not stay, and is not placed on that date again. Source: a
    plan is for the future, and records of the past what was planned then.
    """

    id = "not-past"
    title = Message("the past")
    name = Message("the slot is past")
    hereditary = False

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        old = context.history.get(operation.id)
        if old is not None:
            return context.slots.grid.single(old.slot) if old.staffing == Staffing(unit, operation.chosen) else 0
        slots = context.to_come
        for day in context.demands.called_off.get(operation.id, ()):
            slots &= ~context.slots.grid.between(day, day)
        return slots

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        if operation.id in context.history:
            return Message("the operation has already begun")
        if context.demands.is_called_off(operation.id, slot.day):
            return Message("it was called off on {day}", {"day": slot.day})
        return Message("{day} is past", {"day": slot.day})

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        for operation in context.history:
            builder.must_stand(operation)

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        for id, old in context.before.items():
            if context.demands.is_called_off(id, old.slot.day):
                continue
            if context.started(old) and not old.same_place(plan.placed.get(id)):
                text = Message("{operation} had begun, but has moved", {"operation": id})
                yield Breach(self.id, (id,), text)
        for placement in plan.placements:
            id, day = placement.operation, placement.slot.day
            if context.demands.is_called_off(id, day):
                text = Message("{operation} was called off on {day}, but lies there", {"operation": id, "day": day})
                yield Breach(self.id, (id,), text)
                continue
            began = context.started(placement)
            if began and not placement.same_place(context.old(placement.operation)):
                text = Message("{operation} lies in the past", {"operation": placement.operation})
                yield Breach(self.id, (placement.operation,), text)
