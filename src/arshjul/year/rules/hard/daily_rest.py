"""Rest between shifts."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta

from arshjul.errors import Message
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.settings import DAILY_REST_HOURS
from arshjul.year.rules.builder import BoardBuilder, Subject, Sum
from arshjul.year.rules.rule import Breach, Rule, excess
from arshjul.year.texts import counted


class DailyRest(Rule):
    """No more teams of an agency are taken at once than it has staff for.

    A team is taken from its shift's start until `daily_rest_hours` after its end, in real hours: after an evening until
    22:00, 11 hours let it start at 09:00. Source: docs/formats.md#rules; 11 hours: Arbetstidslagen 13 §.
    """

    id = "daily-rest"
    title = Message("daily rest")
    name = Message("an agency's teams must rest")
    settings = (DAILY_REST_HOURS,)

    def shortage(self, context: ReplanContext, subject: Subject, missing: int) -> Message:
        agency = context.scenario.agencies[subject.party or ""].name
        return Message("{agency} must rest between operations", {"agency": agency})

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """A row for each agency and each largest set of slots that take teams at one moment."""
        if not context.scenario.settings[DAILY_REST_HOURS]:
            return
        sets_of, agencies = context.slots.year.taken_together, context.scenario.agencies
        # Most sets hold few teams and can never exceed the limit: adding them up is enough to rule them out.
        at_most: dict[str, Counter[int]] = defaultdict(Counter)
        for mode in builder.all_modes():
            touched = [number for _, slot in mode.on_slots() for number in sets_of[slot]]
            for agency, teams in mode.operation.agencies.items():
                reach = at_most[agency]
                for number in touched:
                    reach[number] += teams
        sums: dict[tuple[str, int], Sum] = defaultdict(Sum)
        for mode in builder.all_modes():
            for agency, teams in mode.operation.agencies.items():
                reach, staff = at_most[agency], agencies[agency].staff_teams
                for column, slot in mode.on_slots():
                    for number in sets_of[slot]:
                        if reach[number] > staff:
                            sums[agency, number].add(mode, column, teams)
        for (agency, _), total in sums.items():
            builder.limit(self.id, total, agencies[agency].staff_teams, Subject(agency))

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        """Sweeps over the starts and ends of each agency's teams in order of time."""
        scenario = context.scenario
        if not scenario.settings[DAILY_REST_HOURS]:
            return
        rest = timedelta(hours=scenario.settings[DAILY_REST_HOURS])
        events: dict[str, list[tuple[datetime, str, int]]] = defaultdict(list)
        for placement in plan.placements:
            operation = scenario.operations.get(placement.operation)
            sent = {} if operation is None else operation.sent(placement.any_of)
            for starts, ends in map(scenario.moments, scenario.slots(placement)):
                for agency_id, teams in sent.items():
                    events[agency_id].append((starts, placement.operation, teams))
                    events[agency_id].append((ends + rest, placement.operation, -teams))
        for agency in scenario.agencies.values():
            taken: Counter[str] = Counter()
            # At one moment, teams that have rested come before teams that start.
            for _, id, teams in sorted(events[agency.id], key=lambda event: (event[0], event[2] > 0, *event)):
                taken[id] += teams
                if teams < 0:
                    continue
                used = excess(context, taken, agency.staff_teams)
                if used is not None:
                    text = counted(
                        used,
                        "{agency} would need one team for the daily rest, has none",
                        "{agency} would need {n} teams for the daily rest, has {limit}",
                        agency=agency.name,
                        limit=agency.staff_teams,
                    )
                    yield Breach(self.id, tuple(+taken), text)
