"""The change of a party's part of an operation, as a sentence for calendars, messages and differences alike.

It is made from the party's old and new part (`part`). A unit that hands an operation over, or takes it over, is also
told the other unit and the new time.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from itertools import groupby

from arshjul.errors import Message
from arshjul.year.agenda.cause import CHANGED_CONDITIONS, ON_THE_DAY, TAKEN_BACK, absence, cause
from arshjul.year.agenda.party import Party, concerns
from arshjul.year.agenda.party_part import (
    LOSSES,
    OF_AN_EDIT,
    OF_THE_PLACE,
    ROLES,
    SEEN_OF_THE_PLACE,
    ChangeClause,
    Kind,
    PartyPart,
    Said,
    all_names,
    because,
    meets,
    named,
    part,
    stays,
)
from arshjul.year.agenda.time_text import placed_when
from arshjul.year.domain.entries.amendment import WithoutPolice
from arshjul.year.domain.operation import Operation, Placement
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.rules.told_causes import put_back


@dataclass(frozen=True, slots=True)
class FormerPlan:
    scenario: Scenario
    placed: Mapping[str, Placement]


@dataclass(frozen=True, slots=True)
class PartyChange:
    """A change of one party's part. `old` None: the party is new; `new` None: it leaves. `clauses`: losses first."""

    operation: str
    old: PartyPart | None
    new: PartyPart | None
    clauses: tuple[ChangeClause, ...]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return tuple(dict.fromkeys(clause.kind for clause in self.clauses))

    @property
    def sentence(self) -> Message:
        """All clauses in one sentence, without capital and full stop: those with one cause together, followed by it."""
        runs = groupby(self.clauses, lambda clause: clause.why)
        return one_after_another(because(one_after_another(_said(run)), why) for why, run in runs)

    @property
    def cause(self) -> Message | None:
        return next((clause.why for clause in self.clauses if clause.kind in OF_THE_PLACE), None)

    @property
    def taken_back(self) -> "PartyChange | None":
        """The same without causes, if it is told only because an earlier change is taken back; None otherwise."""
        causes = [clause.why for clause in self.clauses if clause.why is not None]
        if not causes or any(why != TAKEN_BACK for why in causes):
            return None
        return replace(self, clauses=tuple(replace(clause, why=None) for clause in self.clauses))

    @property
    def in_calendar(self) -> "PartyChange":
        shown = (clause for clause in self.clauses if self.old is not None or clause.kind != "meet")
        said = (
            replace(clause, said=clause.beside or clause.said, why=None if clause.kind == "back" else clause.why)
            for clause in shown
        )
        return replace(self, clauses=tuple(said))

    @property
    def alone(self) -> tuple[Said, ...]:
        return tuple(clause.alone for clause in self.clauses)

    @property
    def starts(self) -> tuple[datetime, ...]:
        return tuple(party_part.moments[0][0] for party_part in (self.old, self.new) if party_part is not None)

    @property
    def first(self) -> date:
        return min(party_part.first for party_part in (self.old, self.new) if party_part is not None)

    def since(self, earlier: "PartyChange") -> "PartyChange":
        """The same change for a party that also knows an earlier state, from which `earlier` leads to the same part.

        Each thing is told from the state in which it was last shown; a change of date includes everything shown of it.
        """
        if self.new is None:
            return self
        known = {clause.thing for clause in self.clauses}
        clauses = (*self.clauses, *(clause for clause in earlier.clauses if clause.thing not in known))
        if any(clause.kind == "moved" for clause in clauses):
            clauses = tuple(clause for clause in clauses if clause.kind not in ("new", "back"))
        return replace(self, old=self.old or earlier.old, clauses=_losses_first(clauses))


