"""Information sheets as the year's database knows them: states and orders, never their contents."""

from collections import defaultdict
from datetime import datetime, timedelta

from arshjul.errors import InputError, Message
from arshjul.office.draft.draft import Draft
from arshjul.office.publishing.served_revision import milestones_told
from arshjul.office.store import audit, contacts, party_entries
from arshjul.office.store.events import OfPurge, SheetLocked, SheetNarrowed, SheetPurged
from arshjul.office.store.store import Store, Transaction
from arshjul.portal.store.sheets import READINGS, Reading, SheetOrder
from arshjul.year.agenda.sheet_completeness import (
    GivenSection,
    OperationSheet,
    SheetRegister,
    due_dates,
    operation_sheet,
)
from arshjul.year.domain.feature import OF_SHEETS
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.formats.schema.party_entry import SHEET, read_body, read_given

AHEAD = timedelta(days=14)
"""The time before its due date at which a sheet is told of."""


def sheet_register(db: Transaction, scenario: Scenario, plan: Plan) -> SheetRegister | None:
    """None if sheets are not used, or nobody may or might ever write one. `plan`: as it was made, for its due dates."""
    if OF_SHEETS not in scenario.uses:
        return None
    writers = defaultdict[str, list[tuple[datetime, datetime]]](list)
    for contact in contacts.CONTACTS.all(db):
        if "sheet" in contact.may:
            since = contact.created_at.astimezone(scenario.zone)
            writers[contact.party].append((since, min(contact.expires_at, contact.ended_at or contact.expires_at)))
    if not writers:
        return None
    given = defaultdict[tuple[str, str], list[GivenSection]](list)
    for entry in party_entries.of_kinds(db, [SHEET]):
        written = read_given(read_body(entry.body))
        if entry.state == "counts" and not written.taken_from:
            day = min(entry.reported, entry.received).astimezone(scenario.zone).date()
            entered = entry.received.astimezone(scenario.zone).date()
            given[written.operation, entry.party] += [
                GivenSection(
                    *(
                        section.section,
                        section.version,
                        day,
                        section.is_addendum,
                        section.answered,
                        section.unknown,
                        section.withheld,
                    ),
                    entered=entered,
                )
                for section in written.sections
            ]
    in_order = {key: sorted(there, key=lambda one: one.version) for key, there in given.items()}
    purged = purged_sheets(db)
    due = {
        operation: day
        for operation, day in due_dates(scenario, plan, milestones_told(db)).items()
        if operation not in purged
    }
    return SheetRegister(due, in_order, writers)


def purged_sheets(db: Transaction) -> dict[str, OfPurge]:
    """The purges of sheets at the portal, by operation, as they were synced."""
    return {one.operation: one for one, _ in audit.told(db, SheetPurged)}


def sheet_of_operation(store: Store, draft: Draft, operation: str, now: datetime) -> OperationSheet | None:
    """The completeness of an operation's sheet; None if it has no place, or nobody may write any sheet."""
    plan, scenario = draft.plan, draft.scenario
    if plan is None or operation not in plan.placed or operation not in scenario.operations:
        return None
    with store.reading() as db:
        register = sheet_register(db, scenario, plan)
    return None if register is None else operation_sheet(scenario, plan.placed[operation], register, now)


def due_sheets(store: Store, draft: Draft, now: datetime) -> list[OperationSheet]:
    """The sheets that are or were due, of operations to come, by date; none if nobody may write any."""
    plan, scenario = draft.plan, draft.scenario
    if plan is None:
        return []
    with store.reading() as db:
        register = sheet_register(db, scenario, plan)
    if register is None:
        return []
    moment = draft.moment(now)
    due = sorted((day, operation) for operation, day in register.due.items() if day - moment.date() <= AHEAD)
    places = [plan.placed[operation] for _, operation in due]
    sheets = [
        operation_sheet(scenario, place, register, now)
        for place in places
        if not scenario.has_begun(place.slot, moment)
    ]
    return [sheet for sheet in sheets if sheet.n_all]


def narrow_sheet(
    store: Store, draft: Draft, operation: str, what: tuple[str, str], reader: str, actor: str, now: datetime
) -> None:
    """`what`: the section's owner, and it. InputError unless it is given, and the reader another party in it."""
    sheet = sheet_of_operation(store, draft, operation, now)
    parts = {} if sheet is None else {str(part.party): part for part in sheet.parts}
    owner, section = what
    if owner not in parts or section not in parts[owner].readable or reader not in parts.keys() - {owner}:
        raise InputError(Message("Choose a given section, and another party of the operation."))
    with store.writing() as db:
        audit.add(db, now, actor, SheetNarrowed(owner, operation, section, reader))


def lock_sheet(store: Store, draft: Draft, operation: str, actor: str, now: datetime) -> None:
    """Freezes a sheet for its date: what is given from now on is an addendum. Once; InputError if there is none."""
    if sheet_of_operation(store, draft, operation, now) is None:
        raise InputError(Message("{operation} has no information sheet.", {"operation": operation}))
    with store.writing() as db:
        if frozen_since(db, draft, operation) is None:
            audit.add(db, now, actor, SheetLocked(operation, _day(draft, operation)))


def already_read(portal: Transaction, operation: str, what: tuple[str, str], reader: str) -> list[Reading]:
    owner, section = what
    return READINGS.where(operation=operation, party=owner, section=section, reader=reader).all(portal)


def taken_at(db: Transaction, operation: str, what: tuple[str, str], reader: str) -> datetime | None:
    """When the reader was last taken from the section; None if it was not."""
    wanted = (operation, *what, reader)
    orders = (
        order for order in sheet_orders(db) if (order.operation, order.party, order.section, order.reader) == wanted
    )
    return max((order.at for order in orders if not order.is_lock), default=None)


def frozen_since(db: Transaction, draft: Draft, operation: str) -> datetime | None:
    """When the coordinator has frozen the sheet for the date that it has now; None if she has not."""
    on = (operation, _day(draft, operation))
    return min(
        (order.at for order in sheet_orders(db) if order.is_lock and (order.operation, order.section) == on),
        default=None,
    )


def _day(draft: Draft, operation: str) -> str:
    plan = draft.plan if draft.served is None else draft.served.plan
    place = None if plan is None else plan.placed.get(operation)
    return "" if place is None else place.slot.day.isoformat()


def takings(db: Transaction) -> dict[str, list[SheetOrder]]:
    """Parties' own takings from readers, as orders, by the id of their entry."""
    found = dict[str, list[SheetOrder]]()
    for entry in party_entries.of_kinds(db, [SHEET]):
        said = read_given(read_body(entry.body))
        if said.taken_from:
            found[entry.id] = [
                SheetOrder(
                    said.operation, entry.party, section.section, said.taken_from, entry.reported, section.version
                )
                for section in said.sections
            ]
    return found


def sheet_orders(db: Transaction) -> frozenset[SheetOrder]:
    narrowed = (
        SheetOrder(one.operation, one.party, one.section, one.reader, at) for one, at in audit.told(db, SheetNarrowed)
    )
    locked = (SheetOrder(one.operation, "", one.day, "", at) for one, at in audit.told(db, SheetLocked))
    return frozenset((*narrowed, *locked))
