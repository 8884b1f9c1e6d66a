"""A town whose parties write information sheets, by the actions that the portal's pages call; and words to look for.

Who may read what is kept beside it in a model of its own, written from ../shared/parties.md, section 14.
"""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from random import Random

from arshjul.office.store.store import Store, make_store, open_store
from arshjul.portal.actions.sheet_writing import give, save, take_from
from arshjul.portal.actions.sheets import SheetOffice, Writer, own_sections, reader_sheet, written_in
from arshjul.portal.store import contacts, sessions, views
from arshjul.portal.store.contacts import PortalContact
from arshjul.portal.store.schema import open_own
from arshjul.serving.sql.database import Database
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.domain.information_sheet.declared import SECTIONS, SheetField, SheetForm
from arshjul.year.domain.information_sheet.sections import ReaderSheet, Section, Value
from arshjul.year.domain.party_view import PartyView
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.feeds.view_json import from_text
from tests import years
from tests.databases import copied, whole
from tests.office.console.browser import Browser
from tests.portal.conftest import Office
from tests.worlds import KNOWN

BEFORE_DUE = datetime.fromisoformat("2026-12-23T09:00:00+00:00")
AFTER_DUE = datetime.fromisoformat("2027-02-25T09:00:00+00:00")
"""The last of twenty sheets is due before that, and the first operation is less than 30 days ago."""

PARTIES = ("a0", "a1", "a2", "p0", "p1")
PLANTED = re.compile(r"kanarie(\d{7})")

Key = tuple[str, str]
"""Owner and section."""

Given = tuple[int, set[str], datetime]
"""The number of a writing, its readers, and when it was given to them."""


def with_sheets(folder: Path, n: int) -> bytes:
    """The file of a published year of n operations, whose information sheets are due 28 days before."""
    store = make_store(str(folder / "y.db"), wal=False)
    publish(store, folder, n)
    return whole(folder / "y.db")


def publish(store: Store, folder: Path, n: int, sheet: SheetForm | None = None) -> None:
    """Publishes such a year; `sheet`: with those sections besides alone."""
    year = year_with_sheets(n)
    year = year if sheet is None else replace(year, sheet=sheet)
    years.published(store, years.write(folder / "plan", year, years.plan(year)))


def year_with_sheets(n: int) -> Scenario:
    """A year of n operations, with a milestone that counts as the information sheet, and all sections."""
    year = years.scenario(n)
    meant = [
        replace(milestone, counts_as="information-sheet") if milestone.id == "information-sheet" else milestone
        for milestone in year.cycle.milestones
    ]
    more = SheetForm(tuple(section.id for section in SECTIONS.values() if section.is_more))
    return replace(year, cycle=replace(year.cycle, milestones=tuple(meant)), sheet=more)


@dataclass
class Readable:
    """The model of one sheet: of each section the last draft, what is frozen, and the last addendum.

    Each is known by the number of its writing, and has its readers besides the owner, and when it was given.
    """

    drafts: dict[Key, int] = field(default_factory=dict)
    given: dict[Key, Given] = field(default_factory=dict)
    added: dict[Key, Given] = field(default_factory=dict)

    def by(self, party: str, since: datetime = BEFORE_DUE, parties: Collection[str] = ()) -> set[int]:
        """What the party may read: what is given to it; of its own all, the draft in place of what is frozen.

        `since`: when its part began; `parties`: whose sections are read, if not everybody's.
        """
        of_others = {
            number
            for there in (self.given, self.added)
            for (owner, _), (number, readers, at) in there.items()
            if party in readers and at >= since and owner != party and (not parties or owner in parties)
        }
        frozen = {key: number for key, (number, *_) in self.given.items()} | self.drafts
        own = {number for (owner, _), number in frozen.items() if owner == party}
        added = {number for (owner, _), (number, *_) in self.added.items() if owner == party}
        return of_others | own | added

    def given_by(self, party: str) -> set[int]:
        """What the party has given that others may know of: it stands filled in where it writes of other operations."""
        return {
            number for there in (self.given, self.added) for (owner, _), (number, *_) in there.items() if owner == party
        }

    def takes(self, party: str, reader: str, id: str) -> None:
        """The party takes a reader from its section, or from all."""
        for there in (self.given, self.added):
            for (owner, section), (_, readers, _at) in there.items():
                if owner == party and id in ("", section):
                    readers.discard(reader)


