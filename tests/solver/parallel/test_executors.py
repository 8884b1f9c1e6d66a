"""Where components are solved: our own children, which may die, and a Dask cluster that the test starts."""

import contextlib
import os
import pickle
import socket
import threading
import time
import warnings
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future
from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest

from arshjul.errors import InputError, NoAnswer
from arshjul.solver import solve
from arshjul.solver.model.milp import Model
from arshjul.solver.parallel import executors
from arshjul.solver.parallel.executors import DaskCluster
from arshjul.solver.parallel.process_pool import ProcessPool, WorkerDied
from arshjul.solver.search.known import SearchResult
from arshjul.solver.supervisor.search_job import SearchRequest
from tests.solver import boards
from tests.solver.boards import region
from tests.solver.conftest import Plant
from tests.solver.jobs import asleep, die, fails, reports
from tests.solver.searches import processes_from


def test_a_pool_does_work_and_outlives_a_worker_that_dies() -> None:
    pool = ProcessPool(2)
    try:
        dying: Future[Any] = pool.submit(die)
        sums = [pool.submit(sum, [k, 1]) for k in range(5)]
        failing = pool.submit(fails)
        assert [future.result(60) for future in sums] == [1, 2, 3, 4, 5]
        with pytest.raises(WorkerDied):
            dying.result(60)
        with pytest.raises(KeyError):
            failing.result(60)
        assert pool.submit(sum, [1, 2]).result(60) == 3
    finally:
        pool.shutdown()


def test_reports_of_a_pools_work_are_heard_before_it_is_done() -> None:
    pool = ProcessPool(1)
    heard: list[str] = []
    try:
        assert pool.submit_reporting(heard.append, reports, "one", "two").result(60) == 2
        assert heard == ["one", "two"]
    finally:
        pool.shutdown()


def test_what_waits_for_a_pool_that_ends_is_cancelled_and_what_runs_has_died() -> None:
    pool = ProcessPool(1)
    running, waiting = (pool.submit_reporting(lambda _: None, asleep) for _ in range(2))
    pool.shutdown()
    with pytest.raises(WorkerDied):
        running.result(60)
    with pytest.raises(CancelledError):
        waiting.result(60)
    with pytest.raises(RuntimeError):
        pool.submit(sum, [1])


def test_a_pool_outlives_work_that_cannot_be_sent_and_a_child_that_cannot_be_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pool = ProcessPool(1)
    try:
        with pytest.raises((AttributeError, pickle.PicklingError)):
            pool.submit(lambda: None).result(60)
        assert pool.submit(sum, [1, 2]).result(60) == 3
        pool.submit(die).exception(60)
        with monkeypatch.context() as short:
            short.setattr("arshjul.solver.parallel.process_pool.Worker", no_memory)
            with pytest.raises(OSError, match="memory"):
                pool.submit(sum, [1]).result(60)
        assert pool.submit(sum, [1, 2]).result(60) == 3
    finally:
        pool.shutdown()


def no_memory(*_: object) -> None:
    raise OSError("no memory")


def test_as_many_processes_as_cores_that_we_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3, 5, 7}, raising=False)
    found = executors.open_executor()
    found.close()
    assert found.size == 3


def test_large_components_come_out_of_processes_as_they_do_here() -> None:
    board = boards.apart([region(seed, 15) for seed in (1, 2, 3)])
    here = solve(board)
    there = solve(board, executor="processes:2", params=processes_from(100))
    assert there.choice == here.choice
    assert there.status == "optimal"


def test_a_component_whose_worker_dies_is_solved_by_the_other_engine(plant: Plant) -> None:
    board = boards.apart([region(seed, 15) for seed in (1, 2)])
    values = solve(board).values()
    plant(cp_sat=die)
    solution = solve(board, executor="processes:2", params=processes_from(100))
    assert solution.values() == values
    assert {by for level in solution.levels for by in level.proved_by} == {"highs", "counting"}


