"""What all tests share: golden files, made anew by `pytest --golden` and read as a diff; a folder in memory."""

import gc
import json
import os
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.examples import examples

# No test judges by wall time, and the same tests try the same examples everywhere.
settings.register_profile("arshjul", examples(25, 100, deadline=None, derandomize=True, database=None))
settings.load_profile("arshjul")

# What is imported and collected lives as long as the tests: looking for garbage in it, then or later, finds none.
gc.disable()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    collected = yield
    gc.freeze()
    gc.set_threshold(10_000)  # little of what tests make is garbage in cycles
    gc.enable()
    return collected


MEMORY = Path("/dev/shm")
COSTS = Path(__file__).parents[1] / "out" / "costs.json"
ROOM_BYTES = 2 << 30
"""Three times what a run writes."""


def pytest_configure(config: pytest.Config) -> None:
    """Lets what tests write lie in memory: a disk may take milliseconds for each file that is synced or removed."""
    os.environ["ARSHJUL_SLOW"] = "" if "not slow" in config.getoption("markexpr") else "yes"  # tests.examples reads it
    if "TMPDIR" not in os.environ and _is_for_files(MEMORY):
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


def _is_for_files(folder: Path) -> bool:
    if not os.access(folder, os.W_OK) or os.statvfs(folder).f_flag & os.ST_NOEXEC:
        return False
    return shutil.disk_usage(folder).free > ROOM_BYTES


_seconds: defaultdict[str, float] = defaultdict(float)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    _seconds[report.nodeid.partition("::")[0]] += report.duration


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Keeps what each file took, where the whole of it ran: `make quick` chooses by it."""
    config = session.config
    is_whole = not config.option.keyword and not any("::" in word for word in config.args)
    if is_whole and "not slow" in config.option.markexpr and not hasattr(config, "workerinput") and _seconds:
        known = json.loads(COSTS.read_text()) if COSTS.exists() else {}
        COSTS.parent.mkdir(exist_ok=True)
        COSTS.write_text(json.dumps(known | {file: round(n, 2) for file, n in sorted(_seconds.items())}, indent=0))


Golden = Callable[[str, bytes], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="write the golden files anew instead of comparing with them")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares bytes with the file of that name in `golden/` beside the test."""
    folder = Path(request.path).parent / "golden"
    anew = request.config.getoption("--golden")

    def compare(name: str, made: bytes) -> None:
        file = folder / name
        if anew:
            folder.mkdir(exist_ok=True)
            file.write_bytes(made)
        assert file.exists(), f"There is no {file}: make it with `pytest --golden`, and read it."
        assert made == file.read_bytes(), f"{file} differs: if that is meant, `pytest --golden` and read the diff."

    return compare
