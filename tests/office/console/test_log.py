"""The log's page: who did what and when, about what in names, whatever the lines say."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from html import unescape
from itertools import product
from typing import Any, get_type_hints
from unittest import mock

import pytest
from sqlalchemy import select

from arshjul.office.draft import logbook
from arshjul.office.draft.enter import enter
from arshjul.office.draft.logbook import EntrySentences, Names, about, done, entered
from arshjul.office.store import audit, drafts, tables
from arshjul.office.store.audit import AuditLine
from arshjul.office.store.events import (
    EVENTS,
    Chosen,
    ClockSet,
    EventKind,
    Imported,
    LogEvent,
    OperationEdited,
    Posted,
    Reissued,
    SignedIn,
    Subscribed,
    event_of,
)
from arshjul.office.subscribers.subscribe import Wanted, rotate, subscribe, unsubscribe
from tests import years
from tests.examples import each
from tests.office.console.browser import Page
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.test_hostile import every_form


def lines_of(page: Page) -> list[list[str]]:
    """The lines of the log: when, who, what and about what, as a person reads them."""
    rows = re.findall(r"<tr><td class=.when.>.*?</tr>", page.body.decode(), re.DOTALL)
    cells = (re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows)
    return [[unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in cells]


def test_each_line_has_who_when_and_what_it_is_about(desk: Desk) -> None:
    handed = subscribe(desk.store, Wanted("agency-a0"), "Registratorn", 400, "it", desk.now)
    rotate(desk.store, handed.subscriber.id, 400, 14, "it", desk.now)
    unsubscribe(desk.store, handed.subscriber.id, "it", desk.now + timedelta(minutes=5))
    browser = desk.browser()
    browser.press("/operations/OP-001", ask="left_out")
    browser.plan("balanced")
    page = browser.get("/log")
    for said in (
        "it lämnade ut en kalenderadress Registratorn: Myndighet 0",
        "coordinator kom in som samordnare",
        "coordinator valde ett alternativ avvägt, planens version 2",
        "coordinator OP-001 lämnades utanför",
        "besvarad av version 2",
        "publicerade året planens version 1:",
    ):
        assert said in page.text, said
    for raw in ("subscriber", "agency-a0", "sign-in"):
        assert raw not in page.text, raw
    assert page.text.index("återkallade en kalenderadress") < page.text.index("lämnade ut en kalenderadress")


OF_EACH_KIND: tuple[LogEvent, ...] = (
    Subscribed(4000, "agency-a0", "full", "all", ""),
    Reissued(4001, 4000),
    OperationEdited("OP-999"),
    ClockSet("i morgon"),
    SignedIn("kung"),
)


def test_a_line_of_another_form_or_about_what_is_there_no_more_is_told_as_it_is(desk: Desk) -> None:
    said = ("", "a b", "[]", '"x"', "null", '{"x": 1}', "revision 77 x", "subscriber ett agency-z")
    names, of_events = Names(EntrySentences(desk.draft), {}, {}, {}), [(x.kind.action, x.text) for x in OF_EACH_KIND]
    for action, text in (*product((*EVENTS, "x"), said), *of_events):
        told = about(AuditLine(1, desk.now, "x", action, text, ""), names)
        assert told is not None, (action, text)
        assert text in years.WORDS.say(told), (action, text)


def test_an_event_about_an_operation_that_was_cancelled_still_names_it(desk: Desk) -> None:
    title, event = desk.draft.scenario.operations["OP-001"].title, OperationEdited("OP-001")
    enter(desk.store, [("cancelled", {"operation": "OP-001"})], "x", desk.now, desk.draft.stamp)
    desk.browser().plan("balanced")
    assert "OP-001" not in desk.draft.scenario.operations
    names = Names(EntrySentences(desk.draft), {}, {}, {})
    told = about(AuditLine(1, desk.now, "x", event.kind.action, event.text, ""), names)
    assert told is not None
    assert years.WORDS.say(told) == f"OP-001 {title}"


@each(EVENTS.values())
def test_an_event_is_read_as_it_was_written(kind: EventKind[..., Any]) -> None:
    values = {str: "å", int: 7, int | None: 8, list[int]: [1, 2], list[int] | None: [3]}
    event = kind(**{name: values[of] for name, of in get_type_hints(kind.of).items()})
    assert event_of(kind.action, event.text) == event


HOSTILE = (
    ("choose", '{"option": ["x"], "version": 1}'),
    ("choose", '{"option": "x", "version": NaN}'),
    ("clock", '{"moment": 5}'),
    ("restore", '{"revision": 1, "closed": [[1]], "damaged": []}'),
    ("restore", '{"revision": {"a": 1}, "closed": null, "damaged": 1}'),
    ("purge-sites", '{"n": {}}'),
    ("purge-sites", '{"n": true}'),
    ("purge-sites", '{"n": 1e400}'),
    ("purge-sites", '{"n": ' + "9" * 30 + "}"),
    ("ask", '{"party": null}'),
    ("import", '{"year": "\\ud800"}'),
    ("purge-sites", "[" * 100_000),
    ("publish", '{"revision": 1, "hash": "x", "more": 1}'),
    ("subscribe", '{"subscriber": 1}'),
)


def test_a_line_whose_fields_are_of_another_type_is_no_event() -> None:
    for action, text in HOSTILE:
        assert event_of(action, text) is None, (action, text[:40])


def test_a_long_log_is_read_page_by_page(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logbook, "LINES_A_PAGE", 3)
    with desk.store.writing() as db:
        for n in range(5):
            audit.add(db, desk.now, "it", Imported(f"år {n}"))
    browser = desk.browser()
    first, last = browser.get("/log"), browser.get("/log?page=99")
    assert "Sida 1 av 3" in first.text
    assert "kom in" in first.text
    assert "Sida 3 av 3" in last.text
    assert "kom in" not in last.text
    assert browser.get("/log?page=x").text == first.text


@pytest.mark.slow
def test_a_page_puts_no_more_into_words_than_it_shows(desk: Desk) -> None:
    with desk.store.writing() as db:
        for n in range(2000):
            audit.add(db, desk.now, "it", Chosen("balanced", n))
        drafts.add_entries(db, [("pinned", {"operation": "OP-000"})] * 2000, "anna", desk.now)
        drafts.answer(db, 1)
    browser = desk.browser()
    with (
        mock.patch("arshjul.office.draft.logbook.entered", wraps=entered) as said,
        mock.patch("arshjul.office.draft.logbook.done", wraps=done) as told,
    ):
        assert "Sida 2 av 21" in browser.get("/log?page=2").text
    assert said.call_count + told.call_count == logbook.LINES_A_PAGE


def lines(desk: Desk) -> int:
    """The lines that the log's page shows: entries and events."""
    with desk.store.reading() as db:
        return len(drafts.entries(db)) + len(audit.lines(db))


