"""The tutorial's plan and its replan, made once and read by many."""

from pathlib import Path

import pytest

from tests.acceptance.command import MARCH, ROOT, TUTORIAL_AS_OF, copied, done, in_swedish

TUTORIAL = in_swedish(ROOT / "scenarios" / "tutorial")
"""The tutorial speaks English; here it speaks the language of most plans."""
SHOOTING = TUTORIAL / "withdrawals-example.yaml"


@pytest.fixture(scope="session")
def made_tutorial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tutorial's plan folder, not to be changed."""
    folder = tmp_path_factory.mktemp("made") / "tutorial"
    done("plan", TUTORIAL, "-o", folder, "--as-of", TUTORIAL_AS_OF)
    return folder


@pytest.fixture(scope="session")
def made_march(made_tutorial: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the tutorial's shooting makes of it, not to be changed."""
    folder = tmp_path_factory.mktemp("made") / "march"
    done("replan", made_tutorial, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", folder)
    return folder


@pytest.fixture
def tutorial(made_tutorial: Path, tmp_path: Path) -> Path:
    """The tutorial's plan folder, a copy of one's own."""
    return copied(made_tutorial, tmp_path / "tutorial")


@pytest.fixture
def march(made_march: Path, tmp_path: Path) -> Path:
    """The replanned folder, a copy of one's own."""
    return copied(made_march, tmp_path / "march")
