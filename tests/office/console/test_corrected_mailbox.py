"""A mailbox or a telephone number is corrected while messages wait: they go to where the party is reached by then."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from arshjul.errors import InputError
from arshjul.office.contacts.contacts import Invitation, invite, readdress
from arshjul.office.draft.answers import party_of
from arshjul.office.draft.draft import AlreadyDone, keep, opened_draft
from arshjul.office.mail.mailing import take_back, tick
from arshjul.office.mail.post import post
from arshjul.office.store import outbox
from arshjul.office.store.outbox import Owed
from arshjul.year.domain.contact import PartyMail
from arshjul.year.domain.parties import Agency, PoliceUnit
from tests import owed, years
from tests.office.console.conftest import Desk, reachable_by_mail
from tests.office.console.mail_stand_in import StandIn
from tests.office.console.test_asking import asked
from tests.office.console.test_other_with_its_number import chosen

MINUTE = timedelta(minutes=1)
One = TypeVar("One", Agency, PoliceUnit)
NEW, NUMBER = "ny@example.se", "031-390 06 99"


@pytest.fixture
def reachable(desk: Desk) -> Desk:
    """The desk, every party with an address."""
    reachable_by_mail(desk.store)
    return desk


@pytest.fixture
def mail() -> Iterator[StandIn]:
    with StandIn() as made:
        yield made


def correct(desk: Desk, email: str | None = NEW, party: str = "a0") -> None:
    """Corrects how a party is reached, in the scenario as it should be: no plan has taken it in."""
    with desk.store.writing() as db:
        draft = opened_draft(db)
        there = draft.scenario
        agencies = {id: _at(one, email) if id == party else one for id, one in there.agencies.items()}
        police = {id: _at(one, email) if id == party else one for id, one in there.police.items()}
        given = replace(there, agencies=agencies, police=police)
        keep(db, draft, replace(draft, given=given))


def _at(one: One, email: str | None) -> One:
    return replace(one, email=email, phone=NUMBER)


def waits(desk: Desk, party: str = "a0") -> list[Owed]:
    with desk.store.reading() as db:
        return [one for one in owed.all_of(db) if one.party == party]


def sent(desk: Desk, mail: StandIn, minutes: int = 5) -> dict[str, str]:
    """The tokens of what is mailed now, by address."""
    mail.mails.clear()
    post(desk.store, mail.server, "t", lambda: desk.now + minutes * MINUTE)
    return {one.to: one.token for one in mail.mails}


def is_good(desk: Desk, token: str) -> bool:
    try:
        return bool(party_of(desk.store, token, desk.now + 30 * MINUTE))
    except InputError:
        return False


def test_a_question_that_waits_goes_to_the_mailbox_as_it_was_corrected_in_the_draft(
    reachable: Desk, mail: StandIn
) -> None:
    asked(reachable.browser())
    correct(reachable)
    assert NEW in reachable.browser().get("/outbox").text
    assert "a0@example.se" not in reachable.browser().get("/outbox").text
    to = sent(reachable, mail)
    assert NEW in to
    assert "a0@example.se" not in to
    assert "a1@example.se" in to, "nobody else is written to elsewhere"


def test_a_question_that_may_have_come_to_the_former_mailbox_is_answered_from_the_new_one_alone(
    reachable: Desk, mail: StandIn
) -> None:
    asked(reachable.browser())
    mail.steps["text"] = lambda _: b""  # who knows whether it came
    former = sent(reachable, mail)["a0@example.se"]
    assert is_good(reachable, former)
    reachable.now += 10 * MINUTE
    correct(reachable)
    (one,) = waits(reachable)
    assert (one.address, one.fault, one.doubts) == (NEW, "", 0)
    assert is_good(reachable, former), "until it is asked anew"
    del mail.steps["text"]
    assert is_good(reachable, sent(reachable, mail)[NEW])
    assert not is_good(reachable, former)


def test_who_has_no_mailbox_any_more_is_called_at_the_new_number(reachable: Desk) -> None:
    asked(reachable.browser())
    correct(reachable, None)
    assert [wait.address for wait in waits(reachable)] == [""]
    assert NUMBER in reachable.browser().get("/outbox").text
    assert NUMBER in reachable.browser().get("/proposal").text


def test_a_correction_that_is_taken_back_is_none(reachable: Desk) -> None:
    browser = reachable.browser()
    asked(browser)
    correct(reachable)
    assert browser.send(browser.get("/"), "/take-back-edit").status == 303
    assert [wait.address for wait in waits(reachable)] == ["a0@example.se"]


def test_what_is_published_while_a_correction_waits_is_mailed_to_the_corrected_mailbox(
    reachable: Desk, mail: StandIn
) -> None:
    browser = reachable.browser()
    chosen(browser)
    correct(reachable, party="p1")
    shown = browser.get("/publish")
    assert NEW in shown.text
    assert browser.send(shown, "/publish", digest=shown.field("digest"), reason="x", mail="yes").status == 303
    assert {wait.address for wait in waits(reachable, "p1") if wait.address} == {NEW}
    to = sent(reachable, mail)
    assert NEW in to
    assert "p1@example.se" not in to


def test_what_waits_from_a_publishing_follows_a_correction_that_nobody_has_published(
    reachable: Desk, mail: StandIn
) -> None:
    browser = reachable.browser()
    chosen(browser)
    shown = browser.get("/publish")
    browser.send(shown, "/publish", digest=shown.field("digest"), reason="x", mail="yes")
    correct(reachable, party="p1")
    to = sent(reachable, mail)
    assert NEW in to
    assert "p1@example.se" not in to


def test_a_tick_that_is_taken_back_leaves_the_message_to_the_mailbox_as_corrected(reachable: Desk) -> None:
    with reachable.store.writing() as db:
        number = outbox.add(db, "a0", "a0@example.se", PartyMail("Möte", "Kom den 2."), "Eva", reachable.now)
    tick(reachable.store, [number], "Eva", reachable.now)
    correct(reachable)
    take_back(reachable.store, [number], "Eva", reachable.now)
    assert [wait.address for wait in waits(reachable)] == [NEW]


def test_no_address_of_the_portal_goes_to_a_contact_s_former_mailbox(reachable: Desk, mail: StandIn) -> None:
    """Also where the mail was ticked before the mailbox was corrected: the tick cannot be taken back any more."""
    store, now = reachable.store, reachable.now
    wrong = Invitation("police-p0", "Yttre befäl", ("report",), "wrong@example.se")
    (invited,) = invite(store, [wrong], "Eva", now, mail=True)
    numbers = [wait.number for wait in owed.waits(store, now) if wait.contact]
    tick(store, numbers, "Eva", now)
    readdress(store, invited.contact.id, "Eva", now, "right@example.se")
    with pytest.raises(AlreadyDone):
        take_back(store, numbers, "Eva", now)
    post(store, replace(mail.server, portal_url="https://portal.example.se"), "Eva", lambda: now, lambda: None)
    assert [one.to for one in mail.mails] == ["right@example.se"]
    assert [wait for wait in owed.waits(store, now) if wait.contact] == []


def test_a_mailbox_that_is_corrected_at_a_terminal_is_where_a_question_goes(desk: Desk, tmp_path: Path) -> None:
    """The draft began before, with the former one: it is no correction of what was published since."""
    year = years.scenario()
    for number, name in enumerate(("old", "new"), 1):
        agencies = {**year.agencies, "a0": replace(year.agencies["a0"], email=f"{name}@example.se")}
        folder = years.write(tmp_path / name, replace(year, agencies=agencies), years.plan(year))
        years.published(desk.store, folder, desk.now, seen=number)
        if name == "old":
            asked(desk.browser())
    assert [wait.address for wait in waits(desk)] == ["new@example.se"]
