"""The portal, the carrier and the console are killed at each step of what they write: nothing is lost, nothing twice.

Likewise where the portal's database is put back from a copy, or the two clocks are apart.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.contacts.reports import enter_reports, from_portal
from arshjul.office.draft.draft import AlreadyDone
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.store.store import open_store
from arshjul.office.sync.sync import carry, make_portal
from arshjul.portal.app import PortalServer
from arshjul.portal.store.schema import open_own
from tests import owed
from tests.databases import Cluster, whole
from tests.kills import LAST_TWO, killed_at, steps_of, walked
from tests.office.console.conftest import published_in_postgresql
from tests.portal.conftest import DAY, Office, office_over
from tests.portal.test_nominate import nominated, taken_back
from tests.portal.test_report import REPORT, checked, hidden, sent

__all__ = ["published_in_postgresql"]

ADDRESSED = "jour@example.se"

pytestmark = pytest.mark.usefixtures("portal_s_steps")


AT_STEPS = pytest.mark.parametrize(
    ("office", "times"),
    [("sqlite", LAST_TWO), *(pytest.param(kind, 20, marks=pytest.mark.slow) for kind in ("sqlite", "postgresql"))],
    indirect=["office"],
)
"""At every step, twenty times, and on PostgreSQL, in the slow run alone."""


@pytest.fixture
def office(request: pytest.FixtureRequest) -> Office:
    """Over SQLite files, or over two databases in PostgreSQL."""
    if getattr(request, "param", "sqlite") == "sqlite":
        made: Office = request.getfixturevalue("on_files")
        return made
    cluster: Cluster = request.getfixturevalue("postgresql")
    year, portal = cluster.new_database(request.getfixturevalue("published_in_postgresql")), cluster.new_database()
    keys = request.getfixturevalue("tmp_path") / "sheets.keys"
    return Office(open_store(year), make_portal(portal), own=portal, keys=keys)


@pytest.fixture
def on_files(published: Path, empty_portal: bytes, tmp_path: Path) -> Office:
    return office_over(published, empty_portal, tmp_path)


class Held:
    """An office as it is now, to begin with again and again: in files of its own, or in databases of its own."""

    def __init__(self, office: Office, folder: Path, request: pytest.FixtureRequest) -> None:
        self._places = [database.place for database in (office.store, office.portal)]
        self._held = [whole(place.path) for place in self._places if place.path is not None]
        self._cluster: Cluster | None = None if self._held else request.getfixturevalue("postgresql")
        self._folder, self._now, self._n, self._keys = folder, office.now, 0, office.keys

    @contextmanager
    def office(self) -> Iterator[Office]:
        """The same again."""
        self._n += 1
        if self._cluster is None:
            made = self._files()
        else:
            made = [self._cluster.new_database(place.address) for place in self._places]
        yield Office(open_store(made[0]), make_portal(made[1]), self._now, own=made[1], keys=self._keys)
        for one in made:
            if self._cluster is None:
                Path(one).unlink()
            else:
                self._cluster.drop(one)

    def _files(self) -> list[str]:
        files = [self._folder / f"{name}{self._n}.db" for name in ("year", "portal")]
        for file, held in zip(files, self._held, strict=True):
            file.touch(0o600)
            file.write_bytes(held)
        return [str(file) for file in files]

    def killed(
        self, doing: Callable[[Office], Callable[[], object]], times: int, *steps: str
    ) -> Iterator[tuple[str, Office]]:
        """The office after a kill at each step of what is done there, among which these are."""
        with self.office() as one:
            every = steps_of(doing(one))
        assert {*steps} <= {*every}
        for step in walked(every, times):
            with self.office() as one:
                killed_at(step, doing(one))
                yield step, one


def reported(office: Office) -> str:
    """A report that waits in the portal's inbox, of a contact with a mailbox; its id."""
    (made,) = invite(office.store, [Invitation("p0", "Yttre befäl", ["report"], ADDRESSED)], "test", office.now)
    office.carry()
    phone = office.stranger()
    phone.post(made.path, {})
    sent(phone)
    return made.contact.id


def mails(office: Office) -> int:
    """To the contact, beside the one on the device that it came in by."""
    with office.store.reading() as db:
        found = [one.mail.subject for one in owed.all_of(db) if one.address == ADDRESSED]
    of_device = [one for one in found if "inloggning" in one]
    assert len(of_device) == 1
    return len(found) - len(of_device)


def carried(office: Office) -> Callable[[], object]:
    return lambda: carry(office.store, office.portal, office.now)


