"""Officers that the police lend."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from arshjul.domain.calendar import Slot
from arshjul.domain.grid import SlotSet
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.errors import Message
from arshjul.rules.builder import BoardBuilder, Sum
from arshjul.rules.rule import Breach, Rule, excess
from arshjul.rules.subject import Subject
from arshjul.texts import Month, counted


class PoliceOfficers(Rule):
    """A unit lends as many officers as are needed at each slot, and over a calendar month.

    Needed are `officers_least`, or else `officers`. The month's limit is `officer_shifts_per_month`:
    officers times shifts. What started before a
    replan keeps what it used, also where less is offered now. Source: docs/formats.md#rules.
    """

    id = "police-officers"
    title = Message("police officers")
    name = Message("the police do not have the officers")

    def allowed(self, context: ReplanContext, operation: Operation, unit: str | None) -> SlotSet:
        """The slots at which the unit offers as many as the operation needs."""
        if unit is None:
            return context.slots.grid.all
        return context.slots.slots_with_officers(unit, operation.least)

    def refusal(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> Message:
        """Says how many are missing."""
        if unit is None:
            return self.name
        offered = context.scenario.police_offer(unit, slot).officers
        return counted(
            offered,
            "{unit} offers one officer, {needed} are needed",
            "{unit} offers {n} officers, {needed} are needed",
            unit=context.scenario.police[unit].name,
            needed=operation.least,
        )

    def missing(self, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> int | None:
        """Officers."""
        return None if unit is None else operation.least - context.scenario.police_offer(unit, slot).officers

    def shortage(self, context: ReplanContext, subject: Subject, missing: int) -> Message:
        """Names the unit."""
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
        """A capacity for each unit and shift, and a row for each month that is limited."""
        months: dict[tuple[str, date], Sum] = defaultdict(Sum)
        for mode in builder.all_modes():
            if mode.unit is None:
                continue
            builder.draw(mode, self.id, mode.unit, mode.operation.least, context.slots.officers[mode.unit])
            if context.scenario.police[mode.unit].officer_shifts_per_month is not None:
                for column, day in enumerate(mode.days, mode.column):
                    months[mode.unit, context.slots.first_of_month(day)].add(mode, column, mode.operation.least)
        for (unit, month), total in months.items():
            limit = context.scenario.police[unit].officer_shifts_per_month or 0
            builder.limit(self.id, total, limit, Subject(unit, month=month))

    def breaches(self, context: ReplanContext, plan: Plan) -> Iterator[Breach]:
        """Adds up officers by slot and by month."""
        scenario = context.scenario
        at_slot: dict[tuple[str, Slot], list[str]] = defaultdict(list)
        in_month: dict[tuple[str, int, int], list[str]] = defaultdict(list)
        for placement in plan.placements:
            if placement.police is not None and placement.operation in scenario.operations:
                day = placement.slot.day
                at_slot[placement.police, placement.slot].append(placement.operation)
                in_month[placement.police, day.year, day.month].append(placement.operation)
        for (unit, slot), there in at_slot.items():
            offered = scenario.police_offer(unit, slot).officers if unit in scenario.police else 0
            yield from self._excess(context, there, offered, unit)
        for (unit, _, _), there in in_month.items():
            limit = scenario.police[unit].officer_shifts_per_month if unit in scenario.police else None
            if limit is not None:
                yield from self._excess(context, there, limit, unit)

    def _excess(self, context: ReplanContext, there: list[str], limit: int, unit: str) -> Iterator[Breach]:
        operations = context.scenario.operations
        used = excess(context, {id: operations[id].least for id in there}, limit)
        if used is not None:
            text = counted(
                limit,
                "{unit} would lend {used} officers, but has one",
                "{unit} would lend {used} officers, but has {n}",
                unit=context.scenario.police[unit].name,
                used=used,
            )
            yield Breach(self.id, tuple(there), text)
