"""The page's list of operations: the rows, month by month."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

from arshjul.agenda.lenders import StopsTaken
from arshjul.agenda.overview import Overview
from arshjul.agenda.year import PlannedOperation, Status
from arshjul.domain.calendar import Shift
from arshjul.domain.operation import OperationKind
from arshjul.errors import Message


@dataclass(frozen=True, slots=True)
class OperationRow:
    """A placed operation, in the words of the scenario. `avoided`: why its dates had better be avoided."""

    id: str
    title: str
    day: date
    last: date
    shift: str
    shift_view: Shift
    sector: str
    sector_name: str
    area: str
    unit: str | None
    officers: int
    wanted: int
    agencies: tuple[str, ...]
    status: Status
    besides: tuple[tuple[str, int], ...]
    kind: OperationKind
    is_changed: bool
    stops: StopsTaken | None
    avoided: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class MonthRows:
    """A month's operations; the month may have none. `first`: its first date in the plan."""

    first: date
    rows: tuple[OperationRow, ...]

    @property
    def kinds(self) -> Counter[OperationKind]:
        """The number of operations of each kind."""
        return Counter(row.kind for row in self.rows)


def rows_by_month(overview: Overview) -> tuple[MonthRows, ...]:
    """Every placed operation once, in its month."""
    rows = [_row(overview, planned) for planned in overview.year.operations]
    return tuple(
        MonthRows(month.first, tuple(row for row in rows if row.day in month)) for month in overview.year.months
    )


def _row(overview: Overview, planned: PlannedOperation) -> OperationRow:
    view = overview.year
    return OperationRow(
        id=planned.id,
        title=overview.titles[planned.id],
        day=planned.slot.day,
        last=planned.dates.last,
        shift=planned.slot.shift,
        shift_view=next(shift for shift in view.shifts if shift.id == planned.slot.shift),
        sector=planned.sector,
        sector_name=view.sectors[planned.sector],
        area=view.areas[planned.area],
        unit=planned.unit,
        officers=planned.officers,
        wanted=planned.wanted,
        agencies=planned.agencies,
        status=planned.status,
        besides=planned.besides,
        kind=planned.kind,
        is_changed=planned.changed,
        stops=overview.stops.get(planned.id),
        avoided=planned.avoided,
    )
