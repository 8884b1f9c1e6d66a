"""invite, revoke: the functions of parties that take part at the portal, and their addresses.

An address is a secret: 256 random bits, shown once, stored as its SHA-256.
"""

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from arshjul.errors import InputError, Message, Refused
from arshjul.office.contacts.telling import mail_address
from arshjul.office.draft.draft import StaleDraft
from arshjul.office.draft.stored_draft import year_scenario
from arshjul.office.publishing.contacts import close_forwarded
from arshjul.office.store import audit, contacts, outbox, party_entries, readers, revisions
from arshjul.office.store.contacts import Contact, ContactAddress
from arshjul.office.store.events import (
    ContactEnded,
    ContactInvited,
    ContactLocked,
    ContactNarrowed,
    ContactReaddressed,
    ContactSignedOut,
    EventKind,
    OfContact,
    Unsubscribed,
)
from arshjul.office.store.party_entries import PartyEntry
from arshjul.office.store.readers import Subscriber
from arshjul.office.store.store import Store, Transaction
from arshjul.office.store.validity import lasting
from arshjul.office.subscribers.read_feed import digest_of_token
from arshjul.office.subscribers.subscribe import Wanted, subscribe_at
from arshjul.portal.store import sessions
from arshjul.portal.store.sessions import Device
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.agenda.entry import one_line
from arshjul.year.agenda.party import parties, party_meant
from arshjul.year.agenda.view import last_day
from arshjul.year.domain.contact import MAY, MOST_CALENDARS, may_said
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.schema.party_entry import CALENDAR, read_body, refuse_no_mailbox
from arshjul.year.render.workbook import ContactRow, contacts_workbook


def hand_out(db: Transaction, asked: PartyEntry, now: datetime) -> str:
    """The new subscriber's id. Refused if the contact has as many as it may, or a backup was restored since."""
    if asked.reported <= revisions.restored_at(db):
        raise Refused(Message("A backup was restored since: ask again."))
    contact = contacts.CONTACTS.get(db, asked.contact)
    if contact is None or len(open_of(db, asked.contact)) >= MOST_CALENDARS:
        raise Refused(Message("The contact has {most} calendars already: revoke one first.", {"most": MOST_CALENDARS}))
    body = read_body(asked.body)
    wanted = Wanted(contact.party, "full", str(body["content"]))
    goes_on = contact.with_plan and lasting(db)(now) == contact.expires_at
    ends = None if goes_on else contact.expires_at
    made = subscribe_at(db, wanted, contact.function, str(body["digest"]), ends, contact.function, now)
    return str(made.id)


def open_of(db: Transaction, contact: str) -> list[Subscriber]:
    ids = party_entries.ENTRIES.where(contact=contact, kind=CALENDAR, state="handed").values(
        db, party_entries.ENTRIES.c.item
    )
    subscribers = (readers.SUBSCRIBERS.get(db, int(id)) for id in ids)
    return [subscriber for subscriber in subscribers if subscriber is not None and subscriber.revoked_at is None]


def revoke_of(db: Transaction, contact: str, actor: str, now: datetime) -> None:
    for subscriber in open_of(db, contact):
        readers.revoke(db, subscriber, now)
        audit.add(db, now, actor, Unsubscribed(subscriber.id))


TOKEN_BYTES, ID_BYTES = 32, 16
LONGEST_FUNCTION = 120
SHOWN_AFTER_DEADLINE = timedelta(days=14)
"""The time for which the page of an answering address shows the answer."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """`party`: a feed's name, or the mere id. `email`: who is sent the address; `code_to`: where codes go; or empty."""

    party: str
    function: str
    may: Sequence[str]
    email: str = ""
    code_to: str = ""


@dataclass(frozen=True, slots=True)
class InvitedContact:
    """`token`: stored nowhere, and cannot be shown again; empty where it is made when its mail is sent."""

    contact: Contact
    token: str

    @property
    def path(self) -> str:
        return f"/k/{self.token}"


def invite(
    store: Store,
    wanted: Sequence[Invitation],
    actor: str,
    now: datetime,
    days: int | None = None,
    *,
    mail: bool = False,
) -> list[InvitedContact]:
    """New contacts, each with its address. InputError if one has no party, no function, or nothing that it may do.

    `days`: the validity of the addresses; None: until 90 days after the plan. `mail`: who has a mailbox gets the
    address by a mail, which is put into the outbox.
    """
    with store.writing() as db:
        scenario = year_scenario(db)
        ends = None if days is None else now + timedelta(days=days)
        return [_invited(db, invitation, scenario, ends, actor, now, mail=mail) for invitation in wanted]


