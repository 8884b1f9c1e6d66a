"""Ways in of every kind, and a copy that is put back: it lets nobody in, and what was closed since stays closed."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from arshjul.cli.maintenance import closed_said
from arshjul.errors import InputError
from arshjul.office.console.sessions import invite, is_invited, let_in, who
from arshjul.office.contacts.contacts import Invitation
from arshjul.office.contacts.contacts import invite as invited
from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.draft.answers import hand_out, party_of
from arshjul.office.store import contacts, credentials, proposals, tables
from arshjul.office.store.feed_cache import FeedCache, fill
from arshjul.office.store.store import Store, open_store
from arshjul.office.subscribers.read_feed import digest_of_token, read_feed
from arshjul.office.subscribers.subscribe import Wanted, subscribe, unsubscribe
from tests import years
from tests.databases import SLOW_POSTGRESQL

pytestmark = SLOW_POSTGRESQL

AT = years.NOW
LATER = AT + timedelta(hours=1)
NAMES_OF_CONTENT = {"blob"}
"""Tables whose digests name what they hold, and let nobody in."""


@dataclass(frozen=True)
class Way:
    """A way in: what opens it, and whether it is open."""

    open: Callable[[Store], str]
    lets_in: Callable[[Store, str], bool]


def reads(store: Store, token: str) -> bool:
    with store.reading() as db:
        return read_feed(fill(db, FeedCache()), token, LATER) is not None


def answers(store: Store, token: str) -> bool:
    with suppress(InputError):
        return bool(party_of(store, token, LATER))
    return False


def takes_part(store: Store, token: str) -> bool:
    with store.reading() as db:
        until = contacts.validities(db)[digest_of_token(token).hex()].open_until
    return until is not None and until > LATER


INVITATION = Invitation("a0", "Planeringen", ["report"])

WAYS = {
    "address": Way(lambda store: subscribe(store, Wanted("agency-a0", "full"), "Någon", 400, "test", AT).token, reads),
    "answer_address": Way(lambda store: hand_out(store, "a0", "test", AT), answers),
    "contact_address": Way(lambda store: invited(store, [INVITATION], "test", AT)[0].token, takes_part),
    "sign_in": Way(
        lambda store: invite(store, "eva", "coordinator", LATER),
        lambda store, token: is_invited(store, token, LATER),
    ),
    "session": Way(
        lambda store: let_in(store, "eva", "coordinator", "sv", LATER),
        lambda store, token: who(store, token, LATER) is not None,
    ),
}
"""By the table that knows each."""


def open_now(store: Store) -> dict[str, set[str]]:
    with store.reading() as db:
        return credentials.open_now(db, LATER)


def test_all_ways_in_are_known_and_closed_at_once(store: Store) -> None:
    """Every table that lets somebody in is among those where all are closed."""
    secret = {table.name for table in tables.metadata.tables.values() if "digest" in table.primary_key.columns}
    assert open_now(store).keys() == secret - NAMES_OF_CONTENT == WAYS.keys()
    tokens = {name: way.open(store) for name, way in WAYS.items()}
    assert all(way.lets_in(store, tokens[name]) for name, way in WAYS.items())
    assert {name: len(found) for name, found in open_now(store).items()} == dict.fromkeys(WAYS, 1)
    with store.writing() as db:
        assert list(credentials.close_all(db, LATER).values()).count(True) == 1
    assert not any(way.lets_in(store, tokens[name]) for name, way in WAYS.items())
    assert not any(open_now(store).values())
    with store.writing() as db:
        assert list(credentials.close_all(db, LATER).values()).count(True) == 0


def test_what_a_copy_lets_in_when_it_is_put_back(store: Store, tmp_path: Path) -> None:
    tokens = {name: way.open(store) for name, way in WAYS.items()}
    backup(store, tmp_path / "copy.db", LATER)
    for keep, wanted in ((False, set()), (True, {"address", "answer_address", "contact_address"})):
        restore(tmp_path / "copy.db", str(tmp_path / f"{keep}.db"), "test", LATER, keep=keep)
        other = open_store(str(tmp_path / f"{keep}.db"))
        lets_in = {name for name, way in WAYS.items() if way.lets_in(other, tokens[name])}
        assert lets_in == wanted, "nobody's session is in a copy"


def test_a_restore_counts_what_it_closes_of_every_kind(store: Store, tmp_path: Path) -> None:
    """What the copy lets in, and what was let in since it was made, each once."""
    subscribe(store, Wanted("agency-a0", "full"), "A", 400, "test", AT)
    hand_out(store, "a1", "test", AT)
    backup(store, tmp_path / "copy.db", AT)
    for way in WAYS.values():
        way.open(store)
    there = store.place.address or str(store.place.path)
    copy = {"address": 2, "answer_address": 2, "contact_address": 1, "sign_in": 1, "session": 1}
    done = restore(tmp_path / "copy.db", there, "test", LATER, replace=True)
    assert (done.revoked, done.shut) == (1, copy)
    assert [str(message) for message in closed_said(done.shut)] == [
        "2 addresses for answers were closed: hand out new ones in the console.",
        "One contact's address was closed: give it a new one.",
        "One person was signed out of the console.",
        "One unused link into the console was closed.",
    ]
    assert closed_said(dict.fromkeys(WAYS, 0)) == []


def test_what_was_closed_since_the_copy_stays_closed_of_whatever_kind(store: Store, tmp_path: Path) -> None:
    first, token = subscribe(store, Wanted("agency-a0", "full"), "A", 400, "test", AT), hand_out(store, "a0", "t", AT)
    kept = hand_out(store, "a1", "test", AT)
    backup(store, tmp_path / "copy.db", AT)
    unsubscribe(store, first.subscriber.id, "Eva", LATER)
    second = hand_out(store, "a0", "Eva", LATER)
    restore(tmp_path / "copy.db", store.place.address or store.place.name, "test", LATER, replace=True, keep=True)
    assert not reads(store, first.token)
    assert not answers(store, token)
    assert not answers(store, second), "the copy does not know it"
    assert answers(store, kept)


def test_a_copy_of_a_copy_opens_nothing_that_the_first_one_closed(store: Store, tmp_path: Path) -> None:
    """Nor makes an address longer that was shortened since."""
    token = hand_out(store, "a0", "test", AT)
    backup(store, tmp_path / "first.db", AT)
    with store.writing() as db:
        db.execute(proposals.ADDRESSES.table.update().values(expires_at=AT + timedelta(minutes=5)))
    restore(tmp_path / "first.db", str(tmp_path / "a.db"), "test", LATER)
    backup(open_store(str(tmp_path / "a.db")), tmp_path / "second.db", LATER)
    restore(tmp_path / "second.db", str(tmp_path / "b.db"), "test", LATER, keep=True)
    assert not answers(open_store(str(tmp_path / "b.db")), token)
    restore(tmp_path / "first.db", store.place.address or store.place.name, "test", LATER, replace=True, keep=True)
    assert not answers(store, token)


def test_addresses_that_are_over_are_forgotten_when_the_next_is_made(store: Store) -> None:
    """A mail that is tried every ten minutes and never goes leaves no row for ever."""
    for day in range(30):
        hand_out(store, "a0", "test", AT + timedelta(days=day))
    with store.reading() as db:
        assert len(proposals.validities(db)) <= 8
