"""A party's part of one operation, what its own calendar shows of it and no more; and the clauses of a change.

A change is worded from two states of a part alone, so nobody is told of a change that the calendar does not show.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from arshjul.errors import Message
from arshjul.year.agenda.party import Party, concerns, name_of, others, sees_others
from arshjul.year.agenda.time_text import meet_said, placed_when
from arshjul.year.domain import share
from arshjul.year.domain.operation import Designated, PartOfPlace, Placement
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Meet
from arshjul.year.texts import without_capital

Role = Literal[share.Role, "coordinates"]


@dataclass(frozen=True, slots=True)
class Named:
    """An agency or a unit; another name for it is no change."""

    id: str
    name: str = field(compare=False)


@dataclass(frozen=True, slots=True)
class PartyPart:
    """One party's part of a placed operation: the data of its calendar entry's title, place and description.

    `moments` are start and end (UTC) of each date, `when` the same in words. `meet` is where all who take part gather.
    `strength` are the party's own teams or officers. Fields that the party does not see are empty: `units` (the one
    that serves, then those that lend besides, but no second time the party itself) and `agencies` (without the party
    itself) are for whoever `sees_others`; `officers`, those wanted of each unit, for the coordinator and the lead
    agency; `title` and the `stops` of a frame for the coordinator, `designated` for it and the unit that serves.
    """

    role: Role
    first: date
    when: Message = field(compare=False)
    moments: tuple[tuple[datetime, datetime], ...]
    strength: int
    has_police: bool
    lead: Named
    area: Named
    sector: Named
    programme: Named
    meet: Meet | None = None
    designated: Designated = "none"
    title: str = ""
    stops: int = 0
    sees_others: bool = True
    units: tuple[Named, ...] = ()
    officers: tuple[int, ...] = ()
    agencies: tuple[Named, ...] = ()


def part(scenario: Scenario, party: Party, placement: Placement | None) -> PartyPart | None:
    if placement is None or placement.operation not in scenario.operations:
        return None
    if not concerns(scenario, party, placement):
        return None
    operation = scenario.operations[placement.operation]
    own = None if party.kind == "coordinator" else share.share(scenario, placement, party.id)
    plans, seen = party.kind == "coordinator", others(scenario, party, placement)
    serves_there = party == Party("police", placement.police or "")
    serves = (party.id,) if own is not None and own.role == "serves" and sees_others(scenario, party, placement) else ()
    return PartyPart(
        role="coordinates" if own is None else own.role,
        first=placement.slot.day,
        when=placed_when(scenario, placement),
        moments=tuple(scenario.moments(slot) for slot in scenario.slots(placement)),
        strength=0 if own is None else own.strength,
        has_police=placement.police is not None,
        lead=Named(operation.lead_agency, scenario.agencies[operation.lead_agency].name),
        area=Named(operation.area, scenario.areas[operation.area].name),
        sector=Named(operation.sector, without_capital(scenario.word(operation.sector))),
        programme=Named(operation.programme, scenario.programme(operation.programme).name),
        meet=scenario.meet_at(placement),
        designated=operation.designated if placement.police is not None and (plans or serves_there) else "none",
        title=operation.title if plans else "",
        stops=operation.frame.stops if plans and operation.frame is not None else 0,
        sees_others=sees_others(scenario, party, placement),
        units=tuple(named(scenario, id) for id in (*serves, *seen.units)),
        officers=tuple(seen.officers.values()),
        agencies=tuple(Named(id, scenario.agencies[id].name) for id in seen.agencies),
    )


def named(scenario: Scenario, unit: str) -> Named:
    """The unit with its name; its id if the scenario knows no name."""
    return Named(unit, name_of(scenario, unit))


Kind = Literal[
    "called-off", "out", "goes-on", "handed-over", "not-needed", "lends-no-more",
    "new", "back", "joins", "takes-over", "serves", "lends",
    "moved", "another-unit", "without-police", "with-police", "lenders", "lead", "joined", "left", "role", "strength",
    "officers", "meet", "area", "sector", "programme", "designated", "title", "stops",
]  # fmt: skip
"""The kinds of change: those of a party that leaves, of one that comes, and of one that has a part before and after."""

OF_THE_PLACE: frozenset[Kind] = frozenset((
    "called-off", "handed-over", "not-needed", "takes-over", "moved", "another-unit", "without-police",
))  # fmt: skip
"""The kinds whose cause is why the operation left its place."""
SEEN_OF_THE_PLACE: Mapping[Kind, PartOfPlace] = {
    "moved": "slot", "handed-over": "slot-and-unit", "takes-over": "slot-and-unit", "another-unit": "unit",
    "not-needed": "unit", "without-police": "has-police",
}  # fmt: skip
"""The part of the place that is seen to change, if not all of it: changes to the rest are no cause of it."""
LOSSES: frozenset[Kind] = OF_THE_PLACE | {"out", "lends-no-more", "left"}
"""The kinds in which somebody loses something: they give a cause, and come first."""
GOES: frozenset[Kind] = frozenset(("called-off", "out", "goes-on", "handed-over", "not-needed", "lends-no-more"))
"""The kinds in which a party no longer has a part in the operation."""
COMES: frozenset[Kind] = frozenset(("new", "joins", "takes-over", "serves", "lends"))
"""The kinds in which a party newly has a part in the operation."""
OF_AN_EDIT: frozenset[Kind] = frozenset((
    "lends-no-more", "lead", "area", "sector", "programme", "designated", "title", "stops",
))  # fmt: skip
"""The kinds that only an edited scenario causes."""

ROLES = {
    "leads": Message("you lead now"),
    "needed": Message("you are needed now"),
    "voluntary": Message("you are voluntary now"),
    "owns": Message("you own its programme now"),
    "serves": Message("you serve it now"),
    "lends": Message("another unit serves it now, you lend officers"),
}


@dataclass(frozen=True, slots=True)
class ChangeClause:
    """`party` has come or gone; `why`: the cause, if it is told; `beside`: the words beside a date; None: the same."""

    kind: Kind
    said: Message
    party: Named | None = None
    why: Message | None = None
    beside: Message | None = None

    @property
    def thing(self) -> tuple[str, str]:
        """The subject of the clause: another clause with the same subject is about another state of it."""
        kind = "comes" if self.kind in {*COMES, "back"} else self.kind
        return kind, "" if self.party is None else self.party.id

    @property
    def alone(self) -> "Said":
        about, *rests_on = _ABOUT[self.kind]
        if self.party is not None:
            about = f"party {self.party.id}"
        elif self.said is ROLES["leads"]:
            about = "lead"
        return Said(because(self.said, self.why), about, tuple(rests_on))


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence on one thing: what it is `about`, and the other things that it depends on (`entry.NewsPart`)."""

    sentence: Message
    about: str
    rests_on: tuple[str, ...] = ()


