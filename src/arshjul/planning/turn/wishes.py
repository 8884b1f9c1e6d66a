"""What a coordinator wants of the next year, and the two years that it is about."""

from dataclasses import dataclass
from datetime import date, timedelta

from arshjul.domain.calendar import Span
from arshjul.domain.scenario import Scenario
from arshjul.domain.years import a_year_later, years_of
from arshjul.errors import Message, Refused
from arshjul.planning.turn.next_year import NextYear, in_week


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
    """The year that ends, the one that follows it, and how dates are carried from one to the other."""

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
    """The dates on which the next year may end."""
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
