"""The served feeds as files: the bytes that are served, under names that nobody can guess."""

import gzip
import hashlib
import json
import os
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from arshjul.errors import InputError
from arshjul.office.store.feed_cache import CachedFeed, FeedCache, fill
from arshjul.office.store.store import Store
from arshjul.office.subscribers.export_static import KEY_BYTES, export_static
from arshjul.office.subscribers.read_feed import read_feed
from arshjul.office.subscribers.subscribe import Handed, Wanted, subscribe
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.domain.plan import Base
from arshjul.year.domain.replan_context import context_of
from arshjul.year.formats.atomic import create
from arshjul.year.planning.verify import prices
from tests import builders, years
from tests.databases import FILE, SLOW_POSTGRESQL


@SLOW_POSTGRESQL
def test_export(store: Store, tmp_path: Path) -> None:
    """Whatever the umask nobody else writes into it, or lists the names, which are the secret."""
    out, key, before = tmp_path / "out", tmp_path / "key", os.umask(0)
    try:
        done = export_static(store, out, key)
    finally:
        os.umask(before)
    assert len(done) == 48
    for exported in done:
        data = (out / exported.path).read_bytes()
        assert hashlib.sha256(data).hexdigest() == exported.etag
        assert gzip.decompress((out / f"{exported.path}.gz").read_bytes()) == data
        assert (out / exported.path).stat().st_mtime == years.NOW.timestamp()
        assert len(Path(exported.path).parts[1]) == 43
    listed = json.loads((out / "etags.json").read_text())
    assert [(feed["path"], feed["etag"]) for feed in listed] == [
        (exported.path, f'"{exported.etag}"') for exported in done
    ]
    assert (out / "etags.json").stat().st_mode & 0o777 == key.stat().st_mode & 0o777 == 0o600
    assert {path.stat().st_mode & 0o022 for path in (out, *out.rglob("*"))} == {0}
    folders = [path for path in (out, *out.rglob("*")) if path.is_dir()]
    assert len(folders) > 2
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o711}
    for path in folders[1:]:
        path.chmod(0o755)  # as exports made them that came before
    export_static(store, out, key)
    assert {path.stat().st_mode & 0o777 for path in folders} == {0o711}


@FILE
def test_key_file_that_is_no_secret_key_is_refused_by_its_name(store: Store, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "key of a pipe")
    (tmp_path / "key of a folder").mkdir()
    for kind, n, mode in (("open to others", KEY_BYTES, 0o640), ("too short", 3, 0o600)):
        create(tmp_path / f"key of {kind}", bytes(n))
        (tmp_path / f"key of {kind}").chmod(mode)
    keys = [*tmp_path.glob("key of*")]
    assert len(keys) == 4
    for key in keys:
        with pytest.raises(InputError, match=key.name) as refused:
            export_static(store, tmp_path / "out", key)
        assert str(tmp_path / "out") not in str(refused.value)
        assert not (tmp_path / "out").exists()


