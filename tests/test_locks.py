"""A lock is one process's alone, also where its file is taken away just as somebody opens it."""

import fcntl
from pathlib import Path

import pytest

from arshjul.system.files import HeldByAnother, held


def test_a_lock_on_a_file_that_is_gone_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one before takes its file away between another's opening it and locking it: it locks nothing then."""
    path, flock, is_first = tmp_path / "a.lock", fcntl.flock, iter([True])

    def late(handle: int, how: int) -> None:
        if next(is_first, False):
            path.unlink()
        flock(handle, how)

    monkeypatch.setattr(fcntl, "flock", late)
    holders = []
    for _ in range(2):
        try:
            lock = held(path)
            lock.__enter__()
        except HeldByAnother:
            continue
        assert path.exists(), "whoever holds it is found by its name"
        holders.append(lock)
    assert not next(is_first, False), "the library asks the system by flock"
    assert len(holders) == 1
    holders[0].__exit__(None, None, None)
