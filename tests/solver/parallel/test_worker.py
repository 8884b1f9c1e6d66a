"""Children: what ends them, what they are spared, and what they hear."""

import os
import pickle
import queue
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from arshjul.solver.parallel.process_pool import Worker, give_back, take_kept
from tests.solver.jobs import Unreadable, imported, quiet, unpackable, unreadable

PATIENCE_S = 60
"""A test that fails waits so long; none that passes does."""


def heard(worker: Worker) -> tuple[str, Any]:
    _, kind, content = worker.inbox.get(timeout=PATIENCE_S)
    return kind, content


def test_a_child_ends_with_its_parent_in_the_middle_of_a_message() -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", "from arshjul.solver.parallel.process_pool import main; main()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    assert process.stdin is not None
    whole = pickle.dumps((print, (list(range(300_000)),)), pickle.HIGHEST_PROTOCOL)
    process.stdin.write(whole[: len(whole) // 2])
    process.stdin.close()
    try:
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()


def test_a_child_that_does_not_read_holds_nobody_up() -> None:
    worker = Worker(queue.Queue())
    os.kill(worker.process.pid, signal.SIGSTOP)
    for _ in range(3):
        worker.call(print, list(range(300_000)))  # more than a pipe holds
    worker.kill()
    assert worker.inbox.get(timeout=60)[1] == "died"


def test_a_child_ends_where_it_cannot_read_what_it_is_sent() -> None:
    worker = Worker(queue.Queue())
    worker.call(quiet, Unreadable())
    assert heard(worker) == ("died", None)
    assert worker.process.poll() is not None


def test_an_answer_that_cannot_be_read_is_the_last_of_a_child() -> None:
    worker = Worker(queue.Queue())
    worker.call(unreadable)
    assert heard(worker) == ("died", None)
    assert worker.process.poll() is not None


def test_a_child_imports_nothing_that_its_engines_do_not_use() -> None:
    worker = Worker(queue.Queue())
    worker.call(imported)
    kind, names = heard(worker)
    assert kind == "answer"
    assert "ortools" in names
    assert "pandas" not in names  # `ortools.sat.python.cp_model` imports it, and takes a quarter of a second for that
    worker.kill()


def test_an_answer_that_cannot_be_packed_is_told() -> None:
    worker = Worker(queue.Queue())
    worker.call(unpackable)
    assert heard(worker)[0] == "error"
    worker.call(quiet)
    assert heard(worker) == ("answer", "done")
    worker.kill()


def test_a_child_runs_nothing_from_the_current_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "queue.py").write_text('open("was-here", "w").close()\n')
    monkeypatch.chdir(tmp_path)
    worker = Worker(queue.Queue())
    worker.call(quiet)
    assert heard(worker) == ("answer", "done")
    assert not (tmp_path / "was-here").exists()
    worker.kill()


def test_ctrl_c_never_reaches_a_child() -> None:
    worker = Worker(queue.Queue())
    assert os.getpgid(worker.process.pid) != os.getpgrp()  # a terminal sends it to the whole group
    worker.kill()


def test_a_process_is_kept_from_one_solve_to_the_next_while_it_lives() -> None:
    first = take_kept()
    assert first.submit(quiet).result(PATIENCE_S) == "done"
    give_back(first)
    again = take_kept()
    assert again is first
    (worker,) = first.idle
    worker.kill()
    give_back(first)
    assert first.over
    second, another = take_kept(), take_kept()
    assert second is not first
    for pool in (second, another):
        assert pool.submit(quiet).result(PATIENCE_S) == "done"
        give_back(pool)
    assert not second.over
    assert another.over  # one is enough
    busy = take_kept()
    assert busy is second
    busy.submit(time.sleep, 600)
    give_back(busy)
    assert busy.over
