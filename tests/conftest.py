"""What tests of several rooms share: golden files, byte for byte, made anew by `pytest --golden`."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("arshjul", deadline=None)  # tests judge no wall time
settings.load_profile("arshjul")

Golden = Callable[[Path, bytes], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--golden", action="store_true", help="write the golden files anew; read the diff before committing"
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares what was made with the file, or writes the file under `--golden`."""

    def compare(path: Path, made: bytes) -> None:
        if request.config.getoption("--golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(made)
        assert made.decode() == path.read_bytes().decode()
        assert made == path.read_bytes()

    return compare
