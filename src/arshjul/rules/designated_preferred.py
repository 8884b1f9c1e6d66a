"""Designated operation officers, where they would be good to have."""

from collections import defaultdict
from collections.abc import Iterator

from arshjul.domain.calendar import Slot
from arshjul.domain.plan import Plan, Price
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.rules.draft import Draft, Sum
from arshjul.rules.rule import SoftRule


class DesignatedPreferred(SoftRule):
    """Operations that prefer a designated officer get one; each that does not has a price.

    Those that require one come first. Source: contract 2.
    """

    id = "designated-preferred"
    title = Message("preferred designated officer")
    name = Message("no designated officer where one was preferred")
    points = 2

    def post(self, situation: Situation, draft: Draft) -> None:
        """A priced row for each unit and slot at which one might be preferred."""
        price = self.price(situation)
        sums: dict[tuple[str, int], Sum] = defaultdict(Sum)
        wanted: set[tuple[str, int]] = set()
        for way in draft.all_ways():
            if way.operation.designated != "none" and way.unit is not None:
                for column, slot in enumerate(way.slots, way.column):
                    sums[way.unit, slot].add(way, column, 1)
                if way.operation.designated == "prefer":
                    wanted.update((way.unit, slot) for slot in way.slots)
        past: dict[tuple[str | None, int | None], int] = defaultdict(int)
        for id, placement in situation.history.items():
            if situation.scenario.operations[id].designated == "require":
                past[placement.police, situation.grid.number(placement.slot)] += 1
        for (unit, slot), total in sums.items():
            if (unit, slot) in wanted:
                offered = max(situation.police[unit][slot].designated, past[unit, slot])
                draft.charge(self.id, total, offered, price)

    def prices(self, situation: Situation, plan: Plan) -> Iterator[Price]:
        """Counts who is left without at each unit and slot."""
        scenario = situation.scenario
        preferring: dict[tuple[str, Slot], list[str]] = defaultdict(list)
        requiring: dict[tuple[str, Slot], list[str]] = defaultdict(list)
        for placement in plan.placements:
            operation = scenario.operations[placement.operation]
            if placement.police is not None and operation.designated != "none":
                kind = requiring if operation.designated == "require" else preferring
                kind[placement.police, placement.slot].append(operation.id)
        for (unit, slot), ids in sorted(preferring.items()):
            there = requiring[unit, slot]
            past = len([id for id in there if id in situation.history])
            left = max(scenario.police_offer(unit, slot).designated, past) - len(there)
            without = len(ids) - left
            if without > 0 and self.price(situation):
                text = Message(
                    "{unit} has no designated officer for {operations} on {day}",
                    {"unit": scenario.police[unit].name, "operations": sorted(ids), "day": slot.day},
                )
                yield Price(self.id, f"{unit} {slot.day} {slot.shift}", without * self.price(situation), text)
