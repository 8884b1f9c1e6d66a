"""Small scenarios and plans by hand, for tests that need one to talk about.

Every function fills in what the test does not care about. `secrets` are words planted where no
party may ever find them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from functools import cache
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

import arshjul.year.texts
from arshjul.year.domain.calendar import Calendar, Shift, Slot, Span
from arshjul.year.domain.operation import Operation, Placement, Site
from arshjul.year.domain.parties import Agency, Area, PoliceUnit
from arshjul.year.domain.plan import Plan, Unplaced
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Cycle, Meeting, Milestone, Settings
from arshjul.year.formats.schema.scenario import labels
from arshjul.year.texts import Words

SHIFTS = (
    Shift("day", "Dag", time(9), time(15)),
    Shift("evening", "Kväll", time(16), time(22)),
    Shift("night", "Natt", time(20), time(2)),
)
MILESTONES = (
    Milestone("nomination", "Objekt nominerade", -56),
    Milestone("information-sheet", "Informationsblad delat", -28),
    Milestone("planning-meeting", "Planeringsmöte", -14, time(10), 60),
    Milestone("joint-evaluation", "Gemensam utvärdering", 21),
)
MEETINGS = (
    Meeting("network-meeting", "Nätverksträff", (date(2027, 3, 17), date(2027, 6, 9)), time(13), 180),
    Meeting("annual-report", "Årsrapport till regeringen", (date(2027, 3, 31),), agencies=("miljo",)),
)


@cache
def swedish() -> Words:
    """Swedish as the project's own catalogue has it."""
    path = Path(arshjul.year.texts.__file__).parent / "locale/sv/LC_MESSAGES/arshjul.po"
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale="sv"))
    compiled.seek(0)
    return Words("sv", GNUTranslations(compiled), labels().get)


def agency(id: str, name: str, unit: str = "", contact: str = "") -> Agency:
    """A municipal agency without limits."""
    return Agency(id, name, "municipal", contact, unit=unit)


def operation(id: str = "OP-001", **changed: Any) -> Operation:
    """A restaurant operation in City led by Miljöförvaltningen, with a site that must stay secret."""
    usual: dict[str, Any] = {
        "title": "Restauranger runt Avenyn",
        "programme": "akc",
        "lead_agency": "miljo",
        "sector": "restaurant",
        "area": "city",
        "officers": 2,
        "agencies": {"miljo": 1, "skatteverket": 2},
        "sites": (Site("2027-0012", "Exempelkrogen AB", "Exempelgatan 1"),),
    }
    return Operation(id, **{**usual, **changed})


def scenario(operations: Iterable[Operation] | None = None, **changed: Any) -> Scenario:
    """Göteborg 2027 with three agencies, two police units, two areas, closed Sundays."""
    wanted = (operation(),) if operations is None else tuple(operations)
    usual = Scenario(
        name="Göteborg 2027",
        span=Span(date(2027, 1, 1), date(2027, 12, 31)),
        timezone="Europe/Stockholm",
        language="sv",
        calendar=Calendar(closed_weekdays=frozenset({6})),
        shifts=SHIFTS,
        areas=_by_id([Area("city", "Göteborg City"), Area("hisingen", "Hisingen")]),
        police=_by_id(
            [
                PoliceUnit("lpo-city", "LPO City", "local", ("city",), "Operativ samordnare City"),
                PoliceUnit("lpo-hisingen", "LPO Hisingen", "local", ("hisingen",)),
            ]
        ),
        agencies=_by_id(
            [
                agency("miljo", "Miljöförvaltningen", "Osund konkurrens", "Samordnaren mot osund konkurrens"),
                agency("skatteverket", "Skatteverket"),
                agency("arbetsmiljoverket", "Arbetsmiljöverket", "Region väst"),
            ]
        ),
        operations=_by_id(wanted),
        settings=Settings.of(freeze_days=14, notice_days=14),
        cycle=Cycle(MILESTONES, MEETINGS),
        names={"restaurant": "Restaurang", "akc": "AKC-väst"},
    )
    return replace(usual, **changed)


def placement(
    operation: str = "OP-001",
    day: date = date(2027, 3, 2),
    shift: str = "day",
    police: str | None = "lpo-city",
    joining: tuple[str, ...] = (),
) -> Placement:
    """An operation on Tuesday 2 March, by day, with LPO City."""
    return Placement(operation, Slot(day, shift), police, joining)


def plan(
    scenario: Scenario, placements: Iterable[Placement], as_of: datetime = datetime(2026, 11, 24, 10), revision: int = 1
) -> Plan:
    """A plan with these placements; what has none is unplaced. `as_of` is local time."""
    there = tuple(placements)
    missing = scenario.operations.keys() - {placement.operation for placement in there}
    return Plan(
        as_of=as_of.replace(tzinfo=ZoneInfo(scenario.timezone)),
        placements=there,
        unplaced=tuple(Unplaced(id) for id in sorted(missing)),
        revision=revision,
    )


def _by_id(things: Iterable[Any]) -> Mapping[str, Any]:
    return {thing.id: thing for thing in things}
