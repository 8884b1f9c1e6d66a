"""Which tests come by a fault, and what each costs: the probes call `mark`, and pytest has this for a plugin."""

import os
from collections.abc import Generator
from contextlib import suppress
from pathlib import Path

import pytest

_SEEN: set[int] = set()
_FAILED: set[str] = set()


def mark(number: int) -> None:
    """The probe: notes that the test of the moment comes by, in whatever process it does."""
    if number not in _SEEN and (now := os.environ.get("ARSHJUL_TEST")):
        _SEEN.add(number)
        with suppress(OSError), open(f"{now}.marks", "a") as kept:  # noqa: PTH123 - pathlib may be what is tested
            kept.write(f"{number}\t{Path(now).read_text()}\n")


def pytest_configure() -> None:
    os.environ["ARSHJUL_TEST"] = f"{os.environ['ARSHJUL_MARKS']}/{os.environ.get('PYTEST_XDIST_WORKER', 'gw')}"


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.outcome != "passed":
        _FAILED.add(report.nodeid)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    _SEEN.clear()
    now, began = Path(os.environ["ARSHJUL_TEST"]), sum(os.times()[:4])
    now.write_text(item.nodeid)
    result = yield
    with now.with_suffix(".tests").open("a") as kept:
        if item.nodeid not in _FAILED:
            kept.write(f"{item.nodeid}\t{sum(os.times()[:4]) - began:.2f}\n")
    return result
