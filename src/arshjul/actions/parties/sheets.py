"""A party's sections of information sheets: saved page by page, given to named readers, and read by them.

Nothing leaves the portal's database but the register: which sections were given, when, and how complete.
"""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from arshjul.actions.parties.entries import TooMany, keep, new_row, refuse_unsound, today
from arshjul.actions.parties.purging import DRAFTS_KEPT, are_drafts_over, refuse_purged
from arshjul.actions.parties.sessions import contact_in
from arshjul.domain.information_sheet.declared import SECTIONS, SheetField, SheetSection
from arshjul.domain.information_sheet.grounds import Grounds
from arshjul.domain.information_sheet.sections import Choices, ReaderSheet, Section, State, Value, sheet_of
from arshjul.domain.party_view import PartyView, ViewSheet
from arshjul.errors import InputError, Message, Refused, StorageError
from arshjul.formats.feeds.view_json import from_text
from arshjul.formats.information_sheet.section_json import from_content, to_content
from arshjul.formats.schema.party_entry import KINDS, SHEET
from arshjul.store.chain import digest_of
from arshjul.store.database import Database, Transaction
from arshjul.store.portal import inbox, views
from arshjul.store.portal import sheets as rows
from arshjul.store.portal.contacts import PortalContact
from arshjul.store.portal.inbox import InboxRow
from arshjul.store.portal.sheet_keys import SheetKeys
from arshjul.store.portal.sheets import Purge, Reading, SectionRow, SheetOrder

NEEDS_CODE = Message("The section was given with a code: writing it again needs one too.")
NOT_TAKEN = Message("A section cannot be opened, and nothing was removed: call the portal's operator.")
SALT_BYTES = 32
CLOCKS_APART = timedelta(minutes=2)
"""So far the portal's clock may be behind ours, by which it is noted since when a party takes part."""

READ_BY_WRITER = timedelta(hours=8)
"""How long the session that has saved a section is shown it again."""


MOST_READINGS = 50
"""How many readings are shown, the last ones."""

MOST_TRIED = 5
"""How many of the last sheets are looked at for what was chosen or written: those that were purged have none."""


class NoKey(InputError):
    """What was written does not open: its key was removed, or is in another file."""

    def __init__(self) -> None:
        super().__init__(Message("The section cannot be opened: its key is not in the file of --sheet-keys."))


@dataclass(frozen=True, slots=True)
class SheetOffice:
    keys: SheetKeys
    grounds: Grounds


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes: a contact, in a session, for the sheet of an operation that its party's view has."""

    contact: PortalContact
    session: str
    view: PartyView
    sheet: ViewSheet
    is_raised: bool = False
    """It may read, by a code."""

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


@contextmanager
def _at_desk(portal: Database, writer: Writer, now: datetime) -> Iterator[tuple[Transaction, Writer]]:
    """A transaction in which a party writes, and its writer as it is by then, whatever its page was made of before.

    NotLetIn if the session has ended, or its contact; InputError if it writes of the operation no more.
    """
    with portal.writing() as db:
        contact = contact_in(db, writer.session, writer.contact.id, now)
        body = views.body(db, contact.party)[1]
        view = from_text(body) if body else writer.view
        sheet = next((one for one in view.sheets if one.operation == writer.sheet.operation), None)
        if sheet is None or not KINDS[SHEET].is_allowed(contact.may):
            raise InputError(Message("There is no such page."))
        yield db, Writer(contact, writer.session, view, sheet, writer.is_raised and not contact.is_locked)


def own_sections(portal: Database, office: SheetOffice, writer: Writer, now: datetime) -> dict[str, OwnSection]:
    """The last version of each section that the party has written, by section. PurgedSheet if all was, for good."""
    with portal.reading() as db:
        _refuse_purged(db, writer, now)
        there, guarded = _own_rows(db, writer), _guarded(db, office.keys, writer)
    return {row.section: _own(office, writer, row, now, needs_code=row.section in guarded) for row in there}


def _own(office: SheetOffice, writer: Writer, row: SectionRow, now: datetime, *, needs_code: bool) -> OwnSection:
    section = _shown(office, writer, row, now)
    return OwnSection(row, section, section is not None or not _may_read(writer, row, now), needs_code)


def _refuse_purged(db: Transaction, writer: Writer, now: datetime) -> None:
    """PurgedSheet if all was purged. Of an operation that lies ahead all is given anew after that."""
    if writer.sheet.first < today(writer.view, now):
        refuse_purged(db, writer.sheet.operation)


