"""A scenario's offers slot by slot, computed from its availability lines."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from itertools import product
from typing import TypeVar
from zoneinfo import ZoneInfo

from arshjul.errors import Message
from arshjul.year.domain.calendar import Shift, Slot, Span, Week, shift_moments
from arshjul.year.domain.grid import Grid, SlotSet
from arshjul.year.domain.history.rates import Rates, built_on, learnt, withdrawn_share
from arshjul.year.domain.parties import Matching, Offer, PoliceUnit
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import DAILY_REST_HOURS
from arshjul.year.domain.withdrawal import Withdrawal

_Thing = TypeVar("_Thing")


class EnoughSlots:
    """The slots at which parties offer enough: each set is computed on first use and cached."""

    def __init__(self, grid: Grid, offered: Mapping[str, Sequence[int]]) -> None:
        self._grid, self._offered = grid, offered
        self._known: dict[tuple[str, int], SlotSet] = {}

    def of(self, party: str, needed: int) -> SlotSet:
        key = party, needed
        if key not in self._known:
            self._known[key] = self._grid.set_of(number for number, n in enumerate(self._offered[party]) if n >= needed)
        return self._known[key]


@dataclass(frozen=True)
class YearTables:
    """A scenario's own lines by slot number, independent of operations, prices and withdrawals.

    Not slotted, like all tables here: each is computed on first use and cached.
    """

    scenario: Scenario

    @cached_property
    def grid(self) -> Grid:
        return Grid(self.scenario.span, self.scenario.shifts)

    @cached_property
    def open(self) -> SlotSet:
        is_open, n_shifts = self.scenario.calendar.is_open, len(self.grid.shifts)
        open_days = (number for number, day in enumerate(self.scenario.span.days()) if is_open(day))
        return self.grid.set_of(n for number in open_days for n in range(number * n_shifts, (number + 1) * n_shifts))

    @cached_property
    def offered(self) -> Mapping[str, list[Offer]]:
        """Each unit's offer by slot number, before withdrawals."""
        offers = {}
        for unit in self.scenario.police.values():
            row = offers[unit.id] = [Offer()] * self.grid.size
            for line in unit.officers:
                for number in self.numbers_matching(line.when):
                    old = row[number]
                    if not line.at_most:
                        row[number] = Offer(line.officers, line.designated or 0)
                    else:
                        fewer = old.designated if line.designated is None else min(old.designated, line.designated)
                        row[number] = Offer(min(old.officers, line.officers), fewer)
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
    def enough_teams(self) -> EnoughSlots:
        return EnoughSlots(self.grid, self.teams)

    @cached_property
    def months(self) -> list[str]:
        """The calendar month of each day number: "2027-03"."""
        return [day.isoformat()[:7] for day in self.scenario.span.days()]

    @cached_property
    def firsts_of_months(self) -> list[date]:
        return [day.replace(day=1) for day in self.scenario.span.days()]

    @cached_property
    def weeks(self) -> list[Week]:
        return [Week(*day.isocalendar()[:2]) for day in self.scenario.span.days()]

    def by_day(self, row: Sequence[_Thing], shift: str) -> Sequence[_Thing]:
        """One shift's part of a row by slot number, which is then by day number."""
        first = next(number for number, known in enumerate(self.grid.shifts) if known.id == shift)
        return row[first :: len(self.grid.shifts)]

    def numbers_matching(self, when: Matching) -> list[int]:
        """The numbers of the slots that an availability line applies to."""
        grid, span = self.grid, self.scenario.span
        slots = grid.between(when.first or span.first, when.last or span.last)
        slots &= grid.on_weekdays(when.weekdays) & grid.in_shifts(None if when.shift is None else (when.shift,))
        if when.weeks is not None:
            slots &= self._in_weeks(
                range(1 if when.weeks == "odd" else 2, 54, 2) if isinstance(when.weeks, str) else when.weeks
            )
        if when.nth is not None:
            slots &= self._nth_of_months(when.nth)
        return grid.numbers(slots)

    def _in_weeks(self, weeks: Collection[int]) -> SlotSet:
        """The slots of those ISO weeks, of any year."""
        days = [self.grid.day(number) for number, week in enumerate(self.weeks) if week.number in weeks]
        return self.grid.within(Span(day, day) for day in days)

    def _nth_of_months(self, nth: Collection[int]) -> SlotSet:
        """The slots on, for example, the second and the last (-1) of any weekday in a month, for `nth` = 2 and -1."""
        days = []
        for day in self.scenario.span.days():
            before = next(n for n in range(1, 6) if (day - timedelta(weeks=n)).month != day.month)
            behind = next(n for n in range(1, 6) if (day + timedelta(weeks=n)).month != day.month)
            if before in nth or -behind in nth:
                days.append(day)
        return self.grid.within(Span(day, day) for day in days)

    @property
    def taken_together(self) -> Sequence[Sequence[int]]:
        """By slot number, which of the largest sets of slots it is in whose teams are all taken at some moment."""
        year = self.scenario
        return _taken_together(year.span, year.shifts, year.zone, year.settings[DAILY_REST_HOURS])


