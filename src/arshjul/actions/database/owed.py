"""The messages that are owed when a copy replaces a database, since parties were told things that the copy lacks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from arshjul.actions.draft.undecided import asked_since
from arshjul.actions.publishing.revision_messages import RevisionMessages
from arshjul.actions.publishing.served_revision import served_revision
from arshjul.actions.publishing.stale_revision import seen_from
from arshjul.domain.party_mail import PartyMail
from arshjul.errors import InputError
from arshjul.formats.catalogues import words
from arshjul.formats.plan.plan_folder import year_of_json
from arshjul.store import audit, outbox, proposals, revisions
from arshjul.store.faults import UNREADABLE
from arshjul.store.outbox import OutboxMessage
from arshjul.store.proposals import StoredProposal
from arshjul.store.revisions import ToldRevision, YearBytes
from arshjul.store.store import Transaction


@dataclass(frozen=True, slots=True)
class ToldMessages:
    """`served`: the hash of the revision that parties without waiting messages know. `lost`: by party, withdrawals."""

    messages: tuple[OutboxMessage, ...]
    revisions: Mapping[ToldRevision, YearBytes]
    served: str
    proposal: StoredProposal | None
    lost: Mapping[str, PartyMail]


def told_since(db: Transaction, copy: Transaction) -> ToldMessages | None:
    """All that a database knows of what parties were told; None if the copy knows more, or it is damaged."""
    log = audit.lines(copy)
    try:
        served = revisions.current(db)
        if served is None or (log and log[-1] not in audit.lines(db)):
            return None
        messages = tuple(outbox.OUTBOX.all(db))
        hashes = {served.hash, *(hash for one in messages for hash in (one.knows, one.tells))}
        named = revisions.told_named(db, hashes)
        for year in named.values():
            year_of_json(year.scenario, year.plan)
        return ToldMessages(messages, named, served.hash, proposals.PROPOSALS.first(db), asked_since(db, copy))
    except (*UNREADABLE, InputError):
        return None


def carry_over(db: Transaction, record: ToldMessages | None, actor: str, now: datetime) -> int:
    """The number of messages with unknown success: without a `record`, of all sent since the copy was made."""
    if record is None:
        return outbox.doubt(db, now)
    outbox.put_in_place(db, record.messages)
    if proposals.PROPOSALS.first(db) != record.proposal:
        outbox.take_out_all(db, asks=True)
    _reconcile(db, record, actor, now)
    for party, mail in record.lost.items():  # on the telephone, since nobody has reviewed it yet
        outbox.add(db, party, "", mail, actor, now)
    return 0


def _reconcile(db: Transaction, record: ToldMessages, actor: str, now: datetime) -> None:
    revisions.keep_told(db, record.revisions)
    served = served_revision(db)
    if served is None:
        outbox.take_out_all(db, asks=False)
        return
    moment = served.revision.as_of if served.is_rehearsal else now
    plan = seen_from(served.plan, served, moment)
    said = words(served.scenario.language)
    RevisionMessages(db, served.scenario, plan, served, said, actor, now, moment, record.served).reconcile()
