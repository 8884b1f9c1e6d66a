"""The change of a party's part of an operation, as a sentence: the one that calendars, messages and differences use.

It is made from the party's part before and its part now (`part`). Whoever gives an operation over to another
unit, or takes it over, is told besides which unit that is, and when the operation is with it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from arshjul.agenda.cause import CHANGED_CONDITIONS, cause
from arshjul.agenda.part import Named, PartyPart, named, part
from arshjul.agenda.party import Party
from arshjul.agenda.when import placed_when
from arshjul.domain.operation import Operation
from arshjul.domain.placement import Placement
from arshjul.domain.plan import Plan
from arshjul.domain.scenario import Scenario
from arshjul.errors import Message

Kind = Literal[
    "called-off", "out", "handed-over", "not-needed", "lends-no-more",
    "new", "joins", "takes-over", "serves", "lends",
    "moved", "another-unit", "without-police", "with-police", "lenders", "lead", "joined", "left", "role", "strength",
]  # fmt: skip
"""The kinds of change: those of a party that goes, of one that comes, and of one that has a part before and after."""

LOSSES: frozenset[Kind] = frozenset((
    "called-off", "out", "handed-over", "not-needed", "lends-no-more", "takes-over",
    "moved", "another-unit", "without-police", "left",
))  # fmt: skip
"""The kinds in which somebody loses something: their sentence tells why."""

ROLES = {
    "leads": Message("you lead now"),
    "needed": Message("you are needed now"),
    "voluntary": Message("you are voluntary now"),
    "serves": Message("you serve it now"),
    "lends": Message("another unit serves it now, you lend officers"),
}

Clauses = Iterator[tuple[Kind, Message]]


@dataclass(frozen=True, slots=True)
class Former:
    """The plan of which the readers were told last, and its scenario."""

    scenario: Scenario
    placed: Mapping[str, Placement]


@dataclass(frozen=True, slots=True)
class PartChange:
    """A change of one party's part. No `old`: it comes; no `new`: it goes.

    `sentence` begins without a capital, and ends without a full stop; `cause` is in it, None where none is told.
    """

    operation: str
    old: PartyPart | None
    new: PartyPart | None
    kinds: tuple[Kind, ...]
    sentence: Message
    cause: Message | None = None

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
    kinds = tuple(kind for kind, _ in clauses)
    said = clauses[0][1]
    for _, clause in clauses[1:]:
        said = Message("{first}; {second}", {"first": said, "second": clause})
    why = None if was is None else _why(former, scenario, plan, party, was, kinds)
    return PartChange(operation, old, new, kinds, because(said, why), why)


def goes_on(former: Former, scenario: Scenario, plan: Plan, party: Party, left: Placement) -> Message | None:
    """The news for a party that left an operation there, and was told of it then.

    None where that still holds. The cause is that for which it left, or for which the operation changed since.
    """
    was, now = former.placed.get(left.operation), plan.placed.get(left.operation)
    old, lent = placed_when(former.scenario, left), party.kind == "police" and left.police != party.id
    (kind, told), (kind_now, said) = (
        _goes(there, party, old, at, lent=lent) for there, at in ((former.scenario, was), (scenario, now))
    )
    if told == said:
        return None
    since = left if kind == kind_now or was is None else was
    return because(said, cause(scenario, plan, since, party, (kind_now,)))


def is_changed(former: Former, scenario: Scenario, party: Party, was: Placement | None, now: Placement | None) -> bool:
    """True if a change of the party's part is told between these places of an operation."""
    old, new = part(former.scenario, party, was), part(scenario, party, now)
    return old != new and bool(_clauses(former, scenario, party, (was, old), (now, new)))


_Place = tuple[Placement | None, PartyPart | None]


def _clauses(
    former: Former, scenario: Scenario, party: Party, before: _Place, after: _Place
) -> list[tuple[Kind, Message]]:
    (was, old), (now, new) = before, after
    if old is not None and new is not None:
        return list(_stays(old, new))
    if old is not None:
        return [_goes(scenario, party, old.when, now, lent=old.role == "lends")]
    return [] if new is None else [_comes(former, new, was)]


def because(said: Message, why: Message | None) -> Message:
    """The sentence with its cause, where one is known."""
    return said if why is None else Message("{said}, because of {cause}", {"said": said, "cause": why})


def _why(
    former: Former, scenario: Scenario, plan: Plan, party: Party, was: Placement, kinds: tuple[Kind, ...]
) -> Message | None:
    """The cause of a loss; of any other change, that other things are wanted of the operation, where they are."""
    found = cause(scenario, plan, was, party, kinds) if LOSSES & {*kinds} else None
    if found is not None:
        return found
    before, after = former.scenario.operations.get(was.operation), scenario.operations.get(was.operation)
    if "joins" in kinds and before is not None:
        is_edited = party.id not in before.invited
    else:
        now = plan.placed.get(was.operation)
        is_edited = was == now or (was.same_place(now) and _wanted(before) != _wanted(after))
    return CHANGED_CONDITIONS if is_edited else None


def _wanted(one: Operation | None) -> tuple[object, ...]:
    """The parties wanted at the operation, and how many of each."""
    if one is None:
        return ()
    return one.lead_agency, one.agencies, one.any_of, one.optional_agencies, one.officers, one.police_also


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
        yield "moved", Message("moved from {old} to {new}", {"old": old.when, "new": new.when})
    yield from _police(old, new)
    if old.lead != new.lead and new.role != "leads":
        yield "lead", Message("{agency} leads now", {"agency": new.lead.name})
    known = {*old.agencies} if old.lead == new.lead else {*old.agencies, new.lead}
    if come := _names(agency for agency in new.agencies if agency not in known):
        yield "joined", Message("now with {agencies}", {"agencies": come})
    if gone := _names(agency for agency in old.agencies if agency not in new.agencies):
        yield "left", Message("now without {agencies}", {"agencies": gone})
    if old.role != new.role and not (old.role == "leads" and new.role == "needed"):
        yield "role", ROLES[new.role]
    if old.strength != new.strength and old.has_police == new.has_police:
        yield "strength", _strength(old, new)


def _police(old: PartyPart, new: PartyPart) -> Clauses:
    """Whether police come and, for whoever sees them, which units."""
    if old.has_police and not new.has_police:
        if not old.units:
            yield "without-police", Message("it is carried out without police")
        else:
            units = {"units": _names(old.units)}
            yield "without-police", Message("it is carried out without police, not with {units}", units)
    elif new.has_police and not old.has_police:
        if not new.units:
            yield "with-police", Message("it is carried out with police")
        else:
            yield "with-police", Message("it is carried out with {units}", {"units": _names(new.units)})
    elif old.units[:1] != new.units[:1]:
        units = {"old": _names(old.units[:1]), "new": _names(new.units[:1])}
        yield "another-unit", Message("{new} takes over from {old}", units)
    if old.has_police == new.has_police:
        if come := _names(unit for unit in new.units[1:] if unit not in old.units[1:]):
            yield "lenders", Message("officers are lent by {units} besides", {"units": come})
        if gone := _names(unit for unit in old.units[1:] if unit not in new.units):
            yield "lenders", Message("officers are no longer lent by {units}", {"units": gone})


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
