"""console --portal: one process on one computer has both, and the whole road can be tried."""

import re
import time
from pathlib import Path
from shutil import copy

import pytest

from arshjul.cli.servers import own_file
from arshjul.errors import InputError
from tests.acceptance.command import arshjul
from tests.office.console.browser import Page
from tests.office.console.process import ConsoleProcess
from tests.portal.conftest import GROUNDS
from tests.serving import free_port

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


def test_keys_without_the_portal_are_refused(tmp_path: Path) -> None:
    seen = arshjul("console", "--db", str(tmp_path / "y.db"), "--sheet-keys", str(tmp_path / "k"))
    assert seen.code == 2
    assert "--portal" in seen.err


def test_the_portal_of_a_year_in_postgresql_has_to_be_named() -> None:
    assert own_file("/data/ar.db") == "/data/ar-portal.db"
    with pytest.raises(InputError, match="--portal-db"):
        own_file("postgresql://arshjul@db/ar")
