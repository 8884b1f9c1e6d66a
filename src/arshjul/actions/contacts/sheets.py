"""How complete the information sheets are that are due: by party and section, and nothing of what is in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from arshjul.actions.draft.draft import Draft
from arshjul.agenda.participants import concerns
from arshjul.agenda.party import Party, parties
from arshjul.agenda.party_view import sheet_due
from arshjul.domain.information_sheet.sections import sections_of
from arshjul.domain.placement import Placement
from arshjul.formats.schema.given_sections import WrittenGivenSection, read_given
from arshjul.formats.schema.party_entry import SHEET, read_body
from arshjul.store import contacts, party_entries
from arshjul.store.store import Store

AHEAD = timedelta(days=14)
"""How long before its due date a sheet is told of."""

KEPT = timedelta(days=730)
"""The entries of that time are looked at: those of a year, and of its preparation."""

Key = tuple[str, str, str]
"""Operation, party and section."""


@dataclass(frozen=True, slots=True)
class PartOfSheet:
    """What a party has given of a sheet: the letters of its sections that are given, and of those that are missing.

    `n_unknown`, `n_withheld`: the required fields of what is given that have no value, by why.
    """

    name: str
    given: tuple[str, ...]
    missing: tuple[str, ...]
    n_unknown: int
    n_withheld: int


@dataclass(frozen=True, slots=True)
class DueSheet:
    """The sheet of an operation that is due, by party."""

    operation: str
    due: date
    parts: tuple[PartOfSheet, ...]

    @property
    def n_given(self) -> int:
        """The number of sections that are given."""
        return sum(len(one.given) for one in self.parts)

    @property
    def n_all(self) -> int:
        """The number of sections that are wanted."""
        return self.n_given + sum(len(one.missing) for one in self.parts)


def due_sheets(store: Store, draft: Draft, now: datetime) -> list[DueSheet]:
    """The sheets that are or were due, of operations to come, by date; none if nobody may write any."""
    plan, scenario = draft.plan, draft.scenario
    if plan is None:
        return []
    with store.reading() as db:
        if not any("sheet" in one.may and one.is_open(now) for one in contacts.contacts(db)):
            return []
        entries = party_entries.of_kinds(db, [SHEET], now - KEPT)
    given, moment = _given(entries), draft.moment(now)
    found = []
    for placement in plan.placements:
        due = sheet_due(scenario, plan, placement) if placement.operation in scenario.operations else None
        if due is None or due - moment.date() > AHEAD or scenario.has_begun(placement.slot, moment):
            continue
        found.append(DueSheet(placement.operation, due, tuple(_parts(draft, placement, given))))
    return sorted(found, key=lambda one: (one.due, one.operation))


def _given(entries: list[party_entries.PartyEntry]) -> dict[Key, WrittenGivenSection]:
    """The last version of each section that counts."""
    found = dict[Key, WrittenGivenSection]()
    for entry in entries:
        if entry.state == "counts":
            written = read_given(read_body(entry.body))
            for one in written.sections:
                key = (written.operation, entry.party, one.section)
                if key not in found or found[key].version < one.version:
                    found[key] = one
    return found


def _parts(draft: Draft, placement: Placement, given: dict[Key, WrittenGivenSection]) -> Iterator[PartOfSheet]:
    operation = draft.scenario.operations[placement.operation]
    for party in parties(draft.scenario):
        if not party.id or not concerns(draft.scenario, party, placement):
            continue
        leads = party == Party("agency", operation.lead_agency)
        wanted = [one.id for one in sections_of(leads=leads, judges_risk=party.kind == "police") if one.required]
        there = [given[key] for id in wanted if (key := (operation.id, str(party), id)) in given]
        yield PartOfSheet(
            draft.named.parties[party.id].name,
            tuple(one.section for one in there),
            tuple(id for id in wanted if (operation.id, str(party), id) not in given),
            sum(one.unknown for one in there),
            sum(one.withheld for one in there),
        )
