"""console --portal: one process on one computer has both, and the whole road can be tried."""

import re
import time
from pathlib import Path
from shutil import copy

import pytest

from arshjul.cli.trial_portal import own_file
from arshjul.errors import InputError
from tests.console.process import ConsoleProcess
from tests.serving import free_port

ADDRESS = re.compile(r"http://localhost:(\d+)(/k/[\w-]{43})")


def test_an_address_of_the_console_s_page_opens_the_portal_s(published: Path, tmp_path: Path) -> None:
    url, port = str(copy(published, tmp_path / "y.db")), free_port()
    with ConsoleProcess(url, "--portal", "--portal-port", str(port)) as console:
        page = console.get("/contacts")
        shown = console.send(page, "/contacts", party="police-p0", function="Yttre befäl", may="report")
        (found,) = ADDRESS.findall(shown.text)
        assert found[0] == str(port)
        assert (tmp_path / "y-portal.db").stat().st_mode & 0o077 == 0
        console.port = port  # from here on the portal's
        for _ in range(200):  # it is carried out within seconds
            try:
                entering = console.get(found[1])
            except OSError:
                time.sleep(0.1)
            else:
                break
        assert "Fortsätt" in entering.text
        assert "LPO 0" in entering.text
        assert "OP-000" in console.post(found[1], {}).text


def test_the_portal_of_a_year_in_postgresql_has_to_be_named() -> None:
    assert own_file("/data/ar.db") == "/data/ar-portal.db"
    with pytest.raises(InputError, match="--portal-db"):
        own_file("postgresql://arshjul@db/ar")
