"""Every field of every form with texts that are meant to do harm: a page that says so, nothing half, nothing run."""

import json
import random
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from arshjul.office.console.app import SCRIPT, ConsoleServer
from arshjul.office.console.pages import PAGES
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk, desk_in, desk_like, small_year
from tests.office.console.forms import forms
from tests.office.console.test_guards import path
from tests.office.console.test_objects import framed
from tests.office.console.test_withdrawal import HIT
from tests.worlds import KNOWN, Known, Worlds

MARK = "q7z9"
MUCH = datetime(2027, 2, 2, 12, tzinfo=UTC)
TEXTS = (
    f"<script>{MARK}()</script>",
    f'"><img src=x onerror={MARK}()>',
    f"' onload='{MARK}()",
    f"</textarea></select></title><svg onload={MARK}()>",
    f"{{{{ {MARK} }}}}{{% for x in () %}}",
    f"BEGIN:VEVENT\r\nSUMMARY:{MARK}\r\nEND:VEVENT",
    f"=cmd|' /C {MARK}'!A0",
    f"../../../../etc/{MARK}\x00.yaml",
    f"\x00\x01\x1b[31m{MARK}\u202e\u2066\ufeff",
    f"{MARK}\u2028\u2029\x85",
    "\ud800",
    f"'; DROP TABLE entry; -- {MARK}",
    "9" * 400,
    "-1",
    "1e999",
    "2027-02-30",
    "٣",
    MARK * 5000,
)
STEPS_OUT = [f"\\{c}" for c in "rnt"] + ["\r\nX-Set: 1", "\nBcc: a@example.se", "%0d%0aX: 1", "\u0085X: 1"]
MANY = (
    *TEXTS,
    *(f"{MARK}{chr(code)}{MARK}" for code in (*range(0x20), *range(0x7F, 0xA1))),
    *(f"{MARK}{chr(code)}{MARK}" for code in (*range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070))),
    *(f"{chr(code)}{MARK}" for code in (0x300, 0xAD, 0xFEFF, 0xFFF9, 0xFFFD, 0xFFFE, 0xE0001, 0x1D173, 0x10FFFF)),
    *("\udfff", "\udbff\udbff", f"{MARK}\udc80"),
    *(f"{start}{MARK}" for start in ("=1+", "+1+", "-1+", "@SUM(", "\t=", "\r=", "＝", "|", "%", '"=1+')),
    *(f"{key}{MARK}" for key in ("END:VCALENDAR\r\n", "\r\nATTENDEE:mailto:", "\nRRULE:FREQ=SECONDLY;X=")),
    f"DTSTART;TZID={MARK}",
    *(f"{MARK}{text}" for text in STEPS_OUT),
    *("/etc/passwd", "..\\..\\x", "C:\\x", "file:///x", "//x", "~", ".", "..", "CON", "a/../b", "%2e%2e%2f"),
    *("<!--", "]]>", "<![CDATA[", "&#x3c;script&#x3e;", "<svg/onload=x()>", "<style>*{}"),
    *("javascript:x()", "data:text/html,<script>", "<a href=//x>", "<base href=//x>", "<meta http-equiv=refresh>"),
    *("<form action=//x>", '"autofocus onfocus=x()'),
    *("{0.__class__}", "%(x)s", "%s%n", "${7*7}", "#{7*7}", "$(id)", "`id`", "\\x00", "\\u202e", "; ls", "| ls"),
    *("0", "-0", "00", "1_000", "1e3", "0x10", "NaN", "Infinity", "½", "²", "1,5", "2147483648", "-2147483649"),
    *("2027-13-01", "0000-00-00", "9999-12-31", "10000-01-01", "2027-W53", "2027-02-01T25:00", "2027-02-01T10:00Z"),
    *("null", "true", "[]", "{}", '{"a":', "<xml/>", "---", "&a *a", "!!python/object:x", "' OR 1=1 --", "\\'; --"),
    *("p0", "a0", "OP-000", "coordinator", "agency-", "-a0", "ＯＰ－０００", "op-000", "İ", "ﬃ"),
    *("OP-000 ", "OP-000\x00", "Å" * 9, "x" * 300, "1 000"),
)
NOT_ON_PAGES = {"/out", "/in/{link}", "/clock-is-right"}
"""They lead out, and in, or are there after a jump of the clock alone: they have tests of their own."""

