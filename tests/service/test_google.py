"""A feed made for Google, which hides what is called off."""

import gzip
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from arshjul.actions.subscribers.read_feed import read_feed
from arshjul.actions.subscribers.subscribe import Handed, Wanted, subscribe
from arshjul.domain.plan import Base
from arshjul.domain.replan_context import context_of
from arshjul.errors import InputError
from arshjul.planning.verify.verify import prices
from arshjul.store.chain import digest_of
from arshjul.store.shelf import Shelf, Shelved, fill
from arshjul.store.store import Store
from tests import builders, years
from tests.databases import SLOW_POSTGRESQL

YEAR = years.scenario()
FIRST = years.plan(YEAR)


def read(store: Store, handed: Handed, old: Shelf) -> tuple[Shelved, Shelf]:
    with store.reading() as db:
        shelf = fill(db, old)
    found = read_feed(shelf, handed.token, years.NOW)
    assert found is not None
    assert found.feed is not None
    return found.feed, shelf


@SLOW_POSTGRESQL
def test_what_is_called_off_is_shown_and_named_so(store: Store, tmp_path: Path) -> None:
    google = subscribe(store, Wanted("police-p1", client="google"), "x", 400, "test", years.NOW)
    plain = subscribe(store, Wanted("police-p1"), "x", 400, "test", years.NOW)
    same, shelf = read(store, google, Shelf())
    assert same.ics == read(store, plain, shelf)[0].ics, "with nothing called off they are the same"
    publish_taken_over(store, tmp_path)
    made, shelf = read(store, google, shelf)
    whole, _ = read(store, plain, shelf)
    assert whole.ics.count(b"\r\nSTATUS:CANCELLED\r\n") == 1
    assert whole.ics.replace(b"STATUS:CANCELLED", b"STATUS:CONFIRMED") == made.ics
    called_off = next(part for part in made.ics.split(b"BEGIN:VEVENT") if b"UTAN ER: OP-001" in part)
    assert b"STATUS:CONFIRMED\r\nTRANSP:TRANSPARENT" in called_off
    assert (made.digest, gzip.decompress(made.gzipped)) == (digest_of(made.ics), made.ics)
    assert made.last_modified == whole.last_modified


def publish_taken_over(store: Store, folder: Path) -> None:
    """Publishes the year with OP-001 at the other unit."""
    placed = [replace(one, police="p0") if one.operation == "OP-001" else one for one in FIRST.placements]
    bare = builders.plan(YEAR, placed, years.MADE, 2)
    made = replace(bare, base=Base(1, bare.as_of, FIRST.placed))
    made = replace(made, prices=prices(context_of(YEAR, made), made))
    years.published(store, years.write(folder / "2", YEAR, made), years.NOW + timedelta(hours=1))


def test_a_feed_is_made_for_no_other_program(store: Store) -> None:
    with pytest.raises(InputError, match="google"):
        subscribe(store, Wanted("police-p1", client="outlook"), "x", 400, "test", years.NOW)
