"""Questions that are answered side by side: in their order, whoever answered them, and whoever died over them."""

import os
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest

from arshjul.errors import Message, NoAnswer
from arshjul.solver.backends import EngineHandle
from arshjul.solver.parallel import executors as module
from arshjul.solver.parallel.executors import ExecutorPool, side_by_side
from tests.solver import jobs

PROCESSES = "processes:2"


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Callable[..., ThreadPoolExecutor]:
    """Puts a thread in a cluster's place; it is there no more where `alive` says so."""

    def made(alive: Callable[[], bool] = lambda: True) -> ThreadPoolExecutor:
        executor = ThreadPoolExecutor(1)
        monkeypatch.setattr(module, "open_executor", lambda _: ExecutorPool(executor, 2, executor.shutdown, alive))
        return executor

    return made


@pytest.mark.parametrize("executor", ["", PROCESSES])
def test_answers_come_in_the_order_of_the_questions(executor: str) -> None:
    assert side_by_side(jobs.square, range(5), executor, EngineHandle(), 60) == [0, 1, 4, 9, 16]


def test_without_an_executor_they_are_answered_here_and_with_one_elsewhere() -> None:
    here, there = (side_by_side(jobs.process, [None], name, EngineHandle(), 60) for name in ("", PROCESSES))
    assert here == [os.getpid()]
    assert there != here


def test_the_time_is_shared_by_as_many_as_are_asked_one_after_the_other() -> None:
    seconds = side_by_side(lambda _, __, limit_s: limit_s, range(4), "", EngineHandle(), 60)
    assert seconds == [15] * 4


def test_a_question_over_which_a_worker_died_is_answered_here() -> None:
    here = os.getpid()
    assert side_by_side(jobs.dies_elsewhere, [here, here], PROCESSES, EngineHandle(), 60) == ["done here"] * 2


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


@pytest.mark.parametrize("executor", ["", PROCESSES])
def test_an_error_of_ours_is_raised_here(executor: str) -> None:
    with pytest.raises(KeyError):
        side_by_side(jobs.fails, [1, 2], executor, EngineHandle(), 60)


def test_an_error_of_ours_on_a_cluster_is_raised_here(cluster: Any) -> None:
    cluster()
    with pytest.raises(KeyError):
        side_by_side(jobs.fails, [1], "dask://somewhere", EngineHandle(), 60)
