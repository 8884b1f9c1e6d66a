"""The morning's note: what happens today, what is affected with its ways out, what comes next, is due or is missing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import groupby

from arshjul.errors import Message
from arshjul.year.agenda.revised import id_said, operation_said
from arshjul.year.agenda.time_text import hours, placed_when, when_said, with_staffing
from arshjul.year.domain.calendar import Slot
from arshjul.year.domain.entries.amendment import RESULTS
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.parties import Agency, PoliceUnit
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.places.explain import coming_instead, fits
from arshjul.year.planning.places.finder import Alternative
from arshjul.year.planning.today import AHEAD_DAYS, Due, Hit, MeetingAhead, OperationAhead, Today
from arshjul.year.planning.ways_out import WayKind, WayOut
from arshjul.year.texts import counted

MOST_SHOWN = 12
"""The most operations without an outcome that are named."""


@dataclass(frozen=True, slots=True)
class Line:
    """`number`: of a way out; `hit`: the operation whose ways out follow; `way_of`: the reserve of this one way."""

    text: Message
    depth: int = 0
    number: int | None = None
    hit: str | None = None
    way_of: str | None = None


def morning_note(today: Today) -> Iterator[list[Line]]:
    opening = Message("{moment}: {happening}", {"moment": today.as_of, "happening": happening(today)})
    outside = today.scenario.outside(today.as_of.date())
    yield [Line(opening), *([] if outside is None else [Line(outside)]), *_under(_of_the_day(today))]
    yield list(_affected(today))
    for hit in today.hit:
        yield list(_of(today, hit))
    overdue = [due for due in today.due if due.overdue]
    ahead = [due for due in today.due if not due.overdue]
    for heading, lines in (
        (Message("Free teams:"), _under(free_said(today))),
        (Message("Reserves possible today:"), ready_said(today)),
        (Message("The next {days} days:", {"days": AHEAD_DAYS}), _under(_coming(today))),
        (Message("Overdue milestones:"), _under(_by_operation(today, overdue))),
        (Message("Milestones ahead:"), _under(_by_day(today, ahead))),
        (Message("Empty frames soon, for objects at short notice:"), _under(_empty(today, today.empty_already))),
        (Message("Frames likely to stay empty:"), _under(_empty(today, today.empty))),
        (Message("Missing:"), _under(_missing(today))),
    ):
        if there := list(lines):
            yield [Line(heading), *there]


def _under(texts: Iterable[Message]) -> Iterator[Line]:
    return (Line(text, 1) for text in texts)


def happening(today: Today) -> Message:
    n = sum(ahead.slot.day <= today.as_of.date() for ahead in today.operations)
    if not n:
        return Message("no operation today.")
    return counted(n, "one operation today.", "{n} operations today.")


def _of_the_day(today: Today) -> Iterator[Message]:
    for ahead in today.operations:
        if ahead.slot.day <= today.as_of.date():
            values = {
                "hours": _hours(today, ahead.slot),
                "what": operation_said(today.scenario, ahead.placement.operation),
                "parties": [party.name for party in ahead.parties],
            }
            yield _marked(today, ahead, Message("{hours} {what}: {parties}", values))
    for meeting in today.meetings:
        if meeting.day == today.as_of.date():
            yield Message("{meeting}", {"meeting": _meeting(meeting)})


def _hours(today: Today, slot: Slot) -> Message:
    values = {"hours": hours(today.scenario.shift(slot.shift))}
    return Message("{hours}", values) if slot.day == today.as_of.date() else Message("since yesterday {hours}", values)


def _marked(today: Today, ahead: OperationAhead, said: Message) -> Message:
    slots = today.scenario.slots(ahead.placement)
    if len(slots) > 1:
        said = Message("{said}, day {n} of {all}", {"said": said, "n": slots.index(ahead.slot) + 1, "all": len(slots)})
    if ahead.result is not None:
        said = Message("{said} – {mark}", {"said": said, "mark": RESULTS[ahead.result]})
    if ahead.placement.operation in {hit.operation for hit in today.hit}:
        said = Message("{said} – {mark}", {"said": said, "mark": Message("affected")})
    return said


def _meeting(ahead: MeetingAhead) -> Message:
    name, start = ahead.meeting.name, ahead.meeting.starts_at(ahead.day)
    if start is None:
        return Message("{name}", {"name": name})
    return Message("{hours} {what}", {"hours": f"{start:%H:%M}", "what": name})


def _coming(today: Today) -> Iterator[Message]:
    lines: list[tuple[date, Message]] = []
    for ahead in today.operations:
        if ahead.slot.day > today.as_of.date():
            what = operation_said(today.scenario, ahead.placement.operation)
            place = with_staffing(today.scenario, ahead.placement, when_said(today.scenario, ahead.slot))
            said = Message("{place}: {what}", {"place": place, "what": what})
            lines.append((ahead.slot.day, _marked(today, ahead, said)))
    for meeting in today.meetings:
        if meeting.day > today.as_of.date():
            said = Message("{day} {what}", {"day": meeting.day, "what": _meeting(meeting)})
            lines.append((meeting.day, said))
    yield from (text for _, text in sorted(lines, key=lambda line: line[0]))


def _affected(today: Today) -> Iterator[Line]:
    yield Line(Message("{affected}", {"affected": affected(today)}))
    if len(today.hit) > 1:
        for hit in today.hit:
            yield Line(_headed(today, hit), 1)


def affected(today: Today) -> Message:
    if not today.hit:
        return Message("No operation is affected.")
    first = today.hit[0].placement.slot
    n, values = len(today.hit), {"when": when_in(today, first)}
    if today.scenario.has_begun(first, today.as_of):  # an outcome says that it was called off
        return counted(
            n,
            "One operation is affected. It was to start {when}.",
            "{n} operations are affected. The first was to start {when}.",
            **values,
        )
    return counted(
        n,
        "One operation is affected. It starts {when}.",
        "{n} operations are affected. The first starts {when}.",
        **values,
    )


def _of(today: Today, hit: Hit) -> Iterator[Line]:
    yield Line(Message("{what}:", {"what": _headed(today, hit)}), hit=hit.operation)
    for party in hit.parties:
        yield Line(Message("Call {party}.", {"party": _to_call(party)}), 1)
    for number, way_out in enumerate(hit.ways_out, 1):
        said = _meanwhile(today, hit, way_out) if way_out.kind is WayKind.RESERVE else _way(today, hit, way_out)
        yield Line(_asking(today, way_out, said, but=hit.operation), 1, number)
    if not hit.ways_out:
        yield Line(none_said(today, hit), 1)


def none_said(today: Today, hit: Hit) -> Message:
    if hit.locked is not None:
        pin, why = hit.locked
        values = {"when": when_in(today, pin.slot), "why": why}
        if why is not None:
            return Message("Unchanged: {why}. No call is needed.", values)
        return Message(
            "Unchanged: your pin to {when} waits for a plan. Work out the options, or remove the pin. No call "
            "is needed yet.",
            values,
        )
    after = today.scenario.operations[hit.operation].after
    if after is not None and after.operation in {other.operation for other in today.hit}:
        return Message("It follows up {other}, also affected: settle that one first.", {"other": after.operation})
    return Message("No way to save it without moving or leaving out other operations: work out the options.")


def _headed(today: Today, hit: Hit) -> Message:
    values = {"what": operation_said(today.scenario, hit.operation), "place": _place(today, hit.placement)}
    return Message("{what}, {place}", values)


def _to_call(party: Agency | PoliceUnit) -> Message:
    known = [text for text in (party.contact, *reached(party).values()) if text]
    if not known:
        return Message("{name}", {"name": party.name})
    return Message("{name} ({contact})", {"name": party.name, "contact": ", ".join(known)})


def reached(party: Agency | PoliceUnit) -> dict[str, str]:
    return {"phone": party.phone or "", "email": party.email or ""}


def _asking(today: Today, way_out: WayOut, said: Message, but: str = "") -> Message:
    out = [id for id in way_out.left_out if id != but]
    if out:
        said = Message("{said} {others} must be left out.", {"said": said, "others": out})
    values = {"said": said, "parties": [today.scenario.parties[party].name for party in way_out.ask]}
    if way_out.asks:
        return Message("{said} All must agree: {parties}.", values)
    return Message("{said} Ask {parties}.", values) if way_out.ask else said


def _way(today: Today, hit: Hit, way_out: WayOut) -> Message:
    scenario, place = today.scenario, way_out.placement
    unit = "" if place.police is None else scenario.police[place.police].name
    said = fits(scenario, Alternative(place, 0, way_out.moves), partial(placed_in, today))
    if way_out.moves:
        return said
    match way_out.kind:
        case WayKind.STAYS if unit:
            said = Message("It can stay: {unit} has enough officers.", {"unit": unit})
        case WayKind.STAYS:
            said = Message("It can stay.")
        case WayKind.OTHER_UNIT:
            said = _other_staffing(scenario, hit.placement, place)
        case WayKind.FEWER_OFFICERS:
            said = counted(
                way_out.officers or 0,
                "It can go ahead with one officer from {unit}, instead of {needed}.",
                "It can go ahead with {n} officers from {unit}, instead of {needed}.",
                unit=unit,
                needed=scenario.operations[hit.operation].officers,
            )
        case WayKind.ANOTHER_SHIFT:
            said = Message("It can come later the same day, {place}.", {"place": _place(today, place)})
        case WayKind.WITHOUT_POLICE:
            said = Message("It can go ahead without police, same time.")
    return said


def _meanwhile(today: Today, hit: Hit, way_out: WayOut) -> Message:
    values: dict[str, object] = {**_reserve(today, way_out), "operation": hit.operation}
    if not way_out.moves:
        return Message("{what} can be carried out {place}; {operation} is left out, with no other slot.", values)
    (_, new), *others = way_out.moves
    values |= {"new": _place(today, new), "others": [old.operation for old, _ in others]}
    if others:
        return Message("{what} can be carried out {place}; {operation} and {others} move to {new}.", values)
    return Message("{what} can be carried out {place}; {operation} moves to {new}.", values)


def _reserve(today: Today, way_out: WayOut) -> dict[str, object]:
    place = _place(today, way_out.placement)
    if way_out.officers == 0:
        place = Message("{place}, without police", {"place": place})
    return {"what": operation_said(today.scenario, way_out.placement.operation), "place": place}


def ready_said(today: Today) -> Iterator[Line]:
    for id in dict.fromkeys(way.placement.operation for way in today.ready):
        way_out = today.ways[id][0]
        agencies = [today.scenario.agencies[agency].name for agency in today.scenario.agencies_at(way_out.placement)]
        said = Message("{what}, {place}: {agencies}.", {**_reserve(today, way_out), "agencies": agencies})
        yield Line(_asking(today, way_out, said), 1, 1, way_of=id)


def _other_staffing(scenario: Scenario, old: Placement, new: Placement) -> Message:
    unit = "" if new.police is None else scenario.police[new.police].name
    agencies = coming_instead(scenario, old, new)
    if agencies and new.police == old.police:
        return Message("{agencies} can come instead, same time.", {"agencies": agencies})
    if agencies:
        values = {"unit": unit, "agencies": agencies}
        return Message("{unit} can take it, same time, if {agencies} come instead.", values)
    return Message("{unit} can take it, same time.", {"unit": unit})


def _place(today: Today, place: Placement) -> Message:
    return with_staffing(today.scenario, place, placed_in(today, place))


def placed_in(today: Today, place: Placement) -> Message:
    """The dates of a place; if it is only today, the hours alone."""
    is_one = today.scenario.last_day(place) == place.slot.day
    return when_in(today, place.slot) if is_one else placed_when(today.scenario, place)


def when_in(today: Today, slot: Slot) -> Message:
    if slot.day != today.as_of.date():
        return when_said(today.scenario, slot)
    return Message("today {hours}", {"hours": hours(today.scenario.shift(slot.shift))})


def free_said(today: Today) -> Iterator[Message]:
    for slot, same in groupby(today.free_teams, key=lambda free: free.slot):
        teams = [
            counted(
                free.teams, "{agency} one team", "{agency} {n} teams", agency=today.scenario.agencies[free.agency].name
            )
            for free in same
        ]
        yield Message("{when}: {teams}", {"when": when_in(today, slot), "teams": teams})


def _empty(today: Today, frames: Sequence[tuple[str, Slot]]) -> Iterator[Message]:
    for id, slot in frames:
        yield Message("{what}, {when}", {"what": operation_said(today.scenario, id), "when": when_in(today, slot)})


def _missing(today: Today) -> Iterator[Message]:
    without: Sequence[str] = today.no_outcome
    if without:
        yield counted(
            len(without),
            "The outcome of one operation: {operations}.",
            "The outcomes of {n} operations: {operations}.",
            operations=_shown([id_said(today.scenario, id) for id in without]),
        )
    if today.doubtful:
        values = {"operations": [id_said(today.scenario, id) for id in today.doubtful]}
        yield Message("{operations} may not have taken place: enter an outcome, or set --as-of back.", values)
    for end in today.unknown_ends:
        yield end.text
    for unanswered in today.unanswered:
        about = {
            "party": _to_call(unanswered.party),
            "operation": operation_said(today.scenario, unanswered.operation),
            "when": placed_in(today, unanswered.placement),
        }
        yield Message("An answer of {party} about {operation}, {when}.", about)


def _shown(said: Sequence[Message]) -> list[object]:
    earlier = len(said) - MOST_SHOWN
    return [*said] if earlier <= 0 else [*said[-MOST_SHOWN:], counted(earlier, "one earlier", "{n} earlier")]


def _by_operation(today: Today, overdue: Sequence[Due]) -> Iterator[Message]:
    by_operation: dict[str, list[Due]] = {}
    for due in overdue:
        by_operation.setdefault(due.operation, []).append(due)
    earlier = len(by_operation) - MOST_SHOWN
    if earlier > 0:
        yield counted(earlier, "one earlier", "{n} earlier")
    for id, waits in [*by_operation.items()][max(earlier, 0) :]:
        each = [Message("{milestone} (due {day})", {"milestone": due.milestone.name, "day": due.day}) for due in waits]
        yield Message("{operation}: {milestones}", {"operation": id_said(today.scenario, id), "milestones": each})


def _by_day(today: Today, there: Sequence[Due]) -> Iterator[Message]:
    for day, same in groupby(there, key=lambda due: due.day):
        by_name: dict[str, list[Message]] = {}
        for due in same:
            by_name.setdefault(due.milestone.name, []).append(id_said(today.scenario, due.operation))
        what = [
            Message("{milestone} ({operations})", {"milestone": name, "operations": operations})
            for name, operations in by_name.items()
        ]
        when = Message("today") if day == today.as_of.date() else day
        yield Message("{day}: {what}", {"day": when, "what": what})