def _own_rows(db: Transaction, writer: Writer) -> list[SectionRow]:
    last = {one.section: one for one in rows.of_operation(db, writer.sheet.operation) if one.party == writer.party}
    return list(last.values())


def _guarded(db: Transaction, keys: SheetKeys, writer: Writer) -> set[str]:
    """The party's sections that were given with a code, where the writer has entered none."""
    if writer.is_raised:
        return set()
    own = [one for one in rows.of_operation(db, writer.sheet.operation) if one.party == writer.party]
    given = {one.section: one for one in own if one.state != "draft"}
    return {id for id, row in given.items() if (there := opened(keys, row)) is not None and there.with_code}


def _shown(office: SheetOffice, writer: Writer, row: SectionRow, now: datetime) -> Section | None:
    return opened(office.keys, row) if _may_read(writer, row, now) else None


def _may_read(writer: Writer, row: SectionRow, now: datetime) -> bool:
    return writer.is_raised or (row.session == writer.session and now - row.saved_at < READ_BY_WRITER)


def opened(keys: SheetKeys, row: SectionRow) -> Section | None:
    """What a row says, without the readers that the coordinator has taken from it; None if nothing opens it."""
    plain = keys.decrypted(row.place, row.body)
    if plain is None:
        return None
    kept = json.loads(plain)
    stands = {"operation": row.operation, "owner": row.party, "id": row.section, "version": row.version}
    section = from_content(kept["content"], {**stands, "state": row.state, "salt": kept["salt"]})
    return replace(section, to=tuple(one for one in section.to if one not in row.without))


def written_in(sheet: ViewSheet) -> tuple[SheetSection, ...]:
    return tuple(SECTIONS[id] for id in sheet.sections if id in SECTIONS)


def left_to_give(portal: Database, view: PartyView, day: date) -> list[tuple[ViewSheet, list[str]]]:
    """The party's sheets that lie ahead, by date, each with the sections that are wanted of it and not given."""
    with portal.reading() as db:
        given = rows.given_by(db, view.party)
    found = []
    for sheet in view.sheets:
        wanted = [one.id for one in written_in(sheet) if one.required]
        if sheet.first >= day:
            found.append((sheet, [id for id in wanted if (sheet.operation, id) not in given]))
    return found


def purged_of(portal: Database, view: PartyView) -> list[Purge]:
    with portal.reading() as db:
        purged = rows.purges(db)
    return sorted(
        (one for one in purged.values() if one.operation in {sheet.operation for sheet in view.sheets}),
        key=lambda one: one.at,
        reverse=True,
    )


