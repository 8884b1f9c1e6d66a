"""Which sections of information sheets parties owe now: those of sheets that are due within the week, or late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from arshjul.actions.contacts.sheets import sheet_register
from arshjul.actions.draft.draft import present_year
from arshjul.actions.publishing.served_revision import served_revision
from arshjul.agenda.sheet_completeness import OperationSheet, SheetRegister, operation_sheet
from arshjul.domain.placement import Placement
from arshjul.domain.scenario import Scenario
from arshjul.store import audit
from arshjul.store.store import Transaction

DAY = timedelta(days=1)
SHEET_REMIND_DAYS = (7, 2)
"""So many days before a sheet is due, those are reminded who owe sections of it; and once the day after."""


@dataclass(frozen=True, slots=True)
class OwedSheet:
    """A sheet that a party owes sections of. `since`: from when it is to be reminded of it, for the last time so far.

    `until`: the last date to give them: the due date, or once that is over the operation's.
    """

    operation: str
    due: date
    since: datetime
    until: date


@dataclass(frozen=True, slots=True)
class Owing:
    """What is owed today, by whatever party."""

    scenario: Scenario
    today: date
    sheets: Sequence[tuple[OwedSheet, OperationSheet]]

    def of(self, party: str) -> list[OwedSheet]:
        """What a party owes, named as its feed is, by due date."""
        return [
            owed
            for owed, sheet in self.sheets
            if any(str(part.party) == party and part.missing and part.counts for part in sheet.parts)
        ]


def owing_now(db: Transaction, now: datetime) -> Owing | None:
    """What is owed of the published plan. None in a rehearsal, and where none is published or nobody may write."""
    served = None if audit.is_rehearsal(db) else served_revision(db)
    scenario = None if served is None else served.scenario.with_unplanned(present_year(db))
    register = None if served is None or scenario is None else sheet_register(db, scenario, served.plan)
    if served is None or scenario is None or register is None:
        return None
    placed = served.plan.placed
    near = sorted(
        (found for id in register.due if (found := _owed(scenario, placed[id], register, now)) is not None),
        key=lambda one: (one.due, one.operation),
    )
    sheets = [(one, operation_sheet(scenario, placed[one.operation], register, now)) for one in near]
    return Owing(scenario, now.astimezone(scenario.zone).date(), sheets)


def _owed(scenario: Scenario, place: Placement, register: SheetRegister, now: datetime) -> OwedSheet | None:
    """None before the first date to remind on, and of what has begun, for which it is too late."""
    due, today = register.due[place.operation], now.astimezone(scenario.zone).date()
    dates = [*(due - days * DAY for days in SHEET_REMIND_DAYS), due + DAY]
    since = max((day for day in dates if day <= today), default=None)
    if since is None or scenario.has_begun(place.slot, now.astimezone(scenario.zone)):
        return None
    until = due if due >= today else place.slot.day
    return OwedSheet(place.operation, due, datetime.combine(since, time.min, scenario.zone), until)
