"""Officers that an operation wants beyond those that it needs."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.plan import Plan, Price
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import BoardBuilder, Sum
from arshjul.year.rules.rule import SoftRule
from arshjul.year.texts import counted


class FewerThanWanted(SoftRule):
    """Operations that can do with fewer officers get all that they want; each missing officer has a price.

    For each unit and slot it is the number that the operations there want of the unit, `officers` or what it lends
    besides, above what the unit offers. `officers_least` is what they need, which a hard rule checks. The size is an
    assumption. Source: docs/formats.md#rules.
    """

    id = "fewer-officers"
    title = Message("fewer officers")
    name = Message("fewer officers than wanted")
    points = 2

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """A priced row for each slot of a unit that may serve an operation that can do with fewer."""
        flexible = [
            operation for operation in context.scenario.planned.values() if operation.least < operation.officers
        ]
        units = {unit for operation in flexible for unit in context.scenario.units_for(operation)}
        sums: dict[tuple[str, int], Sum] = defaultdict(Sum)
        for mode in builder.all_modes():
            for unit, officers in mode.operation.wanted(mode.unit).items():
                for column, slot in mode.on_slots() if unit in units else ():
                    sums[unit, slot].add(mode, column, officers)
        for (unit, slot), total in sums.items():
            builder.charge(self.id, total, context.slots.offers.officers[unit][slot], self.price(context))

    def prices(self, context: ReplanContext, plan: Plan) -> Iterator[Price]:
        operations = context.scenario.operations
        units = {unit for unit in context.scenario.police if self._may_serve(context, unit)}
        wanted: Counter[tuple[str, Slot]] = Counter()
        for placement in plan.placements:
            operation = operations[placement.operation]
            for slot in operation.slots(placement.slot) if placement.police is not None else ():
                wanted[placement.police or "", slot] += operation.officers
                for unit, officers in operation.police_also.items():
                    wanted[unit, slot] += 0 if unit == placement.police else officers
        for unit, slot in sorted(there for there in wanted if there[0] in units):
            missing = wanted[unit, slot] - context.scenario.police_offer(unit, slot).officers
            if missing > 0 and self.price(context):
                text = counted(
                    missing,
                    "{unit} lends one officer fewer than wanted on {day}",
                    "{unit} lends {n} officers fewer than wanted on {day}",
                    unit=context.scenario.police[unit].name,
                    day=slot.day,
                )
                yield Price(self.id, f"{unit} {slot.day} {slot.shift}", missing * self.price(context), text)

    def _may_serve(self, context: ReplanContext, unit: str) -> bool:
        scenario = context.scenario
        return any(
            operation.officers_least not in {None, operation.officers} and unit in scenario.units_for(operation)
            for operation in scenario.planned.values()
        )
