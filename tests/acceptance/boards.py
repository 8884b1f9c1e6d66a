"""Board files for the tests, and what docs/formats.md says of a choice on a board, by plain arithmetic."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

Json = dict[str, Any]
LARGEST = 2**31 - 1


def option(start: int, cost: int | None = None, **more: Any) -> Json:
    """An option; `cost` is on the level x."""
    return {"start": start, **({} if cost is None else {"costs": {"x": cost}}), **more}


def activity(id_: str, *options: Json, unplaced: Json | None = None) -> Json:
    return {"id": id_, "unplaced": unplaced, "options": list(options)}


def board(*activities: Json, **more: Any) -> Json:
    """A board of four steps with one level, x, unless `more` says otherwise."""
    plain = {"format": "arshjul-board/1", "levels": ["x"], "steps": 4, "resources": {}}
    return {**plain, "activities": list(activities), **more}


def judged(board: Mapping[str, Any], options: Mapping[str, int | None]) -> tuple[dict[str, int], list[str]]:
    """What a choice costs on each level, and which hard parts it breaks."""
    costs: Counter[str] = Counter(dict.fromkeys(board["levels"], 0))
    broken: list[str] = []
    chosen: dict[str, Json] = {}
    used: Counter[tuple[str, int]] = Counter()
    for one in board["activities"]:
        pick = options[one["id"]]
        if pick is None:
            if one["unplaced"] is None:
                broken.append(f"{one['id']} must be placed")
            costs.update(one["unplaced"] or {})
            continue
        chosen[one["id"]] = taken = one["options"][pick]
        costs.update(taken.get("costs", {}))
        for resource, amounts in taken.get("demand", {}).items():
            used.update({(resource, step): amount for step, amount in enumerate(amounts, taken["start"])})
    for (resource, step), amount in used.items():
        capacity = board["resources"][resource]["capacity"]
        if amount > (capacity[step] if step < len(capacity) else 0):
            broken.append(f"{resource} at {step}")
    broken += [f"lag {lag}" for lag in board.get("lags", []) if not _kept(lag, chosen)]
    broken += [f"conflict {pair}" for pair in board.get("conflicts", []) if _clash(pair, chosen)]
    for row in board.get("rows", []):
        above = sum(c for id_, pick, c in row["terms"] if options[id_] == pick) - row["at_most"]
        if above > 0 and "over" not in row:
            broken.append(f"row {row}")
        elif above > 0:
            costs.update({level: price * above for level, price in row["over"].items()})
    return dict(costs), broken


def _kept(lag: Json, chosen: Mapping[str, Json]) -> bool:
    if lag["after"] not in chosen:
        return True
    if lag["before"] not in chosen:
        return False
    apart = chosen[lag["after"]]["start"] - chosen[lag["before"]]["start"]
    return bool(lag.get("min", apart) <= apart <= lag.get("max", apart))


def _clash(conflict: Json, chosen: Mapping[str, Json]) -> bool:
    if not chosen.keys() >= set(conflict["between"]):
        return False
    first, second = (_in_progress(chosen[id_]) for id_ in conflict["between"])
    both = range(max(first.start, second.start), min(first.stop, second.stop))
    return bool(both) if "steps" not in conflict else any(step in both for step in conflict["steps"])


def _in_progress(taken: Json) -> range:
    longest = max(map(len, taken.get("demand", {}).values()), default=1)
    return range(taken["start"], taken["start"] + taken.get("length", max(longest, 1)))


def without_seconds(levels: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The levels as a solution file has them: what `--json` tells of the clock stands in no file."""
    return [{key: value for key, value in level.items() if key != "seconds"} for level in levels]
