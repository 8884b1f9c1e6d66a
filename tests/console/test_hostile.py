"""Every field of every form with texts that are meant to do harm: a page that says so, nothing half, nothing run."""

import random
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from arshjul.actions.draft import opened_draft
from arshjul.console.app import SCRIPT
from arshjul.console.pages import PAGES
from arshjul.store import drafts
from tests.console.browser import Browser
from tests.console.conftest import Desk
from tests.console.test_guards import path
from tests.console.test_withdrawal import HIT

MARK = "q7z9"
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
FORMS = {
    "/withdrawals/new": {**HIT, "shifts": "day", "more_police": "p1", "unknown_end": ""},
    "/options/1": {"option": "balanced"},
    "/options/1/ask": {"option": "balanced"},
    "/publish": {"digest": "", "reason": "x"},
    "/take-back": {"entry": "1"},
    "/way": {"operation": "OP-000", "way": "1"},
    "/clock": {"moment": "2027-01-01T08:00"},
    "/proposal": {"operation": "OP-000", "party": "a0", "answer": "yes"},
    "/proposal/mail": {"party": "a0"},
    "/outbox": {"message": "1"},
    "/proposal/address": {"party": "a0"},
    "/subscribers": {"party": "agency-a0", "level": "full", "content": "operations", "client": "", "label": "x"},
    "/subscribers/revoke": {"subscriber": "1"},
    "/operations/OP-001": {"ask": "other-date", "agency": "a1", "from": "", "to": "", "cause": "", "note": ""},
    "/import/take": {"cancelled": "OP-001"},
    "/language": {"language": "sv"},
}


def attacks(texts: Iterator[str]) -> Iterator[tuple[str, dict[str, str]]]:
    for text in texts:
        for where, fields in FORMS.items():
            yield where, dict.fromkeys(fields, text)
            for name in fields:
                yield where, {**fields, name: text}


class Tags(HTMLParser):
    """What a browser would run of a page: there should be none of it."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script" and dict(attrs) == {"src": SCRIPT, "defer": None}:
            return
        if tag in ("script", "svg", "iframe", "object", "embed", "style", "base"):
            self.found.append(tag)
        self.found += [name for name, _ in attrs if name.startswith("on")]


def strange(page: str) -> list[str]:
    tags = Tags()
    tags.feed(page)
    return tags.found


def tried(desk: Desk, browser: Browser, every: list[tuple[str, dict[str, str]]]) -> None:
    token = browser.get("/").field("token")
    for where, fields in every:
        with desk.store.reading() as db:
            seen = opened_draft(db).stamp
        answer = browser.post(where, {"token": token, "seen": seen, **fields})
        assert answer.status < 500, (where, fields)
        page = answer.body.decode()
        assert not strange(page), (where, fields)
        for name in ("\x00", "\x1b", "\u202e"):
            assert name not in page, (where, fields)
    for where in ("/", "/log", "/publish", "/operations", "/subscribers"):
        shown = browser.get(where)
        assert shown.status == 200, where
        assert not strange(shown.body.decode()), where


def test_hostile_texts_in_every_field(desk: Desk) -> None:
    every = list(attacks(iter(TEXTS)))
    picked = random.Random(16).sample(every, 25)
    tried(desk, desk.browser(), picked)


@pytest.mark.slow
def test_all_hostile_texts_in_every_field(desk: Desk) -> None:
    tried(desk, desk.browser(), list(attacks(iter(TEXTS))))


def test_hostile_paths_and_queries(desk: Desk) -> None:
    browser = desk.browser()
    for page in PAGES:
        for text in ("%00", "..%2f..", "%F0%9F%98%80", "-1", "9" * 300, "%ff"):
            where = re.sub(r"\{\w+\}", text, page.path)
            assert browser.get(where).status < 500, where
        assert browser.get(f"{path(page)}?q=%00%ff&by=%3Cscript%3E&option=..&published=%3Cscript%3E").status < 500


def test_what_cannot_be_used_leaves_nothing_behind(desk: Desk) -> None:
    browser = desk.browser()
    form = browser.get("/withdrawals/new")
    for wrong in ({"police": "p9"}, {"from": "x"}, {"officers_left": "-1"}, {"shifts": "x"}, {"to": ""}):
        assert browser.send(form, "/withdrawals/new", **{**HIT, **wrong}).status == 422
    with desk.store.reading() as db:
        assert not drafts.entries(db)
        assert opened_draft(db).version == 0
