"""What the operations of a year ask of each party, month by month, whether or not it is offered."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from arshjul.agenda.year import months
from arshjul.domain.calendar import Span
from arshjul.domain.grid import SlotSet
from arshjul.domain.operation import Operation, Staffing
from arshjul.domain.replan_context import ReplanContext
from arshjul.rules import but_for_offers

Places = Callable[[ReplanContext, Operation], Mapping[Staffing, SlotSet]]


@dataclass(frozen=True, slots=True)
class Needs:
    """Officers or teams in shifts by month: those that operations require, and those of optional agencies."""

    required: Sequence[float]
    optional: Sequence[float]


def asked(context: ReplanContext, shown: Span | None = None, places: Places = but_for_offers) -> Mapping[str, Needs]:
    """What is asked of each party in the months of the dates `shown`; None: in all of the plan.

    An operation's need is spread evenly over the slots that `places` leaves it, and over the units and agencies that
    may serve it. One with no such slot asks for nothing, nor does a reserve.
    """
    grid = context.slots.grid
    masks = [grid.between(month.first, month.last) for month in months(shown or context.scenario.span)]
    required: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(masks))
    optional: dict[str, list[float]] = defaultdict(lambda: [0.0] * len(masks))
    for operation in context.scenario.operations.values():
        found = places(context, operation)
        total = sum(slots.bit_count() for slots in found.values())
        for staffing, slots in found.items():
            days = [slots << later * len(grid.shifts) for later in range(operation.days)]
            shares = [sum((day & mask).bit_count() for day in days) / total if total else 0.0 for mask in masks]
            for into, needs in ((required, _required(operation, staffing)), (optional, operation.optional_agencies)):
                for party, need in needs.items():
                    into[party] = [sum_ + need * share for sum_, share in zip(into[party], shares, strict=True)]
    return {party: Needs(required[party], optional[party]) for party in context.scenario.parties}


def _required(operation: Operation, staffing: Staffing) -> Mapping[str, int]:
    return Counter(operation.wanted(staffing.police)) + Counter(operation.sent(staffing.any_of))
