"""A scenario turned into its next year: the same plan, longer by a year, with what comes again in it.

Nothing of the year that ends is changed, but that operations with the whole year for a window stay in it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Any, TypeVar

from arshjul.errors import Message
from arshjul.year.agenda.milestone_times import office_day
from arshjul.year.domain.calendar import (
    Avoided,
    Calendar,
    Span,
    a_year_later,
    month_of,
    with_years_later,
    year_label,
    year_number,
)
from arshjul.year.domain.declaration import LONGEST_ID, numbered
from arshjul.year.domain.entries.amendment import Cancelled, Nominated, Promoted
from arshjul.year.domain.operation import Operation, as_written, single
from arshjul.year.domain.parties import Agency, Matching, OfficerLine, PoliceUnit, RiskLine, TeamLine
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario, Target
from arshjul.year.domain.settings import LimitException, Meeting
from arshjul.year.planning.next_year import NextYear, TwoYears, Wishes, in_week, years_for

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
    """A key that is left does not come again. `began` is the plan's first date."""

    wishes: Wishes
    years: TwoYears
    began: date
    dates: list[CarriedDates] = field(default_factory=list)
    offers: list[PartyOffer] = field(default_factory=list)

    def calendar(self, calendar: Calendar) -> Calendar:
        return replace(
            calendar,
            closed=self._spans("closed", Message("Closed"), calendar.closed),
            opened=self._spans("open", Message("Open nevertheless"), calendar.opened),
            avoid=self._spans("avoid", Message("To be avoided"), calendar.avoid),
        )

    def targets(self, targets: Sequence[Target]) -> tuple[Target, ...]:
        ended = [target for target in targets if self._ends(target.span)]
        ids = next_ids(
            [target.id for target in ended], [target.id for target in targets], str(year_number(self.years.new))
        )
        more = []
        for target in ended:
            span = self.years.period(target.span)
            if self._comes(f"targets.{target.id}", Message("Target"), target.name, target.span, span):
                name = with_years_later(target.name, year_number(self.years.old), 1)
                more.append(
                    replace(
                        target, id=ids[target.id], name=ids[target.id] if target.name == target.id else name, span=span
                    )
                )
        return (*targets, *more)

    def meeting(self, meeting: Meeting, calendar: Calendar) -> Meeting:
        """On office days; without a clock time, a month's end is a term. A standing one without a last date goes on."""
        more = []
        for day in meeting.dates:
            is_term = meeting.start is None and day == month_of(day).last
            then = month_of(a_year_later(day)).last if is_term else self.years.day(day)
            then = office_day(calendar, then, -1)
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
        exceptions = self.limits(f"load.{agency.id}", agency.name, agency.load_exceptions)
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

    def limits(self, key: str, name: str, given: Sequence[LimitException]) -> tuple[LimitException, ...]:
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


_PART = re.compile(r"(.+)(\.\d+)")


@dataclass(frozen=True, slots=True)
class Again:
    """`ids`: new by old. `outside` would come after the last date; `loose` lose a tie to what does not come again."""

    operations: Mapping[str, Operation]
    ids: Mapping[str, str]
    outside: tuple[str, ...]
    loose: tuple[str, ...]


def again(
    scenario: Scenario, wishes: Wishes, years: TwoYears, today: date, begun: Mapping[str, date], taken: Iterable[str]
) -> Again:
    """The operations of the year that ends, as nominated anew: without pins and sites, at dates of the next year.

    The `scenario` is as it was given: what was decided about former dates is left behind. `begun` has the dates of
    those that have begun; the ids in `taken` are in use.
    """
    of_the_year = [
        _anew(operation, years, today)
        for operation in as_written(scenario.operations)
        if (wishes.sectors is None or operation.sector in wishes.sectors)
        and max(_first_date(operation, years, begun), scenario.span.first) in years.old
    ]
    coming = [
        operation
        for operation in of_the_year
        if operation.window is not None and operation.window.first <= years.new.last
    ]
    ids = next_ids([operation.id for operation in coming], taken, year_label(years.new))
    new = {
        old.id: copy
        for operation in coming
        for old, copy in zip(single(operation), single(replace(operation, id=ids[operation.id])), strict=True)
    }
    names = {old: copy.id for old, copy in new.items()}
    return Again(
        {copy.id: _tied(copy, names) for copy in new.values()},
        ids,
        tuple(operation.id for operation in of_the_year if operation.id not in ids),
        tuple(operation.id for operation in coming if not _ties(operation) <= names.keys()),
    )


def in_its_year(operation: Operation, years: TwoYears, begun: Collection[str]) -> Operation:
    """An operation whose window was the whole year: it stays in that year, so that it and its successor both come."""
    if operation.window is not None or operation.id in begun:
        return operation
    return replace(operation, window=years.old)


