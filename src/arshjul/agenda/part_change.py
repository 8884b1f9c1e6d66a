"""The change of a party's part of an operation, as a sentence: the one that calendars, messages and differences use.

It is made from the party's part before and its part now (`part`). Whoever gives an operation over to another
unit, or takes it over, is told besides which unit that is, and when the operation is with it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from itertools import groupby

from arshjul.agenda.cause import CHANGED_CONDITIONS, absence, cause
from arshjul.agenda.clause import (
    LOSSES,
    OF_AN_EDIT,
    OF_THE_PLACE,
    SEEN_OF_THE_PLACE,
    Clause,
    Kind,
    Said,
    all_names,
    because,
    stays,
)
from arshjul.agenda.part import PartyPart, named, part
from arshjul.agenda.party import Party
from arshjul.agenda.when import placed_when
from arshjul.domain.entries.amendment import WithoutPolice
from arshjul.domain.operation import Operation
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message


@dataclass(frozen=True, slots=True)
class Former:
    """The plan of which the readers were told last, and its scenario."""

    scenario: Scenario
    placed: Mapping[str, Placement]


@dataclass(frozen=True, slots=True)
class PartChange:
    """A change of one party's part. No `old`: it comes; no `new`: it goes. `clauses`: losses first."""

    operation: str
    old: PartyPart | None
    new: PartyPart | None
    clauses: tuple[Clause, ...]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of its clauses, each once."""
        return tuple(dict.fromkeys(one.kind for one in self.clauses))

    @property
    def sentence(self) -> Message:
        """All in one, without a capital and without a full stop: clauses of one cause together, and followed by it."""
        runs = groupby(self.clauses, lambda one: one.why)
        return _one_after_another(because(_one_after_another(_said(run)), why) for why, run in runs)

    @property
    def cause(self) -> Message | None:
        """The cause of the operation's leaving its place; None where none is told."""
        return next((one.why for one in self.clauses if one.kind in OF_THE_PLACE), None)

    @property
    def alone(self) -> tuple[Said, ...]:
        """Each clause in a sentence of its own."""
        return tuple(one.alone for one in self.clauses)

    @property
    def starts(self) -> tuple[datetime, ...]:
        """When it was to start and starts now (UTC), where the party has a part in it."""
        return tuple(one.moments[0][0] for one in (self.old, self.new) if one is not None)

    @property
    def first(self) -> date:
        """The earlier of its first dates, before and now."""
        return min(one.first for one in (self.old, self.new) if one is not None)

    def since(self, earlier: "PartChange") -> "PartChange":
        """The same change for a party that knows an earlier state too, from which `earlier` leads to the same part.

        Each thing is told from the state in which it was shown last; what was shown of a date is told by that date.
        """
        if self.new is None:
            return self
        known = {one.thing for one in self.clauses}
        clauses = (*self.clauses, *(one for one in earlier.clauses if one.thing not in known))
        if any(one.kind == "moved" for one in clauses):
            clauses = tuple(one for one in clauses if one.kind != "new")
        return replace(self, old=self.old or earlier.old, clauses=_losses_first(clauses))


def part_change(former: Former, scenario: Scenario, plan: Plan, party: Party, operation: str) -> PartChange | None:
    """The change of the party's part of that operation since `former`; None where its part is as it was."""
    was, now = former.placed.get(operation), plan.placed.get(operation)
    old, new = part(former.scenario, party, was), part(scenario, party, now)
    clauses = _clauses(former, scenario, party, (was, old), (now, new))
    if not clauses:
        return None
    if was is not None:
        clauses = [replace(one, why=_why(one, former, scenario, plan, party, was)) for one in clauses]
    return PartChange(operation, old, new, _losses_first(clauses))


