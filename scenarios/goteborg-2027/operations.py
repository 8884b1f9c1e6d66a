"""What the drawn operations are: nine sectors with their figures, and one operation as it is written.

Sourced: the sectors (the authorities' joint risk picture of 2021; malmo.se); that unlawful dwellings are visited by the
planning and fire services, that Tillståndsenheten has evenings of its own, and that GVI is the executive office's
(Miljöförvaltningen, Göteborgs Stad, 2024-12-06). Assumed: every number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from offers import Offer

Period = tuple[date, date]


@dataclass(frozen=True)
class Sector:
    """One kind of business: how many of 130 operations, and how they look. The first that is required leads."""

    id: str
    n: int
    shifts: tuple[str, ...]
    officers: tuple[int, int]
    required: tuple[str, ...]
    joins: Mapping[str, float]
    areas: tuple[int, int, int, int]
    programme: str = "akc"


MF, SKV, AV, TE, RTJ = "miljo", "skatteverket", "arbetsmiljoverket", "tillstand", "raddningstjansten"
MV, FK, SBF, AF = "migrationsverket", "forsakringskassan", "stadsbyggnad", "arbetsformedlingen"
JM, KFM, SOC, SLK, AKC = "jamstalldhetsmyndigheten", "kronofogden", "socialforvaltningen", "slk", "akc-vast"
DAY, DAY_EVENING, NIGHT, LATE = ("day",), ("day", "evening"), ("night",), ("evening", "night")

SECTORS = (
    Sector(
        "restaurant",
        40,
        DAY_EVENING,
        (2, 4),
        (MF, SKV),
        {AV: 0.6, TE: 0.35, MV: 0.3, RTJ: 0.2, FK: 0.15},
        (45, 20, 20, 15),
    ),
    Sector("vehicle", 20, DAY, (2, 4), (MF, AV), {SKV: 0.7, RTJ: 0.3, MV: 0.25, SBF: 0.2}, (5, 30, 45, 20)),
    Sector("construction", 16, DAY, (2, 6), (AV, SKV), {MF: 0.5, MV: 0.4, FK: 0.3, AF: 0.15}, (25, 15, 40, 20)),
    Sector("nightlife", 5, NIGHT, (4, 8), (MF, TE, RTJ), {SKV: 0.6, SBF: 0.2}, (75, 5, 15, 5)),
    Sector("nightlife", 9, LATE, (2, 4), (TE,), {RTJ: 0.5, SKV: 0.4, MF: 0.3}, (75, 5, 15, 5), "servering"),
    Sector("food-retail", 14, DAY_EVENING, (2, 2), (MF, SKV), {AV: 0.4, TE: 0.4, MV: 0.1}, (25, 35, 25, 15)),
    Sector("beauty", 12, DAY_EVENING, (2, 2), (MF, AV), {SKV: 0.7, JM: 0.3, MV: 0.2}, (55, 20, 15, 10)),
    Sector("cleaning", 5, DAY_EVENING, (2, 2), (AV, SKV), {FK: 0.4, AF: 0.4, MV: 0.4}, (50, 15, 25, 10)),
    Sector("housing", 5, DAY, (0, 4), (SBF, RTJ), {SOC: 0.6, MF: 0.4}, (10, 35, 35, 20), "bostad"),
    Sector("transport", 4, DAY, (4, 6), (AV, SKV), {KFM: 0.4}, (0, 10, 70, 20)),
)
RESERVES = (
    ("restaurant", "city", (MF, SKV)), ("nightlife", "city", (TE, RTJ)), ("beauty", "hisingen", (MF, AV)),
    ("food-retail", "nordost", (MF, TE)), ("vehicle", "hisingen", (MF, AV)), ("cleaning", "city", (AV, SKV)),
    ("vehicle", "syd", (MF, RTJ)),
)  # fmt: skip
"""What waits for a day when teams stand free, and can do without police."""


@dataclass(eq=False)
class Draft:
    """An operation while it is drawn."""

    id: str
    sector: Sector
    area: str
    title: str = ""
    programme: str = ""
    priority: int = 2
    must: bool = False
    officers: int = 2
    designated: str = "none"
    police: list[str] = field(default_factory=list)
    required: list[str] = field(default_factory=list)
    optional: list[str] = field(default_factory=list)
    interest: dict[str, int] = field(default_factory=dict)
    window: Period | None = None
    weekdays: list[str] = field(default_factory=list)
    not_on: list[Period] = field(default_factory=list)
    preferred: Period | None = None
    nominated_on: date | None = None
    after: str | None = None
    not_same_day_as: list[str] = field(default_factory=list)
    same_slot_as: str | None = None
    fixed: Offer | None = None
    sites: list[dict[str, str]] = field(default_factory=list)
    proposed_by: str = ""
    reserve: bool = False
    tied: bool = False
    """Struck at the same time as another."""
    special: bool = False
    """Its dates are spoken for: no later draw may narrow them."""

    def __post_init__(self) -> None:
        self.programme = self.programme or self.sector.programme
        self.required = self.required or list(self.sector.required)


def as_written(draft: Draft) -> dict[str, Any]:
    """An operation as a scenario states it; what has its default is left out."""
    written: dict[str, Any] = {
        "id": draft.id,
        "title": draft.title,
        "programme": draft.programme,
        "lead_agency": draft.required[0],
        "sector": draft.sector.id,
        "area": draft.area,
        "priority": draft.priority,
        "must": draft.must or None,
        "officers": draft.officers,
        "designated": draft.designated if draft.designated != "none" else None,
        "police": draft.police,
        "agencies": dict.fromkeys(draft.required, 1),
        "optional_agencies": dict.fromkeys(draft.optional, 1),
        "interest": {agency: worth for agency, worth in draft.interest.items() if worth != 1},
        "window": draft.window and _period(draft.window),
        "shifts": list(draft.sector.shifts),
        "weekdays": draft.weekdays,
        "not_on": [_period(period) for period in draft.not_on],
        "preferred": draft.preferred and _period(draft.preferred),
        "nominated_on": draft.nominated_on,
        "after": {"operation": draft.after, "min_days": 60, "max_days": 180} if draft.after else None,
        "not_same_day_as": draft.not_same_day_as,
        "same_slot_as": draft.same_slot_as,
        "fixed": draft.fixed and {"date": draft.fixed.day, "shift": draft.fixed.shift},
        "short_notice": draft.programme == "gvi" or None,
        "proposed_by": draft.proposed_by or None,
        "reserve": draft.reserve or None,
        "sites": draft.sites,
    }
    return {key: value for key, value in written.items() if value not in (None, [], {})}


def _period(period: Period) -> dict[str, date]:
    return {"from": period[0], "to": period[1]}