def rows(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    """All that the database holds of the year and its subscribers; of who is in there is a log of its own kind."""
    with desk.store.reading() as db:
        kept = [table for table in tables.metadata.sorted_tables if table.name not in ("session", "sign_in")]
        return {table.name: [tuple(row) for row in db.execute(select(table))] for table in kept}


def change(desk: Desk, do: Callable[[], Page]) -> str | None:
    """Whether the log tells of what a form changed; None if it changed nothing."""
    before, n = rows(desk), lines(desk)
    assert do().status < 500
    return None if rows(desk) == before else "told" if lines(desk) > n else "untold"


@pytest.mark.parametrize("planted", [False, True])
def test_a_form_that_writes_no_line_would_be_noticed(desk: Desk, *, planted: bool) -> None:
    browser = desk.browser()
    page = browser.get("/subscribers")
    fields = {name: values[0] for name, values in FILLED["/subscribers"].items()}
    with mock.patch.object(audit, "add", wraps=None if planted else audit.add):
        became = change(desk, lambda: browser.send(page, "/subscribers", **fields))
    assert became == ("untold" if planted else "told")


@pytest.mark.slow
def test_each_form_that_changes_the_database_stands_in_the_log(desk: Desk) -> None:
    reachable_by_mail(desk.store)
    browser, changed = desk.browser(), set()
    every = every_form(desk)
    browser = desk.browser()
    token = browser.get("/").field("token")

    def post(where: str, fields: Mapping[str, Sequence[str]]) -> Page:
        return browser.post(where, {"token": token, "seen": desk.console.years.now(desk.store).stamp, **fields})

    def check(path: str, fields: Mapping[str, Sequence[str]]) -> None:
        where = path
        if path.startswith("/options/1"):  # of the draft as the forms before have left it
            where = path.replace("/options/1", post("/options", {}).headers["location"])
        browser.get("/outbox")  # what waits there is told as it is by now
        became = change(desk, lambda: post(where, {**fields, **FILLED.get(path, {})}))
        if became is not None:
            changed.add(re.sub(r"OP-\w+|A1|\d+", "*", path))
            assert became == "told", f"{path} changed the year, and no line of the log tells of it"

    for path, fields in every:
        check(path, fields)
    check("/operations/OP-001", {"ask": ["cancelled"]})
    with desk.store.reading() as db:
        last = drafts.entries(db)[-1]
    check("/take-back", {"entry": [str(last.number)]})
    assert changed >= CHANGING, CHANGING - changed


FILLED = {
    "/subscribers": {"label": ["Registratorn"], "party": ["agency-a0"], "level": ["full"], "content": ["all"]},
    "/calls": {"id": ["H1"], "from": ["2027-04-01"], "to": ["2027-06-30"], "due": ["2027-01-10"]},
    "/contacts": {"party": ["police-p0"], "function": ["Yttre befäl"], "may": ["report"]},
}
CHANGING = {
    *("/options", "/options/*", "/options/*/ask", "/contacts", "/proposal/address", "/start-over", "/subscribers"),
    "/take-back",
}
"""Some of the forms that do, sent as they stand."""


def test_what_reads_the_same_of_one_moment_is_one_line_and_what_no_plan_has_to_answer_does_not_wait(desk: Desk) -> None:
    browser = desk.browser()
    browser.press("/operations/OP-001", ask="left_out")
    card = {"party": "a2", "may": "Vi får stänga en lokal", "reported": "2027-01-01T08:00:00"}
    with desk.store.writing() as db:
        drafts.add_entries(db, [("cards", card)], "coordinator", desk.now)
        for number in (901, 902, 903):
            audit.add(db, desk.now, "timer", Posted("a0", number))
        audit.add(db, desk.now, "timer", Posted("a1", 904))
        audit.add(db, desk.now + timedelta(minutes=1), "timer", Posted("a0", 905))
    lines = lines_of(browser.get("/log"))
    sent = [line[3] for line in lines if line[1] == "timer"]
    assert sent == ["Myndighet 0", "Myndighet 1", "Myndighet 0 (3 på en gång)"]
    assert sorted(line[3] for line in lines if "OP-001" in line[2] or "Myndighet 2" in line[2]) == ["", "väntar"]
