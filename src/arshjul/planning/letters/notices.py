"""A revision's meaning for people: each change in a sentence, and a message to each party.

The sentences are the coordinator's. A message holds what its party's feed shows, and no more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from arshjul.agenda.cause import kind_of
from arshjul.agenda.clause import Kind
from arshjul.agenda.notice import alarms, notice, operation_said, with_notice
from arshjul.agenda.part_change import Former, part_change
from arshjul.agenda.participants import concerns
from arshjul.agenda.party import COORDINATOR, Party, parties
from arshjul.agenda.revised import changed_operations, tell
from arshjul.agenda.when import place_said, placed_when
from arshjul.domain.change import Changes, changes, lost_agencies
from arshjul.domain.former import with_former
from arshjul.domain.operation import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.domain.withdrawal import Withdrawal
from arshjul.errors import Message
from arshjul.planning.bindings import freed_said
from arshjul.texts import counted


@dataclass(frozen=True, slots=True)
class Touched:
    """An operation that a sentence is about, with its old and new starts as its reader sees them.

    `kinds` are those of the change; empty for a question, and for what stays as it is.
    """

    operation: str
    starts: tuple[datetime, ...]
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to send to one party: its name and contact, and a sentence for each operation.

    `touched` says for each sentence what it is about. In the first letter of a year it is empty, and `listed` has all
    that the party has a part in, by date.
    """

    to: Party
    name: str
    contact: str
    lines: tuple[Message, ...]
    touched: tuple[Touched, ...] = ()
    listed: tuple[Placement, ...] = ()

    def days(self, zone: ZoneInfo) -> list[date]:
        """The dates on which its operations start."""
        return sorted({start.astimezone(zone).date() for one in self.touched for start in one.starts})

    def and_then(self, other: "Letter") -> "Letter":
        """Both letters in one."""
        return replace(self, lines=self.lines + other.lines, touched=self.touched + other.touched)

    def about(self, is_wanted: Callable[[Touched], bool]) -> "Letter":
        """The letter with only the wanted sentences."""
        pairs = [pair for pair in zip(self.lines, self.touched, strict=True) if is_wanted(pair[1])]
        return replace(self, lines=tuple(line for line, _ in pairs), touched=tuple(touched for _, touched in pairs))

    def and_others(self, other: "Letter") -> "Letter":
        """The letter with the other one's sentences on further operations."""
        known = {touched.operation for touched in self.touched}
        return self.and_then(other.about(lambda touched: touched.operation not in known))


@dataclass(frozen=True, slots=True)
class Notices:
    """The difference of two revisions: the changes, the parties to tell, sentences, and letters.

    `lost`: the agencies that no longer join, by operation. `alarms`: what the coordinator must see first;
    what is called off stands first for everybody, musts before others.
    """

    changes: Changes
    tell: dict[str, tuple[str, ...]]
    sentences: tuple[Message, ...]
    letters: tuple[Letter, ...]
    lost: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alarms: tuple[Message, ...] = ()


def notices(scenario: Scenario, former: Scenario, old: Mapping[str, Placement], plan: Plan) -> Notices:
    """The changes from the old placements to the plan, with causes.

    `former` is the scenario of the old placements: parties to a cancelled operation are told, and what is no longer in
    the plan has its old name. If the scenarios have different names, which calendars see too, an id means two
    operations: everything ahead in the old one is called off, and everything is new.
    """
    if scenario.name == former.name:
        return _notices(scenario, Former(former, old), plan)
    to_come = {id: placement for id, placement in old.items() if not former.has_begun(placement.slot, plan.as_of)}
    nothing = replace(plan, placements=(), base=None, bindings={}, entries=plan.entries.with_lists(fillings=()))
    gone = _notices(former, Former(former, to_come), nothing)
    fresh = _notices(scenario, Former(scenario, {}), plan)
    found = Changes(dropped=gone.changes.dropped, new=fresh.changes.new)
    parties = dict.fromkeys((*fresh.tell, *gone.tell))
    ids = {party: dict.fromkeys((*gone.tell.get(party, ()), *fresh.tell.get(party, ()))) for party in parties}
    return Notices(
        found,
        {party: tuple(own) for party, own in ids.items()},
        (*gone.sentences, *fresh.sentences),
        _joined(gone.letters, fresh.letters),
        alarms=fresh.alarms,
    )


def _notices(scenario: Scenario, former: Former, plan: Plan) -> Notices:
    found, named = changes(former.placed, plan.placed), knowing_both(scenario, former.scenario)
    musts = {one.id for one in named.operations.values() if one.is_must}
    dropped = sorted(found.dropped, key=lambda move: move.operation not in musts)
    moves = (*dropped, *found.moved, *found.unit_changed, *found.new)
    ids = dict.fromkeys((*(move.operation for move in moves), *changed_operations(former, named, plan.placed)))
    said = (_sentence(former, named, plan, id) for id in ids)
    letters = (_letter(former, named, plan, party, ids) for party in parties(named) if party != COORDINATOR)
    return Notices(
        found,
        dict(tell(former, named, plan.placed)),
        (
            *(sentence for sentence in said if sentence is not None),
            *_of_objects(found, plan),
            *_of_owners(former.scenario, scenario),
        ),
        tuple(letter for letter in letters if letter.lines),
        lost_agencies(scenario, former.placed, plan.placed),
        alarms(scenario, plan.placed, former.placed),
    )


