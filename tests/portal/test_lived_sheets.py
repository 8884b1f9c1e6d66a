"""The lived year of goteborg-2027 with information sheets: its report says of them what was drawn, day by day."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

import pytest

from arshjul.office.contacts.contacts import Invitation, invite
from arshjul.office.store.store import make_store
from arshjul.office.sync.outgoing import Remembered
from arshjul.office.sync.sync import carry, make_portal
from arshjul.portal.actions.sheet_writing import give
from arshjul.portal.actions.sheets import Writer, written_in
from arshjul.portal.store import contacts, views
from arshjul.portal.store.contacts import PortalContact
from arshjul.portal.store.schema import open_own
from arshjul.year.domain.information_sheet.sections import Section
from arshjul.year.domain.party_view import PartyView, ViewSheet
from arshjul.year.formats.feeds.view_json import from_text
from tests import years
from tests.acceptance.command import done
from tests.living import Lived, lived, moments
from tests.portal.conftest import Office
from tests.portal.sheet_town import let_in

DAY = timedelta(days=1)
WITHOUT_CONTACT = "kronofogden"
SESSION = "0" * 64
LOOKED_AT = (3, 10, 32)
"""After so many moments, and at the year's end, the report is looked at."""

HABITS = ("in time",) * 7 + ("late", "half", "never")

Given = dict[tuple[str, str, str], tuple[date, bool]]
"""By operation, party and section: when it was given, and whether that was after the date that was due then."""


@dataclass
class SheetYear:
    """The parties of a published year, and what they have given. Each keeps to its habit with each operation."""

    office: Office
    kept: Remembered = field(default_factory=Remembered)
    given: Given = field(default_factory=dict)
    n: int = 0

    def go_on(self, now: Lived, until: date) -> None:
        """Publishes a plan, and lets the days pass until then."""
        folder = self.office.portal.place.path
        assert folder is not None
        self.n += 1
        read = years.write(folder.with_name(f"plan-{self.n}"), now.scenario, now.plan)
        self.office.now = now.plan.as_of.astimezone(UTC)
        years.published(self.office.store, read, self.office.now, None if self.n == 1 else self.n - 1)
        if self.n == 1:
            parties = [party for party in now.scenario.parties if party != WITHOUT_CONTACT]
            invite(
                self.office.store,
                [Invitation(party, "Inspektör", ["sheet"]) for party in parties],
                "t",
                self.office.now,
            )
        self.carry()
        day = self.office.now.date()
        while (day := day + DAY) <= until:
            self.office.now = datetime.combine(day, time(9), UTC)
            if sum(self.day(*party) for party in self.parties()):
                self.carry()

    def carry(self) -> None:
        """Until nothing waits."""
        while not carry(self.office.store, self.office.portal, self.office.now, self.kept).is_all_done:
            pass

    def parties(self) -> Iterator[tuple[PortalContact, PartyView]]:
        """The contacts, each with its party's view."""
        with self.office.portal.reading() as db:
            known = list(contacts.contacts(db).values())
            bodies = {contact.party: views.body(db, contact.party)[1] for contact in known}
        return ((contact, from_text(bodies[contact.party])) for contact in known)

    def day(self, contact: PortalContact, view: PartyView) -> int:
        """What the party gives on a day; the number of its sheets."""
        return sum(self.sheet(contact, view, sheet) for sheet in view.sheets if sheet.due is not None)

    def sheet(self, contact: PortalContact, view: PartyView, sheet: ViewSheet) -> bool:
        """True if it gives something of the sheet: what is wanted of it and was not given."""
        today, drawn = self.office.now.date(), Random(f"{sheet.operation}/{view.party}")
        habit, days = drawn.choice(HABITS), drawn.randint(1, 20) * DAY
        assert sheet.due is not None
        wanted = [section.id for section in written_in(sheet) if section.required]
        wanted = wanted[1:] if habit == "half" else wanted
        left = [id for id in wanted if (sheet.operation, view.party, id) not in self.given]
        when = sheet.due + days if habit == "late" else sheet.due - days
        if habit == "never" or not left or today < when or sheet.first <= today:
            return False
        assert self.office.sheets is not None
        writer = Writer(contact, SESSION, view, sheet)
        sections = [_answered(sheet.operation, view.party, id, writer) for id in left]
        key = f"{len(self.given):064x}"
        let_in(self.office.portal, SESSION, contact.id)
        assert give(self.office.portal, self.office.sheets, writer, sections, (), key, self.office.now)
        late = today > sheet.due
        self.given |= {(sheet.operation, view.party, id): (today, late) for id in left}
        return True

    def complete(self, now: Lived) -> tuple[int, int]:
        """How many sheets of the last plan were complete in time, and of how many: reckoned from what was drawn."""
        due = {sheet.operation: sheet.due for _, view in self.parties() for sheet in view.sheets}
        found = []
        for place in now.plan.placements:
            day, operation = due.get(place.operation), now.scenario.operations[place.operation]
            if day is None or day >= now.plan.as_of.date():
                continue
            agencies = [agency for agency in now.scenario.agencies_at(place) if agency != WITHOUT_CONTACT]
            units = now.scenario.lenders(operation.id, place.police)
            wanted = {(f"agency-{agency}", id) for agency in agencies for id in "BDF"}
            wanted |= {(f"police-{unit}", id) for unit in units for id in "BDEF"}
            wanted |= {(f"agency-{operation.lead_agency}", "C")} if operation.lead_agency in agencies else set()
            wanted |= {("agency-raddningstjansten", "E")} if "raddningstjansten" in agencies else set()
            if wanted:
                there = (self.given.get((operation.id, *one), (date.max, True)) for one in wanted)
                found.append(all(not late or on <= day for on, late in there))
        return sum(found), len(found)


def _answered(operation: str, party: str, id: str, writer: Writer) -> Section:
    declared = next(section for section in written_in(writer.sheet) if section.id == id)
    why_not = {sheet_field.key: "unknown" for sheet_field in declared.required}
    return Section(operation, party, id, 1, "draft", {}, why_not)


@pytest.mark.slow
def test_the_report_of_the_lived_year_counts_sheets_that_were_complete_in_time(tmp_path: Path) -> None:
    shown = list(lived(moments()))
    make_portal(str(tmp_path / "portal.db"))
    store = make_store(str(tmp_path / "y.db"), wal=False)
    year = SheetYear(Office(store, open_own(str(tmp_path / "portal.db"))))
    ends = [one.plan.as_of.date() for one in shown[1:]]
    for n, (now, until) in enumerate(zip(shown, [*ends, ends[-1]], strict=True)):
        year.go_on(now, until)
        if n in LOOKED_AT or now is shown[-1]:
            the_report_says(tmp_path, now, *year.complete(now))


def the_report_says(folder: Path, now: Lived, n_complete: int, n_due: int) -> None:
    assert 0 < n_complete < n_due
    asked = ("report", "--db", str(folder / "y.db"), "--as-of", f"{now.plan.as_of:%Y-%m-%dT%H:%M}")
    assert done(*asked, "--json").json()["sheets"] == {"n": n_complete, "of": n_due}
    assert f"underlag kompletta i tid: {n_complete} av {n_due}" in done(*asked).out
