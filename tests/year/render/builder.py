"""Scenarios and plans made from a seed, as large and as odd as a test wants them.

A plan made here keeps no rule: it is only as crowded as a real one, which is what drawing needs.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from arshjul.errors import Message
from arshjul.year.domain.calendar import Calendar, Shift, Slot, Span
from arshjul.year.domain.level import Level
from arshjul.year.domain.operation import AgencyGroup, Frame, Operation, Placement, Site
from arshjul.year.domain.parties import Agency, Area, Matching, OfficerLine, PoliceUnit, TeamLine
from arshjul.year.domain.plan import Base, Plan, Price, Reason, Unplaced
from arshjul.year.domain.scenario import Scenario, Target
from arshjul.year.domain.settings import Cycle, Meeting, Milestone, Settings
from arshjul.year.domain.visit_object import VisitObject

ZONE = ZoneInfo("Europe/Stockholm")
YEAR_2027 = Span(date(2027, 1, 1), date(2027, 12, 31))
AREAS = {"city": "Göteborg City", "nordost": "Nordost", "hisingen": "Hisingen", "syd": "Syd"}
SECTORS = {  # words and weights, after domain.md's scenario
    "restaurant": ("Restaurang", 40),
    "vehicle": ("Fordon", 20),
    "construction": ("Bygg", 16),
    "nightlife": ("Nattklubb", 14),
    "food-retail": ("Livsmedel", 14),
    "beauty": ("Skönhet", 12),
    "cleaning": ("Städ", 5),
    "housing": ("Boende", 5),
    "transport": ("Transport", 4),
}
AGENCIES = {
    "miljo": "Miljöförvaltningen",
    "skatteverket": "Skatteverket",
    "arbetsmiljoverket": "Arbetsmiljöverket",
    "tillstand": "Tillståndsenheten",
    "raddningstjansten": "Räddningstjänsten",
    "migrationsverket": "Migrationsverket",
    "forsakringskassan": "Försäkringskassan",
    "stadsbyggnad": "Stadsbyggnadsförvaltningen",
    "arbetsformedlingen": "Arbetsförmedlingen",
    "jamstalldhet": "Jämställdhetsmyndigheten",
    "kronofogden": "Kronofogden",
    "socialforvaltningen": "Socialförvaltningen",
    "slk": "Stadsledningskontoret",
}
SHIFTS = (
    Shift("day", "Dag", time(9), time(15)),
    Shift("evening", "Kväll", time(16), time(22)),
    Shift("night", "Natt", time(20), time(2)),
)
UNIT_DAYS = {  # unit: name, areas, {(weekday, shift): officers}
    "lpo-city": ("LPO City", ("city",), {(1, "day"): 4, (2, "evening"): 4, (3, "night"): 6, (4, "night"): 8}),
    "lpo-nordost": ("LPO Nordost", ("nordost",), {(1, "day"): 4, (2, "day"): 4, (3, "evening"): 4}),
    "lpo-hisingen": ("LPO Hisingen", ("hisingen",), {(2, "day"): 4, (2, "evening"): 4, (3, "day"): 6, (4, "night"): 4}),
    "lpo-syd": ("LPO Syd", ("syd",), {(1, "day"): 4, (1, "evening"): 2, (3, "day"): 4, (3, "night"): 4}),
    "granspolisen": ("Gränspolisen", tuple(AREAS), {(2, "day"): 4, (3, "evening"): 4}),
}
CANARY = "Krogen-Kanariefågel"


def days(first: date, n: int) -> Span:
    return Span(first, first + timedelta(days=n - 1))


def scenario(n: int, seed: int = 1, span: Span = YEAR_2027) -> Scenario:
    """`n` operations over the period, four areas, nine sectors, three shifts, thirteen agencies."""
    rng = random.Random(seed)
    return Scenario(
        name="Göteborg 2027",
        span=span,
        timezone="Europe/Stockholm",
        language="sv",
        calendar=Calendar("SE", frozenset({6}), _closed(span), (), _holidays(span)),
        shifts=SHIFTS,
        areas={id: Area(id, name) for id, name in AREAS.items()},
        police={id: _unit(id) for id in UNIT_DAYS},
        agencies={id: _agency(id, name) for id, name in AGENCIES.items()},
        operations={o.id: o for o in (_operation(number, rng) for number in range(1, n + 1))},
        settings=Settings.of(
            lead_time_days=42,
            sector_spacing_days=14,
            operations_per_day=3,
            operations_per_area_per_day=1,
            operations_per_week=6,
            daily_rest_hours=11,
            freeze_days=14,
            notice_days=14,
        ),
        cycle=_cycle(span),
        names={id: word for id, (word, _) in SECTORS.items()},
    )


def plan(made: Scenario, seed: int = 1, unplaced: int = 0) -> Plan:
    """Every operation but the last `unplaced` somewhere that its unit likes; no rule is kept."""
    rng = random.Random(seed)
    open_days = [day for day in made.span.days() if made.calendar.is_open(day)]
    operations = list(made.operations.values())
    n_placed = len(operations) - unplaced
    placements = tuple(_placements(operations[:n_placed], open_days, rng))
    left_out = tuple(Unplaced(operation.id, _reasons(operation, rng)) for operation in operations[n_placed:])
    points = sum({1: 9, 2: 3, 3: 1}[operation.priority] for operation in operations[n_placed:])
    prices = tuple(_prices(placements, rng))
    return Plan(
        as_of=datetime(2026, 11, 24, 10, tzinfo=ZONE),
        placements=placements,
        unplaced=left_out,
        levels=(
            Level("musts", 0, 0, ("cp-sat", "highs")),
            Level("points", points, points, ("cp-sat",)),
            Level("quality", sum(p.points for p in prices), sum(p.points for p in prices) - unplaced, ("cp-sat",)),
        ),
        prices=prices,
    )


def fuller() -> tuple[Scenario, Plan]:
    """Two months with all that is more than one unit on one date, with a target, and with objects in frames."""
    made = scenario(8, span=Span(date(2027, 3, 1), date(2027, 4, 30)))
    first = plan(made)
    a, b, c, d, e, *_ = (placement.operation for placement in first.placements if placement.police is not None)
    operations = made.operations
    changed = (
        replace(operations[a], days=3),
        replace(operations[b], any_of=(AgencyGroup(("kronofogden", "socialforvaltningen")),)),
        replace(operations[c], police_also={"granspolisen": 2}),
        replace(operations[d], frame=Frame(stops=3)),
        replace(operations[e], frame=Frame(stops=1)),
    )
    visits = [
        VisitObject(
            f"O-{n}",
            operations[d].sector,
            operations[d].area,
            stops=n,
            interest={"miljo": n},
            sites=(Site(CANARY, CANARY, CANARY),),
        )
        for n in (1, 2)
    ]
    lasting = next(placement for placement in first.placements if placement.operation == a)
    # On a Tuesday that is the last of its month, three dates run into the next one.
    placed = {
        a: replace(lasting, slot=Slot(date(2027, 3, 30), lasting.slot.shift)),
        b: replace(first.placed[b], any_of=("kronofogden",)),
    }
    return (
        replace(
            made,
            operations={**operations, **{operation.id: operation for operation in changed}},
            targets=(Target("all", "Insatser i mars", Span(date(2027, 3, 1), date(2027, 3, 31)), 9),),
            objects={visit.id: visit for visit in visits},
        ),
        replace(
            first,
            placements=tuple(placed.get(placement.operation, placement) for placement in first.placements),
            bindings={d: ("O-1",)},
        ),
    )


def replan(made: Scenario, old: Plan, seed: int = 2) -> Plan:
    """A second revision in May that moves six operations, drops one and changes one's unit."""
    rng = random.Random(seed)
    later = [p for p in old.placements if p.slot.day > date(2027, 5, 30) and (p.police or "").startswith("lpo")]
    touched = rng.sample(later, 8)
    new = {p.operation: p for p in old.placements}
    for placement in touched[:6]:
        day = placement.slot.day + timedelta(days=7)
        new[placement.operation] = replace(placement, slot=Slot(day, placement.slot.shift))
    del new[touched[6].operation]
    new[touched[7].operation] = replace(touched[7], police="granspolisen")
    dropped = made.operations[touched[6].operation]
    return replace(
        old,
        as_of=datetime(2027, 5, 12, 7, 30, tzinfo=ZONE),
        placements=tuple(new.values()),
        unplaced=(*old.unplaced, Unplaced(dropped.id, _reasons(dropped, rng))),
        base=Base(1, old.as_of, old.placed, frozenset(p.operation for p in touched)),
        revision=2,
        option="balanced",
    )


