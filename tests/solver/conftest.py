"""Workers are forked from a process that has the engines imported, and a test may put its own search in their place."""

from collections.abc import Callable
from typing import Any

import pytest

from arshjul.solver.parallel import process_pool as worker
from arshjul.solver.supervisor import supervisor
from tests import forked
from tests.solver.jobs import Planted

Plant = Callable[..., None]
"""Puts another search in place of the solver's: one for each engine, or one for both."""


@pytest.fixture(autouse=True)
def forked_workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the tests of a worker itself."""
    if request.path.stem != "test_worker":
        monkeypatch.setattr(worker, "subprocess", forked)


@pytest.fixture
def plant(monkeypatch: pytest.MonkeyPatch) -> Plant:
    """The one place at which a search is replaced."""

    def planted(*both: Callable[..., Any], **engines: Callable[..., Any]) -> None:
        monkeypatch.setattr(supervisor, "run_search", both[0] if both else Planted(**engines))

    return planted
