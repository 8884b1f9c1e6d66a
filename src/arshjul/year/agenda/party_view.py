"""From a party's calendars, as they were told at a publishing, to what the portal shows it.

A police unit also gets its one list: what all programmes and units ask of it, no more than its own calendar tells it.
Everybody sees the cards of all parties on its operations; nobody's part follows from a card.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NamedTuple

from arshjul.year.agenda.channel import Uids, contents
from arshjul.year.agenda.entry import FeedEntry, one_line
from arshjul.year.agenda.feed_history import FeedState
from arshjul.year.agenda.milestone_times import Times
from arshjul.year.agenda.party import Party, PartyKind, concerns, others, takes_part
from arshjul.year.agenda.time_text import hours
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.entries.learnt import latest_cards
from arshjul.year.domain.information_sheet.declared import NEEDS, By, SheetSection
from arshjul.year.domain.information_sheet.sections import sections_of
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.parties import Agency
from arshjul.year.domain.party_view import (
    Order,
    Orderer,
    PartyView,
    UnitList,
    ViewCall,
    ViewCard,
    ViewCards,
    ViewEvent,
    ViewSheet,
    ViewShift,
    ViewWithdrawal,
    ViewWord,
)
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.sent_offer import standing
from arshjul.year.domain.share import share

TEXTS = ("may", "may_not", "looks_for", "told_when", "before", "phone")
"""The texts of a card, in the order in which they are read."""
LONGEST_NEED = 200
"""The characters of a text of a card in a line of a calendar: its page has the rest."""


def cards_of(scenario: Scenario, plan: Plan) -> tuple[ViewCard, ...]:
    """As they are shown to anybody, in the scenario's order."""
    known, found = latest_cards(plan.entries.cards), []
    for id, party in scenario.parties.items():
        if (one := known.get(id)) is not None:
            said = {key: getattr(one.card, key) for key in TEXTS if getattr(one.card, key)}
            found.append(ViewCard(id, party.name, one.version, said, one.card.sectors, one.card.review_by))
    return tuple(found)


def with_told_cards(plan: Plan, may_be_told: Callable[[str], bool]) -> Plan:
    known = latest_cards(plan.entries.cards)
    untold = {id for id, one in known.items() if not all(may_be_told(getattr(one.card, key)) for key in TEXTS)}
    cards = tuple(card for card in plan.entries.cards if card.party not in untold)
    return plan if not untold else replace(plan, entries=plan.entries.with_lists(cards=cards))


def needs_of_others(scenario: Scenario, plan: Plan, party: Party, placement: Placement) -> list[tuple[str, str]]:
    """From their cards, by name: when agencies that the party sees there want to be told, and what they need before."""
    known, operation = latest_cards(plan.entries.cards), scenario.operations[placement.operation]
    found = []
    for id in others(scenario, party, placement).agencies if known else ():
        card = known[id].card if id in known else None
        if card is not None and (not card.sectors or operation.sector in card.sectors):
            lines = [one_line(text).rstrip(".") for text in (card.told_when, card.before) if text]
            said = [line if len(line) <= LONGEST_NEED else f"{line[: LONGEST_NEED - 1].rstrip()}…" for line in lines]
            if said:
                found.append((scenario.agencies[id].name, "; ".join(said)))
    return found


def view_cards(
    scenario: Scenario, plan: Plan, party: str, may_be_told: Callable[[str], bool] = lambda _: True
) -> ViewCards:
    cards = tuple(
        card for card in cards_of(scenario, plan) if card.party == party or all(map(may_be_told, card.said.values()))
    )
    if not cards:
        return ViewCards()
    there = (place for place in plan.placements if place.operation in scenario.operations)
    own = [
        scenario.operations[place.operation]
        for place in there
        if party in scenario.agencies_told(place) or party in scenario.lenders(place.operation, place.police)
    ]
    return ViewCards(cards, {operation.id: operation.sector for operation in own})


class _UnitDate(NamedTuple):
    starts: datetime
    ends: datetime
    slot: Slot
    operation: Operation
    placement: Placement


def unit_list(scenario: Scenario, plan: Plan, unit: str) -> UnitList:
    known = scenario.police[unit]
    there = sorted(_dates(scenario, plan, unit), key=lambda one: (one.starts, one.operation.id))
    areas = tuple(scenario.areas[id].name for id in known.areas if id in scenario.areas)
    orders = tuple(_order(scenario, plan, unit, unit_date, there) for unit_date in there)
    return UnitList(known.name, areas, scenario.name, tuple(_orderers(scenario, unit, there)), orders)


def _dates(scenario: Scenario, plan: Plan, unit: str) -> Iterator[_UnitDate]:
    for placement in plan.placements:
        if concerns(scenario, Party("police", unit), placement) and placement.operation in scenario.operations:
            for slot in scenario.slots(placement):
                yield _UnitDate(*scenario.moments(slot), slot, scenario.operations[placement.operation], placement)


