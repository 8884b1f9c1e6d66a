"""An older copy is brought up to date beside the database, for its owner alone, and nothing of it stays there."""

import os
import signal
import tempfile
from pathlib import Path

import pytest

from arshjul.actions.database.backup import backup
from arshjul.actions.database.doctor import Finding, damage, doctor
from arshjul.actions.database.restore import restore
from arshjul.errors import Refused
from arshjul.store import in_use
from arshjul.store.aside import aside, sweep
from arshjul.store.store import Store, make_store
from tests import years
from tests.databases import SLOW_POSTGRESQL, Databases
from tests.kills import in_a_child
from tests.store.test_migrations import made_by

RESTORE_LOOKS = "arshjul.actions.database.restore.damage"
"""Where a restore looks over the copy that it is about to put back."""


@pytest.fixture(scope="module")
def made() -> dict[bool, dict[str, bytes]]:
    """The copies that were made, with their manifests: of a file, and of a database in PostgreSQL."""
    return {}


@pytest.fixture
def old(databases: Databases, made: dict[bool, dict[str, bytes]], tmp_path: Path) -> Path:
    """A copy of an older version, with sites in it."""
    folder, address = tmp_path / "copies", databases.empty()
    folder.mkdir()
    kind = address.startswith("postgresql:")
    if kind not in made:
        with pytest.MonkeyPatch.context() as patched:
            store = made_by(patched, "0010", address, folder)
            backup(store, folder / "older.db", years.NOW, sites="all")
        made[kind] = {file.name: file.read_bytes() for file in folder.glob("older.db*")}
    for name, held in made[kind].items():
        (folder / name).write_bytes(held)
    return folder / "older.db"


def left(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir() if "aside" in one.name)


@SLOW_POSTGRESQL
def test_nothing_is_written_elsewhere_and_nothing_stays(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "tmp"
    seen: list[tuple[str, int]] = []
    elsewhere.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(elsewhere))
    year = tmp_path / "year"
    year.mkdir()

    def looked(store: Store) -> list[Finding]:
        seen.extend((one.name, one.stat().st_mode & 0o777) for one in year.iterdir() if one.is_dir())
        assert list(elsewhere.iterdir()) == []
        return damage(store)

    monkeypatch.setattr(RESTORE_LOOKS, looked)
    assert restore(old, str(year / "y.db"), "x", years.NOW).revision == 1
    assert seen == [(".y.db.aside", 0o700)]
    assert left(year) == []


def killed(old: Path, into: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A restore of an older copy, killed while it holds that copy in clear."""
    with monkeypatch.context() as patched:
        patched.setattr(RESTORE_LOOKS, lambda _: os.kill(os.getpid(), signal.SIGKILL))
        assert in_a_child(lambda: restore(old, into, "x", years.NOW, replace=True)) == -signal.SIGKILL


@SLOW_POSTGRESQL
@pytest.mark.parametrize("who", ["server", "doctor", "restore"])
def test_the_next_one_takes_away_what_was_left(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str
) -> None:
    year = tmp_path / "year"
    year.mkdir()
    db = str(year / "y.db")
    make_store(db)
    killed(old, db, monkeypatch)
    assert years.SITE_NAME.encode() in (year / ".y.db.aside" / "copy.db").read_bytes()
    if who == "server":
        with in_use.in_use(db):
            assert left(year) == []
    if who == "doctor":
        assert any("taken away" in str(one.text) for one in doctor(db, years.NOW).findings)
        assert not any("taken away" in str(one.text) for one in doctor(db, years.NOW).findings)
    if who == "restore":
        restore(old, db, "x", years.NOW, replace=True)
    assert left(year) == []


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
def test_in_postgresql_it_lies_beside_the_copy_until_the_next_backup_there(
    old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, databases: Databases
) -> None:
    killed(old, databases.empty(), monkeypatch)
    assert ".older.db.aside" in left(old.parent)
    store = make_store(str(tmp_path / "other.db"))
    backup(store, old.with_name("new.db"), years.NOW)
    assert left(old.parent) == []


def test_what_somebody_works_in_is_left_alone(tmp_path: Path) -> None:
    near = tmp_path / "y.db"
    with aside(near) as folder:
        (folder / "copy.db").write_bytes(b"x")
        assert sweep(tmp_path) == 0
        assert (folder / "copy.db").exists()
        with pytest.raises(Refused), aside(near):
            pass
    assert left(tmp_path) == []


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "kept").write_bytes(b"x")
    (tmp_path / ".y.db.aside").symlink_to(other)
    assert sweep(tmp_path) == 1
    assert (other / "kept").exists()
    assert left(tmp_path) == []
