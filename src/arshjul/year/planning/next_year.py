"""Dates carried into the next year by the calendar: months as months, weeks as ISO weeks, holidays by their names.

A year has 52 weeks and a day or two, and Easter moves by weeks: no number of days carries a school week.

And what a coordinator wants of the next year.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from arshjul.errors import Message, Refused
from arshjul.year.domain.calendar import Span, a_year_later, month_of, years_of
from arshjul.year.domain.scenario import Scenario

_DAY = timedelta(days=1)
_WITH_A_HOLIDAY = 14 * _DAY
"""The longest period that follows a movable holiday in it; a longer one is about the season."""
_SEASON = 28 * _DAY
"""A longer period that begins or ends with a month is about months."""


@dataclass(frozen=True)
class NextYear:
    """Carries dates one year on. `named`: the holidays and the days off in fact of all years concerned, by date."""

    named: Mapping[date, str]

    @cached_property
    def _dates(self) -> Mapping[tuple[int, str], date]:
        """Holidays by year and name; two on one date are named together."""
        return {(day.year, name): day for day, names in self.named.items() for name in names.split("; ")}

    def days(self, days: Span) -> Span:
        """Closed dates and the like: a school week at Easter follows Easter, Christmas keeps its dates."""
        if (whole := _months(days)) is not None:
            return whole
        if days.last - days.first < _WITH_A_HOLIDAY and (moved := self._with_its_holiday(days)) is not None:
            return moved
        return _ordered(self._beside_a_holiday(days.first), self._beside_a_holiday(days.last), days)

    def period(self, period: Span) -> Span:
        """A window and the like: months or weeks, whatever holidays are in it."""
        return _months(period) or _ordered(None, None, period)

    def _beside_a_holiday(self, day: date) -> date | None:
        for beside in (0 * _DAY, _DAY, -_DAY):
            if (then := self._same_holiday(day + beside)) is not None:
                return then - beside
        return None

    def _same_holiday(self, day: date) -> date | None:
        names = self.named.get(day, "").split("; ")
        return next((then for name in names if (then := self._dates.get((day.year + 1, name))) is not None), None)

    def _with_its_holiday(self, days: Span) -> Span | None:
        for day in days.days():
            then = self._same_holiday(day)
            if then is not None and then.weekday() == day.weekday():
                return Span(days.first + (then - day), days.last + (then - day))
        return None


def in_week(day: date) -> date:
    """The same weekday of the same ISO week; week 53 is the last one of a year that has none."""
    year, week, weekday = day.isocalendar()
    last_week = date(year + 1, 12, 28).isocalendar().week
    return date.fromisocalendar(year + 1, min(week, last_week), weekday)


def _months(period: Span) -> Span | None:
    if period.first == month_of(period.first).first and period.last == month_of(period.last).last:
        return Span(a_year_later(period.first), month_of(a_year_later(period.last)).last)
    return None


def _ordered(first: date | None, last: date | None, period: Span) -> Span:
    """From one date to the other; where one is not known, the period's own in its week, or at its end of a month."""
    is_season = period.last - period.first > _SEASON
    if first is None:
        is_bound = is_season and period.first == month_of(period.first).first
        first = a_year_later(period.first) if is_bound else in_week(period.first)
    if last is None:
        is_bound = is_season and period.last == month_of(period.last).last
        last = month_of(a_year_later(period.last)).last if is_bound else in_week(period.last)
    return Span(first, max(first, last))


@dataclass(frozen=True, slots=True)
class Wishes:
    """The last date of the next year, and what is to be in it. None: a whole year.

    `sectors` are those whose operations come again; None: all. `asked` are parties that offer nothing until they have
    answered. `left` are dates that do not come again, by their keys.
    """

    last: date | None = None
    sectors: frozenset[str] | None = None
    asked: frozenset[str] = frozenset()
    left: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class TwoYears:
    old: Span
    new: Span
    next_year: NextYear

    def window(self, window: Span | None) -> Span:
        """An operation's window in the next year. None: all of it."""
        return self.new if window is None else self.period(window)

    def day(self, day: date) -> date:
        """A single date in its week of the next year. The first and last days of a year may lie in another's week."""
        then = in_week(day)
        if day in self.old and not self.new.first <= then <= a_year_later(self.old.last):
            then += timedelta(weeks=1 if then < self.new.first else -1)
        return then

    def period(self, period: Span) -> Span:
        """A window and the like in the next year: of what began in the year that ends, nothing falls there again."""
        moved = self.next_year.period(period)
        if period.first < self.old.first:
            return moved
        if moved.first > a_year_later(self.old.last) >= a_year_later(period.last):
            moved = Span(*(day - timedelta(weeks=1) for day in (moved.first, moved.last)))
        first = max(moved.first, self.new.first)
        return Span(first, max(first, moved.last))


def last_dates(scenario: Scenario) -> Span:
    first = scenario.span.last + timedelta(days=1)
    return Span(first, a_year_later(first) - timedelta(days=1))


def years_for(scenario: Scenario, wishes: Wishes, next_year: NextYear) -> TwoYears:
    """The two years. Refused if the last date does not lie in the year that follows the plan."""
    may = last_dates(scenario)
    last = may.last if wishes.last is None else wishes.last
    if last not in may:
        values = {"first": may.first, "last": may.last}
        raise Refused(Message("The next year must end between {first} and {last}.", values))
    return TwoYears(years_of(scenario.span)[-1], Span(may.first, last), next_year)