def with_sites(made: Scenario, text: str = CANARY) -> Scenario:
    """The same with the text in every field that no reader may see."""
    secret = (Site(text, text, text),)
    return replace(made, operations={o.id: replace(o, sites=secret) for o in made.operations.values()})


def _closed(span: Span) -> tuple[Span, ...]:
    year = span.first.year
    return (Span(date(year, 7, 12), date(year, 8, 8)), Span(date(year, 12, 20), date(year, 12, 31)))


def _holidays(span: Span) -> dict[date, str]:
    year = span.first.year
    return {
        date(year, 1, 1): "Nyårsdagen",
        date(year, 1, 6): "Trettondedag jul",
        date(year, 5, 6): "Kristi himmelsfärd",
    }


def _unit(id: str) -> PoliceUnit:
    name, areas, offers = UNIT_DAYS[id]
    lines = tuple(
        OfficerLine(Matching(frozenset({weekday}), shift), officers, 1) for (weekday, shift), officers in offers.items()
    )
    return PoliceUnit(id, name, "border" if id == "granspolisen" else "local", areas, f"Samordnare {name}", lines)


def _agency(id: str, name: str) -> Agency:
    n_teams = 2 if id in ("miljo", "skatteverket", "arbetsmiljoverket", "tillstand") else 1
    line = TeamLine(Matching(frozenset(range(5))), n_teams)
    kind = "municipal" if id in ("miljo", "tillstand", "stadsbyggnad", "socialforvaltningen", "slk") else "state"
    return Agency(id, name, kind, "", (line,), n_teams, n_teams + 1, None)  # type: ignore[arg-type]


