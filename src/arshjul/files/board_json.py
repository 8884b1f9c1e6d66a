"""Reads and writes boards (arshjul-board/1) and their solutions."""

import json
from pathlib import Path

from arshjul.board import Activity, Board, Conflict, Lag, Option, Row


def read_board(path: Path) -> Board:
    d = json.loads(Path(path).read_text())
    num = {a["id"]: i for i, a in enumerate(d["activities"])}
    acts = []
    for a in d["activities"]:
        acts.append(
            Activity(
                a["id"],
                [
                    Option(
                        o["start"],
                        o.get("demand", {}),
                        o.get("costs", {}),
                        o.get("length", max([1, *map(len, o.get("demand", {}).values())])),
                    )
                    for o in a["options"]
                ],
                a["unplaced"],
            )
        )
    b = Board(d["levels"], d["steps"], {r: v["capacity"] for r, v in d["resources"].items()}, acts)
    lags = [Lag(num[x["before"]], num[x["after"]], x.get("min"), x.get("max")) for x in d.get("lags", ())]
    confs = [
        Conflict(num[x["between"][0]], num[x["between"][1]], None if x.get("steps") is None else frozenset(x["steps"]))
        for x in d.get("conflicts", ())
    ]
    rows = [
        Row(
            r.get("rule", ""),
            r.get("about", ""),
            [b.first_column[num[t[0]]] + t[1] for t in r["terms"]],
            [t[2] for t in r["terms"]],
            r["at_most"],
            r.get("over"),
        )
        for r in d.get("rows", ())
    ]
    return Board(b.levels, b.steps, b.capacities, acts, lags, confs, rows)
