"""Designated operation officers that are preferred."""

from collections import defaultdict
from collections.abc import Iterator

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.plan import Plan, Price
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import BoardBuilder, Sum
from arshjul.year.rules.rule import SoftRule


class DesignatedPreferred(SoftRule):
    """Operations that prefer a designated officer get one; each that does not has a price.

    Operations that require one come first. Source: docs/formats.md#rules.
    """

    id = "designated-preferred"
    title = Message("preferred designated officer")
    name = Message("no preferred designated officer")
    points = 2

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """A priced row for each unit and slot at which one might be preferred."""
        price = self.price(context)
        sums: dict[tuple[str, int], Sum] = defaultdict(Sum)
        wanted: set[tuple[str, int]] = set()
        for mode in builder.all_modes():
            if mode.operation.designated != "none" and mode.unit is not None:
                for column, slot in mode.on_slots():
                    sums[mode.unit, slot].add(mode, column, 1)
                    if mode.operation.designated == "prefer":
                        wanted.add((mode.unit, slot))
        past: dict[tuple[str | None, int | None], int] = defaultdict(int)
        for id, placement in context.history.items():
            if context.scenario.operations[id].designated == "require":
                for there in context.scenario.slots(placement):
                    past[placement.police, context.slots.grid.number(there)] += 1
        for (unit, slot), total in sums.items():
            if (unit, slot) in wanted:
                offered = max(context.slots.offers.police[unit][slot].designated, past[unit, slot])
                builder.charge(self.id, total, offered, price)

    def prices(self, context: ReplanContext, plan: Plan) -> Iterator[Price]:
        scenario = context.scenario
        preferring: dict[tuple[str, Slot], list[str]] = defaultdict(list)
        requiring: dict[tuple[str, Slot], list[str]] = defaultdict(list)
        for placement in plan.placements:
            operation = scenario.operations[placement.operation]
            if placement.police is not None and operation.designated != "none":
                kind = requiring if operation.designated == "require" else preferring
                for slot in operation.slots(placement.slot):
                    kind[placement.police, slot].append(operation.id)
        for (unit, slot), ids in sorted(preferring.items()):
            there = requiring[unit, slot]
            past = len([id for id in there if id in context.history])
            left = max(scenario.police_offer(unit, slot).designated, past) - len(there)
            without = len(ids) - left
            if without > 0 and self.price(context):
                text = Message(
                    "{unit} has no designated officer for {operations} on {day}",
                    {"unit": scenario.police[unit].name, "operations": sorted(ids), "day": slot.day},
                )
                yield Price(self.id, f"{unit} {slot.day} {slot.shift}", without * self.price(context), text)
