"""The console's socket takes the place of one that nobody serves on any more, and of nothing else."""

import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from arshjul.errors import InputError
from arshjul.serving.server import on_path


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path is short enough for a socket's."""
    with tempfile.TemporaryDirectory(prefix="arshjul-", dir="/tmp") as name:
        yield Path(name)


@pytest.mark.parametrize("kind", ["file", "link", "folder", "pipe"])
def test_what_is_no_socket_stays(folder: Path, kind: str) -> None:
    path, other = folder / "console.sock", folder / "other"
    other.write_bytes(b"the year")
    match kind:
        case "file":
            path.write_bytes(b"the year")
        case "link":
            path.symlink_to(other)
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
    before = path.lstat()
    with pytest.raises(InputError, match=r"console\.sock: .+ Choose another with --socket"):
        on_path(path)
    assert (path.lstat().st_ino, path.lstat().st_mode) == (before.st_ino, before.st_mode)
    assert other.read_bytes() == b"the year"


def test_a_socket_that_somebody_serves_on_stays(folder: Path) -> None:
    path = folder / "console.sock"
    with on_path(path) as served, socket.socket(socket.AF_UNIX) as proxy:
        with pytest.raises(InputError, match="Choose another with --socket"):
            on_path(path)
        proxy.connect(str(path))
        proxy.send(b"x")
        while (taken := served.accept()[0]).recv(1) != b"x":  # the question whether somebody is there
            taken.close()
        taken.close()


def test_a_socket_that_is_too_busy_to_answer_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arshjul.serving.server.ANSWERED_WITHIN_S", 0.05)
    path = folder / "console.sock"
    with socket.socket(socket.AF_UNIX) as busy:
        busy.bind(str(path))
        busy.listen(0)
        with socket.socket(socket.AF_UNIX) as first:
            first.connect(str(path))
            with pytest.raises(InputError, match="Choose another with --socket"):
                on_path(path)
    assert path.is_socket()


def test_a_socket_that_was_left_behind_is_replaced(folder: Path) -> None:
    path = folder / "console.sock"
    on_path(path).close()
    with on_path(path), socket.socket(socket.AF_UNIX) as proxy:
        proxy.connect(str(path))
        assert path.stat().st_mode & 0o777 == 0o660