def _order(scenario: Scenario, plan: Plan, unit: str, one: _UnitDate, there: list[_UnitDate]) -> Order:
    operation, shift = one.operation, scenario.shift(one.slot.shift)
    others = [other for other in there if other.operation.id != operation.id]
    serves = one.placement.police == unit
    at_once = [other.operation.id for other in others if other.starts < one.ends and one.starts < other.ends]
    same_day = [other.operation.id for other in others if other.slot.day == one.slot.day]
    return Order(
        operation.id,
        one.slot.day,
        hours(shift),
        one.placement.lent(one.operation)[unit],
        operation.designated if serves else "none",
        serves,
        _named(scenario.agencies[operation.lead_agency]),
        scenario.programme(operation.programme).name,
        scenario.word(operation.sector),
        scenario.areas[operation.area].name,
        tuple(at_once),
        tuple(id for id in same_day if id not in at_once),
        tuple(needs_of_others(scenario, plan, Party("police", unit), one.placement)),
    )


def _named(agency: Agency) -> str:
    return f"{agency.name}, {agency.unit}" if agency.unit else agency.name


def _orderers(scenario: Scenario, unit: str, there: list[_UnitDate]) -> Iterator[Orderer]:
    found = defaultdict[tuple[str, str], list[_UnitDate]](list)
    for unit_date in there:
        found[unit_date.operation.lead_agency, unit_date.operation.programme].append(unit_date)
    for (lead, programme), dates in sorted(found.items(), key=lambda one: (-len(one[1]), one[0])):
        agency, what = scenario.agencies[lead], scenario.programme(programme)
        yield Orderer(
            _named(agency),
            scenario.role(lead),
            what.name,
            "" if what.owner is None else scenario.agencies[what.owner].name,
            what.purpose or scenario.role(programme),
            tuple(way for way in (agency.contact, agency.phone, agency.email) if way),
            tuple(dict.fromkeys(scenario.word(occasion.operation.sector) for occasion in dates)),
            len({occasion.operation.id for occasion in dates}),
            sum(occasion.placement.lent(occasion.operation)[unit] for occasion in dates),
        )


def sections_written(scenario: Scenario, operation: Operation, party: Party) -> tuple[SheetSection, ...]:
    """Its sections, in order, if it takes part in the operation; of a unit the risk, and its needs where named."""
    if party.kind == "police":
        there = sections_of(["risk", "each"], scenario.sheet.sections)
        return tuple(section for section in there if section.by == "risk" or section.id == NEEDS)
    agency = scenario.agencies[party.id]
    is_so: dict[By, bool] = {
        "each": True,
        "lead": agency.id == operation.lead_agency,
        "risk": agency.writes_risk,
        "people": agency.writes_people,
    }
    return sections_of([by for by, so in is_so.items() if so], scenario.sheet.sections)


@dataclass(frozen=True, slots=True)
class PublishedAs:
    """The publishing that a view is of, None before the first one. `number`: the version of the plan.

    `name`: of the year in calendars. `clock`: of a rehearsal, local time. `told`: the moments that all publishings up
    to it are seen from, each with the moment of publishing, in order.
    """

    number: int
    at: datetime | None
    name: str
    clock: datetime | None
    told: tuple[tuple[datetime, datetime], ...] = ()

    def told_at(self, moment: datetime) -> datetime | None:
        return next((at for seen, at in self.told if seen >= moment), self.at)


def party_view(
    scenario: Scenario, plan: Plan | None, party: Party, told: Iterable[FeedState], of: PublishedAs, times: Times
) -> PartyView:
    """`told`: its calendars at the level `full`, as published. `plan`: None before that. `times`: as in calendars."""
    slots = {} if plan is None else dict(_slots(scenario, plan, party, Uids.of(of.name)))
    entries = {entry.event.uid: entry for state in reversed([*told]) for entry in state.entries}  # each once
    events = [_event(scenario, entry, slots, of) for entry in entries.values()]
    return PartyView(
        party=str(party),
        name=scenario.parties[party.id].name,
        year=scenario.name,
        language=scenario.language,
        timezone=scenario.timezone,
        phone=scenario.mail.phone or "",
        writer=scenario.mail.from_name or "",
        reply_to=scenario.mail.reply_to or "",
        revision=of.number,
        published=of.at,
        clock=of.clock,
        shifts=tuple(ViewShift(shift.id, shift.name, hours(shift)) for shift in scenario.shifts),
        events=tuple(sorted(events, key=lambda one: (one.first, str(one.starts), one.summary))),
        withdrawals=() if plan is None else tuple(_withdrawals(scenario, plan, party)),
        sectors=tuple(ViewWord(id, scenario.word(id)) for id in scenario.sectors),
        areas=tuple(ViewWord(area.id, area.name) for area in scenario.areas.values()),
        agencies=tuple(
            ViewWord(agency.id, agency.name) for agency in scenario.agencies.values() if agency.id != party.id
        ),
        unit_list=None if plan is None or party.kind != "police" else unit_list(scenario, plan, party.id),
        has_milestones="milestones" in contents(scenario, party),
        sheets=tuple(sorted(_sheets(scenario, plan, party, times), key=lambda sheet: (sheet.first, sheet.operation))),
    )


