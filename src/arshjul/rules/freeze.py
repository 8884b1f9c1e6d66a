"""The days that stand still."""

from collections.abc import Iterator

from arshjul.domain.grid import SlotSet
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan
from arshjul.domain.settings import FREEZE_DAYS
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.rules.draft import Draft
from arshjul.rules.rule import Breach, Rule


class Freeze(Rule):
    """In a replan, what is neither hit nor tied to a hit one stays if its date is near.

    Near is a date earlier than the replan's date plus `freeze_days`. Tied: by `same_slot_as`, or as a
    follow-up, directly or through others. Source: contract 3; two weeks: Arbetstidslagen 12 §.
    """

    id = "freeze"
    title = Message("frozen days")
    name = Message("the operation is too near to be moved")
    settings = (FREEZE_DAYS,)

    def allowed(self, situation: Situation, operation: Operation, unit: str | None) -> SlotSet:
        """Where it was, if it is frozen."""
        old = situation.frozen.get(operation.id)
        if old is None:
            return situation.grid.all
        return situation.grid.single(old.slot) if old.police == unit else 0

    def post(self, situation: Situation, draft: Draft) -> None:
        """What is frozen may not be left out, nor what is held."""
        for operation in (*situation.frozen, *situation.held):
            draft.must_stand(operation)

    def breaches(self, situation: Situation, plan: Plan) -> Iterator[Breach]:
        """Compares old and new."""
        base = situation.base
        if base is None:
            return
        for id, old in base.placements.items():
            ahead = (old.slot.day - base.as_of.date()).days
            free = ahead >= situation.scenario.settings[FREEZE_DAYS] or id in situation.loosened
            if not free and not situation.started(old) and not old.same_place(plan.placed.get(id)):
                text = Message("{operation} is frozen, and is not where it was", {"operation": id})
                yield Breach(self.id, (id,), text)