def party_change(
    former: FormerPlan, scenario: Scenario, plan: Plan, party: Party, operation: str
) -> PartyChange | None:
    was, now = former.placed.get(operation), plan.placed.get(operation)
    old, new = part(former.scenario, party, was), part(scenario, party, now)
    clauses = _clauses(former, scenario, party, (was, old), (now, new))
    if not clauses:
        return None
    if was is None and new is not None and (back := put_back(plan, operation)) is not None:
        clauses = [replace(clause, why=TAKEN_BACK) for clause in clauses]
        if concerns(scenario, party, back[0]):
            said = Message("it is held after all, {new}", {"new": new.when})
            beside = Message("it is held after all, as it stood before {day}", {"day": back[1]})
            clauses[0] = ChangeClause("back", said, why=TAKEN_BACK, beside=beside)
    if was is not None:
        clauses = [replace(clause, why=_why(clause, former, scenario, plan, party, was)) for clause in clauses]
    return PartyChange(operation, old, new, _losses_first(clauses))


def _losses_first(clauses: Iterable[ChangeClause]) -> tuple[ChangeClause, ...]:
    return tuple(sorted(clauses, key=lambda clause: clause.kind not in LOSSES))


def _said(clauses: Iterable[ChangeClause]) -> Iterator[Message]:
    for _, alike in groupby(clauses, lambda clause: clause.said.template):
        first, *more = alike
        if first.party is None:
            yield from (clause.said for clause in (first, *more))
        else:
            (name,) = first.said.values
            names = all_names(clause.party for clause in (first, *more) if clause.party)
            yield replace(first.said, values={name: names})


def one_after_another(said: Iterable[Message]) -> Message:
    return reduce(lambda first, second: Message("{first}; {second}", {"first": first, "second": second}), said)


def goes_on(former: FormerPlan, scenario: Scenario, plan: Plan, party: Party, left: Placement) -> Message | None:
    """Of what it left at `left`, and was told then; None if that holds. The cause: why it left, or it changed since."""
    was, now = former.placed.get(left.operation), plan.placed.get(left.operation)
    old, lent = placed_when(former.scenario, left), party.kind == "police" and left.police != party.id
    told, said = (_gone(there, party, old, at, lent=lent) for there, at in ((former.scenario, was), (scenario, now)))
    if told == said:
        return None
    since = left if told[0].kind == said[0].kind or was is None else was
    return one_after_another(
        because(clause.said, _why(clause, former, scenario, plan, party, since)) for clause in said
    )


def is_changed(
    former: FormerPlan, scenario: Scenario, party: Party, was: Placement | None, now: Placement | None
) -> bool:
    old, new = part(former.scenario, party, was), part(scenario, party, now)
    return old != new and bool(_clauses(former, scenario, party, (was, old), (now, new)))


_Place = tuple[Placement | None, PartyPart | None]


def _clauses(former: FormerPlan, scenario: Scenario, party: Party, before: _Place, after: _Place) -> list[ChangeClause]:
    (was, old), (now, new) = before, after
    if old is not None and new is not None:
        return list(stays(old, new))
    if old is not None:
        return _leaves(scenario, party, old, now)
    return [] if new is None else [_comes(former, new, was), *meets(None, new)]


def _why(
    clause: ChangeClause, former: FormerPlan, scenario: Scenario, plan: Plan, party: Party, was: Placement
) -> Message | None:
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
    why = cause(scenario, plan, was, party, seen)
    # That it was called off says no more than the clause.
    return None if clause.kind == "called-off" and why == ON_THE_DAY else why


def _is_wanted_otherwise(
    clause: ChangeClause, former: FormerPlan, scenario: Scenario, plan: Plan, party: Party, was: Placement
) -> bool:
    """True if the clause is no loss and follows from the operation's wanting other parties or numbers."""
    if clause.kind == "meet":
        return False
    before, after = former.scenario.operations.get(was.operation), scenario.operations.get(was.operation)
    if clause.kind == "joins" and before is not None:
        return party.id not in before.invited
    now = plan.placed.get(was.operation)
    return was == now or (was.same_place(now) and _wanted(before) != _wanted(after))


