"""The changes that a coordinator makes in a year under way: a class for each kind, which applies it to the scenario.

And what became of an operation.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Literal

from arshjul.errors import FieldName, Message
from arshjul.year.domain.calendar import Dates, Slot, Span
from arshjul.year.domain.declaration import (
    FROM,
    TO,
    WEEKDAYS,
    AgencyId,
    ById,
    Day,
    Entry,
    Flag,
    Flat,
    FromReplan,
    Id,
    MayBeGone,
    Officers,
    OperationId,
    ShiftId,
    SomeOfficers,
    Teams,
    Text,
    Told,
    Unkeyed,
    Unstated,
    ValueKind,
    Weekday,
    Whole,
    Worded,
    WrittenKey,
)
from arshjul.year.domain.operation import Operation, Pin, Placement
from arshjul.year.domain.parties import Matching, TeamLine
from arshjul.year.domain.scenario import Scenario
from arshjul.year.texts import counted

# fmt: off
# A field is a line.

OfOperation = Annotated[OperationId, Told(Message("Operation"), Message("The operation's number. Empty for teams lost."), also=("Nr", "No"))]
_Agency = Annotated[AgencyId, Told(Message("Agency"), Message("not on: who asks. teams lost: whose."))]


@dataclass(frozen=True, slots=True)
class Amendment(Entry):
    """A change of the scenario. Applying it twice is the same as once, since it is reapplied after later edits."""

    def on(self, scenario: Scenario) -> Scenario:
        """The scenario with the change made; unchanged if it has nothing for the change to apply to."""
        return scenario


@dataclass(frozen=True, slots=True)
class TeamsLost(Amendment):
    """An agency has at most `teams_left` teams for some dates. `shifts`, `weekdays` None: all.

    Of several with an `id` the last one holds.
    """

    agency: _Agency
    span: Annotated[Span, Flat, Told(parts={"from": FROM, "to": TO})]
    id: Annotated[Id | None, Told(Message("No"), Message("teams lost: its number. The last row of a number holds."))] = field(default=None, kw_only=True)
    shifts: Annotated[tuple[ShiftId, ...] | None, Told(Message("Shifts"), Message("pinned: shift. teams lost: shifts; empty: all."), also=("Shift",), prompt=Message("Shifts (none ticked: all)"))] = None
    weekdays: Annotated[frozenset[Weekday] | None, WEEKDAYS] = None
    teams_left: Annotated[Teams, Told(Message("Number"), prompt=Message("Teams left"))] = 0
    cause: Annotated[Text, Told(Message("Cause"))] = ""

    def lines(self) -> Iterator[TeamLine]:
        """Availability lines with the same effect, to be put after the agency's own."""
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
    operation: Operation

    def on(self, scenario: Scenario) -> Scenario:
        """The scenario with the operation added; an operation with its id that is already there stays."""
        return replace(scenario, operations={**scenario.operations, **_absent(scenario, self.operation)})


@dataclass(frozen=True, slots=True)
class OnOperation(Amendment):
    operation: OfOperation

    def made(self, operation: Operation) -> Operation:
        return operation

    def on(self, scenario: Scenario) -> Scenario:
        operation = scenario.operations.get(self.operation)
        if operation is None:
            return scenario
        return replace(scenario, operations={**scenario.operations, operation.id: self.made(operation)})


@dataclass(frozen=True, slots=True)
class ByIdAlone(OnOperation):
    """A change that says no more than its operation: an id is enough."""


@dataclass(frozen=True, slots=True)
class Cancelled(ByIdAlone):
    """An operation that will not take place: it is no longer counted, and no longer in the scenario.

    For statistics of the year, `was` is the operation without its sites, and `stood` its place in the plan; None: it
    had none. `undone`: it is gone because the publishing that it was new in is taken back, and may come again.
    """

    was: Annotated[Operation | None, FromReplan] = None
    stood: Annotated[Placement | None, Flat] = None
    undone: Annotated[Flag, FromReplan] = False

    def on(self, scenario: Scenario) -> Scenario:
        """The scenario without the operation; nothing has to keep apart from it any more."""
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
class Unpinned(ByIdAlone):
    def made(self, operation: Operation) -> Operation:
        return replace(operation, fixed=None)