@dataclass
class SheetTown:
    """An office in which contacts of every party may write. `words`: of each planted word its writing; `recurring`: the
    words of fields that stand filled in again.

    `told`: the writings that have a word in an answer; how it was weighed is for its owner alone.
    """

    office: Office
    views: dict[str, PartyView] = field(default_factory=dict)
    contacts: dict[str, PortalContact] = field(default_factory=dict)
    words: list[int] = field(default_factory=list)
    recurring: set[int] = field(default_factory=set)
    told: set[int] = field(default_factory=set)
    models: dict[str, Readable] = field(default_factory=dict)
    let_in: set[tuple[str, str]] = field(default_factory=set)
    n_writings: int = 0

    @property
    def sheets(self) -> SheetOffice:
        """Keys and grounds."""
        assert self.office.sheets is not None
        return self.office.sheets

    @property
    def parties(self) -> list[str]:
        """The names of their feeds."""
        return list(self.views)

    @property
    def operations(self) -> list[str]:
        """All that have a sheet."""
        return sorted({sheet.operation for view in self.views.values() for sheet in view.sheets})

    def look_again(self) -> None:
        """Reads contacts and views as they have been carried out."""
        with self.office.portal.reading() as db:
            self.contacts = {contact.party: contact for contact in contacts.contacts(db).values()}
            bodies = {party: views.body(db, party)[1] for party in views.marks(db)}
        self.views = {party: from_text(body) for party, body in sorted(bodies.items()) if party != "coordinator"}

    def writer(self, party: str, operation: str, session: str = "") -> Writer | None:
        """The party's contact, that has entered a code; None where it has no part in the operation."""
        view = self.views[party]
        sheet = next((one for one in view.sheets if one.operation == operation), None)
        return (
            None
            if sheet is None
            else Writer(self.contacts[party], self._session(party, operation, session), view, sheet, is_raised=True)
        )

    def _session(self, party: str, operation: str, session: str) -> str:
        """A session of that digest, or the operation's, that lets the party's contact in."""
        digest, contact = session or digest_of(operation.encode()), self.contacts[party]
        if (digest, contact.id) not in self.let_in:
            let_in(self.office.portal, digest, contact.id)
            self.let_in.add((digest, contact.id))
        return digest

    def planted(self) -> str:
        """A word of its own for the writing in hand."""
        self.words.append(self.n_writings)
        return f"kanarie{len(self.words) - 1:07}"

    def answer(self, one: SheetField, random: Random) -> Value:
        """Something that the field can say, with a planted word where it takes any."""
        if one.kind == "number":
            return random.randint(0, 9999)
        if one.kind == "several":
            return tuple(random.sample(list(one.choices), random.randint(1, len(one.choices))))
        if one.kind == "choice":
            return random.choice(list(one.choices))
        self.recurring |= {len(self.words)} if one.recurs else set()
        return f"Vi vet att {self.planted()} finns."

    def section(self, writer: Writer, id: str, random: Random, readers: Sequence[str]) -> Section:
        """A random section, which is the next writing; at least one answer of it has a planted word."""
        self.n_writings += 1
        declared = SECTIONS[id]
        values = {
            one.key: self.answer(one, random) for one in declared.fields if one.is_required or random.random() < 0.7
        }
        told = next(one for one in declared.fields if one.kind in ("line", "text"))
        values[told.key] = self.answer(told, random)
        left = {sheet_field.key for sheet_field in declared.required if random.random() < 0.2} - {told.key}
        if any(PLANTED.search(str(value)) for key, value in values.items() if key not in left):
            self.told.add(self.n_writings)
        return Section(
            writer.sheet.operation,
            writer.party,
            id,
            1,
            "draft",
            {key: value for key, value in values.items() if key not in left},
            {key: random.choice(["unknown", "withheld"]) for key in left},
            tuple(readers),
            *random.choice([("", ""), ("30:23", "own-work"), ("18:1", "own-work")]),
            self.planted(),
        )

    def write(self, writer: Writer, id: str, random: Random, readers: Sequence[str], now: datetime) -> None:
        """Saves a draft of a section."""
        section = self.section(writer, id, random, readers)
        there = save(self.office.portal, self.sheets, writer, section, "", now)
        if there is not None:  # as whoever is asked, and presses again
            assert save(self.office.portal, self.sheets, writer, section, there.seal, now) is None
        self.models.setdefault(writer.sheet.operation, Readable()).drafts[writer.party, id] = self.n_writings

    def drafts(self, writer: Writer, now: datetime) -> list[Section]:
        """The party's drafts, as this session may read them."""
        own = own_sections(self.office.portal, self.sheets, writer, now).values()
        return [section.section for section in own if section.section is not None and not section.is_given]

    def give(self, writer: Writer, now: datetime) -> None:
        """Gives all drafts to the readers that were chosen for each."""
        drafts = self.drafts(writer, now)
        if drafts:
            seen = [section.row for section in own_sections(self.office.portal, self.sheets, writer, now).values()]
            assert give(self.office.portal, self.sheets, writer, drafts, seen, f"{self.n_writings:064x}", now)
            model = self.models[writer.sheet.operation]
            for draft in drafts:
                number = model.drafts.pop((draft.owner, draft.id))
                slot = model.added if _is_late(writer, now) else model.given
                slot[draft.owner, draft.id] = number, set(draft.to), now

    def take(self, writer: Writer, reader: str, id: str = "") -> None:
        """Takes a reader from what the party has given; `id`: of that section alone."""
        take_from(self.office.portal, self.sheets, writer, reader, id, self.office.now)
        self.models[writer.sheet.operation].takes(writer.party, reader, id)

    def fill(self, operation: str, random: Random) -> None:
        """Writes a random sheet: saved, given, given again, added to, and taken from."""
        self.models.setdefault(operation, Readable())
        writers = [one for one in (self.writer(party, operation) for party in self.parties) if one is not None]
        steps = random.randint(6, 16)
        for step in range(steps):
            writer, now = random.choice(writers), BEFORE_DUE if step < steps * 0.7 else AFTER_DUE
            may = written_in(writer.sheet)
            others = [reader.id for reader in writer.sheet.readers]
            match random.choice(["write", "write", "write", "give", "give", "take"]):
                case "write":
                    for section in random.sample(may, random.randint(1, len(may))):
                        self.write(
                            writer, section.id, random, random.sample(others, random.randint(0, len(others))), now
                        )
                case "give":
                    self.give(writer, now)
                case _:
                    self.take(writer, random.choice(others), random.choice(["", may[0].id]))

    def read(self, party: str, operation: str) -> ReaderSheet | None:
        """The party's copy, None where it has no part in the operation."""
        writer = self.writer(party, operation)
        return None if writer is None else reader_sheet(self.office.portal, self.sheets.keys, party, writer.sheet)

    def found(self, text: str) -> set[int]:
        """The writings of which a planted word stands there."""
        return {self.words[int(number)] for number in PLANTED.findall(text)}

    def raised(self, party: str) -> Browser:
        """A browser of the party's that has entered a code."""
        browser = self.office.browser(party.partition("-")[2], "sheet")
        contact = browser.get("/sheets").field("contact")
        with self.office.portal.writing() as db:
            table = sessions.CONTACTS.table.c
            for session in db.execute(sessions.CONTACTS.table.select().where(table.contact == contact)):
                sessions.RAISED.put(
                    db, sessions.RaisedSession(session.session, contact, self.office.now.replace(year=2028))
                )
        return browser