def last_choices(portal: Database, office: SheetOffice, writer: Writer, id: str) -> Choices | None:
    """What the party chose when it last gave that section, of the operation that texts are filled in from if any is.

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
    others = {one.operation: one for one in writer.view.sheets if one.operation != writer.sheet.operation}
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
        return [one for one in section.declared.fields if one.key in left]


def last_texts(portal: Database, office: SheetOffice, writer: Writer, id: str) -> LastTexts | None:
    """None without a code, which all that was given is read with."""
    if not writer.is_raised or (section := _last_alike(portal, office, writer, id)) is None:
        return None
    sheet = next(one for one in writer.view.sheets if one.operation == section.operation)
    here = writer.sheet.sector
    return LastTexts(sheet, section.recurring, sheet.sector if here and sheet.sector != here else "")


def has_given(portal: Database, writer: Writer, id: str) -> bool:
    """True if the party has given that section of another operation that it has a part in."""
    others = [one.operation for one in writer.view.sheets if one.operation != writer.sheet.operation]
    with portal.reading() as db:
        return bool(rows.last_given(db, writer.party, id, 1, others))


def save(
    portal: Database, office: SheetOffice, who: Writer, section: Section, seen: str, now: datetime
) -> SectionRow | None:
    """Saves a section as a draft, in place of the former one. InputError if drafts of the operation are kept no more.
    Refused where it was given with a code, and the writer has entered none.

    `seen`: the seal of the version that the writer was shown, "" for none. Where another has been saved since, be it
    from another window, nothing is saved, and that one is returned; but not for a second press.
    """
    with _at_desk(portal, who, now) as (db, writer):
        _refuse_over(writer, now)
        _refuse_purged(db, writer, now)
        there = next((one for one in _own_rows(db, writer) if one.section == section.id), None)
        if there is not None and there.seal != seen:
            own = opened(office.keys, there) if there.session == writer.session else None
            if own is None or (own.values, own.why_not) != (section.values, section.why_not):
                return there
        if section.id in _guarded(db, office.keys, writer):
            raise Refused(NEEDS_CODE)
        rows.put(db, _row(db, office, writer, _numbered(db, writer, section), "draft", now))
    return None


def _numbered(db: Transaction, writer: Writer, section: Section) -> Section:
    """The section under the number of its draft, or the next one."""
    own = next((one for one in _own_rows(db, writer) if one.section == section.id), None)
    if own is not None and own.state == "draft":
        return replace(section, version=own.version)
    return replace(section, version=rows.last_version(db, section.operation, section.owner, section.id) + 1)


def _row(
    db: Transaction, office: SheetOffice, writer: Writer, section: Section, state: str, now: datetime
) -> SectionRow:
    plain, seal = _sealed(section, secrets.token_hex(SALT_BYTES))
    place = (section.operation, section.owner, section.id, section.version)
    is_first = not rows.holds_any(db, section.operation if office.keys.is_there else "")
    body = office.keys.encrypted(place, plain, is_first=is_first)
    return SectionRow(*place, state, writer.session, now, seal, body)


def _sealed(section: Section, salt: str) -> tuple[bytes, str]:
    """The text of what a section says, with the salt, and the SHA-256 of it."""
    plain = json.dumps({"salt": salt, "content": to_content(section)}, ensure_ascii=False, sort_keys=True).encode()
    return plain, digest_of(plain)


def refusals(section: Section, writer: Writer, grounds: Grounds) -> Iterator[tuple[str, Message]]:
    """What stands against giving a section as it is, each with the name of its field."""
    for one in section.unanswered:
        yield one.key, Message("{field} has no answer: write one, or a reason.", {"field": one.label})
    if set(section.to) - {one.id for one in writer.sheet.readers}:
        yield "to", Message("A reader has left the operation: choose anew.")
    if section.protects and grounds.protection(section.protects) is None:
        yield "protects", Message("Choose a provision, or write it with its chapter, as 30 kap. 20 § OSL.")
    elif section.protects and section.to:
        yield from _weighed(section, grounds)


def _weighed(section: Section, grounds: Grounds) -> Iterator[tuple[str, Message]]:
    """Of what is protected and given: its ground must be one that can be used for it, and it must be weighed."""
    protection = grounds.protection(section.protects)
    if section.ground not in grounds.grounds:
        yield "ground", Message("Choose a ground for protected information.")
    elif (because := grounds.refusal(section.protects, section.ground)) is not None:
        values = {
            "ground": grounds.grounds[section.ground].name,
            "protection": section.protects if protection is None else protection.name,
            "because": because,
        }
        text = Message("{ground} cannot be used for what {protection} protects: {because}", values)
        if possible := ", ".join(one.name for one in grounds.possible(section.protects)):
            text = Message("{text} Possible here: {grounds}.", {"text": text, "grounds": possible})
        yield "ground", text
    if not section.weighed:
        yield "weighed", Message("Write how you weighed it: protected information is given only after that.")


def give(
    portal: Database,
    office: SheetOffice,
    who: Writer,
    sections: Iterable[Section],
    seen: Iterable[SectionRow],
    form_key: str,
    now: datetime,
) -> InboxRow | None:
    """Gives sections to their readers, and keeps the entry of it, in one transaction.

    Refused where the contact is locked, or a section was given with a code and this writer has entered none; InputError
    if one cannot be given. Of a frozen sheet it is an addendum. `seen`: the versions that the writer was shown; None,
    and nothing is given, where one has been saved since, or the coordinator has taken a reader away.
    """
    with _at_desk(portal, who, now) as (db, writer):
        _refuse_locked(writer)
        _refuse_purged(db, writer, now)
        if (before := inbox.INBOX.where(contact=writer.contact.id, key=form_key).first(db)) is not None:
            return before
        there = {one.section: one.seen_as for one in _own_rows(db, writer)}
        if any(there.get(one.section) != one.seen_as for one in seen):
            return None
        state = _given_as(db, writer, now)
        as_given = (replace(_numbered(db, writer, one), with_code=writer.is_raised) for one in sections)
        made = [(one, _row(db, office, writer, one, state, now)) for one in as_given]
        if _guarded(db, office.keys, writer) & {one.id for one, _ in made}:
            raise Refused(NEEDS_CODE)
        if any(True for one, _ in made for _ in refusals(one, writer, office.grounds)):
            raise InputError(Message("A section is incomplete: open it, and fill it in."))
        body = {"operation": writer.sheet.operation, "sections": [_registered(one, row) for one, row in made]}
        entry = new_row(writer.contact, form_key, SHEET, body, "", "", now)
        refuse_unsound(writer.contact, entry, body, writer.view)
        for _, row in made:
            rows.put(db, row)
        return keep(db, entry, writer.session)


def _refuse_over(writer: Writer, now: datetime) -> None:
    """InputError if the operation is so long over that nothing more is written of it."""
    if are_drafts_over(writer.view, writer.sheet.operation, now):
        values = {"operation": writer.sheet.operation, "n": DRAFTS_KEPT.days}
        raise InputError(Message("{operation} was more than {n} days ago: its sheet is closed.", values))


def _refuse_locked(writer: Writer) -> None:
    """Refused where the contact is locked: it gives nothing, and takes nothing away."""
    if writer.contact.is_locked:
        raise Refused(Message("Information from this contact now reaches nobody: call the coordinator."))


def is_frozen(portal: Database, writer: Writer, now: datetime) -> bool:
    """True if the due date has passed, or the coordinator has frozen the sheet: what is given now is an addendum."""
    with portal.reading() as db:
        return _given_as(db, writer, now) == "addendum"


def _given_as(db: Transaction, writer: Writer, now: datetime) -> State:
    """What is given now is an addendum, if the sheet is frozen."""
    due = writer.sheet.due
    is_late = due is not None and today(writer.view, now) > due
    day = writer.sheet.first.isoformat()
    is_frozen = is_late or any(one.is_lock and one.section == day for one in rows.orders(db, writer.sheet.operation))
    return "addendum" if is_frozen else "given"


def taken_by_order(portal: Database, writer: Writer) -> list[SheetOrder]:
    """In order: the coordinator's orders, and the party's own where a copy that lacked them was put back."""
    with portal.reading() as db:
        there = [one for one in rows.orders(db, writer.sheet.operation) if one.party == writer.party]
    return sorted(there, key=lambda one: one.at)


def take_from(portal: Database, office: SheetOffice, who: Writer, reader: str, section: str, now: datetime) -> int:
    """Takes a reader from what the party has given, due or not, at once; `section`: "" for all. How many it had.

    A version without that reader stands in the place of each, as of when it was given and for whoever wrote it: the
    session that takes away is shown nothing by it. Refused where the contact is locked; StorageError if one does not
    open, for its readers are in it.
    """
    n_taken = 0
    with _at_desk(portal, who, now) as (db, writer):
        _refuse_locked(writer)
        _refuse_purged(db, writer, now)
        own = [one for one in rows.of_operation(db, writer.sheet.operation) if one.party == writer.party]
        given = {(one.section, one.state): one for one in own if one.state != "draft" and section in ("", one.section)}
        last = list[Mapping[str, object]]()
        for row in given.values():
            there = opened(office.keys, row)
            if there is None:
                raise StorageError(NOT_TAKEN)
            if reader in there.to:
                to = tuple(one for one in there.to if one != reader)
                there = _narrow(db, office, writer, row, replace(there, to=to))
                n_taken += 1
            last.append(_registered(there, row))
        body = {"operation": writer.sheet.operation, "taken_from": reader, "sections": last}
        with suppress(TooMany):  # nothing keeps anybody from taking a reader away
            done = [(one["section"], one["version"]) for one in last], f"{now:%Y-%m-%d %H:%M}"
            key = digest_of(f"{writer.sheet.operation} {reader} {done}".encode())  # a second press is the same entry
            keep(db, new_row(writer.contact, key, SHEET, body, "", "", now), writer.session)
    return n_taken


def _narrow(db: Transaction, office: SheetOffice, writer: Writer, row: SectionRow, narrowed: Section) -> Section:
    """Puts the section above all its versions, which is returned, and its draft, if there is one, above that."""
    last = next(one for one in _own_rows(db, writer) if one.section == row.section)
    draft = opened(office.keys, last) if last.state == "draft" else None
    above = replace(narrowed, version=last.version + (draft is None))
    made = _row(db, office, writer, above, row.state, row.saved_at)
    rows.put(db, replace(made, session=row.session))
    if draft is not None:
        made = _row(db, office, writer, replace(draft, version=above.version + 1), "draft", last.saved_at)
        rows.put(db, replace(made, session=last.session))
    return above


def _registered(section: Section, row: SectionRow) -> Mapping[str, object]:
    there = section.completeness
    return {
        "section": section.id,
        "version": section.version,
        "is_addendum": row.state == "addendum",
        "answered": there.n_answered,
        "unknown": there.n_unknown,
        "withheld": there.n_withheld,
        "seal": row.seal,
    }


def reader_sheet(portal: Database, keys: SheetKeys, reader: str, sheet: ViewSheet) -> ReaderSheet:
    """What a party may read of an operation's sheet; `sheet`: from its own view.

    Of others' sections none that was last given before the reader's part in the operation began: who has come, or come
    back, reads what it is given from then on.
    """
    taking_part = {reader, *(one.id for one in sheet.readers)}
    with portal.reading() as db:
        there = rows.of_operation(db, sheet.operation)
        since = rows.parts_since(db, sheet.operation).get(reader)
    if since is None:
        return ReaderSheet(sheet.operation, reader, ())
    last = {(one.party, one.section, one.state): one.saved_at for one in there}
    there = [
        one for one in there if one.party == reader or last[one.party, one.section, one.state] >= since - CLOCKS_APART
    ]
    readable = [opened(keys, row) or _closed(row) for row in there if row.state != "draft" or row.party == reader]
    return sheet_of(sheet.operation, reader, taking_part, readable)


def came_later(portal: Database, writer: Writer) -> list[tuple[str, datetime, list[str]]]:
    """Who has come since the party gave sections, when, and the letters of those: it reads none unless given anew."""
    others = {one.id for one in writer.sheet.readers}
    with portal.reading() as db:
        parts = rows.parts_since(db, writer.sheet.operation)
        own = [one for one in rows.of_operation(db, writer.sheet.operation) if one.party == writer.party]
    last = {(one.section, one.state): one.saved_at for one in own if one.state != "draft"}
    found = []
    for party, since in sorted(parts.items()):
        before = sorted({id[0] for (id, _), at in last.items() if at < since - CLOCKS_APART})
        if party in others and before:
            found.append((party, since, before))
    return found


def may_read(portal: Database, keys: SheetKeys, writer: Writer) -> dict[str, dict[str, tuple[str, ...]]]:
    """Who else reads now what the party has given: by section and state; nothing of what does not open."""
    others = {one.id for one in writer.sheet.readers}
    with portal.reading() as db:
        parts = rows.parts_since(db, writer.sheet.operation)
        own = [one for one in rows.of_operation(db, writer.sheet.operation) if one.party == writer.party]
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in {(one.section, one.state): one for one in own if one.state != "draft"}.values():
        if (section := opened(keys, row)) is not None:
            there = (id for id in section.to if id in others and id in parts)
            to = tuple(id for id in there if row.saved_at >= parts[id] - CLOCKS_APART)
            found.setdefault(row.section, {})[row.state] = to
    return found


def _closed(row: SectionRow) -> Section:
    state: State = "draft" if row.state == "draft" else "addendum" if row.state == "addendum" else "given"
    return Section(row.operation, row.party, row.section, row.version, state, opens=False)


def read(portal: Database, office: SheetOffice, reader: Writer) -> ReaderSheet:
    """What the reader's party may read. Refused without a code. Whoever shows it notes that first (`note_reading`)."""
    if not reader.is_raised:
        raise Refused(Message("Reading needs a code."))
    return reader_sheet(portal, office.keys, reader.party, reader.sheet)


def note_reading(portal: Database, sheet: ReaderSheet, contact: str, now: datetime, pdf: bytes = b"") -> None:
    """For the owners; contact "": printed for that party. `pdf`: its hash is noted of the reader's own sections too."""
    read = [one for one in sheet.sections if pdf or one.owner != sheet.reader]
    digest = digest_of(pdf) if pdf else ""
    with portal.writing() as db:
        rows.READINGS.add(db, *[Reading(*_place(one), sheet.reader, contact, now, digest) for one in read])


def _place(one: Section) -> tuple[str, str, str, int]:
    return one.operation, one.owner, one.id, one.version


def readings_of(portal: Database, writer: Writer) -> list[Reading]:
    with portal.reading() as db:
        return rows.readings(db, writer.sheet.operation, writer.party, MOST_READINGS)
