"""subscribers: who may read which feed, and when each last requested it; new addresses of many as a workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from arshjul.errors import Message
from arshjul.office.publishing.address_term import ending, ending_said
from arshjul.office.publishing.served_revision import served_scenario
from arshjul.office.store import readers
from arshjul.office.store.readers import Address, Fetch, Subscriber
from arshjul.office.store.store import Store
from arshjul.office.subscribers.subscribe import Handed, closed_by_a_restore
from arshjul.year.agenda.channel import CONTENT_NAMES, LEVEL_NAMES
from arshjul.year.agenda.party import parties
from arshjul.year.agenda.view import last_day
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.catalogues import words
from arshjul.year.render.workbook import AddressRow, addresses_workbook
from arshjul.year.texts import counted, titled

STATES = {"live": Message("in force"), "expired": Message("expired"), "revoked": Message("revoked")}


_PROGRAMS = {"another": Message("another program"), "a browser": Message("a browser")}


def program_said(client: str) -> Message:
    return _PROGRAMS.get(client, Message("{name}", {"name": client}))


@dataclass(frozen=True, slots=True)
class KnownSubscriber:
    """A subscriber with its addresses, and its last request."""

    subscriber: Subscriber
    addresses: tuple[Address, ...]
    fetch: Fetch | None

    def state(self, now: datetime) -> str:
        if self.subscriber.revoked_at is not None:
            return "revoked"
        return "live" if any(address.expires_at > now for address in self.addresses) else "expired"

    @property
    def expires_at(self) -> datetime | None:
        """The moment at which the last of its addresses expires."""
        return max((address.expires_at for address in self.addresses), default=None)


def content_titled(content: str) -> Message:
    return titled(CONTENT_NAMES, content)


def level_titled(level: str) -> Message:
    return titled(LEVEL_NAMES, level)


def subscribers(store: Store) -> list[KnownSubscriber]:
    with store.reading() as db:
        everyone, addresses, fetches = readers.SUBSCRIBERS.all(db), readers.ADDRESSES.all(db), readers.fetches(db)
    return [
        KnownSubscriber(
            subscriber,
            tuple(address for address in addresses if address.subscriber == subscriber.id),
            fetches.get(subscriber.id),
        )
        for subscriber in everyone
    ]


def closed_said(store: Store) -> Message | None:
    """A sentence about subscribers whose address a restore has closed; None if there are none."""
    with store.reading() as db:
        n = len(closed_by_a_restore(db))
    if not n:
        return None
    return counted(
        n,
        "A backup was restored, which closed one person's address.",
        "A backup was restored, which closed {n} people's addresses.",
    )


def end_said(store: Store, now: datetime, zone: tzinfo) -> Message | None:
    """A sentence about addresses that end soon; None if there are none."""
    with store.reading() as db:
        return ending_said(ending(db, now), zone)


def address_book(scenario: Scenario, handed: Sequence[Handed], base: str, inside_alone: str = "") -> bytes:
    """`base`: without a slash at its end. `inside_alone`: a party of whose addresses there is the path alone."""
    say = words(scenario.language)
    bare = {str(party): party.id for party in parties(scenario)}
    rows = []
    for address in handed:
        who, path = address.subscriber, f"/feeds/{address.token}.ics"
        id = bare.get(who.party, "")
        known = scenario.parties.get(id)
        here = "" if who.party == inside_alone else base
        row = AddressRow(
            label=who.label,
            party=say("the coordinator") if known is None else known.name,
            contact="" if known is None else known.contact,
            email="" if known is None else known.email or "",
            calendar=CONTENT_NAMES[who.content],
            level=LEVEL_NAMES[who.level],
            https=f"{here}{path}",
            webcal=f"webcal://{here.partition('://')[2]}{path}",
            until=last_day(address.expires_at, scenario.zone),
        )
        rows.append(row)
    return addresses_workbook(rows, say)


def published_scenario(store: Store) -> Scenario:
    with store.reading() as db:
        return served_scenario(db)
