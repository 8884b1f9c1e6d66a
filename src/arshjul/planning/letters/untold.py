"""The untold: what has become other for a party since it was told last, by all that it has been shown since.

A party may act on whatever it was shown: the year that it was told of last, and every one that its calendar has served
since. So it is told of each thing from the state in which it was shown last, also where that is now as it was told
first; and of when it starts counts every start that it was shown.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from arshjul.agenda.notice import notice
from arshjul.agenda.part import part
from arshjul.agenda.part_change import Former, PartChange, part_change
from arshjul.agenda.party import Party
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.planning.letters.notices import Letter, Touched, knowing_both


@dataclass(frozen=True, slots=True)
class ToldUpTo:
    """The place of the year that a party was told of last, among those that were shown; of some operations another."""

    base: int
    of: Mapping[str, int] = field(default_factory=dict)

    def place(self, operation: str) -> int:
        """The place of the year in which it knows that operation."""
        return self.of.get(operation, self.base)

    @property
    def first(self) -> int:
        """The first of these places."""
        return min((self.base, *self.of.values()))


_Key = tuple[str, str]
"""The name of a plan, and an operation of it: where plans bear other names, one id means two operations."""


@dataclass(frozen=True, slots=True)
class ShownYear:
    """A year that parties were shown; without a `plan`, that nothing was. Those of one `mark` have the same scenario.

    `is_gone`: calendars show it no more, since a backup was put back: it is known to those alone who were told of it.
    """

    scenario: Scenario
    plan: Plan | None
    mark: str
    is_gone: bool = False

    def placed(self, operation: str) -> Placement | None:
        """The place of an operation in it; None where it has none."""
        return None if self.plan is None else self.plan.placed.get(operation)


@dataclass(frozen=True, slots=True)
class Untold:
    """The `n` years that were shown, in order, the first one that nothing was; and the one that holds now."""

    shown: Callable[[int], ShownYear]
    n: int
    now: ShownYear
    _made: dict[tuple[int, Party], dict[_Key, PartChange]] = field(default_factory=dict)

    def letter(self, to: Letter, told: ToldUpTo) -> Letter:
        """The letter to the party of that one, which was told of these years: what starts first, first."""
        found: dict[_Key, PartChange] = {}
        for at in reversed(range(told.first, self.n)):
            for key, change in self._changes(at, to.to).items():
                if self._is_shown(at, told.place(key[1])):
                    found[key] = found[key].since(change) if key in found else change
        in_order = sorted(found.items(), key=lambda pair: (pair[1].first, pair[0]))
        lines, touched = [], []
        for key, change in in_order:
            lines.append(notice(self._named(key), self._plan, change))
            starts = self._starts(key, to.to, told.place(key[1]))
            touched.append(Touched(change.operation, starts, change.kinds))
        return replace(to, lines=tuple(lines), touched=tuple(touched), listed=())

    def _is_shown(self, at: int, told: int) -> bool:
        """True if a party that was told of that year was shown this one then, or since."""
        return at == told or (at > told and not self.shown(at).is_gone)

    @property
    def _plan(self) -> Plan:
        if self.now.plan is None:
            raise TypeError("what holds now has no plan")
        return self.now.plan

    def _named(self, key: _Key) -> Scenario:
        """The scenario that names all that a sentence on that operation may."""
        name, operation = key
        now = self.now.scenario
        if now.name == name and operation in now.operations:
            return now
        before = (self.shown(at).scenario for at in reversed(range(self.n)))
        known = next(one for one in before if one.name == name and operation in one.operations)
        return knowing_both(now, known) if now.name == name else known

    def _changes(self, at: int, party: Party) -> dict[_Key, PartChange]:
        """The changes of the party's part from that year to now."""
        if (at, party) not in self._made:
            self._made[at, party] = dict(self._made_anew(self.shown(at), party))
        return self._made[at, party]

    def _made_anew(self, one: ShownYear, party: Party) -> Iterator[tuple[_Key, PartChange]]:
        scenario, plan, former = self.now.scenario, self._plan, one
        if one.plan is not None and one.scenario.name != scenario.name:
            gone = replace(plan, placements=(), base=None, bindings={}, entries=replace(plan.entries, fillings=()))
            to_come = {id: at for id, at in one.plan.placed.items() if at.slot.day >= plan.as_of.date()}
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
        """The starts that the party was shown since, and the one that it has now; none that was over by then.

        By then: when its part became another for the first time since it was told of it.
        """
        shown = [self.shown(at) for at in range(told, self.n) if self._is_shown(at, told)]
        years = [one for one in (*shown, self.now) if one.plan is None or one.scenario.name == key[0]]
        parts = [part(one.scenario, party, one.placed(key[1])) for one in years]
        changed = (one.plan.as_of for one, own in zip(years, parts, strict=True) if one.plan and own != parts[0])
        first, zone = next(changed, self._plan.as_of).date(), self.now.scenario.zone
        starts = {own.moments[0][0] for own in parts if own is not None}
        return tuple(sorted(start for start in starts if start.astimezone(zone).date() >= first))
