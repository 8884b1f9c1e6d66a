"""What has already been."""

from collections.abc import Iterator

from arshjul.domain.calendar import Slot
from arshjul.domain.grid import SlotSet
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.rules.draft import Draft
from arshjul.rules.rule import Breach, Rule


class History(Rule):
    """What started before the moment of a replan stays as it was; nothing else is put before it.

    Source: contract 3.
    """

    id = "history"
    title = Message("what has been")
    name = Message("that has already been")

    def allowed(self, situation: Situation, operation: Operation, unit: str | None) -> SlotSet:
        """Where it was; for the rest, the slots that start at the moment or later."""
        old = situation.history.get(operation.id)
        if old is not None:
            return situation.grid.single(old.slot) if old.police == unit else 0
        return situation.to_come

    def refusal(self, situation: Situation, operation: Operation, slot: Slot, unit: str | None) -> Message:
        """Whether the slot is past, or the operation is."""
        if operation.id in situation.history:
            return Message("the operation has already been carried out or begun")
        return Message("{day} has already been", {"day": slot.day})

    def post(self, situation: Situation, draft: Draft) -> None:
        """What is history may not be left out."""
        for operation in situation.history:
            draft.must_stand(operation)

    def breaches(self, situation: Situation, plan: Plan) -> Iterator[Breach]:
        """Compares old and new."""
        if situation.base is None:
            return
        for id, old in situation.base.placements.items():
            if situation.started(old) and not old.same_place(plan.placed.get(id)):
                text = Message("{operation} had begun, and is not where it was", {"operation": id})
                yield Breach(self.id, (id,), text)
        for placement in plan.placements:
            began = situation.started(placement)
            if began and not placement.same_place(situation.base.placements.get(placement.operation)):
                text = Message("{operation} is placed in the past", {"operation": placement.operation})
                yield Breach(self.id, (placement.operation,), text)
