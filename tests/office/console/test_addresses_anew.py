"""After a restore the coordinator hands all addresses out anew, in one workbook."""

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.store import audit
from arshjul.office.store.readers import Fetch, note_fetches
from arshjul.office.subscribers.subscribe import Wanted, closed_by_a_restore, subscribe
from arshjul.serving.sql.errors import Damaged
from tests.office.console.conftest import Desk


def test_addresses_that_a_restore_closed_are_handed_out_in_a_workbook(desk: Desk, tmp_path: Path) -> None:
    for name in ("Ett", "Två"):
        subscribe(desk.store, Wanted("agency-a0"), name, 400, "test", desk.now)
    assert "säkerhetskopia" not in desk.browser().get("/subscribers").text
    backup(desk.store, tmp_path / "copy.db", desk.now)
    desk.now += timedelta(hours=1)
    restore(tmp_path / "copy.db", desk.url, "it", desk.now, replace=True)
    elsewhere = desk.browser().get("/subscribers").text
    assert "Sätt kalenderserverns adress framför" in elsewhere
    assert "--feeds-url" not in elsewhere, "she starts no server"
    desk.console = replace(desk.console, feeds_url="https://kalender.example.se")
    browser = desk.browser()
    shown = browser.get("/subscribers")
    assert "2 personers adresser" in shown.text
    given = browser.send(shown, "/subscribers/anew")
    assert 'filename="adresser.xlsx"' in given.headers["content-disposition"]
    (sheet,) = load_workbook(BytesIO(given.body)).worksheets
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert (
        len([cell for cell in cells if re.fullmatch(r"https://kalender.example.se/feeds/[\w-]{40,}\.ics", cell)]) == 2
    )
    assert "säkerhetskopia" not in browser.get("/subscribers").text
    assert browser.send(shown, "/subscribers/anew").status == 409, "once"


def test_of_the_log_only_the_lines_of_addresses_are_read(desk: Desk) -> None:
    """It grows for years, and the page of calendars is opened every day: a line that cannot be read is not met."""
    with desk.store.writing() as db:
        db.exec_driver_sql("UPDATE audit SET at = 'long ago' WHERE action NOT IN ('restore', 'unsubscribe', 'reissue')")
    with desk.store.reading() as db:
        assert closed_by_a_restore(db) == []
        with pytest.raises(Damaged):
            audit.lines(db)


def test_the_program_that_came_is_named_in_words(desk: Desk) -> None:
    subscribe(desk.store, Wanted("agency-a0", "full", "operations"), "Registratorn", 400, "test", desk.now)
    for client, said in (("another", "ett annat program"), ("Outlook", "Outlook")):
        with desk.store.writing() as db:
            desk.now += timedelta(days=1)
            note_fetches(db, [Fetch(1, desk.now, client)])
        assert f", {said}" in desk.browser().get("/subscribers").text
