"""A folder is written whole or not at all, whatever happens and whenever."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from arshjul.errors import StorageError
from arshjul.year.formats import atomic
from arshjul.year.formats.atomic import whole, write_whole

OLD = {"plan.json": b"old plan", "feeds/a.ics": b"old feed"}
NEW = {"plan.json": b"new plan", "feeds/a.ics": b"new feed", "feeds/b.ics": b"new feed"}


def held(folder: Path) -> dict[str, bytes]:
    """All files of a folder, wherever a crash has left it."""
    at = whole(folder)
    return {str(path.relative_to(at)): path.read_bytes() for path in at.rglob("*") if path.is_file()}


def test_a_new_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "a" / "b", OLD)
    assert held(tmp_path / "a" / "b") == OLD
    assert [entry.name for entry in (tmp_path / "a").iterdir()] == ["b"]


def test_a_folder_is_replaced_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    write_whole(tmp_path / "b", OLD)
    write_whole(tmp_path / "b", NEW)
    assert held(tmp_path / "b") == NEW
    assert [entry.name for entry in tmp_path.iterdir()] == ["b"]


def test_what_is_kept_goes_along(tmp_path: Path) -> None:
    write_whole(tmp_path / "b", {**OLD, "notes/x.txt": b"mine", "y.txt": b"mine too"})
    write_whole(tmp_path / "b", NEW, kept=["notes", "y.txt"])
    assert held(tmp_path / "b") == {**NEW, "notes/x.txt": b"mine", "y.txt": b"mine too"}


def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    write_whole(tmp_path / "real", OLD)
    (tmp_path / "link").symlink_to(tmp_path / "real")
    write_whole(tmp_path / "link", NEW)
    assert (tmp_path / "link").is_symlink()
    assert held(tmp_path / "real") == NEW


def test_what_a_killed_writer_left_is_cleared(tmp_path: Path) -> None:
    write_whole(tmp_path / "b", OLD)
    (tmp_path / ".b.arshjul-new-1-1").mkdir()
    (tmp_path / ".b.arshjul-new-1-1" / "plan.json").write_bytes(b"half")
    (tmp_path / ".b.arshjul-old").mkdir()
    write_whole(tmp_path / "b", NEW)
    assert [entry.name for entry in tmp_path.iterdir()] == ["b"]


def test_an_old_folder_that_was_put_aside_is_read_and_put_back(tmp_path: Path) -> None:
    write_whole(tmp_path / ".b.arshjul-old", OLD)
    assert held(tmp_path / "b") == OLD
    with pytest.raises(StorageError):
        write_whole(tmp_path / "b", {"x" * 300: b""})
    assert (tmp_path / "b").is_dir()
    assert held(tmp_path / "b") == OLD


def test_a_full_disk_leaves_the_old_folder(tmp_path: Path) -> None:
    write_whole(tmp_path / "b", OLD)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        with pytest.raises(StorageError, match="disk is full"):
            write_whole(tmp_path / "b", {**NEW, "wheel.svg": b"x" * 1000})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert held(tmp_path / "b") == OLD
    assert [entry.name for entry in tmp_path.iterdir()] == ["b"]


def test_a_file_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(StorageError, match="is in the way"):
        write_whole(tmp_path / "file" / "b", NEW)
    assert (tmp_path / "file").read_bytes() == b"mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(StorageError, match="may not be written"):
        write_whole(tmp_path / "b", NEW)


# A child for each step at which a writer can be stopped: an audit hook ends it there, or lets the step fail.
UNDISTURBED, DONE_ALL_THE_SAME, STOPPED = 0, 8, 9
STOPPING = """
import errno, os, sys
from itertools import count
from pathlib import Path
from arshjul.errors import StorageError
from arshjul.year.formats import atomic as whole_folder
from tests.year.formats.test_whole_folder import DONE_ALL_THE_SAME, NEW, OLD, STOPPED, UNDISTURBED, held

folder, how, way = Path(sys.argv[1]) / "b", sys.argv[2], sys.argv[3]
STEPS = (
    "open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.link", "fcntl.flock", "ctypes.dlopen",
)
if way == "two renames":
    whole_folder._exchanged = lambda one, other: False

def write(stop):
    steps = count(1)
    end = UNDISTURBED
    def hook(event, _):
        nonlocal end
        if event in STEPS and next(steps) == stop:
            end = DONE_ALL_THE_SAME
            if how == "killed":
                os._exit(STOPPED)
            raise OSError(errno.ENOSPC, "full")
    sys.addaudithook(hook)
    try:
        whole_folder.write_whole(folder, NEW, kept=["mine.txt"])
    except StorageError:
        os._exit(STOPPED)
    os._exit(end)

seen = set()
for stop in count(1):
    whole_folder.write_whole(folder, {**OLD, "mine.txt": b"mine"})
    child = os.fork()
    if child == 0:
        write(stop)
    end = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    left = held(folder)
    assert left.pop("mine.txt") == b"mine"
    if how == "refused":
        assert folder.is_dir()
        assert left == (OLD if end == STOPPED else NEW), (stop, end, left)
    assert left in (OLD, NEW), (stop, end, left)
    seen.add((end, left == NEW))
    if end == UNDISTURBED:
        break
assert stop > 15 and (STOPPED, False) in seen, (stop, seen)
whole_folder.write_whole(folder, NEW)
assert [entry.name for entry in folder.parent.iterdir()] == ["b"]
"""


@pytest.mark.parametrize("how", ["killed", "refused"])
@pytest.mark.parametrize("way", ["exchange", "two renames"])
def test_a_writer_stopped_at_any_step_leaves_one_of_the_two_whole(tmp_path: Path, how: str, way: str) -> None:
    command = [sys.executable, "-c", STOPPING, str(tmp_path), how, way]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("kind", ["pipe", "link", "file"])
def test_what_is_planted_where_a_writer_writes_stands_in_nobodys_way(tmp_path: Path, kind: str) -> None:
    planted, other = tmp_path / ".b.arshjul-new-1-1", tmp_path / "other"
    write_whole(other, OLD)
    if kind == "pipe":
        os.mkfifo(planted)
    elif kind == "link":
        planted.symlink_to(other)
    else:
        planted.write_bytes(b"x")
    write_whole(tmp_path / "b", OLD)
    write_whole(tmp_path / "b", NEW)
    assert held(tmp_path / "b") == NEW
    assert held(other) == OLD


# Files are made for their owner alone, and nothing that lies in their place is written through.


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