@lru_cache(maxsize=16)
def _taken_together(span: Span, shifts: tuple[Shift, ...], zone: ZoneInfo, rest_hours: int) -> Sequence[Sequence[int]]:
    """As `YearTables.taken_together`. Cached, since all scenarios of a year have the same.

    Teams are only added when a shift starts, so it is enough to look at the last start before each end: all other
    sets are contained in these.
    """
    rest, hours = timedelta(hours=rest_hours), list[tuple[datetime, datetime]]()
    for day, shift in product(span.days(), shifts):
        starts, ends = shift_moments(shift, day, zone)
        hours.append((starts, ends + rest))
    active, sets = list[int](), list[list[int]]()
    for slot in sorted(range(len(hours)), key=lambda slot: (hours[slot], slot)):
        still = [other for other in active if hours[other][1] > hours[slot][0]]
        if len(still) < len(active):
            sets.append(active)
        active = [*still, slot]
    there: list[list[int]] = [[] for _ in hours]
    for number, together in enumerate([*sets, active]):
        for slot in together:
            there[slot].append(number)
    return there


@dataclass(frozen=True)
class OfferTables:
    """The officers that are offered by slot number, less what was withdrawn."""

    year: YearTables
    taken: tuple[Withdrawal, ...]

    @cached_property
    def police(self) -> Mapping[str, list[Offer]]:
        """Each unit's offer by slot number, less what was withdrawn."""
        offers = {}
        for unit_id, offered in self.year.offered.items():
            row = [*offered]
            for taken in self.taken:
                if unit_id in taken.police:
                    days = self.year.grid.between(taken.first, taken.last or self.year.scenario.span.last)
                    for number in self.year.grid.numbers(days & self.year.grid.in_shifts(taken.shifts)):
                        slot, old = self.year.grid.slot(number), row[number]
                        left = taken.ceiling(slot, slot.day)
                        if left is not None:
                            row[number] = Offer(min(old.officers, left), min(old.designated, left))
            offers[unit_id] = row
        return offers

    @cached_property
    def officers(self) -> Mapping[str, list[int]]:
        """Each unit's officers by slot number, less what was withdrawn."""
        return {unit: [offer.officers for offer in offers] for unit, offers in self.police.items()}

    @cached_property
    def designated(self) -> Mapping[str, list[int]]:
        """Each unit's designated officers by slot number, less what was withdrawn."""
        return {unit: [offer.designated for offer in offers] for unit, offers in self.police.items()}

    @cached_property
    def enough_officers(self) -> EnoughSlots:
        return EnoughSlots(self.year.grid, self.officers)

    @cached_property
    def _enough_designated(self) -> EnoughSlots:
        return EnoughSlots(self.year.grid, self.designated)

    def slots_with_designated(self, unit: str) -> SlotSet:
        return self._enough_designated.of(unit, 1)


