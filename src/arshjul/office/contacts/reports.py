"""Reports of contacts that wait: shown, entered in the year, or put aside, one alone or all with their contact."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from arshjul.errors import InputError, Message, Refused
from arshjul.office.contacts.contacts import lock_in
from arshjul.office.draft.draft import GONE, AlreadyDone, Draft
from arshjul.office.draft.enter import enter_in, entries_known, next_id
from arshjul.office.draft.logbook import entered
from arshjul.office.draft.stored_draft import opened_draft, present_year
from arshjul.office.store import audit, contacts, drafts, party_entries
from arshjul.office.store.contacts import Contact
from arshjul.office.store.drafts import StoredEntry
from arshjul.office.store.events import PartyEntryPutAside, PartyEntryPutBack, PartyEntryTaken, PartyFaultsSeen
from arshjul.office.store.party_entries import PartyEntry
from arshjul.office.store.store import Store, Transaction
from arshjul.year.agenda.party import party_named
from arshjul.year.agenda.party_entry import reference
from arshjul.year.domain.calendar import by_clock
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.domain.sent_offer import taken_offers
from arshjul.year.formats.schema.party_entry import KINDS, NOTE, NUMBER, OFFERS, REPORTS, given_back_of, read_body
from arshjul.year.formats.words import local_time
from arshjul.year.texts import counted

MOST_APART = timedelta(minutes=2)
"""A larger difference between the portal's clock and ours is told."""

KEPT = timedelta(days=30)
"""For how long what was put aside is shown, to be taken back."""

FAULTS = {
    "contact": Message("an unknown contact"),
    "ended": Message("an ended contact"),
    "party": Message("a contact of another party"),
    "kind": Message("an entry that the party does not send"),
    "may": Message("an entry beyond the contact's rights"),
    "key": Message("an invalid form"),
    "body": Message("an invalid form"),
    "call": Message("an offer to a removed call, or another's"),
    "size": Message("too large"),
    "value": Message("an invalid form"),
    "other": Message("an invalid form"),
}


@dataclass(frozen=True, slots=True)
class SaidEntry:
    """`id`: until it is entered, the number that its party has for it. `problem`: why it cannot be entered."""

    id: str
    text: Message
    note: str
    problem: Message | None


@dataclass(frozen=True, slots=True)
class ReportsOfContact:
    """`received`: of the first entry. `is_apart`: the portal's clock and ours differ."""

    contact: Contact
    party: Agency | PoliceUnit | None
    said: tuple[SaidEntry, ...]
    received: datetime
    is_apart: bool


@dataclass(frozen=True, slots=True)
class FromPortal:
    """`reports`: by contact. `faults`: by their kind. `aside`: put aside within 30 days, which may be taken back."""

    reports: tuple[ReportsOfContact, ...]
    faults: tuple[Message, ...]
    aside: tuple[ReportsOfContact, ...]


def from_portal(store: Store, draft: Draft, now: datetime) -> FromPortal:
    with store.reading() as db:
        waiting, faults = party_entries.waiting(db, REPORTS), party_entries.faults(db)
        entry = party_entries.ENTRIES.c
        lately = (entry.kind.in_(REPORTS), entry.settled_at >= now - KEPT)
        aside = party_entries.ENTRIES.where(*lately, state="aside").all(db)
        known = {contact.id: contact for contact in contacts.CONTACTS.all(db)} if waiting or aside else {}
    reports, put_aside = (
        tuple(_reports(draft, known[id], entries, now) for id, entries in _by_contact(some).items())
        for some in (_last_words(waiting), aside)
    )
    return FromPortal(reports, tuple(_faults_said(draft, faults)), put_aside)


def _by_contact(entries: Iterable[PartyEntry]) -> dict[str, list[PartyEntry]]:
    found: dict[str, list[PartyEntry]] = {}
    for entry in entries:
        found.setdefault(entry.contact, []).append(entry)
    return found


