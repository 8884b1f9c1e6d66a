"""Access to information sheets: a party reads its own sections, and of others the given ones.

Nothing leaves the portal's database but the register: which sections were given, when, and how complete.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from arshjul.errors import InputError, Message, Refused
from arshjul.portal.actions.entries import today
from arshjul.portal.actions.purging import refuse_purged
from arshjul.portal.store import sheets as rows
from arshjul.portal.store.contacts import PortalContact
from arshjul.portal.store.sheet_keys import SheetKeys
from arshjul.portal.store.sheets import Purge, Reading, SectionRow, SheetOrder
from arshjul.serving.sql.database import Database, Transaction
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.domain.information_sheet.declared import SECTIONS, SheetField, SheetSection
from arshjul.year.domain.information_sheet.sections import (
    Choices,
    Grounds,
    ReaderSheet,
    Section,
    State,
    Value,
    sheet_of,
)
from arshjul.year.domain.party_view import PartyView, ViewSheet
from arshjul.year.formats.information_sheet.sheet_json import from_content

CLOCKS_APART = timedelta(minutes=2)
"""So far the portal's clock may be behind ours, by which it is noted since when a party takes part."""

READ_BY_WRITER = timedelta(hours=8)
"""The time for which the session that has saved a section is shown it again."""


MOST_READINGS = 50
"""The number of readings shown, the last ones."""

MOST_TRIED = 5
"""The number of last sheets searched for choices and texts: purged ones have none."""


class NoKey(InputError):
    """A section that does not open: its key was removed, or is in another file."""

    def __init__(self) -> None:
        super().__init__(Message("The section cannot be opened: its key is not in the file of --sheet-keys."))


@dataclass(frozen=True, slots=True)
class SheetOffice:
    keys: SheetKeys
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Writer:
    """A contact that writes, in a session, the sheet of an operation that its party's view has."""

    contact: PortalContact
    session: str
    view: PartyView
    sheet: ViewSheet
    is_raised: bool = False
    """Permission to read, by a code."""

    @property
    def party(self) -> str:
        return self.contact.party


@dataclass(frozen=True, slots=True)
class OwnSection:
    """`section`: None if this session may not read it. `opens`: a key does. `needs_code`: to write it anew."""

    row: SectionRow
    section: Section | None
    opens: bool = True
    needs_code: bool = False

    @property
    def is_given(self) -> bool:
        return self.row.state != "draft"


def own_sections(portal: Database, office: SheetOffice, writer: Writer, now: datetime) -> dict[str, OwnSection]:
    """The last version of each section that the party has written, by section. PurgedSheet if all was, for good."""
    with portal.reading() as db:
        refuse_purged_sheet(db, writer, now)
        there, with_code = own_rows(db, writer), guarded(db, office.keys, writer)
    return {row.section: _own(office, writer, row, now, needs_code=row.section in with_code) for row in there}


def _own(office: SheetOffice, writer: Writer, row: SectionRow, now: datetime, *, needs_code: bool) -> OwnSection:
    may_read = writer.is_raised or (row.session == writer.session and now - row.saved_at < READ_BY_WRITER)
    section = opened(office.keys, row) if may_read else None
    return OwnSection(row, section, section is not None or not may_read, needs_code)


def refuse_purged_sheet(db: Transaction, writer: Writer, now: datetime) -> None:
    """PurgedSheet if all was purged. Of an operation that lies ahead all is given anew after that."""
    if writer.sheet.first < today(writer.view, now):
        refuse_purged(db, writer.sheet.operation)


def own_rows(db: Transaction, writer: Writer) -> list[SectionRow]:
    """The last version of each of the party's sections."""
    return list({version.section: version for version in _own_versions(db, writer)}.values())


def given_rows(db: Transaction, writer: Writer) -> dict[tuple[str, str], SectionRow]:
    """The last version that the party has given, by section and state: as it was, and as an addendum."""
    return {
        (version.section, version.state): version for version in _own_versions(db, writer) if version.state != "draft"
    }


def _own_versions(db: Transaction, writer: Writer) -> list[SectionRow]:
    return [
        section_row
        for section_row in rows.of_operation(db, writer.sheet.operation)
        if section_row.party == writer.party
    ]


def guarded(db: Transaction, keys: SheetKeys, writer: Writer) -> set[str]:
    """The party's sections that were given with a code, where the writer has entered none."""
    if writer.is_raised:
        return set()
    given = {version.section: version for version in _own_versions(db, writer) if version.state != "draft"}
    return {id for id, row in given.items() if (there := opened(keys, row)) is not None and there.with_code}