Sent = tuple[str, dict[str, list[str]]]


def every_form(desk: Desk) -> list[Sent]:
    """Each form of each page once, with its fields as they stand there, in a year in which there is much to do."""
    framed(desk, "OBJ-1")
    desk.now = MUCH
    browser = desk.browser()
    browser.press("/withdrawals/new", **{**HIT, "police": "p1", "from": "2027-02-03", "to": "2027-02-03"})
    browser.press("/options/1/ask", option="balanced")
    found: dict[tuple[str, str], Sent] = {(where, ""): (where, fields) for where, fields in AT_TIMES}
    for where in (*WITH_FORMS, *(path(page) for page in PAGES if page.method == "GET")):
        for form in forms(browser.get(where).body.decode(errors="replace")):
            if form.method != "POST" or form.action == "/out":
                continue
            own = {name: values for name, values in form.fields.items() if name not in ("token", "seen")}
            fields = {**own, **{name: [value] for name, value in form.buttons}}
            for action in (form.action, *(action for action, _ in form.elsewhere)):
                found.setdefault((action, "".join(fields.get("ask", []))), (action, fields))
    return list(found.values())


def much(folder: Path, worlds: Worlds) -> Known:
    """The world of such a year, of which the forms are known."""
    return {"forms": every_form(desk_like(worlds.of(small_year) / "y.db", folder))}


@pytest.fixture
def busy(worlds: Worlds, tmp_path: Path) -> Desk:
    """A console over such a year, in which somebody comes in months later."""
    worlds.copied(much, tmp_path)
    return desk_in(tmp_path, MUCH)


@pytest.fixture
def every(worlds: Worlds) -> list[Sent]:
    """Its forms."""
    return [(where, fields) for where, fields in json.loads((worlds.of(much) / KNOWN).read_text())["forms"]]


AT_TIMES: tuple[Sent, ...] = (
    ("/options", {}),
    ("/jobs/1", {}),
    ("/start-over", {}),
    ("/answers/x", {"answer-OP-000": ["yes"]}),
    ("/import", {"columns": ["x"]}),
    ("/clock", {"moment": ["2027-01-01T08:00"]}),
    ("/options/1", {"option": ["balanced"]}),
    ("/options/1/ask", {"option": ["balanced"]}),
    ("/options/1/questions", {"option": ["balanced"]}),
    ("/proposal/mail", {"party": ["a0"]}),
    ("/outbox", {"message": ["1"]}),
    ("/outbox/back", {"message": ["1"]}),
    ("/subscribers/anew", {"party": ["agency-a0"]}),
    ("/subscribers/mail", {}),
    ("/subscribers/revoke", {"subscriber": ["1"]}),
    ("/import/take", {"file": ["x"], "cancelled": ["OP-001"]}),
    ("/take-back-edit", {}),
    ("/take-back-one-edit", {"edit": ["1"]}),
    ("/several", {"operation": ["OP-000"], "field": ["officers"], "officers": ["2"]}),
    ("/contacts/device", {"contact": ["x"], "device": ["x"]}),
    ("/contacts/address", {"contact": ["x"], "email": ["x"], "code_to": ["x"]}),
    ("/contacts/rights", {"contact": ["x"], "may": ["report"]}),
    ("/contacts/lock", {"contact": ["x"]}),
    ("/contacts/revoke", {"contact": ["x"]}),
    ("/calls/H1", {"from": ["2027-04-01"], "to": ["2027-06-30"], "due": ["2027-01-10"], "parties": ["a0"]}),
    ("/calls/H1/take", {"entry": ["x"], "mark": ["x"], "aside": ["on"]}),
    ("/reports", {"contact": ["x"]}),
    ("/operations/OP-000/sheet/narrow", {"what": ["agency-a1 B"], "reader": ["agency-a0"]}),
    ("/operations/OP-000/sheet/lock", {}),
    ("/reports/aside", {"contact": ["x"]}),
    ("/reports/one-aside", {"entry": ["x"]}),
    ("/reports/back", {"entry": ["x"]}),
    ("/portal-faults", {}),
    ("/nominations/decline", {"nomination": ["x"], "reason": ["x"], "sure": ["on"]}),
    ("/nominations/merge", {"nomination": ["x"], "into": ["OP-001"], "reason": ["x"]}),
    (
        "/obstacles/HI1",
        {"asker": ["a0"], "asked": ["a1"], "date": ["2027-02-01"], "rule": ["27:1"], "effect": ["weaker"]},
    ),
    (
        "/improvements/F1",
        {"ask": ["F1"], "state": ["done"], "owner": ["a0"], "due": ["2027-05-01"], "action": ["x"], "reason": ["x"]},
    ),
    ("/pictures", {"ask": ["L1"], "decision": ["priority"], "reason": ["x"]}),
    ("/meetings/network/2027-03-17", {"ask": ["minutes"], "agenda": ["x"], "said": ["x"], "came": ["a0"]}),
    ("/done", {"improvement": ["F1"], "action": ["M1"]}),
    ("/operations/OP-001", {"ask": ["not-held"], "not_held": ["review"]}),
    ("/held", {"milestone": ["OP-001 review"]}),
    ("/publish", {"digest": ["x"], "reason": ["x"], "mail": ["on"], "sure": ["on"]}),
)
"""Forms that a page has at times: in a rehearsal, before anybody is asked, once something was chosen or handed out."""

