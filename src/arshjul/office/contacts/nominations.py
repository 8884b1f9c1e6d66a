"""Nominations of contacts: those that wait, and what the coordinator makes of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from arshjul.errors import InputError, Message, Problem
from arshjul.office.contacts.ledger import refuse_secrets
from arshjul.office.draft.draft import GONE, NOMINATED, AlreadyDone, Draft, Item
from arshjul.office.draft.edit_operation import add_object_in
from arshjul.office.draft.enter import enter_in, refuse_too_long
from arshjul.office.draft.stored_draft import opened_draft, seen_draft
from arshjul.office.store import audit, contacts, party_entries
from arshjul.office.store.contacts import Contact
from arshjul.office.store.events import NominationAccepted, NominationDeclined, NominationMerged
from arshjul.office.store.party_entries import PartyEntry
from arshjul.office.store.store import Store, Transaction
from arshjul.year.agenda.entry import one_line
from arshjul.year.agenda.party import party_named
from arshjul.year.agenda.party_entry import reference
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.formats.schema.party_entry import KINDS, NOMINATIONS, OPERATION, read_body
from arshjul.year.planning.check.likely_mistakes import of_persons

SHOWN = timedelta(days=90)
"""The time for which decided ones are shown."""

REASON = "reason"
LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True)
class Nomination:
    """A nomination of a contact. `body`: its texts are lines. `reference`: the number by which people speak of it."""

    entry: PartyEntry
    contact: Contact
    party: Agency | PoliceUnit | None
    body: Mapping[str, object]

    @property
    def id(self) -> str:
        return self.entry.id

    @property
    def reference(self) -> str:
        return reference(self.entry.id)

    @property
    def shape(self) -> str:
        return KINDS[self.entry.kind].list

    @property
    def name(self) -> str:
        return party_named(self.entry.party).id if self.party is None else self.party.name

    @property
    def is_operation(self) -> bool:
        return self.entry.kind == OPERATION

    @property
    def waits(self) -> bool:
        return self.entry.state == "waits"


def nominations(store: Store, draft: Draft, now: datetime) -> list[Nomination]:
    """Waiting and lately decided nominations, in order of arrival."""
    with store.reading() as db:
        entries = party_entries.of_kinds(db, NOMINATIONS, now - SHOWN)
        known = {contact.id: contact for contact in contacts.CONTACTS.all(db)} if entries else {}
    return [_nomination(draft, entry, known[entry.contact]) for entry in entries]


def waiting_nomination(store: Store, draft: Draft, id: str) -> Nomination:
    """The one of that id. AlreadyDone if it waits no more."""
    with store.reading() as db:
        one = _waiting(db, id)
        contact = contacts.CONTACTS.get(db, one.contact)
    assert contact is not None, "an entry has a contact"  # noqa: S101
    return _nomination(draft, one, contact)


def _waiting(db: Transaction, id: str) -> PartyEntry:
    one = party_entries.ENTRIES.get(db, id)
    if one is None or one.kind not in NOMINATIONS or one.state != "waits":
        raise AlreadyDone(GONE)
    return one


def _nomination(draft: Draft, one: PartyEntry, contact: Contact) -> Nomination:
    body = {key: one_line(value) if isinstance(value, str) else value for key, value in read_body(one.body).items()}
    return Nomination(one, contact, draft.named.parties.get(party_named(one.party).id), body)


def as_written(one: Nomination) -> dict[str, object]:
    """Initial values of the form of a new operation, or object, from the nomination."""
    body, party = one.body, party_named(one.entry.party).id
    keys = ("sector", "area", "officers", "window")
    known: dict[str, object] = {key: body[key] for key in keys if key in body}
    if not one.is_operation:
        return known
    if one.party is not None:
        known["proposed_by"] = party
    others = body.get("agencies")
    wanted: dict[str, object] = {id: 1 for id in others if isinstance(id, str)} if isinstance(others, list) else {}
    if isinstance(one.party, Agency) and one.party.sends_teams:
        wanted[party] = body.get("teams", 1)
        known["lead_agency"] = party
        known["interest"] = {party: body["interest"]} if "interest" in body else {}
    return {**known, "title": str(body["purpose"])[:LONGEST_TITLE], "agencies": wanted}


def accept_operation(store: Store, id: str, item: Item, actor: str, now: datetime, seen: str, *, is_sure: bool) -> None:
    """Enters the operation that a nomination becomes. Raises what `enter` does; AlreadyDone if it waits no more."""
    with store.writing() as db:
        one = _waiting(db, id)
        enter_in(db, seen_draft(db, seen), [(NOMINATED, item)], actor, now, is_sure=is_sure)
        _accepted(db, one, item, actor, now)


def accept_object(store: Store, id: str, item: Item, actor: str, now: datetime, seen: str) -> None:
    """Adds the object that a nomination becomes. Raises what `add_object` does; AlreadyDone if it waits no more."""
    with store.writing() as db:
        one = _waiting(db, id)
        add_object_in(db, item, actor, now, seen)
        _accepted(db, one, item, actor, now)


def _accepted(db: Transaction, one: PartyEntry, item: Item, actor: str, now: datetime) -> None:
    party_entries.settle(db, one.id, "accepted", actor, now, str(item["id"]))
    audit.add(db, now, actor, NominationAccepted(one.party, one.id))


def decline(store: Store, id: str, reason: str, actor: str, now: datetime, *, is_sure: bool) -> None:
    """Declines a nomination, with a reason that its contact is told. InputError without one; AlreadyDone."""
    with store.writing() as db:
        one, draft = _waiting(db, id), opened_draft(db)
        if not reason:
            missing = Problem("missing-key", Message("The reason is missing."), path=f"{REASON}[0].{REASON}")
            raise InputError(Message("Write a reason: the party reads it."), [missing])
        _refuse_told(draft, reason, is_sure=is_sure)
        party_entries.settle(db, id, "declined", actor, now, reason=reason)
        audit.add(db, now, actor, NominationDeclined(one.party, id))


def merge(store: Store, id: str, into: str, reason: str, actor: str, now: datetime, *, is_sure: bool) -> None:
    """The contact is told that, not with which. InputError if there is no such; AlreadyDone."""
    with store.writing() as db:
        one, draft = _waiting(db, id), opened_draft(db)
        others = {other.id for other in party_entries.waiting(db, NOMINATIONS)} - {id}
        if into not in {*others, *draft.present.operations, *draft.present.objects}:
            values = {"given": into}
            wrong = Problem("missing-key", Message("{given} does not exist.", values), path=f"{REASON}[0].into")
            raise InputError(Message("Choose an item to merge with."), [wrong])
        _refuse_told(draft, reason, is_sure=is_sure)
        party_entries.settle(db, id, "merged", actor, now, into, reason)
        audit.add(db, now, actor, NominationMerged(one.party, id))


def _refuse_told(draft: Draft, reason: str, *, is_sure: bool) -> None:
    """InputError with what is too long, or no party may know; or what seems to tell of a person, unless `is_sure`."""
    item = {REASON: reason}
    refuse_too_long([(REASON, item)])
    refuse_secrets(draft, REASON, item)
    asked = list(of_persons(REASON, item))
    if asked and not is_sure:
        raise InputError(Message("Is it meant so?"), asked)


def n_waiting(store: Store) -> int:
    with store.reading() as db:
        return len(party_entries.waiting(db, NOMINATIONS))


def became(one: Nomination) -> Message:
    entry = one.entry
    into = reference(entry.item) if len(entry.item) == len(entry.id) else entry.item
    found = {
        "accepted": Message("accepted as {item}", {"item": entry.item}),
        "merged": Message("merged with {item}", {"item": into}),
        "declined": Message("declined"),
        "withdrawn": Message("taken back by the party"),
    }
    return found.get(entry.state, Message("put aside"))