def until_quiet(office: Office) -> None:
    for _ in range(5):
        if carry(office.store, office.portal, office.now).is_all_done:
            return
    pytest.fail("carrying never ends")


@AT_STEPS
def test_a_carrier_that_is_killed_at_any_step_loses_and_doubles_nothing(
    office: Office, tmp_path: Path, request: pytest.FixtureRequest, times: int
) -> None:
    reported(office)
    wanted = ("read", "party_entry", "queued", "outcome", "committed 2")
    for step, one in Held(office, tmp_path, request).killed(carried, times, *wanted):
        until_quiet(one)
        assert len(one.entries()) == 1, step
        assert mails(one) == 1, step


@pytest.mark.slow
@AT_STEPS
def test_a_carrier_that_is_killed_while_a_nomination_is_taken_back_withdraws_it_once(
    office: Office, tmp_path: Path, request: pytest.FixtureRequest, times: int
) -> None:
    wanted = Invitation("a0", "Handläggare", ["nominate"], ADDRESSED)
    (made,) = invite(office.store, [wanted], "test", office.now)
    office.carry()
    phone = office.stranger()
    phone.post(made.path, {})
    nominated(phone, "object")
    office.carry()
    taken_back(phone)
    for step, one in Held(office, tmp_path, request).killed(carried, times):
        until_quiet(one)
        states = {entry.kind: entry.state for entry in one.entries()}
        assert states == {"object": "withdrawn", "retraction": "withdrawn"}, step
        assert mails(one) == 2, "that it came, and that it is taken back"


@AT_STEPS
def test_a_portal_that_is_killed_at_any_step_of_sending_keeps_what_is_sent_again_once(
    office: Office, tmp_path: Path, request: pytest.FixtureRequest, times: int
) -> None:
    _, address = office.invited("p0")
    phone = office.stranger()
    phone.post(address, {})
    fields = hidden(checked(phone))

    def sending(one: Office) -> Callable[[], object]:
        phone.app = one.app
        return lambda: phone.post("/report/send", fields)

    for step, one in Held(office, tmp_path, request).killed(sending, times, "read", "begun", "inbox", "committed"):
        assert phone.post("/report/send", fields).status == 303, step
        until_quiet(one)
        assert len(one.entries()) == 1, step


@AT_STEPS
def test_a_console_that_is_killed_at_any_step_of_entering_enters_once(
    office: Office, tmp_path: Path, request: pytest.FixtureRequest, times: int
) -> None:
    contact = reported(office)
    until_quiet(office)

    def entering(one: Office) -> Callable[[], object]:
        with one.store.reading() as db:
            seen = opened_draft(db).stamp
        return lambda: enter_reports(one.store, contact, "test", one.now, seen)

    for step, one in Held(office, tmp_path, request).killed(entering, times, "entry", "party_entry", "committed"):
        try:
            entering(one)()
        except AlreadyDone:
            assert step == "committed"
        until_quiet(one)
        with one.store.reading() as db:
            assert len(opened_draft(db).entries_with().withdrawals) == 1, step
        assert [entry.state for entry in one.entries()] == ["taken"], step
        assert mails(one) == 2, step


def test_a_portal_from_a_week_ago_is_taken_nothing_in_from_twice(
    office: Office, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What it lost is in the year already; numbers of rows are given anew there."""
    (_, address), phone = office.invited("p0"), office.stranger()
    assert phone.post(address, {}).status == 303
    sent(phone)
    office.carry()
    held = Held(office, tmp_path, request)
    office.now += 7 * DAY
    sent(phone)
    office.carry()
    ids = {entry.id for entry in office.entries()}
    with held.office() as former:
        back = Office(office.store, former.portal, office.now)
        for _ in range(2):
            back.carry()
        assert {entry.id for entry in back.entries()} == ids
        phone.app = back.app
        assert phone.get("/").status == 401, "what ended since lives no more"
        assert phone.post(address, {}).status == 303
        sent(phone)
        until_quiet(back)
        assert len(back.entries()) == 3
        assert ids < {entry.id for entry in back.entries()}


@pytest.mark.parametrize("apart", [timedelta(hours=1), -timedelta(hours=1)])
def test_clocks_an_hour_apart_hold_up_nothing_and_are_told(office: Office, apart: timedelta) -> None:
    _, address = office.invited("p0")
    office.app = PortalServer(open_own(office.portal.name), clock=lambda: office.now + apart).application()
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
