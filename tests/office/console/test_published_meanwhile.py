"""Somebody publishes at a terminal while the console has a draft: nothing of theirs is lost, and nothing that waits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from arshjul.office.draft.draft import OvertakenDraft, opened_draft
from arshjul.office.draft.options import propose
from arshjul.office.draft.publish_draft import difference, publish_draft
from arshjul.office.publishing.publish import Cause, refresh
from arshjul.office.publishing.served_revision import published_year
from arshjul.year.domain.scenario import Scenario
from tests import years
from tests.kills import watched
from tests.office.console.browser import Browser
from tests.office.console.conftest import SLOWLY_BOTH, Desk
from tests.office.console.test_other_with_its_number import OVERTAKEN, WAITS, chosen, of_another
from tests.office.console.test_withdrawal import HIT


def entered(browser: Browser) -> str:
    """The address of the options, with a draft that goes on from what is served now."""
    return browser.press("/withdrawals/new", **HIT).headers["location"]


def test_a_draft_has_the_very_plan_that_is_served(desk: Desk) -> None:
    """What pages work out of a plan is kept for its object: a first entry is not to read the same plan again."""
    entered(desk.browser())
    with desk.store.reading() as db:
        assert opened_draft(db).plan is published_year(db).plan


def is_theirs(desk: Desk) -> bool:
    """True if what is served is still the plan of the one at the terminal."""
    with desk.store.reading() as db:
        now = published_year(db)
    return now.revision.number == 2 and now.plan.placed["OP-003"].slot.day.isoformat() == "2027-06-01"


@SLOWLY_BOTH
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
        assert "test har publicerat planens version 2 (skäl)" in refused.text
    with pytest.raises(OvertakenDraft):
        propose(desk.store, 1, "fewest-changes", "x", desk.now, seen.field("seen"))
    page = browser.get(path).text
    assert OVERTAKEN in page
    assert b'class="choose"' not in browser.get(path).body
    assert is_theirs(desk)
    assert browser.press("/start-over").status == 303
    assert WAITS in browser.get("/").text


@SLOWLY_BOTH
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
        assert "test publicerade version 2 av planen onsdag 25 november 2026: skäl" in page
        assert "Börja om" in page
        assert "--seen" not in page
    assert b'name="digest"' not in browser.get("/publish").body
    draft = desk.draft
    digest = difference(draft, years.WORDS).digest
    with pytest.raises(OvertakenDraft):
        publish_draft(desk.store, digest, Cause("x", "y", desk.now))
    assert is_theirs(desk)
    assert browser.press("/start-over").status == 303
    assert WAITS in browser.get("/").text
    assert is_theirs(desk)


def test_a_publishing_that_comes_while_another_is_at_it_is_refused_in_the_consoles_words(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    browser = desk.browser()
    chosen(browser)
    draft = desk.draft
    digest = difference(draft, years.WORDS).digest

    def at(step: str) -> None:
        if step == "prepared":
            of_another(desk.store, tmp_path_factory.mktemp("other"), seen=1)

    with watched(at), pytest.raises(OvertakenDraft):
        publish_draft(desk.store, digest, Cause("x", "y", desk.now))
    assert is_theirs(desk)


def test_who_has_published_is_told_after_a_nightly_refresh_too(
    desk: Desk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    browser = desk.browser()
    chosen(browser)
    of_another(desk.store, tmp_path_factory.mktemp("other"), seen=1)
    assert refresh(desk.store, "timer", desk.now + timedelta(days=20)).is_new
    assert "test publicerade version 2 av planen onsdag 25 november 2026: skäl" in browser.get("/publish").text


NEW_NAME = "Myndigheten i Nord"


def renamed(scenario: Scenario) -> Scenario:
    """The scenario with another name of an agency."""
    agencies = {**scenario.agencies, "a0": replace(scenario.agencies["a0"], name=NEW_NAME)}
    return replace(scenario, agencies=agencies)
