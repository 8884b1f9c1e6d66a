"""Anything, sent by anybody, in any order: no fault of ours, nothing half, and who only looks changes nothing.

A machine that draws what is done next: it follows links, fills in the forms that it finds with what they
offer or with texts that no form offers, sends forms twice, goes back, lets time pass; and it sends what no
page has, in any method, with any headers, cookies and bodies. What really changes the year is among it, so
that the pages are seen in states that nobody would think of.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory
from urllib.parse import quote, urlencode

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from arshjul.office.console.app import ConsoleServer
from arshjul.office.console.pages import PAGES
from arshjul.office.console.visit import ROLES
from arshjul.office.database.doctor import damage
from arshjul.office.store import tables
from arshjul.office.store.store import open_store
from arshjul.serving.guards import HEADERS
from tests import years
from tests.examples import examples
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import AtOnce, Desk
from tests.office.console.forms import Control, PageForm, forms, links
from tests.office.console.test_hostile import TEXTS, strange

SOMEBODY = (*ROLES, "stranger")
IDLE = 8 * 60
WORK = ("/withdrawals/new", "/", "/operations/OP-001", "/proposal", "/publish", "/import", "/subscribers")
SHORT = ("/out", "/language")
PATHS = sorted({page.path for page in PAGES} | {"/nowhere", "/static/console.css", "//", "/feeds/x.ics"})
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW")
KINDS = (
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "multipart/form-data; boundary=" + "b" * 300,
    "application/json",
    "text/plain; charset=utf-16",
    "",
)
NAMES = ("token", "seen", "ask", "option", "entry", "operation", "party", "answer", "digest", "reason", "file", "from")
DATES = [day.isoformat() for day in years.days(6)] + ["2027-12-31", "2026-11-27"]


HEADERS_SENT = (
    *("origin", "sec-fetch-site", "referer", "host", "x-forwarded-host", "x_forwarded_for", "remote-user"),
    *("remote_user", "accept-language", "range", "if-none-match", "hx-request", "transfer-encoding", "content-length"),
)
QUERIES = ("q", "by", "option", "published", "sector", "area", "status", "page")
anything = st.sampled_from([text[:500] for text in TEXTS]) | st.text(max_size=40)
headers = st.dictionaries(
    st.sampled_from(HEADERS_SENT),
    st.sampled_from(["null", "same-origin", "cross-site", "http://localhost:8001", "[", "1", "bytes=0-", "coordinator"])
    | st.text(st.characters(max_codepoint=255, exclude_characters="\r\n\0"), max_size=20),
    max_size=4,
)
bodies = st.binary(max_size=200) | st.lists(st.tuples(st.sampled_from(NAMES), anything), max_size=8).map(
    lambda pairs: urlencode(pairs, errors="surrogatepass").encode()
)


def filled(form: PageForm, data: st.DataObject, word: str = "ord") -> dict[str, list[str]]:
    """The form as somebody fills it in, mostly as it asks; `word`: what is written where anything goes."""
    fields: dict[str, list[str]] = {}
    is_honest = data.draw(st.integers(0, 3)) > 0
    buttons = [control for control in form.controls if control.kind == "button"]
    pressed = data.draw(st.sampled_from(buttons)) if buttons else None
    chosen = _chosen(form, data) if is_honest else None
    for control in form.controls:
        if control.kind == "button" and control is not pressed:
            continue
        if control.kind == "radio" and chosen is not None:
            value = control.value if control is chosen[control.name] else None
        else:
            value = _value(control, data, word, is_honest=is_honest)
        if value is not None:
            fields.setdefault(control.name, []).append(value)
    return fields


def _chosen(form: PageForm, data: st.DataObject) -> dict[str, Control]:
    """One of each group of buttons of which a browser lets one be chosen."""
    groups: dict[str, list[Control]] = {}
    for control in form.controls:
        if control.kind == "radio":
            groups.setdefault(control.name, []).append(control)
    return {name: data.draw(st.sampled_from(group)) for name, group in groups.items()}


def _value(one: Control, data: st.DataObject, word: str, *, is_honest: bool) -> str | None:
    if one.kind in ("hidden", "button"):
        return one.value if is_honest or data.draw(st.integers(0, 9)) else data.draw(anything)
    if one.kind in ("checkbox", "radio"):
        return one.value if data.draw(st.booleans()) else None
    offered = one.choices or {"date": DATES, "number": ["0", "1", "2"]}.get(one.kind, [one.value, word])
    return data.draw(st.sampled_from(offered) if is_honest else st.sampled_from(offered) | anything)


class Monkey(RuleBasedStateMachine):
    """A console, and somebody of each role before it who does whatever there is to do."""

    year: Path

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        url = str(copy(self.year, Path(self._folder.name) / "y.db"))
        self.desk = Desk(open_store(url), url=url)
        self.desk.console = ConsoleServer(self.desk.store, AtOnce("", 60), clock=lambda: self.desk.now)
        self.browsers = {"stranger": self.desk.stranger()}
        self.shown: dict[str, Page] = {}
        self.sent: list[tuple[str, dict[str, list[str]]]] = []
        self.known = ["/", "/answers/x"]

    def teardown(self) -> None:
        for page in ("/", "/year", "/operations", "/withdrawals/new", "/publish", "/proposal", "/subscribers", "/log"):
            assert self._browser("coordinator").get(page).status == 200, page
        assert damage(self.desk.store) == []
        self._folder.cleanup()

    @rule(who=st.sampled_from(SOMEBODY), data=st.data())
    def follows_a_link(self, who: str, data: st.DataObject) -> None:
        address = data.draw(st.sampled_from(self.known[-60:]))
        self._looked(who, lambda: self._browser(who).get(address), is_shown=True)

    @rule(
        who=st.sampled_from(SOMEBODY),
        gaps=st.sampled_from(PATHS),
        text=anything,
        query=st.lists(st.tuples(st.sampled_from(QUERIES), anything), max_size=3),
    )
    def opens_a_page(self, who: str, gaps: str, text: str, query: list[tuple[str, str]]) -> None:
        path = re.sub(r"\{\w+\}", lambda _: quote(text, safe="", errors="replace") or "x", gaps)
        asked = urlencode(query, errors="replace")
        self._looked(who, lambda: self._browser(who).get(f"{path}?{asked}"), is_shown=True)

    @rule(who=st.sampled_from(ROLES[:2]), data=st.data())
    def opens_a_page_and_sends_its_form(self, who: str, data: st.DataObject) -> None:
        options = [one for one in self.known if one.startswith("/options/")][-1:]
        address = data.draw(st.sampled_from([*WORK, *options, *options]))
        self._looked(who, lambda: self._browser(who).get(address), is_shown=True)
        self._fill_in(who, data)

    @rule(who=st.sampled_from(ROLES[:2]), data=st.data())
    def sends_a_form_of_the_page_that_is_open(self, who: str, data: st.DataObject) -> None:
        self._fill_in(who, data)

    def _fill_in(self, who: str, data: st.DataObject) -> None:
        page = self.shown.get(who)
        page_forms = [] if page is None else [one for one in forms(page.body.decode()) if one.action not in SHORT]
        if page is None or not page_forms:
            return
        form: PageForm = data.draw(st.sampled_from(page_forms))
        fields = filled(form, data)
        action = data.draw(st.sampled_from([form.action, *(where for where, _ in form.elsewhere)]))
        browser = self._browser(who)
        if form.method == "GET":
            self._looked(who, lambda: browser.get(f"{action}?{urlencode(fields, doseq=True, errors='replace')}"))
        elif form.has_file:
            file = data.draw(st.binary(max_size=50))
            self._posted(who, lambda: browser.upload(page, action, file))
        else:
            self.sent.append((action, fields))
            self._posted(who, lambda: browser.post(action, fields))

    @rule(who=st.sampled_from(ROLES), data=st.data())
    def sends_a_form_again(self, who: str, data: st.DataObject) -> None:
        if self.sent:
            action, fields = data.draw(st.sampled_from(self.sent[-8:]))
            self._posted(who, lambda: self._browser(who).post(action, fields))

    @rule(
        who=st.sampled_from(SOMEBODY),
        gaps=st.sampled_from(PATHS),
        method=st.sampled_from(METHODS),
        kind=st.sampled_from(KINDS),
        body=bodies,
        more=headers,
        text=anything,
    )
    def sends_what_no_page_has(
        self, who: str, gaps: str, method: str, kind: str, body: bytes, more: dict[str, str], text: str
    ) -> None:
        path = re.sub(r"\{\w+\}", lambda _: quote(text, errors="replace") or "x", gaps)
        own = {"origin": "http://localhost:8001", "content-type": kind, **more}
        self._posted(who, lambda: self._browser(who).send_raw(method, path, body, own))

    @rule(
        who=st.sampled_from(ROLES),
        token=st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=20),
    )
    def comes_with_another_cookie(self, who: str, token: str) -> None:
        browser = self._browser(who)
        kept, browser.cookies = browser.cookies, {"arshjul": token, token[:3] or "x": "y"}
        self._looked(who, lambda: browser.get("/"))
        browser.cookies = kept

    @rule(minutes=st.sampled_from([1, 30, 60 * 24, 60 * 24 * 9]))
    def time_passes(self, minutes: int) -> None:
        self.desk.now += timedelta(minutes=minutes)
        if minutes > IDLE:
            self.browsers = {"stranger": self.browsers["stranger"]}

    def _browser(self, who: str) -> Browser:
        """Whose browser that is; whoever has been away for long has come in again."""
        if who not in self.browsers:
            self.browsers[who] = self.desk.browser(who)
        return self.browsers[who]

    def _looked(self, who: str, send: Callable[[], Page], *, is_shown: bool = False) -> None:
        self._browser(who)
        before = self._state()
        answer = self._sound(send())
        assert self._state() == before, "who looks changes nothing"
        if is_shown and answer.status == 200 and "html" in answer.headers.get("content-type", ""):
            self.shown[who] = answer
            self.known += [link for link in links(answer.body.decode()) if link not in self.known]

    def _posted(self, who: str, send: Callable[[], Page]) -> None:
        self._browser(who)
        before = self._state()
        answer = self._sound(send())
        if answer.status >= 400:
            assert self._state() == before, "what is refused leaves nothing behind"
        elif (where := answer.headers.get("location")) is not None:
            self._looked(who, lambda: self._browser(who).get(where), is_shown=True)
        elif answer.status == 200 and "html" in answer.headers.get("content-type", ""):
            self.known += [link for link in links(answer.body.decode()) if link not in self.known]

    def _sound(self, answer: Page) -> Page:
        assert answer.status < 500
        assert answer.headers.items() >= {**HEADERS, "referrer-policy": answer.headers["referrer-policy"]}.items()
        if "html" in answer.headers.get("content-type", ""):
            page = answer.body.decode()
            assert not strange(page)
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page)
        return answer

    def _state(self) -> int:
        """All that is kept, but who is there and when."""
        kept = [one for one in tables.metadata.sorted_tables if one.name not in ("session", "sign_in", "blob")]
        with self.desk.store.reading() as db:
            return hash(tuple(tuple(map(tuple, db.execute(table.select()))) for table in kept))


def tried(year: Path, times: int, steps: int) -> None:
    """Lets the machine do so many times so many things."""
    chosen = examples(times, times, stateful_step_count=steps, suppress_health_check=list(HealthCheck))
    machine = type("MonkeyThere", (Monkey,), {"year": year})
    run_state_machine_as_test(machine, settings=chosen)


def test_nothing_that_is_sent_breaks_the_console(published: Path) -> None:
    tried(published, 1, 20)


@pytest.mark.slow
def test_ten_thousand_requests_break_nothing(published: Path) -> None:
    tried(published, 200, 50)
