"""Edits of a lived year's scenario: a title, priorities, the autumn's police offers, nominations in August.

Assumed, all of it.
"""

import os
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from writing import listed, section, write

HERE = Path(__file__).resolve().parent
CONFIG = HERE.parent.parent / "config" / "goteborg"
HEAD = "Made by scenarios/goteborg-2027/live.py: change that, not this."
AUTUMN = {"from": date(2027, 10, 1), "to": date(2027, 12, 18)}

Item = dict[str, Any]
Edit = Callable[[Item, Path], None]


def _february(_: Item, folder: Path) -> None:
    """A title is corrected, and two operations have the priority that situation pictures gave them."""
    scenario = _latest(folder)
    for operation in scenario["operations"]:
        if (operation["sector"], operation["area"]) in (("nightlife", "nordost"), ("vehicle", "city")):
            operation["priority"] = 1
    first = next(one for one in scenario["operations"] if one["title"].startswith("Lunchställen"))
    first["title"] = first["title"].replace("Lunchställen", "Lunchställen och kaféer")
    _write(scenario, folder)


def _autumn_offers(_: Item, folder: Path) -> None:
    """The police say what they can lend in autumn: another evening in the city, fewer officers in the north-east."""
    scenario = _latest(folder)
    units = {unit["id"]: unit for unit in scenario["police"]}
    units["lpo-city"]["officers"].append({**AUTUMN, "weekdays": ["tue"], "shift": "evening", "officers": 4})
    units["lpo-nordost"]["officers"].append({**AUTUMN, "weekdays": ["mon"], "shift": "day", "officers": 0})
    _write(scenario, folder)


def _august(plan: Item, folder: Path) -> None:
    """One is nominated, one kept as a reserve, and one may no longer lie where it stands."""
    scenario = _latest(folder)
    operations = {one["id"]: one for one in scenario["operations"]}
    like = next(one for one in scenario["operations"] if one["sector"] == "beauty")
    kept = ("programme", "lead_agency", "sector", "area", "officers", "agencies", "shifts")
    new = {**{key: like[key] for key in kept}, "priority": 2, "window": AUTUMN, "nominated_on": date(2027, 8, 20)}
    scenario["operations"] += [
        {"id": "OP-139", "title": "Nagelsalonger, andra besöket", **new},
        {"id": "OP-140", "title": "Frisörer, i reserv", **new, "reserve": True},
    ]
    moved = next(
        place
        for place in sorted(plan["placements"], key=lambda place: (place["date"], place["operation"]))
        if place["date"] >= "2027-10-15" and place["operation"] in operations
        if not any(operations[place["operation"]].get(key) for key in ("fixed", "after", "same_slot_as", "not_on"))
    )
    operations[moved["operation"]]["not_on"] = [date.fromisoformat(moved["date"])]
    _write(scenario, folder)


def _latest(folder: Path) -> Item:
    """The scenario as it was edited last before."""
    earlier = [known for known in sorted(folder.parent.iterdir()) if known.is_dir() and known.name < folder.name]
    scenario: Item = {}
    for file in sorted((earlier or [HERE])[-1].glob("[op]*.yaml")):
        scenario |= yaml.safe_load(file.read_text(encoding="utf-8"))
    return scenario


def _write(scenario: Item, folder: Path) -> None:
    folder.mkdir()
    scenario["plan"]["config"] = Path(os.path.relpath(CONFIG, folder)).as_posix()
    write(folder / "plan.yaml", HEAD, section("plan", scenario["plan"]))
    for name in ("operations", "police"):
        write(folder / f"{name}.yaml", HEAD, listed(name, scenario[name]))


EDITS: Mapping[datetime, Edit] = {
    datetime(2027, 2, 5, 10): _february,
    datetime(2027, 6, 1, 10): _autumn_offers,
    datetime(2027, 8, 20, 10): _august,
}
"""What is edited when: from the plan as it is, into a folder."""
