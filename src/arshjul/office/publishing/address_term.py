"""The ends of addresses of calendars and of contacts, as they are told before they come."""

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo

from arshjul.errors import Message
from arshjul.office.store import contacts, readers, revisions
from arshjul.office.store.readers import Address, AddressNote, Subscriber
from arshjul.office.store.store import Transaction
from arshjul.year.agenda.channel import Channel
from arshjul.year.agenda.party import party_named
from arshjul.year.agenda.view import address_end, last_day
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.render.ics import event
from arshjul.year.texts import counted

TOLD_BEFORE = timedelta(days=30)
"""The time before an address ends when its reader, the console and `doctor` are told."""


def tell_ends(db: Transaction, scenario: Scenario, now: datetime) -> None:
    """Adds to each calendar an entry about its address's end, from 30 days ahead, or from now on if that is later."""
    people = {
        subscriber.id: subscriber
        for subscriber in readers.SUBSCRIBERS.all(db)
        if subscriber.revoked_at is None and subscriber.is_sound
    }
    key, notes = revisions.uid_key(db), {address_note.address: address_note for address_note in readers.NOTES.all(db)}
    for address in readers.ADDRESSES.all(db):
        if address.subscriber in people and address.is_sound and address.expires_at > now:
            before = notes.get(address.digest)
            note = _note(scenario, people[address.subscriber], key, address, _since(address, before, now))
            if before is None or not before.is_sound or note.event != before.event:
                readers.put_note(db, note)


def _since(address: Address, before: AddressNote | None, now: datetime) -> datetime:
    if before is not None and before.is_sound and before.ends == address.expires_at:
        return before.since
    return max(now, address.expires_at - TOLD_BEFORE).replace(microsecond=0)


def _note(scenario: Scenario, reader: Subscriber, uid_key: bytes, address: Address, since: datetime) -> AddressNote:
    channel = Channel(party_named(reader.party), reader.level, reader.content)  # type: ignore[arg-type]
    entry = address_end(scenario, channel, words(scenario.language), uid_key, since, address.expires_at)
    return AddressNote(address.digest, address.expires_at, since, event(entry).decode())


def ending(db: Transaction, now: datetime) -> list[datetime]:
    """The ends of contacts, and of calendars' last addresses, that come soon, in order; revoked ones are left out."""
    live = {subscriber.id for subscriber in readers.SUBSCRIBERS.all(db) if subscriber.revoked_at is None}
    last = {contact.id: contact.expires_at for contact in contacts.CONTACTS.all(db) if contact.ended_at is None}
    for address in readers.ADDRESSES.all(db):
        if address.subscriber in live:
            id = str(address.subscriber)
            last[id] = max(address.expires_at, last.get(id, address.expires_at))
    return sorted(end for end in last.values() if now < end <= now + TOLD_BEFORE)


def ending_said(ends: Sequence[datetime], zone: tzinfo) -> Message | None:
    if not ends:
        return None
    first = {"first": last_day(ends[0], zone)}
    return counted(
        len(ends),
        "One address of a calendar or contact ends on {first}.",
        "{n} addresses of calendars and contacts end within 30 days, from {first}.",
        **first,
    )