def view_calls(scenario: Scenario, party: Party) -> tuple[ViewCall, ...]:
    own = scenario.parties.get(party.id)
    calls = sorted((call for call in scenario.calls if own is not None and call.asks(own)), key=lambda one: one.due)
    return tuple(
        ViewCall(
            call.id, call.span.first, call.span.last, call.due, call.taken_until, standing(own, call.id, call.span)
        )
        for call in calls
        if own is not None
    )


def _sheets(scenario: Scenario, plan: Plan | None, party: Party, times: Times) -> Iterator[ViewSheet]:
    if plan is None:
        return
    for placement in plan.placements:
        operation = scenario.operations.get(placement.operation)
        if operation is None or not takes_part(scenario, party, placement):
            continue
        there = others(scenario, party, placement)
        named: tuple[tuple[PartyKind, tuple[str, ...]], ...] = (("agency", there.agencies), ("police", there.units))
        readers = [Party(kind, id) for kind, ids in named for id in ids]
        yield ViewSheet(
            operation.id,
            placement.slot.day,
            tuple(section.id for section in sections_written(scenario, operation, party)),
            tuple(ViewWord(str(reader), scenario.parties[reader.id].name) for reader in readers),
            sheet_due(scenario, times, placement),
            operation.sector,
            {
                str(reader): tuple(
                    section.id for section in sections_written(scenario, operation, reader) if section.required
                )
                for reader in readers
            },
        )


def sheet_due(scenario: Scenario, times: Times, placement: Placement) -> date | None:
    meant = (
        milestone
        for milestone in scenario.cycle.milestones
        if scenario.cycle.meaning(milestone.id) == "information-sheet"
    )
    first = next(meant, None)
    return None if first is None else times[placement.operation, first.id].day


_Date = tuple[str, Slot | None, int, str]
"""An operation's date, how many come from the party, and as what."""

_NONE: _Date = ("", None, 0, "")


def _slots(scenario: Scenario, plan: Plan, party: Party, uids: Uids) -> Iterator[tuple[str, _Date]]:
    for placement in plan.placements:
        if concerns(scenario, party, placement):
            own = share(scenario, placement, party.id)
            n, role = (0, "") if own is None else (own.strength, own.role)
            for number, slot in enumerate(scenario.slots(placement), 1):
                yield uids.operation(placement.operation, number), (placement.operation, slot, n, role)


def _event(scenario: Scenario, entry: FeedEntry, slots: dict[str, _Date], of: PublishedAs) -> ViewEvent:
    event = entry.event
    operation, slot, n, role = slots.get(event.uid, _NONE) if event.status != "CANCELLED" else _NONE
    starts, ends = event.starts, event.ends
    timed = isinstance(starts, datetime) and isinstance(ends, datetime)
    return ViewEvent(
        summary=event.summary,
        lines=tuple(event.description.splitlines()),
        first=event.day,
        starts=_local(scenario, starts) if timed else None,
        ends=_local(scenario, ends) if timed else None,
        status=event.status,
        operation=operation,
        shift="" if slot is None else slot.shift,
        number=n,
        role=role,
        meets=event.location.rpartition("; ")[0],
        is_milestone=event.transparent and event.status != "CANCELLED" and not operation,
        told_at=of.told_at(_news_at(entry)),
    )


def _news_at(entry: FeedEntry) -> datetime:
    """When the last thing happened to it that a party is told: not that a word of it changed."""
    last = entry.stamps.changed if entry.event.status == "CANCELLED" else entry.stamps.created
    return max((last, *(new.since for new in entry.news)))


def _local(scenario: Scenario, moment: object) -> datetime | None:
    return moment.astimezone(scenario.zone).replace(tzinfo=None) if isinstance(moment, datetime) else None


def _withdrawals(scenario: Scenario, plan: Plan, party: Party) -> Iterator[ViewWithdrawal]:
    for withdrawal in plan.entries.in_force():
        if party.kind == "police" and party.id in withdrawal.police:
            last = withdrawal.last or withdrawal.until or withdrawal.first
            yield ViewWithdrawal(
                withdrawal.id,
                withdrawal.first,
                last,
                withdrawal.last is None,
                withdrawal.shifts,
                withdrawal.officers_left,
                withdrawal.cause,
                scenario.taken_by(withdrawal)[2].stop - 1,
                is_shared=len(withdrawal.police) > 1,
            )
