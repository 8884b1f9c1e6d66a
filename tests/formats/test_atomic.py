"""Files are made for their owner alone, and nothing that lies in their place is written through."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from arshjul.formats import atomic
from arshjul.formats.whole_folder import write_whole


@pytest.fixture(autouse=True)
def usual_mask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_folder_and_all_in_it_are_private_also_where_an_open_one_was(tmp_path: Path) -> None:
    folder = tmp_path / "b"
    folder.mkdir(mode=0o755)
    write_whole(folder, {"plan.json": b"x", "feeds/a.ics": b"x"})
    assert [mode(path) for path in (folder, folder / "feeds")] == [0o700] * 2
    assert [mode(path) for path in (folder / "plan.json", folder / "feeds" / "a.ics")] == [0o600] * 2


def test_a_file_is_private_and_replaced_whole(tmp_path: Path) -> None:
    path, other = tmp_path / "x", tmp_path / "other"
    other.write_bytes(b"mine")
    path.symlink_to(other)
    atomic.replace(path, b"new")
    assert (path.read_bytes(), mode(path), path.is_symlink(), other.read_bytes()) == (b"new", 0o600, False, b"mine")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["other", "x"]


def test_what_is_there_is_never_written_through(tmp_path: Path) -> None:
    other = tmp_path / "other"
    (tmp_path / "link").symlink_to(other)
    (tmp_path / "open").touch(mode=0o666)
    for name in ("link", "open"):
        with pytest.raises(FileExistsError):
            atomic.create(tmp_path / name, b"new")
    assert not other.exists()


def test_a_file_that_cannot_be_finished_is_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError

    monkeypatch.setattr(os, "fsync", full)
    for write in (atomic.create, atomic.replace):
        with pytest.raises(OSError, match=r"^$"):
            write(tmp_path / "x", b"new")
    assert list(tmp_path.iterdir()) == []


def test_the_name_of_what_is_replaced_is_brought_to_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it a power cut can take the only file that holds what was given out once."""
    done: list[str] = []
    sync = os.fsync

    def noted(handle: int) -> None:
        done.append(Path(f"/proc/self/fd/{handle}").readlink().name)
        sync(handle)

    monkeypatch.setattr(os, "fsync", noted)
    atomic.write_named(tmp_path / "x", b"new")
    assert done[-1] == tmp_path.name
    assert len(done) == 2
