"""The changes that a coordinator makes in a year that is under way, each kind with what it does to the scenario."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from arshjul.domain.calendar import Slot, Span
from arshjul.domain.entry import Entry
from arshjul.domain.operation import Operation, Pin
from arshjul.domain.parties import Matching, TeamLine
from arshjul.domain.placement import Placement
from arshjul.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Amendment(Entry):
    """One change. Made twice it does what it did the first time: a scenario that is edited later has it made anew."""

    def on(self, scenario: Scenario) -> Scenario:
        """The scenario with the change made; as it was, where there is nothing to make it on."""
        return scenario


@dataclass(frozen=True, slots=True)
class TeamsLost(Amendment):
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

    def on(self, scenario: Scenario) -> Scenario:
        """Fewer teams, by lines after all others."""
        agency = scenario.agencies.get(self.agency)
        if agency is None:
            return scenario
        lowering = next((n for n, line in enumerate(reversed(agency.teams)) if not line.at_most), len(agency.teams))
        last = agency.teams[len(agency.teams) - lowering :]
        lines = (*agency.teams, *(line for line in self.lines() if line not in last))
        return replace(scenario, agencies={**scenario.agencies, agency.id: replace(agency, teams=lines)})


@dataclass(frozen=True, slots=True)
class Nominated(Amendment):
    """A new operation."""

    operation: Operation

    def on(self, scenario: Scenario) -> Scenario:
        """The operation besides the others; one of its id that is there already stays."""
        return replace(scenario, operations={**scenario.operations, **_absent(scenario, self.operation)})


@dataclass(frozen=True, slots=True)
class OnOperation(Amendment):
    """A change to one operation."""

    operation: str

    def made(self, operation: Operation) -> Operation:
        """The operation with the change made."""
        return operation

    def on(self, scenario: Scenario) -> Scenario:
        """The same with that operation changed."""
        operation = scenario.operations.get(self.operation)
        if operation is None:
            return scenario
        return replace(scenario, operations={**scenario.operations, operation.id: self.made(operation)})


@dataclass(frozen=True, slots=True)
class Cancelled(OnOperation):
    """An operation that will not be: it counts no more, and is in the scenario no more.

    `was` is the operation without its sites, `stood` where the plan had it, if it had it: for whoever counts the year.
    """

    was: Operation | None = None
    stood: Placement | None = None

    def on(self, scenario: Scenario) -> Scenario:
        """The same without it; no other one needs to keep apart from it."""
        others = {id: self._without(other) for id, other in scenario.operations.items() if id != self.operation}
        return replace(scenario, operations=others)

    def _without(self, other: Operation) -> Operation:
        if self.operation not in (*other.not_same_day_as, *other.not_same_week_as):
            return other
        return replace(
            other,
            not_same_day_as=tuple(id for id in other.not_same_day_as if id != self.operation),
            not_same_week_as=tuple(id for id in other.not_same_week_as if id != self.operation),
        )


@dataclass(frozen=True, slots=True)
class Unpinned(OnOperation):
    """An operation that is pinned no more."""

    def made(self, operation: Operation) -> Operation:
        """Free."""
        return replace(operation, fixed=None)


@dataclass(frozen=True, slots=True)
class Promoted(OnOperation):
    """A reserve that becomes an ordinary operation."""

    def made(self, operation: Operation) -> Operation:
        """To be placed like others."""
        return replace(operation, reserve=False)


@dataclass(frozen=True, slots=True)
class Pinned(OnOperation):
    """The coordinator says where an operation is to be."""

    pin: Pin

    def made(self, operation: Operation) -> Operation:
        """Pinned there."""
        return replace(operation, fixed=self.pin)


@dataclass(frozen=True, slots=True)
class OtherDates(OnOperation):
    """An agency asks that an operation not be on some dates."""

    agency: str
    dates: tuple[Span, ...]
    cause: str = ""

    def made(self, operation: Operation) -> Operation:
        """Not on those dates either."""
        more = tuple(span for span in self.dates if span not in operation.not_on)
        return replace(operation, not_on=operation.not_on + more)


@dataclass(frozen=True, slots=True)
class FewerOfficers(OnOperation):
    """Fewer officers are enough for an operation."""

    officers: int

    def made(self, operation: Operation) -> Operation:
        """That many, or all that it asks for where that is fewer."""
        least = min(self.officers, operation.officers)
        return replace(operation, officers_least=least or None)


@dataclass(frozen=True, slots=True)
class WithoutPolice(OnOperation):
    """An operation that is carried out without police, where it stands. `slot` None: where the plan has it.

    `police_also` are the units that lent to it besides, which must be told; `officers` those that it could not do
    without, of the unit that served it. 0: that was not kept.
    """

    slot: Slot | None = None
    police_also: Mapping[str, int] = field(default_factory=dict)
    officers: int = 0

    def made(self, operation: Operation) -> Operation:
        """No officers, and held there as by a pin."""
        fixed = operation.fixed if self.slot is None else Pin(self.slot)
        return replace(operation.without_officers, fixed=fixed)


@dataclass(frozen=True, slots=True)
class LeftOut(OnOperation):
    """An operation that stays out of one revision of the plan, for another to take its place."""


@dataclass(frozen=True, slots=True)
class Edited(Amendment):
    """The scenario was edited: operations that are new, changed (with their keys) or gone, and other sections."""

    new: tuple[str, ...] = ()
    changed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


def _absent(scenario: Scenario, operation: Operation) -> dict[str, Operation]:
    return {} if operation.id in scenario.operations else {operation.id: operation}
