"""What stands before anything is placed: the scenario, and on a replan what it starts from.

Rules judge placements in a situation. It numbers the slots, spreads the availability lines over
them once, and knows which operations of the old plan are history, hit, tied to a hit one, or frozen.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TypeVar

from arshjul.domain.calendar import Slot, Week
from arshjul.domain.grid import Grid, SlotSet
from arshjul.domain.operation import Operation
from arshjul.domain.parties import Matching, Offer
from arshjul.domain.plan import Base, Placement
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import DAILY_REST_HOURS, FREEZE_DAYS

_Thing = TypeVar("_Thing")


@dataclass(frozen=True)
class Situation:
    """A scenario (withdrawals applied) and the base of a replan, None for a first plan.

    `held` are operations of the base that are looked past: no rule binds them to their place, but
    this once nothing else is tried for them.
    Not slotted: what is derived from it is worked out once, when first asked for.
    """

    scenario: Scenario
    base: Base | None = None
    unpinned: frozenset[str] = field(default_factory=frozenset)
    held: frozenset[str] = field(default_factory=frozenset)

    def holding(self, operations: frozenset[str]) -> "Situation":
        """The same, with some operations held where they are; what is worked out already is shared."""
        other = replace(self, held=operations)
        for name in (
            "grid",
            "open",
            "police",
            "officers",
            "designated",
            "teams",
            "taken_hours",
            "history",
            "frozen",
            "loosened",
            "risk",
            "later",
        ):
            other.__dict__[name] = getattr(self, name)
        return other

    @cached_property
    def grid(self) -> Grid:
        """The numbered slots."""
        return Grid(self.scenario.span, self.scenario.shifts)

    @cached_property
    def open(self) -> SlotSet:
        """The slots of open dates."""
        slots = 0
        for day in self.scenario.span.days():
            if self.scenario.calendar.is_open(day):
                slots |= self.grid.between(day, day)
        return slots

    @cached_property
    def police(self) -> Mapping[str, list[Offer]]:
        """Each unit's offer by slot number, less what was taken back."""
        offers = {}
        for unit in self.scenario.police.values():
            row = [Offer()] * self.grid.size
            for line in unit.officers:
                for number in self.numbers_matching(line.when):
                    old = row[number]
                    if not line.at_most:
                        row[number] = Offer(line.officers, line.designated or 0)
                    else:
                        fewer = old.designated if line.designated is None else min(old.designated, line.designated)
                        row[number] = Offer(min(old.officers, line.officers), fewer)
            for taken in self.scenario.taken:
                if unit.id in taken.police:
                    days = self.grid.between(taken.first, taken.last or self.scenario.span.last)
                    for number in self.grid.numbers(days & self.grid.in_shifts(taken.shifts)):
                        old, left = row[number], taken.officers_left
                        row[number] = Offer(min(old.officers, left), min(old.designated, left))
            offers[unit.id] = row
        return offers

    @cached_property
    def teams(self) -> Mapping[str, list[int]]:
        """Each agency's teams by slot number."""
        offers = {}
        for agency in self.scenario.agencies.values():
            row = [0] * self.grid.size
            for line in agency.teams:
                for number in self.numbers_matching(line.when):
                    row[number] = min(row[number], line.teams) if line.at_most else line.teams
            offers[agency.id] = row
        return offers

    @cached_property
    def risk(self) -> Mapping[str, list[int]]:
        """By unit that has such lines, and slot number: how many of ten offers the past has seen withdrawn."""
        risks = {}
        for unit in self.scenario.police.values():
            if unit.often_withdrawn:
                row = risks[unit.id] = [0] * self.grid.size
                for line in unit.often_withdrawn:
                    for number in self.numbers_matching(line.when):
                        row[number] = line.of_ten
        return risks

    @cached_property
    def _months(self) -> list[str]:
        return [f"{day:%Y-%m}" for day in self.scenario.span.days()]

    @cached_property
    def _firsts_of_months(self) -> list[date]:
        return [day.replace(day=1) for day in self.scenario.span.days()]

    @cached_property
    def _weeks(self) -> list[Week]:
        return [Week(*day.isocalendar()[:2]) for day in self.scenario.span.days()]

    def month(self, day: int) -> str:
        """The calendar month of a day number: "2027-03"."""
        return self._months[day]

    def first_of_month(self, day: int) -> date:
        """The calendar month of a day number, as its first date."""
        return self._firsts_of_months[day]

    def week(self, day: int) -> Week:
        """The ISO week of a day number."""
        return self._weeks[day]

    def by_day(self, row: Sequence[_Thing], shift: str) -> Sequence[_Thing]:
        """A row by slot number, read as one by day number in one shift."""
        first = next(number for number, known in enumerate(self.grid.shifts) if known.id == shift)
        return row[first :: len(self.grid.shifts)]

    @cached_property
    def officers(self) -> Mapping[str, list[int]]:
        """Each unit's officers by slot number, less what was taken back."""
        return {unit: [offer.officers for offer in offers] for unit, offers in self.police.items()}

    @cached_property
    def designated(self) -> Mapping[str, list[int]]:
        """Each unit's designated officers by slot number, less what was taken back."""
        return {unit: [offer.designated for offer in offers] for unit, offers in self.police.items()}

    def slots_with_officers(self, unit: str, officers: int) -> SlotSet:
        """The slots at which the unit offers at least so many."""
        return self._enough("officers", unit, officers, self.officers[unit])

    def slots_with_designated(self, unit: str) -> SlotSet:
        """The slots at which the unit offers a designated officer."""
        return self._enough("designated", unit, 1, self.designated[unit])

    def slots_with_teams(self, agency: str, teams: int) -> SlotSet:
        """The slots at which the agency has at least so many teams."""
        return self._enough("teams", agency, teams, self.teams[agency])

    @cached_property
    def _known_sets(self) -> dict[tuple[str, str, int], SlotSet]:
        return {}

    def _enough(self, what: str, party: str, needed: int, offered: list[int]) -> SlotSet:
        key = (what, party, needed)
        if key not in self._known_sets:
            self._known_sets[key] = self.grid.set_of(number for number, n in enumerate(offered) if n >= needed)
        return self._known_sets[key]

    def counted_once(self, place: Callable[[Operation], Hashable]) -> frozenset[str]:
        """The operations, of those tied by `same_slot_as` only the first of each place."""
        scenario = self.scenario
        left_out = {
            id
            for group in scenario.ties()
            for number, id in enumerate(group)
            if any(place(scenario.operations[id]) == place(scenario.operations[one]) for one in group[:number])
        }
        return frozenset(scenario.operations.keys() - left_out)

    @cached_property
    def to_come(self) -> SlotSet:
        """The slots that start at the moment of the replan or later; all, where there is none."""
        return self._starting(lambda starts, as_of: starts >= as_of)

    @cached_property
    def later(self) -> SlotSet:
        """The slots that start after the moment of the replan."""
        return self._starting(lambda starts, as_of: starts > as_of)

    def _starting(self, fits: Callable[[datetime, datetime], bool]) -> SlotSet:
        if self.base is None:
            return self.grid.all
        # Starts ascend from date to date, so only the dates around the moment need a clock.
        as_of, near = self.base.as_of, timedelta(days=2)
        slots = self.grid.between(as_of.date() + near, max(self.scenario.span.last, as_of.date() + near))
        for number in self.grid.numbers(self.grid.between(as_of.date() - near, as_of.date() + near)):
            if fits(self.scenario.moments(self.grid.slot(number))[0], as_of):
                slots |= 1 << number
        return slots

    def numbers_matching(self, when: Matching) -> list[int]:
        """The numbers of the slots that an availability line speaks of."""
        grid, span = self.grid, self.scenario.span
        slots = grid.between(when.first or span.first, when.last or span.last)
        slots &= grid.on_weekdays(when.weekdays) & grid.in_shifts(None if when.shift is None else (when.shift,))
        return grid.numbers(slots)

    @cached_property
    def taken_hours(self) -> Mapping[int, tuple[datetime, datetime]]:
        """By slot number: from when to when a team that works there is taken, its rest included."""
        rest = timedelta(hours=self.scenario.settings[DAILY_REST_HOURS])
        hours = {}
        for number in range(self.grid.size):
            starts, ends = self.scenario.moments(self.grid.slot(number))
            hours[number] = (starts, ends + rest)
        return hours

    def pin(self, operation: Operation) -> Slot | None:
        """Where the coordinator has pinned it; None where it is not pinned, or the pin has yielded."""
        return None if operation.id in self.unpinned else operation.fixed

    def old(self, operation: str) -> Placement | None:
        """Where the old plan has it; None where it does not, or there is none."""
        return None if self.base is None else self.base.placements.get(operation)

    def started(self, placement: Placement) -> bool:
        """Whether it starts before the moment of the replan, and so is history."""
        if self.base is None:
            return False
        return self.scenario.moments(placement.slot)[0] < self.base.as_of.astimezone(UTC)

    @cached_property
    def history(self) -> Mapping[str, Placement]:
        """What started before the replan: it stays, and keeps what it used."""
        if self.base is None:
            return {}
        return {id: placement for id, placement in self.base.placements.items() if self.started(placement)}

    @property
    def hit(self) -> frozenset[str]:
        """The operations that lost what they stood on; none in a first plan."""
        return frozenset() if self.base is None else self.base.hit

    @cached_property
    def loosened(self) -> frozenset[str]:
        """The hit operations and those tied to them: by the same slot, or as follow-ups, and on."""
        if self.base is None:
            return frozenset()
        drawn: dict[str, set[str]] = defaultdict(set)
        for operation in self.scenario.operations.values():
            if operation.same_slot_as is not None:
                drawn[operation.same_slot_as].add(operation.id)
                drawn[operation.id].add(operation.same_slot_as)
            if operation.after is not None:
                drawn[operation.after.operation].add(operation.id)
        loose: set[str] = set()
        waiting = sorted(self.base.hit)
        while waiting:
            operation_id = waiting.pop()
            if operation_id not in loose:
                loose.add(operation_id)
                waiting += sorted(drawn[operation_id] - loose)
        return frozenset(loose)

    @cached_property
    def frozen(self) -> Mapping[str, Placement]:
        """What must stay where it was, history aside: too near, and nothing it stands on was lost."""
        if self.base is None:
            return {}
        until = self.base.as_of.date() + timedelta(days=self.scenario.settings[FREEZE_DAYS])
        return {
            id: placement
            for id, placement in self.base.placements.items()
            if placement.slot.day < until and id not in self.loosened and id not in self.history
        }

    @cached_property
    def kept(self) -> Mapping[str, Placement]:
        """History, frozen and held: the placements that no option of this situation changes."""
        base = {} if self.base is None else self.base.placements
        return {**{id: base[id] for id in base if id in self.held}, **self.history, **self.frozen}