@dataclass(frozen=True, slots=True)
class Promoted(ByIdAlone):
    """A reserve that becomes an ordinary operation."""

    def made(self, operation: Operation) -> Operation:
        return replace(operation, reserve=False)


_OF_PIN = {
    "date": Told(Message("Dates"), prompt=Message("Date")),
    "shift": Told(Message("Shifts"), prompt=Message("Shift")),
    "police": Told(Message("Unit"), Message("pinned: unit. Empty: any.")),
    "any_of": Told(Message("Chosen"), Message("pinned: agency of each group in One of. Empty: any."), prompt=Message("One of")),
}


@dataclass(frozen=True, slots=True)
class Pinned(OnOperation):
    pin: Annotated[Pin, Flat, Told(parts=_OF_PIN)]

    def made(self, operation: Operation) -> Operation:
        return replace(operation, fixed=self.pin)


@dataclass(frozen=True, slots=True)
class OtherDates(OnOperation):
    """An agency asks that an operation not be on some dates."""

    agency: _Agency
    dates: Annotated[tuple[Dates, ...], Told(Message("Dates"), Message("pinned, held: date. not on: dates, weeks and periods."), prompt=Message("Not on these dates"))]
    cause: Annotated[Text, Told(Message("Cause"), Message("Read by you and the agency alone."))] = ""

    def made(self, operation: Operation) -> Operation:
        more = tuple(span for span in self.dates if span not in operation.not_on)
        return replace(operation, not_on=operation.not_on + more)


@dataclass(frozen=True, slots=True)
class FewerOfficers(OnOperation):
    """Fewer officers are enough for an operation."""

    officers: Annotated[SomeOfficers, Told(Message("Number"), Message("fewer officers: enough. teams lost: left; empty: none."))]

    def made(self, operation: Operation) -> Operation:
        """With that many officers as the least, or all that it asks for if they are fewer."""
        least = min(self.officers, operation.officers)
        return replace(operation, officers_least=least or None)


@dataclass(frozen=True, slots=True)
class WithoutPolice(ByIdAlone):
    """An operation that is carried out without police at its present place.

    `slot` None: its place in the plan, or the one to which a promoted reserve is pinned.
    """

    slot: Annotated[Slot | None, Flat, MayBeGone] = None

    def made(self, operation: Operation) -> Operation:
        """Without officers, and held there as by a pin."""
        fixed = operation.fixed and replace(operation.fixed, police=None)
        fixed = fixed if self.slot is None else Pin(self.slot)
        return replace(operation.without_officers, fixed=fixed)


@dataclass(frozen=True, slots=True)
class LeftOut(ByIdAlone):
    """An operation that stays out of one revision of the plan, so that another can take its place."""


NOT_HELD = "not-held"
"""The word in a date's place where a milestone was not held after all: in a workbook an empty cell is mostly a slip."""