def _last_words(waiting: list[PartyEntry]) -> Iterator[PartyEntry]:
    """The entries that no other one corrects, in whatever order they came."""
    corrected = {(entry.contact, entry.corrects) for entry in waiting}
    yield from (entry for entry in waiting if (entry.contact, entry.id) not in corrected)


def _reports(draft: Draft, contact: Contact, entries: list[PartyEntry], now: datetime) -> ReportsOfContact:
    party = draft.named.parties.get(party_named(contact.party).id)
    named = draft.ever_named()
    said = []
    for entry in entries:
        kind, body = KINDS[entry.kind], read_body(entry.body)
        item = {
            **kind.item(body, party_named(entry.party).id, reference(entry.id)),
            "reported": _told_at(draft, entry, now),
        }
        written = StoredEntry(0, kind.list, json.dumps(item, ensure_ascii=False), contact.function, entry.received)
        problem = _of_others(draft, entry, body, now)
        said.append(SaidEntry(entry.id, entered(draft, written, named), str(body.get(NOTE, "")), problem))
    is_apart = any(abs(entry.received - entry.reported) > MOST_APART for entry in entries)
    return ReportsOfContact(contact, party, tuple(said), entries[0].received, is_apart)


def _faults_said(draft: Draft, faults: Mapping[tuple[str, str], int]) -> Iterator[Message]:
    for (kind, party), n in faults.items():
        known = draft.named.parties.get(party_named(party).id)
        why: object = FAULTS.get(kind, kind)
        if known is not None:
            why = Message("{party}: {why}", {"party": known.name, "why": why})
        yield counted(n, "One row was rejected: {why}.", "{n} rows were rejected: {why}.", why=why)
    if sum(faults.values()) >= party_entries.MOST_FAULTS:
        yield Message("Further rows are not counted.")


def enter_reports(store: Store, contact: str, actor: str, now: datetime, seen: str) -> bool:
    """Enters what waits of a contact in the year, as its latest words say it, in one transaction.

    An entry that cannot be used as it is keeps none of the others out: it goes on waiting, and the answer is False.
    InputError or Refused, of the first one, if none can be used; AlreadyDone if nothing waits; StaleDraft if the draft
    has changed.
    """
    unusable: list[InputError | Refused] = []
    with store.writing() as db:
        waiting = [entry for entry in party_entries.waiting(db, REPORTS) if entry.contact == contact]
        if not waiting:
            raise AlreadyDone(GONE)
        draft = opened_draft(db)
        draft.refuse_other(seen)
        last_words = list(_last_words(waiting))
        for word in last_words:
            try:
                number = _entered(db, draft, word, actor, now)
            except (InputError, Refused) as error:  # it is judged before anything is written
                unusable.append(error)
                continue
            for replaced in (word, *_corrected(waiting, word)):
                party_entries.settle(db, replaced.id, "taken", actor, now, str(number))
                audit.add(db, now, actor, PartyEntryTaken(replaced.party, replaced.id))
            draft = opened_draft(db)
        if len(unusable) == len(last_words):
            raise unusable[0]
    return not unusable


def _corrected(waiting: list[PartyEntry], last: PartyEntry) -> Iterator[PartyEntry]:
    """The entries that wait and that this one replaces, directly or not."""
    known, id = {entry.id: entry for entry in waiting}, last.corrects
    while id in known:
        one = known.pop(id)
        yield one
        id = one.corrects


def _entered(db: Transaction, draft: Draft, one: PartyEntry, actor: str, now: datetime) -> int:
    """The number of the entry that it becomes; it takes the place of what it corrects."""
    kind, body = KINDS[one.kind], read_body(one.body)
    former, id = _former(db, one), NUMBER
    corrected = str(json.loads(former.body)["id"]) if former is not None and kind.numbered else None
    if problem := _of_others(draft, one, body, now, corrected):
        raise InputError(problem)
    if kind.numbered:
        id = corrected or next_id(draft, now, kind.list)
    item = {**kind.item(body, party_named(one.party).id, id), "reported": _told_at(draft, one, now)}
    (number,) = enter_in(db, draft, [(kind.list, item)], actor, now)
    return number


