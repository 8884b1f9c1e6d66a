"""The dates of a scenario that end with its year, and where they lie in the next: what is closed, aimed at, offered."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, TypeVar

from arshjul.domain.calendar import Avoided, Calendar, Span, a_year_later, month_of, with_years_later, year_number
from arshjul.domain.parties import Agency, Matching, OfficerLine, PoliceUnit, RiskLine, TeamLine
from arshjul.domain.scenario import Target
from arshjul.domain.settings import LimitException, Meeting
from arshjul.errors import Message
from arshjul.planning.turn.again import next_ids
from arshjul.planning.turn.next_year import TwoYears, Wishes

Line = TypeVar("Line", OfficerLine, TeamLine, RiskLine)


@dataclass(frozen=True, slots=True)
class CarriedDates:
    """Dates that end with the year, and where they lie in the next. `key` is good for one scenario."""

    key: str
    kind: Message
    name: str
    old: Span
    new: Span


@dataclass(frozen=True, slots=True)
class PartyOffer:
    """A party's offers in the next year: lines without an end, which go on, and dated ones, which are carried.

    `until`: the last date of what it offers, if all of that is dated: it was promised for the year that ends.
    """

    party: str
    n_lasting: int
    n_carried: int
    until: date | None


@dataclass(frozen=True)
class Carrier:
    """Carries dates from the year that ends to the next, and lists them. A key that is left does not come again.

    `began` is the plan's first date.
    """

    wishes: Wishes
    years: TwoYears
    began: date
    dates: list[CarriedDates] = field(default_factory=list)
    offers: list[PartyOffer] = field(default_factory=list)

    def calendar(self, calendar: Calendar) -> Calendar:
        """The calendar with its dates carried; kinds of days need none."""
        return replace(
            calendar,
            closed=self._spans("closed", Message("Closed"), calendar.closed),
            opened=self._spans("open", Message("Open nevertheless"), calendar.opened),
            avoid=self._spans("avoid", Message("To be avoided"), calendar.avoid),
        )

    def exceptions(self, given: Sequence[LimitException]) -> tuple[LimitException, ...]:
        """The limits that are larger on some dates."""
        return self._limits("exceptions", "", given)

    def targets(self, targets: Sequence[Target]) -> tuple[Target, ...]:
        """The targets, those of the year once more under new ids."""
        ended = [one for one in targets if self._ends(one.span)]
        ids = next_ids([one.id for one in ended], [one.id for one in targets], str(year_number(self.years.new)))
        more = []
        for one in ended:
            span = self.years.period(one.span)
            if self._comes(f"targets.{one.id}", Message("Target"), one.name, one.span, span):
                name = with_years_later(one.name, year_number(self.years.old), 1)
                more.append(replace(one, id=ids[one.id], name=ids[one.id] if one.name == one.id else name, span=span))
        return (*targets, *more)

    def meeting(self, meeting: Meeting, calendar: Calendar) -> Meeting:
        """A meeting with its dates in the next year, on office days. Without a clock time, a month's end is a term.

        A standing one without a last date goes on.
        """
        more = []
        for day in meeting.dates:
            is_term = meeting.start is None and day == month_of(day).last
            then = month_of(a_year_later(day)).last if is_term else self.years.day(day)
            while not calendar.is_office_day(then):
                then -= timedelta(days=1)
            here, key = Span(day, day), f"meetings.{meeting.id}.{day}"
            if self._ends(here) and self._comes(key, Message("Meeting"), meeting.name, here, Span(then, then)):
                more.append(then)
        there = replace(meeting, dates=tuple(dict.fromkeys((*meeting.dates, *more))))
        every = meeting.every
        if every is None or every.last is None:
            return there
        span = Span(every.first or self.began, every.last)
        new, key = self.years.period(span), f"meetings.{meeting.id}.every"
        if not self._ends(span) or not self._comes(key, Message("Meeting"), meeting.name, span, new):
            return there
        were = (day for day in every.days(span) if calendar.has_meetings(day))
        dates = tuple(dict.fromkeys((*there.dates, *were)))
        start = meeting.start if meeting.dates else every.at or meeting.start
        return replace(there, dates=dates, start=start, every=replace(every, first=new.first, last=new.last))

    def unit(self, unit: PoliceUnit) -> PoliceUnit:
        """A unit with its offers and risks in the next year."""
        officers = list(self._lines(unit.officers, unit.officers))
        self._offered(unit.id, unit.officers, len(officers), lambda line: line.officers)
        if unit.id in self.wishes.asked:
            officers.append(OfficerLine(self._next(), 0, 0, at_most=True))
        return replace(
            unit, officers=tuple(officers), often_withdrawn=tuple(self._risks(unit.name, unit.id, unit.often_withdrawn))
        )

    def agency(self, agency: Agency, given: Sequence[TeamLine]) -> Agency:
        """An agency with its offers in the next year, of the `given` lines: teams that fell away did so in one year."""
        teams = list(self._lines(agency.teams, given))
        self._offered(agency.id, agency.teams, len(teams), lambda line: line.teams)
        if agency.id in self.wishes.asked:
            teams.append(TeamLine(self._next(), 0, at_most=True))
        exceptions = self._limits(f"load.{agency.id}", agency.name, agency.load_exceptions)
        return replace(agency, teams=tuple(teams), load_exceptions=exceptions)

    def _ends(self, span: Span) -> bool:
        """True if it is of the year that ends, or of its turn, and does not reach into the next."""
        return span.overlaps(self.years.old)

    def _comes(self, key: str, kind: Message, name: str, old: Span, new: Span) -> bool:
        self.dates.append(CarriedDates(key, kind, name, old, new))
        return key not in self.wishes.left

    def _spans(self, key: str, kind: Message, given: Sequence[Any]) -> tuple[Any, ...]:
        more: list[Any] = []
        for number, one in enumerate(given):
            span = one.span if isinstance(one, Avoided) else one
            if not isinstance(span, Span) or not self._ends(span):
                continue
            new = self.years.next_year.days(span)
            then = replace(one, span=new) if isinstance(one, Avoided) else new
            if then not in given and self._comes(f"{key}.{number}", kind, "", span, new):
                more.append(then)
        return (*given, *more)

    def _limits(self, key: str, name: str, given: Sequence[LimitException]) -> tuple[LimitException, ...]:
        more = []
        for number, one in enumerate(given):
            new = self.years.next_year.days(one.span)
            here = self._ends(one.span) and replace(one, span=new) not in given
            if here and self._comes(f"{key}.{number}", Message("Exception"), name, one.span, new):
                more.append(replace(one, span=new))
        return (*given, *more)

    def _risks(self, name: str, id: str, lines: Sequence[RiskLine]) -> Iterator[RiskLine]:
        for number, line in enumerate(lines):
            yield line
            new = self._when(line.when)
            if new is not None:
                old = Span(line.when.first or self.years.old.first, line.when.last or self.years.old.last)
                there = Span(new.first or self.years.new.first, new.last or self.years.new.last)
                if self._comes(f"risks.{id}.{number}", Message("Often withdrawn"), name, old, there):
                    yield replace(line, when=new)

    def _lines(self, lines: Sequence[Line], given: Sequence[Line]) -> Iterator[Line]:
        """The lines, each given and dated one followed by itself in the next year: lines after it still go before."""
        for line in lines:
            yield line
            new = self._when(line.when)
            if new is not None and line in given:
                yield replace(line, when=new)

    def _when(self, when: Matching) -> Matching | None:
        """The dates of a line in the next year; None if they have no end, or come again at another turn.

        What reaches over New Year comes again whole, at the first turn at which its end is known: that of the year in
        which it begins. A line with weekdays of its own keeps them: it follows weeks, not holidays.
        """
        if when.last is None or not self._turns_now(when.first or self.began, when.last):
            return None
        old = Span(when.first or self.years.old.first, when.last)
        is_free = when.weekdays is None and when.nth is None
        new = self.years.next_year.days(old) if is_free else self.years.period(old)
        return replace(when, first=self.years.new.first if when.first is None else new.first, last=new.last)

    def _turns_now(self, first: date, last: date) -> bool:
        old, new = self.years.old, self.years.new
        if last in old:
            came_before = first < old.first and self.began < old.first and last < old.last
            return not came_before
        return first <= old.last and last in new and last < new.last

    def _next(self) -> Matching:
        return Matching(first=self.years.new.first, last=self.years.new.last)

    def _offered(self, party: str, lines: Sequence[Any], n_after: int, amount: Callable[[Any], int]) -> None:
        giving = [line.when for line in lines if amount(line) and not line.at_most]
        lasting = [when for when in giving if when.last is None or when.last >= self.years.new.last]
        until = None if lasting or not giving else max(when.last for when in giving if when.last is not None)
        n_lasting = sum(line.when.last is None for line in lines)
        self.offers.append(PartyOffer(party, n_lasting, n_after - len(lines), until))
