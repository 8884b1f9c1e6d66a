"""Questions about entries that change nothing, reach out of the plan, or break a rule: probable typing errors."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from arshjul.domain.calendar import Slot, Span
from arshjul.domain.entries.amendment import FewerOfficers, MilestoneHeld, Nominated, Outcome, Pinned, TeamsLost
from arshjul.domain.entries.entries import Entries
from arshjul.domain.operation import Operation, Pin, Placement
from arshjul.domain.parties import Matching
from arshjul.domain.plan import Plan
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.domain.slot_tables import SlotTables
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import Message, Problem
from arshjul.planning.check.other_years import BEFORE, beyond, of_operation
from arshjul.rules import HARD
from arshjul.rules.rule import Rule
from arshjul.texts import counted

_Entry = TypeVar("_Entry")


def idle(scenario: Scenario, plan: Plan, known: Entries, entered: Entries, today: date) -> Iterator[Problem]:
    """The problems of entries that are not among the `known` ones, each at the key that is wrong.

    Of a withdrawal whose id is known, only a new last date is checked.
    """
    told, context = {withdrawal.id: withdrawal for withdrawal in known.withdrawals}, ReplanContext.of(scenario)
    for one in entered.withdrawals:
        if one.id not in told:
            yield from _withdrawal(context, one, today)
            yield from _twice(scenario, known, one)
        elif one.last != told[one.id].last:
            yield from _late(scenario, "withdrawals[0].to", one.last)
    standing = {one.id: one for one in known.in_force()}
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
    """A milestone that was held so long before the plan that the year is probably wrong."""
    if one.day is not None and one.day < scenario.span.first - BEFORE and (text := beyond(scenario.span, one.day)):
        yield Problem("idle", text, path="held[0].date")


def _copied(scenario: Scenario, known: Entries, operation: Operation) -> Iterator[Problem]:
    """A new operation that is another one in all but its number, unless such are plainly meant to be several."""
    new = [change.operation for change in known.changes if isinstance(change, Nominated)]
    alike = [
        one.id for one in (*scenario.operations.values(), *new) if _but_for_number(one) == _but_for_number(operation)
    ]
    others = [id for id in alike if id != operation.id]
    if others and operation.spacing_days != 0 and not operation.not_same_day_as:
        text = Message("Same as {first} apart from the number. Is it to be there twice?", {"first": others[0]})
        yield Problem("idle", text, path="operations[0].title")


def _but_for_number(operation: Operation) -> Operation:
    return replace(operation, id="", nominated_on=None)


def passed(window: Span | None, today: date, path: str) -> Iterator[Problem]:
    """The problem of an item whose dates have all passed, so that nothing can be placed on them."""
    if window is not None and window.last < today:
        values = {"last": window.last, "today": today}
        text = Message("The last day, {last}, has passed ({today}), so it cannot be placed. Is the date right?", values)
        yield Problem("idle", text, path=f"{path}.window.to")


def _new(entered: Sequence[_Entry], known: Sequence[_Entry]) -> list[_Entry]:
    """The entries beyond the known ones; each known one accounts for a single equal entry."""
    left = list(entered)
    for one in known:
        if one in left:
            left.remove(one)
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
    """A withdrawal of what another one, with nothing given back, takes back already."""
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
                "{units}: already withdrawn by {id}. Is this another withdrawal?",
                {"units": units, "id": other.id},
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
    """A pin to a place that some rule forbids the operation, whatever else is planned."""
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
            rule = next((rule for rule in HARD if not _lets(rule, context, chosen, pin.slot, unit)), None)
            if rule is None:
                return []
            why.append(rule.refusal(context, chosen, pin.slot, unit))
    return [*{str(text): text for text in why}.values()]  # several units may give the same reason


def _lets(rule: Rule, context: ReplanContext, operation: Operation, slot: Slot, unit: str | None) -> bool:
    """True if the rule allows the operation by itself there; its present pin is ignored."""
    number = context.slots.grid.number(slot)
    alone = replace(operation, fixed=None)
    return number is not None and bool(rule.allowed(context, alone, unit) >> number & 1)


def _most(slots: SlotTables, rows: list[list[int]], when: Matching, shifts: tuple[str, ...] | None) -> int:
    """The most that one of the rows offers at a matching slot on an open date; 0 if there is none."""
    matching = [replace(when, shift=shift) for shift in shifts or (None,)]
    numbers = [n for one in matching for n in slots.year.numbers_matching(one) if slots.year.open >> n & 1]
    return max((row[n] for n in numbers for row in rows), default=0)


def _early(scenario: Scenario, name: str, first: date, today: date) -> Iterator[Problem]:
    """A date before the year, perhaps of the wrong year, or a date in the past, which changes nothing."""
    if first < scenario.span.first and (text := beyond(scenario.span, first)) is not None:
        yield Problem("idle", text, path=f"{name}[0].from")
    elif first < today:
        text = Message(
            "{given} has passed, and past operations stay as they were. Is the date right?", {"given": first}
        )
        yield Problem("idle", text, path=f"{name}[0].from")


def _late(scenario: Scenario, path: str, last: date | None) -> Iterator[Problem]:
    """A date after the plan's last one, perhaps of the wrong year. None: there is no end yet."""
    if last is not None and last > scenario.span.last and (text := beyond(scenario.span, last)) is not None:
        yield Problem("idle", text, path=path)


def far_dates_asked(operation: Operation, plan: Span) -> Iterator[Problem]:
    """Questions about the dates of an operation that lie far outside the plan."""
    for doubt in of_operation(plan, (), operation):
        yield Problem("idle", doubt.text, path=f"operations[0].{'.'.join(map(str, doubt.where))}")


def _outcome(context: ReplanContext, stood: Placement | None, one: Outcome) -> Iterator[Problem]:
    """More officers or teams reported than anybody had to send."""
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