def _operation(number: int, rng: random.Random) -> Operation:
    sector = rng.choices(list(SECTORS), [weight for _, weight in SECTORS.values()])[0]
    word = SECTORS[sector][0]
    area = rng.choices(list(AREAS), (45, 20, 20, 15))[0]
    without_police = sector == "housing" and rng.random() < 0.6
    return Operation(
        id=f"OP-{number:03}",
        title=f"{word} runt {rng.choice(['Avenyn', 'Backaplan', 'Angered centrum', 'Frölunda torg', 'Ringön'])}",
        programme="gvi" if number % 26 == 0 else "akc",
        lead_agency="miljo",
        sector=sector,
        area=area,
        priority=rng.choices((1, 2, 3), (2, 5, 3))[0],
        officers=0 if without_police else rng.choice((2, 2, 4)),
        agencies={"miljo": 1, rng.choice(("skatteverket", "arbetsmiljoverket", "tillstand")): 1},
        optional_agencies={rng.choice(("migrationsverket", "raddningstjansten", "forsakringskassan")): 1},
    )


def _placements(operations: list[Operation], open_days: list[date], rng: random.Random) -> Iterator[Placement]:
    """One a day in each area, as long as that can be had by a few tries."""
    busy = set()
    for operation in operations:
        tries = (_placement(operation, open_days, rng) for _ in range(30))
        chosen = next((p for p in tries if (operation.area, p.slot.day) not in busy), None)
        chosen = chosen or _placement(operation, open_days, rng)
        busy.add((operation.area, chosen.slot.day))
        yield chosen


def _placement(operation: Operation, open_days: list[date], rng: random.Random) -> Placement:
    joining = tuple(agency for agency in operation.optional_agencies if rng.random() < 0.7)
    unit = rng.choice([id for id, (_, areas, _) in UNIT_DAYS.items() if operation.area in areas])
    weekday, shift = rng.choice(list(UNIT_DAYS[unit][2]))
    day = rng.choice([day for day in open_days if day.weekday() == weekday] or open_days)
    return Placement(operation.id, Slot(day, shift), unit if operation.officers else None, joining)


def _reasons(operation: Operation, rng: random.Random) -> tuple[Reason, ...]:
    police = Message("{unit} offers too few officers", {"unit": AREAS.get(operation.area, operation.area)})
    teams = Message("{agency} has no team left", {"agency": "Räddningstjänsten"})
    return (Reason("police-officers", rng.randint(20, 60), police), Reason("agency-teams", rng.randint(2, 19), teams))


def _prices(placements: tuple[Placement, ...], rng: random.Random) -> list[Price]:
    text = "{operation} lies outside the period preferred for it"
    late = [
        Price(
            "preferred-period",
            placement.operation,
            rng.randint(1, 3),
            Message(text, {"operation": placement.operation}),
        )
        for placement in placements[::9]
    ]
    uneven = [
        Price("even-load", f"{agency} 2027-0{month}", 2, Message("{agency} has an uneven month", {"agency": name}))
        for month, (agency, name) in enumerate(list(AGENCIES.items())[:6], 1)
    ]
    return late + uneven


def _cycle(span: Span) -> Cycle:
    def within(*found: date) -> tuple[date, ...]:
        return tuple(day for day in found if day in span)

    year = span.first.year
    return Cycle(
        (
            Milestone("nomination", "Objekt nominerade", -56),
            Milestone("information-sheet", "Informationsblad delat", -28),
            Milestone("planning-meeting", "Planeringsmöte", -14, time(10)),
            Milestone("control-decision", "Beslut om kontroll", -3),
            Milestone("joint-evaluation", "Gemensam utvärdering", 21),
        ),
        (
            Meeting(
                "network-meeting",
                "Nätverksträff",
                within(date(year, 3, 17), date(year, 6, 9), date(year, 9, 15), date(year, 11, 17)),
                time(13),
                180,
            ),
            Meeting("local-picture", "Lokal lägesbild", within(date(year, 1, 20), date(year, 8, 18)), time(9)),
            Meeting("draft", "Utkast till nästa årshjul", within(date(year, 10, 20))),
            Meeting("committee", "Nämnden beslutar", within(date(year, 12, 8))),
            Meeting("annual-report", "Årsrapport till regeringen", within(date(year, 3, 31)), agencies=("miljo",)),
        ),
    )