def let_in(portal: Database, session: str, contact: str) -> None:
    """Lets a contact in by its address, in a session that lasts for all of the year."""
    with portal.writing() as db:
        address = next(one.digest for one in contacts.addresses(db).values() if one.contact == contact)
        if sessions.SESSIONS.get(db, session) is None:
            sessions.SESSIONS.add(db, sessions.StoredSession(session, "sv", AFTER_DUE.replace(year=2028)))
        sessions.let_in(db, session, contact, address, BEFORE_DUE)


def _is_late(writer: Writer, now: datetime) -> bool:
    return writer.sheet.due is not None and now.date() > writer.sheet.due


def town_of(year: bytes, portal: bytes, folder: Path) -> SheetTown:
    """A town over copies of those files, with a contact of each party; nothing is written yet."""
    town = town_in(year, portal, folder)
    return settled(town.office)


def desk_in(folder: Path, year: bytes, portal: bytes) -> Office:
    """A portal with sheets over copies of those files, before they are due."""
    (folder / "portal.db").write_bytes(portal)
    (folder / "portal.db").chmod(0o600)
    copied(year, folder / "y.db")
    return desk_over(folder)


def desk_over(folder: Path) -> Office:
    """A portal with sheets over the databases in that folder, before they are due; and the contacts that wait there."""
    waiting: dict[str, str] = json.loads((folder / KNOWN).read_text()) if (folder / KNOWN).exists() else {}
    return Office(open_store(str(folder / "y.db")), open_own(str(folder / "portal.db")), BEFORE_DUE, waiting=waiting)


def town_in(year: bytes, portal: bytes, folder: Path) -> SheetTown:
    """A town over copies of those files."""
    made = SheetTown(desk_in(folder, year, portal))
    made.look_again()
    return made


def settled(office: Office) -> SheetTown:
    """The town of an office: a contact of each party, carried out."""
    for party in PARTIES:
        office.invited(party, "sheet")
    made = SheetTown(office)
    made.look_again()
    return made
