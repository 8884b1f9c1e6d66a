"""The change of a party's part of an operation, as a sentence: the one that calendars, messages and differences use.

It is made from the party's part before and its part now (`part`). Whoever gives an operation over to another
unit, or takes it over, is told besides which unit that is, and when the operation is with it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce
from itertools import groupby
from typing import Literal

from arshjul.agenda.cause import CHANGED_CONDITIONS, absence, cause
from arshjul.agenda.part import Named, PartyPart, named, part
from arshjul.agenda.party import Party
from arshjul.agenda.when import placed_when
from arshjul.domain.amendment import WithoutPolice
from arshjul.domain.operation import Designated, Operation
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message

Kind = Literal[
    "called-off", "out", "handed-over", "not-needed", "lends-no-more",
    "new", "joins", "takes-over", "serves", "lends",
    "moved", "another-unit", "without-police", "with-police", "lenders", "lead", "joined", "left", "role", "strength",
    "area", "sector", "programme", "designated", "title", "stops",
]  # fmt: skip
"""The kinds of change: those of a party that goes, of one that comes, and of one that has a part before and after."""

OF_THE_PLACE: frozenset[Kind] = frozenset((
    "called-off", "handed-over", "not-needed", "takes-over", "moved", "another-unit", "without-police",
))  # fmt: skip
"""The kinds whose cause is that of the operation's leaving its place."""
LOSSES: frozenset[Kind] = OF_THE_PLACE | {"out", "lends-no-more", "left"}
"""The kinds in which somebody loses something: they tell why, and are told first."""
GOES: frozenset[Kind] = frozenset(("called-off", "out", "handed-over", "not-needed", "lends-no-more"))
"""The kinds in which a party has a part in it no more."""

OF_AN_EDIT: frozenset[Kind] = frozenset((
    "lends-no-more", "lead", "area", "sector", "programme", "designated", "title", "stops",
))  # fmt: skip
"""The kinds that an edited scenario alone brings about."""

ROLES = {
    "leads": Message("you lead now"),
    "needed": Message("you are needed now"),
    "voluntary": Message("you are voluntary now"),
    "serves": Message("you serve it now"),
    "lends": Message("another unit serves it now, you lend officers"),
}


