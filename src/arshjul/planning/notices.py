"""A revision's meaning for people: each change in a sentence, and for each party a message to send.

The sentences are the coordinator's. A message holds what its party's feed shows, and no more.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from arshjul.agenda.cause import cause, kind_of
from arshjul.agenda.notice import notice, operation_said, with_notice
from arshjul.agenda.part_change import because
from arshjul.agenda.party import COORDINATOR, Party, parties
from arshjul.agenda.when import placed_when
from arshjul.domain.amended import with_former_lenders
from arshjul.domain.change import Changes, Move, changes
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.recipients import tell
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import Message
from arshjul.planning.bindings import freed_said


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to send to one party: who and whom to contact, and a sentence for each operation."""

    to: Party
    name: str
    contact: str
    lines: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Notices:
    """The difference of two revisions: the changes, who must be told, in sentences and in letters."""

    changes: Changes
    tell: dict[str, tuple[str, ...]]
    sentences: tuple[Message, ...]
    letters: tuple[Letter, ...]


def notices(scenario: Scenario, former: Scenario, old: Mapping[str, Placement], plan: Plan) -> Notices:
    """The fate of the old placements, with causes.

    `former` is the scenario of the old ones: who took part in an operation that was cancelled is told,
    and what is in the plan no more is named as it was. Where it is of another name, as calendars see it
    too, the same id is another operation: all that was still to come is called off, and all is new.
    """
    if scenario.name == former.name:
        return _notices(with_former_lenders(_both(scenario, former), plan.entries.changes), old, plan)
    to_come = {id: placement for id, placement in old.items() if placement.slot.day >= plan.as_of.date()}
    nothing = replace(plan, placements=(), base=None, bindings={}, entries=replace(plan.entries, fillings=()))
    gone = _notices(former, to_come, nothing)
    fresh = _notices(scenario, {}, plan)
    found = Changes(dropped=gone.changes.dropped, new=fresh.changes.new)
    parties = dict.fromkeys((*fresh.tell, *gone.tell))
    ids = {party: dict.fromkeys((*gone.tell.get(party, ()), *fresh.tell.get(party, ()))) for party in parties}
    return Notices(
        found,
        {party: tuple(own) for party, own in ids.items()},
        (*gone.sentences, *fresh.sentences),
        _joined(gone.letters, fresh.letters),
    )


def _notices(scenario: Scenario, old: Mapping[str, Placement], plan: Plan) -> Notices:
    found = changes(old, plan.placed)
    to_tell = dict(tell(scenario, found))
    sentence = {move.operation: change_said(scenario, plan, move) for move in _moves(found)}
    for operation, agencies in found.lost_agencies.items():
        if operation not in sentence:
            why = cause(scenario, plan, old[operation], COORDINATOR)
            sentence[operation] = Message(
                "{sentence}.", {"sentence": because(_lost(scenario, operation, agencies), why)}
            )
    moves = {id: Move(id, old.get(id), plan.placed.get(id)) for ids in to_tell.values() for id in ids}
    letters = (_letter(scenario, plan, party, moves.values()) for party in parties(scenario) if party.id in to_tell)
    sentences = (*sentence.values(), *_of_objects(found, plan))
    return Notices(found, to_tell, sentences, tuple(letter for letter in letters if letter.lines))


def _of_objects(found: Changes, plan: Plan) -> Iterator[Message]:
    """The fate of the objects of frames: those that moved along, became free, or were bound."""
    for move in found.moved:
        if objects := plan.bindings.get(move.operation):
            values = {"frame": move.operation, "objects": list(objects)}
            yield Message("{frame} takes along its objects: {objects}.", values)
    for filling in plan.entries.fillings:
        if filling.revision == plan.revision:
            yield from map(freed_said, filling.freed)
            for frame, objects in filling.bound.items():
                yield Message("Bound to {frame}: {objects}.", {"frame": frame, "objects": list(objects)})


def _both(scenario: Scenario, former: Scenario) -> Scenario:
    """The scenario, and what the former one knew besides: only to name it."""
    ids = {shift.id for shift in scenario.shifts}
    return replace(
        scenario,
        shifts=(*scenario.shifts, *(shift for shift in former.shifts if shift.id not in ids)),
        areas={**former.areas, **scenario.areas},
        police={**former.police, **scenario.police},
        agencies={**former.agencies, **scenario.agencies},
        operations={**former.operations, **scenario.operations},
        names={**former.names, **scenario.names},
    )


