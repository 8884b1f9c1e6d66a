"""subscribe, unsubscribe: hands out addresses of feeds, to one or all, renews them, and takes them back.

An address is a secret: 256 random bits, shown once, stored as its SHA-256. Each subscriber has its own, so that one can
be revoked without disturbing the others.
"""

import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from arshjul.errors import InputError, KeyName, Message, Refused
from arshjul.office.publishing.address_term import tell_ends
from arshjul.office.publishing.contacts import mailbox, parties_reached
from arshjul.office.publishing.owed import owed_of_plan
from arshjul.office.publishing.served_revision import nothing_published, served_scenario
from arshjul.office.store import audit, outbox, readers, revisions
from arshjul.office.store.audit import AuditLine
from arshjul.office.store.events import (
    CalendarToMail,
    OfReissue,
    OfRestore,
    OfSubscriber,
    Reissued,
    Restored,
    Rotated,
    Subscribed,
    Unsubscribed,
)
from arshjul.office.store.readers import Address, Subscriber
from arshjul.office.store.revisions import FeedKey
from arshjul.office.store.store import Store, Transaction
from arshjul.office.store.validity import lasting
from arshjul.office.subscribers.read_feed import digest_of_token
from arshjul.year.agenda.channel import CONTENTS, level_named
from arshjul.year.agenda.entry import clean
from arshjul.year.agenda.party import Party, parties, party_meant
from arshjul.year.domain.calendar import plausible
from arshjul.year.formats.catalogues import words
from arshjul.year.planning.letters.party_mail import mail_of_calendar

TOKEN_BYTES = 32
LABEL = "--label"
LONGEST_LABEL = 200

CLIENTS = ("", "google")
"""The programs that a feed can be made for; usually none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The calendar for a subscriber. `party` is a feed's name, or the mere id of an agency or a unit."""

    party: str
    level: str = "full"
    content: str = "operations"
    client: str = ""


@dataclass(frozen=True, slots=True)
class Handed:
    """A new address. The token is stored nowhere, and cannot be shown again. `size`: of the present feed, in bytes."""

    subscriber: Subscriber
    token: str
    expires_at: datetime
    size: int = 0


def subscribe(store: Store, wanted: Wanted, label: str, days: int | None, actor: str, now: datetime) -> Handed:
    """`days`, here and below: how long an address lasts; None: until 90 days after the plan. InputError: no feed."""
    with store.writing() as db:
        return subscribe_in(db, wanted, label, days, actor, now)


def hand_out_by_mail(db: Transaction, wanted: Wanted, label: str, actor: str, now: datetime) -> Handed:
    """Noted in the log before its mail goes. The subscriber is that of an earlier attempt, if there was one."""
    who = (_feed(db, wanted), "", _name(label))
    alike = (
        subscriber
        for subscriber in readers.SUBSCRIBERS.all(db)
        if (subscriber.feed, subscriber.client, subscriber.label) == who
    )
    known = next((subscriber for subscriber in alike if subscriber.revoked_at is None and subscriber.is_sound), None)
    if known is None:
        return subscribe_in(db, wanted, label, None, actor, now)
    _refuse_clock(db, now)
    if any(address.subscriber == known.id for address in readers.ADDRESSES.all(db)):
        audit.add(db, now, actor, Rotated(known.id))
    (handed,) = _hand_out(db, [known], None, now)
    return handed


def subscribe_in(db: Transaction, wanted: Wanted, label: str, days: int | None, actor: str, now: datetime) -> Handed:
    _refuse_unknown(wanted)
    name = _name(label)
    if not name:
        raise InputError(Message("{field} is empty: name the subscriber.", {"field": KeyName(LABEL)}))
    _refuse_clock(db, now)
    made = readers.add_subscriber(db, _feed(db, wanted), wanted.client, name, now, _highest_named(db))
    (handed,) = _hand_out(db, [made], days, now)
    audit.add(db, now, actor, Subscribed(made.id, *made.feed, made.client))
    return handed


def subscribe_at(
    db: Transaction, wanted: Wanted, label: str, digest: str, ends: datetime | None, actor: str, now: datetime
) -> Subscriber:
    """An address made elsewhere. `ends` None: lasts with the plan. InputError if it is known, or no such feed is."""
    if any(address.digest == digest for address in readers.ADDRESSES.all(db)):
        raise InputError(Message("The address is already known."))
    _refuse_unknown(wanted)
    _refuse_clock(db, now)
    scenario = served_scenario(db)
    made = readers.add_subscriber(db, _feed(db, wanted), "", _name(label), now, _highest_named(db))
    readers.add_address(db, Address(digest, made.id, now, ends or lasting(db)(now), with_plan=ends is None))
    audit.add(db, now, actor, Subscribed(made.id, *made.feed, made.client))
    tell_ends(db, scenario, now)
    return made


