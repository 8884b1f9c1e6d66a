"""A quiet summer: nothing is written for a quarter of a year, and whoever comes first is asked about the clock."""

from datetime import timedelta

from arshjul.office.console import sessions
from arshjul.office.store import audit
from arshjul.office.store.events import Mended
from arshjul.office.store.store import Store
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk

QUIET = audit.LONGEST_PAUSE + timedelta(days=4)
RIGHT = "Klockan går rätt"
FORM = {"police": "p0", "from": "2027-05-10", "to": "2027-05-10", "reason": "Regementets dag"}


def n_confirmed(store: Store) -> int:
    with store.reading() as db:
        return len(audit.lines(db, Mended))


def after_summer(desk: Desk) -> Browser:
    desk.browser()
    desk.now += QUIET
    return desk.browser()


def withdrawn(browser: Browser) -> Page:
    return browser.press("/withdrawals/new", **FORM)


def test_nobody_is_kept_out_and_whoever_comes_first_is_asked(desk: Desk) -> None:
    desk.now += QUIET
    link = sessions.invite(desk.store, "anna", "coordinator", desk.now)
    stranger = desk.stranger()
    assert stranger.post(f"/in/{link}", {}).status == 303
    for browser in (stranger, desk.browser()):
        page = browser.get("/")
        assert "dagar efter den senaste ändringen" in page.text, "one who looked has not answered"
        assert RIGHT in page.text
    assert RIGHT not in desk.browser("auditor").get("/").text
    assert desk.browser("viewer").get("/year").status == 200
    assert stranger.press("/clock-is-right", **{"clock-is-right": "yes"}).status == 303
    assert RIGHT not in stranger.get("/").text
    assert withdrawn(stranger).status == 303
    assert n_confirmed(desk.store) == 1
    assert stranger.press("/out").status == 303


def test_what_was_typed_is_asked_about_and_goes_on_with_the_answer(desk: Desk) -> None:
    browser = after_summer(desk)
    asked = withdrawn(browser)
    assert asked.status == 409
    assert "mån 10 maj" not in browser.get("/withdrawals").text, "nothing is half done"
    assert 'value="Regementets dag"' in asked.body.decode()
    names = ("token", "seen", *FORM)
    fields = {name: asked.field(name) for name in names if f'name="{name}"' in asked.body.decode()}
    assert fields.items() >= FORM.items()
    answer = browser.post("/withdrawals/new", {**fields, "clock-is-right": "yes"})
    assert answer.status == 303, answer.text
    assert "mån 10 maj" in browser.get("/withdrawals").text
    assert n_confirmed(desk.store) == 1


def test_who_may_change_nothing_says_nothing_of_the_clock(desk: Desk) -> None:
    after_summer(desk)
    for role in ("auditor", "viewer"):
        browser = desk.browser(role)
        page = browser.get("/log" if role == "auditor" else "/year")
        said = {"token": page.field("token"), "clock-is-right": "yes"}
        assert browser.post("/clock-is-right", said).status == 403
        assert browser.post("/language", {**said, "language": "sv"}).status == 303
    assert n_confirmed(desk.store) == 0


def test_where_nothing_is_asked_nothing_is_noted(desk: Desk) -> None:
    browser = desk.browser()
    assert browser.press("/clock-is-right", **{"clock-is-right": "yes"}).status == 303
    assert n_confirmed(desk.store) == 0