def _sentence(former: Former, scenario: Scenario, plan: Plan, id: str) -> Message | None:
    """The change of an operation for the coordinator; of a new one with the unit."""
    change, was = part_change(former, scenario, plan, COORDINATOR, id), former.placed.get(id)
    what = {"what": operation_said(scenario, id)}
    if change is not None and (change.old is not None or change.taken_back is not None):
        return notice(scenario, plan, change)
    if change is not None:
        values = {**what, "place": place_said(scenario, plan.placed[id])}
        return with_notice(plan, change.first, Message("{what}: new, {place}", values))
    if was is not None and id not in scenario.operations:  # parties that are no longer known
        values = {**what, "old": place_said(scenario, was)}
        return with_notice(plan, was.slot.day, Message("{what}: called off, was {old}", values))
    return None


def _of_objects(found: Changes, plan: Plan) -> Iterator[Message]:
    """What happened to the objects of frames: moved along, freed, or bound."""
    for move in found.moved:
        if objects := plan.bindings.get(move.operation):
            values = {"frame": move.operation, "objects": list(objects)}
            yield Message("{frame} takes along its objects: {objects}.", values)
    for filling in plan.entries.fillings:
        if filling.revision == plan.revision:
            yield from map(freed_said, filling.freed)
            for frame, objects in filling.bound.items():
                yield Message("Bound to {frame}: {objects}.", {"frame": frame, "objects": list(objects)})


def _of_owners(former: Scenario, scenario: Scenario) -> Iterator[Message]:
    """The programmes that are owned by somebody else now."""
    for one in scenario.known_programmes:
        if one.owner == former.programme(one.id).owner:
            continue
        if one.owner is None:
            yield Message("Nobody owns {programme} now.", {"programme": one.name})
        else:
            values = {"programme": one.name, "owner": scenario.agencies[one.owner].name}
            yield Message("{owner} owns {programme} now.", values)


def knowing_both(scenario: Scenario, former: Scenario) -> Scenario:
    """The scenario extended by what the former one knew, for names only."""
    ids = {shift.id for shift in scenario.shifts}
    return replace(
        with_former(former, scenario),
        shifts=(*scenario.shifts, *(shift for shift in former.shifts if shift.id not in ids)),
        names={**former.names, **scenario.names},
    )


def _joined(gone: Iterable[Letter], fresh: Iterable[Letter]) -> tuple[Letter, ...]:
    """One letter to each party, cancellations first."""
    joined: dict[Party, Letter] = {}
    for letter in (*gone, *fresh):
        before = joined.get(letter.to)
        joined[letter.to] = letter if before is None else before.and_then(letter)
    return tuple(joined.values())


def withdrawal_sentence(scenario: Scenario, withdrawal: Withdrawal, *, replaced: bool = False) -> Message:
    """A line of the log: when a withdrawal was reported, who withdrew what and why, and the version that answered it.

    `replaced`: a later report has replaced it.
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


def _letter(former: Former, scenario: Scenario, plan: Plan, party: Party, ids: Iterable[str]) -> Letter:
    known = scenario.agencies[party.id] if party.kind == "agency" else scenario.police[party.id]
    found = (part_change(former, scenario, plan, party, id) for id in ids)
    changed = [change for change in found if change is not None]
    lines = tuple(notice(scenario, plan, change) for change in changed)
    touched = tuple(Touched(change.operation, change.starts, change.kinds) for change in changed)
    return Letter(party, known.name, known.contact, lines, touched)


def first_letters(scenario: Scenario, plan: Plan) -> tuple[Letter, ...]:
    """A message to each party with operations ahead, listing all their dates."""
    return tuple(_letters(scenario, plan))


def _letters(scenario: Scenario, plan: Plan) -> Iterator[Letter]:
    ahead = [placement for placement in plan.placements if not scenario.has_begun(placement.slot, plan.as_of)]
    in_order = sorted(ahead, key=lambda one: (one.slot.day, scenario.shift(one.slot.shift).start))
    for party in parties(scenario):
        own = [one for one in in_order if party != COORDINATOR and concerns(scenario, party, one)]
        if own:
            known = scenario.parties[party.id]
            yield Letter(party, known.name, known.contact, tuple(_lines(scenario, own)), listed=tuple(own))


def _lines(scenario: Scenario, own: list[Placement]) -> Iterator[Message]:
    yield counted(
        len(own), "One operation: {first}.", "{n} operations, the first: {first}.", first=_said(scenario, own[0])
    )
    if len(own) > 1:
        yield Message("The last: {last}.", {"last": _said(scenario, own[-1])})


def _said(scenario: Scenario, one: Placement) -> Message:
    values = {"what": operation_said(scenario, one.operation), "place": placed_when(scenario, one)}
    return Message("{what}, {place}", values)
