"""What commands take out of a database where something was entered, or chosen, since the publishing."""

import json
from pathlib import Path

from typer.testing import CliRunner, Result

from arshjul.cli.app import app
from tests.console.conftest import Desk
from tests.console.test_withdrawal import HIT


def run(*words: str) -> Result:
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, (words, done.output, done.exception)
    return done


def test_checkout_takes_the_draft_and_the_report_what_is_published(desk: Desk, tmp_path: Path) -> None:
    browser, out = desk.browser(), str(tmp_path / "out")

    def taken_out() -> tuple[int, bool, int]:
        told = json.loads(run("checkout", "--db", desk.url, "-o", out, "--json").stdout)
        return told["revision"], told["published"], told["waiting"]

    assert taken_out() == (1, True, 0)
    for command in ("log", "report"):
        assert "publicera först" not in run(command, "--db", desk.url).stderr
    path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT).headers["location"]
    assert taken_out() == (1, True, 1)
    assert "En uppgift väntar på en plan" in run("checkout", "--db", desk.url, "-o", out).stderr
    browser.send(browser.get(path), path, option="balanced")
    assert taken_out() == (2, False, 0)
    assert "inte publicerad" in run("checkout", "--db", desk.url, "-o", out).stderr
    for command in ("log", "report"):
        assert "publicera först" in run(command, "--db", desk.url).stderr
