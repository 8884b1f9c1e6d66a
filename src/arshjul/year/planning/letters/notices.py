"""A revision's meaning for people: each change in a sentence, a message to each party, and what it was not told of.

The sentences are the coordinator's. A message holds what its party's feed shows, and no more.

A party may act on anything that it was shown: the plan that it was last told of, and every one that it could read
since, in its calendar or at the portal. One that can read neither knows only what it was told. So what is untold is
told from the state that was shown last, even if the present state equals the first one, and `touched` has every start
that was shown.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from arshjul.errors import Message
from arshjul.year.agenda.cause import kind_of
from arshjul.year.agenda.party import COORDINATOR, Party, concerns, parties
from arshjul.year.agenda.party_change import FormerPlan, PartyChange, party_change
from arshjul.year.agenda.party_part import Kind, part
from arshjul.year.agenda.revised import alarms, changed_operations, notice, operation_said, tell, with_notice
from arshjul.year.agenda.time_text import place_said, placed_when
from arshjul.year.domain.change import Changes, changes, lost_agencies
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.retired_parties import with_former
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.withdrawal import Withdrawal
from arshjul.year.planning.fill import freed_said
from arshjul.year.texts import counted


@dataclass(frozen=True, slots=True)
class Touched:
    """`starts`: old and new, as its reader sees them. `kinds`: empty for a question, and for what stays as it is."""

    operation: str
    starts: tuple[datetime, ...]
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """A sentence for each operation, and what it is `touched` by; in the first of a year that is empty, and `listed`
    has all that the party has a part in, by date.
    """

    to: Party
    name: str
    contact: str
    lines: tuple[Message, ...]
    touched: tuple[Touched, ...] = ()
    listed: tuple[Placement, ...] = ()

    def days(self, zone: ZoneInfo) -> list[date]:
        return sorted({start.astimezone(zone).date() for touched in self.touched for start in touched.starts})

    def and_then(self, other: "Letter") -> "Letter":
        return replace(self, lines=self.lines + other.lines, touched=self.touched + other.touched)

    def about(self, is_wanted: Callable[[Touched], bool]) -> "Letter":
        pairs = [pair for pair in zip(self.lines, self.touched, strict=True) if is_wanted(pair[1])]
        return replace(self, lines=tuple(line for line, _ in pairs), touched=tuple(touched for _, touched in pairs))

    def and_others(self, other: "Letter") -> "Letter":
        known = {touched.operation for touched in self.touched}
        return self.and_then(other.about(lambda touched: touched.operation not in known))


@dataclass(frozen=True, slots=True)
class Notices:
    """`lost`: the agencies that no longer join, by operation. `alarms` are for the coordinator; what is called off
    stands first, musts before others.
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
        return _notices(scenario, FormerPlan(former, old), plan)
    to_come = {id: placement for id, placement in old.items() if not former.has_begun(placement.slot, plan.as_of)}
    nothing = replace(plan, placements=(), base=None, bindings={}, entries=plan.entries.with_lists(fillings=()))
    gone = _notices(former, FormerPlan(former, to_come), nothing)
    fresh = _notices(scenario, FormerPlan(scenario, {}), plan)
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


def _notices(scenario: Scenario, former: FormerPlan, plan: Plan) -> Notices:
    found, named = changes(former.placed, plan.placed), knowing_both(scenario, former.scenario)
    musts = {operation.id for operation in named.operations.values() if operation.is_must}
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


def _sentence(former: FormerPlan, scenario: Scenario, plan: Plan, id: str) -> Message | None:
    change, was = party_change(former, scenario, plan, COORDINATOR, id), former.placed.get(id)
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
    for programme in scenario.known_programmes:
        if programme.owner is None and former.programme(programme.id).owner is not None:
            yield Message("Nobody owns {programme} now.", {"programme": programme.name})
        elif programme.owner is not None and programme.owner != former.programme(programme.id).owner:
            owner = scenario.agencies[programme.owner].name
            yield Message("{owner} owns {programme} now.", {"programme": programme.name, "owner": owner})


