"""What an agency can take in a week and in a month."""

from collections import Counter, defaultdict
from collections.abc import Iterator

from arshjul.domain.plan import Plan
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.rules.draft import Draft, Sum
from arshjul.rules.rule import Breach, Rule
from arshjul.texts import Month, counted


class AgencyLoad(Rule):
    """An agency's team shifts stay within its limit of the ISO week and of the calendar month.

    A team at an operation is one team shift. Only required agencies count. Source: contract 2.
    """

    id = "agency-load"
    name = Message("an agency has no more team shifts in that week or month")

    def shortage(self, situation: Situation, about: str, missing: int) -> Message:
        """Names the agency and the week or month."""
        agency, period = about.split()
        name = situation.scenario.agencies[agency].name
        if "W" in period:
            year, week = period.split("-W")
            values = {"agency": name, "week": int(week), "year": year}
            return Message("{agency} has no team shift left in week {week} of {year}", values)
        return Message("{agency} has no team shift left in {month}", {"agency": name, "month": Month.of(period)})

    def post(self, situation: Situation, draft: Draft) -> None:
        """A row for each limited agency and week, and for each limited agency and month."""
        sums: dict[tuple[str, str], Sum] = defaultdict(Sum)
        agencies = situation.scenario.agencies
        for way in draft.all_ways():
            for agency, teams in way.operation.agencies.items():
                if agencies[agency].team_shifts_per_week is not None:
                    for column, day in enumerate(way.days, way.column):
                        sums[agency, situation.week(day)].add(way.operation.id, column, teams)
                if agencies[agency].team_shifts_per_month is not None:
                    for column, day in enumerate(way.days, way.column):
                        sums[agency, situation.month(day)].add(way.operation.id, column, teams)
        history = _history(situation)
        for (agency, period), total in sums.items():
            agreed = agencies[agency]
            limit = agreed.team_shifts_per_week if "W" in period else agreed.team_shifts_per_month
            draft.limit(self.id, f"{agency} {period}", total, max(limit or 0, history[agency, period]))

    def breaches(self, situation: Situation, plan: Plan) -> Iterator[Breach]:
        """Adds up team shifts by the dates' own week and month."""
        for agency in situation.scenario.agencies.values():
            weeks: dict[tuple[int, int], list[str]] = defaultdict(list)
            months: dict[tuple[int, int], list[str]] = defaultdict(list)
            for placement in plan.placements:
                operation = situation.scenario.operations.get(placement.operation)
                if operation is not None and operation.agencies.get(agency.id):
                    year, week, _ = placement.slot.day.isocalendar()
                    weeks[year, week].append(operation.id)
                    months[placement.slot.day.year, placement.slot.day.month].append(operation.id)
            for limit, periods in (agency.team_shifts_per_week, weeks), (agency.team_shifts_per_month, months):
                for there in periods.values() if limit is not None else ():
                    teams = {id: situation.scenario.operations[id].agencies[agency.id] for id in there}
                    before = sum(n for id, n in teams.items() if id in situation.history)
                    if sum(teams.values()) > max(limit or 0, before):
                        text = counted(
                            limit or 0,
                            "{agency} would have {used} team shifts, where one is agreed",
                            "{agency} would have {used} team shifts, where {n} are agreed",
                            agency=agency.name,
                            used=sum(teams.values()),
                        )
                        yield Breach(self.id, tuple(there), text)


def _history(situation: Situation) -> Counter[tuple[str, str]]:
    used: Counter[tuple[str, str]] = Counter()
    for id, placement in situation.history.items():
        day = situation.grid.day_number(placement.slot.day)
        for agency, teams in situation.scenario.operations[id].agencies.items():
            used[agency, situation.week(day)] += teams
            used[agency, situation.month(day)] += teams
    return used