_ABOUT: Mapping[Kind, tuple[str, ...]] = {
    **dict.fromkeys(GOES | COMES | {"back"}, ("part",)),
    **dict.fromkeys(("another-unit", "without-police", "with-police"), ("police",)),
    "moved": ("",),
    "lenders": ("lenders", "police"),
    "lead": ("lead",),
    "joined": ("joined",),
    "left": ("left",),
    "role": ("role",),
    "strength": ("strength", "police", "role"),
    "officers": ("officers", "police", "lead"),
    "meet": ("meet",),
    "area": ("area",),
    "sector": ("sector",),
    "programme": ("programme",),
    "designated": ("designated", "police", "role"),
    "title": ("title",),
    "stops": ("stops",),
}
"""The subject of each kind of change, then all that it depends on. A move is told beside a later one."""


Clauses = Iterator[ChangeClause]

DESIGNATED: Mapping[Designated, Message] = {
    "require": Message("a designated operation officer is needed now"),
    "prefer": Message("a designated operation officer is wished for now"),
    "none": Message("a designated operation officer is not needed any more"),
}


def because(said: Message, why: Message | None) -> Message:
    return said if why is None else Message("{said}, because of {cause}", {"said": said, "cause": why})


def stays(old: PartyPart, new: PartyPart) -> Clauses:
    if old.moments != new.moments:
        yield ChangeClause("moved", Message("moved from {old} to {new}", {"old": old.when, "new": new.when}))
    yield from _described(old, new)
    yield from meets(old, new)
    yield from _police(old, new)
    if old.lead != new.lead and new.role != "leads":
        yield ChangeClause("lead", Message("{agency} leads now", {"agency": new.lead.name}))
    yield from _agencies(old, new)
    if old.role != new.role and not (old.role == "leads" and new.role == "needed"):
        # Two units that change places do so for the cause that all others are told.
        yield ChangeClause("another-unit" if {old.role, new.role} == {"serves", "lends"} else "role", _role(old, new))
    yield from _numbers(old, new)


def _agencies(old: PartyPart, new: PartyPart) -> Clauses:
    if old.sees_others != new.sees_others:
        return
    known = {*old.agencies} if old.lead == new.lead else {*old.agencies, new.lead}
    for agency in new.agencies:
        if agency not in known:
            yield ChangeClause("joined", Message("now with {agencies}", {"agencies": [agency.name]}), agency)
    for agency in old.agencies:
        if agency not in new.agencies:
            yield ChangeClause("left", Message("now without {agencies}", {"agencies": [agency.name]}), agency)