def everything(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@SLOW_POSTGRESQL
def test_names_stay_and_another_key_has_others(store: Store, tmp_path: Path) -> None:
    out = tmp_path / "out"
    before = export_static(store, out, tmp_path / "key")
    there = everything(out)
    assert export_static(store, out, tmp_path / "key") == before
    assert everything(out) == there
    others = export_static(store, out, tmp_path / "another key")
    assert {other.path for other in others}.isdisjoint({exported.path for exported in before})
    assert [replace(other, path="") for other in others] == [replace(exported, path="") for exported in before]
    assert not any((out / exported.path).parent.exists() for exported in before), (
        "what the last export left goes, folders too"
    )


@FILE
def test_only_what_the_list_names_is_removed(store: Store, tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    before = export_static(store, out, tmp_path / "key")
    mine = [
        out / "feeds" / "theirs" / "holidays.ics",
        (out / before[0].path).with_name("mine.ics"),
        elsewhere / "agency-a0.ics",
        elsewhere / Path(before[1].path).name,
    ]
    for file in mine:
        file.parent.mkdir(exist_ok=True)
        file.write_text("mine")
    (out / "feeds" / "link").symlink_to(elsewhere)
    swapped = (out / before[1].path).parent
    swapped.rename(tmp_path / "swapped")
    swapped.symlink_to(elsewhere)
    export_static(store, out, tmp_path / "another key")
    assert [file.read_text() for file in mine] == ["mine"] * len(mine)
    assert not (out / before[0].path).exists()


@FILE
def test_no_link_in_the_folder_is_followed(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (target / "file").write_text("mine")
    for name, to in (("feeds", target), ("etags.json", target / "file"), (".etags.json.half", target / "file")):
        out = tmp_path / f"out {name}"
        out.mkdir()
        (out / name).symlink_to(to)
        if name.startswith("."):
            export_static(store, out, tmp_path / "key")
        else:
            with pytest.raises(InputError, match="not from an export"):
                export_static(store, out, tmp_path / "key")
        assert everything(target) == {"file"}
        assert (target / "file").read_text() == "mine"


@FILE
def test_list_that_is_not_an_exports_is_not_gone_by(store: Store, tmp_path: Path) -> None:
    (tmp_path / "mine.ics").write_text("mine")
    out = tmp_path / "a" / "out"
    out.mkdir(parents=True)
    for text in ('[{"path": "feeds/../../mine.ics"}]', "[1]", "{}", "not JSON", '[{"path": "x.ics"}]'):
        (out / "etags.json").write_text(text)
        with pytest.raises(InputError, match="not from an export"):
            export_static(store, out, tmp_path / "key")
        assert (out / "etags.json").read_text() == text
        assert (tmp_path / "mine.ics").exists()


@FILE
def test_each_feed_once_more_as_google_needs_it(store: Store, tmp_path: Path) -> None:
    plain = export_static(store, tmp_path / "out", tmp_path / "key")
    publish_taken_over(store, tmp_path)
    both = export_static(store, tmp_path / "out", tmp_path / "key", "google")
    assert [exported.path for exported in both if not exported.client] == [one.path for one in plain], (
        "who has an address keeps it"
    )
    assert len({exported.path for exported in both}) == 2 * len(plain)
    bodies = {exported: (tmp_path / "out" / exported.path).read_bytes() for exported in both}
    for one, made in zip(both[::2], both[1::2], strict=True):
        assert (one.party, one.level, one.content, made.client) == (made.party, made.level, made.content, "google")
        assert bodies[one].replace(b"STATUS:CANCELLED", b"STATUS:CONFIRMED") == bodies[made]
        assert hashlib.sha256(bodies[made]).hexdigest() == made.etag
    assert any(b"STATUS:CANCELLED" in body for body in bodies.values())
    assert not any(b"STATUS:CANCELLED" in body for one, body in bodies.items() if one.client)


# A feed made for Google, which hides what is called off.


YEAR = years.scenario()
FIRST = years.plan(YEAR)


def read(store: Store, handed: Handed, old: FeedCache) -> tuple[CachedFeed, FeedCache]:
    with store.reading() as db:
        cache = fill(db, old)
    found = read_feed(cache, handed.token, years.NOW)
    assert found is not None
    assert found.feed is not None
    return found.feed, cache


@SLOW_POSTGRESQL
def test_what_is_called_off_is_shown_and_named_so(store: Store, tmp_path: Path) -> None:
    google = subscribe(store, Wanted("police-p1", client="google"), "x", 400, "test", years.NOW)
    plain = subscribe(store, Wanted("police-p1"), "x", 400, "test", years.NOW)
    same, cache = read(store, google, FeedCache())
    assert same.ics == read(store, plain, cache)[0].ics, "with nothing called off they are the same"
    publish_taken_over(store, tmp_path)
    made, cache = read(store, google, cache)
    whole, _ = read(store, plain, cache)
    assert whole.ics.count(b"\r\nSTATUS:CANCELLED\r\n") == 1
    assert whole.ics.replace(b"STATUS:CANCELLED", b"STATUS:CONFIRMED") == made.ics
    called_off = next(part for part in made.ics.split(b"BEGIN:VEVENT") if b"UTAN ER: OP-001" in part)
    assert b"STATUS:CONFIRMED\r\nTRANSP:TRANSPARENT" in called_off
    assert (made.digest, gzip.decompress(made.gzipped)) == (digest_of(made.ics), made.ics)
    assert made.last_modified == whole.last_modified


def publish_taken_over(store: Store, folder: Path) -> None:
    """Publishes the year with OP-001 at the other unit."""
    placed = [
        replace(placement, police="p0") if placement.operation == "OP-001" else placement
        for placement in FIRST.placements
    ]
    bare = builders.plan(YEAR, placed, years.MADE, 2)
    made = replace(bare, base=Base(1, bare.as_of, FIRST.placed))
    made = replace(made, prices=prices(context_of(YEAR, made), made))
    years.published(store, years.write(folder / "2", YEAR, made), years.NOW + timedelta(hours=1))