def _joined(gone: Iterable[Letter], fresh: Iterable[Letter]) -> tuple[Letter, ...]:
    """One letter to each party, with what is called off first."""
    joined: dict[Party, Letter] = {}
    for letter in (*gone, *fresh):
        before = joined.get(letter.to)
        joined[letter.to] = letter if before is None else replace(letter, lines=before.lines + letter.lines)
    return tuple(joined.values())


def _moves(found: Changes) -> Iterator[Move]:
    yield from found.moved
    yield from found.unit_changed
    yield from found.dropped
    yield from found.new


def change_said(scenario: Scenario, plan: Plan, move: Move) -> Message:
    """A change that the plan makes, for the coordinator: from where to where, why, and how long before."""
    what = {"what": operation_said(scenario, move.operation)}
    if move.old is None and move.new is not None:
        new = Message("{what}: new, {place}", {**what, "place": place_said(scenario, move.new)})
        return with_notice(plan, move.new.slot.day, new)
    if move.old is None:
        return Message("{what}", what)
    values = {**what, "old": place_said(scenario, move.old)}
    if move.new is None:
        said = Message("{what}: called off, was {old}", values)
        return with_notice(plan, move.old.slot.day, because(said, cause(scenario, plan, move.old, COORDINATOR)))
    values["new"] = place_said(scenario, move.new)
    said = Message("{what}: moved to {new}, was {old}", values)
    if move.new.slot == move.old.slot:
        said = Message("{what}: another unit, {new}, was {old}", values)
        if move.new.police == move.old.police:
            said = Message("{what}: another agency, {new}, was {old}", values)
    earlier = min(move.old.slot.day, move.new.slot.day)
    return with_notice(plan, earlier, because(said, cause(scenario, plan, move.old, COORDINATOR)))


def place_said(scenario: Scenario, placement: Placement) -> Message:
    """Date, hours, unit and the agencies chosen; by its id, what the scenario does not know."""
    return with_staffing(scenario, placement, placed_when(scenario, placement))


def with_staffing(scenario: Scenario, placement: Placement, when: Message) -> Message:
    """A time, with the unit and the agencies chosen of the groups that serve the operation there."""
    ids = (*((placement.police,) if placement.police is not None else ()), *placement.any_of)
    parties = scenario.parties
    names = ", ".join(parties[id].name if id in parties else id for id in ids)
    return Message("{when} ({unit})", {"when": when, "unit": names}) if names else when


def withdrawal_sentence(scenario: Scenario, withdrawal: Withdrawal, *, replaced: bool = False) -> Message:
    """A line of the log: when it was reported, who withdrew what and why, and which version of the plan answered it.

    `replaced`: a later report has taken its place.
    """
    shifts = withdrawal.shifts or tuple(shift.id for shift in scenario.shifts)
    values = {
        "id": withdrawal.id,
        "reported": withdrawal.reported,
        "units": [scenario.police[unit].name for unit in withdrawal.police],
        "dates": _dates(withdrawal),
        "shifts": [scenario.shift(shift).name for shift in shifts],
        "left": withdrawal.officers_left,
        "cause": kind_of(withdrawal) if withdrawal.cause else "-",
        "version": withdrawal.revision,
    }
    said = Message(
        "{id}, reported {reported}: {units}, {dates}, {shifts}, officers left: {left}; "
        "cause: {cause}; answered by version {version} of the plan.",
        values,
    )
    if withdrawal.revision is None:
        said = Message(
            "{id}, reported {reported}: {units}, {dates}, {shifts}, officers left: {left}; cause: {cause}.", values
        )
    return Message("{said} Replaced by a later report.", {"said": said}) if replaced else said


def _dates(withdrawal: Withdrawal) -> Message:
    if withdrawal.last is None:
        first, until = {"first": withdrawal.first}, withdrawal.until
        if until is None:
            return Message("from {first} until further notice", first)
        return Message("from {first} until further notice, taken to be {until}", {**first, "until": until})
    if withdrawal.last == withdrawal.first:
        return Message("{day}", {"day": withdrawal.first})
    return Message("{first} to {last}", {"first": withdrawal.first, "last": withdrawal.last})


def _lost(scenario: Scenario, operation: str, agencies: tuple[str, ...]) -> Message:
    names = [scenario.agencies[agency].name if agency in scenario.agencies else agency for agency in agencies]
    return Message("{what}: {agencies} cannot join", {"what": operation_said(scenario, operation), "agencies": names})


def _letter(scenario: Scenario, plan: Plan, party: Party, moves: Iterable[Move]) -> Letter:
    known = scenario.agencies[party.id] if party.kind == "agency" else scenario.police[party.id]
    lines = (notice(scenario, plan, party, move) for move in moves)
    return Letter(party, known.name, known.contact, tuple(line for line in lines if line is not None))
