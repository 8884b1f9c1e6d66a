"""The served feeds as files: the bytes that are served, under names that nobody can guess."""

import gzip
import hashlib
import json
from dataclasses import replace
from pathlib import Path

from arshjul.actions.export_static import export_static
from arshjul.store.store import make_store
from tests import years

YEAR = years.scenario()


def test_export(url: str, tmp_path: Path) -> None:
    store = make_store(url)
    first = years.plan(YEAR)
    years.published(store, years.write(tmp_path / "1", YEAR, first))
    out, key = tmp_path / "out", tmp_path / "key"
    done = export_static(store, out, key)
    assert len(done) == 18
    for one in done:
        data = (out / one.path).read_bytes()
        assert hashlib.sha256(data).hexdigest() == one.etag
        assert gzip.decompress((out / f"{one.path}.gz").read_bytes()) == data
        assert (out / one.path).stat().st_mtime == years.NOW.timestamp()
        assert len(Path(one.path).parts[1]) == 43
    listed = json.loads((out / "etags.json").read_text())
    assert [(feed["path"], feed["etag"]) for feed in listed] == [(one.path, f'"{one.etag}"') for one in done]
    assert (out / "etags.json").stat().st_mode & 0o777 == key.stat().st_mode & 0o777 == 0o600


def test_names_stay_and_old_feeds_go(url: str, tmp_path: Path) -> None:
    store = make_store(url)
    years.published(store, years.write(tmp_path / "1", YEAR, years.plan(YEAR)))
    out = tmp_path / "out"
    before = export_static(store, out, tmp_path / "key")
    stale = out / "feeds" / "x" / "agency-gone.ics"
    stale.parent.mkdir()
    stale.write_text("old")
    (out / "feeds" / "mine.txt").write_text("mine")
    assert export_static(store, out, tmp_path / "key") == before
    assert not stale.exists()
    assert (out / "feeds" / "mine.txt").exists()
    others = export_static(store, tmp_path / "other", tmp_path / "another key")
    assert {one.path for one in others}.isdisjoint({one.path for one in before})
    assert [replace(one, path="") for one in others] == [replace(one, path="") for one in before]
