"""What commands take out of a database where something was entered, or chosen, since the publishing."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import Result

from arshjul.office.draft.import_year import checkout
from arshjul.office.publishing.publish import Published, mend, refresh
from arshjul.office.store import revisions
from arshjul.office.store.store import Store, make_store
from arshjul.year.formats.plan.plan_folder import read_plan_folder
from tests import years
from tests.commands import ran
from tests.office.console.conftest import Desk
from tests.office.console.test_withdrawal import HIT

Seen = Callable[[Store, str, datetime], Published]


def run(*words: str) -> Result:
    done = ran(words)
    assert done.exit_code == 0, (words, done.output, done.exception)
    return done


def test_checkout_takes_the_draft_and_the_report_what_is_published(desk: Desk, tmp_path: Path) -> None:
    browser, out = desk.browser(), str(tmp_path / "out")

    def taken_out() -> tuple[int, bool, int]:
        told = json.loads(run("checkout", "--db", desk.url, "-o", out, "--json").stdout)
        return told["revision"], told["published"], told["waiting"]

    assert taken_out() == (1, True, 0)
    for command in ("log", "report"):
        assert "Utkastet är inte med" not in run(command, "--db", desk.url).stderr
    path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT).headers["location"]
    assert taken_out() == (1, True, 1)
    assert "En uppgift väntar på en plan" in run("checkout", "--db", desk.url, "-o", out).stderr
    browser.send(browser.get(path), path, option="balanced")
    assert taken_out() == (2, False, 0)
    assert "inte publicerad" in run("checkout", "--db", desk.url, "-o", out).stderr
    for command in ("log", "report"):
        assert "Utkastet är inte med" in run(command, "--db", desk.url).stderr


@pytest.mark.parametrize("seen_anew", [refresh, mend])
def test_sites_are_there_when_the_year_is_seen_from_another_day(desk: Desk, tmp_path: Path, seen_anew: Seen) -> None:
    desk.now += timedelta(days=1)
    assert seen_anew(desk.store, "timer", desk.now).is_new
    checkout(desk.store, tmp_path / "out", lambda _: None)
    taken = read_plan_folder(tmp_path / "out").scenario.operations
    assert [[site.name for site in operation.sites] for operation in taken.values()] == [
        [f"Kanariekrogen {n}"] for n in range(4)
    ]
    browser = desk.browser()
    path = browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT).headers["location"]
    browser.send(browser.get(path), path, option="balanced")
    shown = browser.get("/publish")
    assert browser.send(shown, "/publish", digest=shown.field("digest"), reason="x").status == 303
    with desk.store.reading() as db:
        assert len(revisions.sites(db, 3)) == 4, "what is published from there has them too"


def test_a_rehearsal_is_taken_out_under_one_name(tmp_path: Path) -> None:
    store, year = make_store(str(tmp_path / "rehearsal.db")), years.scenario()
    years.published(store, years.write(tmp_path / "first", year, years.plan(year)), rehearsal=True)
    checkout(store, tmp_path / "out", lambda _: None)
    said = (tmp_path / "out" / "feeds" / "coordinator.ics").read_text(encoding="utf-8")
    assert said.count("BEGIN:VEVENT") == len(years.plan(year).placements)
    assert "STATUS:CANCELLED" not in said
    assert "ovning" not in said
