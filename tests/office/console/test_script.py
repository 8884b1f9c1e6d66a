"""The one script of the console: what it is, what it may do, and the parts of pages that it asks for."""

import hashlib
import json
import re
from dataclasses import replace
from html import unescape
from importlib.resources import files

import pytest

from arshjul.office.console.app import SCRIPT
from arshjul.office.console.runner import Runner
from arshjul.office.draft.study import work_out
from arshjul.office.store.store import Store
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk
from tests.office.console.test_withdrawal import HIT

SHA256 = "d6fdc75f204e6bdefa99b69bf1e6d4ac69b8a364f77929f45c13476b4000f717"
"""Of dist/htmx.min.js in htmx.org 2.0.11, as it was published."""

PART = {"hx-request": "true"}
NO_MORE = 286


class Later(Runner):
    """Starts nothing: a job is worked out when a test comes to it."""

    def start(self, store: Store, number: int) -> None:
        pass


@pytest.fixture
def later(desk: Desk) -> Desk:
    desk.console = replace(desk.console, runner=Later("", 60))
    return desk


def entered(browser: Browser) -> str:
    """The page of the options of a withdrawal."""
    return browser.press("/withdrawals/new", **HIT).headers["location"]


def test_it_is_the_one_that_was_published_with_its_licence_and_kept_by_the_browser(desk: Desk) -> None:
    static = files("arshjul.office.console").joinpath("static")
    data = static.joinpath("htmx.min.js").read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHA256
    assert f'version:"{SCRIPT.removeprefix("/static/htmx-").removesuffix(".min.js")}"'.encode() in data
    assert "Zero-Clause BSD" in static.joinpath("htmx.LICENSE").read_text()
    answer = desk.stranger().get(SCRIPT)
    assert (answer.status, hashlib.sha256(answer.body).hexdigest()) == (200, SHA256)
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_pages_that_have_it_forbid_it_everything_else(desk: Desk) -> None:
    browser = desk.browser()
    page = browser.get("/operations")
    match = re.search(r"<meta name=\"htmx-config\" content='([^']*)'>", page.body.decode())
    assert match is not None
    assert json.loads(unescape(match.group(1))) == {
        "includeIndicatorStyles": False,
        "allowEval": False,
        "allowScriptTags": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
        "historyRestoreAsHxRequest": False,
    }
    policy = page.headers["content-security-policy"]
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    for path in ("/", "/year", "/publish", "/log", "/subscribers", "/import", "/withdrawals/new", "/operations/OP-001"):
        assert "<script" not in browser.get(path).body.decode(), path


def test_what_is_found_is_the_part_of_the_page_that_shows_it(desk: Desk) -> None:
    browser = desk.browser()
    whole, part = (browser.get("/operations?q=OP-002", headers) for headers in ({}, PART))
    assert part.body.decode().strip() in whole.body.decode()
    assert part.headers["vary"] == whole.headers["vary"] == "HX-Request"
    assert "OP-002" in part.text
    assert "OP-001" not in part.text
    beside = browser.get("/operations/OP-001", PART).body.decode()
    assert "<header>" not in beside
    assert '<h1 tabindex="-1" autofocus>' in beside, "the focus goes there"
    page = browser.get("/operations/OP-001").body.decode()
    forms = re.findall(r"<form.*?</form>", beside, re.S)
    assert len(forms) > 1
    assert all(form in page for form in forms)


def test_a_job_is_asked_of_until_it_is_done(later: Desk) -> None:
    browser = later.browser()
    path = entered(browser)
    whole, part = browser.get(path), browser.get(path, PART)
    assert (part.status, part.body.decode().strip() in whole.body.decode()) == (200, True)
    assert "<noscript><meta http-equiv" in whole.body.decode()
    work_out(later.store, 1, lambda _: None)
    done = browser.get(path, PART)
    assert (done.status, done.headers["hx-retarget"]) == (NO_MORE, "#content")
    assert "<title>Alternativen" in done.body.decode()
    assert "Minst ändringar" in done.text
    assert browser.get(path).status == 200


def test_a_refusal_is_seen_as_a_page(desk: Desk) -> None:
    assert desk.stranger().get("/operations", PART).headers["hx-refresh"] == "true"
    browser = desk.browser()
    assert browser.get("/operations/OP-999", PART).headers["hx-refresh"] == "true"
    assert "hx-refresh" not in browser.get("/operations/OP-999").headers
