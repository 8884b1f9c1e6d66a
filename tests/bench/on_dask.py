"""arshjul's own solver on a Dask cluster."""

import warnings
from typing import Any

import distributed

from arshjul.board import Board
from tests.bench.ours import ours
from tests.bench.runs import Clock, Run


def on_dask(board: Board, limit_s: float, _clock: Clock) -> Run:
    """Ours on two workers of one thread each, in processes of their own.

    A cluster stands before anyone plans, so its start is not counted; what its workers import is.
    """
    make: Any = distributed.LocalCluster
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the cluster's own, about ports and sockets
        with make(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster:
            address = cluster.scheduler_address.removeprefix("tcp://")
            return ours(board, limit_s, Clock(), f"dask://{address}")
