"""The portal, the carrier and the console are killed at each step of what they write: nothing is lost, nothing twice.

Likewise where the portal's database is put back from a copy, or the two clocks are apart.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest

from arshjul.actions.contacts.carry import carry, make_portal
from arshjul.actions.contacts.contacts import Invitation, invite
from arshjul.actions.contacts.reports import enter_reports, from_portal
from arshjul.actions.draft.draft import AlreadyDone, opened_draft
from arshjul.actions.parties.own_database import open_own
from arshjul.portal.app import PortalServer, application
from arshjul.store import outbox
from arshjul.store.database import Database
from arshjul.store.store import open_store
from tests import kills
from tests.databases import whole
from tests.kills import killed_at, steps_of
from tests.portal.conftest import DAY, Office
from tests.portal.test_nominate import nominated, taken_back
from tests.portal.test_report import REPORT, checked, hidden, sent

ADDRESSED = "jour@example.se"


@pytest.fixture(autouse=True)
def _portal_s_steps_too() -> Iterator[None]:
    """Of the portal's database as of the year's."""
    with (
        mock.patch.object(Database, "reading", kills.watched_reading),
        mock.patch.object(Database, "writing", kills.watched_writing),
    ):
        yield


class Held:
    """An office as it is now, to begin with again and again."""

    def __init__(self, office: Office, folder: Path) -> None:
        files = [one.place.path for one in (office.store, office.portal)]
        self._held = [whole(one) for one in files if one is not None]
        self._folder, self._now, self._n = folder, office.now, 0

    def office(self) -> Office:
        """The same again, in files of its own."""
        self._n += 1
        files = [self._folder / f"{name}{self._n}.db" for name in ("year", "portal")]
        for file, held in zip(files, self._held, strict=True):
            file.touch(0o600)
            file.write_bytes(held)
        return Office(open_store(str(files[0])), make_portal(str(files[1])), self._now)


def reported(office: Office) -> str:
    """A report that waits in the portal's inbox, of a contact with a mailbox; its id."""
    (made,) = invite(office.store, [Invitation("p0", "Yttre befäl", ["report"], ADDRESSED)], "test", office.now)
    office.carry()
    phone = office.stranger()
    phone.post(made.path, {})
    sent(phone)
    return made.contact.id


def mails(office: Office) -> int:
    with office.store.reading() as db:
        return sum(one.address == ADDRESSED for one in outbox.unsent(db))


def carried(office: Office) -> Callable[[], object]:
    return lambda: carry(office.store, office.portal, office.now)


def until_quiet(office: Office) -> None:
    for _ in range(5):
        if carry(office.store, office.portal, office.now).is_all_done:
            return
    pytest.fail("carrying never ends")


def test_a_carrier_that_is_killed_at_any_step_loses_and_doubles_nothing(office: Office, tmp_path: Path) -> None:
    reported(office)
    held = Held(office, tmp_path)
    steps = steps_of(carried(held.office()))
    assert {"read", "party_entry", "outbox", "outcome", "committed 2"} <= {*steps}
    for step in steps:
        one = held.office()
        killed_at(step, carried(one))
        until_quiet(one)
        assert len(one.entries()) == 1, step
        assert mails(one) == 1, step


def test_a_carrier_that_is_killed_while_a_nomination_is_taken_back_withdraws_it_once(
    office: Office, tmp_path: Path
) -> None:
    wanted = Invitation("a0", "Handläggare", ["nominate"], ADDRESSED)
    (made,) = invite(office.store, [wanted], "test", office.now)
    office.carry()
    phone = office.stranger()
    phone.post(made.path, {})
    nominated(phone, "object")
    office.carry()
    taken_back(phone)
    held = Held(office, tmp_path)
    for step in steps_of(carried(held.office())):
        one = held.office()
        killed_at(step, carried(one))
        until_quiet(one)
        assert {entry.kind: entry.state for entry in one.entries()} == {
            "object": "withdrawn", "retraction": "withdrawn",
        }, step  # fmt: skip
        assert mails(one) == 2, "that it came, and that it is taken back"


def test_a_portal_that_is_killed_at_any_step_of_sending_keeps_what_is_sent_again_once(
    office: Office, tmp_path: Path
) -> None:
    _, address = office.invited("p0")
    phone = office.stranger()
    phone.post(address, {})
    fields = hidden(checked(phone))
    held = Held(office, tmp_path)

    def sending(one: Office) -> Callable[[], object]:
        phone.app = one.app
        return lambda: phone.post("/report/send", fields)

    steps = steps_of(sending(held.office()))
    assert {"read", "begun", "inbox", "committed"} <= {*steps}
    for step in steps:
        one = held.office()
        killed_at(step, sending(one))
        assert phone.post("/report/send", fields).status == 303, step
        until_quiet(one)
        assert len(one.entries()) == 1, step


def test_a_console_that_is_killed_at_any_step_of_entering_enters_once(office: Office, tmp_path: Path) -> None:
    contact = reported(office)
    until_quiet(office)
    held = Held(office, tmp_path)

    def entering(one: Office) -> Callable[[], object]:
        with one.store.reading() as db:
            seen = opened_draft(db).stamp
        return lambda: enter_reports(one.store, contact, "test", one.now, seen)

    steps = steps_of(entering(held.office()))
    assert {"entry", "party_entry", "committed"} <= {*steps}
    for step in steps:
        one = held.office()
        killed_at(step, entering(one))
        try:
            entering(one)()
        except AlreadyDone:
            assert step == "committed"
        until_quiet(one)
        with one.store.reading() as db:
            assert len(opened_draft(db).entries_with().withdrawals) == 1, step
        assert [entry.state for entry in one.entries()] == ["taken"], step
        assert mails(one) == 2, step


def test_a_portal_from_a_week_ago_is_taken_nothing_in_from_twice(office: Office, tmp_path: Path) -> None:
    """What it lost is in the year already; numbers of rows are given anew there."""
    phone = office.browser("p0")
    sent(phone)
    office.carry()
    held = Held(office, tmp_path)
    office.now += 7 * DAY
    sent(phone)
    office.carry()
    ids = {one.id for one in office.entries()}
    back = Office(office.store, held.office().portal, office.now)
    for _ in range(2):
        back.carry()
    assert {one.id for one in back.entries()} == ids
    phone.app = back.app
    sent(phone)
    until_quiet(back)
    assert len(back.entries()) == 3
    assert ids < {one.id for one in back.entries()}


@pytest.mark.parametrize("apart", [timedelta(hours=1), -timedelta(hours=1)])
def test_clocks_an_hour_apart_hold_up_nothing_and_are_told(office: Office, apart: timedelta) -> None:
    _, address = office.invited("p0")
    office.app = application(PortalServer(open_own(office.portal.name), clock=lambda: office.now + apart))
    phone = office.stranger()
    assert phone.post(address, {}).status == 303
    assert "Kvitto" in sent(phone, **REPORT).text
    office.carry()
    (entry,) = office.entries()
    assert entry.received == office.now
    assert entry.reported == office.now + apart
    with office.store.reading() as db:
        draft = opened_draft(db)
    (waits,) = from_portal(office.store, draft, office.now).reports
    assert waits.is_apart
    enter_reports(office.store, waits.contact.id, "test", office.now, draft.stamp)
    with office.store.reading() as db:
        (withdrawal,) = opened_draft(db).entries_with().withdrawals
    assert withdrawal.reported == min(office.now, office.now + apart), "never later than it was received"