def _name(label: str) -> str:
    return clean(label.replace("\n", " "))[:LONGEST_LABEL]


def _refuse_unknown(wanted: Wanted) -> None:
    level_named(wanted.level)
    if wanted.content not in CONTENTS:
        known = {"given": wanted.content, "known": list(CONTENTS)}
        raise InputError(Message("{given} does not exist: choose one of {known}.", known))
    refuse_unknown_client(wanted.client)


def refuse_unknown_client(client: str) -> None:
    if client not in CLIENTS:
        known = {"given": client, "clients": [name for name in CLIENTS if name]}
        raise InputError(Message("There is no calendar for {given}: choose {clients}, or leave it out.", known))


def rotate(store: Store, id: int, days: int | None, overlap_days: int, actor: str, now: datetime) -> Handed:
    """Another address for a subscriber; the former ones stay valid for the days of the overlap."""
    with store.writing() as db:
        _refuse_clock(db, now)
        subscriber = live_subscriber(db, id)
        _let_run_out(db, id, now + timedelta(days=overlap_days))
        (handed,) = _hand_out(db, [subscriber], days, now)
        audit.add(db, now, actor, Rotated(id))
    return handed


def unsubscribe(store: Store, id: int, actor: str, now: datetime) -> Subscriber:
    """Revokes all addresses of a subscriber, from the next request on. InputError where there is no such one."""
    with store.writing() as db:
        subscriber = live_subscriber(db, id)
        readers.revoke(db, subscriber, now)
        audit.add(db, now, actor, Unsubscribed(id))
    return subscriber


@contextmanager
def rotate_all(store: Store, days: int | None, overlap_days: int, actor: str, now: datetime) -> Iterator[list[Handed]]:
    """Former ones last for the overlap. They take effect when the block ends without fault."""
    with store.writing() as db:
        _refuse_clock(db, now)
        live = [
            subscriber
            for subscriber in readers.SUBSCRIBERS.all(db)
            if subscriber.revoked_at is None and subscriber.is_sound
        ]
        for subscriber in live:
            _let_run_out(db, subscriber.id, now + timedelta(days=overlap_days))
            audit.add(db, now, actor, Rotated(subscriber.id))
        yield _hand_out(db, live, days, now)


@contextmanager
def reissue(store: Store, days: int | None, actor: str, now: datetime) -> Iterator[list[Handed]]:
    """For each that a restore, and nobody by hand, has revoked. They take effect when the block ends without fault."""
    with store.writing() as db:
        _refuse_clock(db, now)
        made, above = [], _highest_named(db)
        for old in closed_by_a_restore(db):
            made.append(readers.add_subscriber(db, old.feed, old.client, old.label, now, above))
            audit.add(db, now, actor, Reissued(made[-1].id, old.id))
        yield _hand_out(db, made, days, now)


def closed_by_a_restore(db: Transaction) -> list[Subscriber]:
    """The subscribers that a restore has revoked, and who have no new address since."""
    people = readers.SUBSCRIBERS.all(db)
    closed = _closed_by_a_restore(audit.lines(db, Restored, Unsubscribed, Reissued), people)
    served = set(_parties(db)) if closed else set()
    known = [person for person in people if person.revoked_at is not None and person.is_sound]
    return [subscriber for subscriber in known if subscriber.id in closed and subscriber.party in served]


def _highest_named(db: Transaction) -> int:
    """The highest id in the log: a restored copy may not know the subscriber who had it."""
    events = [line.event for line in audit.lines(db, Subscribed, Reissued)]
    return max((event.fields.subscriber for event in events if event is not None), default=0)


def _closed_by_a_restore(lines: Iterable[AuditLine], people: Sequence[Subscriber]) -> set[int]:
    """The ids of subscribers closed by a restore and by nothing else.

    Besides those that a restore names, they are the ones revoked at its moment, whom the replaced database knew as
    closed. Some of these may have been revoked by hand, or have another address since, and are left out.
    """
    closed, done = set[int](), set[int]()
    for line in lines:
        match line.event and line.event.fields:
            case OfRestore(closed=list(named)):
                closed |= {*named, *({person.id for person in people if person.revoked_at == line.at} - done)}
            case OfReissue(instead_of=id) | OfSubscriber(subscriber=id):
                closed.discard(id)
                done.add(id)
    return closed


def _let_run_out(db: Transaction, id: int, at: datetime) -> None:
    for address in readers.ADDRESSES.all(db):
        if address.subscriber == id:
            readers.shorten(db, address, at)


