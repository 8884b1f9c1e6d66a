"""A database is its owner's alone, however it came to be; doctor tells where it is not."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from arshjul.errors import StorageError
from arshjul.office.database.doctor import doctor
from arshjul.office.store.store import make_store
from tests import years


@pytest.fixture(autouse=True)
def usual_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_a_new_database_is_private(tmp_path: Path) -> None:
    path = tmp_path / "q.db"
    path.touch(mode=0o644)
    make_store(str(path))
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_database_in_a_folder_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"q\.db"):
        make_store(str(tmp_path / "missing" / ".." / "q.db"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("mode", "warning"), [(0o644, False), (0o640, True)])
def test_doctor_tells_who_else_may_read_it(tmp_path: Path, mode: int, warning: bool) -> None:
    path = tmp_path / "q.db"
    make_store(str(path))
    assert not [f for f in doctor(str(path), years.NOW).findings if f.check == "modes"]
    path.chmod(mode)
    assert [f.is_warning for f in doctor(str(path), years.NOW).findings if f.check == "modes"][:1] == [warning]
