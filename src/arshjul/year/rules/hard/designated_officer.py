"""Designated operation officers that are required."""

from collections.abc import Iterator

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import BoardBuilder, Subject
from arshjul.year.rules.rule import Breach, Rule, excess
from arshjul.year.texts import counted


class DesignatedOfficer(Rule):
    """A unit's operations at a slot require no more designated officers than it offers there.

    One designated officer (insatspolis) serves one operation. Source: docs/formats.md#rules; report 3.2, proposal 6.
    """

    id = "designated-officer"
    title = Message("designated officer")
    name = Message("no designated officer")
    of_officers = True

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        if operation.designated != "require" or unit is None:
            return context.slots.grid.all
        return context.slots.grid.throughout(context.slots.offers.slots_with_designated(unit), operation.days)

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        name = context.scenario.police[unit].name if unit else ""
        return Message("{unit} offers no designated officer", {"unit": name})

    def missing(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> int | None:
        return None if unit is None else 1

    def shortage(self, context: ReplanContext, subject: Subject, missing: int) -> Message:
        unit = context.scenario.police[subject.party or ""].name
        return Message("{unit} has its designated officers elsewhere", {"unit": unit})

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        for mode in builder.all_modes():
            if mode.operation.designated == "require" and mode.unit is not None:
                builder.draw(mode, self.id, mode.unit, 1, context.slots.offers.designated[mode.unit])

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        there: dict[tuple[str, Slot], list[str]] = {}
        for placement in plan.placements:
            operation = context.scenario.operations.get(placement.operation)
            if operation is None or operation.designated != "require":
                continue
            if placement.police is not None and placement.police in context.scenario.police:
                for slot in operation.slots(placement.slot):
                    there.setdefault((placement.police, slot), []).append(operation.id)
        for (unit, slot), ids in there.items():
            offered = context.scenario.police_offer(unit, slot).designated
            if excess(context, dict.fromkeys(ids, 1), offered) is not None:
                text = counted(
                    offered,
                    "{unit} offers one designated officer, more are needed",
                    "{unit} offers {n} designated officers, more are needed",
                    unit=context.scenario.police[unit].name,
                )
                yield Breach(self.id, tuple(ids), text)