def _told_at(draft: Draft, one: PartyEntry, now: datetime) -> str:
    """When it was told, where the year is; in a rehearsal, by its clock."""
    told = draft.moment(now) if draft.is_rehearsal else min(one.reported, one.received)
    return local_time(by_clock(told, draft.scenario.zone).replace(second=0, microsecond=0))


def _of_others(
    draft: Draft, one: PartyEntry, body: Mapping[str, object], now: datetime, corrected: str | None = None
) -> Message | None:
    """The problem with an entry about a withdrawal that is not its party's alone, or does not take what it gives back.

    `corrected`: the id of the entry that it takes the place of.
    Its last report says whose it is. What is given back comes back for all of its units: of a shared one that is the
    coordinator's to say. That it goes on, any of its units may say: nobody's officers come back by it.
    """
    withdrawal, party = corrected if one.kind == "report" else body.get("withdrawal"), party_named(one.party).id
    if withdrawal is None:
        return None
    known = next((there for there in entries_known(draft, now).in_force() if there.id == withdrawal), None)
    if known is not None and one.kind == "given-back" and known.police == (party,):
        return next((text for _, text in given_back_of(body).beyond(*draft.scenario.taken_by(known))), None)
    if known is not None and (known.police == (party,) or (one.kind == "still" and party in known.police)):
        return None
    values = {"withdrawal": withdrawal}
    return Message("{withdrawal} is not this unit's alone: enter the change on its page.", values)


def _former(db: Transaction, one: PartyEntry) -> StoredEntry | None:
    """The entry of the year that it corrects, at whatever remove; None if it corrects none that was taken."""
    seen, id = {one.id}, one.corrects
    while id not in seen and (there := party_entries.ENTRIES.get(db, id)) is not None:
        seen.add(id)
        if (there.contact, there.kind) != (one.contact, one.kind):
            return None
        if there.state == "taken":
            (stored,) = drafts.entries(db, [int(there.item)])
            return stored if stored.taken_back_at is None else None
        id = there.corrects
    return None


def lock_and_put_aside(store: Store, contact: str, actor: str, now: datetime) -> None:
    with store.writing() as db:
        lock_in(db, contact, actor, now)
        taken = taken_offers(present_year(db))
        while own := [
            entry for entry in party_entries.waiting(db, KINDS) if entry.contact == contact and entry.id not in taken
        ]:
            _settle_aside(db, own, actor, now)  # what was merged with one of them waits again


def put_aside(store: Store, id: str, actor: str, now: datetime) -> None:
    """Puts aside one entry, with those that it corrects. AlreadyDone if it does not wait."""
    with store.writing() as db:
        taken = taken_offers(present_year(db))
        waiting = [entry for entry in party_entries.waiting(db, (*REPORTS, *OFFERS)) if entry.id not in taken]
        one = next((entry for entry in waiting if entry.id == id), None)
        if one is None:
            raise AlreadyDone(GONE)
        own = [there for there in waiting if there.contact == one.contact]
        _settle_aside(db, (one, *_corrected(own, one)), actor, now)


def put_back(store: Store, id: str, actor: str, now: datetime) -> None:
    """Lets an entry wait again that was put aside. AlreadyDone if it is not."""
    with store.writing() as db:
        one = party_entries.ENTRIES.get(db, id)
        if one is None or one.state != "aside" or one.kind not in REPORTS:
            raise AlreadyDone(GONE)
        party_entries.wait_again(db, id=id)
        audit.add(db, now, actor, PartyEntryPutBack(one.party, one.id))


def _settle_aside(db: Transaction, entries: Iterable[PartyEntry], actor: str, now: datetime) -> None:
    for entry in entries:
        party_entries.settle(db, entry.id, "aside", actor, now)
        audit.add(db, now, actor, PartyEntryPutAside(entry.party, entry.id))


def see_faults(store: Store, actor: str, now: datetime) -> None:
    with store.writing() as db:
        if party_entries.faults(db):
            party_entries.FAULTS.remove(db)
            audit.add(db, now, actor, PartyFaultsSeen())
