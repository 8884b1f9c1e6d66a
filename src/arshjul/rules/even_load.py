"""Even load over the year."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date

from arshjul.domain.plan import Plan, Price
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.rules.draft import Draft, Sum
from arshjul.rules.rule import SoftRule
from arshjul.texts import Month


class EvenLoad(SoftRule):
    """An agency's team shifts of a month stay within its fair share; each one above has a price.

    The share is what all the operations ask of the agency, spread over the months by their open
    dates and rounded up. It is what agencies complain of first. Source: contract 2; the share is an
    assumption.
    """

    id = "even-load"
    title = Message("even load")
    name = Message("uneven load over the year")
    points = 2

    def post(self, situation: Situation, draft: Draft) -> None:
        """A priced row for each agency and month."""
        price = self.price(situation)
        shares = _shares(situation)
        sums: dict[tuple[str, str], Sum] = defaultdict(Sum)
        for way in draft.all_ways():
            for agency, teams in way.operation.agencies.items():
                for column, day in enumerate(way.days, way.column):
                    sums[agency, situation.month(day)].add(way, column, teams)
        for (agency, month), total in sums.items():
            draft.charge(self.id, total, shares[agency, month], price)

    def prices(self, situation: Situation, plan: Plan) -> Iterator[Price]:
        """Adds up the team shifts of each month."""
        scenario = situation.scenario
        open_days = Counter((d.year, d.month) for d in scenario.span.days() if scenario.calendar.is_open(d))
        year = max(sum(open_days.values()), 1)
        for agency in scenario.agencies.values():
            demand = sum(o.agencies[agency.id] for o in scenario.operations.values() if agency.id in o.agencies)
            load: Counter[tuple[int, int]] = Counter()
            for placement in plan.placements:
                teams = scenario.operations[placement.operation].agencies.get(agency.id, 0)
                load[placement.slot.day.year, placement.slot.day.month] += teams
            for (year_number, month), teams in sorted(load.items()):
                share = (demand * open_days[year_number, month] + year - 1) // year
                if teams > share and self.price(situation):
                    text = Message(
                        "{agency} has {teams} team shifts in {month}, its even share is {share}",
                        {
                            "agency": agency.name,
                            "teams": teams,
                            "month": Month(date(year_number, month, 1)),
                            "share": share,
                        },
                    )
                    about = f"{agency.id} {year_number}-{month:02}"
                    yield Price(self.id, about, (teams - share) * self.price(situation), text)


def _shares(situation: Situation) -> dict[tuple[str, str], int]:
    """Each agency's share of each month, in team shifts."""
    n_shifts = len(situation.grid.shifts)
    open_days = Counter(
        situation.month(number // n_shifts) for number in situation.grid.numbers(situation.open)[::n_shifts]
    )
    demand: Counter[str] = Counter()
    for operation in situation.scenario.operations.values():
        demand.update(operation.agencies)
    year = max(sum(open_days.values()), 1)
    months = {situation.month(day) for day in range(situation.grid.n_days)}
    return {(agency, month): -(-demand[agency] * open_days[month] // year) for agency in demand for month in months}
