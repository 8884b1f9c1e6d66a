"""changes.json tells the causes of each change, and of each agency's absence, and takes neither for the other."""

import json
from dataclasses import replace
from datetime import date

from arshjul.domain.cause import ChangeCause
from arshjul.domain.change import Changes, Move
from arshjul.formats.plan.changes_json import changes_mapping, read_changes
from tests import builders

OLD, NEW = builders.placement("OP-1"), builders.placement("OP-1", day=date(2027, 3, 9))
MOVED = Changes(moved=(Move("OP-1", OLD, NEW),))
WITHDRAWN, SHORT = ChangeCause("withdrawal", id="W-1"), ChangeCause("teams", party="a1", given="sjuka")
ABSENCES = {
    "OP-1": (replace(SHORT, absent="a1"), ChangeCause("knock-on", id="OP-1", absent="a2")),
    "OP-2": (ChangeCause("asked", party="a1", absent="a1"), replace(SHORT, absent="a1")),
}


def test_each_absence_has_its_own_causes_and_no_other_ones() -> None:
    lost = {"OP-2": ("a1",), "OP-1": ("a2", "a1", "a3")}
    told = changes_mapping(MOVED, {}, causes={"OP-1": (WITHDRAWN,)}, lost=lost, absences=ABSENCES)
    no, short = {"kind": "asked", "party": "a1"}, {"kind": "teams", "party": "a1"}
    assert told["absences"] == [
        {"operation": "OP-1", "agency": "a2", "cause": {"kind": "knock-on", "id": "OP-1"}},
        {"operation": "OP-1", "agency": "a1", "cause": short},
        {"operation": "OP-1", "agency": "a3"},
        {"operation": "OP-2", "agency": "a1", "cause": no, "causes": [no, short]},
    ]
    moved = json.loads(json.dumps(told["moved"]))[0]
    assert moved["cause"] == {"kind": "withdrawal", "id": "W-1"}
    assert "causes" not in moved
    assert "sjuka" not in str(told), "an agency's own words are for it and the coordinator"
    assert read_changes(told, "changes.json") == MOVED


def test_a_first_plan_has_none() -> None:
    assert changes_mapping(Changes(), {})["absences"] == []
