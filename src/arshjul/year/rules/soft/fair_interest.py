"""Interest served fairly between agencies."""

from collections import defaultdict
from collections.abc import Iterator

from arshjul.errors import Message
from arshjul.year.domain.plan import Plan, Price
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.rules.builder import BoardBuilder, Sum
from arshjul.year.rules.rule import SoftRule

# The percentages of an agency's interest above which each further unserved unit costs, one price for each passed.
SHARES = (10, 25, 50)


class FairInterest(SoftRule):
    """No agency gets much less of what it is interested in than the others.

    Each unit of an agency's interest that stays unserved beyond 10 % of all its interest has a price, beyond 25 % twice
    the price, beyond 50 % three times, so that losses are shared. An agency's interest is in the operations that it
    leads or is required at, not in those where another agency of a group may be chosen instead. Source:
    docs/formats.md#rules, report 3.1.4; the shares are assumptions.
    """

    id = "fair-interest"
    title = Message("fairly served interest")
    name = Message("an agency's interest is poorly served")
    points = 1

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        columns: dict[str, Sum] = defaultdict(Sum)
        whole: dict[str, int] = defaultdict(int)
        for operation in context.scenario.planned.values():
            for agency in {*operation.agencies, operation.lead_agency}:
                interest = operation.interest_of(agency)
                whole[agency] += interest
                for mode in builder.modes[operation.id] if interest else ():
                    columns[agency].add_mode(mode, -interest)
        for agency in context.scenario.agencies:
            for share in SHARES:
                asked = whole[agency] - whole[agency] * share // 100
                if asked > 0:
                    total = columns[agency]
                    row = Sum(total.columns, total.coefficients, reach=0)
                    builder.charge(self.id, row, -asked, self.price(context))

    def prices(self, context: ReplanContext, plan: Plan) -> Iterator[Price]:
        for agency in context.scenario.agencies.values():
            served = unserved = 0
            for operation in context.scenario.planned.values():
                if agency.id == operation.lead_agency or agency.id in operation.agencies:
                    if operation.id in plan.placed:
                        served += operation.interest_of(agency.id)
                    else:
                        unserved += operation.interest_of(agency.id)
            whole = served + unserved
            beyond = sum(max(0, unserved - whole * share // 100) for share in SHARES)
            if beyond and self.price(context):
                text = Message(
                    "{agency}: {unserved} of {whole} points of interest unserved",
                    {"agency": agency.name, "unserved": unserved, "whole": whole},
                )
                yield Price(self.id, agency.id, beyond * self.price(context), text)
