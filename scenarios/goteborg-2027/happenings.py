"""What happens in a lived year besides withdrawals: how operations went, what is given back, what is asked for. Drawn.

Every number here is assumed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

Item = dict[str, Any]
Candidates = Iterator[dict[str, list[Any]]]

RESULTS = {"done": 90, "without-police": 4, "aborted": 3, "called-off": 3}
WITHOUT_OFFICERS = ("without-police", "called-off")
LATE, RETURNED, CALLED_OFF = 0.1, 0.5, 0.75
"""Shares: of outcomes that have not come in yet, of withdrawals of which some shifts are given back, of operations that
lose their officers on the day itself and do not begin."""
EVALUATED = {date(2027, 1, 1): 0.3, date(2027, 5, 1): 0.8}
"""Share of operations from that date that are evaluated a month later: seldom at first (the report, 3.1.3)."""
EVALUATION_DAYS = 21
HINDERED, NAMED = 0.4, 0.8
"""Shares: of operations in which something could not be shared, of those for which a rule is named."""
IN_THE_WAY = {
    "skatteverket": "27:1", "forsakringskassan": "28:1", "migrationsverket": "37:1", "socialforvaltningen": "26:1",
    "kronofogden": "34:1", "arbetsmiljoverket": "30:23", "miljo": "17:1",
}  # fmt: skip
EFFECTS = {"weaker": 50, "delayed": 20, "none": 15, "double-visit": 10, "dropped": 5}
WISHES = {"law": 50, "guidance": 25, "agreement": 15, "tool": 10}
AHEAD_DAYS = 45
NOMINATED = "OP-138"


@dataclass(frozen=True)
class SettledYear:
    """The plan as it is at a moment. `slots`: the other slots of an operation for which nothing else must move."""

    plan: Item
    scenario: Item
    as_of: datetime
    slots: Callable[[str], list[Mapping[str, Any]]]

    @property
    def placed(self) -> list[Item]:
        """The placements by date."""
        return sorted(self.plan["placements"], key=lambda place: (place["date"], place["operation"]))

    @property
    def operations(self) -> dict[str, Item]:
        """The operations by id."""
        return {operation["id"]: operation for operation in self.scenario["operations"]}

    def hours(self, place: Item) -> tuple[datetime, datetime]:
        """When the placed operation begins and ends, local time."""
        (shift,) = (shift for shift in self.scenario["shifts"] if shift["id"] == place["shift"])
        day = date.fromisoformat(place["date"])
        start, end = (datetime.combine(day, datetime.strptime(shift[key], "%H:%M").time()) for key in ("start", "end"))
        return start, end if end > start else end + timedelta(days=1)

    def free(self) -> list[Item]:
        """Placements far ahead of operations that nothing hangs on: what a coordinator may do something with."""
        tied = {operation["after"]["operation"] for operation in self.operations.values() if operation.get("after")}
        tied |= {operation["same_slot_as"] for operation in self.operations.values() if operation.get("same_slot_as")}
        held = {change["operation"] for change in self.plan["changes"] if isinstance(change.get("operation"), str)}
        first = (self.as_of + timedelta(days=AHEAD_DAYS)).date().isoformat()
        return [
            place
            for place in self.placed
            if place["date"] >= first and place["police"] and place["operation"] not in tied | held
            if not any(
                self.operations[place["operation"]].get(key) for key in ("must", "fixed", "after", "same_slot_as")
            )
        ]

    def outcome(self, place: Item) -> Item | None:
        """The latest outcome of a placement."""
        known = [one for one in self.plan["outcomes"] if one["operation"] == place["operation"]]
        return next((one for one in reversed(known) if one["date"] == place["date"]), None)


def outcomes(year: SettledYear, reported: Sequence[Item], rng: Random) -> list[Item]:
    """What has come in on operations that are over. What lost its officers on the day itself went accordingly."""
    found = []
    for place in year.placed:
        start, end = year.hours(place)
        if end > year.as_of:
            break
        known = year.outcome(place)
        lost = any(_lost(one, place, start) for one in reported)
        if known is None and (lost or rng.random() >= LATE):
            found.append(_outcome(year, place, rng, lost=lost))
        elif known is not None and is_evaluated_now(year, known, end):
            kept = {
                key: known[key] for key in ("operation", "date", "result", "officers") if known.get(key) is not None
            }
            found.append({**kept, "figures": {**known.get("figures", {}), "joint-evaluation": 1}})
    return [{**one, "date": date.fromisoformat(one["date"])} for one in found]


def is_evaluated_now(year: SettledYear, known: Item, end: datetime) -> bool:
    """True if it is the month's look back, and the operation is one that is evaluated, due and not yet told of."""
    is_due = end + timedelta(days=EVALUATION_DAYS) < year.as_of and "joint-evaluation" not in known.get("figures", {})
    wanted = next(share for since, share in reversed(EVALUATED.items()) if since <= end.date())
    is_one = Random(f"evaluated/{known['operation']}").random() < wanted
    return year.as_of in CHANGES and is_due and is_one and known["result"] in ("done", "without-police")