def _refuse_clock(db: Transaction, now: datetime) -> None:
    """Refused if the clock cannot be right: an address that it dates could end before anybody uses it."""
    latest = audit.latest(db)
    if latest is not None and latest - plausible(now) > audit.MOST_BEHIND:
        raise Refused(audit.behind(latest, now))


def _hand_out(db: Transaction, subscribers: Sequence[Subscriber], days: int | None, now: datetime) -> list[Handed]:
    if not subscribers:
        return []
    scenario = served_scenario(db)
    expires_at = lasting(db)(now) if days is None else now + timedelta(days=days)
    feeds = {row.key: row.ics for row in revisions.feeds(db, revisions.pointer(db) or 0)}
    handed = []
    for subscriber in subscribers:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        digest = digest_of_token(token).hex()
        readers.add_address(db, Address(digest, subscriber.id, now, expires_at, with_plan=days is None))
        size = len(revisions.blob(db, feeds[subscriber.feed])) if subscriber.feed in feeds else 0
        handed.append(Handed(subscriber, token, expires_at, size))
    tell_ends(db, scenario, now)
    return handed


def _feed(db: Transaction, wanted: Wanted) -> FeedKey:
    party = party_meant(wanted.party, _parties(db))
    key = FeedKey(party, wanted.level, wanted.content)
    served = {feed.key for feed in revisions.feeds(db, revisions.pointer(db) or 0)}
    if key in served:
        return key
    raise InputError(Message("{party} has no milestones: choose --content operations.", {"party": party}))


def _parties(db: Transaction) -> list[str]:
    number = revisions.pointer(db)
    if number is None:
        raise nothing_published()
    return list(dict.fromkeys(feed.party for feed in revisions.feeds(db, number) if not feed.departed))


def live_subscriber(db: Transaction, id: int) -> Subscriber:
    subscriber = readers.SUBSCRIBERS.get(db, id)
    if subscriber is None:
        raise InputError(Message("Subscriber {id} does not exist: see `arshjul subscribers`.", {"id": id}))
    if subscriber.revoked_at is not None:
        text = Message(
            "Subscriber {id} is already revoked: run `arshjul subscribe PARTY --label WHO`.",
            {"id": id},
        )
        raise InputError(text)
    return subscriber


def without_address(store: Store, content: str, now: datetime) -> list[Party]:
    with store.reading() as db:
        return _without_address(db, content, now)


def without_mail(store: Store, now: datetime) -> tuple[list[Party], list[Party]]:
    """Whom a mail can bring an address to their operations, and who have no mailbox; not whose first mail waits."""
    with store.reading() as db:
        return _without_mail(db, now)


@contextmanager
def hand_out_to_all(store: Store, content: str, actor: str, now: datetime) -> Iterator[list[Handed]]:
    """An address for each of `without_address`; they take effect when the block ends, and not if it fails."""
    with store.writing() as db:
        handed = []
        for party in _without_address(db, content, now):
            known = served_scenario(db).parties[party.id]
            wanted, label = Wanted(str(party), "full", content), known.contact or known.name
            handed.append(subscribe_in(db, wanted, label, None, actor, now))
        yield handed


def mail_to_all(store: Store, actor: str, now: datetime) -> int:
    """Puts a mail into the outbox for each party that one can bring an address; their number."""
    with store.writing() as db:
        reached, _ = _without_mail(db, now)
        for party in reached:
            scenario = served_scenario(db)
            mail = mail_of_calendar(scenario, party, words(scenario.language))
            outbox.add(db, party.id, mailbox(parties_reached(db), party.id), mail, actor, now)
            audit.add(db, now, actor, CalendarToMail(party.id))
    return len(reached)


def _without_mail(db: Transaction, now: datetime) -> tuple[list[Party], list[Party]]:
    there = [*owed_of_plan(db, now), *outbox.queued(db)]
    waits = {message.party for message in there if message.address and not message.contact and message.mail.is_first}
    found = [party for party in _without_address(db, "operations", now) if party.id not in waits]
    known = parties_reached(db)
    reached = [party for party in found if mailbox(known, party.id)]
    return reached, [party for party in found if party not in reached]


def _without_address(db: Transaction, content: str, now: datetime) -> list[Party]:
    number = revisions.pointer(db)
    if number is None:
        return []
    served = {feed.party for feed in revisions.feeds(db, number) if feed.content == content and not feed.departed}
    open_ones = {
        address.subscriber for address in readers.ADDRESSES.all(db) if address.expires_at > now and address.is_sound
    }
    have = {
        subscriber.party
        for subscriber in readers.SUBSCRIBERS.all(db)
        if subscriber.revoked_at is None and subscriber.id in open_ones and subscriber.content in (content, "all")
    }
    there = parties(served_scenario(db))
    return [party for party in there if party.id and str(party) in served and str(party) not in have]
