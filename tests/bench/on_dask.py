"""arshjul's own solver on a Dask cluster."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from arshjul.solver.board import Board
from tests.bench.contenders import OURS, contend
from tests.bench.runs import Clock, Run

WORKERS = 2


def on_dask(board: Board, limit_s: float, _clock: Clock) -> Run:
    """Ours on two workers of one thread each, in processes of their own.

    A cluster stands before anyone plans, so its start is not counted; what its workers and the planner
    import for it is.
    """
    if find_spec("distributed") is None:
        return Run(note="distributed is not installed")
    with _cluster() as address:
        return contend(OURS, board, limit_s, executor=f"dask://{address}")


@contextmanager
def _cluster() -> Iterator[str]:
    """HOST:PORT of a cluster in a process of its own, so that its scheduler takes no time from the planner's."""
    context = get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_serve, args=(there,))
    process.start()
    there.close()
    try:
        yield here.recv()
    finally:
        here.close()
        process.join()


def _serve(asked: Connection) -> None:
    """Tells where the cluster is, and ends it when nobody listens any more."""
    make: Any = import_module("distributed").LocalCluster  # here alone: the planner's process imports it on the clock
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the cluster's own, about ports and sockets
        with make(n_workers=WORKERS, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
            cluster.wait_for_workers(WORKERS)
            asked.send(cluster.scheduler_address.removeprefix("tcp://"))
            asked.poll(None)
