"""A Dask cluster as an executor: whether it is still there, and how its tasks are cancelled.

A cluster cannot end a running task, so a long one polls a `CancelFlag`.
"""

import time
from concurrent.futures import Executor
from contextlib import suppress
from typing import Any
from uuid import uuid4

from arshjul.solver.params import ParallelParams


class CancelFlag:
    """A flag that cancels tasks: raised by the client, read on a worker, where it must first be called."""

    def __init__(self, look_s: float) -> None:
        self.look_s = look_s
        self.name = f"arshjul-{uuid4().hex}"
        self.due = 0.0
        self.event: Any = None

    def raise_by(self, client: Any) -> None:
        """Raises it."""
        self._event(client).set()

    def __call__(self) -> bool:
        """True if it is raised, as far as is known."""
        if time.monotonic() < self.due:
            return False
        if self.event is None:
            self.event = self._event()
        raised: bool = self.event.is_set()
        self.due = time.monotonic() + self.look_s
        return raised

    def _event(self, client: Any = None) -> Any:
        import distributed

        make: Any = distributed.Event
        return make(self.name, client=client)


class DaskCluster:
    """A client's cluster; `size` is how many pieces of work it does at once."""

    def __init__(self, client: Any, params: ParallelParams) -> None:
        self.client = client
        self.params = params
        self.size = len(client.nthreads())
        self.executor: Executor = client.get_executor(pure=False, retries=0)
        self.flag = CancelFlag(params.look_s)
        self.silences = 0

    def alive(self) -> bool:
        """True if anyone is left there to work; else what was submitted would be waited for forever."""
        try:
            left = bool(self.client.sync(self.client.scheduler.ncores, callback_timeout=self.params.answer_s))
        except Exception:  # a cluster has its own words
            self.silences += 1
            return self.silences < self.params.silences
        self.silences = 0
        return left

    def end(self) -> None:
        """Ends what it still does for us, and leaves it; there may be nobody to hear that."""
        with suppress(Exception):
            self.flag.raise_by(self.client)
        with suppress(Exception):
            self.executor.shutdown(wait=False)
        with suppress(Exception):
            self.client.close()
