"""Entries that would change nothing, or begin before the year does: slips of the hand, told before they are kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from arshjul.domain.amendment import FewerOfficers, TeamsLost
from arshjul.domain.entries import Entries
from arshjul.domain.parties import Matching
from arshjul.domain.replan_context import ReplanContext
from arshjul.domain.scenario import Scenario
from arshjul.domain.slot_tables import SlotTables
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import Message, Problem
from arshjul.texts import counted


def idle(scenario: Scenario, known: Entries, entered: Entries) -> Iterator[Problem]:
    """The problems of what is entered, each at the key that is wrong. A withdrawal that is `known` may say anything."""
    told = {one.id for one in known.withdrawals}
    for one in entered.withdrawals:
        if one.id not in told:
            yield from _withdrawal(scenario, one)
    for change in entered.changes:
        if isinstance(change, TeamsLost):
            yield from _teams_lost(scenario, change)
        if isinstance(change, FewerOfficers):
            yield from _fewer_officers(scenario, change)


def _withdrawal(scenario: Scenario, one: Withdrawal) -> Iterator[Problem]:
    yield from _early(scenario, "withdrawals", one.first)
    slots = ReplanContext.of(scenario).slots
    rows = [slots.officers[unit] for unit in one.police if unit in slots.officers]
    most = _most(slots, rows, Matching(None, None, one.first, one.last), one.shifts)
    if 0 < most <= one.officers_left:
        text = counted(
            most,
            "No more than one officer is lent there, so with {left} left nothing is taken back. How many are left?",
            "No more than {n} officers are lent there, so with {left} left nothing is taken back. How many are left?",
            left=one.officers_left,
        )
        yield Problem("idle", text, path="withdrawals[0].officers_left")


def _teams_lost(scenario: Scenario, one: TeamsLost) -> Iterator[Problem]:
    yield from _early(scenario, "agencies", one.span.first)
    slots = ReplanContext.of(scenario).slots
    when = Matching(one.weekdays, None, one.span.first, one.span.last)
    most = _most(slots, [slots.teams[one.agency]] if one.agency in slots.teams else [], when, one.shifts)
    if 0 < most <= one.teams_left:
        text = counted(
            most,
            "No more than one team is offered there, so with {left} left nothing changes. How many are left?",
            "No more than {n} teams are offered there, so with {left} left nothing changes. How many are left?",
            left=one.teams_left,
        )
        yield Problem("idle", text, path="agencies[0].teams_left")


def _most(slots: SlotTables, rows: list[list[int]], when: Matching, shifts: tuple[str, ...] | None) -> int:
    """The most that one of them offers in a slot that is meant."""
    matching = [replace(when, shift=shift) for shift in shifts or (None,)]
    return max((row[n] for one in matching for n in slots.numbers_matching(one) for row in rows), default=0)


def _early(scenario: Scenario, name: str, first: date) -> Iterator[Problem]:
    """A date before the year does nothing there; often it is another year by mistake."""
    if first < scenario.span.first:
        values = {"given": first, "first": scenario.span.first}
        text = Message("{given} lies before the plan, which begins {first}. Is the year right?", values)
        yield Problem("idle", text, path=f"{name}[0].from")


def _fewer_officers(scenario: Scenario, one: FewerOfficers) -> Iterator[Problem]:
    operation = scenario.operations.get(one.operation)
    if operation is not None and one.made(operation).least == operation.least:
        text = Message(
            "{operation} can do with {least} officers already, so this changes nothing.",
            {"operation": operation.id, "least": operation.least},
        )
        yield Problem("idle", text, path="fewer_officers[0].officers")