def _losses_first(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    return tuple(sorted(clauses, key=lambda one: one.kind not in LOSSES))


def _said(clauses: Iterable[Clause]) -> Iterator[Message]:
    """The clauses, those that say the same of several parties in one."""
    for _, alike in groupby(clauses, lambda one: one.said.template):
        first, *more = alike
        if first.party is None:
            yield from (one.said for one in (first, *more))
        else:
            (name,) = first.said.values
            names = all_names(one.party for one in (first, *more) if one.party)
            yield replace(first.said, values={name: names})


def _one_after_another(said: Iterable[Message]) -> Message:
    return reduce(lambda first, second: Message("{first}; {second}", {"first": first, "second": second}), said)


def goes_on(former: Former, scenario: Scenario, plan: Plan, party: Party, left: Placement) -> Message | None:
    """The news for a party that left an operation there, and was told of it then.

    None where that still holds. The cause is that for which it left, or for which the operation changed since.
    """
    was, now = former.placed.get(left.operation), plan.placed.get(left.operation)
    old, lent = placed_when(former.scenario, left), party.kind == "police" and left.police != party.id
    told, said = (
        Clause(*_goes(there, party, old, at, lent=lent)) for there, at in ((former.scenario, was), (scenario, now))
    )
    if told == said:
        return None
    since = left if told.kind == said.kind or was is None else was
    return because(said.said, _why(said, former, scenario, plan, party, since))


def is_changed(former: Former, scenario: Scenario, party: Party, was: Placement | None, now: Placement | None) -> bool:
    """True if a change of the party's part is told between these places of an operation."""
    old, new = part(former.scenario, party, was), part(scenario, party, now)
    return old != new and bool(_clauses(former, scenario, party, (was, old), (now, new)))


_Place = tuple[Placement | None, PartyPart | None]


def _clauses(former: Former, scenario: Scenario, party: Party, before: _Place, after: _Place) -> list[Clause]:
    (was, old), (now, new) = before, after
    if old is not None and new is not None:
        return list(stays(old, new))
    if old is not None:
        return [Clause(*_goes(scenario, party, old.when, now, lent=old.role == "lends"))]
    return [] if new is None else [Clause(*_comes(former, new, was))]


def _why(
    clause: Clause, former: Former, scenario: Scenario, plan: Plan, party: Party, was: Placement
) -> Message | None:
    """The cause of that clause, and of no other; None where none is told."""
    if clause.kind == "out":
        return _why_absent(former, scenario, plan, party, was, party.id)
    if clause.kind == "left" and clause.party is not None:
        return _why_absent(former, scenario, plan, party, was, clause.party.id)
    if clause.kind in OF_AN_EDIT:
        return CHANGED_CONDITIONS
    if clause.kind not in OF_THE_PLACE:
        return CHANGED_CONDITIONS if _is_wanted_otherwise(clause, former, scenario, plan, party, was) else None
    now, seen = plan.placed.get(was.operation), SEEN_OF_THE_PLACE.get(clause.kind, "place")
    if (now is not None and was.part(seen) == now.part(seen)) or _needs_none_now(clause, scenario, plan, was):
        return CHANGED_CONDITIONS
    return cause(scenario, plan, was, party, seen)


def _is_wanted_otherwise(
    clause: Clause, former: Former, scenario: Scenario, plan: Plan, party: Party, was: Placement
) -> bool:
    """True if that is no loss and comes of others, or another number, being wanted of the operation."""
    before, after = former.scenario.operations.get(was.operation), scenario.operations.get(was.operation)
    if clause.kind == "joins" and before is not None:
        return party.id not in before.invited
    now = plan.placed.get(was.operation)
    return was == now or (was.same_place(now) and _wanted(before) != _wanted(after))


def _wanted(one: Operation | None) -> tuple[object, ...]:
    """The parties wanted at the operation, and how many of each."""
    if one is None:
        return ()
    return one.lead_agency, one.agencies, one.any_of, one.optional_agencies, one.officers, one.police_also


def _needs_none_now(clause: Clause, scenario: Scenario, plan: Plan, was: Placement) -> bool:
    """True if no police come since the scenario asks for none: not since somebody sent it without them."""
    if clause.kind not in ("without-police", "not-needed") or scenario.operations[was.operation].is_insats:
        return False
    return not any(isinstance(one, WithoutPolice) and one.operation == was.operation for one in plan.entries.changes)


def _why_absent(
    former: Former, scenario: Scenario, plan: Plan, party: Party, was: Placement, agency: str
) -> Message | None:
    """The cause for which that agency is there no more: nothing but an edit can take out who was needed."""
    before, now = former.scenario.operations[was.operation], scenario.operations.get(was.operation)
    if agency in before.agencies or agency == before.lead_agency or now is None or agency not in now.invited:
        return CHANGED_CONDITIONS
    return absence(scenario, plan, was, agency, party)


_WITHOUT_YOU: Mapping[bool, Message] = {
    True: Message("you no longer take part {old}, it is held without you"),
    False: Message("you no longer take part {old}, it has moved and is held without you"),
}
"""The sentence on who takes part no more, by whether it is held when it was to be."""
_WITHOUT_POLICE: Mapping[bool, Message] = {
    True: Message("it is carried out without police, you are not needed {old}"),
    False: Message("it is carried out without police, you are not needed {old}, it has moved"),
}


def _goes(scenario: Scenario, party: Party, old: Message, now: Placement | None, *, lent: bool) -> tuple[Kind, Message]:
    """The fate of an operation at which the party was then. `lent`: it lent officers to another unit."""
    values = {"old": old}
    if now is None or now.operation not in scenario.operations:
        return "called-off", Message("called off, was {old}", values)
    when = placed_when(scenario, now)
    if party.kind != "police":
        return "out", replace(_WITHOUT_YOU[when == old], values=values)
    if now.police is None:
        return "not-needed", replace(_WITHOUT_POLICE[when == old], values=values)
    if lent:
        return "lends-no-more", Message("you no longer lend officers {old}", values)
    unit = named(scenario, now.police).name
    if when == old:
        return "handed-over", Message("{unit} takes over, {new}", {"unit": unit, "new": when})
    return "handed-over", Message("{unit} takes over, {new} instead of {old}", {"unit": unit, "new": when, **values})


def _comes(former: Former, new: PartyPart, was: Placement | None) -> tuple[Kind, Message]:
    values: dict[str, object] = {"new": new.when}
    if was is None:
        return "new", Message("new, {new}", values)
    if new.role == "lends":
        return "lends", Message("you lend officers now, {new}", values)
    if new.role != "serves":
        return "joins", Message("you take part now, {new}", values)
    if was.police is None:
        return "serves", Message("you serve it now, {new}", values)
    values["unit"], when = named(former.scenario, was.police).name, placed_when(former.scenario, was)
    if when == new.when:
        return "takes-over", Message("you take over from {unit}, {new}", values)
    return "takes-over", Message("you take over from {unit}, {new} instead of {old}", {**values, "old": when})
