"""Doubts about dates that lie outside the plan, and so say nothing of it: most often those of another year."""

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from arshjul.domain.calendar import Avoided, Span
from arshjul.domain.operation import Operation
from arshjul.domain.parties import Agency, Matching, PoliceUnit
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.planning.check.contradictions import Doubt, Where
from arshjul.texts import counted

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
    """What is dated outside the plan. Of the parties `told` it has been said that they offer nothing.

    Of a calendar's dates, those of later years are left alone, and those shortly before the plan: the plan may go on,
    and milestones go by them.
    """
    for number, operation in enumerate(scenario.operations.values()):
        yield from of_operation(scenario.span, ("operations", number), operation)
    for number, unit in enumerate(scenario.police.values()):
        if unit.id not in told:
            lines = [line.when for line in unit.officers]
            yield from _party(scenario.span, ("police", number), unit, lines, "officers")
        risks = [line.when for line in unit.often_withdrawn]
        yield from _party(scenario.span, ("police", number), unit, risks, "often_withdrawn")
    for number, agency in enumerate(scenario.agencies.values()):
        if agency.id not in told:
            lines = [line.when for line in agency.teams]
            yield from _party(scenario.span, ("agencies", number), agency, lines, "teams")
    yield from _calendar(scenario)
    for number, meeting in enumerate(scenario.cycle.meetings):
        every, plan = meeting.every, scenario.span
        standing = None if every is None else Span(every.first or plan.first, every.last or plan.last)
        if standing is not None and not standing.overlaps(plan):
            yield _outside(plan, meeting.name, standing, ("cycle", "meetings", number, "every"))
        span = Span(min(meeting.dates), max(meeting.dates)) if meeting.dates else None
        if span is not None and not span.overlaps(scenario.span):
            yield _outside(scenario.span, meeting.name, span, ("cycle", "meetings", number, "dates"))
            continue
        for n, day in enumerate(meeting.dates):
            if day < scenario.span.first - BEFORE and (text := beyond(scenario.span, day)) is not None:
                yield Doubt("outside-plan", text, ("cycle", "meetings", number, "dates", n))


def _calendar(scenario: Scenario) -> Iterator[Doubt]:
    calendar = scenario.calendar
    for key, spans in ("closed", calendar.closed), ("open", calendar.opened), ("avoid", calendar.avoid):
        for number, one in enumerate(spans):
            span = one.span if isinstance(one, Avoided) else one
            if isinstance(span, Span) and span.last < scenario.span.first - BEFORE:
                yield _outside(scenario.span, Message("The calendar"), span, ("calendar", key, number))
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
    if preferred is not None and not preferred.overlaps(plan):
        yield _outside(plan, operation.id, preferred, (*where, "preferred"))
    elif preferred is not None:
        yield from _late(plan, preferred.last, _USUAL, (*where, "preferred"))


def _party(plan: Span, where: Where, party: PoliceUnit | Agency, lines: list[Matching], key: str) -> Iterator[Doubt]:
    for number, when in enumerate(lines):
        if when.first is not None and when.last is not None and not Span(when.first, when.last).overlaps(plan):
            yield _outside(plan, party.name, Span(when.first, when.last), (*where, key, number))
        elif when.last is not None:
            yield from _late(plan, when.last, _YEAR, (*where, key, number))


def _outside(plan: Span, of: str | Message, given: Span, where: Where) -> Doubt:
    values = {"of": of, "given": given.first, "first": plan.first, "last": plan.last}
    text = Message("{of}: {given} lies outside the plan, {first} to {last}. Is the year right?", values)
    return Doubt("outside-plan", text, where)
