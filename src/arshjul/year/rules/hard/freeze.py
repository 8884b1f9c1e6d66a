"""The days on which a replan changes as little as possible."""

from collections.abc import Iterator

from arshjul.errors import Message
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation, Staffing
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.settings import FREEZE_DAYS
from arshjul.year.rules.builder import BoardBuilder
from arshjul.year.rules.rule import Breach, Rule


class Freeze(Rule):
    """In a replan, a near operation stays unless it is hit or tied to a hit one.

    Near is a date earlier than the replan's date plus `freeze_days`. Tied: by `same_slot_as`, or as a follow-up,
    directly or through others. Source: docs/formats.md#rules; two weeks: Arbetstidslagen 12 §.
    """

    id = "freeze"
    title = Message("frozen days")
    name = Message("the operation is within the frozen days")
    hereditary = False
    settings = (FREEZE_DAYS,)

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        old = context.frozen.get(operation.id)
        if old is None:
            return context.slots.grid.all
        return context.slots.grid.single(old.slot) if old.staffing == Staffing(unit, operation.chosen) else 0

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        for operation in (*context.frozen, *context.held):
            builder.must_stand(operation)

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        base = context.base
        if base is None:
            return
        for id, old in base.placements.items():
            ahead = (old.slot.day - base.as_of.date()).days
            free = ahead >= context.scenario.settings[FREEZE_DAYS] or id in context.loosened
            if not free and not context.started(old) and not old.same_place(plan.placed.get(id)):
                text = Message("{operation} is frozen, but has moved", {"operation": id})
                yield Breach(self.id, (id,), text)