def opened(keys: SheetKeys, row: SectionRow) -> Section | None:
    """A row's contents, without the readers that the coordinator has taken from it; None if nothing opens it."""
    plain = keys.decrypted(row.place, row.body)
    if plain is None:
        return None
    kept = json.loads(plain)
    stands = {"operation": row.operation, "owner": row.party, "id": row.section, "version": row.version}
    section = from_content(kept["content"], {**stands, "state": row.state, "salt": kept["salt"]})
    return replace(section, to=tuple(reader for reader in section.to if reader not in row.without))


def written_in(sheet: ViewSheet) -> tuple[SheetSection, ...]:
    return tuple(SECTIONS[id] for id in sheet.sections if id in SECTIONS)


def left_to_give(portal: Database, view: PartyView, day: date) -> list[tuple[ViewSheet, list[str]]]:
    """The party's sheets that lie ahead, by date, each with the sections that are wanted of it and not given."""
    with portal.reading() as db:
        given = rows.given_by(db, view.party)
    found = []
    for sheet in view.sheets:
        wanted = [section.id for section in written_in(sheet) if section.required]
        if sheet.first >= day:
            found.append((sheet, [id for id in wanted if (sheet.operation, id) not in given]))
    return found


def purged_of(portal: Database, view: PartyView) -> list[Purge]:
    with portal.reading() as db:
        purged = rows.purges(db)
    return sorted(
        (purge for purge in purged.values() if purge.operation in {sheet.operation for sheet in view.sheets}),
        key=lambda one: one.at,
        reverse=True,
    )


def last_choices(portal: Database, office: SheetOffice, writer: Writer, id: str) -> Choices | None:
    """The party's choices when it last gave that section, of the operation that texts are filled in from if any is.

    So they go to nobody else unseen. Any session of the party's gets that, without a code; of what was given nothing
    else goes on from here.
    """
    if (alike := _last_alike(portal, office, writer, id)) is not None:
        return _choices(alike)
    with portal.reading() as db:
        there = rows.last_given(db, writer.party, id, MOST_TRIED)
    found = next((section for row in there if (section := opened(office.keys, row)) is not None), None)
    return None if found is None else _choices(found)


def _last_alike(portal: Database, office: SheetOffice, writer: Writer, id: str) -> Section | None:
    """The section as it was last given with what a party says of each operation: of the same sector, else of any.

    Of operations that the party has a part in and whose key is there still.
    """
    others = {sheet.operation: sheet for sheet in writer.view.sheets if sheet.operation != writer.sheet.operation}
    alike = [operation for operation, one in others.items() if one.sector and one.sector == writer.sheet.sector]
    with portal.reading() as db:
        there = [row for of in (alike, [*others]) for row in rows.last_given(db, writer.party, id, MOST_TRIED, of)]
    sections = (opened(office.keys, row) for row in there)
    return next((section for section in sections if section is not None and section.recurring), None)


def _choices(section: Section) -> Choices:
    return Choices(section.operation, section.to, section.protects, section.ground, section.use)


@dataclass(frozen=True, slots=True)
class LastTexts:
    """`other_sector`: that of the operation it was of, if it is another."""

    sheet: ViewSheet
    values: Mapping[str, Value]
    other_sector: str = ""

    def left_in(self, section: Section) -> list[SheetField]:
        """The fields of another sector's that still say in the section what they stood filled in with."""
        left = {key for key, value in self.values.items() if self.other_sector and section.values.get(key) == value}
        return [field for field in section.declared.fields if field.key in left]


def last_texts(portal: Database, office: SheetOffice, writer: Writer, id: str) -> LastTexts | None:
    """None without a code, which all that was given is read with."""
    if not writer.is_raised or (section := _last_alike(portal, office, writer, id)) is None:
        return None
    sheet = next(sheet for sheet in writer.view.sheets if sheet.operation == section.operation)
    here = writer.sheet.sector
    return LastTexts(sheet, section.recurring, sheet.sector if here and sheet.sector != here else "")


def has_given(portal: Database, writer: Writer, id: str) -> bool:
    """True if the party has given that section of another operation that it has a part in."""
    others = [sheet.operation for sheet in writer.view.sheets if sheet.operation != writer.sheet.operation]
    with portal.reading() as db:
        return bool(rows.last_given(db, writer.party, id, 1, others))


def is_frozen(portal: Database, writer: Writer, now: datetime) -> bool:
    """True if the due date has passed, or the coordinator has frozen the sheet: what is given now is an addendum."""
    with portal.reading() as db:
        return given_as(db, writer, now) == "addendum"


