"""What takes space or time may be done so often within a day by a session, and none uses up another's."""

from datetime import timedelta

import pytest

from arshjul.portal import pace
from arshjul.portal.access import PartyPage
from arshjul.portal.pace import Pace, TooOften
from arshjul.portal.pages import PAGES
from tests.portal.conftest import NOW, Office

LIMITED = {
    "/sheets/{operation}/read",
    "/sheets/{operation}/pdf",
    "/sheets/{operation}/{section}",
    "/sheets/{operation}/give",
    "/unit-list/pdf",
}


pytestmark = pytest.mark.usefixtures("hurried")


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "DAY", timedelta(days=1))


def test_all_that_writes_every_partys_part_anew_or_starts_a_process_has_a_limit() -> None:
    assert {page.path for page in PAGES if page.most_a_day is not None} == LIMITED
    assert all(page.method == "POST" for page in PAGES if page.most_a_day is not None)


@pytest.mark.parametrize("page", [page for page in PAGES if page.most_a_day], ids=lambda page: str(page.path))
def test_a_session_has_its_limit_and_none_uses_up_anothers(page: PartyPage) -> None:
    made = Pace()
    for _ in range(page.most_a_day or 0):
        made.use(page, "one", NOW)
    with pytest.raises(TooOften):
        made.use(page, "one", NOW + timedelta(hours=23))
    made.use(page, "other", NOW)
    made.use(page, "one", NOW + timedelta(days=1))


def test_two_sessions_of_one_contact_and_what_was_typed(office: Office) -> None:
    contact, path = office.invited("a1", "sheet")
    first, second = office.stranger(), office.stranger()
    for browser in (first, second):
        assert browser.post(path, {}).status == 303
    where = "/sheets/OP-000/B"
    fields = {"contact": contact, "purpose": "Kanariesyftet"}
    token = {n: browser.get("/sheets").field("token") for n, browser in enumerate((first, second))}
    answers = [first.post(where, {**fields, "token": token[0]}) for _ in range(301)]
    assert answers[-1].status == 429
    assert answers[0].status != 429
    assert "Kanariesyftet" in answers[-1].body.decode(), "it can be sent again"
    assert second.post(where, {**fields, "token": token[1]}).status != 429


def test_sessions_of_yesterday_are_forgotten_where_there_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "MOST_KEPT", 3)
    made, page = Pace(), next(page for page in PAGES if page.most_a_day)
    for n in range(3):
        made.use(page, f"old {n}", NOW)
    made.use(page, "late", NOW + timedelta(hours=23))
    made.use(page, "new", NOW + timedelta(hours=25))
    assert {session for session, _ in made._used} == {"late", "new"}
