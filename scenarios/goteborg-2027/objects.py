"""A year of frames: half of its operations have their objects later, which come in week by week.

Assumed: every number here. The centres of the report (3.1.4) choose their objects through the year; how many, how fast
and how picky they are is known of none of them.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import words
from operations import Draft

N_FRAMES, N_OBJECTS = 65, 170
FIRST_NOMINATION, LAST_NOMINATION = date(2026, 11, 2), date(2027, 10, 25)
KIN = {
    "restaurant": "food-retail", "food-retail": "restaurant", "nightlife": "restaurant", "vehicle": "transport",
    "transport": "vehicle", "beauty": "cleaning", "cleaning": "beauty", "construction": "housing",
    "housing": "construction",
}  # fmt: skip
"""Sectors that one control may visit on the same day."""


def frames(drafts: Sequence[Draft], rng: Random) -> dict[str, dict[str, Any]]:
    """The frame of each operation that has one: two to four stops, one in three also for a kindred sector."""
    chosen = sorted(rng.sample([draft.id for draft in drafts if not draft.reserve], N_FRAMES))
    found: dict[str, dict[str, Any]] = {}
    for draft in drafts:
        if draft.id in chosen:
            stops = rng.choices((2, 3, 4), (4, 4, 2))[0]
            kin = [KIN[draft.sector.id]] if rng.random() < 0.35 else []
            found[draft.id] = {**({"sectors": [draft.sector.id, *kin]} if kin else {}), "stops": stops}
    return found


def objects(drafts: Sequence[Draft], frames: dict[str, dict[str, Any]], rng: Random) -> list[dict[str, Any]]:
    """The objects in the order in which they come in, of the sectors and areas that frames have."""
    framed = [draft for draft in drafts if draft.id in frames]
    weights = [frames[draft.id]["stops"] for draft in framed]
    span = (LAST_NOMINATION - FIRST_NOMINATION).days
    days = sorted(FIRST_NOMINATION + timedelta(days=rng.randrange(span + 1)) for _ in range(N_OBJECTS))
    return [
        {"id": f"OBJ-{number:03d}", **dict(_object(rng.choices(framed, weights)[0], frames, day, rng))}
        for number, day in enumerate(days, 1)
    ]


def _object(like: Draft, frames: dict[str, dict[str, Any]], day: date, rng: Random) -> Iterator[tuple[str, Any]]:
    sector = rng.choice(frames[like.id].get("sectors", [like.sector.id]))
    yield "sector", sector
    yield "area", like.area
    yield "priority", rng.choices((1, 2, 3), (2, 5, 3))[0]
    if rng.random() < 0.03:
        yield "must", True
    if rng.random() < 0.12:
        yield "stops", 2
    if rng.random() < 0.25:
        yield "agencies", [rng.choice([*like.required, *like.sector.joins])]
    yield "officers", rng.choice((0, 1, 2, 2, like.officers))
    if rng.random() < 0.45:
        first = day + timedelta(days=rng.randint(0, 60))
        yield "window", {"from": first, "to": first + timedelta(weeks=rng.randint(8, 26))}
    yield "nominated_on", day
    if rng.random() < 0.05:
        yield "short_notice", True
    parties = list(dict.fromkeys([*like.required, *like.sector.joins]))
    if interest := {agency: rng.randint(1, 3) for agency in parties if rng.random() < 0.4}:
        yield "interest", interest
    ref = f"2027-{rng.randint(1000, 9999)}"
    yield "sites", [{"ref": ref, "name": words.business(sector, rng), "address": words.address(rng)}]
