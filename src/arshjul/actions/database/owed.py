"""The messages that are owed when a copy takes the place of a database: who was told what outlives the copy's year."""

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
    """All that a database knows of who was told what.

    `served`: the hash of the revision that those know for whom nothing waits. `proposal`: what its questions are about.
    `lost`: by party, that it is asked no more what it was asked since a copy was made that takes the database's place.
    """

    messages: tuple[OutboxMessage, ...]
    revisions: Mapping[ToldRevision, YearBytes]
    served: str
    proposal: StoredProposal | None
    lost: Mapping[str, PartyMail]


def told_since(db: Transaction, copy: Transaction) -> ToldSoFar | None:
    """All that a database knows of who was told what; None where a copy knows more of it, or it is damaged."""
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
    """Lets the outbox hold what parties are owed now that a copy is there; how many messages may have gone since it.

    Without `told`, nobody knows what has gone since the copy was made.
    """
    if told is None:
        return outbox.doubt(db, now)
    outbox.put_in_place(db, told.messages)
    if proposals.read(db) != told.proposal:
        outbox.take_out_questions(db)
    _owe_news(db, told, actor, now)
    for party, mail in told.lost.items():  # on the telephone: nobody has looked at it yet
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