def _invited(
    db: Transaction,
    wanted: Invitation,
    scenario: Scenario,
    ends: datetime | None,
    actor: str,
    now: datetime,
    *,
    mail: bool,
) -> InvitedContact:
    names = [str(party) for party in parties(scenario) if party.id]
    function = one_line(wanted.function)[:LONGEST_FUNCTION]
    if not function:
        raise InputError(Message("Give the contact's function, as the duty officer, with --function."))
    party, known = party_meant(wanted.party, names), contacts.CONTACTS.all(db)
    there = {(contact.party, contact.function.casefold()) for contact in known if contact.is_open(now)}
    if (party, function.casefold()) in there:
        values = {"function": function}
        text = Message("{function} is already invited: give a new address, or choose another name.", values)
        raise InputError(text)
    for mailbox in (wanted.email, wanted.code_to):
        refuse_no_mailbox(mailbox)
    made = Contact(
        id=secrets.token_hex(ID_BYTES),
        party=party,
        function=function,
        may=_allowed(wanted.may),
        email=wanted.email,
        code_to=wanted.code_to,
        created_at=now,
        expires_at=ends or lasting(db)(now),
        with_plan=ends is None,
    )
    contacts.CONTACTS.add(db, made)
    audit.add(db, now, actor, ContactInvited(made.party, made.id))
    if mail and made.email:
        mail_address(db, made, scenario, actor, now)
        return InvitedContact(made, "")
    return InvitedContact(made, new_address_of(db, made, now))


def _allowed(given: Sequence[str]) -> tuple[str, ...]:
    """The allowed rights, in the usual order. InputError for other words."""
    for word in given:
        if word not in MAY:
            values = {"given": word, "known": list(MAY)}
            raise InputError(Message("{given} does not exist: choose one of {known}.", values))
    return tuple(word for word in MAY if word in given)


def new_address_of(db: Transaction, one: Contact, now: datetime) -> str:
    return _address(db, one, None, "", now)


def address_to_page(db: Transaction, one: Contact, page: str, deadline: datetime, now: datetime) -> str:
    """The token of an address of a contact that opens one page alone, until some days after the deadline."""
    return _address(db, one, deadline + SHOWN_AFTER_DEADLINE, page, now)


def _address(db: Transaction, one: Contact, ends: datetime | None, page: str, now: datetime) -> str:
    """`ends`: before its contact does; None: with it."""
    token, until = secrets.token_urlsafe(TOKEN_BYTES), ends or one.expires_at
    made = ContactAddress(digest_of_token(token).hex(), one.id, now, until, page=page, with_plan=ends is None)
    contacts.ADDRESSES.add(db, made)
    return token


def readdress(
    store: Store,
    id: str,
    actor: str,
    now: datetime,
    email: str | None = None,
    code_to: str | None = None,
    *,
    was: str | None = None,
) -> InvitedContact:
    """Another address for a contact; its former ones are closed at once, and its calendars.

    `email`: of whoever takes the function over, in place of the former mailbox: the address is mailed there, and what
    waits for the former one goes there too. Empty: nobody is mailed, and the address is shown. None: it stays as it is.
    `code_to`: where codes are mailed from now on, likewise. It is the only way back for a contact that is locked.
    StaleDraft if the contact is another than the mark `was` is of. None: whatever it is.
    """
    refuse_no_mailbox(email or "")
    refuse_no_mailbox(code_to or "")
    with store.writing() as db:
        _shut_out(db, live_contact(db, id, now, was), actor, now)
        one = _changed(db, id, lambda one: replace(one, locked_at=None), ContactReaddressed, actor, now)
        if email is None:
            return InvitedContact(one, new_address_of(db, one, now))
        new = replace(one, email=email, code_to=one.code_to if code_to is None else code_to)
        contacts.change(db, new)
        outbox.end(db, outbox.QUEUE.c.contact == id, outbox.QUEUE.c.opens)  # it is made anew
        if not email:
            return InvitedContact(new, new_address_of(db, new, now))
        mail_address(db, new, year_scenario(db), actor, now)
        return InvitedContact(new, "")


def revoke(store: Store, id: str, actor: str, now: datetime) -> Contact:
    """Revokes a contact: its entries stay, its mail address is forgotten, its party is asked instead."""

    def ended(one: Contact) -> Contact:
        return replace(one, ended_at=now, email="", code_to="")

    with store.writing() as db:
        _shut_out(db, live_contact(db, id, now), actor, now)
        done = _changed(db, id, ended, ContactEnded, actor, now)
        outbox.end(db, outbox.QUEUE.c.contact == id)
        return done


def lock(store: Store, id: str, actor: str, now: datetime) -> Contact:
    """Shuts a contact out with whoever came in as it, until it has a new address; what it sends is put aside."""
    with store.writing() as db:
        return lock_in(db, id, actor, now)


def lock_in(db: Transaction, id: str, actor: str, now: datetime) -> Contact:
    _shut_out(db, live_contact(db, id, now), actor, now)
    return _changed(db, id, lambda one: replace(one, locked_at=one.locked_at or now), ContactLocked, actor, now)


