"""The keys of a file of changes: what becomes other in a year that is under way."""

from pydantic import RootModel

from arshjul.domain.amendment import OtherDates, Pin, TeamsLost
from arshjul.domain.calendar import Slot
from arshjul.formats.words import Dates, Day, Id, Period, Text, Weekdays, Whole, Written


class WrittenTeamsLost(Period):
    """`agencies`: one that loses teams."""

    agency: Id
    shifts: list[Id] | None = None
    weekdays: Weekdays | None = None
    teams_left: Whole = 0
    cause: Text = ""

    def domain(self) -> TeamsLost:
        """The loss."""
        shifts = None if self.shifts is None else tuple(self.shifts)
        weekdays = None if self.weekdays is None else frozenset(self.weekdays)
        return TeamsLost(self.agency, self.span, shifts, weekdays, self.teams_left, self.cause)


class WrittenId(RootModel[Id]):
    """`cancelled`, `unpinned`: an operation."""


class WrittenPin(Written):
    """`pinned`: an operation and its slot."""

    operation: Id
    date: Day
    shift: Id

    def domain(self) -> Pin:
        """The pin."""
        return Pin(self.operation, Slot(self.date, self.shift))


class WrittenOtherDates(Written):
    """`not_on`: an agency asks for another date."""

    operation: Id
    agency: Id
    dates: list[Dates]
    cause: Text = ""

    def domain(self) -> OtherDates:
        """The request."""
        return OtherDates(self.operation, self.agency, tuple(dates.span for dates in self.dates), self.cause)
