"""What has already been."""

from collections.abc import Iterator

from arshjul.domain.calendar import Slot
from arshjul.domain.grid import SlotSet
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.errors import Message
from arshjul.rules.builder import BoardBuilder
from arshjul.rules.rule import Breach, Rule


class History(Rule):
    """What started before the moment of a replan stays as it was; nothing else is put before it.

    Source: contract 3.
    """

    id = "history"
    title = Message("what has been")
    name = Message("that has already been")

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        """Where it was; for the rest, the slots that start at the moment or later."""
        old = context.history.get(operation.id)
        if old is not None:
            return context.slots.grid.single(old.slot) if old.police == unit else 0
        return context.to_come

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        """Whether the slot is past, or the operation is."""
        if operation.id in context.history:
            return Message("the operation has already been carried out or begun")
        return Message("{day} has already been", {"day": slot.day})

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """What is history may not be left out."""
        for operation in context.history:
            builder.must_stand(operation)

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        """Compares old and new."""
        if context.base is None:
            return
        for id, old in context.base.placements.items():
            if context.started(old) and not old.same_place(plan.placed.get(id)):
                text = Message("{operation} had begun, and is not where it was", {"operation": id})
                yield Breach(self.id, (id,), text)
        for placement in plan.placements:
            began = context.started(placement)
            if began and not placement.same_place(context.base.placements.get(placement.operation)):
                text = Message("{operation} is placed in the past", {"operation": placement.operation})
                yield Breach(self.id, (placement.operation,), text)
