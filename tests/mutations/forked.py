"""Plants faults one after the other, each in a fork of one pytest that has its imports and its tests behind it."""

import gc
import json
import os
import resource
import signal
from contextlib import suppress
from pathlib import Path
from types import CodeType, FunctionType

import pytest

from tests.mutations.fault import Fault, file_of, planted

MOST_S, HANGS_S = 90, 900
"""CPU seconds for a fault; seconds after which it never ends."""

_FAILED: list[str] = []


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.failed:
        _FAILED.append(report.nodeid)


def pytest_runtestloop(session: pytest.Session) -> bool:
    """What is asked: where results go, and of each fault its number, itself, and the names of its tests."""
    results, asked = json.loads(Path(os.environ["ARSHJUL_FAULTS"]).read_text())
    items = {item.nodeid: item for item in session.items}
    for number, fields, tests in asked:
        with planted(fault := Fault(*fields), session.config.rootpath) as text:
            found, cpu_s = in_a_fork(session, fault, text, [items[test] for test in tests if test in items])
        if found:
            with Path(results).open("a") as kept:
                kept.write(f"{number}\t{fault.module}\t{fault.function}\t{found}\t{cpu_s:.0f}\n")
    return True


def in_a_fork(session: pytest.Session, fault: Fault, text: str, items: list[pytest.Item]) -> tuple[str, float]:
    """The first test that fails, and the CPU seconds; empty if the fault needs a new interpreter."""
    read, write = os.pipe()
    if not (child := os.fork()):
        try:
            os.setpgid(0, 0)
            signal.alarm(HANGS_S)
            resource.setrlimit(resource.RLIMIT_CPU, (MOST_S, MOST_S))
            if swapped(str(file_of(fault.module, session.config.rootpath)), text):
                os.write(write, first_failing(session, items).encode())
        finally:
            os._exit(0)
    os.close(write)
    _, status, used = os.wait4(child, 0)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # what its tests have left behind
    with os.fdopen(read) as said:
        found = said.read()
    if os.WIFSIGNALED(status):
        found = "it does not end" if os.WTERMSIG(status) == signal.SIGALRM else "MISSED"
    return found, used.ru_utime + used.ru_stime


def first_failing(session: pytest.Session, items: list[pytest.Item]) -> str:
    for item, after in zip(items, [*items[1:], None], strict=True):
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if _FAILED:
            return _FAILED[0]
    return "MISSED"


def swapped(file: str, text: str) -> int:
    """Gives the functions of the file, whoever holds them, the code of the text; how many have another by that."""
    codes = {(code.co_qualname, code.co_firstlineno): code for code in inner(compile(text, file, "exec"))}
    gc.unfreeze()
    n = 0
    for function in [one for one in gc.get_objects() if isinstance(one, FunctionType)]:
        code = function.__code__
        faulty = codes.get((code.co_qualname, code.co_firstlineno), code)
        if code.co_filename == file and faulty != code and not code.co_name.startswith("<"):
            function.__code__ = faulty
            n += 1
    return n


def inner(code: CodeType) -> list[CodeType]:
    own = [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return [*own, *(each for one in own for each in inner(one))]
