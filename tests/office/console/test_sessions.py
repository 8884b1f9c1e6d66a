"""Sessions end, and what anybody asks makes no more of them, nor lines of the log, than there are browsers."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import func, select

from arshjul.errors import Message, StorageError
from arshjul.office.console.app import Trust
from arshjul.office.console.sessions import Vouched, invite, leave, let_in, who
from arshjul.office.store import audit, sessions
from arshjul.office.store.events import Mended
from arshjul.office.store.store import Store
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import BOTH, SLOWLY_BOTH, Desk
from tests.office.console.process import ConsoleProcess

ROLES = {"anna": "coordinator", "bo": "auditor"}


def rows(store: Store) -> tuple[int, int]:
    """The sessions that are kept, and the lines of the log."""
    with store.reading() as db:
        counted = [
            db.execute(select(func.count()).select_from(table)).scalar()
            for table in (sessions.SESSIONS.table, audit.LINES.table)
        ]
    return int(counted[0] or 0), int(counted[1] or 0)


def proxied(desk: Desk) -> Browser:
    return Browser(desk.console.application())


@SLOWLY_BOTH
def test_requests_without_a_cookie_make_no_session_and_each_browser_has_its_own(desk: Desk) -> None:
    desk.console = replace(desk.console, trust=Trust("Remote-User", ROLES))
    before = rows(desk.store)
    for _ in range(5):
        for name in (*ROLES, "nobody"):
            assert proxied(desk).get("/", {"Remote-User": name}).status == (303 if name in ROLES else 403)
        assert proxied(desk).get("/").status == 401
        assert proxied(desk).get("/withdrawals/new", {"Remote-User": "bo"}).status in (303, 403, 404)
    assert rows(desk.store) == before
    for name in (*ROLES, "anna"):
        browser = proxied(desk)
        for status in (303, 200, 200):
            assert browser.get("/", {"Remote-User": name}).status == status
    assert rows(desk.store) == (before[0] + 3, before[1] + 3)


def test_who_signs_out_is_out_in_that_browser_alone_and_its_cookie_lets_nobody_in(desk: Desk) -> None:
    desk.console = replace(desk.console, trust=Trust("Remote-User", ROLES))
    anna = {"Remote-User": "anna"}
    first, second = proxied(desk), proxied(desk)
    for browser in (first, second):
        browser.get("/", anna)
        assert browser.get("/", anna).status == 200
    cookie = first.cookies["__Host-arshjul"]
    session = who(desk.store, cookie, desk.now)
    assert session is not None
    leave(desk.store, session, desk.now)
    assert second.get("/", anna).status == 200
    assert first.get("/", anna).status == 303
    assert first.cookies["__Host-arshjul"] != cookie
    first.cookies["__Host-arshjul"] = cookie
    assert first.get("/", anna).status == 303
    before = rows(desk.store)
    assert "Andra webbläsare" in proxied(desk).get("/out", anna).text
    assert rows(desk.store) == before, "who reads that she is out is not let in by that"


def test_a_session_begins_with_what_was_offered_to_that_person_in_that_role_and_not_long_ago(desk: Desk) -> None:
    vouched, now = Vouched(), desk.now
    token = vouched.offer(desk.store, "anna", "coordinator", now)
    secret, seconds, mac = token.split(".")
    for other in (
        "",
        "x",
        f"{secret}.{seconds}",
        f"{secret}.{int(seconds) + 1}.{mac}",
        f"x.{seconds}.{mac}",
        f"{token}x",
    ):
        assert vouched.let_in(desk.store, other, "anna", "coordinator", "sv", now) is None
    for odd in ("\u0661", "9" * 400, "-1", "\xe5"):
        assert vouched.let_in(desk.store, f"{secret}.{odd}.{mac}", "anna", "coordinator", "sv", now) is None
    assert vouched.let_in(desk.store, token, "bo", "coordinator", "sv", now) is None
    assert vouched.let_in(desk.store, token, "anna", "auditor", "sv", now) is None
    assert vouched.let_in(desk.store, token, "anna", "coordinator", "sv", now + timedelta(minutes=11)) is None
    another = Vouched()
    begun = another.let_in(desk.store, token, "anna", "coordinator", "sv", now)
    assert begun is not None, "another process of the same console knows it"
    assert another.let_in(desk.store, token, "anna", "coordinator", "sv", now) == begun


@BOTH
def test_a_session_ends_a_day_after_it_began_however_much_it_is_used(desk: Desk) -> None:
    token = let_in(desk.store, "anna", "coordinator", "sv", desk.now)
    for hours in range(0, 25, 6):
        assert who(desk.store, token, desk.now + timedelta(hours=hours)) is not None
    assert who(desk.store, token, desk.now + timedelta(hours=24, seconds=1)) is None
    let_in(desk.store, "bo", "auditor", "sv", desk.now + timedelta(hours=25))
    with desk.store.reading() as db:
        assert db.execute(select(sessions.SESSIONS.table.c.person)).scalars().all() == ["bo"], "and is forgotten"


def test_a_link_that_lets_nobody_in_keeps_nobody_from_writing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_: object) -> None:
        raise StorageError(Message("locked"))

    monkeypatch.setattr(type(desk.store), "writing", locked)
    assert desk.stranger().post("/in/x", {}).status == 422


@pytest.mark.parametrize("who", ["nobody", "viewer", "coordinator"])
def test_a_large_form_is_held_only_for_who_may_send_it(desk: Desk, who: str) -> None:
    """Whoever is not in could make the console hold 5 MB with each line."""
    browser = desk.stranger() if who == "nobody" else desk.browser(who)
    held, most = [0], [0]

    class Piece(bytes):
        def __del__(self) -> None:
            held[0] -= 1

    pieces = iter([b"x"] * 50)

    async def receive() -> dict[str, object]:
        if next(pieces, None) is None:
            return {"type": "http.request", "body": b"", "more_body": False}
        held[0] += 1
        most[0] = max(most[0], held[0])
        return {"type": "http.request", "body": Piece(100), "more_body": True}

    async def send(message: object) -> None:
        del message

    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = [(b"host", b"localhost:8001"), (b"cookie", cookie.encode())]
    scope = {
        "type": "http", "http_version": "1.1", "method": "POST", "scheme": "http", "path": "/import",
        "raw_path": b"/import", "query_string": b"", "headers": headers, "server": ("localhost", 8001),
        "client": ("127.0.0.1", 50000),
    }  # fmt: skip
    asyncio.run(browser.app(scope, receive, send))
    assert (most[0] > 40) is (who == "coordinator")


# -- two people on one machine: each has a console of her own, and the log says which of them did it


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


# -- a quiet summer: nothing is written for a quarter of a year, and whoever comes first is asked about the clock


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
    link = invite(desk.store, "anna", "coordinator", desk.now)
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