def _shut_out(db: Transaction, one: Contact, actor: str, now: datetime) -> None:
    """Closes all that leads a contact in: its addresses, its party's that were passed on, and its calendars."""
    contacts.close(db, now, contact=one.id)
    close_forwarded(db, one, now)
    revoke_of(db, one.id, actor, now)


def narrow(store: Store, id: str, may: Sequence[str], actor: str, now: datetime, *, was: str | None = None) -> Contact:
    """Other rights for a contact. StaleDraft as `readdress`."""
    allowed = _allowed(may)
    with store.writing() as db:
        live_contact(db, id, now, was)
        return _changed(db, id, lambda one: replace(one, may=allowed), ContactNarrowed, actor, now)


def _changed(
    db: Transaction,
    id: str,
    change: Callable[[Contact], Contact],
    event: EventKind[[str, str], OfContact],
    actor: str,
    now: datetime,
) -> Contact:
    before = live_contact(db, id, now)
    new = change(before)
    if "answer" not in new.may:
        close_forwarded(db, before, now)
    contacts.change(db, new)
    audit.add(db, now, actor, event(new.party, new.id))
    return new


def mark_of_contact(db: Transaction, one: Contact) -> str:
    """By which a page recognises what it showed: rights, mailboxes, whether the contact is locked, its addresses."""
    addresses = sorted(address.digest for address in contacts.ADDRESSES.where(contact=one.id, page="").all(db))
    return digest_of(repr((one.may, one.email, one.code_to, one.locked_at is None, addresses)).encode())


def live_contact(db: Transaction, id: str, now: datetime, was: str | None = None) -> Contact:
    """The contact of that id. InputError if there is none, or it has ended; StaleDraft as `readdress`."""
    one = contacts.CONTACTS.get(db, id)
    if one is None or not one.is_open(now):
        raise InputError(Message("The contact does not exist or has ended: `arshjul invite` makes a new one."))
    if was is not None and was != mark_of_contact(db, one):
        raise StaleDraft
    return one


def live_contact_of(store: Store, id: str, now: datetime) -> Contact:
    with store.reading() as db:
        return live_contact(db, id, now)


def devices_of(one: Contact) -> Callable[[Transaction], list[Device]]:
    return lambda db: sessions.devices(db, one.id)


def signing_out(one: Contact, device: str) -> Callable[[Transaction], None]:
    return lambda db: sessions.shut_out(db, device, one.id)


def in_groups(there: Sequence[Contact], silent: Collection[str]) -> list[tuple[Message, list[Contact]]]:
    """Contacts by kind of party; before all, those that may answer for a party that has not."""

    def where(one: Contact) -> int:
        return 0 if one.party in silent and "offer" in one.may else 2 if one.party.startswith("police-") else 1

    headings = Message("Have not answered"), Message("Agencies"), Message("Police units")
    found = [(heading, [contact for contact in there if where(contact) == n]) for n, heading in enumerate(headings)]
    return [(heading, some) for heading, some in found if some]


def log_signed_out(store: Store, one: Contact, actor: str, now: datetime) -> None:
    with store.writing() as db:
        audit.add(db, now, actor, ContactSignedOut(one.party, one.id))


def known_contacts(store: Store) -> list[Contact]:
    with store.reading() as db:
        return contacts.CONTACTS.all(db)


def state_said(one: Contact, now: datetime, zone: tzinfo) -> Message:
    if one.ended_at is not None:
        return Message("revoked")
    day = {"day": last_day(one.expires_at, zone)}
    if not one.is_open(now):
        return Message("ended {day}", day)
    return Message("locked") if one.locked_at is not None else Message("open until {day}", day)


def invitations_of_all(
    store: Store, scenario: Scenario, function: str, may: Sequence[str], now: datetime
) -> list[Invitation]:
    """One for each party that has no open contact, to the mailbox that the scenario has for it."""
    invited = {contact.party for contact in known_contacts(store) if contact.is_open(now)}
    return [
        Invitation(str(party), function, may, scenario.parties[party.id].email or "")
        for party in parties(scenario)
        if party.id and str(party) not in invited
    ]


def contact_book(scenario: Scenario, invited: Sequence[InvitedContact], base: str) -> bytes:
    """The workbook. `base`: the portal's address, without a slash at its end."""
    names = {str(party): scenario.parties[party.id].name for party in parties(scenario) if party.id}
    rows = [
        ContactRow(
            names.get(invited_contact.contact.party, invited_contact.contact.party),
            invited_contact.contact.function,
            may_said(invited_contact.contact.may, scenario.uses),
            invited_contact.contact.email,
            f"{base}{invited_contact.path}",
            last_day(invited_contact.contact.expires_at, scenario.zone),
        )
        for invited_contact in invited
    ]
    return contacts_workbook(rows, words(scenario.language))
