"""From a party's calendars, as they were told at a publishing, to what the portal shows it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from arshjul.agenda.channel import contents
from arshjul.agenda.entry import FeedEntry
from arshjul.agenda.feed_history import FeedState
from arshjul.agenda.milestone_times import Times
from arshjul.agenda.participants import concerns, others, takes_part
from arshjul.agenda.party import Party, PartyKind
from arshjul.agenda.sheet_sections import sections_written
from arshjul.agenda.uid import Uids
from arshjul.agenda.unit_list import unit_list
from arshjul.domain.calendar import Slot
from arshjul.domain.operation import Operation, Placement
from arshjul.domain.party_view import PartyView, ViewCall, ViewEvent, ViewSheet, ViewShift, ViewWithdrawal, ViewWord
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.sent_offer import standing
from arshjul.domain.share import share


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
        """When it was published what has changed at that moment."""
        return next((at for seen, at in self.told if seen >= moment), self.at)


def party_view(
    scenario: Scenario,
    plan: Plan | None,
    party: Party,
    told: Iterable[FeedState],
    of: PublishedAs,
    times: Times,
) -> PartyView:
    """The party's view. `told`: its calendars at the level `full`, which `view` made when it was published.

    `plan`: None before anything is published. `times`: of milestones, as calendars have them.
    """
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
        shifts=tuple(ViewShift(one.id, one.name, f"{one.start:%H:%M}–{one.end:%H:%M}") for one in scenario.shifts),
        events=tuple(sorted(events, key=lambda one: (one.first, str(one.starts), one.summary))),
        withdrawals=() if plan is None else tuple(_withdrawals(scenario, plan, party)),
        sectors=tuple(ViewWord(id, scenario.word(id)) for id in scenario.sectors),
        areas=tuple(ViewWord(one.id, one.name) for one in scenario.areas.values()),
        agencies=tuple(ViewWord(one.id, one.name) for one in scenario.agencies.values() if one.id != party.id),
        unit_list=None if plan is None or party.kind != "police" else unit_list(scenario, plan, party.id),
        has_milestones="milestones" in contents(scenario, party),
        sheets=tuple(sorted(_sheets(scenario, plan, party, times), key=lambda one: (one.first, one.operation))),
    )


def view_calls(scenario: Scenario, party: Party) -> tuple[ViewCall, ...]:
    """The calls that ask the party, those first that are due first."""
    own = scenario.parties.get(party.id)
    calls = sorted((one for one in scenario.calls if own is not None and one.asks(own)), key=lambda one: one.due)
    return tuple(
        ViewCall(one.id, one.span.first, one.span.last, one.due, one.taken_until, standing(own, one.id, one.span))
        for one in calls
        if own is not None
    )


def _sheets(scenario: Scenario, plan: Plan | None, party: Party, times: Times) -> Iterator[ViewSheet]:
    """The sheets of the operations in which the party takes part; none before the first plan."""
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
            tuple(one.id for one in sections_written(scenario, operation, party)),
            tuple(ViewWord(str(one), scenario.parties[one.id].name) for one in readers),
            sheet_due(scenario, times, placement),
            operation.sector,
            {str(one): _wanted(scenario, operation, one) for one in readers},
        )


def _wanted(scenario: Scenario, operation: Operation, party: Party) -> tuple[str, ...]:
    return tuple(one.id for one in sections_written(scenario, operation, party) if one.required)


def sheet_due(scenario: Scenario, times: Times, placement: Placement) -> date | None:
    """The date of the milestone that counts as the information sheet; None if there is none."""
    meant = (one for one in scenario.cycle.milestones if scenario.cycle.meaning(one.id) == "information-sheet")
    first = next(meant, None)
    return None if first is None else times[placement.operation, first.id].day


_Date = tuple[str, Slot | None, int, str]
"""An operation's date, how many come from the party, and as what."""

_NONE: _Date = ("", None, 0, "")


def _slots(scenario: Scenario, plan: Plan, party: Party, uids: Uids) -> Iterator[tuple[str, _Date]]:
    """The dates of the operations in which the party has a part, by the UID of each."""
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
    return max((last, *(one.since for one in entry.news)))


def _local(scenario: Scenario, moment: object) -> datetime | None:
    return moment.astimezone(scenario.zone).replace(tzinfo=None) if isinstance(moment, datetime) else None


def _withdrawals(scenario: Scenario, plan: Plan, party: Party) -> Iterator[ViewWithdrawal]:
    for one in plan.entries.in_force():
        if party.kind == "police" and party.id in one.police:
            last = one.last or one.until or one.first
            yield ViewWithdrawal(
                one.id,
                one.first,
                last,
                one.last is None,
                one.shifts,
                one.officers_left,
                one.cause,
                scenario.taken_by(one)[2].stop - 1,
                is_shared=len(one.police) > 1,
            )
