"""What a coordinator changes in a year that is under way, police withdrawals and all else together."""

from collections.abc import Iterator
from dataclasses import dataclass

from arshjul.domain.calendar import Slot, Span
from arshjul.domain.operation import Operation
from arshjul.domain.parties import Matching, TeamLine
from arshjul.domain.withdrawal import Withdrawal


@dataclass(frozen=True, slots=True)
class TeamsLost:
    """An agency has at most `teams_left` teams for some dates. `shifts`, `weekdays` None: all."""

    agency: str
    span: Span
    shifts: tuple[str, ...] | None = None
    weekdays: frozenset[int] | None = None
    teams_left: int = 0
    cause: str = ""

    def lines(self) -> Iterator[TeamLine]:
        """The same as availability lines, to be put after the agency's own."""
        for shift in (None,) if self.shifts is None else self.shifts:
            when = Matching(self.weekdays, shift, self.span.first, self.span.last)
            yield TeamLine(when, self.teams_left, at_most=True)


@dataclass(frozen=True, slots=True)
class Pin:
    """The coordinator fixes an operation by hand."""

    operation: str
    slot: Slot


@dataclass(frozen=True, slots=True)
class OtherDates:
    """An agency asks that an operation not be on some dates."""

    operation: str
    agency: str
    dates: tuple[Span, ...]
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Amendments:
    """Everything in one file of changes, each list in the order given.

    `operations` are new ones; `cancelled` and `unpinned` are operation ids.
    """

    withdrawals: tuple[Withdrawal, ...] = ()
    teams_lost: tuple[TeamsLost, ...] = ()
    operations: tuple[Operation, ...] = ()
    cancelled: tuple[str, ...] = ()
    pinned: tuple[Pin, ...] = ()
    unpinned: tuple[str, ...] = ()
    other_dates: tuple[OtherDates, ...] = ()
