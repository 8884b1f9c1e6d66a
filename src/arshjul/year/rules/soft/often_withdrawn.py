"""Days on which officers are often withdrawn."""

from collections.abc import Iterator

from arshjul.errors import Message
from arshjul.year.domain.plan import Plan, Price
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import QUALITY, BoardBuilder
from arshjul.year.rules.rule import SoftRule
from arshjul.year.texts import counted


class OftenWithdrawn(SoftRule):
    """An operation stands where the units that lend to it seldom withdraw officers.

    The number of ten such shifts that are withdrawn is learnt from the scenario's history, or given by a unit's
    `often_withdrawn` lines; each tenth has a price. Source: docs/formats.md#rules.
    """

    id = "often-withdrawn"
    title = Message("days often withdrawn")
    name = Message("days often withdrawn")
    points = 1

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        price = self.price(context)
        for mode in builder.all_modes():
            for unit in mode.operation.lent(mode.unit):
                risk = context.slots.risk.by_unit.get(unit)
                for column, slot in mode.on_slots() if risk else ():
                    if risk and risk[slot]:
                        builder.cost(QUALITY, column, price * risk[slot])

    def prices(self, context: ReplanContext, plan: Plan) -> Iterator[Price]:
        for placement in plan.placements:
            if placement.police is None:
                continue
            also = context.scenario.operations[placement.operation].police_also
            for id in dict.fromkeys((placement.police, *also)):
                slots = context.scenario.slots(placement)
                of_ten = sum(context.slots.risk.withdrawn_of_ten(id, slot) for slot in slots)
                if of_ten and self.price(context):
                    text = _told(context, placement.operation, id, of_ten)
                    yield Price(self.id, placement.operation, of_ten * self.price(context), text)


def _told(context: ReplanContext, operation: str, unit: str, of_ten: int) -> Message:
    rate = counted(
        of_ten,
        "{operation} is where {unit} withdraws one of ten",
        "{operation} is where {unit} withdraws {n} of ten",
        operation=operation,
        unit=context.scenario.police[unit].name,
    )
    return Message("{rate} ({basis})", {"rate": rate, "basis": context.slots.risk.basis})
