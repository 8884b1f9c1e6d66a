"""Officers that the police lend."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from arshjul.domain.calendar import Slot
from arshjul.domain.grid import SlotSet
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan
from arshjul.domain.situation import Situation
from arshjul.errors import Message
from arshjul.rules.draft import Draft, Sum
from arshjul.rules.rule import Breach, Rule, excess
from arshjul.rules.subject import Subject
from arshjul.texts import Month, counted


class PoliceOfficers(Rule):
    """A unit lends no more officers than it offers, at any slot, nor over a calendar month.

    The month's limit is `officer_shifts_per_month`: officers times shifts. What started before a
    replan keeps what it used, also where less is offered now. Source: contract 2 and 3.
    """

    id = "police-officers"
    title = Message("police officers")
    name = Message("the police do not have the officers")

    def allowed(self, situation: Situation, operation: Operation, unit: str | None) -> SlotSet:
        """The slots at which the unit offers as many as the operation needs."""
        if unit is None:
            return situation.grid.all
        return situation.slots_with_officers(unit, operation.officers)

    def refusal(self, situation: Situation, operation: Operation, slot: Slot, unit: str | None) -> Message:
        """Says how many are missing."""
        if unit is None:
            return self.name
        offered = situation.scenario.police_offer(unit, slot).officers
        return counted(
            offered,
            "{unit} offers one officer, {needed} are needed",
            "{unit} offers {n} officers, {needed} are needed",
            unit=situation.scenario.police[unit].name,
            needed=operation.officers,
        )

    def missing(self, situation: Situation, operation: Operation, slot: Slot, unit: str | None) -> int | None:
        """Officers."""
        return None if unit is None else operation.officers - situation.scenario.police_offer(unit, slot).officers

    def shortage(self, situation: Situation, subject: Subject, missing: int) -> Message:
        """Names the unit."""
        name = situation.scenario.police[subject.party or ""].name
        if subject.month is not None:
            return counted(
                missing,
                "{unit} lacks one officer shift in {month}",
                "{unit} lacks {n} officer shifts in {month}",
                unit=name,
                month=Month(subject.month),
            )
        return counted(missing, "{unit} lacks one officer", "{unit} lacks {n} officers", unit=name)

    def post(self, situation: Situation, draft: Draft) -> None:
        """A capacity for each unit and shift, and a row for each month that is limited."""
        months: dict[tuple[str, date], Sum] = defaultdict(Sum)
        for way in draft.all_ways():
            if way.unit is None:
                continue
            draft.draw(way, self.id, way.unit, way.operation.officers, situation.officers[way.unit])
            if situation.scenario.police[way.unit].officer_shifts_per_month is not None:
                for column, day in enumerate(way.days, way.column):
                    months[way.unit, situation.first_of_month(day)].add(way, column, way.operation.officers)
        for (unit, month), total in months.items():
            limit = situation.scenario.police[unit].officer_shifts_per_month or 0
            draft.limit(self.id, total, limit, Subject(unit, month=month))

    def breaches(self, situation: Situation, plan: Plan) -> Iterator[Breach]:
        """Adds up officers by slot and by month."""
        scenario = situation.scenario
        at_slot: dict[tuple[str, Slot], list[str]] = defaultdict(list)
        in_month: dict[tuple[str, int, int], list[str]] = defaultdict(list)
        for placement in plan.placements:
            if placement.police is not None and placement.operation in scenario.operations:
                day = placement.slot.day
                at_slot[placement.police, placement.slot].append(placement.operation)
                in_month[placement.police, day.year, day.month].append(placement.operation)
        for (unit, slot), there in at_slot.items():
            offered = scenario.police_offer(unit, slot).officers if unit in scenario.police else 0
            yield from self._excess(situation, there, offered, unit)
        for (unit, _, _), there in in_month.items():
            limit = scenario.police[unit].officer_shifts_per_month if unit in scenario.police else None
            if limit is not None:
                yield from self._excess(situation, there, limit, unit)

    def _excess(self, situation: Situation, there: list[str], limit: int, unit: str) -> Iterator[Breach]:
        operations = situation.scenario.operations
        used = excess(situation, {id: operations[id].officers for id in there}, limit)
        if used is not None:
            text = counted(
                limit,
                "{unit} would lend {used} officers, but has one",
                "{unit} would lend {used} officers, but has {n}",
                unit=unit,
                used=used,
            )
            yield Breach(self.id, tuple(there), text)
