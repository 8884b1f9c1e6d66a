"""Even load over the year."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date

from arshjul.errors import Message
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.plan import Plan, Price
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import BoardBuilder, Sum
from arshjul.year.rules.rule import SoftRule
from arshjul.year.texts import Month


class EvenLoad(SoftRule):
    """An agency's team shifts of a month stay within its fair share; each one above has a price.

    The share is what all the operations ask of the agency, spread over the months by their open dates and rounded up;
    every agency of a group in `any_of` counts as asked. Uneven load is the agencies' first complaint. Source:
    docs/formats.md#rules; the share is an assumption.
    """

    id = "even-load"
    title = Message("even load")
    name = Message("uneven load over the year")
    points = 2

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        price = self.price(context)
        shares = _shares(context)
        sums: dict[tuple[str, str], Sum] = defaultdict(Sum)
        for mode in builder.all_modes():
            for agency, teams in mode.operation.agencies.items():
                for column, day in mode.on_dates():
                    sums[agency, context.slots.year.months[day]].add(mode, column, teams)
        for (agency, month), total in sums.items():
            builder.charge(self.id, total, shares[agency, month], price)

    def prices(self, context: ReplanContext, plan: Plan) -> Iterator[Price]:
        scenario = context.scenario
        open_days = Counter((d.year, d.month) for d in scenario.span.days() if scenario.calendar.is_open(d))
        year = max(sum(open_days.values()), 1)
        demand: Counter[str] = Counter()
        for operation in scenario.planned.values():
            for agency_id, teams in _asked(operation).items():
                demand[agency_id] += teams * operation.days
        loads: dict[str, Counter[tuple[int, int]]] = defaultdict(Counter)
        for placement in plan.placements:
            for agency_id, teams in scenario.operations[placement.operation].sent(placement.any_of).items():
                for day, _ in scenario.slots(placement):
                    loads[agency_id][day.year, day.month] += teams
        for agency in scenario.agencies.values():
            for (year_number, month), teams in sorted(loads[agency.id].items()):
                share = (demand[agency.id] * open_days[year_number, month] + year - 1) // year
                if teams > share and self.price(context):
                    when = Month(date(year_number, month, 1))
                    text = Message(
                        "{agency} has {teams} team shifts in {month}, an even share is {share}",
                        {"agency": agency.name, "teams": teams, "month": when, "share": share},
                    )
                    about = f"{agency.id} {year_number}-{month:02}"
                    yield Price(self.id, about, (teams - share) * self.price(context), text)


def _asked(operation: Operation) -> Mapping[str, int]:
    return operation.sent([agency for group in operation.any_of for agency in group.agencies])


def _shares(context: ReplanContext) -> dict[tuple[str, str], int]:
    """Each agency's share of each month, in team shifts."""
    n_shifts = len(context.slots.grid.shifts)
    open_days = Counter(
        context.slots.year.months[number // n_shifts]
        for number in context.slots.grid.numbers(context.slots.year.open)[::n_shifts]
    )
    demand: Counter[str] = Counter()
    for operation in context.scenario.planned.values():
        groups = {agency: group.teams for group in operation.any_of for agency in group.agencies}
        for agency, teams in (*operation.agencies.items(), *groups.items()):
            demand[agency] += teams * operation.days
    year = max(sum(open_days.values()), 1)
    months = {context.slots.year.months[day] for day in range(context.slots.grid.n_days)}
    return {
        (agency, month): -(-demand[agency] * open_days[month] // year)
        for agency in context.scenario.agencies
        for month in months
    }
