"""The term of a calendar's address: as long as the plan and 90 days, so that no evaluation is missed."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from arshjul.domain.calendar import local
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.store import readers
from arshjul.store.store import Transaction
from arshjul.texts import counted

AFTER_PLAN = timedelta(days=90)
TOLD_BEFORE = timedelta(days=30)
"""So long before an address ends its reader, the console and `doctor` say so."""


def end_of_term(scenario: Scenario, now: datetime) -> datetime:
    """The end of an address that is handed out now; after the plan's end, 90 days from now."""
    last = max(scenario.span.last, now.astimezone(scenario.zone).date()) + AFTER_PLAN
    return local(last + timedelta(days=1), time(), scenario.zone).astimezone(UTC)


def go_on(db: Transaction, old: Scenario, new: Scenario, now: datetime) -> None:
    """Lets the addresses that were to last as long as the plan last as long as it does now; none becomes shorter."""
    was, until = end_of_term(old, now), end_of_term(new, now)
    for address in readers.addresses(db):
        if address.expires_at >= was:
            readers.lengthen(db, address, until)


def ending(db: Transaction, now: datetime) -> list[datetime]:
    """The ends of those calendars whose last address ends soon, the first one first; revoked ones have ended."""
    last: dict[int, datetime] = {}
    for address in readers.addresses(db):
        last[address.subscriber] = max(address.expires_at, last.get(address.subscriber, address.expires_at))
    live = (one.id for one in readers.subscribers(db) if one.revoked_at is None)
    return sorted(last[id] for id in live if id in last and now < last[id] <= now + TOLD_BEFORE)


def ending_said(ends: Sequence[datetime]) -> Message | None:
    """A sentence about those; None where there are none."""
    if not ends:
        return None
    first = {"first": ends[0].date()}
    return counted(
        len(ends),
        "The address of one calendar ends on {first}.",
        "The addresses of {n} calendars end within 30 days, the first on {first}.",
        **first,
    )