def next_ids(ids: Sequence[str], taken: Iterable[str], label: str) -> dict[str, str]:
    """By old ones: numbers continue after the highest; without one the year follows. Parts of a series keep theirs."""
    used = {_root(id)[0] for id in taken} | {_root(id)[0] for id in ids}
    highest: dict[str, int] = {}
    for begin, number in filter(None, map(numbered, used)):
        highest[begin] = max(highest.get(begin, 0), int(number))
    roots: dict[str, str] = {}
    for root in dict.fromkeys(_root(id)[0] for id in ids):
        found = numbered(root)
        if found is None:
            new = _named_after(root, label.replace("/", "-"))
        else:
            begin, number = found
            new = (f"{begin}{n:0{len(number)}}" for n in count(highest[begin] + 1))
        roots[root] = next(name for name in new if name not in used)
        used.add(roots[root])
    return {id: roots[_root(id)[0]] + _root(id)[1] for id in ids}


def _named_after(root: str, label: str) -> Iterator[str]:
    for n in count(1):
        end = f"-{label}" if n == 1 else f"-{label}-{n}"
        yield f"{root[: LONGEST_ID - len(end)]}{end}"


def _root(id: str) -> tuple[str, str]:
    """The id of a series and the number in it, like `.3`, which is empty for any other id."""
    match = _PART.fullmatch(id)
    return (id, "") if match is None else (match[1], match[2])


def _first_date(operation: Operation, years: TwoYears, begun: Mapping[str, date]) -> date:
    if operation.window is not None:
        return operation.window.first
    dates = [begun[part.id] for part in single(operation) if part.id in begun]
    return max(dates, default=years.old.first)


def _anew(operation: Operation, years: TwoYears, today: date) -> Operation:
    nominated = operation.nominated_on
    return replace(
        operation,
        window=years.window(operation.window),
        preferred=None if operation.preferred is None else years.period(operation.preferred),
        not_on=tuple(map(years.next_year.days, operation.not_on)),
        nominated_on=None if nominated is None else min(in_week(nominated), today),
        fixed=None,
        sites=(),
    )


def _ties(operation: Operation) -> set[str]:
    after = () if operation.after is None else (operation.after.operation,)
    same = () if operation.same_slot_as is None else (operation.same_slot_as,)
    return {*after, *same, *operation.not_same_day_as, *operation.not_same_week_as}


def _tied(operation: Operation, names: Mapping[str, str]) -> Operation:
    after, new = operation.after, set(names.values())
    if after is not None and after.operation not in new:
        earlier = names.get(after.operation)
        after = None if earlier is None else replace(after, operation=earlier)
    return replace(
        operation,
        after=after,
        same_slot_as=names.get(operation.same_slot_as or ""),
        not_same_day_as=tuple(names[id] for id in operation.not_same_day_as if id in names),
        not_same_week_as=tuple(names[id] for id in operation.not_same_week_as if id in names),
    )


@dataclass(frozen=True, slots=True)
class Turned:
    """`again`: new ids by old. `outside` would come after the last date; `loose` lose a tie."""

    scenario: Scenario
    year: Span
    again: Mapping[str, str]
    dates: tuple[CarriedDates, ...]
    offers: tuple[PartyOffer, ...]
    outside: tuple[str, ...]
    loose: tuple[str, ...]


def turned(
    scenario: Scenario,
    wishes: Wishes,
    named: Mapping[date, str],
    given: Scenario,
    today: date,
    begun: Mapping[str, date],
    taken: Iterable[str],
) -> Turned:
    """The scenario turned. Its calendar must know the holidays of the next year already.

    `named` are holidays and days off in fact, by which dates are carried. `given` is the scenario as it was given, with
    what was nominated: from it comes what comes again. Operations that have `begun`, on those dates, stay as they are;
    the ids in `taken` are in use.
    """
    years = years_for(scenario, wishes, NextYear(named))
    carrier = Carrier(wishes, years, scenario.span.first)
    coming = again(given, wishes, years, today, begun, taken)
    calendar = carrier.calendar(scenario.calendar)
    old = {id: in_its_year(operation, years, begun) for id, operation in scenario.operations.items()}
    whole = replace(
        scenario,
        span=Span(scenario.span.first, years.new.last),
        calendar=calendar,
        settings=replace(scenario.settings, exceptions=carrier.limits("exceptions", "", scenario.settings.exceptions)),
        targets=carrier.targets(scenario.targets),
        cycle=replace(
            scenario.cycle, meetings=tuple(carrier.meeting(meeting, calendar) for meeting in scenario.cycle.meetings)
        ),
        police={id: carrier.unit(unit) for id, unit in scenario.police.items()},
        agencies={id: carrier.agency(agency, given.agencies[id].teams) for id, agency in scenario.agencies.items()},
        operations={**old, **coming.operations},
    )
    return Turned(
        whole, years.new, coming.ids, tuple(carrier.dates), tuple(carrier.offers), coming.outside, coming.loose
    )


def with_nominated(given: Scenario, plan: Plan) -> Scenario:
    for change in plan.entries.standing().changes:
        if isinstance(change, Nominated | Cancelled | Promoted):
            given = change.on(given)
    return given
