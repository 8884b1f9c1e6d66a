"""What a revision means for people: each change in a sentence, and for each party a message to send.

The sentences name an operation by its id, sector and area, never by its title: they go to everyone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from arshjul.domain.change import Changes, Move, changes
from arshjul.domain.plan import Placement, Plan
from arshjul.domain.recipients import tell
from arshjul.domain.scenario import Scenario
from arshjul.domain.settings import UNKNOWN_END_DAYS
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import Message
from arshjul.texts import counted

CAUSES = {
    "shooting": Message("a shooting"),
    "accident": Message("a big accident"),
    "special-event": Message("a special event"),
    "match": Message("a match"),
    "demonstration": Message("a demonstration"),
}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to send to one party: who and whom to contact, and a sentence for each operation."""

    party: str
    name: str
    contact: str
    lines: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """The difference of two revisions: the changes, who must be told, in sentences and in letters."""

    changes: Changes
    tell: dict[str, tuple[str, ...]]
    sentences: tuple[Message, ...]
    letters: tuple[Letter, ...]


def told(scenario: Scenario, former: Scenario, old: Mapping[str, Placement], plan: Plan) -> Told:
    """What has become of the old placements; causes come from the plan.

    `former` is the scenario of the old ones: who took part in an operation that was cancelled is told,
    and what is in the plan no more is named as it was. Where it is of another name, as calendars see it
    too, the same id is another operation: all that was still to come is called off, and all is new.
    """
    if scenario.name == former.name:
        return _told(_both(scenario, former), changes(old, plan), plan)
    to_come = {id: placement for id, placement in old.items() if placement.slot.day >= plan.as_of.date()}
    nothing = replace(plan, placements=(), base=None)
    gone = _told(former, changes(to_come, nothing), nothing)
    fresh = _told(scenario, changes({}, plan), plan)
    found = Changes(dropped=gone.changes.dropped, new=fresh.changes.new)
    parties = dict.fromkeys((*fresh.tell, *gone.tell))
    ids = {party: dict.fromkeys((*gone.tell.get(party, ()), *fresh.tell.get(party, ()))) for party in parties}
    return Told(
        found,
        {party: tuple(own) for party, own in ids.items()},
        (*gone.sentences, *fresh.sentences),
        tuple(_joined(party, fresh.letters, gone.letters) for party in parties),
    )


def _told(scenario: Scenario, found: Changes, plan: Plan) -> Told:
    parties = dict(tell(scenario, found))
    sentence = {move.operation: _sentence(scenario, plan, move) for move in _moves(found)}
    for operation, agencies in found.lost_agencies.items():
        if operation not in sentence:
            sentence[operation] = _lost(scenario, operation, agencies)
    letters = tuple(_letter(scenario, party, [sentence[id] for id in ids]) for party, ids in parties.items())
    return Told(found, parties, tuple(sentence.values()), letters)


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


def _joined(party: str, fresh: tuple[Letter, ...], gone: tuple[Letter, ...]) -> Letter:
    """One letter to the party, with what is called off first."""
    own = [letter for letter in (*fresh, *gone) if letter.party == party]
    lines = (line for letter in reversed(own) for line in letter.lines)
    return replace(own[0], lines=tuple(lines))


def _moves(found: Changes) -> Iterator[Move]:
    yield from found.moved
    yield from found.unit_changed
    yield from found.dropped
    yield from found.new


def _sentence(scenario: Scenario, plan: Plan, move: Move) -> Message:
    what = {"what": _what(scenario, move.operation)}
    if move.old is None and move.new is not None:
        new = Message("{what}: new, {place}", {**what, "place": place_said(scenario, move.new)})
        return _with_notice(plan, move.new.slot.day, new)
    if move.old is None:
        return Message("{what}", what)
    values = {**what, "old": place_said(scenario, move.old)}
    if move.new is None:
        said = Message("{what}: called off, was {old}", values)
        return _with_notice(plan, move.old.slot.day, _because(scenario, plan, move.old, said))
    values["new"] = place_said(scenario, move.new)
    said = Message("{what}: moved to {new}, was {old}", values)
    if move.new.slot == move.old.slot:
        said = Message("{what}: another unit, {new}, was {old}", values)
    earlier = min(move.old.slot.day, move.new.slot.day)
    return _with_notice(plan, earlier, _because(scenario, plan, move.old, said))


