"""A change as one party is told of it in a message: of which operation, what, why, and the notice."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from arshjul.agenda.meetings import is_invited
from arshjul.agenda.part import PartyPart
from arshjul.agenda.part_change import PartChange
from arshjul.agenda.participants import concerns
from arshjul.agenda.party import Party
from arshjul.domain.operation import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message
from arshjul.texts import counted


def notice(scenario: Scenario, plan: Plan, change: PartChange) -> Message:
    """The change in a sentence of its own: of which operation, what, why, and the notice.

    For an operation that has not moved it gives the time, which a calendar entry need not do.
    """
    old, new = change.old, change.new
    what = operation_said(scenario, change.operation, old if new is None else None)
    if old is not None and new is not None and old.moments == new.moments:
        what = Message("{what}, {place}", {"what": what, "place": new.when})
    if (back := change.taken_back) is not None:
        said = Message("The change of {what} is taken back: {change}", {"what": what, "change": back.sentence})
        return with_notice(plan, change.first, said)
    return with_notice(plan, change.first, Message("{what}: {change}", {"what": what, "change": change.sentence}))


def seen(scenario: Scenario, party: Party, placement: Placement | None) -> Placement | None:
    """The placement if the party has a part in the operation there, else None."""
    return placement if placement is not None and concerns(scenario, party, placement) else None


def with_notice(plan: Plan, day: date, sentence: Message) -> Message:
    """The sentence with the days of notice until its first date, which may have passed."""
    days = (day - plan.as_of.date()).days
    if days < 0:
        return Message("{sentence}.", {"sentence": sentence})
    if days == 0:
        return Message("{sentence} (told the same day).", {"sentence": sentence})
    return counted(
        days, "{sentence} (with one day's notice).", "{sentence} (with {n} days' notice).", sentence=sentence
    )


def operation_said(scenario: Scenario, id: str, left: PartyPart | None = None) -> Message:
    """An operation by its id, sector and area; never by its title, which may hint at a target.

    `left`: the part of a reader that has none any more, and reads of it what it knew.
    """
    operation = scenario.operations.get(id)
    if operation is None:
        return Message("{id}", {"id": id})
    sector, area = operation.sector, scenario.areas[operation.area].name
    if left is not None:
        sector, area = left.sector.id, left.area.name
    return Message("{id} ({sector}, {area})", {"id": id, "sector": scenario.word(sector), "area": area})


def alarms(scenario: Scenario, placed: Mapping[str, Placement], former: Mapping[str, Placement]) -> tuple[Message, ...]:
    """What the coordinator must see first of a plan: musts without a place, and what clashes with own meetings.

    Of those that stand where they stood the latter is known.
    """
    out = [one.id for one in scenario.planned.values() if one.is_must and one.id not in placed]
    ids = [operation_said(scenario, id) for id in out]
    said = [counted(len(ids), "An unplaced must: {ids}.", "{n} unplaced musts: {ids}.", ids=ids)] if ids else []
    moved = [one for id, one in placed.items() if (old := former.get(id)) is None or old.slot != one.slot]
    return (*said, *_clashes(scenario, moved))


def _clashes(scenario: Scenario, placements: Iterable[Placement]) -> Iterator[Message]:
    """The meetings during which operations stand whose agencies are asked to them."""
    there = [(one, *scenario.moments(slot)) for one in placements for slot in scenario.slots(one)]
    timed = [(one, day, one.start) for one in scenario.cycle.meetings if one.start is not None for day in one.dates]
    for meeting, day, clock in timed:
        starts = datetime.combine(day, clock, scenario.zone)
        ends = starts + timedelta(minutes=meeting.minutes)
        ids = [
            id_said(scenario, one.operation)
            for one, begins, over in there
            if begins < ends
            and starts < over
            and any(is_invited(scenario, meeting, party) for party in scenario.parties_at(one))
        ]
        if ids:
            values = {"meeting": meeting.name, "when": starts, "ids": ids}
            yield Message("{meeting} {when} clashes with {ids}, for the same parties.", values)


def id_said(scenario: Scenario, id: str) -> Message:
    """An operation in a list, by its id; in full if the id could be read as a number."""
    return operation_said(scenario, id) if not any(map(str.isalpha, id)) else Message("{id}", {"id": id})
