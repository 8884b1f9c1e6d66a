"""What a party has said of operations, as far as the portal knows: carried in already, or on its way."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from arshjul.domain.party_view import PartyView, ViewEvaluation
from arshjul.formats.schema.party_entry import EVALUATING, EVALUATION, read_body
from arshjul.store.database import Database
from arshjul.store.portal import inbox, views
from arshjul.store.portal.contacts import PortalContact
from arshjul.store.portal.inbox import InboxRow

MOST_READ = 400
"""The latest entries of a party that are looked through: more than it has open evaluations."""


def is_said(portal: Database, view: PartyView) -> frozenset[str]:
    """The operations that the party has evaluated."""
    with portal.reading() as db:
        rows = inbox.LATEST.where(party=view.party, kind=EVALUATION).all(db, MOST_READ)
        refused = {id for id, one in views.outcomes_of(db, [row.id for row in rows]).items() if one.state == "refused"}
    sent = {
        one.operation for one in view.evaluations for row in rows if row.id not in refused and _is_of(row, one, view)
    }
    return frozenset(sent | {one.operation for one in view.evaluations if one.is_answered})


def _is_of(row: InboxRow, asked: ViewEvaluation, view: PartyView) -> bool:
    """True if it is said of the operation on its present date: what was said before that is about another."""
    day = row.reported.astimezone(ZoneInfo(view.timezone)).date()
    return day >= asked.opens and read_body(row.body).get("operation") == asked.operation


@dataclass(frozen=True, slots=True)
class Begun:
    """What a party has said of an operation so far, in whole or in part. `entry`: the last one; empty if none.

    `is_own`: the contact that looks has said it itself.
    """

    entry: str = ""
    body: Mapping[str, object] = field(default_factory=dict)
    is_own: bool = True


def begun(portal: Database, contact: PortalContact, view: PartyView, asked: ViewEvaluation) -> Begun:
    """What the contact's party has said of an operation, by whichever contact: it is one answer."""
    with portal.reading() as db:
        rows = [
            row
            for kind in (EVALUATION, EVALUATING)
            for row in inbox.LATEST.where(party=contact.party, kind=kind).all(db, MOST_READ)
        ]
    for row in sorted(rows, key=lambda row: row.reported, reverse=True):
        if _is_of(row, asked, view):
            return Begun(row.id, read_body(row.body), row.contact == contact.id)
    return Begun()