@dataclass(frozen=True, slots=True)
class Clause:
    """One thing that has changed. `party`: who has come, or is there no more; `why` where it is told."""

    kind: Kind
    said: Message
    party: Named | None = None
    why: Message | None = None

    @property
    def alone(self) -> "Said":
        """The clause in a sentence of its own."""
        about, *rests_on = _ABOUT[self.kind]
        if self.party is not None:
            about = f"party {self.party.id}"
        elif self.said is ROLES["leads"]:
            about = "lead"
        return Said(because(self.said, self.why), about, tuple(rests_on))


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence on one thing: what it is `about`, and the other things that it rests on (`entry.NewsPart`)."""

    sentence: Message
    about: str
    rests_on: tuple[str, ...] = ()


_ABOUT: Mapping[Kind, tuple[str, ...]] = {
    **dict.fromkeys(("called-off", "out", "handed-over", "not-needed", "lends-no-more"), ("part",)),
    **dict.fromkeys(("new", "joins", "takes-over", "serves", "lends"), ("part", "place", "role")),
    **dict.fromkeys(("another-unit", "without-police", "with-police"), ("police",)),
    "moved": ("place",),
    "lenders": ("lenders", "police"),
    "lead": ("lead",),
    "joined": ("joined",),
    "left": ("left",),
    "role": ("role",),
    "strength": ("strength", "police", "role"),
    "area": ("area",),
    "sector": ("sector",),
    "programme": ("programme",),
    "designated": ("designated",),
    "title": ("title",),
    "stops": ("stops",),
}
"""By the kind of a change what it is about, then all that it rests on."""


Clauses = Iterator[Clause]

DESIGNATED: Mapping[Designated, Message] = {
    "require": Message("a designated operation officer is needed now"),
    "prefer": Message("a designated operation officer is wished for now"),
    "none": Message("a designated operation officer is not needed any more"),
}


@dataclass(frozen=True, slots=True)
class Former:
    """The plan of which the readers were told last, and its scenario."""

    scenario: Scenario
    placed: Mapping[str, Placement]


@dataclass(frozen=True, slots=True)
class PartChange:
    """A change of one party's part. No `old`: it comes; no `new`: it goes.

    `sentence` begins without a capital, and ends without a full stop, each loss with its cause; `cause` is that of the
    operation's leaving its place, None where none is told. `alone` has each thing in a sentence of its own.
    """

    operation: str
    old: PartyPart | None
    new: PartyPart | None
    kinds: tuple[Kind, ...]
    sentence: Message
    cause: Message | None = None
    alone: tuple[Said, ...] = ()

    @property
    def starts(self) -> tuple[datetime, ...]:
        """When it was to start and starts now (UTC), where the party has a part in it."""
        return tuple(one.moments[0][0] for one in (self.old, self.new) if one is not None)

    @property
    def first(self) -> date:
        """The earlier of its first dates, before and now."""
        return min(one.first for one in (self.old, self.new) if one is not None)


def part_change(former: Former, scenario: Scenario, plan: Plan, party: Party, operation: str) -> PartChange | None:
    """The change of the party's part of that operation since `former`; None where its part is as it was."""
    was, now = former.placed.get(operation), plan.placed.get(operation)
    old, new = part(former.scenario, party, was), part(scenario, party, now)
    clauses = _clauses(former, scenario, party, (was, old), (now, new))
    if not clauses:
        return None
    if was is not None:
        clauses = [replace(one, why=_why(one, former, scenario, plan, party, was)) for one in clauses]
    clauses.sort(key=lambda one: one.kind not in LOSSES)
    why = next((one.why for one in clauses if one.kind in OF_THE_PLACE), None)
    kinds = tuple(dict.fromkeys(one.kind for one in clauses))
    return PartChange(operation, old, new, kinds, _sentence(clauses), why, tuple(one.alone for one in clauses))


def _sentence(clauses: Iterable[Clause]) -> Message:
    """All in one: those of one cause together, and followed by it."""
    parts = [because(_one_after_another(_said(run)), why) for why, run in groupby(clauses, lambda one: one.why)]
    return _one_after_another(parts)


def _said(clauses: Iterable[Clause]) -> Iterator[Message]:
    """The clauses, those that say the same of several parties in one."""
    for _, alike in groupby(clauses, lambda one: one.said.template):
        first, *more = alike
        if first.party is None:
            yield from (one.said for one in (first, *more))
        else:
            (name,) = first.said.values
            names = _names(one.party for one in (first, *more) if one.party)
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
        return list(_stays(old, new))
    if old is not None:
        return [Clause(*_goes(scenario, party, old.when, now, lent=old.role == "lends"))]
    return [] if new is None else [Clause(*_comes(former, new, was))]


def because(said: Message, why: Message | None) -> Message:
    """The sentence with its cause, where one is known."""
    return said if why is None else Message("{said}, because of {cause}", {"said": said, "cause": why})


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
    if was.same_place(plan.placed.get(was.operation)) or _needs_none_now(clause, scenario, plan, was):
        return CHANGED_CONDITIONS
    return cause(scenario, plan, was, party)


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


def _goes(scenario: Scenario, party: Party, old: Message, now: Placement | None, *, lent: bool) -> tuple[Kind, Message]:
    """The fate of an operation at which the party was then. `lent`: it lent officers to another unit."""
    values = {"old": old}
    if now is None or now.operation not in scenario.operations:
        return "called-off", Message("called off, was {old}", values)
    if party.kind != "police":
        return "out", Message("you no longer take part {old}, it is held without you", values)
    if now.police is None:
        return "not-needed", Message("it is carried out without police, you are not needed {old}", values)
    if lent:
        return "lends-no-more", Message("you no longer lend officers {old}", values)
    unit, when = named(scenario, now.police).name, placed_when(scenario, now)
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