def test_an_unknown_executor_is_told_and_an_address_is_a_host_and_a_port() -> None:
    numbers, addresses = (
        ("", "x", "0", "00", "-1", "10000"),
        ("", "host", "host:", ":8786", "host:abc", "host:0", "a b:1"),
    )
    slips = [*(f"processes:{number}" for number in numbers), *(f"dask://{address}" for address in addresses)]
    for name in ("", "threads", *slips, "dask://host:65536"):
        for refuses in (executors.open_executor, executors.check, executors.refuse_slips):
            with pytest.raises(InputError, match=f'--executor "{name}": '):
                refuses(name)
    for name, address in [
        ("dask://127.0.0.1:8786", ("127.0.0.1", 8786)),
        ("dask://big.example.org:1", ("big.example.org", 1)),
        ("dask://[::1]:65535", ("::1", 65535)),
    ]:
        assert executors.address_of(name) == address


@pytest.fixture
def cluster(request: pytest.FixtureRequest) -> Iterator[str]:
    """A cluster's name, whose workers are threads that are spoken to over sockets, or processes."""
    distributed = pytest.importorskip("distributed")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the cluster's own, about ports and sockets
        with distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address=None,
            host="127.0.0.1",
            protocol="tcp",
            processes=getattr(request, "param", False),
        ) as started:
            yield f"dask://{started.scheduler_address.removeprefix('tcp://')}"


@pytest.mark.parametrize(
    "cluster",
    [pytest.param(False, id="threads"), pytest.param(True, id="processes", marks=pytest.mark.slow)],
    indirect=True,
)
def test_a_cluster_solves_components_like_processes(cluster: str) -> None:
    board = boards.apart([region(seed, 15) for seed in (1, 2, 3)])
    there = solve(board, executor=cluster, params=processes_from(100))
    assert there.choice == solve(board).choice
    assert there.status == "optimal"


ENDED = threading.Event()


def until_halted(_link: None, _model: Model, request: SearchRequest) -> SearchResult:
    while not request.halt():
        time.sleep(0.05)
    ENDED.set()
    return SearchResult(request.known)


def test_what_a_cluster_still_does_ends_when_nobody_wants_it_any_more(cluster: str, plant: Plant) -> None:
    plant(until_halted)
    board = boards.apart([region(seed, 15) for seed in (1, 2)])
    looks = iter([False] * 20)
    solution = solve(board, executor=cluster, stop=lambda: next(looks, True), params=processes_from(100))
    assert ENDED.wait(60)
    assert solution.choice is not None  # the greedy one


class Gone:
    """A client whose cluster is gone: whatever it is asked, it raises."""

    def __getattr__(self, name: str) -> object:
        raise ConnectionError(name)


def test_a_cluster_that_is_not_there_is_told_and_one_that_is_gone_is_left_without_a_word() -> None:
    there = SimpleNamespace(nthreads=lambda: {"a": 2, "b": 1}, get_executor=lambda **_: Gone())
    cluster = DaskCluster(there)
    assert cluster.size == 2
    cluster.client = Gone()
    assert [cluster.alive() for _ in range(3)] == [True, True, False]
    cluster.end()
    pytest.importorskip("distributed")
    for address in ("127.0.0.1:9", "nowhere.invalid:8786"):
        with pytest.raises(NoAnswer, match=f"{address}.*dask scheduler"):
            executors.open_executor(f"dask://{address}", connect_s=1)


@pytest.mark.parametrize("says", [b"", b"SSH-2.0-OpenSSH_9.9\r\n", b"\0" * 8])
def test_what_listens_and_is_no_scheduler_is_told_and_not_waited_for(
    says: bytes,
) -> None:
    pytest.importorskip("distributed")
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            with contextlib.suppress(OSError):  # closed
                while True:
                    heard.append(listener.accept()[0])
                    heard[-1].sendall(says)

        heard: list[socket.socket] = []
        threading.Thread(target=answer, daemon=True).start()
        connect = mock.patch("socket.create_connection", wraps=socket.create_connection)
        with connect as connected, pytest.raises(NoAnswer):
            executors.open_executor(f"dask://127.0.0.1:{listener.getsockname()[1]}", connect_s=1)
        assert connected.call_args_list, "it is asked there before dask is"
        assert all(call.args[1] <= 1 for call in connected.call_args_list)
        for one in heard:
            one.close()
