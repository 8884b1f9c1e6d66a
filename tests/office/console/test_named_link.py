"""Two people on one machine: each has a console of her own, and the log says which of them did it."""

from pathlib import Path
from shutil import copy

from tests.office.console.process import ConsoleProcess


def test_the_log_says_which_of_two_did_it(published: Path, tmp_path: Path) -> None:
    db = copy(published, tmp_path / "y.db")
    with (
        ConsoleProcess(str(db), "--name", "Anna") as first,
        ConsoleProcess(str(db), "--name", " Bo, vikarie ") as second,
    ):
        first.send(first.get("/operations/OP-001"), "/operations/OP-001", ask="left_out")
        shown = second.get("/")
        assert "Bo, vikarie" in shown.text, "whose page it is"
        second.send(second.get("/operations/OP-002"), "/operations/OP-002", ask="left_out")
        log = second.get("/log").text
    for said in ("Anna kom in som samordnare", "Anna OP-001 lämnades utanför", "Bo, vikarie OP-002 lämnades utanför"):
        assert said in log
