"""Answers of parties to a proposal, and changes that are taken back."""

from collections.abc import Iterator

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.entries.answer import Answered
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation, Placement, Staffing
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import BoardBuilder
from arshjul.year.rules.rule import Breach, Rule


class Answers(Rule):
    """In a replan, an operation to which all participants said yes stands as proposed; a no keeps a party away.

    The yes binds the replan that takes it in, the no that one and all later ones. An operation whose change is taken
    back stands where it stood before. If not all these places can be held, as few as possible yield. Source:
    docs/formats.md#withdrawals-and-changes.
    """

    id = "answers"
    title = Message("answers")
    name = Message("a participant has said no")
    hereditary = False

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        """The agreed or former place alone; without one, all slots that nobody refused."""
        grid, refused = context.slots.grid, 0
        if operation.id in context.history:
            return grid.all
        for no in context.demands.refused.get(operation.id, ()):
            if no.slot is not None and (no.party in operation.agencies or no.party == operation.lead_agency):
                refused |= grid.between(no.slot.day, no.slot.day)
            if no.slot is not None and no.party in operation.lent(unit):
                refused |= grid.single(no.slot)
        slots = grid.throughout(grid.all & ~refused, operation.days)
        held = context.settled_places.get(operation.id)
        if held is None:
            return slots
        return slots & grid.single(held.slot) if held.staffing == Staffing(unit, operation.chosen) else 0

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        scenario = context.scenario
        no = _no(context, operation, Placement(operation.id, slot, unit, any_of=operation.chosen))
        if no is not None and no.slot is not None:
            return Message("{party} has said no to {day}, {shift}", _said(context, no, no.slot))
        held = context.settled_places.get(operation.id)
        if held is None:
            return self.name
        values = {"day": held.slot.day, "shift": scenario.shift(held.slot.shift).name}
        if operation.id in context.demands.restored:
            return Message("its change is undone: back to {day}, {shift}", values)
        return Message("all participants have agreed to {day}, {shift}", values)

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        for operation in context.settled_places:
            builder.must_stand(operation)

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        for placement in plan.placements:
            operation = context.scenario.operations.get(placement.operation)
            if operation is None or operation.id in context.history:
                continue
            no = _no(context, operation, placement)
            if no is not None and no.slot is not None:
                text = Message(
                    "{operation}: {party} has said no to {day}, {shift}",
                    {"operation": operation.id, **_said(context, no, no.slot)},
                )
                yield Breach(self.id, (operation.id,), text)
        for id, held in context.settled_places.items():
            if not held.same_place(plan.placed.get(id)):
                text = Message("{operation} is not where all agreed", {"operation": id})
                if id in context.demands.restored:
                    text = Message("{operation} is not back where it was", {"operation": id})
                yield Breach(self.id, (id,), text)


def _no(context: ReplanContext, operation: Operation, placement: Placement) -> Answered | None:
    """The first refusal that the placement breaks; None: it breaks none."""
    for no in context.demands.refused.get(operation.id, ()):
        joins = no.party in placement.optional_agencies and no.slot == placement.slot
        if joins or no.keeps_away(operation, placement):
            return no
    return None


def _said(context: ReplanContext, no: Answered, slot: Slot) -> dict[str, object]:
    scenario = context.scenario
    party = scenario.parties.get(no.party)
    shift = next((shift.name for shift in scenario.shifts if shift.id == slot.shift), slot.shift)
    return {"party": no.party if party is None else party.name, "day": slot.day, "shift": shift}
