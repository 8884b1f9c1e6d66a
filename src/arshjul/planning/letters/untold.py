"""The changes to a party's part that it has not been told of, given everything that it has been shown.

A party may act on anything that it was shown: the plan that it was last told of, and every one that it could read
since, in its calendar or at the portal. One that can read neither knows only what it was told. So each change is told
from the state that was shown last, even if the present state equals the first one, and `touched` has every start that
was shown.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from arshjul.agenda.notice import notice
from arshjul.agenda.part import part
from arshjul.agenda.part_change import Former, PartChange, part_change
from arshjul.agenda.party import Party
from arshjul.domain.operation import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.planning.letters.notices import Letter, Touched, knowing_both


@dataclass(frozen=True, slots=True)
class ToldUpTo:
    """The number of the shown plan that a party was last told of; `of` has the exceptions, by operation."""

    base: int
    of: Mapping[str, int] = field(default_factory=dict)

    def place(self, operation: str) -> int:
        """The number of the shown plan in which it knows that operation."""
        return self.of.get(operation, self.base)

    @property
    def first(self) -> int:
        """The lowest of these numbers."""
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
        """The place of an operation in it; None if it has none."""
        return None if self.plan is None else self.plan.placed.get(operation)


@dataclass(frozen=True, slots=True)
class Untold:
    """The `n` plans that were shown, in order, the first of them nothing; and the present one.

    `reads`: whether a party read the plan of that number, or could, or was told of it.
    """

    shown: Callable[[int], ShownYear]
    n: int
    now: ShownYear
    reads: Callable[[int, Party], bool]
    _made: dict[tuple[int, Party], dict[_Key, PartChange]] = field(default_factory=dict)

    def letter(self, to: Letter, told: ToldUpTo) -> Letter:
        """A letter to the party of `to`, which was told of these plans: the earliest start first."""
        found: dict[_Key, PartChange] = {}
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
        """True if the party, which was told of `told`, was shown `at` then, or later."""
        return at == told or (at > told and not self.shown(at).is_gone and self.reads(at, party))

    @property
    def _plan(self) -> Plan:
        if self.now.plan is None:
            raise TypeError("what holds now has no plan")
        return self.now.plan

    def _named(self, key: _Key) -> Scenario:
        """A scenario that has names for everything in a sentence on that operation."""
        name, operation = key
        now = self.now.scenario
        if now.name == name and operation in now.operations:
            return now
        before = (self.shown(at).scenario for at in reversed(range(self.n)))
        known = next(one for one in before if one.name == name and operation in one.operations)
        return knowing_both(now, known) if now.name == name else known

    def _changes(self, at: int, party: Party) -> dict[_Key, PartChange]:
        """The changes of the party's part from that plan to the present one."""
        if (at, party) not in self._made:
            self._made[at, party] = dict(self._made_anew(self.shown(at), party))
        return self._made[at, party]

    def _made_anew(self, one: ShownYear, party: Party) -> Iterator[tuple[_Key, PartChange]]:
        scenario, plan, former = self.now.scenario, self._plan, one
        if one.plan is not None and one.scenario.name != scenario.name:
            gone = replace(plan, placements=(), base=None, bindings={}, entries=plan.entries.with_lists(fillings=()))
            to_come = {id: at for id, at in one.plan.placed.items() if not one.scenario.has_begun(at.slot, plan.as_of)}
            for id in to_come:
                change = part_change(Former(one.scenario, to_come), one.scenario, gone, party, id)
                if change is not None:
                    yield (one.scenario.name, id), change
            former = ShownYear(scenario, None, self.now.mark)
        placed = {} if former.plan is None else former.plan.placed
        named = knowing_both(scenario, former.scenario)
        for id in dict.fromkeys((*placed, *plan.placed)):
            if former.mark != self.now.mark or placed.get(id) != plan.placed.get(id):
                change = part_change(Former(former.scenario, placed), named, plan, party, id)
                if change is not None:
                    yield (scenario.name, id), change

    def _starts(self, key: _Key, party: Party, told: int) -> tuple[datetime, ...]:
        """The starts that the party was shown, and the present one, without those already over.

        Over means before the first change to its part since it was told of it.
        """
        shown = [self.shown(at) for at in range(told, self.n) if self._is_shown(at, told, party)]
        years = [one for one in (*shown, self.now) if one.plan is None or one.scenario.name == key[0]]
        parts = [part(one.scenario, party, one.placed(key[1])) for one in years]
        changed = (one.plan.as_of for one, own in zip(years, parts, strict=True) if one.plan and own != parts[0])
        first, zone = next(changed, self._plan.as_of).date(), self.now.scenario.zone
        starts = {own.moments[0][0] for own in parts if own is not None}
        return tuple(sorted(start for start in starts if start.astimezone(zone).date() >= first))