WITH_FORMS = ("/operations/OP-000", "/evaluations/OP-000", "/proposal", "/proposal/times/OP-000")


def attacks(every: Iterable[Sent], texts: Iterable[str]) -> Iterator[Sent]:
    """Each text in a whole form, and alone in every fourth of its fields: each field gets a quarter of them alone."""
    for number, text in enumerate(texts):
        for where, fields in every:
            own = [name for name in fields if name != "ask"]
            yield where, {**fields, **{name: [text] for name in own}}
            for name in own[-number % 4 :: 4]:
                yield where, {**fields, name: [text]}
        for name in ("token", "seen"):  # judged alike in all
            yield "/take-back", {"entry": ["1"], name: [text]}


WRONG = re.compile('<div class="wrong".*?</div>', re.DOTALL)
KEY_OF_A_FILE = re.compile(r"`|\b[a-z]+_[a-z_]+\b")

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What no page may hold, since it shows as nothing or turns what stands beside it round."""


class Tags(HTMLParser):
    """What a browser would run of a page: there should be none of it. An <svg> may be a picture of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and dict(attrs) == {"src": SCRIPT, "defer": None}:
            return
        if tag in ("script", "iframe", "object", "embed", "style", "base"):
            self.found.append(tag)
        self.found += [name for name, _ in attrs if name.startswith("on")]


def strange(page: str) -> list[str]:
    tags = Tags()
    tags.feed(page)
    return tags.found


def tried(desk: Desk, browser: Browser, every: list[Sent]) -> None:
    token = browser.get("/").field("token")
    for where, fields in every:
        seen = desk.console.years.now(desk.store).stamp
        answer = browser.post(where, {"token": token, "seen": seen, **fields})
        assert answer.status < 500, (where, fields)
        page = answer.body.decode()
        assert not strange(page), (where, fields)
        assert not UNSEEN.search(page), (where, fields)
    for where in ("/", "/log", "/publish", "/operations", "/subscribers", "/contacts"):
        shown = browser.get(where)
        assert shown.status == 200, where
        assert not strange(shown.body.decode()), where


def test_hostile_texts_in_every_field(busy: Desk, every: list[Sent]) -> None:
    picked = random.Random(16).sample(list(attacks(every, MANY)), 25)
    tried(busy, busy.browser(), picked)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(5))  # parts that run beside one another
