"""What tests let a worker do in an engine's place. A worker imports this, and none of what tests need besides."""

import os
import signal
import sys
import threading

from arshjul.errors import EngineFault, InputError, Message
from arshjul.solver.backends import import_engines
from arshjul.solver.model.construction import greedy
from arshjul.solver.model.milp import Model, ones_of
from arshjul.solver.parallel.worker import Connection
from arshjul.solver.parallel.worker_pool import SolverHandle
from arshjul.solver.portfolio.primary import ProgressMessage, SearchResult, SolveRequest, values_of
from arshjul.solver.search.status import LevelStatus


def plan(model: Model, bound: int | None = None) -> SearchResult:
    """A greedy plan; proven unless a bound is given."""
    values = greedy(model)
    assert values is not None
    costs = [model.value(level, values) for level in range(len(model.costs))]
    return SearchResult([LevelStatus(cost, cost if bound is None else bound) for cost in costs], ones_of(model, values))


def die(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def out_of_memory(*_: object) -> None:
    raise MemoryError


def at_fault(*_: object) -> None:
    raise EngineFault(Message("An engine says that no plan exists, yet one is known."))


def wrong_input(*_: object) -> None:
    raise InputError(Message("Give them in larger units."))


def asleep(connection: Connection, *_: object) -> None:
    connection.received.get()


def finds_nothing(*_: object) -> SearchResult:
    return SearchResult(impossible_by="cp-sat")


def ends_early(_: object, model: Model, *__: object) -> SearchResult:
    """An engine that comes to an end of its own, without a proof or a word."""
    return plan(model, 0)


def asks_for_a_proof(connection: Connection, model: Model, orders: SolveRequest) -> SearchResult:
    """A lead that says the best plan without its proof, and waits for someone else's, level by level."""
    assert orders.ones is not None
    result = SearchResult([], orders.ones)
    for level in range(len(model.costs)):
        value = model.value(level, values_of(model, orders.ones))
        connection.report(ProgressMessage(level, LevelStatus(value, value - 9), orders.ones))
        received = connection.received.get()
        result.statuses.append(LevelStatus(value, received.bound, (received.by,)))
    return result


def says_then_dies(connection: Connection, model: Model, *_: object) -> None:
    result = plan(model, -1)
    connection.report(ProgressMessage(0, result.statuses[0], result.ones))
    die()


def says_then_sleeps(connection: Connection, model: Model, *_: object) -> None:
    result = plan(model, -1)
    connection.report(ProgressMessage(0, result.statuses[0], result.ones))
    connection.received.get()


def fail() -> None:
    raise KeyError("no")


def says(connection: Connection, *words: str) -> int:
    for word in words:
        connection.report(word)
    return len(words)


def pid(handle: SolverHandle) -> int:
    del handle
    return os.getpid()


def die_elsewhere(handle: SolverHandle, here: int) -> str:
    del handle
    if os.getpid() != here:
        os.kill(os.getpid(), signal.SIGKILL)
    return "done here"


def quick(handle: SolverHandle) -> str:
    del handle
    return "quick"


def endless(handle: SolverHandle) -> None:
    del handle
    threading.Event().wait()


class Unreadable:
    """Packs without complaint, and raises TypeError where it is unpacked."""

    def __reduce__(self) -> tuple[type[int], tuple[list[int]]]:
        return int, ([],)


def unreadable(_: Connection) -> object:
    return Unreadable()


def unpackable(_: Connection) -> object:
    return lambda: None


def received(connection: Connection) -> object:
    return connection.received.get()


def quiet(_: Connection) -> str:
    return "done"


def imported(_: Connection) -> set[str]:
    import_engines()
    return {name.partition(".")[0] for name in sys.modules}