def _stays(old: PartyPart, new: PartyPart) -> Clauses:
    """Everything that is otherwise in the part."""
    if old.moments != new.moments:
        yield Clause("moved", Message("moved from {old} to {new}", {"old": old.when, "new": new.when}))
    yield from _described(old, new)
    yield from _police(old, new)
    if old.lead != new.lead and new.role != "leads":
        yield Clause("lead", Message("{agency} leads now", {"agency": new.lead.name}))
    known = {*old.agencies} if old.lead == new.lead else {*old.agencies, new.lead}
    for agency in new.agencies:
        if agency not in known:
            yield Clause("joined", Message("now with {agencies}", {"agencies": [agency.name]}), agency)
    for agency in old.agencies:
        if agency not in new.agencies:
            yield Clause("left", Message("now without {agencies}", {"agencies": [agency.name]}), agency)
    if old.role != new.role and not (old.role == "leads" and new.role == "needed"):
        yield Clause("role", ROLES[new.role])
    yield from _numbers(old, new)


def _described(old: PartyPart, new: PartyPart) -> Clauses:
    """Where it is and what it is about; another name of the same is no change."""
    if old.area != new.area:
        yield Clause("area", Message("it is in {new} now, was in {old}", _names_of(old.area, new.area)))
    if old.sector != new.sector:
        yield Clause("sector", Message("the sector is {new} now, was {old}", _names_of(old.sector, new.sector)))
    if old.programme != new.programme:
        values = _names_of(old.programme, new.programme)
        yield Clause("programme", Message("the programme is {new} now, was {old}", values))
    if old.title != new.title:
        yield Clause("title", Message("it has another title"))


def _names_of(old: Named, new: Named) -> Mapping[str, object]:
    return {"old": old.name, "new": new.name}


def _police(old: PartyPart, new: PartyPart) -> Clauses:
    """Whether police come and, for whoever sees them, which units."""
    if old.has_police and not new.has_police:
        if not old.units:
            yield Clause("without-police", Message("it is carried out without police"))
        else:
            units = {"units": _names(old.units)}
            yield Clause("without-police", Message("it is carried out without police, not with {units}", units))
    elif new.has_police and not old.has_police:
        if not new.units:
            yield Clause("with-police", Message("it is carried out with police"))
        else:
            yield Clause("with-police", Message("it is carried out with {units}", {"units": _names(new.units)}))
    elif old.units[:1] != new.units[:1]:
        units = {"old": _names(old.units[:1]), "new": _names(new.units[:1])}
        yield Clause("another-unit", Message("{new} takes over from {old}", units))
    if old.has_police == new.has_police:
        for unit in new.units[1:]:
            if unit not in old.units[1:]:
                yield Clause("lenders", Message("officers are lent by {units} besides", {"units": [unit.name]}), unit)
        for unit in old.units[1:]:
            if unit not in new.units:
                said = Message("officers are no longer lent by {units}", {"units": [unit.name]})
                yield Clause("lenders", said, unit)


def _numbers(old: PartyPart, new: PartyPart) -> Clauses:
    """The teams, the officers, and the objects that there is room for."""
    if old.has_police == new.has_police:
        if old.strength != new.strength:
            yield Clause("strength", _strength(old, new))
        before = dict(zip(old.units[1:], old.lent, strict=True))
        for unit, officers in zip(new.units[1:], new.lent, strict=True):
            if before.get(unit, officers) != officers:
                values = {"unit": unit.name, "old": before[unit], "new": officers}
                yield Clause("strength", Message("{unit} lends {new} officers now, was {old}", values))
        if old.designated != new.designated and old.role == new.role:
            yield Clause("designated", DESIGNATED[new.designated])
    if old.stops != new.stops:
        yield Clause(
            "stops", Message("there is room for {new} objects now, was {old}", {"old": old.stops, "new": new.stops})
        )


def _strength(old: PartyPart, new: PartyPart) -> Message:
    values = {"old": old.strength, "new": new.strength}
    match new.role:
        case "coordinates":
            return Message("the officers are {new} now, were {old}", values)
        case "serves" | "lends":
            return Message("your officers are {new} now, were {old}", values)
        case _:
            return Message("your teams are {new} now, were {old}", values)


def _names(parties: Iterable[Named]) -> list[str]:
    return [one.name for one in parties]