def given_as(db: Transaction, writer: Writer, now: datetime) -> State:
    """The state of a section given now: an addendum if the sheet is frozen."""
    due = writer.sheet.due
    is_late = due is not None and today(writer.view, now) > due
    day = writer.sheet.first.isoformat()
    is_frozen = is_late or any(
        order.is_lock and order.section == day for order in rows.orders(db, writer.sheet.operation)
    )
    return "addendum" if is_frozen else "given"


def taken_by_order(portal: Database, writer: Writer) -> list[SheetOrder]:
    """In order: the coordinator's orders, and the party's own where a copy that lacked them was put back."""
    with portal.reading() as db:
        there = [order for order in rows.orders(db, writer.sheet.operation) if order.party == writer.party]
    return sorted(there, key=lambda one: one.at)


def reader_sheet(portal: Database, keys: SheetKeys, reader: str, sheet: ViewSheet) -> ReaderSheet:
    """Sections of an operation's sheet that a party may read; `sheet`: from its own view.

    Of others' sections none that was last given before the reader's part in the operation began: who has come, or come
    back, reads what it is given from then on.
    """
    taking_part = {reader, *(party.id for party in sheet.readers)}
    with portal.reading() as db:
        there = rows.of_operation(db, sheet.operation)
        since = rows.parts_since(db, sheet.operation).get(reader)
    if since is None:
        return ReaderSheet(sheet.operation, reader, ())
    last = {(section_row.party, section_row.section, section_row.state): section_row.saved_at for section_row in there}
    there = [
        section_row
        for section_row in there
        if section_row.party == reader
        or last[section_row.party, section_row.section, section_row.state] >= since - CLOCKS_APART
    ]
    readable = [opened(keys, row) or _closed(row) for row in there if row.state != "draft" or row.party == reader]
    return sheet_of(sheet.operation, reader, taking_part, readable)


def came_later(portal: Database, writer: Writer) -> list[tuple[str, datetime, list[str]]]:
    """Readers since the party gave sections, their time, and those letters: they read none unless given anew."""
    others = {reader.id for reader in writer.sheet.readers}
    with portal.reading() as db:
        parts = rows.parts_since(db, writer.sheet.operation)
        given = given_rows(db, writer).values()
    found = []
    for party, since in sorted(parts.items()):
        before = sorted(
            {section_row.section[0] for section_row in given if section_row.saved_at < since - CLOCKS_APART}
        )
        if party in others and before:
            found.append((party, since, before))
    return found


def may_read(portal: Database, keys: SheetKeys, writer: Writer) -> dict[str, dict[str, tuple[str, ...]]]:
    """Other parties that now read the party's given sections: by section and state; nothing that does not open."""
    others = {reader.id for reader in writer.sheet.readers}
    with portal.reading() as db:
        parts = rows.parts_since(db, writer.sheet.operation)
        given = given_rows(db, writer).values()
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in given:
        if (section := opened(keys, row)) is not None:
            there = (id for id in section.to if id in others and id in parts)
            to = tuple(id for id in there if row.saved_at >= parts[id] - CLOCKS_APART)
            found.setdefault(row.section, {})[row.state] = to
    return found


def _closed(row: SectionRow) -> Section:
    state: State = "draft" if row.state == "draft" else "addendum" if row.state == "addendum" else "given"
    return Section(row.operation, row.party, row.section, row.version, state, opens=False)


def read(portal: Database, office: SheetOffice, reader: Writer) -> ReaderSheet:
    """Sections that the reader's party may read. Refused without a code. `note_reading` comes before showing it."""
    if not reader.is_raised:
        raise Refused(Message("Reading needs a code."))
    return reader_sheet(portal, office.keys, reader.party, reader.sheet)


def note_reading(portal: Database, sheet: ReaderSheet, contact: str, now: datetime, pdf: bytes = b"") -> None:
    """For the owners; contact "": printed for that party. `pdf`: its hash is noted of the reader's own sections too."""
    read = [section for section in sheet.sections if pdf or section.owner != sheet.reader]
    digest = digest_of(pdf) if pdf else ""
    with portal.writing() as db:
        places = [(section.operation, section.owner, section.id, section.version) for section in read]
        rows.READINGS.add(db, *[Reading(*place, sheet.reader, contact, now, digest) for place in places])


def readings_of(portal: Database, writer: Writer) -> list[Reading]:
    with portal.reading() as db:
        return rows.readings(db, writer.sheet.operation, writer.party, MOST_READINGS)
