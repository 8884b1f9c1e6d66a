"""Entries of contacts taken in by `carry`: their outcome, their immediate effect, and the mail about them."""

from collections.abc import Collection
from datetime import datetime

from arshjul.errors import InputError, Refused
from arshjul.office.contacts.contacts import hand_out
from arshjul.office.contacts.ledger import LEDGERS, hear
from arshjul.office.contacts.offers import became_of_offers
from arshjul.office.contacts.sheets import purged_sheets
from arshjul.office.contacts.telling import tell_devices, tell_outcomes
from arshjul.office.draft.answers import SentAnswers, answer_in
from arshjul.office.draft.stored_draft import present_year
from arshjul.office.publishing.undoable import answered_by
from arshjul.office.store import audit, contacts, drafts, party_entries, readers
from arshjul.office.store.events import SheetPurged
from arshjul.office.store.party_entries import PartyEntry, PartyFault, Settled
from arshjul.office.store.store import Store, Transaction
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync_diff import (
    DAY,
    Carried,
)
from arshjul.portal.store.views import EntryOutcome
from arshjul.serving.sql.columns import moment_text
from arshjul.year.agenda.entry import one_line
from arshjul.year.agenda.party import party_named
from arshjul.year.domain.calendar import Slot
from arshjul.year.formats.schema.party_entry import (
    ANSWER,
    CALENDAR,
    EVALUATING,
    KINDS,
    NOMINATIONS,
    OFFERS,
    RETRACTION,
    read_body,
    read_replies,
)

KEPT = 90 * DAY
"""The time for which an entry's outcome is still told."""


def became_of(
    db: Transaction, kept: Remembered, ids: Collection[str], since: datetime | None
) -> dict[str, EntryOutcome]:
    """`published` with the version that answered them. `since`: also of all that wait, or were settled after that."""
    known = party_entries.settled(db, ids, since)
    found = {settled.id: EntryOutcome(settled.state, _told_of(settled), settled.at) for settled in known}
    last_words = sorted(known, key=lambda one: one.reported)  # what it corrects was taken with it, as one entry
    taken = {int(word.item): word.id for word in last_words if word.state == "taken"}
    for entry in drafts.entries(db, taken) if taken else ():
        if entry.taken_back_at is not None:
            found[taken[entry.number]] = EntryOutcome("taken-back", "", entry.taken_back_at)
        elif (served := kept.served(db)) is not None and (version := answered_by(served.plan, entry)) is not None:
            found[taken[entry.number]] = EntryOutcome("published", str(version), served.revision.published_at)
    offers = became_of_offers(db, kept.taken) if any(settled.state == "waits" for settled in known) else {}
    for settled in known:
        if settled.id in offers:
            found[settled.id] = EntryOutcome(offers[settled.id], "", settled.at)
        reader = readers.SUBSCRIBERS.get(db, int(settled.item)) if settled.state == "handed" else None
        if reader is not None and reader.revoked_at is not None:
            found[settled.id] = EntryOutcome("closed", "", reader.revoked_at)
    return found


def _told_of(one: Settled) -> str:
    """The outcome of a nomination for its contact: the number that it has now, or the reason."""
    return one.item if one.state == "accepted" else one.reason


def untold(db: Transaction, kept: Remembered, since: datetime) -> dict[str, str]:
    """The present outcomes of entries, by id, where their contacts were last mailed another."""
    told = {settled.id: settled.told for settled in party_entries.settled(db, (), since)}
    return {id: one.state for id, one in became_of(db, kept, (), since).items() if told[id] != one.state}


def take_in(store: Store, kept: Remembered, done: Carried, now: datetime) -> None:
    """Takes entries in, and tells their contacts. Another turn may have been quicker: what it did is there already."""
    with store.writing() as db:
        there = party_entries.digests(db, [entry.id for entry in done.entries])
        new = [entry for entry in done.entries if entry.id not in there]
        if any(not KINDS[entry.kind].waits for entry in new):
            audit.refuse_jump(
                db, now
            )  # what takes effect is logged: until somebody says that the clock is right it waits
        party_entries.ENTRIES.add(db, *new)
        for entry in new:
            if entry.state == "waits" and entry.kind in (RETRACTION, *NOMINATIONS):
                _retract(db, entry, now)
            elif entry.state == "waits" and entry.kind == CALENDAR:
                _hand_out(db, entry, now)
            elif entry.state == "waits" and entry.kind in OFFERS:
                _refuse_uncalled(db, entry, now)
            elif entry.state == "waits" and not KINDS[entry.kind].waits:
                _take_effect(db, entry, now)
        known = purged_sheets(db) if done.purges else {}
        for purge in [purge for purge in done.purges if purge.operation not in known]:
            said = (purge.operation, one_line(purge.decision), moment_text(purge.at))
            audit.add(db, now, contacts.PORTAL, SheetPurged(*said))
        party_entries.add_faults(db, done.faults)
        for id, moment in done.came_in.items():
            contacts.CONTACTS.where(id=id).set(db, came_in_at=moment)
        tell_devices(db, done.came_in, now)
        tell_outcomes(db, untold(db, kept, now - KEPT), now)


