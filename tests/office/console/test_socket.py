"""Where the console is reached: its socket takes the place of a dead one alone; and a portal beside it can be tried."""

import os
import re
import socket
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest

from arshjul.cli.servers import own_file
from arshjul.errors import InputError
from arshjul.serving.server import on_path
from tests.acceptance.command import arshjul
from tests.office.console.browser import Page
from tests.office.console.process import ConsoleProcess
from tests.portal.conftest import GROUNDS
from tests.serving import free_port


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose path is short enough for a socket's."""
    with tempfile.TemporaryDirectory(prefix="arshjul-", dir="/tmp") as name:
        yield Path(name)


@pytest.mark.parametrize("kind", ["file", "link", "folder", "pipe"])
def test_what_is_no_socket_stays(folder: Path, kind: str) -> None:
    path, other = folder / "console.sock", folder / "other"
    other.write_bytes(b"the year")
    match kind:
        case "file":
            path.write_bytes(b"the year")
        case "link":
            path.symlink_to(other)
        case "folder":
            path.mkdir()
        case "pipe":
            os.mkfifo(path)
    before = path.lstat()
    with pytest.raises(InputError, match=r"console\.sock: .+ Choose another with --socket"):
        on_path(path)
    assert (path.lstat().st_ino, path.lstat().st_mode) == (before.st_ino, before.st_mode)
    assert other.read_bytes() == b"the year"


def test_a_socket_that_somebody_serves_on_stays(folder: Path) -> None:
    path = folder / "console.sock"
    with on_path(path) as served, socket.socket(socket.AF_UNIX) as proxy:
        with pytest.raises(InputError, match="Choose another with --socket"):
            on_path(path)
        proxy.connect(str(path))
        proxy.send(b"x")
        while (taken := served.accept()[0]).recv(1) != b"x":  # the question whether somebody is there
            taken.close()
        taken.close()


def test_a_socket_that_is_too_busy_to_answer_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arshjul.serving.server.ANSWERED_WITHIN_S", 0.05)
    path = folder / "console.sock"
    with socket.socket(socket.AF_UNIX) as busy:
        busy.bind(str(path))
        busy.listen(0)
        with socket.socket(socket.AF_UNIX) as first:
            first.connect(str(path))
            with pytest.raises(InputError, match="Choose another with --socket"):
                on_path(path)
    assert path.is_socket()


def test_a_socket_that_was_left_behind_is_replaced(folder: Path) -> None:
    path = folder / "console.sock"
    on_path(path).close()
    with on_path(path), socket.socket(socket.AF_UNIX) as proxy:
        proxy.connect(str(path))
        assert path.stat().st_mode & 0o777 == 0o660


# -- console --portal: one process on one computer has both, and the whole road can be tried


ADDRESS = re.compile(r"http://localhost:(\d+)(/k/[\w-]{43})")


def entered(console: ConsoleProcess, path: str) -> Page:
    """The page of an address, once it is carried out: within seconds."""
    for _ in range(1200):
        try:
            return console.get(path)
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the portal does not answer")


def test_an_address_of_the_console_s_page_opens_the_portal_s(published: Path, tmp_path: Path) -> None:
    url, port = str(copy(published, tmp_path / "y.db")), free_port()
    with ConsoleProcess(url, "--portal", "--portal-port", str(port)) as console:
        page = console.get("/contacts")
        shown = console.send(page, "/contacts", party="police-p0", function="Yttre befäl", may="report")
        (found,) = ADDRESS.findall(shown.text)
        assert found[0] == str(port)
        assert (tmp_path / "y-portal.db").stat().st_mode & 0o077 == 0
        console.port = port  # from here on the portal's
        entering = entered(console, found[1])
        assert "Fortsätt" in entering.text
        assert "LPO 0" in entering.text
        assert "OP-000" in console.post(found[1], {}).text


def test_with_keys_it_has_information_sheets_too(published: Path, tmp_path: Path) -> None:
    url, port, keys = str(copy(published, tmp_path / "y.db")), free_port(), tmp_path / "sheets.keys"
    options = ("--portal", "--portal-port", str(port), "--sheet-keys", str(keys), "--grounds", str(GROUNDS))
    with ConsoleProcess(url, *options) as console:
        page = console.get("/contacts")
        shown = console.send(page, "/contacts", party="agency-a1", function="Inspektör", may="sheet")
        (found,) = ADDRESS.findall(shown.text)
        console.port = port
        entered(console, found[1])
        assert "OP-000" in console.post(found[1], {}).text
        section = console.get("/sheets/OP-000/B")
        fields = section.hidden("seen")
        console.post("/sheets/OP-000/B", {**fields, "purpose": "Ett syfte"})
        assert "Ett syfte" in console.get("/sheets/OP-000/B").text
        giving = console.get("/sheets/OP-000/give").text
        assert "17 kap. 1 § OSL" in giving, "the town's list"
    assert keys.read_text().startswith("OP-000 ")


def test_keys_without_the_portal_are_refused_and_a_portal_in_postgresql_has_to_be_named(tmp_path: Path) -> None:
    seen = arshjul("console", "--db", str(tmp_path / "y.db"), "--sheet-keys", str(tmp_path / "k"))
    assert seen.code == 2
    assert "--portal" in seen.err
    assert own_file("/data/ar.db") == "/data/ar-portal.db"
    with pytest.raises(InputError, match="--portal-db"):
        own_file("postgresql://arshjul@db/ar")