def _lost(withdrawal: Item, place: Item, start: datetime) -> bool:
    last = withdrawal.get("to", date.max)
    is_there = place["police"] in withdrawal["police"] and withdrawal["from"] <= start.date() <= last
    return is_there and datetime.fromisoformat(withdrawal["reported"]) < start


def _outcome(year: SettledYear, place: Item, rng: Random, *, lost: bool) -> Item:
    result = rng.choices(list(RESULTS), list(RESULTS.values()))[0]
    if lost:
        result = "called-off" if rng.random() < CALLED_OFF else "without-police"
    elif not place["police"] and result in WITHOUT_OFFICERS:
        result = "done"
    told = {"operation": place["operation"], "date": place["date"], "result": result}
    if result == "called-off":
        why = {"officers": 0, "note": "ingen polis kom"} if place["police"] else {"note": "stängt den dagen"}
        return {**told, **why}
    officers = year.operations[place["operation"]].get("officers", 0)
    came = {"officers": officers} if place["police"] and result != "without-police" else {}
    controls = 0 if result == "aborted" else rng.randint(1, 4)
    persons = rng.randint(controls, 4 * controls + 1)
    figures = {
        "controls": controls,
        "persons": persons,
        "without-right-to-work": min(persons, rng.choice((0, 0, 0, 1, 2))),
    }
    return {**told, **came, "figures": figures}


def obstacles(year: SettledYear, went: Iterable[Item], n_known: int, seed: int) -> list[Item]:
    """What the parties of operations that have come in could not share: of each operation at most one, and once."""
    found: list[Item] = []
    for one in went:
        operation = year.operations.get(one["operation"])
        rng = Random(f"{seed}/obstacle/{one['operation']}")
        others = [] if operation is None else [id for id in operation["agencies"] if id != operation["lead_agency"]]
        if operation is None or "joint-evaluation" in one.get("figures", {}) or rng.random() >= HINDERED or not others:
            continue
        asked = rng.choice(others)
        effect = rng.choices(list(EFFECTS), list(EFFECTS.values()))[0]
        told: Item = {
            "id": f"HI{n_known + len(found) + 1}",
            "date": one["date"],
            "operation": operation["id"],
            "asker": operation["lead_agency"],
            "asked": asked,
            "category": rng.choice(("economy", "workers", "visits", "matters")),
            "needed_for": rng.choice(("choose", "prepare", "on-site")),
            "rule": IN_THE_WAY.get(asked, "none") if rng.random() < NAMED else "none",
            "how_known": rng.choice(("written", "oral", "assumed")),
            "effect": [effect],
        }
        wish = rng.choices(list(WISHES), list(WISHES.values()))[0]
        found.append({**told, **({"days": rng.randint(3, 21)} if effect == "delayed" else {}), "wish": wish})
    return found


def returned_shifts(known: Iterable[Item], returned: Sequence[Item], as_of: datetime, rng: Random) -> list[Item]:
    """Evenings that the police offer again, of withdrawals that go on for a while; of each once."""
    tomorrow, once = as_of.date() + timedelta(days=1), {back["withdrawal"] for back in returned}
    found: list[Item] = []
    for one in known:
        first = max(one["from"], tomorrow)
        last = min(one.get("to", date.max), first + timedelta(days=9))
        if one["id"] not in once and first <= last and rng.random() < RETURNED:
            id = f"G-{len(returned) + len(found) + 1:03d}"
            found.append({"id": id, "withdrawal": one["id"], "from": first, "to": last, "shifts": ["evening"]})
    return found


