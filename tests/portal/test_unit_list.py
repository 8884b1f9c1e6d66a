"""`Alla begäranden`: a unit's one list on its own pages, and as a PDF that says the same."""

import subprocess
import threading
import time
from datetime import timedelta
from unittest import mock

import pytest

from arshjul.errors import NoAnswer
from arshjul.office.publishing.publish import refresh
from arshjul.office.store import revisions
from arshjul.year.folder import pdf
from arshjul.year.folder.pdf import pdf_of
from tests.office.console.browser import Page
from tests.portal.conftest import Office


def own_of(page: Page) -> dict[str, str]:
    return page.hidden()


def test_a_unit_sees_all_that_is_asked_of_it_and_takes_it_along(office: Office) -> None:
    browser = office.browser("p0")
    home = browser.get("/")
    assert "Alla begäranden" in home.text
    page = browser.get("/unit-list")
    assert page.status == 200, page.text
    assert "Rätt att beställa" in page.text
    assert "OP-000" in page.text
    made = browser.post("/unit-list/pdf", own_of(page))
    assert made.headers["content-type"] == "application/pdf"
    said = subprocess.run(["pdftotext", "-layout", "-", "-"], input=made.body, stdout=subprocess.PIPE, check=True)
    assert "Rätt att beställa" in said.stdout.decode()
    assert "OP-000" in said.stdout.decode()


def test_an_agency_has_no_such_list(office: Office) -> None:
    browser = office.browser("a0", "answer")
    assert "Alla begäranden" not in browser.get("/").text
    assert (browser.get("/unit-list").status, browser.post("/unit-list/pdf", own_of(browser.get("/"))).status) == (
        404,
        404,
    )


def test_what_makes_a_pdf_is_told_no_address_of_a_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARSHJUL_PORTAL_DB", "postgresql://portal:kanarie@db/portal")
    made = subprocess.CompletedProcess([], 0, b"%PDF-")
    with mock.patch("arshjul.year.folder.pdf.subprocess.run", return_value=made) as run:
        assert pdf_of({}) == b"%PDF-"
    assert "kanarie" not in str(run.call_args)


def test_no_link_makes_a_pdf_and_a_contact_makes_fifty_a_day(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("arshjul.portal.visit.DAY", timedelta(days=1))
    browser, other = office.browser("p0"), office.browser("p1")
    own, others = own_of(browser.get("/unit-list")), own_of(other.get("/unit-list"))
    assert browser.get(f"/unit-list/pdf?as={own['contact']}").status == 405
    with mock.patch("arshjul.portal.pages.home.pdf_of", return_value=b"%PDF-") as made:
        assert [browser.post("/unit-list/pdf", own).status for _ in range(51)] == [200] * 50 + [429]
        assert other.post("/unit-list/pdf", others).status == 200, "each for itself"
        assert browser.get("/unit-list").status == 200
        office.now += timedelta(days=1)
        assert browser.post("/unit-list/pdf", own_of(browser.get("/unit-list"))).status == 200
    assert made.call_count == 52


def test_whoever_comes_while_one_pdf_is_made_and_one_waits_is_refused_at_once() -> None:
    begun, go = threading.Semaphore(0), threading.Event()

    def slow(_: object) -> bytes:
        begun.release()
        assert go.wait(20)
        return b"%PDF-"

    with mock.patch("arshjul.year.folder.pdf._made", slow):
        there = [threading.Thread(target=pdf_of, args=({},)) for _ in range(2)]
        there[0].start()
        assert begun.acquire(timeout=20)
        there[1].start()
        for _ in range(2000):
            if pdf_places_left():
                time.sleep(0.01)
        assert not pdf_places_left()
        with mock.patch("arshjul.year.folder.pdf.LIMIT_S", 60), pytest.raises(NoAnswer):
            pdf_of({})
        go.set()
        for thread in there:
            thread.join()
        assert pdf_of({}) == b"%PDF-"


def pdf_places_left() -> int:
    """How many more may come."""
    return pdf._PLACES[True]._value


def test_the_list_names_the_plan_s_own_version_however_often_it_was_published(office: Office) -> None:
    """Feeds published anew, as time passes, are another revision of the same version of the plan."""
    browser = office.browser("p0")
    office.now += timedelta(days=28)
    assert refresh(office.store, "timer", office.now).is_new
    office.carry()
    with office.store.reading() as db:
        current = revisions.current(db)
    assert current is not None
    assert current.number != current.plan_revision
    assert f"planens version {current.plan_revision}" in browser.get("/unit-list").text