@dataclass(frozen=True)
class RiskTables:
    """The chances that offers are withdrawn, by the scenario's lines and its history."""

    year: YearTables

    @property
    def scenario(self) -> Scenario:
        """The scenario whose lines and history these are."""
        return self.year.scenario

    @cached_property
    def rates(self) -> tuple[Rates, ...]:
        """The rates learnt from the history and the assumptions."""
        return learnt(self.scenario, self.scenario.history)

    @cached_property
    def by_unit(self) -> Mapping[str, list[int]]:
        """By unit and slot number, how many of ten offers are withdrawn, as `withdrawn_of_ten` gives it.

        Units of which nothing is known are absent.
        """
        units = self.scenario.police.values()
        return {unit.id: self._risk(unit) for unit in units if self._is_learnt or unit.often_withdrawn}

    def _risk(self, unit: PoliceUnit) -> list[int]:
        """One unit's row of `by_unit`. Slots of the same month, weekday and shift have the same learnt chance."""
        if self._is_learnt:
            known = {alike: withdrawn_share(self.rates, unit.id, slot) for alike, slot in self._unlike.items()}
            shares = [known[alike] for alike in self._alike]
        else:
            shares = [0.0] * self.year.grid.size
        row = [round(10 * share) for share in shares]
        for line in unit.often_withdrawn:
            for number in self.year.numbers_matching(line.when):
                row[number] = round(10 * self._with_written(line.of_ten, shares[number]))
        return row

    @cached_property
    def _is_learnt(self) -> bool:
        """True if the history has a withdrawal: without one it does not distinguish between dates."""
        return bool(self.scenario.history) and any(rate.withdrawals for rate in self.rates)

    def _with_written(self, of_ten: int, share: float) -> float:
        """A line's share combined with the learnt one; the line weighs as much as the assumptions do."""
        if not self._is_learnt:
            return of_ten / 10
        weight, n = self.scenario.withdrawal_rates.withdrawals, sum(rate.withdrawals for rate in self.rates)
        return (of_ten / 10 * weight + share * n) / (weight + n)

    @cached_property
    def _alike(self) -> list[tuple[int, int, str]]:
        """By slot number, the month, weekday and shift: with the unit, they determine the learnt chance."""
        slots = (self.year.grid.slot(number) for number in range(self.year.grid.size))
        return [(slot.day.month, slot.day.weekday(), slot.shift) for slot in slots]

    @cached_property
    def _unlike(self) -> Mapping[tuple[int, int, str], Slot]:
        """One slot for each value of `_alike`, to compute the chance once for all slots that share it."""
        last = {alike: number for number, alike in enumerate(self._alike)}
        return {alike: self.year.grid.slot(number) for alike, number in last.items()}

    def withdrawn_of_ten(self, unit: str, slot: Slot) -> int:
        """The number of ten such offers of the unit that are withdrawn, by its lines and the history."""
        written = self.scenario.police[unit].withdrawn_of_ten(slot)
        share = withdrawn_share(self.rates, unit, slot) if self._is_learnt else 0.0
        return round(10 * (share if written is None else self._with_written(written, share)))

    @property
    def basis(self) -> Message:
        """The basis of these chances in words, shown beside each."""
        return built_on(self.rates) if self._is_learnt else Message("as the scenario says")


@dataclass(frozen=True)
class SlotTables:
    """A scenario, withdrawals applied, with its tables. Scenarios of one year share the tables that do not differ."""

    scenario: Scenario
    year: YearTables
    offers: OfferTables
    risk: RiskTables

    @classmethod
    def of(cls, scenario: Scenario) -> "SlotTables":
        """The tables of a scenario, none of them computed yet."""
        year = YearTables(scenario)
        return cls(scenario, year, OfferTables(year, scenario.taken), RiskTables(year))

    @property
    def grid(self) -> Grid:
        return self.year.grid

    def sharing(self, scenario: Scenario) -> "SlotTables":
        """The tables of a scenario that differs in its operations or prices alone."""
        return replace(self, scenario=scenario)

    def after(self, scenario: Scenario) -> "SlotTables":
        """The tables of a scenario that differs in its withdrawals, too."""
        return replace(self, scenario=scenario, offers=OfferTables(self.year, scenario.taken))