def _take_effect(db: Transaction, one: PartyEntry, now: datetime) -> None:
    """Lets a contact's answers count; or refuses them, where they come too late, or something else is asked by now.

    What was sent in time counts, however late it is carried, unless something was answered after it was said: by the
    portal's clock, where that is not ahead of ours.
    """
    said, party, kind = min(one.reported, now), party_named(one.party).id, KINDS[one.kind]
    is_heard = True
    if one.kind == ANSWER:
        is_heard = _answers(db, one, said, now)
    elif one.kind != EVALUATING and (ledger := LEDGERS.get(kind.list)) is not None:
        is_heard = hear(db, ledger, kind.item(read_body(one.body), party), party, one.contact, said, now)
    party_entries.settle(db, one.id, "counts" if is_heard else "refused", one.contact, now)


def _answers(db: Transaction, one: PartyEntry, said: datetime, now: datetime) -> bool:
    replies = read_replies(read_body(one.body))
    given = {reply.question: reply.answer for reply in replies}
    remarks = {reply.question: one_line(reply.remark) for reply in replies}
    instead = {reply.question: [Slot(time.day, time.shift) for time in reply.instead] for reply in replies}
    try:
        sent = SentAnswers(given, remarks, said, instead, _said_at(db, one.party))
        answer_in(db, party_named(one.party).id, sent, now)
    except (InputError, Refused):
        return False
    return True


def _hand_out(db: Transaction, one: PartyEntry, now: datetime) -> None:
    """Opens the address of a calendar that a contact has asked for; or refuses it."""
    try:
        party_entries.settle(db, one.id, "handed", one.contact, now, hand_out(db, one, now))
    except (InputError, Refused):
        party_entries.settle(db, one.id, "refused", one.contact, now)


def _refuse_uncalled(db: Transaction, one: PartyEntry, now: datetime) -> None:
    """Refuses an offer to a call that there is not, or that does not ask its party: no page would show it."""
    call, party = read_body(one.body)["call"], party_named(one.party).id
    year = present_year(db)
    known = year.parties.get(party)
    if known is None or not any(there.id == call and there.asks(known) for there in year.calls):
        party_entries.settle(db, one.id, "refused", one.contact, now)
        party_entries.add_faults(db, [PartyFault(one.digest, "call", one.party, now)])


def _said_at(db: Transaction, party: str) -> dict[tuple[str, datetime], datetime]:
    """When the party's answers were said: by the question, and the moment at which each was carried in."""
    found = dict[tuple[str, datetime], datetime]()
    for entry in party_entries.ENTRIES.where(party=party, kind=ANSWER, state="counts").all(db):
        said = min(entry.reported, entry.received)
        for reply in read_replies(read_body(entry.body)):
            at = (reply.question, entry.settled_at or said)
            found[at] = max(said, found.get(at, said))
    return found


def _retract(db: Transaction, came: PartyEntry, now: datetime) -> None:
    """In whatever order the two came. What has been decided stays so, and its contact is told that it came too late."""
    if came.kind in NOMINATIONS:
        if party_entries.ENTRIES.where(contact=came.contact, kind=RETRACTION, corrects=came.id).all(db):
            party_entries.settle(db, came.id, "withdrawn", came.contact, now)
        return
    wanted = party_entries.ENTRIES.get(db, came.corrects)
    is_done = wanted is None or (wanted.contact == came.contact and wanted.kind in NOMINATIONS)
    if wanted is not None and is_done and wanted.state != "withdrawn":
        is_done = party_entries.settle(db, wanted.id, "withdrawn", came.contact, now)
    party_entries.settle(db, came.id, "withdrawn" if is_done else "refused", came.contact, now)
    if is_done:
        party_entries.ENTRIES.where(id=came.id).set(db, told="withdrawn")  # the mail on the nomination says it
