"""`Allt som begärs`: a unit's one list on its own pages, and as a PDF that says the same."""

import subprocess
from unittest import mock

import pytest

from arshjul.actions.pdf import pdf_of
from tests.portal.conftest import Office


def test_a_unit_sees_all_that_is_asked_of_it_and_takes_it_along(office: Office) -> None:
    browser = office.browser("p0")
    home = browser.get("/")
    assert "Allt som begärs" in home.text
    page = browser.get("/unit-list")
    assert page.status == 200, page.text
    assert "Vem får beställa vad" in page.text
    assert "OP-000" in page.text
    made = browser.get("/unit-list/pdf")
    assert made.headers["content-type"] == "application/pdf"
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made.body, stdout=subprocess.PIPE, check=True)
    assert "Vem får beställa vad" in said.stdout.decode()
    assert "OP-000" in said.stdout.decode()


def test_an_agency_has_no_such_list(office: Office) -> None:
    browser = office.browser("a0", "answer")
    assert "Allt som begärs" not in browser.get("/").text
    assert (browser.get("/unit-list").status, browser.get("/unit-list/pdf").status) == (404, 404)


def test_what_makes_a_pdf_is_told_no_address_of_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARSHJUL_PORTAL_DB", "postgresql://portal:kanarie@db/portal")
    made = subprocess.CompletedProcess([], 0, b"%PDF-")
    with mock.patch("arshjul.actions.pdf.subprocess.run", return_value=made) as run:
        assert pdf_of({}) == b"%PDF-"
    assert "kanarie" not in str(run.call_args)
