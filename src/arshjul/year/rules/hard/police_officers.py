"""Officers that the police lend."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import partial
from itertools import product

from arshjul.errors import Message
from arshjul.year.domain.calendar import Slot, Span, month_of
from arshjul.year.domain.extra_capacity import EXTRA_OFFICERS, extra_shifts, with_extra_capacity
from arshjul.year.domain.grid import SlotSet
from arshjul.year.domain.operation import Operation
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.rules.builder import BoardBuilder, Subject, Sum
from arshjul.year.rules.rule import Breach, Loosening, Rule, excess, too_few
from arshjul.year.texts import Month, counted


class PoliceOfficers(Rule):
    """A unit lends as many officers as are needed at each slot, and stays within its limit of a calendar month.

    The unit that serves an operation lends `officers_least`, or else `officers`; each one in `police_also` the number
    there. The month's limit is `officer_shifts_per_month`: officers times shifts. Source: docs/formats.md#rules.
    Operations that have begun keep what they used, even if less is offered now.
    """

    id = "police-officers"
    title = Message("police officers")
    name = Message("too few officers")
    of_officers = True

    def looser(self, scenario: Scenario, within: Collection[Span]) -> Iterator[Loosening]:
        """Two officers more of each unit, as many as an operation usually asks for."""
        for id, unit in scenario.police.items():
            if extra_shifts(scenario, id, within):
                values = {"n": EXTRA_OFFICERS, "party": unit.name}
                text = Message("{n} more officers of {party}", values)
                yield Loosening(id, text, partial(with_extra_capacity, party=id, within=within))

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        slots = context.slots.grid.all
        for lender, needed in operation.lent(unit).items():
            slots &= context.slots.offers.enough_officers.of(lender, needed)
        return context.slots.grid.throughout(slots, operation.days)

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        for there, (lender, needed) in product(operation.slots(slot), operation.lent(unit).items()):
            offered = context.scenario.police_offer(lender, there).officers
            if offered < needed:
                name = context.scenario.police[lender].name
                there_are = counted(offered, "{unit} offers one officer", "{unit} offers {n} officers", unit=name)
                return too_few(there_are, needed)
        return self.name

    def missing(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> int | None:
        """The number of missing officers, over all units; of each, on its worst date."""
        offer, slots = context.scenario.police_offer, operation.slots(slot)
        lent = operation.lent(unit).items()
        short = [needed - min(offer(lender, there).officers for there in slots) for lender, needed in lent]
        return None if unit is None else sum(max(n, 0) for n in short)

    def shortage(self, context: ReplanContext, subject: Subject, missing: int) -> Message:
        name = context.scenario.police[subject.party or ""].name
        if subject.month is not None:
            return counted(
                missing,
                "{unit} lacks one officer shift in {month}",
                "{unit} lacks {n} officer shifts in {month}",
                unit=name,
                month=Month(subject.month),
            )
        return counted(missing, "{unit} lacks one officer", "{unit} lacks {n} officers", unit=name)

    def post(self, context: ReplanContext, builder: BoardBuilder) -> None:
        """A capacity for each unit and shift, and a row for each month with a limit."""
        months: dict[tuple[str, date], Sum] = defaultdict(Sum)
        for mode in builder.all_modes():
            for unit, needed in mode.operation.lent(mode.unit).items():
                builder.draw(mode, self.id, unit, needed, context.slots.offers.officers[unit])
                if context.scenario.police[unit].officer_shifts_per_month is not None:
                    for column, day in mode.on_dates():
                        months[unit, context.slots.year.firsts_of_months[day]].add(mode, column, needed)
        for (unit, month), total in months.items():
            limit = context.scenario.police[unit].month_limit(month_of(month)) or 0
            builder.limit(self.id, total, limit, Subject(unit, month=month))

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        scenario = context.scenario
        at_slot: dict[tuple[str, Slot], Counter[str]] = defaultdict(Counter)
        in_month: dict[tuple[str, int, int], Counter[str]] = defaultdict(Counter)
        for placement in plan.placements:
            operation = scenario.operations.get(placement.operation)
            if placement.police is None or operation is None:
                continue
            lending = dict(operation.police_also)
            lending[placement.police] = operation.officers_least or operation.officers
            for slot, (unit, officers) in product(operation.slots(placement.slot), lending.items()):
                at_slot[unit, slot][operation.id] += officers
                in_month[unit, slot.day.year, slot.day.month][operation.id] += officers
        for (unit, slot), used in at_slot.items():
            offered = scenario.police_offer(unit, slot).officers if unit in scenario.police else 0
            yield from self._excess(context, used, offered, unit)
        for (unit, year, month), used in in_month.items():
            limit = scenario.police[unit].officer_shifts_per_month if unit in scenario.police else None
            if limit is not None:
                raised = (
                    exception.limits["officer_shifts_per_month"]
                    for exception in scenario.police[unit].load_exceptions
                    if (exception.span.first.year, exception.span.first.month) == (year, month)
                )
                yield from self._excess(context, used, max([limit, *raised]), unit)

    def _excess(self, context: ReplanContext, lent: Mapping[str, int], limit: int, unit: str) -> Iterator[Breach]:
        used = excess(context, lent, limit)
        if used is not None:
            text = counted(
                used,
                "{unit} would lend one officer, has none",
                "{unit} would lend {n} officers, has {limit}",
                unit=context.scenario.police[unit].name,
                limit=limit,
            )
            yield Breach(self.id, tuple(lent), text)
