"""Sync between the year's database and the portal's: of two states, the rows to write where.

A pure function: in whatever order turns come, however often, and wherever one is broken off, an entry is taken in once
or refused once, and nothing is lost. Inside is written first; what outside does not know yet, the next turn says again.
Nothing that the portal says is trusted: who a contact is and what it may do, the year's database knows.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from arshjul.errors import InputError
from arshjul.office.store.contacts import Contact, ContactAddress
from arshjul.office.store.party_entries import PartyEntry, PartyFault
from arshjul.portal.store.contacts import PortalAddress, PortalContact
from arshjul.portal.store.inbox import InboxRow, Mouthful
from arshjul.portal.store.sheets import Purge, SheetOrder
from arshjul.portal.store.views import EntryOutcome
from arshjul.serving.sql.columns import moment_text
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.agenda.party import party_named
from arshjul.year.domain.feature import ALL_FEATURES, rights_used
from arshjul.year.formats.schema.party_entry import KINDS, REPORTS, PartyEntryKind, read_body

MOST_ROWS, MOST_ROW_BYTES, MOST_BYTES = 200, 400_000, 2_000_000
"""The limits of one turn's reading of the inbox: rows, bytes of a row, bytes in all.

Answers to 200 questions with a remark each, which the portal takes, have some 250,000 bytes.
"""

MOST_A_DAY = 2_000
"""The entries of one contact that are taken in within a day: what its sessions may send. What is more waits.

Sessions that have entered a code may send as much besides: whoever has its address alone keeps them from nothing.
"""

DAY = timedelta(days=1)
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Inside:
    """The state of the year's database. `marks`: of the views as they are to be, by party.

    `digests`: of the known ones of the portal's rows, by id; `keys`: that the contacts' entries have; `n_today`: the
    entries of the last day, by contact; `became`: what became of entries.
    """

    now: datetime
    epoch: str
    contacts: Mapping[str, Contact]
    addresses: tuple[ContactAddress, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    keys: frozenset[tuple[str, str]] = frozenset()
    n_today: Mapping[str, int] = field(default_factory=dict)
    became: Mapping[str, EntryOutcome] = field(default_factory=dict)
    orders: frozenset[SheetOrder] = frozenset()
    purged: frozenset[str] = frozenset()
    uses: tuple[str, ...] = ALL_FEATURES
    """The features that the year uses: the portal knows no right of the others."""


@dataclass(frozen=True, slots=True)
class Outside:
    """`numbers`: of the rows of `Inside.became`, by id. `outcomes`: of these rows. `came_in`: the contacts', last."""

    epoch: str
    contacts: Mapping[str, PortalContact] = field(default_factory=dict)
    addresses: Mapping[str, PortalAddress] = field(default_factory=dict)
    marks: Mapping[str, str] = field(default_factory=dict)
    inbox: Mouthful = field(default_factory=Mouthful)
    numbers: Mapping[str, int] = field(default_factory=dict)
    outcomes: Mapping[int, EntryOutcome] = field(default_factory=dict)
    came_in: Mapping[str, datetime] = field(default_factory=dict)
    orders: frozenset[SheetOrder] = frozenset()
    purges: tuple[Purge, ...] = ()


@dataclass(frozen=True, slots=True)
class Carried:
    """Rows to write: entries, faults and `came_in` inside; then all else outside. `views`: of these parties.

    `outcomes`: of the rows with these numbers. `new_epoch`: outcomes there are of another state of the year's database,
    and are forgotten first. `came_in`: who has come in, by id.
    """

    entries: tuple[PartyEntry, ...]
    faults: tuple[PartyFault, ...]
    outcomes: Mapping[int, EntryOutcome]
    contacts: tuple[PortalContact, ...]
    addresses: tuple[PortalAddress, ...]
    ended: tuple[str, ...]
    closed: tuple[str, ...]
    views: tuple[str, ...]
    views_gone: tuple[str, ...]
    new_epoch: bool
    came_in: Mapping[str, datetime] = field(default_factory=dict)
    orders: tuple[SheetOrder, ...] = ()
    """Orders missing outside. None is taken away there, whatever the year's database was put back to."""
    purges: tuple[Purge, ...] = ()
    """Of sheets that are not known to be purged inside."""

    @property
    def is_all_done(self) -> bool:
        return not any(getattr(self, name) for name in self.__slots__)


def carry(inside: Inside, outside: Outside) -> Carried:
    wanted = {
        id: _at_portal(contact, inside.uses) for id, contact in inside.contacts.items() if contact.is_open(inside.now)
    }
    opened = {
        address.digest: PortalAddress(address.digest, address.contact, address.expires_at, address.page)
        for address in inside.addresses
        if address.contact in wanted and address.revoked_at is None and address.expires_at > inside.now
    }
    parties = {contact.party for contact in wanted.values()}
    marks = {party: mark for party, mark in inside.marks.items() if party in parties}
    judged = list(_judged(inside, outside.inbox))
    is_new = inside.epoch != outside.epoch
    known = {} if is_new else outside.outcomes
    # a row without an outcome is judged first: two may have one id, where the portal's table is somebody else's
    said = {number: inside.became[id] for id, number in outside.numbers.items() if number in known}
    said |= {judgement.number: judgement.outcome for judgement in judged}
    return Carried(
        entries=tuple(judgement.entry for judgement in judged if judgement.entry is not None),
        faults=tuple(judgement.fault for judgement in judged if judgement.fault is not None),
        outcomes={number: one for number, one in said.items() if not _is_same(known.get(number), one)},
        contacts=tuple(one for id, one in wanted.items() if outside.contacts.get(id) != one),
        addresses=tuple(one for digest, one in opened.items() if outside.addresses.get(digest) != one),
        ended=tuple(sorted(outside.contacts.keys() - wanted.keys())),
        closed=tuple(sorted(outside.addresses.keys() - opened.keys())),
        views=tuple(party for party, mark in marks.items() if outside.marks.get(party) != mark),
        views_gone=tuple(sorted(outside.marks.keys() - marks.keys())),
        new_epoch=is_new,
        came_in=dict(_came_in(inside, outside)),
        orders=tuple(sorted(inside.orders - outside.orders)),
        purges=tuple(purge for purge in outside.purges if purge.operation not in inside.purged),
    )


