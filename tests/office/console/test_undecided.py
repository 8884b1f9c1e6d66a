"""A plan is published without the answers that were asked for: everybody knows that they are asked no more."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

from arshjul.office.database.backup import backup
from arshjul.office.database.restore import restore
from arshjul.office.draft.answers import hand_out
from tests import owed
from tests.office.console.browser import Browser, Page
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.test_asking import answers, asked, field, named

OPEN = "OP-000 (Restaurang, Göteborg City): inget svar behövs längre om"


def chosen(browser: Browser) -> Page:
    """Works it out anew, and chooses; the page of the difference."""
    browser.plan()
    return browser.get("/publish")


def withdrawn(desk: Desk) -> dict[str, tuple[str, str]]:
    """The addresses and texts of what says that something is asked no more, by party."""
    with desk.store.reading() as db:
        return {one.party: (one.address, one.mail.body) for one in owed.all_of(db) if OPEN in one.mail.body}


def test_publishing_without_answers_is_asked_about_and_told(desk: Desk) -> None:
    reachable_by_mail(desk.store, {"a0": "", "a1": "a1@example.se"})
    browser = desk.browser()
    asked(browser)
    with desk.store.writing() as db:
        for one in owed.to_mail(db):
            owed.note(db, one, "mail", desk.now)
    link = f"/answers/{hand_out(desk.store, 'a0', 'Eva', desk.now)}"
    browser.press("/proposal", question=named(desk, "p1", "OP-000"), party="p1", answer="yes")
    shown = chosen(browser)
    assert "parter har inte svarat: Myndighet 0" in shown.text
    assert "LPO 1" not in shown.text.partition("har inte svarat")[2].partition("Publicera utan deras svar")[0]
    values = {"digest": shown.field("digest"), "reason": "x", "mail": "on"}
    refused = browser.send(shown, "/publish", **values)
    assert refused.status == 409
    assert "Några parter har inte svarat" in refused.text
    assert browser.send(refused, "/publish", **values, sure="on").status == 303
    told = withdrawn(desk)
    assert told["a0"][0] == ""
    assert told["a1"][0] == "a1@example.se"
    assert "p1" not in told, "it has answered"
    assert "Svar från" not in browser.get("/").text, "nobody can answer any more"
    page = browser.get(link)
    assert "Frågan är avgjord eller återtagen: inget svar behövs." in page.text
    browser.get("/outbox")
    assert withdrawn(desk) == told, "time changes nothing of it"


def test_who_never_got_the_question_is_not_told_that_it_is_asked_no_more(desk: Desk) -> None:
    reachable_by_mail(desk.store, {"a0": ""})
    browser = desk.browser()
    asked(browser)
    shown = chosen(browser)
    browser.send(shown, "/publish", digest=shown.field("digest"), reason="x", sure="on")
    assert withdrawn(desk).keys() == {"a0"}, "the others' questions were never sent"


def test_who_was_given_an_address_by_hand_is_told_though_its_question_waits_to_be_mailed(desk: Desk) -> None:
    reachable_by_mail(desk.store, {"a0": ""})
    hand_out(desk.store, "p1", "Eva", desk.now - timedelta(days=1))
    browser = desk.browser()
    asked(browser)
    hand_out(desk.store, "a1", "Eva", desk.now)
    shown = chosen(browser)
    browser.send(shown, "/publish", digest=shown.field("digest"), reason="x", sure="on")
    assert withdrawn(desk).keys() == {"a0", "a1"}, "the address of p1 is from before"


def test_where_everybody_has_answered_nothing_is_asked_before_publishing(desk: Desk) -> None:
    browser = desk.browser()
    asked(browser)
    page = browser.get("/proposal")
    for party in answers(desk):
        browser.send(page, "/proposal", question=named(desk, party, "OP-000"), party=party, answer="yes")
    shown = chosen(browser)
    assert "har inte svarat" not in shown.text
    assert browser.send(shown, "/publish", digest=shown.field("digest"), reason="x").status == 303


def test_the_page_to_answer_at_says_who_asks_and_what_was_answered(desk: Desk) -> None:
    browser = desk.browser()
    asked(browser)
    link = f"/answers/{hand_out(desk.store, 'a0', 'Eva', desk.now)}"
    page = browser.get(link)
    assert "Göteborg 2027 Kan ni komma? Samordnaren för Göteborg 2027 frågar Myndighet 0" in page.text
    sent = browser.post(link, {field(desk, "a0"): "later"})
    assert "Svar mottaget" in sent.text
    assert "Vi svarar senare Öppna svar väntas till" in sent.text
    sent = browser.post(link, {field(desk, "a0"): "yes"})
    assert "Ja, vi kan" in sent.text.partition("Svar mottaget")[2].partition("Svaren kan ändras")[0]


def test_who_was_asked_since_the_copy_that_is_put_back_is_told_that_it_is_asked_no_more(
    desk: Desk, tmp_path: Path
) -> None:
    reachable_by_mail(desk.store, {"a0": "a0@example.se", "a1": "a1@example.se", "a2": ""})
    file = backup(desk.store, tmp_path / "copy.db", desk.now).file
    browser = desk.browser()
    asked(browser)
    with desk.store.writing() as db:
        for one in owed.to_mail(db):
            if one.party != "a1":
                owed.note(db, one, "mail", desk.now)
    browser.press("/proposal", question=named(desk, "a0", "OP-000"), party="a0", answer="yes")
    done = restore(file, desk.url, "it", desk.now + timedelta(hours=1), replace=True)
    told = withdrawn(desk)
    assert {"a0", "a2", "p1"} == told.keys(), "the question to a1 was never sent"
    assert {address for address, _ in told.values()} == {""}, "nobody has looked at it yet"
    assert done.owed == 3
    desk.now += timedelta(hours=2)
    assert "en säkerhetskopia har återställts" in unquote(desk.browser().get("/outbox").body.decode())
    restore(file, desk.url, "it", desk.now, replace=True)
    assert withdrawn(desk) == told, "once"
    with desk.store.reading() as db:
        assert len(owed.all_of(db)) == 3


def test_who_is_asked_in_the_copy_too_is_not_told_that_it_is_asked_no_more(desk: Desk, tmp_path: Path) -> None:
    asked(desk.browser())
    file = backup(desk.store, tmp_path / "copy.db", desk.now).file
    restore(file, desk.url, "it", desk.now + timedelta(hours=1), replace=True)
    assert withdrawn(desk) == {}


def test_a_damaged_answer_stands_in_no_copys_way(desk: Desk, tmp_path: Path) -> None:
    file = backup(desk.store, tmp_path / "copy.db", desk.now).file
    asked(desk.browser())
    with desk.store.writing() as db:
        db.exec_driver_sql("UPDATE entry SET body = 'x'")
    done = restore(file, desk.url, "it", desk.now + timedelta(hours=1), replace=True)
    assert done.told_until == desk.now, "nobody knows who was asked"
