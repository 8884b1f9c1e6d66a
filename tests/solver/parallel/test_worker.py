"""Children that work, and questions that are answered side by side: in their order, whoever died over them."""

import os
import pickle
import queue
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from arshjul.errors import Message, NoAnswer
from arshjul.solver.backends import EngineHandle
from arshjul.solver.parallel import executors as module
from arshjul.solver.parallel.executors import ExecutorPool, side_by_side
from arshjul.solver.parallel.process_pool import Worker, give_back, take_kept
from tests.solver import jobs
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


def test_a_child_ends_where_it_cannot_read_or_be_read() -> None:
    worker = Worker(queue.Queue())
    worker.call(quiet, Unreadable())
    assert heard(worker) == ("died", None)
    assert worker.process.poll() is not None
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


# Questions that are answered side by side: in their order, whoever answered them, and whoever died over them.


PROCESSES = "processes:2"


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ThreadPoolExecutor]:
    """Puts a thread in a cluster's place; it is there no more where `alive` says so."""

    def made(alive: Callable[[], bool] = lambda: True) -> ThreadPoolExecutor:
        executor = ThreadPoolExecutor(1)
        monkeypatch.setattr(module, "open_executor", lambda _: ExecutorPool(executor, 2, executor.shutdown, alive))
        return executor

    return made


def test_answers_come_in_order_here_or_elsewhere_and_share_the_time() -> None:
    for executor in ["", PROCESSES]:
        assert side_by_side(jobs.square, range(5), executor, EngineHandle(), 60) == [0, 1, 4, 9, 16]
    here, there = (side_by_side(jobs.process, [None], name, EngineHandle(), 60) for name in ("", PROCESSES))
    assert here == [os.getpid()]
    assert there != here
    seconds = side_by_side(lambda _, __, limit_s: limit_s, range(4), "", EngineHandle(), 60)
    assert seconds == [15] * 4
    ours = os.getpid()
    assert side_by_side(jobs.dies_elsewhere, [ours, ours], PROCESSES, EngineHandle(), 60) == ["done here"] * 2


def test_a_search_that_is_stopped_begins_nothing_and_waits_for_nobody() -> None:
    handle = EngineHandle()
    handle.stop()
    assert side_by_side(jobs.square, [1], "", handle, 60) == [None]
    began = time.monotonic()
    assert side_by_side(jobs.sleeps_elsewhere, [0, 0], PROCESSES, handle, 600) == [None, None]
    assert time.monotonic() - began < 60


def test_a_cluster_that_is_gone_is_done_without(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    never_done: Future[None] = Future()
    far = cluster(lambda: False)
    monkeypatch.setattr(far, "submit", lambda *_: never_done)
    assert side_by_side(jobs.square, [2, 3], "dask://somewhere", EngineHandle(), 60) == [4, 9]

    def nobody(_: str) -> ExecutorPool:
        raise NoAnswer(Message("It is gone."))

    monkeypatch.setattr(module, "open_executor", nobody)
    assert side_by_side(jobs.square, [2, 3], "dask://somewhere", EngineHandle(), 60) == [4, 9]


@pytest.mark.parametrize("error", [AttributeError("another version"), UnicodeDecodeError("utf-8", b"", 0, 1, "torn")])
def test_an_error_in_a_clusters_own_words_is_answered_here(
    error: Exception, cluster: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: Future[None] = Future()
    failed.set_exception(error)
    monkeypatch.setattr(cluster(), "submit", lambda *_: failed)
    assert side_by_side(jobs.square, [2, 3], "dask://somewhere", EngineHandle(), 60) == [4, 9]


def test_an_error_of_ours_is_raised_here_wherever_it_happens(cluster: Any) -> None:
    for executor in ["", PROCESSES]:
        with pytest.raises(KeyError):
            side_by_side(jobs.fails, [1, 2], executor, EngineHandle(), 60)
    cluster()
    with pytest.raises(KeyError):
        side_by_side(jobs.fails, [1], "dask://somewhere", EngineHandle(), 60)