def _came_in(inside: Inside, outside: Outside) -> Iterator[tuple[str, datetime]]:
    """Sign-ins since the last one noted; moments in the future are not believed."""
    for id, moment in outside.came_in.items():
        contact = inside.contacts.get(id)
        if contact is not None and moment <= inside.now and (contact.came_in_at is None or moment > contact.came_in_at):
            yield id, moment


def _is_same(known: EntryOutcome | None, now: EntryOutcome) -> bool:
    return known is not None and (known.state, known.about) == (now.state, now.about)


def _at_portal(one: Contact, uses: Collection[str]) -> PortalContact:
    is_locked, may = one.locked_at is not None, rights_used(one.may, uses)
    return PortalContact(one.id, one.party, one.function, may, one.code_to, one.expires_at, is_locked)


@dataclass(frozen=True, slots=True)
class _Judged:
    """The answer to the row of that number, and its entry, or what is wrong with it."""

    number: int
    outcome: EntryOutcome
    entry: PartyEntry | None = None
    fault: PartyFault | None = None


def _judged(inside: Inside, inbox: Mouthful) -> Iterator[_Judged]:
    """Every row is answered, whatever stands in it, so that none comes again; but those above the contact's share."""
    digests, keys, counts = dict(inside.digests), set(inside.keys), dict(inside.n_today)
    for number, row in inbox.rows.items():
        digest = digest_of_row(row)
        if row.id in digests:
            outcome = inside.became.get(row.id) or EntryOutcome("waits", "", inside.now)
            is_same = digests[row.id] == digest
            fault = None if is_same else PartyFault(digest, "other", _party(inside, row), inside.now)
            yield _Judged(number, outcome, fault=fault)
        elif counts.get(row.contact, 0) >= MOST_A_DAY * (2 if number in inbox.known else 1):
            continue
        elif kind := _fault(inside, row, keys):
            fault = PartyFault(digest, kind, _party(inside, row), inside.now)
            yield _Judged(number, EntryOutcome(REFUSED, kind, inside.now), fault=fault)
        else:
            entry = _taken(inside, row, digest)
            digests[row.id] = digest
            keys.add((row.contact, row.key))
            counts[row.contact] = counts.get(row.contact, 0) + 1
            yield _Judged(number, EntryOutcome(entry.state, "", inside.now), entry)
    for number, kind in inbox.unreadable.items():
        fault = PartyFault(digest_of(f"{kind} {number}".encode()), kind, "", inside.now)
        yield _Judged(number, EntryOutcome(REFUSED, kind, inside.now), fault=fault)


def _fault(inside: Inside, row: InboxRow, keys: Iterable[tuple[str, str]]) -> str:
    """Why a row is not taken in; empty if nothing is wrong with it."""
    contact, kind = inside.contacts.get(row.contact), KINDS.get(row.kind)
    if not row.is_whole:
        return "value"
    if contact is None or kind is None:
        return "contact" if contact is None else "kind"
    sent = min(row.reported, inside.now) if row.kind in REPORTS else inside.now  # a report is never too late
    wrong = {
        "ended": not contact.is_open(sent),
        "party": row.party != contact.party,
        "kind": not kind.is_of(contact.party),
        "may": not kind.is_allowed(contact.may),
        "key": (row.contact, row.key) in keys,
    }
    found = next((name for name, is_so in wrong.items() if is_so), "")
    return found or ("" if _is_sound(kind, row) else "body")


def _is_sound(kind: PartyEntryKind, row: InboxRow) -> bool:
    try:
        return not kind.problems(read_body(row.body), party_named(row.party).id)
    except InputError:
        return False


def _party(inside: Inside, row: InboxRow) -> str:
    """The party of the row's contact, whatever the row says; empty if there is no such contact."""
    contact = inside.contacts.get(row.contact)
    return "" if contact is None else contact.party


def _taken(inside: Inside, row: InboxRow, digest: str) -> PartyEntry:
    is_locked = inside.contacts[row.contact].locked_at is not None
    return PartyEntry(
        **{name: getattr(row, name) for name in ("id", "contact", "key", "party", "kind", "body", "corrects", "seen")},
        reported=row.reported,
        received=inside.now,
        digest=digest,
        state="aside" if is_locked else "waits",
    )


def digest_of_row(row: InboxRow) -> str:
    written = {**asdict(row), "reported": moment_text(row.reported)}
    return digest_of(json.dumps(written, sort_keys=True).encode())