def _role(old: PartyPart, new: PartyPart) -> Message:
    if new.role == "serves" and old.units:
        return Message("you take over from {unit}", {"unit": old.units[0].name})
    if new.role == "lends" and new.units:
        return Message("{unit} takes over from you, you lend officers", {"unit": new.units[0].name})
    return ROLES[new.role]


def meets(old: PartyPart | None, new: PartyPart) -> Clauses:
    """The clause on another place to meet; `old` None: the party did not know any."""
    if said := another_meet(None if old is None else old.meet, new.meet):
        yield ChangeClause("meet", said)


def another_meet(old: Meet | None, new: Meet | None) -> Message | None:
    if old == new:
        return None
    if new is None:
        return Message("no meeting place is given any more")
    if old is None:
        return Message("meet {meet}", {"meet": meet_said(new)})
    return Message("meet {new}, no longer {old}", {"old": meet_said(old), "new": meet_said(new)})


def _described(old: PartyPart, new: PartyPart) -> Clauses:
    if old.area != new.area:
        yield ChangeClause("area", Message("it is in {new} now, was in {old}", _names_of(old.area, new.area)))
    if old.sector != new.sector:
        yield ChangeClause("sector", Message("the sector is {new} now, was {old}", _names_of(old.sector, new.sector)))
    if old.programme != new.programme:
        values = _names_of(old.programme, new.programme)
        yield ChangeClause("programme", Message("the programme is {new} now, was {old}", values))
    if old.title != new.title:
        yield ChangeClause("title", Message("it has another title"))


def _names_of(old: Named, new: Named) -> Mapping[str, object]:
    return {"old": old.name, "new": new.name}


def _police(old: PartyPart, new: PartyPart) -> Clauses:
    if old.has_police and not new.has_police:
        if not old.units:
            yield ChangeClause("without-police", Message("it is carried out without police"))
        else:
            units = {"units": all_names(old.units)}
            yield ChangeClause("without-police", Message("it is carried out without police, not with {units}", units))
    elif new.has_police and not old.has_police:
        if not new.units:
            yield ChangeClause("with-police", Message("it is carried out with police"))
        else:
            yield ChangeClause(
                "with-police", Message("it is carried out with {units}", {"units": all_names(new.units)})
            )
    elif old.units[:1] != new.units[:1] and _both_see(old, new) and "serves" not in (old.role, new.role):
        units = {"old": all_names(old.units[:1]), "new": all_names(new.units[:1])}
        yield ChangeClause("another-unit", Message("{new} takes over from {old}", units))
    if old.has_police == new.has_police and _both_see(old, new):
        for unit in new.units[1:]:
            if unit not in old.units[1:]:
                yield ChangeClause(
                    "lenders", Message("officers are lent by {units} besides", {"units": [unit.name]}), unit
                )
        for unit in old.units[1:]:
            if unit not in new.units:
                yield ChangeClause(
                    "lenders", Message("officers are no longer lent by {units}", {"units": [unit.name]}), unit
                )


def _both_see(old: PartyPart, new: PartyPart) -> bool:
    return old.sees_others and new.sees_others


def _numbers(old: PartyPart, new: PartyPart) -> Clauses:
    if old.has_police == new.has_police:
        if old.strength != new.strength:
            values = {"old": old.strength, "new": new.strength}
            officers = Message("your officers are {new} now, were {old}", values)
            teams = Message("your teams are {new} now, were {old}", values)
            yield ChangeClause("strength", officers if new.role in ("serves", "lends") else teams)
        if old.officers and new.officers:
            yield from _officers(old, new)
        if old.designated != new.designated and old.role == new.role:
            yield ChangeClause("designated", DESIGNATED[new.designated])
    if old.stops != new.stops:
        yield ChangeClause(
            "stops", Message("there is room for {new} objects now, was {old}", {"old": old.stops, "new": new.stops})
        )


def _officers(old: PartyPart, new: PartyPart) -> Clauses:
    if old.officers[0] != new.officers[0]:
        numbers = {"old": old.officers[0], "new": new.officers[0]}
        yield ChangeClause("officers", Message("the officers are {new} now, were {old}", numbers))
    before = dict(zip(old.units[1:], old.officers[1:], strict=True))
    for unit, officers in zip(new.units[1:], new.officers[1:], strict=True):
        if before.get(unit, officers) != officers:
            values = {"unit": unit.name, "old": before[unit], "new": officers}
            yield ChangeClause("lenders", Message("{unit} lends {new} officers now, was {old}", values))


def all_names(parties: Iterable[Named]) -> list[str]:
    return [party.name for party in parties]
