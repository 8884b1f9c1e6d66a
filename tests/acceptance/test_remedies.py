"""The nearest reason of what is left out, and `ask`: who does what they say gets the operation in."""

import copy
import re
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from tests.acceptance.command import done, levels, load, placements
from tests.acceptance.small_year import MADE, MONTHS, NAMES, UNITS, operation, planned, year

POINTS = {1: 9, 2: 3, 3: 1}
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
SHORT = {"name": "Exempelstad 2027", "from": "2027-03-01", "to": "2027-03-12", "timezone": "Europe/Stockholm"}


def drawn(seed: int) -> dict[str, Any]:
    """Two weeks with few officers and teams for what is asked of them."""
    random = Random(seed)
    made = []
    for n in range(1, 7):
        lead, other = random.sample(list(NAMES), 2)
        more = {other: 1} if random.random() < 0.5 else {}
        first = random.choice(["2027-03-01", "2027-03-08", "2027-03-03"])
        made.append(
            operation(
                f"OP-{n}",
                lead_agency=lead,
                agencies={lead: random.choice([1, 1, 2]), **more},
                officers=random.choice([1, 2, 3]),
                priority=random.choice([1, 2, 3]),
                designated=random.choice(["none", "none", "require"]),
                window={"from": first, "to": "2027-03-12" if random.random() < 0.5 else first},
            )
        )
    made[5]["after"] = {"operation": "OP-5", "min_days": random.choice([1, 3]), "max_days": 9}
    scenario = year(made, plan={**SHORT, "language": "sv"})
    scenario["rules"]["operations_per_day"] = 2
    for agency in scenario["agencies"]:
        agency["teams"] = [{"shift": "day", "teams": random.choice([1, 2])}]
    for unit in scenario["police"]:
        unit["officers"] = [{"shift": "day", "weekdays": ["mon", "wed"], "officers": 3, "designated": 0}]
    return scenario


def offer(scenario: dict[str, Any], party: str, on: str, shift: str, more: dict[str, int]) -> None:
    """Adds to what a party offers at one slot of those that its first line, or none, tells of."""
    (one,) = [one for one in scenario["police"] + scenario["agencies"] if one["id"] == party]
    lines = one["officers" if party in UNITS else "teams"]
    days = lines[0].get("weekdays", WEEKDAYS)
    is_there = shift == "day" and WEEKDAYS[date.fromisoformat(on).weekday()] in days
    names = ("officers", "designated") if party in UNITS else ("teams",)
    now = {name: lines[0].get(name, 0) if is_there else 0 for name in names}
    lines.append({"from": on, "to": on, "shift": shift, **{name: now[name] + more.get(name, 0) for name in names}})


def nearest(reasons: list[dict[str, Any]]) -> tuple[str, dict[str, dict[str, int]]] | None:
    """The date that a reason names as nearest, and what it says that each party lacks there. None: it names none."""
    match = re.search(r"minst fattas \w+ (\d+) (\w+) (\d+), Dag \((.*)\)", reasons[-1]["text"])
    if match is None:
        return None
    on = date(int(match[3]), MONTHS.index(match[2]) + 1, int(match[1])).isoformat()
    lacks: dict[str, dict[str, int]] = {}
    for part in re.split(r", (?!\d)| och ", match[4]):
        (party,) = [id for id, name in {**NAMES, **UNITS}.items() if part.startswith(name)]
        lacks.setdefault(party, {}).update(lack(part))
    return on, lacks


def lack(said: str) -> dict[str, int]:
    """What one part of the sentence says that is missing."""
    if said.endswith("erbjuder ingen insatspolis"):
        return {"designated": 1}
    if missing := re.search(r" saknar (\w+) (poliser|polis|lag)$", said):
        return {"teams" if missing[2] == "lag" else "officers": number(missing[1])}
    offered = re.search(r" (?:erbjuder|har) (\w+) (poliser|polis|lag), (\d+) behövs$", said)
    assert offered is not None, said
    return {"teams" if offered[2] == "lag" else "officers": int(offered[3]) - number(offered[1])}


def number(word: str) -> int:
    return 1 if word in {"en", "ett"} else int(word)


def points(folder: Path) -> int:
    return levels(load(folder / "plan.json"))["points"][0]


def test_who_gives_what_the_nearest_reason_lacks_gets_it_in(tmp_path: Path) -> None:
    scenario = drawn(11)
    plan = load(planned(tmp_path / "before", scenario) / "plan.json")
    n_helped = 0
    for out in plan["unplaced"]:
        if (named := nearest(out["reasons"])) is None:
            continue
        on, lacks = named
        helped, asked = copy.deepcopy(scenario), out["operation"]
        for party, more in lacks.items():
            offer(helped, party, on, "day", more)
        (one,) = [one for one in helped["operations"] if one["id"] == asked]
        after = planned(tmp_path / asked, pinned(helped, plan, asked, on))
        (placed,) = [one for one in load(after / "plan.json")["placements"] if one["operation"] == asked]
        assert placed["date"] == on
        before = levels(plan)["points"][0]
        assert points(after) <= before - POINTS[one["priority"]], (asked, lacks)
        n_helped += 1
    assert n_helped > 0


def pinned(scenario: dict[str, Any], plan: dict[str, Any], more: str, on: str) -> dict[str, Any]:
    """The scenario in which all stand where they are, and one more comes on that date."""
    where = {id: placed["date"] for id, placed in placements(plan).items()} | {more: on}
    for one in scenario["operations"]:
        if one["id"] in where:
            one["fixed"] = {"date": where[one["id"]], "shift": "day"}
    return scenario


def test_further_shift_that_is_asked_for_brings_in_what_it_says(tmp_path: Path) -> None:
    scenario = drawn(7)
    folder = planned(tmp_path / "before", scenario)
    asked = done("ask", folder, "--as-of", MADE, "--json").json()
    assert asked["further"]
    row = asked["further"][0]
    helped = copy.deepcopy(scenario)
    offer(helped, row["police"], row["date"], row["shift"], {name: row[name] for name in ("officers", "designated")})
    after = planned(tmp_path / "after", helped)
    assert points(after) <= points(folder) - row["points"]


# Issue A9: `ask`, `explain` and reasons agree.


def test_what_a_row_brings_in_is_not_out_of_reach(tmp_path: Path) -> None:
    """One more officer on 7 April brings in OP-6 by itself, beside OP-3."""
    one_day = {"from": "2027-04-07", "to": "2027-04-07"}
    operations = [
        operation("OP-1", "2027-04-07"),
        operation("OP-3", officers=5),
        operation("OP-4", designated="require"),
        operation("OP-6", window=one_day, officers=3),
    ]
    folder = planned(tmp_path, year(operations))
    asked = done("ask", folder, "--as-of", "2027-01-05T09:00", "--json").json()
    rows = [*asked["further"], *asked["combined"]]
    assert {id for row in rows for id in row["brings_in"]} & set(asked["out_of_reach"]) == set()


def test_what_one_designated_officer_would_bring_in_is_not_out_of_reach(tmp_path: Path) -> None:
    """The nearest slot of its reason lacks one, and is OP-3's too: one shift gives a place to either."""
    for seed in (0, 4, 13, 24):
        folder = planned(tmp_path / str(seed), drawn(seed))
        out = done("ask", folder, "--as-of", MADE, "--json").json()["out_of_reach"]
        wanted = {one["operation"]: nearest(one["reasons"]) for one in load(folder / "plan.json")["unplaced"]}
        by_police = {id for id, named in wanted.items() if named and named[1].keys() <= UNITS.keys()}
        assert by_police & set(out) == set(), seed
