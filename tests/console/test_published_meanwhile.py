"""Somebody publishes at a terminal while the console has a draft: nothing of theirs is lost, and nothing that waits."""

from datetime import timedelta

import pytest

from arshjul.actions.draft.draft import OvertakenDraft, opened_draft
from arshjul.actions.draft.propose import propose
from arshjul.actions.draft.publish_draft import difference, publish_draft
from arshjul.actions.publishing.publish import STEPS, Cause
from arshjul.actions.publishing.refresh import refresh
from arshjul.actions.publishing.served_revision import published_year
from tests import years
from tests.console.browser import Browser
from tests.console.conftest import BOTH, Desk
from tests.console.test_other_with_its_number import OVERTAKEN, WAITS, chosen, of_another
from tests.console.test_withdrawal import HIT


def entered(browser: Browser) -> str:
    """The address of the options, with a draft that goes on from what is served now."""
    return browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **HIT).headers["location"]


def is_theirs(desk: Desk) -> bool:
    """True if what is served is still the plan of the one at the terminal."""
    with desk.store.reading() as db:
        now = published_year(db)
    return now.revision.number == 2 and now.plan.placed["OP-003"].slot.day.isoformat() == "2027-06-01"


@BOTH
def test_nothing_is_chosen_over_what_was_published_meanwhile(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    browser = desk.browser()
    path = entered(browser)
    seen = browser.get(path)
    of_another(desk.store, tmp_path_factory.mktemp("other"), seen=1)
    for shown in (seen, browser.get(path)):
        refused = browser.send(shown, path, option="fewest-changes")
        assert refused.status == 409
        assert "test har publicerat utgåva 2 under tiden (skäl)" in refused.text
    with pytest.raises(OvertakenDraft):
        propose(desk.store, 1, "fewest-changes", "x", desk.now, seen.field("seen"))
    page = browser.get(path).text
    assert OVERTAKEN in page
    assert b'class="choose"' not in browser.get(path).body
    assert is_theirs(desk)
    assert browser.send(browser.get(path), "/start-over").status == 303
    assert WAITS in browser.get("/").text


@BOTH
def test_nothing_is_chosen_of_options_that_were_asked_for_after_it(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    browser = desk.browser()
    browser.send(browser.get("/withdrawals/new"), "/withdrawals/new", **{**HIT, "police": "p1"})
    browser.send(browser.get("/"), "/take-back", entry="1")  # there is a draft, that goes on from revision 1
    of_another(desk.store, tmp_path_factory.mktemp("other"), seen=1)
    path = entered(browser)
    assert browser.send(browser.get(path), path, option="fewest-changes").status == 409
    assert is_theirs(desk)


@BOTH
def test_nothing_is_published_over_what_was_published_meanwhile(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Neither from a page that was opened before, nor from one that was opened after."""
    browser = desk.browser()
    chosen(browser)
    before = browser.get("/publish")
    of_another(desk.store, tmp_path_factory.mktemp("other"), seen=1)
    refused = browser.send(before, "/publish", digest=before.field("digest"), reason="x")
    assert refused.status == 409
    shown = browser.get("/publish").text
    for page in (refused.text, shown):
        assert OVERTAKEN in page
        assert "test publicerade utgåva 2 onsdag 25 november 2026: skäl" in page
        assert "Börja om" in page
        assert "--seen" not in page
    assert b'name="digest"' not in browser.get("/publish").body
    with desk.store.reading() as db:
        draft = opened_draft(db)
    digest = difference(draft, years.WORDS).digest
    with pytest.raises(OvertakenDraft):
        publish_draft(desk.store, digest, Cause("x", "y", desk.now), years.WORDS)
    assert is_theirs(desk)
    assert browser.send(browser.get("/publish"), "/start-over").status == 303
    assert WAITS in browser.get("/").text
    assert is_theirs(desk)


def test_a_publishing_that_comes_while_another_is_at_it_is_refused_in_the_consoles_words(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    browser = desk.browser()
    chosen(browser)
    with desk.store.reading() as db:
        draft = opened_draft(db)
    digest = difference(draft, years.WORDS).digest

    def at(step: str) -> None:
        if step == STEPS[1]:
            of_another(desk.store, tmp_path_factory.mktemp("other"), seen=1)

    with pytest.raises(OvertakenDraft):
        publish_draft(desk.store, digest, Cause("x", "y", desk.now), years.WORDS, at=at)
    assert is_theirs(desk)


def test_who_has_published_is_told_after_a_nightly_refresh_too(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    browser = desk.browser()
    chosen(browser)
    of_another(desk.store, tmp_path_factory.mktemp("other"), seen=1)
    assert refresh(desk.store, "timer", desk.now + timedelta(days=20)).is_new
    assert "test publicerade utgåva 2 onsdag 25 november 2026: skäl" in browser.get("/publish").text
