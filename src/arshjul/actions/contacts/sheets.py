"""What the year's database knows of information sheets: which sections are given, and nothing of what is in them."""

from collections import defaultdict
from datetime import datetime, timedelta

from arshjul.actions.draft.draft import Draft
from arshjul.actions.publishing.served_revision import milestones_told
from arshjul.agenda.sheet_completeness import GivenSection, OperationSheet, SheetRegister, due_dates, operation_sheet
from arshjul.domain.feature import OF_SHEETS
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.formats.schema.party_entry import SHEET, read_body, read_given
from arshjul.store import audit, contacts, party_entries
from arshjul.store.events import OfPurge, SheetPurged
from arshjul.store.store import Store, Transaction

AHEAD = timedelta(days=14)
"""How long before its due date a sheet is told of."""


def sheet_register(db: Transaction, scenario: Scenario, plan: Plan) -> SheetRegister | None:
    """The register; None if sheets are not used, or nobody may or might ever write one.

    `plan`: as it was made, for its due dates.
    """
    if OF_SHEETS not in scenario.uses:
        return None
    writers = defaultdict[str, list[tuple[datetime, datetime]]](list)
    for one in contacts.CONTACTS.all(db):
        if "sheet" in one.may:
            since = one.created_at.astimezone(scenario.zone)
            writers[one.party].append((since, min(one.expires_at, one.ended_at or one.expires_at)))
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
                    *(one.section, one.version, day, one.is_addendum, one.answered, one.unknown, one.withheld),
                    entered=entered,
                )
                for one in written.sections
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
    """Which sheets were purged at the portal, by operation, as it was carried in."""
    return {one.operation: one for one, _ in audit.told(db, SheetPurged)}


def sheet_of_operation(store: Store, draft: Draft, operation: str, now: datetime) -> OperationSheet | None:
    """How complete the sheet of an operation is; None if it has no place, or nobody may write any sheet."""
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
    found = [
        operation_sheet(scenario, one, register, now) for one in places if not scenario.has_begun(one.slot, moment)
    ]
    return [one for one in found if one.n_all]
