"""Questions about entries that change nothing, reach out of the plan, or break a rule: probable typing errors."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from arshjul.errors import Message, Problem
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.entries.amendment import FewerOfficers, MilestoneHeld, Nominated, Outcome, Pinned, TeamsLost
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.operation import Operation, Pin, Placement
from arshjul.year.domain.parties import Matching
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.slot_tables import SlotTables
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.planning.check.likely_mistakes import BEFORE, beyond, of_operation
from arshjul.year.rules import HARD
from arshjul.year.texts import counted

_Entry = TypeVar("_Entry")


def idle(scenario: Scenario, plan: Plan, known: Entries, entered: Entries, today: date) -> Iterator[Problem]:
    """Each at the key that is wrong. Of a withdrawal whose id is known, only a new last date is checked."""
    told, context = {withdrawal.id: withdrawal for withdrawal in known.withdrawals}, ReplanContext.of(scenario)
    for withdrawal in entered.withdrawals:
        if withdrawal.id not in told:
            yield from _withdrawal(context, withdrawal, today)
            yield from _twice(scenario, known, withdrawal)
        elif withdrawal.last != told[withdrawal.id].last:
            yield from _late(scenario, "withdrawals[0].to", withdrawal.last)
    standing = {withdrawal.id: withdrawal for withdrawal in known.in_force()}
    for back in _new(entered.given_back, known.given_back):
        if (of := standing.get(back.withdrawal)) is not None:
            found = back.beyond(*scenario.taken_by(of))
            yield from (Problem("idle", text, path=f"given_back[0].{key}") for key, text in found)
    for outcome in _new(entered.outcomes, known.outcomes):
        yield from _outcome(context, plan.placed.get(outcome.operation), outcome)
    for change in _new(entered.changes, known.changes):
        match change:
            case TeamsLost():
                yield from _teams_lost(context, change, today)
            case FewerOfficers():
                yield from _fewer_officers(scenario, change)
            case MilestoneHeld():
                yield from _held(scenario, change)
            case Pinned():
                yield from _pinned(context, change)
            case Nominated(operation=operation):
                yield from far_dates_asked(operation, scenario.span)
                yield from passed(operation.window, today, "operations[0]")
                yield from _copied(scenario, known, operation)


def _held(scenario: Scenario, one: MilestoneHeld) -> Iterator[Problem]:
    if one.day is not None and one.day < scenario.span.first - BEFORE and (text := beyond(scenario.span, one.day)):
        yield Problem("idle", text, path="held[0].date")


def _copied(scenario: Scenario, known: Entries, operation: Operation) -> Iterator[Problem]:
    new = [change.operation for change in known.changes if isinstance(change, Nominated)]
    alike = [
        other.id
        for other in (*scenario.operations.values(), *new)
        if replace(other, id=operation.id, nominated_on=operation.nominated_on) == operation
    ]
    others = [id for id in alike if id != operation.id]
    if others and operation.spacing_days != 0 and not operation.not_same_day_as:
        text = Message("Same as {first} apart from the number. Is it to be there twice?", {"first": others[0]})
        yield Problem("idle", text, path="operations[0].title")


def passed(window: Span | None, today: date, path: str) -> Iterator[Problem]:
    if window is not None and window.last < today:
        values = {"last": window.last, "today": today}
        text = Message("The last day, {last}, has passed ({today}), so it cannot be placed. Is the date right?", values)
        yield Problem("idle", text, path=f"{path}.window.to")


def _new(entered: Sequence[_Entry], known: Sequence[_Entry]) -> list[_Entry]:
    """The entries beyond the known ones; each known one accounts for a single equal entry."""
    left = list(entered)
    for entry in known:
        if entry in left:
            left.remove(entry)
    return left


def _withdrawal(context: ReplanContext, one: Withdrawal, today: date) -> Iterator[Problem]:
    slots = context.slots
    yield from _early(context.scenario, "withdrawals", one.first, today)
    yield from _late(context.scenario, "withdrawals[0].to", one.last)
    rows = [slots.offers.officers[unit] for unit in one.police if unit in slots.offers.officers]
    most = _most(slots, rows, Matching(None, None, one.first, one.last), one.shifts)
    if most == 0:
        text = Message("No officers are lent then. Are the unit and the dates right?")
        yield Problem("idle", text, path="withdrawals[0].from")
    elif most <= one.officers_left:
        text = counted(
            most,
            "At most one officer is lent then, so {left} left withdraws nobody. Is the number right?",
            "At most {n} officers are lent then, so {left} left withdraws nobody. Is the number right?",
            left=one.officers_left,
        )
        yield Problem("idle", text, path="withdrawals[0].officers_left")


def _twice(scenario: Scenario, known: Entries, one: Withdrawal) -> Iterator[Problem]:
    for other in known.in_force():
        last = other.last or other.until
        if (
            not other.given_back
            and set(one.police) <= set(other.police)
            and other.first <= one.first
            and (last is None or (one.last is not None and one.last <= last))
            and (other.shifts is None or (one.shifts is not None and set(one.shifts) <= set(other.shifts)))
            and other.officers_left <= one.officers_left
        ):
            units = [scenario.police[unit].name for unit in one.police]
            text = Message(
                "{units}: already withdrawn by {id}. Is this another withdrawal?", {"units": units, "id": other.id}
            )
            yield Problem("idle", text, path="withdrawals[0]")
            return


def _teams_lost(context: ReplanContext, one: TeamsLost, today: date) -> Iterator[Problem]:
    slots = context.slots
    yield from _early(context.scenario, "agencies", one.span.first, today)
    yield from _late(context.scenario, "agencies[0].to", one.span.last)
    when = Matching(one.weekdays, None, one.span.first, one.span.last)
    most = _most(slots, [slots.year.teams[one.agency]] if one.agency in slots.year.teams else [], when, one.shifts)
    if most == 0:
        text = Message("No teams are offered then. Are the agency and the dates right?")
        yield Problem("idle", text, path="agencies[0].from")
    elif most <= one.teams_left:
        text = counted(
            most,
            "At most one team is offered then, so {left} left changes nothing. Is the number right?",
            "At most {n} teams are offered then, so {left} left changes nothing. Is the number right?",
            left=one.teams_left,
        )
        yield Problem("idle", text, path="agencies[0].teams_left")


def _pinned(context: ReplanContext, one: Pinned) -> Iterator[Problem]:
    operation = context.scenario.operations.get(one.operation)
    if operation is None:
        return
    if why := refusals(context, operation, one.pin):
        values = {"operation": operation.id, "day": one.pin.slot.day, "why": why}
        text = Message("{operation} cannot lie on {day}: {why}. Is it right?", values)
        yield Problem("idle", text, path="pinned[0].date")


def refusals(context: ReplanContext, operation: Operation, pin: Pin) -> list[Message]:
    """Why rules forbid the operation that place, whatever else is planned; empty if some staffing may stand there."""
    why = []
    for staffing in context.scenario.staffings(operation):
        if pin.police in (None, staffing.police):
            chosen, unit = operation.choosing(staffing.any_of), staffing.police
            number, alone = context.slots.grid.number(pin.slot), replace(chosen, fixed=None)  # its present pin aside
            bit = 0 if number is None else 1 << number
            rule = next((rule for rule in HARD if not rule.allowed(context, alone, unit) & bit), None)
            if rule is None:
                return []
            why.append(rule.refusal(context, chosen, pin.slot, unit))
    return [*{str(text): text for text in why}.values()]  # several units may give the same reason


def _most(slots: SlotTables, rows: list[list[int]], when: Matching, shifts: tuple[str, ...] | None) -> int:
    matching = [replace(when, shift=shift) for shift in shifts or (None,)]
    numbers = [n for line in matching for n in slots.year.numbers_matching(line) if slots.year.open >> n & 1]
    return max((row[n] for n in numbers for row in rows), default=0)


def _early(scenario: Scenario, name: str, first: date, today: date) -> Iterator[Problem]:
    if first < scenario.span.first and (text := beyond(scenario.span, first)) is not None:
        yield Problem("idle", text, path=f"{name}[0].from")
    elif first < today:
        text = Message(
            "{given} has passed, and past operations stay as they were. Is the date right?", {"given": first}
        )
        yield Problem("idle", text, path=f"{name}[0].from")


def _late(scenario: Scenario, path: str, last: date | None) -> Iterator[Problem]:
    if last is not None and last > scenario.span.last and (text := beyond(scenario.span, last)) is not None:
        yield Problem("idle", text, path=path)


def far_dates_asked(operation: Operation, plan: Span) -> Iterator[Problem]:
    for doubt in of_operation(plan, (), operation):
        yield Problem("idle", doubt.text, path=f"operations[0].{'.'.join(map(str, doubt.where))}")


def _outcome(context: ReplanContext, stood: Placement | None, one: Outcome) -> Iterator[Problem]:
    number = None if stood is None else context.slots.grid.number(stood.slot)
    if stood is None or number is None:
        return
    lent = context.slots.offers.officers.get(stood.police or "", [])
    if one.officers is not None and lent and one.officers > lent[number]:
        text = counted(
            lent[number],
            "{unit} lends at most one officer then. Did {given} come?",
            "{unit} lends at most {n} officers then. Did {given} come?",
            unit=context.scenario.police[stood.police or ""].name,
            given=one.officers,
        )
        yield Problem("idle", text, path="outcomes[0].officers")
    for agency, given in one.teams.items():
        offered = context.slots.year.teams.get(agency, [])
        if offered and given > offered[number]:
            text = counted(
                offered[number],
                "{agency} offers at most one team then. Did {given} come?",
                "{agency} offers at most {n} teams then. Did {given} come?",
                agency=context.scenario.agencies[agency].name,
                given=given,
            )
            yield Problem("idle", text, path=f"outcomes[0].teams.{agency}")


def _fewer_officers(scenario: Scenario, one: FewerOfficers) -> Iterator[Problem]:
    operation = scenario.operations.get(one.operation)
    if operation is not None and one.made(operation).least == operation.least:
        text = Message(
            "{operation} already manages with {least} officers, so nothing changes.",
            {"operation": operation.id, "least": operation.least},
        )
        yield Problem("idle", text, path="fewer_officers[0].officers")
