"""Which databases are opened, with which library, how failures are told; and that each is its owner's alone."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from arshjul.errors import InputError, StorageError
from arshjul.office.database.doctor import doctor
from arshjul.office.store.store import make_store, open_store
from arshjul.serving.sql import engine
from tests import years


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 46, 1), False), ((3, 51, 2), False), ((3, 7, 0), False), ((3, 50, 6), False), ((3, 44, 5), False),
        ((3, 51, 3), True), ((3, 53, 0), True), ((3, 50, 7), True), ((3, 44, 6), True), ((3, 45, 9), False),
    ],
)  # fmt: skip
def test_sqlite_with_the_wal_reset_fault_is_known(version: tuple[int, int, int], sound: bool) -> None:
    assert engine.is_sound(version) is sound


def test_unsound_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(engine.sqlite_module(), "sqlite_version_info", (3, 46, 1))
    with pytest.raises(StorageError, match=r"`pip install \.` in arshjul"):
        make_store(str(tmp_path / "new.db"))
    assert not (tmp_path / "new.db").exists()


def test_sqlite_is_written_ahead_and_synced_in_full(tmp_path: Path) -> None:
    store = make_store(str(tmp_path / "new.db"))
    with store.reading() as db:
        found = {name: db.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")}
        assert db.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
    assert found == {"journal_mode": "wal", "synchronous": 2}


@pytest.mark.parametrize(
    "given",
    [
        "mysql://u:hemligt@h/d", "sqlite://", "nonsense://", "://", "u:hemligt@h/x", "u:hem/ligt@h/x",
        "host=h password=hemligt dbname=x", "PASSWORD = hemligt", "postgresql:/u:hemligt@h/x",
        "sqlite:///u:hemligt@h/x", "postgresql://u:S3c@hemligt/@h", "postgresql://u:S3c@ret:hemligt@h/x",
        "postgresql://u:hemligt@h:port/x", "mysql://u:S3c@hemligt/@h", "u:S3c@hemligt/@h", "u:hem\nligt@h",
        "file:x.db?key=hemligt", "FILE:hemligt", "x.db?hexkey=hemligt", "sqlite:///file:x.db?key=hemligt",
        "sqlite:///x.db?key=hemligt",
    ],
)  # fmt: skip
def test_other_databases_are_refused_and_no_password_is_told(given: str) -> None:
    for opened in (make_store, open_store):
        with pytest.raises(InputError, match="names no database") as error:
            opened(given)
        assert "ligt" not in str(error.value)
        assert "hem" not in str(error.value)


@pytest.mark.parametrize(
    "given", ["postgresql://u:hem?ligt@127.0.0.1:1/x", "postgresql://127.0.0.1:1/x?password=hemligt"]
)
def test_password_is_in_no_message(given: str) -> None:
    with pytest.raises(StorageError, match="does not answer") as error:
        open_store(given)
    assert "ligt" not in str(error.value)


@pytest.mark.parametrize("name", ["a@b.db", "c:d.db", "1=1.db", "year 2027.db"])
def test_other_names_of_files_are_taken(tmp_path: Path, name: str) -> None:
    assert make_store(str(tmp_path / name)).place.path == tmp_path / name


def test_absent_server_is_told_without_its_password() -> None:
    with pytest.raises(StorageError, match="does not answer") as error:
        open_store("postgresql://u:hemligt@127.0.0.1:1/none")
    assert "hemligt" not in str(error.value)


def test_making_a_database_twice_changes_nothing(url: str) -> None:
    make_store(url)
    make_store(url)
    with open_store(url).reading() as db:
        assert db.execute(text("SELECT count(*) FROM state")).scalar() == 1


def test_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    store = make_store(str(tmp_path / "new.db"))
    with store.writing():
        modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"new.db": 0o600, "new.db-wal": 0o600, "new.db-shm": 0o600}


def test_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "notes.db"
    file.write_bytes(b"shopping list, " * 100)
    with pytest.raises(StorageError, match="is no arshjul database"):
        open_store(str(file))
    assert file.read_bytes() == b"shopping list, " * 100


def test_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be made: there is no such"):
        make_store(str(tmp_path / "none" / "new.db"))


def test_database_without_tables_says_what_to_do(url: str, tmp_path: Path) -> None:
    (tmp_path / "arshjul.db").touch()
    with pytest.raises(InputError, match="arshjul import"):
        open_store(url)


def test_second_writer_waits_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_S", 0.1)
    store = make_store(str(tmp_path / "new.db"))
    with store.writing(), pytest.raises(StorageError, match="Another process is writing"), store.writing():
        pass


# -- a database is its owner's alone, however it came to be; doctor tells where it is not


@pytest.fixture
def usual_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.usefixtures("usual_mask")
def test_a_new_database_is_private(tmp_path: Path) -> None:
    path = tmp_path / "q.db"
    path.touch(mode=0o644)
    make_store(str(path))
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_database_in_a_folder_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"q\.db"):
        make_store(str(tmp_path / "missing" / ".." / "q.db"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("usual_mask")
@pytest.mark.parametrize(("mode", "warning"), [(0o644, False), (0o640, True)])
def test_doctor_tells_who_else_may_read_it(tmp_path: Path, mode: int, warning: bool) -> None:
    path = tmp_path / "q.db"
    make_store(str(path))
    assert not [f for f in doctor(str(path), years.NOW).findings if f.check == "modes"]
    path.chmod(mode)
    assert [f.is_warning for f in doctor(str(path), years.NOW).findings if f.check == "modes"][:1] == [warning]
