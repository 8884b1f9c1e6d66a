"""A portal at which there is much to do: contacts of every party that may do everything, a withdrawal of a unit's own,
questions, and entries in every state. In files, to be copied.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.contacts.reports import enter_reports
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.store.store import open_store
from arshjul.office.sync.sync import make_portal
from arshjul.year.domain.contact import MAY
from tests.databases import copied, whole
from tests.office.console.conftest import Desk
from tests.portal.conftest import Office
from tests.portal.test_report import sent

PARTIES = ("p0", "p1", "a0", "a1", "a2")
PUBLISHED = {"police": "p0", "from": "2027-02-05", "to": "2027-02-06", "officers_left": "0", "cause": "Intern orsak"}
ASKED = {"police": "p1", "from": "2027-02-03", "to": "2027-02-03", "officers_left": "0"}


@dataclass(frozen=True, slots=True)
class Busy:
    """The files, and of each contact its id, party and address: two of each party."""

    year: bytes
    portal: bytes
    contacts: tuple[tuple[str, str, str], ...]

    def office(self, folder: Path) -> Office:
        """The same, in files of its own."""
        copied(self.year, folder / "y.db")
        (folder / "portal.db").touch(0o600)
        (folder / "portal.db").write_bytes(self.portal)
        return Office(open_store(str(folder / "y.db")), make_portal(str(folder / "portal.db")))


def busy(published: Path, folder: Path) -> Busy:
    """Made over a copy of that year, in an empty folder."""
    copied(published.read_bytes(), folder / "y.db")
    office = Office(open_store(str(folder / "y.db")), make_portal(str(folder / "portal.db")))
    _decided(Desk(office.store, office.now, str(folder / "y.db")))
    wanted = [Invitation(party, f"Funktion {n} {party}", tuple(MAY)) for party in PARTIES for n in "AB"]
    made = invite(office.store, wanted, "test", office.now)
    office.carry()
    _sent(
        office,
        {contact.contact.party: contact.path for contact in made},
        {one.contact.party: one.contact.id for one in made},
    )
    contacts = tuple((contact.contact.id, contact.contact.party, contact.path) for contact in made)
    for each in (office.store, office.portal):
        assert each.empty_log()
    return Busy(whole(folder / "y.db"), whole(folder / "portal.db"), contacts)


def _decided(desk: Desk) -> None:
    """A withdrawal is answered and published; about another one parties are asked."""
    her = desk.browser()
    path = her.send(her.get("/withdrawals/new"), "/withdrawals/new", **PUBLISHED).headers["location"]
    assert her.send(her.get(path), path, option="fewest-changes").status == 303
    shown = her.get("/publish")
    assert her.send(shown, "/publish", digest=shown.field("digest"), reason="Avbokning").status == 303
    path = her.send(her.get("/withdrawals/new"), "/withdrawals/new", **ASKED).headers["location"]
    assert her.send(her.get(path), f"{path}/ask", option="fewest-changes").status == 303


def _sent(office: Office, addresses: dict[str, str], ids: dict[str, str]) -> None:
    """Of p0 one report is entered, one waits, one is not fetched yet; of p1 one waits."""
    first, second = office.stranger(), office.stranger()
    for browser, party in ((first, "police-p0"), (second, "police-p1")):
        assert browser.post(addresses[party], {}).status == 303
    sent(first, period="until", to="2027-02-02", note="ord police-p0 1")
    office.carry()
    with office.store.reading() as db:
        stamp = opened_draft(db).stamp
    enter_reports(office.store, ids["police-p0"], "test", office.now, stamp)
    sent(first, period="until", to="2027-03-02", note="ord police-p0 2")
    sent(second, note="ord police-p1 1")
    office.now += timedelta(minutes=1)
    office.carry()
    sent(first, period="until", to="2027-04-02", note="ord police-p0 3")
