"""Optional agencies."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from arshjul.domain.calendar import Slot
from arshjul.domain.plan import Plan, Price
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.rules.draft import Draft, Sum
from arshjul.rules.rule import SoftRule
from arshjul.texts import counted


class OptionalAgency(SoftRule):
    """Agencies that would like to join have the teams for it; each team that lacks has a price.

    What the required ones leave of an agency's teams at a slot is there for those that would join.
    Source: contract 2.
    """

    id = "optional-agency"
    title = Message("optional agency")
    name = Message("an optional agency cannot join")
    points = 3

    def post(self, situation: Situation, draft: Draft) -> None:
        """A priced row for each agency and slot at which it might be wanted as an optional one."""
        price = self.price(situation)
        wanted: dict[str, set[int]] = defaultdict(set)
        for way in draft.all_ways():
            for agency in way.operation.optional_agencies:
                wanted[agency].update(way.slots)
        sums: dict[tuple[str, int], Sum] = defaultdict(Sum)
        for way in draft.all_ways():
            for agency, teams in (*way.operation.agencies.items(), *way.operation.optional_agencies.items()):
                slots = wanted.get(agency, ())
                for column, slot in enumerate(way.slots, way.column):
                    if slot in slots:
                        sums[agency, slot].add(way, column, teams)
        past: Counter[tuple[str, int | None]] = Counter()
        for id, placement in situation.history.items():
            for agency, teams in situation.scenario.operations[id].agencies.items():
                past[agency, situation.grid.number(placement.slot)] += teams
        for (agency, slot), total in sums.items():
            teams = max(situation.teams[agency][slot], past[agency, slot])
            draft.charge(self.id, total, teams, price)

    def prices(self, situation: Situation, plan: Plan) -> Iterator[Price]:
        """Adds up what is asked of each agency at each slot."""
        scenario = situation.scenario
        asked: Counter[tuple[str, Slot]] = Counter()
        would_join, past = set(), Counter[tuple[str, Slot]]()
        for placement in plan.placements:
            operation = scenario.operations[placement.operation]
            for agency, teams in operation.agencies.items():
                asked[agency, placement.slot] += teams
                if operation.id in situation.history:
                    past[agency, placement.slot] += teams
            for agency, teams in operation.optional_agencies.items():
                asked[agency, placement.slot] += teams
                would_join.add((agency, placement.slot))
        for agency, slot in sorted(would_join):
            offered = max(scenario.agencies[agency].offer(slot), past[agency, slot])
            missing = asked[agency, slot] - offered
            if missing > 0 and self.price(situation):
                text = counted(
                    missing,
                    "{agency} lacks one team to join on {day}",
                    "{agency} lacks {n} teams to join on {day}",
                    agency=scenario.agencies[agency].name,
                    day=slot.day,
                )
                about = f"{agency} {slot.day} {slot.shift}"
                yield Price(self.id, about, missing * self.price(situation), text)
