"""Writing of information sheets: saved page by page, given to named readers, and taken from them."""

import json
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime

from arshjul.errors import InputError, Message, Refused, StorageError
from arshjul.portal.actions.entries import TooMany, keep, new_row, refuse_unsound
from arshjul.portal.actions.purging import DRAFTS_KEPT, are_drafts_over
from arshjul.portal.actions.sessions import contact_in
from arshjul.portal.actions.sheets import (
    SheetOffice,
    Writer,
    given_as,
    given_rows,
    guarded,
    opened,
    own_rows,
    refuse_purged_sheet,
)
from arshjul.portal.store import inbox, views
from arshjul.portal.store import sheets as rows
from arshjul.portal.store.inbox import InboxRow
from arshjul.portal.store.sheets import SectionRow
from arshjul.serving.sql.database import Database, Transaction
from arshjul.serving.sql.hashes import digest_of
from arshjul.year.domain.information_sheet.sections import Grounds, Section
from arshjul.year.formats.feeds.view_json import from_text
from arshjul.year.formats.information_sheet.sheet_json import to_content
from arshjul.year.formats.schema.party_entry import KINDS, SHEET

NEEDS_CODE = Message("The section was given with a code: writing it again needs one too.")


NOT_TAKEN = Message("A section cannot be opened, and nothing was removed: call the portal's operator.")


SALT_BYTES = 32


@contextmanager
def _at_desk(portal: Database, writer: Writer, now: datetime) -> Iterator[tuple[Transaction, Writer]]:
    """A transaction in which a party writes, and its writer as it is by then, whatever its page was made of before.

    NotLetIn if the session has ended, or its contact; InputError if it writes of the operation no more.
    """
    with portal.writing() as db:
        contact = contact_in(db, writer.session, writer.contact.id, now)
        body = views.body(db, contact.party)[1]
        view = from_text(body) if body else writer.view
        sheet = next((sheet for sheet in view.sheets if sheet.operation == writer.sheet.operation), None)
        if sheet is None or not KINDS[SHEET].is_allowed(contact.may):
            raise InputError(Message("There is no such page."))
        yield db, Writer(contact, writer.session, view, sheet, writer.is_raised and not contact.is_locked)


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
        refuse_purged_sheet(db, writer, now)
        there = next((row for row in own_rows(db, writer) if row.section == section.id), None)
        if there is not None and there.seal != seen:
            own = opened(office.keys, there) if there.session == writer.session else None
            if own is None or (own.values, own.why_not) != (section.values, section.why_not):
                return there
        if section.id in guarded(db, office.keys, writer):
            raise Refused(NEEDS_CODE)
        rows.put(db, _row(db, office, writer, _numbered(db, writer, section), "draft", now))
    return None


def _numbered(db: Transaction, writer: Writer, section: Section) -> Section:
    """The section under the number of its draft, or the next one."""
    own = next((row for row in own_rows(db, writer) if row.section == section.id), None)
    if own is not None and own.state == "draft":
        return replace(section, version=own.version)
    versions = rows.SECTIONS.where(operation=section.operation, party=section.owner, section=section.id)
    return replace(section, version=versions.highest(db, rows.SECTIONS.c.version) + 1)  # of purged ones too


def _row(
    db: Transaction, office: SheetOffice, writer: Writer, section: Section, state: str, now: datetime
) -> SectionRow:
    said = {"salt": secrets.token_hex(SALT_BYTES), "content": to_content(section)}
    plain = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
    place = (section.operation, section.owner, section.id, section.version)
    is_first = not rows.holds_any(db, section.operation if office.keys.is_there else "")
    body = office.keys.encrypted(place, plain, is_first=is_first)
    return SectionRow(*place, state, writer.session, now, digest_of(plain), body)


def refusals(section: Section, writer: Writer, grounds: Grounds) -> Iterator[tuple[str, Message]]:
    """Problems with giving a section as it is, each with the name of its field."""
    for field in section.unanswered:
        yield field.key, Message("{field} has no answer: write one, or a reason.", {"field": field.label})
    if set(section.to) - {reader.id for reader in writer.sheet.readers}:
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
        if possible := ", ".join(ground.name for ground in grounds.possible(section.protects)):
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
        refuse_purged_sheet(db, writer, now)
        if (before := inbox.INBOX.where(contact=writer.contact.id, key=form_key).first(db)) is not None:
            return before
        there = {row.section: row.seen_as for row in own_rows(db, writer)}
        if any(there.get(section_row.section) != section_row.seen_as for section_row in seen):
            return None
        state = given_as(db, writer, now)
        as_given = (replace(_numbered(db, writer, section), with_code=writer.is_raised) for section in sections)
        made = [(section, _row(db, office, writer, section, state, now)) for section in as_given]
        if guarded(db, office.keys, writer) & {one.id for one, _ in made}:
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


def take_from(portal: Database, office: SheetOffice, who: Writer, reader: str, section: str, now: datetime) -> int:
    """Takes a reader from what the party has given, due or not, at once; `section`: "" for all. How many it had.

    A version without that reader stands in the place of each, as of when it was given and for whoever wrote it: the
    session that takes away is shown nothing by it. Refused where the contact is locked; StorageError if one does not
    open, for its readers are in it.
    """
    n_taken = 0
    with _at_desk(portal, who, now) as (db, writer):
        _refuse_locked(writer)
        refuse_purged_sheet(db, writer, now)
        last = list[Mapping[str, object]]()
        for row in (row for row in given_rows(db, writer).values() if section in ("", row.section)):
            there = opened(office.keys, row)
            if there is None:
                raise StorageError(NOT_TAKEN)
            if reader in there.to:
                to = tuple(other for other in there.to if other != reader)
                there = _narrow(db, office, writer, row, replace(there, to=to))
                n_taken += 1
            last.append(_registered(there, row))
        body = {"operation": writer.sheet.operation, "taken_from": reader, "sections": last}
        with suppress(TooMany):  # nothing keeps anybody from taking a reader away
            done = [(given["section"], given["version"]) for given in last], f"{now:%Y-%m-%d %H:%M}"
            key = digest_of(f"{writer.sheet.operation} {reader} {done}".encode())  # a second press is the same entry
            keep(db, new_row(writer.contact, key, SHEET, body, "", "", now), writer.session)
    return n_taken


def _narrow(db: Transaction, office: SheetOffice, writer: Writer, row: SectionRow, narrowed: Section) -> Section:
    """Puts the section above all its versions, which is returned, and its draft, if there is one, above that."""
    last = next(version for version in own_rows(db, writer) if version.section == row.section)
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
