"""A published year with a portal, to which parties are invited: what tests of their forms have in common."""

from collections.abc import Mapping

from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.draft.draft import Draft, opened_draft
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry
from arshjul.portal.app import PortalServer
from arshjul.portal.store.schema import open_own
from arshjul.serving.sql.database import Database
from tests.office.console.browser import Browser
from tests.office.console.conftest import Desk


class InvitedTown:
    """`rights`: what each invited party may do."""

    def __init__(self, desk: Desk, portal: Database, rights: Mapping[str, str]) -> None:
        self.desk, self.portal, self.kept = desk, portal, Remembered()
        self.paths: dict[str, str] = {}
        for party, may in rights.items():
            self.invited(party, may)
        self.carry()
        self.app = PortalServer(open_own(portal.name), clock=lambda: desk.now).application()

    def invited(self, party: str, may: str) -> None:
        """Invites one more."""
        (made,) = invite(self.desk.store, [Invitation(party, f"Funktion {party} {may}", [may])], "test", self.desk.now)
        self.paths[party] = made.path

    def carry(self) -> None:
        """What was entered inside goes out, and then what was sent outside comes in."""
        for _ in range(2):
            carry(self.desk.store, self.portal, self.desk.now, self.kept)

    def phone(self, party: str) -> Browser:
        """A browser that the party's contact has opened its address in."""
        made = Browser(self.app, host="localhost:8002")
        assert made.post(self.paths[party], {}).status == 303
        return made

    def draft(self) -> Draft:
        """What the coordinator sees."""
        with self.desk.store.reading() as db:
            return opened_draft(db)
