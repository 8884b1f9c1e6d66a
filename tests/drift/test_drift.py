"""docs/drift.md can be followed: its commands are there, and every line of it runs where it may."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

from arshjul.serving.sql.engine import place
from tests.acceptance.command import done
from tests.drift import run

DEPLOY = run.ROOT / "config" / "deploy"


def test_every_file_that_is_shipped_is_used_and_every_one_used_is_shipped() -> None:
    named = {word for _, _, line in run.lines() for word in re.findall(r"config/deploy/(\S+)", line)}
    files = {path for pattern in named for path in DEPLOY.glob(pattern)}
    assert all(any(DEPLOY.glob(pattern)) for pattern in named)
    shipped = {path for path in DEPLOY.rglob("*") if path.is_file()}
    assert {path.name for path in shipped - files} == {"README.md", "Containerfile"}


def test_every_block_is_of_a_machine_that_the_page_tells_of() -> None:
    blocks = re.findall(r"^```(.+)$", run.PAGE.read_text(), re.M)
    assert {*blocks} == {"sh inre", "sh yttre"}


def test_a_checkout_that_a_machine_would_not_have_is_told_of() -> None:
    assert run.hidden(Path("/usr")) == ""
    for checkout in ("/tmp/arshjul", "/run/user/0/arshjul"):
        assert checkout in run.hidden(Path("/usr"), Path(checkout))
        assert "clone arshjul" in run.hidden(Path(checkout))
    if Path("/dev/shm").is_dir():
        assert "another file system" in run.hidden(Path("/dev/shm"))


def test_every_option_of_a_command_that_is_shown_exists() -> None:
    shown = [line.split() for _, _, line in run.lines() if line.startswith("arshjul ")]
    units = [path.read_text().replace("\\\n", " ") for path in DEPLOY.rglob("*.service")]
    shown += [line.split() for text in units for line in re.findall(r"/opt/arshjul/bin/(arshjul .*)", text)]
    assert len(shown) > 15
    helped = {command: done(command, "--help").out for command in {words[1] for words in shown}}
    for _, command, *words in shown:
        for option in (word for word in words if word.startswith("-")):
            assert option in helped[command], (command, option)


@pytest.mark.parametrize(
    ("settings", "units", "may_be_left_out"),
    [
        ("arshjul.env", DEPLOY.glob("*.service"), {"ARSHJUL_SITE_KEY", "ARSHJUL_PORTAL_DB"}),
        ("outside/portal.env", DEPLOY.glob("outside/*.service"), set()),
    ],
)
def test_the_settings_are_read_by_sh_and_name_all_that_the_units_take(
    settings: str, units: Iterable[Path], may_be_left_out: set[str]
) -> None:
    read = _settings((DEPLOY / settings).read_text())
    taken = {name for path in units for name in re.findall(r"\$\{?(ARSHJUL_\w+)", path.read_text())}
    assert taken - may_be_left_out <= {*read}
    assert may_be_left_out <= {*_settings(re.sub(r"^#(?=ARSHJUL)", "", (DEPLOY / settings).read_text(), flags=re.M))}


def _settings(text: str) -> dict[str, str]:
    """What sh reads in it."""
    said = subprocess.run(["sh", "-c", f"set -a\n{text}\nenv"], capture_output=True, text=True, check=True).stdout
    return dict(line.split("=", 1) for line in said.splitlines() if line.startswith("ARSHJUL_"))


def test_the_way_to_the_database_outside_checks_its_certificate() -> None:
    text = (DEPLOY / "arshjul.env").read_text()
    address = place(_settings(re.sub(r"^#(?=ARSHJUL)", "", text, flags=re.M))["ARSHJUL_PORTAL_DB"])
    assert "sslmode=verify-full" in str(address.address)
    assert address.name == "postgresql://carry@portal.example.se/portal"


@pytest.mark.slow
def test_every_line_runs(tmp_path: Path) -> None:
    if not run.is_allowed():
        pytest.skip("needs root, and the right to make a layer over the files and a network of its own")
    if reason := run.hidden_here():
        pytest.skip(reason)
    ended = run.run()
    (tmp_path / "said").write_text(ended.stdout + ended.stderr)
    assert ended.stdout.endswith("ALL RAN\n"), ended.stderr
    assert [int(found) for found in re.findall(r"^ *(\d+): ", ended.stdout, re.M)] == [n for n, _, _ in run.lines()]


def test_nothing_else_of_nginx_answers_and_writes_paths() -> None:
    """The page takes away what Debian's package lets answer on port 80, on each machine: an address is in the path."""
    lines = [line for _, _, line in run.lines()]
    assert sum(line == "rm -f /etc/nginx/sites-enabled/default" for line in lines) == 2
    assert "sites-enabled" not in Path(run.__file__).read_text(), "and the run does not do it for the page"
