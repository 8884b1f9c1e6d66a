"""A Dask cluster as an executor: whether it is still there, and how its tasks are cancelled.

A cluster cannot end a running task, so a long one polls a `CancelFlag`.
"""

import time
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any
from uuid import uuid4

LOOK_S = 1.0
"""The seconds between a worker's two looks at a flag."""
ANSWER_S, SILENCES = 2.0, 3
"""The seconds that a busy scheduler has for an answer, and the silences in a row that mean it is gone."""


class CancelFlag:
    """A flag that cancels tasks: raised by the client, read on a worker.

    There it must first be called in the task's own thread.
    """

    def __init__(self) -> None:
        self.name = f"arshjul-{uuid4().hex}"
        self.due = 0.0
        self.event: Any = None

    def raise_by(self, client: Any) -> None:
        """Sets the flag."""
        self._event(client).set()

    def __call__(self) -> bool:
        """True if the flag was set at the last look."""
        if time.monotonic() < self.due:
            return False
        if self.event is None:
            self.event = self._event()
        raised: bool = self.event.is_set()
        self.due = time.monotonic() + LOOK_S
        return raised

    def _event(self, client: Any = None) -> Any:
        import distributed

        make: Any = distributed.Event
        return make(self.name, client=client)


class DaskCluster:
    """A client's cluster; `size` is the number of tasks that it runs at once."""

    def __init__(self, client: Any) -> None:
        self.client = client
        self.size = len(client.nthreads())
        self.executor: Executor = client.get_executor(pure=False, retries=0)
        self.flag = CancelFlag()
        self.silences = 0

    def alive(self) -> bool:
        """True if any worker is left; otherwise submitted tasks would be waited for forever."""
        try:
            left = bool(self.client.sync(self.client.scheduler.ncores, callback_timeout=ANSWER_S))
        except Exception:  # a cluster raises errors of its own
            self.silences += 1
            return self.silences < SILENCES
        self.silences = 0
        return left

    def end(self) -> None:
        """Cancels arshjul's tasks and closes the connection, even if the cluster is gone."""
        with suppress(Exception):
            self.flag.raise_by(self.client)
        with suppress(Exception):
            self.executor.shutdown(wait=False)
        with suppress(Exception):
            self.client.close()
