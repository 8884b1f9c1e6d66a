"""Optional agencies."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from itertools import product

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.plan import Plan, Price
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import BoardBuilder, Mode, Sum
from arshjul.year.rules.rule import SoftRule
from arshjul.year.texts import counted


class OptionalAgency(SoftRule):
    """Agencies that would like to join have teams for it; each missing team has a price.

    Optional agencies get the teams that required ones leave at a slot; one that said no to an operation there asks for
    none. Source: docs/formats.md#rules.
    """

    id = "optional-agency"
    title = Message("optional agency")
    name = Message("an optional agency cannot join")
    points = 3

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """A priced row for each agency and slot at which it might be wanted as an optional one."""
        price = self.price(context)
        wanted: dict[str, set[int]] = defaultdict(set)
        for mode in builder.all_modes():
            for agency in mode.operation.optional_agencies:
                wanted[agency].update(slot for _, slot in _open(context, mode, agency))
        sums: dict[tuple[str, int], Sum] = defaultdict(Sum)
        for mode in builder.all_modes():
            required, optional = mode.operation.agencies, mode.operation.optional_agencies
            for agency, teams in (*required.items(), *optional.items()):
                slots = wanted.get(agency, ())
                # A refusal of an operation that has nevertheless begun frees no required team.
                for column, slot in _open(context, mode, agency) if agency in optional else mode.on_slots():
                    if slot in slots:
                        sums[agency, slot].add(mode, column, teams)
        past: Counter[tuple[str, int | None]] = Counter()
        for id, placement in context.history.items():
            sent = context.scenario.operations[id].sent(placement.any_of).items()
            for there, (agency, teams) in product(context.scenario.slots(placement), sent):
                past[agency, context.slots.grid.number(there)] += teams
        for (agency, slot), total in sums.items():
            teams = max(context.slots.year.teams[agency][slot], past[agency, slot])
            builder.charge(self.id, total, teams, price)

    def prices(self, context: ReplanContext, plan: Plan) -> Iterator[Price]:
        scenario = context.scenario
        asked: Counter[tuple[str, Slot]] = Counter()
        would_join, past = set(), Counter[tuple[str, Slot]]()
        for placement in plan.placements:
            operation = scenario.operations[placement.operation]
            slots = operation.slots(placement.slot)
            for slot, (agency, teams) in product(slots, operation.sent(placement.any_of).items()):
                asked[agency, slot] += teams
                if operation.id in context.history:
                    past[agency, slot] += teams
            for slot, (agency, teams) in product(slots, operation.optional_agencies.items()):
                if context.demands.stays_away(operation.id, agency, placement.slot):
                    continue
                asked[agency, slot] += teams
                would_join.add((agency, slot))
        for agency, slot in sorted(would_join):
            offered = max(scenario.agencies[agency].offer(slot), past[agency, slot])
            missing = asked[agency, slot] - offered
            if missing > 0 and self.price(context):
                text = counted(
                    missing,
                    "{agency} lacks one team to join on {day}",
                    "{agency} lacks {n} teams to join on {day}",
                    agency=scenario.agencies[agency].name,
                    day=slot.day,
                )
                about = f"{agency} {slot.day} {slot.shift}"
                yield Price(self.id, about, missing * self.price(context), text)


def _open(context: ReplanContext, mode: Mode, agency: str) -> Iterable[tuple[int, int]]:
    """The mode's columns with their slots, without those of places at which the agency has said no."""
    declined = _declined(context, mode.operation.id, agency)
    if not declined:
        return mode.on_slots()
    return ((column, slot) for column, slot in mode.on_slots() if mode.slots[column - mode.column] not in declined)


def _declined(context: ReplanContext, operation: str, agency: str) -> Collection[int]:
    refused = context.demands.refused.get(operation)
    if not refused:
        return ()
    noes = (answered for answered in refused if answered.party == agency)
    numbers = (None if no.slot is None else context.slots.grid.number(no.slot) for no in noes)
    return {number for number in numbers if number is not None}