def _wanted(one: Operation | None) -> tuple[object, ...]:
    if one is None:
        return ()
    return one.lead_agency, one.agencies, one.any_of, one.optional_agencies, one.officers, one.police_also


def _needs_none_now(clause: ChangeClause, scenario: Scenario, plan: Plan, was: Placement) -> bool:
    if clause.kind not in ("without-police", "not-needed") or scenario.operations[was.operation].officers:
        return False
    return not any(
        isinstance(change, WithoutPolice) and change.operation == was.operation
        for change in plan.entries.standing().changes
    )


def _why_absent(
    former: FormerPlan, scenario: Scenario, plan: Plan, party: Party, was: Placement, agency: str
) -> Message | None:
    """The cause why that agency is no longer there: a required one can only be removed by an edit."""
    before, now = former.scenario.operations[was.operation], scenario.operations.get(was.operation)
    if agency in before.agencies or agency == before.lead_agency or now is None or agency not in now.invited:
        return CHANGED_CONDITIONS
    return absence(scenario, plan, was, agency, party)


_WITHOUT_YOU: Mapping[bool, Message] = {
    True: Message("you no longer take part {old}, it is held without you"),
    False: Message("you no longer take part {old}"),
}
"""The sentence for a party that no longer takes part, by whether the operation keeps its time."""
HELD_WITHOUT_YOU = Message("it has moved and is held without you")
_WITHOUT_POLICE: Mapping[bool, Message] = {
    True: Message("it is carried out without police, you are not needed {old}"),
    False: Message("it is carried out without police, you are not needed {old}, it has moved"),
}


def _leaves(scenario: Scenario, party: Party, old: PartyPart, now: Placement | None) -> list[ChangeClause]:
    clauses = _gone(scenario, party, old.when, now, lent=old.role == "lends")
    if old.role != "owns" or clauses[0].kind != "out":
        return clauses
    return [ChangeClause("out", Message("you no longer own its programme"))]


def _gone(scenario: Scenario, party: Party, old: Message, now: Placement | None, *, lent: bool) -> list[ChangeClause]:
    gone = ChangeClause(*_goes(scenario, party, old, now, lent=lent))
    moved = gone.kind == "out" and now is not None and placed_when(scenario, now) != old
    return [gone, ChangeClause("goes-on", HELD_WITHOUT_YOU)] if moved else [gone]


def _goes(scenario: Scenario, party: Party, old: Message, now: Placement | None, *, lent: bool) -> tuple[Kind, Message]:
    """Kind and sentence of an operation's leaving the party. `lent`: it lent officers to another unit."""
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
    unit = _unit(scenario, now.police, shown=scenario.shows_participants(scenario.operations[now.operation]))
    if when == old:
        return "handed-over", Message("{unit} takes over, {new}", {"unit": unit, "new": when})
    return "handed-over", Message("{unit} takes over, {new} instead of {old}", {"unit": unit, "new": when, **values})


def _comes(former: FormerPlan, new: PartyPart, was: Placement | None) -> ChangeClause:
    kind: Kind
    old = new.when
    if was is None:
        kind, comes = "new", Message("new")
    elif new.role == "lends":
        kind, comes = "lends", Message("you lend officers now")
    elif new.role != "serves":
        kind = "joins"
        comes = ROLES[new.role] if new.role in {"leads", "owns"} else Message("you take part now")
    elif was.police is None:
        kind, comes = "serves", ROLES["serves"]
    else:
        unit = _unit(former.scenario, was.police, shown=new.sees_others)
        kind, comes = "takes-over", Message("you take over from {unit}", {"unit": unit})
        old = placed_when(former.scenario, was)
    values = {"comes": comes, "new": new.when, "old": old}
    said = Message("{comes}, {new}", values)
    return ChangeClause(
        kind, said if old == new.when else Message("{comes}, {new} instead of {old}", values), beside=comes
    )


def _unit(scenario: Scenario, unit: str, *, shown: bool) -> str | Message:
    return named(scenario, unit).name if shown else Message("some other unit")