def knowing_both(scenario: Scenario, former: Scenario) -> Scenario:
    """The scenario extended by what the former one knew, for names only."""
    ids = {shift.id for shift in scenario.shifts}
    return replace(
        with_former(former, scenario),
        shifts=(*scenario.shifts, *(shift for shift in former.shifts if shift.id not in ids)),
        names={**former.names, **scenario.names},
    )


def _joined(gone: Iterable[Letter], fresh: Iterable[Letter]) -> tuple[Letter, ...]:
    joined: dict[Party, Letter] = {}
    for letter in (*gone, *fresh):
        before = joined.get(letter.to)
        joined[letter.to] = letter if before is None else before.and_then(letter)
    return tuple(joined.values())


def withdrawal_sentence(scenario: Scenario, withdrawal: Withdrawal, *, replaced: bool = False) -> Message:
    """A line of the log. `replaced`: a later report has replaced it."""
    values = {
        "id": withdrawal.id,
        "reported": withdrawal.reported,
        "units": [scenario.police[unit].name for unit in withdrawal.police],
        "dates": _dates(withdrawal),
        "shifts": [
            shift.name for shift in map(scenario.shift, withdrawal.shifts or (shift.id for shift in scenario.shifts))
        ],
        "left": withdrawal.officers_left,
        "cause": kind_of(withdrawal) if withdrawal.cause else "-",
        "version": withdrawal.revision,
    }
    answered = Message(
        "{id}, reported {reported}: {units}, {dates}, {shifts}, officers left: {left}; "
        "cause: {cause}; answered by version {version} of the plan.",
        values,
    )
    waits = Message(
        "{id}, reported {reported}: {units}, {dates}, {shifts}, officers left: {left}; cause: {cause}.", values
    )
    said = waits if withdrawal.revision is None else answered
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


def _letter(former: FormerPlan, scenario: Scenario, plan: Plan, party: Party, ids: Iterable[str]) -> Letter:
    party_changes = (party_change(former, scenario, plan, party, id) for id in ids)
    changed = [change for change in party_changes if change is not None]
    lines = [notice(scenario, plan, change) for change in changed]
    return letter_to(
        scenario, party, lines, [Touched(change.operation, change.starts, change.kinds) for change in changed]
    )


def letter_to(
    scenario: Scenario,
    party: Party,
    lines: Iterable[Message],
    touched: Iterable[Touched] = (),
    listed: Iterable[Placement] = (),
) -> Letter:
    known = scenario.parties[party.id]
    return Letter(party, known.name, known.contact, tuple(lines), tuple(touched), tuple(listed))


def first_letters(scenario: Scenario, plan: Plan) -> tuple[Letter, ...]:
    letters = []
    ahead = [placement for placement in plan.placements if not scenario.has_begun(placement.slot, plan.as_of)]
    in_order = scenario.by_time(ahead)
    for party in parties(scenario)[1:]:
        if own := [placement for placement in in_order if concerns(scenario, party, placement)]:
            n, first, last = len(own), _said(scenario, own[0]), _said(scenario, own[-1])
            lines = [counted(n, "One operation: {first}.", "{n} operations, the first: {first}.", first=first)]
            lines += [Message("The last: {last}.", {"last": last})] if n > 1 else []
            letters.append(letter_to(scenario, party, lines, listed=own))
    return tuple(letters)


def _said(scenario: Scenario, one: Placement) -> Message:
    values = {"what": operation_said(scenario, one.operation), "place": placed_when(scenario, one)}
    return Message("{what}, {place}", values)


@dataclass(frozen=True, slots=True)
class ToldUpTo:
    """The number of the shown plan that a party was last told of; `of` has the exceptions, by operation."""

    base: int
    of: Mapping[str, int] = field(default_factory=dict)

    def place(self, operation: str) -> int:
        return self.of.get(operation, self.base)

    @property
    def first(self) -> int:
        return min((self.base, *self.of.values()))


_Key = tuple[str, str]
"""The name of a plan and an operation of it: in plans of other names an id means another operation."""


@dataclass(frozen=True, slots=True)
class ShownYear:
    """A plan that parties were shown; `plan` None: nothing was. Those with one `mark` have the same scenario.

    `is_gone`: calendars no longer show it, because a backup was restored; only parties that were told of it know it.
    """

    scenario: Scenario
    plan: Plan | None
    mark: str
    is_gone: bool = False

    def placed(self, operation: str) -> Placement | None:
        return None if self.plan is None else self.plan.placed.get(operation)


