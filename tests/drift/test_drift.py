"""docs/drift.md can be followed: its commands are there, and every line of it runs where it may."""

import re
import subprocess
from pathlib import Path

import pytest

from tests.acceptance.command import done
from tests.drift import run

DEPLOY = run.ROOT / "config" / "deploy"


def test_every_file_that_is_shipped_is_used_and_every_one_used_is_shipped() -> None:
    named = {word for _, line in run.lines() for word in re.findall(r"config/deploy/(\S+)", line)}
    files = {path.name for pattern in named for path in DEPLOY.glob(pattern)}
    assert all(any(DEPLOY.glob(pattern)) for pattern in named)
    assert {path.name for path in DEPLOY.iterdir()} - files == {"README.md", "Containerfile"}


def test_every_option_of_a_command_that_is_shown_exists() -> None:
    shown = [line.split() for _, line in run.lines() if line.startswith("arshjul ")]
    units = [path.read_text().replace("\\\n", " ") for path in DEPLOY.glob("*.service")]
    shown += [line.split() for text in units for line in re.findall(r"/opt/arshjul/bin/(arshjul .*)", text)]
    assert len(shown) > 15
    helped = {command: done(command, "--help").out for command in {words[1] for words in shown}}
    for _, command, *words in shown:
        for option in (word for word in words if word.startswith("-")):
            assert option in helped[command], (command, option)


def test_the_settings_are_read_by_sh_and_name_all_that_the_units_take() -> None:
    file = DEPLOY / "arshjul.env"
    read = subprocess.run(["sh", "-c", f". {file}; set"], capture_output=True, text=True, check=True).stdout
    taken = {name for path in DEPLOY.glob("*.service") for name in re.findall(r"\$\{?(ARSHJUL_\w+)", path.read_text())}
    taken.discard("ARSHJUL_SITE_KEY")  # may be left out
    assert taken
    assert {name for name in taken if f"\n{name}=" not in f"\n{read}"} == set()


@pytest.mark.slow
def test_every_line_runs(tmp_path: Path) -> None:
    if not run.is_allowed():
        pytest.skip("needs root, and the right to make a layer over the files and a network of its own")
    ended = run.run()
    (tmp_path / "said").write_text(ended.stdout + ended.stderr)
    assert ended.stdout.endswith("ALL RAN\n"), ended.stderr
    assert [int(found) for found in re.findall(r"^ *(\d+): ", ended.stdout, re.M)] == [n for n, _ in run.lines()]
