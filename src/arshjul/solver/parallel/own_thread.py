"""A thread of this process as an executor, so that the main thread can react to requests to end."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import Any


class ThreadExecutor(Executor):
    """An executor with a thread for each job. A job cannot be ended, but it can ask `is_halted`."""

    def __init__(self) -> None:
        self._halted = threading.Event()

    def submit_reporting(self, hear: Callable[[Any], None], work: Callable[..., Any], *args: Any) -> Future[Any]:
        """Calls `work(hear, *args)`."""
        future: Future[Any] = Future()

        def run() -> None:
            try:
                future.set_result(work(hear, *args))
            except Exception as error:
                future.set_exception(error)

        threading.Thread(target=run, daemon=True).start()
        return future

    def is_halted(self) -> bool:
        """True once all jobs should end."""
        return self._halted.is_set()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Asks all jobs to end."""
        del wait, cancel_futures
        self._halted.set()