@dataclass(frozen=True, slots=True)
class MilestoneHeld(OnOperation):
    """A milestone of an operation that was held on that date; None: it was not held after all.

    It changes nothing in the scenario.
    """

    milestone: Annotated[Id, Told(Message("Milestone"), Message("held: milestone, by id."))]
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Edited(Amendment):
    """An edit of the scenario: operations new, changed (with their keys) or gone, and other sections changed."""

    new: tuple[Id, ...] = ()
    changed: Mapping[Id, tuple[Text, ...]] = field(default_factory=dict)
    gone: tuple[Id, ...] = ()
    sections: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class Undone(Amendment):
    """A publishing that is taken back: the entries that these versions of the plan answered hold no longer.

    `places` are where the operations stood that it moved; `left_out` are those that had no place; `past` those that it
    cancelled or called off and whose date has passed, so that they stay so. `bindings` are the former ones of frames
    whose objects it bound. `again`: what was entered for it waits for another answer; otherwise it is taken back too.
    `before` is the scenario that was given before it; None if it is no longer needed.
    """

    versions: tuple[Whole, ...]
    again: Flag = False
    places: Annotated[tuple[Annotated[Placement, ValueKind("mapping", read_as="former place")], ...], Unstated] = ()
    left_out: Annotated[tuple[Id, ...], Unstated] = ()
    past: Annotated[tuple[Id, ...], Unstated] = ()
    bindings: Annotated[Mapping[Id, tuple[Id, ...]], ById("operation", "objects"), Unstated] = field(default_factory=dict)
    before: Annotated[Scenario | None, Unkeyed] = field(default=None, compare=False, repr=False)


def _absent(scenario: Scenario, operation: Operation) -> dict[str, Operation]:
    return {} if operation.id in scenario.operations else {operation.id: operation}


def edit_sentences(edited: Edited) -> Iterator[Message]:
    """The operations that are new, what is changed in others, those that are gone, then the other parts changed."""
    new, gone = edited.new, edited.gone
    if new:
        yield counted(len(new), "One new operation: {ids}.", "{n} new operations: {ids}.", ids=list(new))
    for id, keys in edited.changed.items():
        yield Message("{operation} is changed: {keys}.", {"operation": id, "keys": [FieldName(key) for key in keys]})
    if gone:
        yield counted(len(gone), "One operation is gone: {ids}.", "{n} operations are gone: {ids}.", ids=list(gone))
    if edited.sections:
        sections = [FieldName(f"scenario.{name}") for name in edited.sections]
        yield Message("Also changed: {sections}.", {"sections": sections})
    if not (new or edited.changed or gone or edited.sections):
        yield Message("The year is unchanged.")


Result = Literal["done", "without-police", "aborted", "called-off"]
RESULTS: Mapping[Result, Message] = {
    "done": Message("carried out"),
    "without-police": Message("carried out without police"),
    "aborted": Message("broken off"),
    "called-off": Message("called off, it did not begin"),
}


@dataclass(frozen=True, slots=True)
class Outcome(Entry):
    """An operation's outcome: one that was `aborted` had begun, one that was `called-off` had not.

    `day` None: its date in the plan. `officers` and `teams` are those that came, `figures` what was counted, by the ids
    that the configuration names.
    """

    operation: Annotated[OperationId, Told(Message("Operation"), also=("Nr", "No",))]
    day: Annotated[Day | None, WrittenKey("date"), Told(Message("Date"), Message("Empty: its date in the plan."))]
    result: Annotated[Result, Told(Message("Result"), Message("done, without police, aborted (begun) or called off (not begun)."), prompt=Message("Outcome")), Worded({"done": ("genomförd", "done"), "without-police": ("utan polis", "without police"), "aborted": ("avbruten", "aborted"), "called-off": ("inställd", "called off")})]
    officers: Annotated[Officers | None, Told(Message("Officers"), Message("Officers who came"), prompt=Message("Officers who came"))] = None
    teams: Annotated[Mapping[AgencyId, Teams], Unstated, Told(Message("Teams"), Message("Teams who came: miljo 1, skatteverket 1."), prompt=Message("Teams that came"))] = field(default_factory=dict)
    figures: Annotated[Mapping[Id, Whole], Unstated, Told(Message("Figures"), Message("By id: controls 4, persons 11."), prompt=Message("What was counted"))] = field(default_factory=dict)
    note: Annotated[Text, Unstated, Told(Message("Note"))] = ""


# fmt: on


def latest(log: Iterable[Outcome]) -> Mapping[tuple[str, date | None], Outcome]:
    """The latest report of the outcome of each operation and date."""
    return {(outcome.operation, outcome.day): outcome for outcome in log}