def test_two_hundred_hostile_texts_in_a_quarter_of_all_fields(busy: Desk, every: list[Sent], part: int) -> None:
    assert len(set(MANY)) == len(MANY) >= 200
    tried(busy, busy.browser(), list(attacks(every, MANY))[part::20])


@pytest.mark.slow
@pytest.mark.parametrize("text", ["", "x y"])
def test_no_form_tells_what_is_wrong_in_the_keys_of_files(busy: Desk, every: list[Sent], text: str) -> None:
    told, browser = [], busy.browser()
    for where, fields in every:
        sent = {name: values if name == "ask" else [text] for name, values in fields.items()}
        page = browser.press(where, **sent)
        told += [(where, found) for found in WRONG.findall(page.body.decode())]
    assert len(told) > 10
    read = [(where, re.sub("<[^>]+>", " ", found)) for where, found in told]  # ids of fields are no words
    assert not [one for one in read if KEY_OF_A_FILE.search(one[1])]


def test_every_form_is_tried(every: list[Sent]) -> None:
    sent = {
        re.sub(r"(OP-\d+|OBJ-\d+|A1|F1|HI?1|network|2027-03-17|(?<=answers/)x|(?<=/)\d+)", "{}", where)
        for where, _ in every
    }
    posted = {page.path for page in PAGES if page.method == "POST"} - NOT_ON_PAGES
    assert {re.sub(r"\{\w+\}", "{}", one) for one in posted} <= sent


@pytest.mark.slow
def test_ten_megabytes_are_refused_in_every_form(busy: Desk, every: list[Sent]) -> None:
    browser, body = busy.browser(), b"x=" + bytes(10_000_000)
    for where in dict(every):
        answer = browser.send_raw("POST", where, body, {"origin": f"http://{browser.host}"})
        assert answer.status == 413, where


def test_what_is_no_form_is_refused_in_words_and_is_not_too_large(desk: Desk) -> None:
    browser, own = desk.browser(), {"origin": "http://localhost:8001"}
    many, parts = b"&".join(b"x=1" for _ in range(2_001)), {**own, "content-type": "multipart/form-data; boundary=b"}
    sent = [
        *((where, many, own) for where in ("/withdrawals/new", "/answers/x", "/import")),
        *(("/withdrawals/new", body, own) for body in (b"a=%ff", b"%c3=1", b"a=\xff")),
        *(("/withdrawals/new", b"a=1", {**own, "content-type": kind}) for kind in ("", "text/plain", "image/png")),
        *((where, b"--b--", parts) for where in ("/withdrawals/new", "/answers/x")),
        *(("/import", body, parts) for body in (b"--b\r\nno head", b"--c--")),
    ]
    for where, body, headers in sent:
        answer = browser.send_raw("POST", where, body, headers)
        assert (answer.status, "nte ett formulär" in answer.text) == (400, True), (where, body[:20], answer.text)
    for where in ("/out", "/answers/x"):
        for query in ("a&" * 2_000, "x=1&" * 2_000, "q=%ff"):
            answer = desk.stranger().get(f"{where}?{query}")
            assert (answer.status, "nte ett formulär" in answer.text) == (422, True), (where, query[:20])
    assert browser.get("/operations?q=%ef%bf%bd").status == 200


def test_hostile_paths_and_queries_and_every_answer_has_its_headers(desk: Desk) -> None:
    browser, query = desk.browser(), "q=%00%ff&by=%3Cscript%3E&option=..&published=%3Cscript%3E"
    for page in PAGES:
        hostile = ("%00", "..%2f..", "%F0%9F%98%80", "-1", "9" * 300, "%ff") if "{" in page.path else ()
        for where in (re.sub(r"\{\w+\}", text, page.path) for text in hostile):
            assert browser.get(where).status < 500, where
        assert browser.get(f"{path(page)}?{query}").status < 500
    for where in [path(one) for one in PAGES if one.method == "GET"] + ["/nowhere", "/static/console.css"]:
        answer = browser.get(where)
        assert answer.headers.items() >= ConsoleServer.headers_of(where).items(), where
        assert answer.status < 500, where
