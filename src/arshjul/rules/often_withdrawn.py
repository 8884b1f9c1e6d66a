"""Days that the past says are often withdrawn."""

from collections.abc import Iterator

from arshjul.domain.plan import Plan, Price
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.rules.draft import QUALITY, Draft
from arshjul.rules.rule import SoftRule
from arshjul.texts import counted


class OftenWithdrawn(SoftRule):
    """An operation stands where the police seldom take officers back.

    A unit's `often_withdrawn` lines tell how many of ten such offered shifts were withdrawn in the past;
    each tenth has a price. Source: contract 2.
    """

    id = "often-withdrawn"
    title = Message("days that are often withdrawn")
    name = Message("often withdrawn in the past")
    points = 1

    def post(self, situation: Situation, draft: Draft) -> None:
        """A cost on each column at such a slot."""
        price = self.price(situation)
        for way in draft.all_ways():
            if way.unit is not None:
                risk = situation.risk.get(way.unit)
                for column, slot in enumerate(way.slots, way.column) if risk else ():
                    if risk and risk[slot]:
                        draft.cost(QUALITY, column, price * risk[slot])

    def prices(self, situation: Situation, plan: Plan) -> Iterator[Price]:
        """Asks the unit for each placement."""
        for placement in plan.placements:
            if placement.police is None:
                continue
            unit = situation.scenario.police[placement.police]
            of_ten = unit.withdrawn_of_ten(placement.slot)
            if of_ten and self.price(situation):
                text = counted(
                    of_ten,
                    "{operation} stands where {unit} has withdrawn one of ten",
                    "{operation} stands where {unit} has withdrawn {n} of ten",
                    operation=placement.operation,
                    unit=unit.name,
                )
                yield Price(self.id, placement.operation, of_ten * self.price(situation), text)
