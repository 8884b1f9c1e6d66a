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
from arshjul.store import audit, outbox, proposals, revisions, told_revisions
from arshjul.store.faults import UNREADABLE
from arshjul.store.outbox import OutboxMessage
from arshjul.store.proposals import StoredProposal
from arshjul.store.store import Transaction
from arshjul.store.told_revisions import ToldRevision, YearBytes


@dataclass(frozen=True, slots=True)
class ToldSoFar:
    """All that a database knows of what parties were told.

    `served`: the hash of the revision known to parties without waiting messages. `proposal`: what its questions are
    about. `lost`: by party, the withdrawal of questions asked since the copy that replaces the database was made.
    """

    messages: tuple[OutboxMessage, ...]
    revisions: Mapping[ToldRevision, YearBytes]
    served: str
    proposal: StoredProposal | None
    lost: Mapping[str, PartyMail]


def told_since(db: Transaction, copy: Transaction) -> ToldSoFar | None:
    """All that a database knows of what parties were told; None if the copy knows more, or it is damaged."""
    log = audit.lines(copy)
    try:
        served = revisions.current(db)
        if served is None or (log and log[-1] not in audit.lines(db)):
            return None
        messages = tuple(outbox.every(db))
        hashes = {served.hash, *(hash for one in messages for hash in (one.knows, one.tells))}
        named = told_revisions.named(db, hashes)
        for year in named.values():
            year_of_json(year.scenario, year.plan)
        return ToldSoFar(messages, named, served.hash, proposals.read(db), asked_since(db, copy))
    except (*UNREADABLE, InputError):
        return None


def go_on(db: Transaction, told: ToldSoFar | None, actor: str, now: datetime) -> int:
    """Fills the outbox with what parties are owed after a restore; returns the number of messages with unknown success.

    Without `told`, what was sent since the copy was made is unknown.
    """
    if told is None:
        return outbox.doubt(db, now)
    outbox.put_in_place(db, told.messages)
    if proposals.read(db) != told.proposal:
        outbox.take_out_questions(db)
    _owe_news(db, told, actor, now)
    for party, mail in told.lost.items():  # on the telephone, since nobody has reviewed it yet
        outbox.add(db, party, "", mail, actor, now)
    return 0


def _owe_news(db: Transaction, told: ToldSoFar, actor: str, now: datetime) -> None:
    told_revisions.keep(db, told.revisions)
    served = served_revision(db)
    if served is None:
        outbox.take_out_news(db)
        return
    moment = served.revision.as_of if served.is_rehearsal else now
    plan = seen_from(served.plan, served, moment)
    said = words(served.scenario.language)
    RevisionMessages(db, served.scenario, plan, served, said, actor, now, moment, told.served).owe()
