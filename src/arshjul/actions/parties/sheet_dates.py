"""When the operations of information sheets are, as the parties are told: the portal knows no other dates."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from arshjul.actions.parties.entries import today
from arshjul.domain.party_view import PartyView
from arshjul.formats.feeds.view_json import from_text
from arshjul.store.database import Transaction
from arshjul.store.portal import views

DRAFTS_KEPT = timedelta(days=30)
"""How long after the last date of an operation what was not given is kept."""


def views_in(db: Transaction) -> list[PartyView]:
    """The views of all parties."""
    return [from_text(views.body(db, party)[1]) for party in views.marks(db)]


def days_of(view: PartyView, operation: str) -> list[date]:
    """The dates of an operation, as the party is told of them."""
    sheets = [one.first for one in view.sheets if one.operation == operation]
    return [*sheets, *(one.first for one in view.events if one.operation == operation)]


def last_day(told: Iterable[PartyView], operation: str) -> date | None:
    """The last date of an operation, as those parties are told of it; None if none of them is."""
    return max((day for view in told for day in days_of(view, operation)), default=None)


def are_drafts_over(view: PartyView, operation: str, now: datetime) -> bool:
    """True if no draft of the operation is kept any more."""
    day = last_day([view], operation)
    return day is not None and today(view, now) > day + DRAFTS_KEPT
