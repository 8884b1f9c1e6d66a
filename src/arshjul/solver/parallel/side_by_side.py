"""Questions of one search, answered side by side by an executor's workers.

Answers come in the order of the questions, and each is limited in deterministic time, so it does not matter which
worker answered, nor how fast.
"""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from typing import TypeVar

from arshjul.errors import ArshjulError, NoAnswer
from arshjul.solver.backends.handle import EngineHandle
from arshjul.solver.parallel.executors import HEARD_S, LOOK_S, ExecutorPool, open_executor, submitted
from arshjul.solver.parallel.job import JobError, run_job

Question = TypeVar("Question")
Answer = TypeVar("Answer")
Work = Callable[[EngineHandle, Question, float], Answer]


def side_by_side(
    work: Work[Question, Answer], questions: Sequence[Question], executor: str, handle: EngineHandle, limit_s: float
) -> list[Answer | None]:
    """The answers `work(handle, question, seconds)`; None for a question skipped because the search was stopped.

    `limit_s` is for all of them. Without an executor's name they are answered here, and so are those that an executor
    lost.
    """
    pool = _opened(executor)
    seconds = limit_s / -(-len(questions) // (1 if pool is None else pool.size))

    def here(question: Question) -> Answer | None:
        return None if handle.stopped else work(handle, question, seconds)

    if pool is None:
        return [here(question) for question in questions]
    try:
        futures = [
            submitted(pool.executor, run_job, EngineHandle(handle.params), work, question, seconds)
            for question in questions
        ]
        _await(futures, pool, handle)
    finally:
        pool.close()
    return [_answer(future, here, question) for future, question in zip(futures, questions, strict=True)]


def _opened(executor: str) -> ExecutorPool | None:
    """The workers; None if none are wanted, or none are there any more."""
    try:
        return open_executor(executor) if executor else None
    except (NoAnswer, OSError):
        return None


def _await(futures: "Sequence[Future[Answer]]", pool: ExecutorPool, handle: EngineHandle) -> None:
    """Waits until all are done, the search is stopped, or the workers are gone."""
    look = time.monotonic() + LOOK_S
    while wait(futures, timeout=HEARD_S).not_done and not handle.stopped:
        if time.monotonic() >= look:
            look = time.monotonic() + LOOK_S
            if not pool.alive():
                return


def _answer(future: "Future[Answer]", here: Callable[[Question], Answer | None], question: Question) -> Answer | None:
    """A worker's answer, or one found here; errors raised by the question itself are raised."""
    if not future.done() or future.cancelled():
        return here(question)
    try:
        return future.result()
    except JobError as fault:
        raise fault.error from None
    except ArshjulError:
        raise
    except Exception:  # whatever happened to the worker: a cluster raises errors of its own
        return here(question)