@dataclass(frozen=True, slots=True)
class Untold:
    """The `n` plans shown, the first of them nothing; and the present one. `reads`: a party could read that plan."""

    shown: Callable[[int], ShownYear]
    n: int
    now: ShownYear
    reads: Callable[[int, Party], bool]
    _made: dict[tuple[int, Party], dict[_Key, PartyChange]] = field(default_factory=dict)

    def letter(self, to: Letter, told: ToldUpTo) -> Letter:
        found: dict[_Key, PartyChange] = {}
        for at in reversed(range(told.first, self.n)):
            for key, change in self._changes(at, to.to).items():
                if self._is_shown(at, told.place(key[1]), to.to):
                    found[key] = found[key].since(change) if key in found else change
        in_order = sorted(found.items(), key=lambda pair: (pair[1].first, pair[0]))
        lines, touched = [], []
        for key, change in in_order:
            lines.append(notice(self._named(key), self._plan, change))
            starts = self._starts(key, to.to, told.place(key[1]))
            touched.append(Touched(change.operation, starts, change.kinds))
        return replace(to, lines=tuple(lines), touched=tuple(touched), listed=())

    def _is_shown(self, at: int, told: int, party: Party) -> bool:
        return at == told or (at > told and not self.shown(at).is_gone and self.reads(at, party))

    @property
    def _plan(self) -> Plan:
        if self.now.plan is None:
            raise TypeError("what holds now has no plan")
        return self.now.plan

    def _named(self, key: _Key) -> Scenario:
        name, operation = key
        now = self.now.scenario
        if now.name == name and operation in now.operations:
            return now
        before = (self.shown(at).scenario for at in reversed(range(self.n)))
        known = next(scenario for scenario in before if scenario.name == name and operation in scenario.operations)
        return knowing_both(now, known) if now.name == name else known

    def _changes(self, at: int, party: Party) -> dict[_Key, PartyChange]:
        if (at, party) not in self._made:
            self._made[at, party] = dict(self._made_anew(self.shown(at), party))
        return self._made[at, party]

    def _made_anew(self, one: ShownYear, party: Party) -> Iterator[tuple[_Key, PartyChange]]:
        scenario, plan, former = self.now.scenario, self._plan, one
        if one.plan is not None and one.scenario.name != scenario.name:
            gone = replace(plan, placements=(), base=None, bindings={}, entries=plan.entries.with_lists(fillings=()))
            to_come = {id: at for id, at in one.plan.placed.items() if not one.scenario.has_begun(at.slot, plan.as_of)}
            for id in to_come:
                change = party_change(FormerPlan(one.scenario, to_come), one.scenario, gone, party, id)
                if change is not None:
                    yield (one.scenario.name, id), change
            former = ShownYear(scenario, None, self.now.mark)
        placed = {} if former.plan is None else former.plan.placed
        named = knowing_both(scenario, former.scenario)
        for id in dict.fromkeys((*placed, *plan.placed)):
            if former.mark != self.now.mark or placed.get(id) != plan.placed.get(id):
                change = party_change(FormerPlan(former.scenario, placed), named, plan, party, id)
                if change is not None:
                    yield (scenario.name, id), change

    def _starts(self, key: _Key, party: Party, told: int) -> tuple[datetime, ...]:
        """The starts shown and the present one, without those over before the first change since it was told of it."""
        places = [at for at in range(told, self.n) if at == told or not self.shown(at).is_gone]
        years = [*((self.shown(at), self._is_shown(at, told, party)) for at in places), (self.now, True)]
        years = [(year, is_shown) for year, is_shown in years if year.plan is None or year.scenario.name == key[0]]
        parts = [(year, part(year.scenario, party, year.placed(key[1])), is_shown) for year, is_shown in years]
        changed = (year.plan.as_of for year, own, _ in parts if year.plan and own != parts[0][1])
        first, zone = next(changed, self._plan.as_of).date(), self.now.scenario.zone
        starts = {own.moments[0][0] for _, own, is_shown in parts if own is not None and is_shown}
        return tuple(sorted(start for start in starts if start.astimezone(zone).date() >= first))