def _shuffled(year: SettledYear, rng: Random) -> list[Item]:
    places = year.free()
    rng.shuffle(places)
    return places


def _other_dates(year: SettledYear, rng: Random) -> Candidates:
    for place in _shuffled(year, rng):
        lead, day = year.operations[place["operation"]]["lead_agency"], date.fromisoformat(place["date"])
        wish = {"operation": place["operation"], "agency": lead, "dates": [day], "cause": "ett annat tillslag"}
        yield {"not_on": [wish]}


def _pinned(year: SettledYear, rng: Random) -> Candidates:
    """To an autumn day."""
    for place in _shuffled(year, rng):
        for slot in year.slots(place["operation"]):
            if slot["date"] > "2027-10-01":
                pin = {"date": date.fromisoformat(slot["date"]), "shift": slot["shift"], "police": slot["police"]}
                yield {"pinned": [{"operation": place["operation"], **pin}]}


def _unpinned(year: SettledYear, rng: Random) -> Candidates:  # noqa: ARG001 - all kinds are asked alike
    for change in year.plan["changes"]:
        if change["kind"] == "pinned":
            yield {"unpinned": [change["operation"]]}


def _fewer_teams(year: SettledYear, rng: Random) -> Candidates:
    for place in _shuffled(year, rng):
        day = date.fromisoformat(place["date"])
        lead = year.operations[place["operation"]]["lead_agency"]
        yield {"agencies": [{"agency": lead, "from": day, "to": day, "teams_left": 0, "cause": "utbildning"}]}


def _fewer_officers(year: SettledYear, rng: Random) -> Candidates:
    for place in _shuffled(year, rng):
        officers = year.operations[place["operation"]]["officers"]
        if officers > 2:
            yield {"fewer_officers": [{"operation": place["operation"], "officers": officers - 1}]}


def _cancelled(year: SettledYear, rng: Random) -> Candidates:
    for place in _shuffled(year, rng):
        yield {"cancelled": [place["operation"]]}


def _nominated(year: SettledYear, rng: Random) -> Candidates:
    for place in _shuffled(year, rng):
        like = year.operations[place["operation"]]
        kept = ("title", "programme", "lead_agency", "sector", "area", "officers", "agencies", "shifts")
        window = {"from": date(2027, 9, 1), "to": date(2027, 12, 10)}
        new = {"id": NOMINATED, **{key: like[key] for key in kept if key in like}, "window": window}
        yield {"operations": [{**new, "priority": 2, "nominated_on": year.as_of.date()}]}


def _without_police(year: SettledYear, rng: Random) -> Candidates:
    for place in _shuffled(year, rng):
        yield {"without_police": [place["operation"]]}


def _promoted(year: SettledYear, rng: Random) -> Candidates:  # noqa: ARG001 - all kinds are asked alike
    for id in year.plan["reserve"]:
        yield {"promoted": [id]}


def _left_out(year: SettledYear, rng: Random) -> Candidates:
    for place in _shuffled(year, rng):
        yield {"left_out": [place["operation"]]}


CHANGES: Mapping[datetime, Callable[[SettledYear, Random], Candidates]] = {
    datetime(2027, 1, 29, 15): _other_dates,
    datetime(2027, 2, 26, 15): _pinned,
    datetime(2027, 3, 19, 15): _fewer_teams,
    datetime(2027, 4, 16, 15): _fewer_officers,
    datetime(2027, 5, 14, 15): _cancelled,
    datetime(2027, 6, 11, 15): _nominated,
    datetime(2027, 7, 9, 15): _unpinned,
    datetime(2027, 8, 13, 15): _without_police,
    datetime(2027, 9, 3, 15): _promoted,
    datetime(2027, 9, 17, 15): _left_out,
}
"""What is asked for when the month is looked back at: what may be drawn, until the plan takes one."""
