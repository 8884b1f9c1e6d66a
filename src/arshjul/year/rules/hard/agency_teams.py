"""Teams that the agencies can send."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import partial
from itertools import product

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.extra_capacity import extra_shifts, with_extra_capacity
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.rules.builder import BoardBuilder, Subject
from arshjul.year.rules.rule import Breach, Loosening, Rule, excess, too_few
from arshjul.year.texts import counted


class AgencyTeams(Rule):
    """An agency sends no more teams to a slot than it offers there.

    Required agencies come first; optional ones join if teams are left. Source: docs/formats.md#rules.
    """

    id = "agency-teams"
    title = Message("agencies' teams")
    name = Message("an agency has no team free")

    def looser(self, scenario: Scenario, within: Collection[Span]) -> Iterator[Loosening]:
        for id, agency in scenario.agencies.items():
            if extra_shifts(scenario, id, within):
                text = Message("One more team of {party}", {"party": agency.name})
                yield Loosening(id, text, partial(with_extra_capacity, party=id, within=within))

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        slots = context.slots.grid.all
        for agency, teams in operation.agencies.items():
            slots &= context.slots.year.enough_teams.of(agency, teams)
        return context.slots.grid.throughout(slots, operation.days)

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        for there, (id, teams) in product(operation.slots(slot), operation.agencies.items()):
            agency = context.scenario.agencies[id]
            offered = agency.offer(there)
            if offered < teams:
                there_are = counted(offered, "{agency} has one team", "{agency} has {n} teams", agency=agency.name)
                return too_few(there_are, teams)
        return self.name

    def missing(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> int | None:
        """The number of missing teams, over all agencies that are short; of each, on its worst date."""
        agencies, slots = context.scenario.agencies, operation.slots(slot)
        fewest = {agency: min(agencies[agency].offer(there) for there in slots) for agency in operation.agencies}
        return sum(max(0, teams - fewest[agency]) for agency, teams in operation.agencies.items())

    def shortage(self, context: ReplanContext, subject: Subject, missing: int) -> Message:
        agency = context.scenario.agencies[subject.party or ""].name
        return counted(missing, "{agency} lacks one team", "{agency} lacks {n} teams", agency=agency)

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        for mode in builder.all_modes():
            for agency, teams in mode.operation.agencies.items():
                builder.draw(mode, self.id, agency, teams, context.slots.year.teams[agency])

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        """Adds up the teams of each slot, required ones first, then those that join."""
        required: dict[tuple[str, Slot], list[tuple[str, int]]] = defaultdict(list)
        joining: dict[tuple[str, Slot], list[tuple[str, int]]] = defaultdict(list)
        for placement in plan.placements:
            operation = context.scenario.operations.get(placement.operation)
            if operation is None:
                continue
            for slot in operation.slots(placement.slot):
                for agency, teams in operation.sent(placement.any_of).items():
                    required[agency, slot].append((operation.id, teams))
                for agency in placement.optional_agencies:
                    joining[agency, slot].append((operation.id, operation.optional_agencies.get(agency, 0)))
        for agency, slot in sorted(required.keys() | joining.keys()):
            if agency not in context.scenario.agencies:
                continue
            offered = context.scenario.agencies[agency].offer(slot)
            here = required[agency, slot]
            everyone = here + joining[agency, slot]
            if sum(teams for _, teams in everyone) <= offered:
                continue
            for there in (here, everyone):
                used = excess(context, dict(there), offered)
                if used is not None:
                    text = counted(
                        used,
                        "{agency} would send one team, has none",
                        "{agency} would send {n} teams, has {limit}",
                        agency=context.scenario.agencies[agency].name,
                        limit=offered,
                    )
                    yield Breach(self.id, tuple(id for id, _ in there), text)
                    break
