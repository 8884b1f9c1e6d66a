"""Likely mistakes in input that can be planned: copies, limits of none, odd times, dates outside the year.

And texts that people type into a form: too long to be read where they are shown, or telling of a person.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from arshjul.errors import KeyName, Message, Problem
from arshjul.year.agenda.milestone_times import meeting_day
from arshjul.year.domain.business_traces import NAMES, identity_numbers, texts_in
from arshjul.year.domain.calendar import Avoided, Shift, Slot, Span
from arshjul.year.domain.contact import OfferCall
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.parties import PoliceUnit, RiskLine
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import LimitException
from arshjul.year.planning.check.contradictions import Doubt, Lines, Where, offered_lines
from arshjul.year.planning.check.secret_places import meeting_places
from arshjul.year.rules.hard.daily_limit import PER_AREA_PER_DAY, PER_DAY, PER_WEEK
from arshjul.year.texts import counted

_LONGEST_SHIFT = timedelta(hours=16)  # assumption: nobody works longer, a clock time is wrong


def likely_mistakes(scenario: Scenario) -> Iterator[Doubt]:
    yield from _limits_of_none(scenario)
    yield from _long_shifts(scenario.shifts)
    yield from _copies(scenario)
    yield from _shared_mail(scenario)
    for number, call in enumerate(scenario.calls):
        if (text := late_call(call)) is not None:
            yield Doubt("late-call", text, ("calls", number, "due"))
    yield from _meetings(scenario)
    for where, _, meet in meeting_places(scenario):
        for asked in () if meet is None else of_persons("meet", {"place": meet.place}):
            yield Doubt("meet-person", asked.text, (*where, "meet", "place"))
    for number, one in enumerate(scenario.calendar.avoid):
        if isinstance(one, Avoided) and one.span.first <= scenario.span.first and one.span.last >= scenario.span.last:
            text = Message("All dates of the plan are to be avoided. Are the dates right?")
            yield Doubt("avoids-all", text, ("calendar", "avoid", number))


def _meetings(scenario: Scenario) -> Iterator[Doubt]:
    for number, meeting in enumerate(scenario.cycle.meetings):
        for n, day in enumerate(meeting.dates):
            if not scenario.calendar.is_office_day(day):
                values = {"meeting": meeting.name, "day": day}
                text = Message("{meeting} falls on {day}, a non-working day. Is it right?", values)
                yield Doubt("no-office-day", text, ("cycle", "meetings", number, "dates", n))
        where: Where = ("cycle", "meetings", number, "every")
        if left_out := scenario.meeting_days_left_out(meeting):
            text = Message("{meeting} is not held on closed days: {days}.", {"meeting": meeting.name, "days": left_out})
            yield Doubt("closed-day", text, where)
        if not scenario.meeting_days(meeting):
            text = Message("{meeting} has no open date.", {"meeting": meeting.name})
            yield Doubt("never-held", text, where[:3])
    open_days = [day for day in scenario.span.days() if scenario.calendar.is_open(day)]
    for number, milestone in enumerate(scenario.cycle.milestones):
        dealt = scenario.cycle.meeting(milestone.at)
        places = [] if dealt is None else [Placement("", Slot(day, ""), None) for day in open_days]
        early = [place.slot.day for place in places if meeting_day(scenario, milestone, place) is None]
        if dealt is not None and early:
            text = counted(
                len(early),
                "{milestone} of operations on {first} has no {meeting} in time and keeps its own date.",
                "{milestone} of operations on {n} dates, {first} to {last}, has no {meeting} in time and keeps "
                "its own date.",
                milestone=milestone.name,
                meeting=dealt.name,
                first=early[0],
                last=early[-1],
            )
            yield Doubt("no-meeting", text, ("cycle", "milestones", number, "at"))


def late_call(call: OfferCall) -> Message | None:
    values = {"due": call.due, "first": call.span.first}
    text = Message("The answers are due {due}, but the period begins {first}. Is it right?", values)
    return text if call.due >= call.span.first else None


def _limits_of_none(scenario: Scenario) -> Iterator[Doubt]:
    planned, rules = scenario.planned.values(), scenario.settings
    limits: list[tuple[Where, int | None, Sequence[LimitException], int]] = [
        (("rules", setting.key), rules[setting], rules.exceptions, len(planned))
        for setting in (PER_DAY, PER_WEEK, PER_AREA_PER_DAY)
    ]
    for number, agency in enumerate(scenario.agencies.values()):
        asked = sum(agency.id in operation.agencies for operation in planned)
        for key in ("team_shifts_per_week", "team_shifts_per_month"):
            limits.append((("agencies", number, key), getattr(agency, key), agency.load_exceptions, asked))
    for number, unit in enumerate(scenario.police.values()):
        asked = sum(unit.id in scenario.units_for(operation) for operation in planned)
        limits.append((("police", number, "officer_shifts_per_month"), unit.officer_shifts_per_month, (), asked))
    for where, limit, exceptions, asked in limits:
        key = str(where[-1])
        if limit == 0 and asked and not any(exception.limits.get(key) for exception in exceptions):
            text = Message("{key} is 0 and stops all placement. Leave it empty for no limit.", {"key": KeyName(key)})
            yield Doubt("limit-of-none", text, where)


def _long_shifts(shifts: Iterable[Shift]) -> Iterator[Doubt]:
    for number, shift in enumerate(shifts):
        start, end = (datetime.combine(date.min, clock) for clock in (shift.start, shift.end))
        lasts = end - start + timedelta(days=shift.ends_next_day)
        if lasts > _LONGEST_SHIFT:
            values = {
                "shift": shift.name,
                "start": f"{shift.start:%H:%M}",
                "end": f"{shift.end:%H:%M}",
                "hours": round(lasts / timedelta(hours=1)),
            }
            text = Message(
                "{shift}, {start} to {end}, lasts {hours} hours, past midnight. Are the times right?", values
            )
            yield Doubt("long-shift", text, ("shifts", number, "end"))


def _copies(scenario: Scenario) -> Iterator[Doubt]:
    """Copies of an operation, but for those that need no days between them or are kept from one day."""
    alike: dict[object, list[tuple[int, str]]] = {}
    for number, operation in enumerate(scenario.operations.values()):
        if operation.repeat is not None or (
            operation.after is not None and operation.after.operation in scenario.operations
        ):
            continue
        if operation.spacing_days != 0 and not operation.not_same_day_as:
            alike.setdefault(repr(replace(operation, id="", sites=())), []).append((number, operation.id))
    for (_, first), *copies in alike.values():
        if copies:
            text = counted(
                len(copies),
                "{operation} copies {first} apart from the number. Change or remove it.",
                "{n} operations, {operation} to {last}, copy {first} apart from the number. Change or remove them.",
                operation=copies[0][1],
                last=copies[-1][1],
                first=first,
            )
            yield Doubt("copy", text, ("operations", copies[0][0]))


def _shared_mail(scenario: Scenario) -> Iterator[Doubt]:
    """Agencies and units with the e-mail address of another: each would read what only the other may."""
    seen: dict[str, str] = {}
    order = {"police": list(scenario.police), "agencies": list(scenario.agencies)}
    for party in scenario.parties.values():
        if party.email is None:
            continue
        first = seen.setdefault(party.email.casefold(), party.name)
        if first != party.name:
            section = "police" if party.id in scenario.police else "agencies"
            text = Message(
                "{party} and {first} have the same e-mail address. Is it right?", {"party": party.name, "first": first}
            )
            yield Doubt("shared-address", text, (section, order[section].index(party.id), "email"))


_NOT_ASKED = frozenset({"phone", "email", "note"})
"""Keys whose values are numbers and addresses of functions, or notes that the coordinator alone reads."""
_TELEPHONE = re.compile(r"(?<![\w-])(?:\+46[ -]?|0)[1-9]\d{0,2}(?:[ -]|/)?\d{2,3}(?:[ -]?\d{2,3}){1,3}(?![\w-])")
_HOURS = re.compile(r"(?<!\d)(?:[01]\d|2[0-3])[0-5]\d ?[-–] ?(?:[01]\d|2[0-4])[0-5]\d(?!\d)")
"""Two clock times as police write them, 0830-1200, which else look like a telephone number."""
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.\w+")
_WHAT: tuple[tuple[Callable[[str], object], Message], ...] = (
    (_TELEPHONE.search, Message("a telephone number")),
    (lambda text: any(kind == "person" for kind, _ in identity_numbers(text)), NAMES["person"]),
    (_MAIL.search, Message("an e-mail address")),
)


def too_long(name: str, written: object, most: int) -> Iterator[Problem]:
    for path, text in texts_in(written, f"{name}[0]"):
        if len(text) > most:
            values = {"size": len(text), "most": most}
            said = Message("The text has {size} characters, more than {most}: shorten it.", values)
            yield Problem("too-large", said, path=path)


def of_persons(name: str, written: object) -> Iterator[Problem]:
    for path, text in texts_in(written, f"{name}[0]"):
        if path.rpartition(".")[2] in _NOT_ASKED:
            continue
        for holds, what in _WHAT:
            if holds(_HOURS.sub("", text)):
                said = Message("The text seems to hold {what}, and others read it. Can it be left out?", {"what": what})
                yield Problem("idle", said, path=path)
                break


_USUAL = timedelta(days=31)
"""A window may well reach so far beyond the plan: to the end of a month, or of the calendar year."""
_YEAR = timedelta(days=365)  # assumption: what holds for years is not written to end so much later than the plan
BEFORE = timedelta(days=90)  # assumption: no milestone lies farther before the plan


def beyond(plan: Span, day: date) -> Message | None:
    """Asks about a date before the plan or after it, and says how far after; None if it lies in the plan."""
    values = {"given": day, "first": plan.first, "last": plan.last}
    if day < plan.first:
        return Message("{given} lies before the plan ({first}). Is the year right?", values)
    if day - plan.last >= _YEAR:
        return counted(
            (day - plan.last) // _YEAR,
            "{given} lies a year after the plan's last day, {last}. Is the year right?",
            "{given} lies {n} years after the plan's last day, {last}. Is the year right?",
            **values,
        )
    return Message("{given} lies after the plan ({last}). Is the year right?", values) if day > plan.last else None


def _late(plan: Span, last: date, reach: timedelta, where: Where) -> Iterator[Doubt]:
    if last - plan.last > reach and (text := beyond(plan, last)) is not None:
        yield Doubt("outside-plan", text, (*where, "to"))


def other_years(scenario: Scenario, told: Collection[str] = ()) -> Iterator[Doubt]:
    """Dates outside the plan. Of the parties `told` it has been said that they offer nothing.

    Of a calendar's dates, those of later years are left alone, and those shortly before the plan: the plan may go on,
    and milestones go by them.
    """
    for number, operation in enumerate(scenario.operations.values()):
        yield from of_operation(scenario.span, ("operations", number), operation)
    for where, party, lines in offered_lines(scenario):
        if party.id not in told:
            yield from _dated(scenario.span, where, party.name, lines)
        if isinstance(party, PoliceUnit):
            yield from _dated(scenario.span, (*where[:2], "often_withdrawn"), party.name, party.often_withdrawn)
    yield from _calendar(scenario)
    for number, meeting in enumerate(scenario.cycle.meetings):
        here: Where = ("cycle", "meetings", number)
        if (every := meeting.every) is not None:
            yield from _outside(scenario.span, meeting.name, every.first, every.last, (*here, "every"))
        first, last = min(meeting.dates, default=None), max(meeting.dates, default=None)
        yield from (outside := _outside(scenario.span, meeting.name, first, last, (*here, "dates")))
        for n, day in enumerate(() if outside else meeting.dates):
            if day < scenario.span.first - BEFORE and (text := beyond(scenario.span, day)) is not None:
                yield Doubt("outside-plan", text, (*here, "dates", n))


def _calendar(scenario: Scenario) -> Iterator[Doubt]:
    calendar = scenario.calendar
    for key, spans in ("closed", calendar.closed), ("open", calendar.opened), ("avoid", calendar.avoid):
        for number, one in enumerate(spans):
            span = one.span if isinstance(one, Avoided) else one
            if isinstance(span, Span) and span.last < scenario.span.first - BEFORE:
                yield from _outside(
                    scenario.span, Message("The calendar"), span.first, span.last, ("calendar", key, number)
                )
            elif isinstance(span, Span) and span.overlaps(scenario.span):
                yield from _late(scenario.span, span.last, _YEAR, ("calendar", key, number))


def of_operation(plan: Span, where: Where, operation: Operation) -> Iterator[Doubt]:
    window, preferred = operation.window, operation.preferred
    if window is not None and window.first < plan.first:
        text = Message(
            "{operation} may begin {given}, before the plan ({first}). Is the year right?",
            {"operation": operation.id, "given": window.first, "first": plan.first},
        )
        yield Doubt("outside-plan", text, (*where, "window"))
    if window is not None:
        yield from _late(plan, window.last, _USUAL, (*where, "window"))
    if preferred is not None:
        outside = _outside(plan, operation.id, preferred.first, preferred.last, (*where, "preferred"))
        yield from outside or _late(plan, preferred.last, _USUAL, (*where, "preferred"))


def _dated(plan: Span, where: Where, name: str, lines: Lines | Sequence[RiskLine]) -> Iterator[Doubt]:
    for number, when in enumerate(line.when for line in lines):
        outside = _outside(plan, name, when.first, when.last, (*where, number))
        yield from outside or _late(plan, when.last or plan.last, _YEAR, (*where, number))


def _outside(plan: Span, of: str | Message, first: date | None, last: date | None, where: Where) -> list[Doubt]:
    """The doubt about a period that lies outside the plan; an end of None is open."""
    if (first is None or first <= plan.last) and (last is None or last >= plan.first):
        return []
    values = {"of": of, "given": first or last, "first": plan.first, "last": plan.last}
    text = Message("{of}: {given} lies outside the plan, {first} to {last}. Is the year right?", values)
    return [Doubt("outside-plan", text, where)]
