"""What the reader of a calendar sees of a year's visits, and among which slots they lie."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from arshjul.agenda.channel import Level
from arshjul.agenda.participants import concerns
from arshjul.agenda.party import Party
from arshjul.agenda.public_year import public_year
from arshjul.domain.calendar import Slot
from arshjul.domain.operation import Operation
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.planning.leaks.guesser import KnownTotal, Occasion, Slots

PARTS: Mapping[Level, tuple[str, ...]] = {"busy": (), "area": ("area",), "full": ("area", "sector")}
"""What each level of detail tells operations apart by."""


@dataclass(frozen=True, slots=True)
class YearSlots:
    """The slots in which an operation may come, as far as everybody knows: those of open dates, and those in use."""

    slots: tuple[Slot, ...]
    numbers: Mapping[Slot, int]
    arrays: Slots

    @classmethod
    def of(cls, scenario: Scenario, used: Iterable[Slot]) -> "YearSlots":
        """Those of a year."""
        shifts = {shift.id: number for number, shift in enumerate(scenario.shifts)}
        is_open = scenario.calendar.is_open
        there = {Slot(day, shift) for day in scenario.span.days() if is_open(day) for shift in shifts} | set(used)
        slots = tuple(sorted(there, key=lambda slot: (slot.day, shifts[slot.shift])))
        arrays = Slots(
            day=np.array([slot.day.toordinal() for slot in slots]),
            week=np.array([(slot.day.toordinal() - 1) // 7 for slot in slots]),  # day 1 of all is a Monday
            habit=np.array([slot.day.weekday() * len(shifts) + shifts[slot.shift] for slot in slots]),
            n_habits=7 * len(shifts),
        )
        return cls(slots, {slot: number for number, slot in enumerate(slots)}, arrays)


def shown_to(scenario: Scenario, plan: Plan, party: Party) -> dict[str, Slot]:
    """The first slot of each operation in the party's calendar."""
    there = (place for place in plan.placements if place.operation in scenario.operations)
    return {place.operation: place.slot for place in there if concerns(scenario, party, place)}


def occasions(scenario: Scenario, year: YearSlots, where: Mapping[str, Slot], level: Level) -> list[Occasion]:
    """The operations as the level tells them apart, in order."""
    found: dict[tuple[int, tuple[str, ...]], list[str]] = defaultdict(list)
    for id, slot in where.items():
        found[year.numbers[slot], _kind(scenario.operations[id], level)].append(id)
    return [Occasion(slot, kind, tuple(sorted(ids))) for (slot, kind), ids in sorted(found.items())]


def _kind(operation: Operation, level: Level) -> tuple[str, ...]:
    return tuple(getattr(operation, part) for part in PARTS[level])


def told_in_public(scenario: Scenario, plan: Plan, year: YearSlots) -> list[KnownTotal]:
    """The numbers of operations on the public wheels; empty if a year has too few to tell any."""
    days, found = year.arrays.day, []
    for total in (total for shown in scenario.years for total in public_year(scenario, plan, shown).totals):
        begin = int(np.searchsorted(days, total.span.first.toordinal()))
        end = int(np.searchsorted(days, total.span.last.toordinal(), side="right"))
        if total.operations is None:
            return []
        if end > begin:
            found.append(KnownTotal(begin, end, total.operations))
    return found


def with_police(scenario: Scenario, plan: Plan) -> dict[str, Slot]:
    """The first slot of each operation that the public wheel counts."""
    there = (place for place in plan.placements if place.operation in scenario.operations)
    return {place.operation: place.slot for place in there if place.police is not None}
