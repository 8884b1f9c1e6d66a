"""Workers are forked from a process that has the engines imported: nearly every race starts some."""

import pytest

from arshjul.solver.parallel import worker
from tests import forked


@pytest.fixture(autouse=True)
def forked_workers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in the tests of a worker itself."""
    if request.path.stem != "test_worker":
        monkeypatch.setattr(worker, "subprocess", forked)
