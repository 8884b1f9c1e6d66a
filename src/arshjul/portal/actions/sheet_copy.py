"""A party's own copy of an operation's sheet, and an empty sheet."""

from collections.abc import Callable, Mapping
from pathlib import Path

from arshjul.errors import InputError, Message
from arshjul.portal.actions.purging import refuse_purged
from arshjul.portal.actions.sheets import NoKey, reader_sheet
from arshjul.portal.store import views
from arshjul.portal.store.sheet_keys import SheetKeys
from arshjul.serving.sql.database import Database
from arshjul.year.agenda.party import party_named
from arshjul.year.domain.information_sheet.sections import Grounds, ReaderSheet
from arshjul.year.domain.party_view import PartyView
from arshjul.year.folder.pdf import pdf_of, writer_of
from arshjul.year.formats.atomic import write_named
from arshjul.year.formats.feeds.view_json import from_text
from arshjul.year.formats.information_sheet.printed import blank_pages, blank_workbook, printed
from arshjul.year.sheets import workbook_bytes
from arshjul.year.texts import Words


def copy_of(portal: Database, keys: SheetKeys, party: str, operation: str) -> tuple[ReaderSheet, PartyView]:
    """Noted first (`note_reading`). InputError: no part in it; PurgedSheet: all was purged; NoKey: nothing opens."""
    with portal.reading() as db:
        refuse_purged(db, operation)
        _, text = views.body(db, party)
    view = from_text(text) if text else None
    sheet = None if view is None else next((sheet for sheet in view.sheets if sheet.operation == operation), None)
    if view is None or sheet is None:
        values = {"party": party, "operation": operation}
        raise InputError(
            Message("{party} is not in the published {operation}, or has no contact at the portal.", values)
        )
    copy = reader_sheet(portal, keys, party, sheet)
    if not (copy.is_whole or copy.sections):
        raise NoKey
    return copy, view


def names_in(view: PartyView, operation: str) -> dict[str, str]:
    others = {
        reader.id: reader.name for sheet in view.sheets if sheet.operation == operation for reader in sheet.readers
    }
    return {**others, view.party: view.name}


def facts_in(view: PartyView, operation: str, say: Words) -> list[str]:
    event = next((event for event in view.events if event.operation == operation and not event.is_milestone), None)
    if event is None:
        return []
    when = say("{day}", day=event.first)
    if event.starts is not None and event.ends is not None:
        when += f" {event.starts:%H:%M}–{event.ends:%H:%M}"
    return [when, event.summary, *event.lines]


def copy_in_words(sheet: ReaderSheet, view: PartyView, grounds: Grounds, say: Words) -> dict[str, object]:
    operation, names = sheet.operation, names_in(view, sheet.operation)
    taking_part = {party_named(party).id for party in names}
    cards = [card for card in view.cards.on(operation) if card.party in taking_part]
    measures = [word.name for word in view.learnt.standing.get(operation, ())]
    return printed(sheet, names, grounds, say, facts_in(view, operation, say), measures, cards)


WRITERS: Mapping[str, Callable[[Words], bytes]] = {
    ".pdf": lambda say: pdf_of(blank_pages(say)),
    ".xlsx": lambda say: workbook_bytes(blank_workbook(say), say),
}


def write_blank_sheet(output: Path, say: Words) -> None:
    """Writes it as the kind of file that the name ends in. InputError if the name ends otherwise."""
    write_named(output, writer_of(output, WRITERS)(say))
