"""Completeness of an operation's information sheet: by party and section, and nothing of what is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from arshjul.year.agenda.feed_history import FeedHistory
from arshjul.year.agenda.party import Party, parties, takes_part
from arshjul.year.agenda.party_view import sections_written, sheet_due
from arshjul.year.agenda.view import times_told
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario


@dataclass(frozen=True, slots=True)
class GivenSection:
    section: str
    version: int
    day: date
    is_addendum: bool
    n_answered: int
    n_unknown: int
    n_withheld: int
    entered: date | None = None
    """On what date it was carried in, where that is known."""


@dataclass(frozen=True, slots=True)
class SheetRegister:
    """When sheets are `due`, by operation; all versions `given`, by operation and party; and when parties may write.
    Parties are named as their feeds are. Who has no contact that may write owes nothing.
    """

    due: Mapping[str, date] = field(default_factory=dict)
    given: Mapping[tuple[str, str], Sequence[GivenSection]] = field(default_factory=dict)
    writers: Mapping[str, Sequence[tuple[datetime, datetime]]] = field(default_factory=dict)

    def may_write(self, party: Party, now: datetime, due: date | None) -> bool:
        """True if the party has a contact that may write, and had one by the due date: else it was asked too late."""
        there = self.writers.get(str(party), ())
        in_time = due is None or any(since.date() <= due for since, _ in there)
        return in_time and any(since <= now < until for since, until in there)


@dataclass(frozen=True, slots=True)
class PartOfSheet:
    """The last version of each section wanted of it, None where none is given. `besides`: what nobody asks it for."""

    party: Party
    name: str
    sections: Mapping[str, GivenSection | None]
    besides: Mapping[str, GivenSection]
    may_write: bool

    @property
    def readable(self) -> Mapping[str, GivenSection]:
        return {**{section.section: section for section in self.given}, **self.besides}

    @property
    def given(self) -> list[GivenSection]:
        return [section for section in self.sections.values() if section is not None]

    @property
    def missing(self) -> list[str]:
        return [id for id, section in self.sections.items() if section is None]

    @property
    def counts(self) -> bool:
        """True if it can be asked for: not of a party that has given nothing, and had no contact in time."""
        return self.may_write or bool(self.given)

    @property
    def n_unknown(self) -> int:
        return sum(section.n_unknown for section in self.given)

    @property
    def n_withheld(self) -> int:
        return sum(section.n_withheld for section in self.given)


@dataclass(frozen=True, slots=True)
class OperationSheet:
    """The sheet of an operation, by party. `due`: None if no milestone counts as the information sheet."""

    operation: str
    due: date | None
    parts: tuple[PartOfSheet, ...]

    @property
    def n_given(self) -> int:
        return sum(len(part.given) for part in self.parts)

    @property
    def n_all(self) -> int:
        return sum(len(part.sections) for part in self.parts if part.counts)


def due_dates(scenario: Scenario, plan: Plan, told: FeedHistory) -> dict[str, date]:
    there = [placement for placement in plan.placements if placement.operation in scenario.operations]
    times = times_told(scenario, plan, told)
    found = ((placement.operation, sheet_due(scenario, times, placement)) for placement in there)
    return {operation: day for operation, day in found if day is not None}


def operation_sheet(scenario: Scenario, placement: Placement, register: SheetRegister, now: datetime) -> OperationSheet:
    parts = tuple(_parts(scenario, placement, register, now))
    return OperationSheet(placement.operation, register.due.get(placement.operation), parts)


def was_complete(scenario: Scenario, placement: Placement, register: SheetRegister, today: date) -> bool | None:
    """True if all of the sheet was given at its due date; None if that is to come, or nobody could be asked for it."""
    due = register.due.get(placement.operation)
    if due is None or due >= today:
        return None
    in_time = {
        key: [section for section in given if not section.is_addendum or section.day <= due]
        for key, given in register.given.items()
    }
    at_due = SheetRegister(given=in_time, writers=register.writers)
    sheets = _parts(scenario, placement, at_due, datetime.combine(due, time.max, scenario.zone))
    parts = [sheet for sheet in sheets if sheet.sections and sheet.counts]
    return not any(part.missing for part in parts) if parts else None


def _parts(scenario: Scenario, placement: Placement, register: SheetRegister, now: datetime) -> list[PartOfSheet]:
    operation = scenario.operations[placement.operation]
    found = []
    for party in parties(scenario):
        if takes_part(scenario, party, placement):
            given = {section.section: section for section in register.given.get((placement.operation, str(party)), ())}
            wanted = [section.id for section in sections_written(scenario, operation, party) if section.required]
            sections = {id: given.get(id) for id in wanted}
            besides = {id: one for id, one in given.items() if id not in sections}
            may_write = register.may_write(party, now, register.due.get(operation.id))
            found.append(PartOfSheet(party, scenario.parties[party.id].name, sections, besides, may_write))
    return found
