"""The best filling by trying every one, and cases to try it on: nothing here knows the product's code.

A case is written as in fill_cases.yaml.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from itertools import product
from random import Random
from typing import Any

AGENCIES = ("miljo", "skatteverket", "arbetsmiljoverket")
POINTS = {1: 9, 2: 3, 3: 1}
LAST = date(2027, 12, 31)
Case = Mapping[str, Any]


def draw_case(random: Random) -> dict[str, Any]:
    """A case of a few frames and objects that dispute them, some of them bound."""
    as_of = datetime(2027, 3, 1 + random.randrange(20), random.choice((8, 9, 10)))
    frames = [_frame(random, f"OP-{n}", as_of.date()) for n in range(1, 1 + random.randint(1, 4))]
    objects = [_object(random, f"O-{n}", as_of.date()) for n in range(1, 1 + random.randint(0, 5))]
    random.shuffle(objects)
    placed = [frame["id"] for frame in frames]
    bound: dict[str, list[str]] = {}
    for one in objects:
        if random.random() < 0.25:
            bound.setdefault(random.choice(placed), []).append(one["id"])
    rules = {"bind_days": random.choice((0, 7, 14)), "fill_days": random.choice((0, 7, 21))}
    rules["lead_time_days"] = random.choice((0, 10, 30))
    return {"as_of": as_of, "frames": frames, "objects": objects, "bound": bound, "rules": rules}


def _frame(random: Random, id: str, today: date) -> dict[str, Any]:
    joins = random.random() < 0.5
    sectors = random.choice((None, ["restaurant"], ["beauty", "restaurant"], ["beauty"]))
    return {
        "id": id,
        "date": today + timedelta(days=random.randint(-2, 35)),
        "sector": random.choice(("restaurant", "beauty")),
        "area": random.choice(("city", "city", "hisingen")),
        "officers": random.choice((0, 2, 2, 3)),
        "agencies": random.choice(({"miljo": 1}, {}, {"skatteverket": 1})),
        "optional": {"arbetsmiljoverket": 1 if joins else 100},
        "joining": ["arbetsmiljoverket"] if joins else [],
        "frame": {"stops": random.randint(1, 3), **({} if sectors is None else {"sectors": sectors})},
    }


def _object(random: Random, id: str, today: date) -> dict[str, Any]:
    given: dict[str, Any] = {"id": id, "sector": random.choice(("restaurant", "restaurant", "beauty"))}
    given["area"] = random.choice(("city", "city", "hisingen"))
    if random.random() < 0.6:
        given["priority"] = random.randint(1, 3)
    if random.random() < 0.2:
        given["must"] = True
    if random.random() < 0.3:
        given["stops"] = random.randint(1, 2)
    if random.random() < 0.3:
        given["agencies"] = random.sample(AGENCIES, random.randint(1, 2))
    if random.random() < 0.4:
        given["officers"] = random.randint(0, 3)
    if random.random() < 0.4:
        first = today + timedelta(days=random.randint(-20, 20))
        given["window"] = {"from": first, "to": first + timedelta(days=random.randint(0, 150))}
    if random.random() < 0.4:
        given["nominated_on"] = today - timedelta(days=random.randint(0, 40))
    given["short_notice"] = random.random() < 0.2
    given["interest"] = {agency: random.randint(0, 3) for agency in AGENCIES if random.random() < 0.4}
    return given


def best(case: Case) -> tuple[int, int, int, int]:
    """The values of musts, points, empty and quality that no filling beats, decided in that order."""
    frames = {one["id"]: one for one in case["frames"]}
    kept = _kept(case, frames)
    waiting = [one for one in case["objects"] if one["id"] not in {id for ids in kept.values() for id in ids}]
    choices = [[None, *(id for id in frames if _fits(case, one, frames[id], fresh=True))] for one in waiting]
    found = []
    for picks in product(*choices):
        taken = {id: [*kept.get(id, ())] for id in frames}
        for one, pick in zip(waiting, picks, strict=True):
            if pick is not None:
                taken[pick].append(one["id"])
        if all(
            _stops(case, ids) <= frames[id]["frame"]["stops"] or not _ahead(case, frames[id])
            for id, ids in taken.items()
        ):
            found.append(
                _values(case, frames, waiting, dict(zip((one["id"] for one in waiting), picks, strict=True)), taken)
            )
    return min(found)


def _kept(case: Case, frames: Mapping[str, Any]) -> dict[str, list[str]]:
    objects = {one["id"]: one for one in case["objects"]}
    kept: dict[str, list[str]] = {}
    for id, ids in case["bound"].items():
        if not _ahead(case, frames[id]):
            kept[id] = list(ids)
            continue
        stay: list[str] = []
        for one in ids:
            room = _stops(case, [*stay, one]) <= frames[id]["frame"]["stops"]
            if room and _fits(case, objects[one], frames[id], fresh=False):
                stay.append(one)
        kept[id] = stay
    return kept


def _stops(case: Case, ids: list[str]) -> int:
    return sum(one.get("stops", 1) for one in case["objects"] if one["id"] in ids)


def _ahead(case: Case, frame: Mapping[str, Any]) -> bool:
    return bool(datetime.combine(frame["date"], time(9)) > case["as_of"])


def _coming(frame: Mapping[str, Any]) -> set[str]:
    return {"miljo", *frame["agencies"], *frame["joining"]}


def _fits(case: Case, one: Mapping[str, Any], frame: Mapping[str, Any], *, fresh: bool) -> bool:
    day, today = frame["date"], case["as_of"].date()
    window = one.get("window", {"from": date.min, "to": date.max})
    fits = (
        _ahead(case, frame)
        and one["sector"] in frame["frame"].get("sectors", [frame["sector"]])
        and one["area"] == frame["area"]
        and window["from"] <= day <= window["to"]
        and set(one.get("agencies", ())) <= _coming(frame)
        and one.get("officers", 0) <= frame["officers"]
    )
    if not fits or not fresh or one["short_notice"]:
        return fits
    nominated = one.get("nominated_on", date(2000, 1, 1))
    return bool(
        nominated + timedelta(days=case["rules"]["lead_time_days"]) <= day
        and today + timedelta(days=case["rules"]["bind_days"]) <= day
    )


def _stakes(one: Mapping[str, Any]) -> dict[str, int]:
    return {**dict.fromkeys(one.get("agencies", ()), 1), **one["interest"]}


def _values(
    case: Case,
    frames: Mapping[str, Any],
    waiting: list[Mapping[str, Any]],
    picks: Mapping[str, str | None],
    taken: Mapping[str, list[str]],
) -> tuple[int, int, int, int]:
    out = [one for one in waiting if picks[one["id"]] is None]
    soon = case["as_of"].date() + timedelta(days=case["rules"]["bind_days"])
    until = soon + timedelta(days=case["rules"]["fill_days"])
    empty = sum(soon <= frames[id]["date"] < until and not ids for id, ids in taken.items())
    points = sum(POINTS[one.get("priority", 2)] for one in out)
    quality = sum(_charges(case, frames, waiting, picks, taken))
    return sum(one.get("must", False) for one in out), points, empty, quality


def _charges(
    case: Case,
    frames: Mapping[str, Any],
    waiting: list[Mapping[str, Any]],
    picks: Mapping[str, str | None],
    taken: Mapping[str, list[str]],
) -> Iterator[int]:
    today = case["as_of"].date()
    for one in waiting:
        pick = picks[one["id"]]
        there = set() if pick is None else _coming(frames[pick])
        yield sum(worth for agency, worth in _stakes(one).items() if agency not in there)
        yield 3 * ((LAST - today).days // 7 + 1 if pick is None else (frames[pick]["date"] - today).days // 7)
        if pick is None and "window" in one:
            left = max(0, (one["window"]["to"] - today).days) // 7
            yield max(0, 12 - left)
    where = {id: frame for frame, ids in taken.items() for id in ids}
    for agency in AGENCIES:
        whole = missed = 0
        for one in case["objects"]:
            worth = _stakes(one).get(agency, 0)
            whole += worth
            if one["id"] not in where or agency not in _coming(frames[where[one["id"]]]):
                missed += worth
        yield sum(max(0, missed - whole * share // 100) for share in (10, 25, 50))
