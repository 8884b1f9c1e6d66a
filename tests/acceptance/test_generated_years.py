"""The scenarios that are made, not written, are what their generator makes."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.acceptance.command import ROOT

GENERATOR = Path("scenarios") / "goteborg-2027"
MADE = ("goteborg-2027", "goteborg-2027-tight", "goteborg-2027-frames", "goteborg-2027-fuller")


@pytest.mark.slow
def test_made_scenarios_are_as_their_generator_makes_them(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    (tmp_path / GENERATOR).mkdir(parents=True)
    for module in (ROOT / GENERATOR).glob("*.py"):
        shutil.copy(module, tmp_path / GENERATOR)
    subprocess.run([sys.executable, tmp_path / GENERATOR / "generate.py"], check=True)
    made = {name: _sections(tmp_path / "scenarios" / name) for name in MADE}
    assert all(made.values())
    assert made == {name: _sections(ROOT / "scenarios" / name) for name in MADE}


def _sections(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.glob("*.yaml")}
