"""Sessions end, and what anybody asks makes no more of them, nor lines of the log, than there are people."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import func, select

from arshjul.console.app import Trust, application
from arshjul.console.sessions import let_in, who
from arshjul.store import schema, sessions
from arshjul.store.store import Store
from tests.console.browser import Browser
from tests.console.conftest import BOTH, Desk

ROLES = {"anna": "coordinator", "bo": "auditor"}


def rows(store: Store) -> tuple[int, int]:
    """The sessions that are kept, and the lines of the log."""
    with store.reading() as db:
        counted = [db.execute(select(func.count()).select_from(one)).scalar() for one in (schema.session, schema.audit)]
    return int(counted[0] or 0), int(counted[1] or 0)


def proxied(desk: Desk) -> Browser:
    return Browser(application(desk.console))


@BOTH
def test_requests_without_a_cookie_make_one_session_for_each_person(desk: Desk) -> None:
    desk.console = replace(desk.console, trust=Trust("Remote-User", ROLES))
    before = rows(desk.store)
    for _ in range(5):
        for name in (*ROLES, "nobody"):
            stranger = proxied(desk)
            answer = stranger.get("/", {"Remote-User": name})
            assert answer.status == (303 if name in ROLES else 403)
            if name in ROLES:
                assert stranger.get("/", {"Remote-User": name}).status == 200
        assert proxied(desk).get("/").status == 401
    assert rows(desk.store) == (before[0] + 2, before[1] + 2)


def test_who_signs_out_comes_in_anew(desk: Desk) -> None:
    desk.console = replace(desk.console, trust=Trust("Remote-User", ROLES))
    anna = {"Remote-User": "anna"}
    first, second = proxied(desk), proxied(desk)
    for browser in (first, second):
        browser.get("/", anna)
    cookie = first.cookies["__Host-arshjul"]
    assert second.cookies["__Host-arshjul"] == cookie
    session = who(desk.store, cookie, desk.now)
    assert session is not None
    with desk.store.writing() as db:
        sessions.end(db, session.digest)
    assert second.get("/", anna).status == 303
    assert second.cookies["__Host-arshjul"] != cookie


@BOTH
def test_a_session_ends_a_day_after_it_began_however_much_it_is_used(desk: Desk) -> None:
    token = let_in(desk.store, "anna", "coordinator", "sv", desk.now)
    for hours in range(0, 25, 6):
        assert who(desk.store, token, desk.now + timedelta(hours=hours)) is not None
    assert who(desk.store, token, desk.now + timedelta(hours=24, seconds=1)) is None
    let_in(desk.store, "bo", "auditor", "sv", desk.now + timedelta(hours=25))
    with desk.store.reading() as db:
        assert db.execute(select(schema.session.c.person)).scalars().all() == ["bo"], "and is forgotten"
