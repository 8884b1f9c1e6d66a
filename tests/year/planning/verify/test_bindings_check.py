"""Bindings that cannot be, and the rule that the check names: no filling makes such ones."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.level import Level
from arshjul.year.domain.visit_object import Filling
from arshjul.year.planning.verify import binding_breaches, filling_claims
from tests.year.planning.fill.fills import made

DAY = date(2027, 1, 15)
FRAME = {"id": "OP-1", "date": DAY}
OBJECT = {"id": "O-1", "sector": "restaurant", "area": "city"}


def wrong(rule: str, frame: dict[str, Any] | None = None, **given: Any) -> dict[str, Any]:
    """O-1 bound by a filling, as of 1 January, to OP-1, which is on the 15th: just bind_days later."""
    return {"breaks": rule, "frame": {**FRAME, **(frame or {})}, "object": {**OBJECT, **given}}


WRONG = [
    wrong("sector", sector="beauty"),
    wrong("area", area="hisingen"),
    wrong("window", window={"from": date(2027, 1, 16), "to": date(2027, 2, 1)}),
    wrong("window", window={"from": date(2027, 1, 1), "to": date(2027, 1, 14)}),
    wrong("agencies", agencies=["skatteverket"]),
    wrong("officers", officers=3),
    wrong("lead-time", nominated_on=date(2027, 1, 6)),
    wrong("bind-days", frame={"date": date(2027, 1, 14)}),
    wrong("stops", stops=2),
    wrong("frame", frame={"date": None}),
    wrong("frame", frame={"frame": None}),
]


def rules_broken(case: dict[str, Any]) -> set[str]:
    scenario, plan = made([case["frame"]], {"lead_time_days": 10}, [case["object"]], {"OP-1": ["O-1"]})
    filling = Filling({"OP-1": ("O-1",)}, revision=1, levels=(Level("musts", 0, 0),))
    plan = replace(plan, entries=Entries.of(fillings=(filling,)))
    return {breach.rule for breach in binding_breaches(scenario, plan)}


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["breaks"])
def test_what_cannot_be_is_told(case: dict[str, Any]) -> None:
    assert rules_broken(case) == {case["breaks"]}


def test_what_just_fits_is_no_breach() -> None:
    window = {"from": DAY, "to": DAY}
    assert (
        rules_broken(wrong("", window=window, nominated_on=date(2027, 1, 5), officers=2, agencies=["miljo"])) == set()
    )


def test_what_was_bound_before_is_not_asked_for_lead_time_again() -> None:
    case = wrong("", nominated_on=date(2027, 1, 6))
    scenario, plan = made([case["frame"]], {"lead_time_days": 10}, [case["object"]], {"OP-1": ["O-1"]})
    assert not list(binding_breaches(scenario, plan))


def test_a_filling_that_claims_too_much_is_told() -> None:
    scenario, plan = made([FRAME], {}, [OBJECT, {**OBJECT, "id": "O-2"}], {"OP-1": ["O-1"]})
    levels = (Level("musts", 0, 0), Level("points", 0, 0), Level("empty", 0, 0), Level("quality", 0, 0))
    filling = Filling({"OP-1": ("O-2",)}, revision=1, levels=levels)
    claims = list(filling_claims(scenario, replace(plan, entries=Entries.of(fillings=(filling,)))))
    assert len(claims) == 3  # O-2 is not there; points are 3; quality is more than 0