def _with_notice(plan: Plan, day: date, sentence: Message) -> Message:
    days = (day - plan.as_of.date()).days
    if days < 0:
        return Message("{sentence}.", {"sentence": sentence})
    return counted(
        days, "{sentence} (with one day's notice).", "{sentence} (with {n} days' notice).", sentence=sentence
    )


def _what(scenario: Scenario, id: str) -> Message:
    operation = scenario.operations.get(id)
    if operation is None:
        return Message("{id}", {"id": id})
    area = scenario.areas[operation.area].name
    return Message("{id} ({sector}, {area})", {"id": id, "sector": scenario.word(operation.sector), "area": area})


def place_said(scenario: Scenario, placement: Placement) -> Message:
    """Date, shift and unit; by its id, what the scenario does not know."""
    shift = next((known.name for known in scenario.shifts if known.id == placement.slot.shift), placement.slot.shift)
    values = {"day": placement.slot.day, "shift": shift}
    if placement.police is None:
        return Message("{day}, {shift}", values)
    unit = scenario.police.get(placement.police)
    return Message("{day}, {shift}, {unit}", {**values, "unit": placement.police if unit is None else unit.name})


def _because(scenario: Scenario, plan: Plan, old: Placement, said: Message) -> Message:
    """The sentence with its cause, where a withdrawal took the officers of the old place."""
    if plan.base is not None and old.operation in plan.base.hit:
        for withdrawal in reversed(plan.withdrawals):
            last = withdrawal.ends(plan.as_of.date(), scenario.settings[UNKNOWN_END_DAYS])
            if old.police in withdrawal.police and withdrawal.covers(old.slot, last):
                return Message("{said}, because of {cause}", {"said": said, "cause": _cause(withdrawal)})
    return said


def _cause(withdrawal: Withdrawal) -> Message:
    return CAUSES.get(withdrawal.cause, Message("{cause}", {"cause": withdrawal.cause or withdrawal.id}))


def withdrawal_sentence(scenario: Scenario, withdrawal: Withdrawal) -> Message:
    """A line of the log: when it was reported, who withdrew what and why, and which revision answered it."""
    shifts = withdrawal.shifts or tuple(shift.id for shift in scenario.shifts)
    values = {
        "id": withdrawal.id,
        "reported": withdrawal.reported,
        "units": [scenario.police[unit].name for unit in withdrawal.police],
        "dates": _dates(withdrawal),
        "shifts": [scenario.shift(shift).name for shift in shifts],
        "left": withdrawal.officers_left,
        "cause": _cause(withdrawal),
        "revision": withdrawal.answered or "-",
    }
    return Message(
        "{id}, reported {reported}: {units}, {dates}, {shifts}, officers left: {left}; "
        "cause: {cause}; answered by revision {revision}.",
        values,
    )


def _dates(withdrawal: Withdrawal) -> Message:
    if withdrawal.last is None:
        return Message("from {first} until further notice", {"first": withdrawal.first})
    return Message("{first} to {last}", {"first": withdrawal.first, "last": withdrawal.last})


def _lost(scenario: Scenario, operation: str, agencies: tuple[str, ...]) -> Message:
    names = [scenario.agencies[agency].name if agency in scenario.agencies else agency for agency in agencies]
    return Message("{what}: {agencies} cannot join", {"what": _what(scenario, operation), "agencies": names})


def _letter(scenario: Scenario, party: str, lines: list[Message]) -> Letter:
    known = scenario.agencies.get(party) or scenario.police[party]
    return Letter(party, known.name, known.contact, tuple(lines))
