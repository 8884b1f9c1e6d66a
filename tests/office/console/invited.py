"""A published year with a portal, to which parties are invited: what tests of their forms have in common."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import ClassVar, Self

from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.draft.draft import Draft
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry, make_portal
from arshjul.portal.app import PortalServer
from arshjul.portal.store.schema import open_own
from arshjul.serving.sql.database import Database
from arshjul.year.domain.plan import Plan
from tests.office.console.browser import Browser
from tests.office.console.conftest import NOW, Desk, desk_in, small_year
from tests.worlds import Build, Known, Worlds


class InvitedTown:
    """Each kind of town is a world of its own. `paths`: where the contact of each invited party comes in."""

    YEAR: ClassVar[tuple[Build]] = (small_year,)
    """The world that it begins from."""
    NOW: ClassVar[datetime] = NOW
    RIGHTS: ClassVar[Mapping[str, str]] = {}
    """What each invited party may do."""
    HAS_MAILBOXES: ClassVar[bool] = False

    def __init__(self, desk: Desk, portal: Database, paths: Mapping[str, str] | None = None) -> None:
        self.desk, self.portal, self.kept = desk, portal, Remembered()
        self.paths = dict(paths or {})
        self.app = PortalServer(open_own(portal.name), clock=lambda: desk.now).application()

    @classmethod
    def of(cls, worlds: Worlds, folder: Path) -> Self:
        """A copy of such a town."""
        known = worlds.copied(cls.build, folder)
        return cls(desk_in(folder, cls.NOW), make_portal(str(folder / "portal.db")), known["paths"])

    @classmethod
    def build(cls, folder: Path, worlds: Worlds) -> Known:
        """Its world."""
        worlds.copied(cls.YEAR[0], folder)
        town = cls(desk_in(folder, cls.NOW), make_portal(str(folder / "portal.db")))
        town.begin()
        return {"paths": town.paths}

    def begin(self, rights: Mapping[str, str] | None = None) -> Self:
        """Invites all."""
        for party, may in (rights or self.RIGHTS).items():
            self.invited(party, may)
        for _ in range(2):  # the first turn of a new portal makes itself known
            self.carry()
        return self

    def invited(self, party: str, may: str) -> None:
        """Invites one more."""
        email = f"{party}@example.se" if self.HAS_MAILBOXES else ""
        wanted = Invitation(party, f"Funktion {party} {may}", [may], email)
        (made,) = invite(self.desk.store, [wanted], "test", self.desk.now)
        self.paths[party] = made.path

    def carry(self) -> None:
        """What was entered inside goes out, what was sent outside comes in, and then what became of that goes out."""
        if carry(self.desk.store, self.portal, self.desk.now, self.kept).n_taken:
            carry(self.desk.store, self.portal, self.desk.now, self.kept)

    def phone(self, party: str) -> Browser:
        """A browser that the party's contact has opened its address in."""
        return self.let_in(self.paths[party])

    def let_in(self, path: str) -> Browser:
        """A browser that has opened an address."""
        made = Browser(self.app, host="localhost:8002")
        assert made.post(path, {}).status == 303
        return made

    def draft(self) -> Draft:
        """What the coordinator sees."""
        with self.desk.store.reading() as db:
            return opened_draft(db)

    @property
    def plan(self) -> Plan:
        """Her plan, with what is learnt."""
        return self.draft().learnt_plan
