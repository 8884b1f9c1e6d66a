"""`verify` passes what `plan` and `replan` write, and names the rule that tampering breaks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import Outcome, arshjul, done, load, rehashed, save

Plan = dict[str, Any]
Tamper = Callable[[Plan], None]


def placed(plan: Plan, operation: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [p for p in plan["placements"] if p["operation"] == operation]
    return found[0]


def level(plan: Plan, name: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [lv for lv in plan["levels"] if lv["id"] == name]
    return found[0]


def move(operation: str, **to: Any) -> Tamper:
    return lambda plan: placed(plan, operation).update(to)


def both(*steps: Tamper) -> Tamper:
    def tamper(plan: Plan) -> None:
        for step in steps:
            step(plan)

    return tamper


def tampered(folder: Path, tamper: Tamper) -> Outcome:
    plan = load(folder / "plan.json")
    tamper(plan)
    save(folder / "plan.json", plan)
    seen = arshjul("verify", folder, "--json")
    assert seen.code == 1, seen
    people = arshjul("verify", folder)
    assert people.code == 1, people
    assert people.said.strip()
    return seen


def place_op_8(plan: Plan) -> None:
    plan["unplaced"] = []
    new = {
        "operation": "OP-8",
        "date": "2027-02-26",
        "shift": "night",
        "police": "lpo-exempelstad",
        "optional_agencies": [],
    }
    plan["placements"].append(new)


def test_valid_plans_pass(made_tutorial: Path, made_march: Path) -> None:
    done("verify", made_tutorial)
    done("verify", made_march)


LPO = "lpo-exempelstad"
RULES: dict[str, tuple[str, Tamper]] = {
    "closed date": ("open-day", move("OP-1", date="2027-03-25")),
    "public holiday": ("open-day", move("OP-6", date="2027-03-26")),
    "closed weekday": ("open-day", move("OP-2", date="2027-04-10")),
    "after its window": ("window", move("OP-1", date="2027-04-01")),
    "outside the year": ("window", move("OP-2", date="2027-05-04")),
    "another shift than its own": ("window", move("OP-1", date="2027-02-25", shift="evening")),
    "another weekday than its own": ("window", move("OP-7", date="2027-02-09")),
    "not on that date": ("window", move("OP-6", date="2027-03-05")),
    "before its lead time": ("lead-time", both(move("OP-4", date="2027-02-25"), move("OP-5", date="2027-02-25"))),
    "more officers than offered": (
        "police-officers",
        both(move("OP-3", date="2027-03-11"), move("OP-7", date="2027-03-11", police=LPO)),
    ),
    "officers where none are": ("police-officers", move("OP-2", date="2027-04-06")),
    "unit swapped": ("police-officers", move("OP-1", police="granspolisen")),
    "no designated officer": ("designated-officer", place_op_8),
    "more teams than there are": (
        "agency-teams",
        both(move("OP-1", date="2027-02-25"), move("OP-3", date="2027-02-25", shift="day")),
    ),
    "more than a week's shifts": (
        "agency-load",
        both(move("OP-1", date="2027-03-09"), move("OP-3", date="2027-03-11"), move("OP-6", date="2027-03-12")),
    ),
    "without rest": (
        "daily-rest",
        both(move("OP-1", date="2027-02-25"), move("OP-3", date="2027-02-25", shift="evening")),
    ),
    "the same sector too soon": (
        "sector-spacing",
        both(move("OP-1", date="2027-02-23"), move("OP-2", date="2027-03-04")),
    ),
    "twice in an area on a day": (
        "daily-limit",
        both(move("OP-1", date="2027-03-04"), move("OP-7", date="2027-03-04")),
    ),
    "follow-up too late": ("follow-up", both(move("OP-1", date="2027-02-02"), move("OP-2", date="2027-04-27"))),
    "not the same day": ("apart", both(move("OP-1", date="2027-03-04"), move("OP-7", date="2027-03-04"))),
    "tied ones apart": ("together", move("OP-5", date="2027-04-15")),
    "pin": ("fixed", move("OP-3", date="2027-03-09")),
    "twice placed": ("placement", lambda plan: plan["placements"].append(dict(plan["placements"][0]))),
    "placed and unplaced": ("placement", lambda plan: plan["unplaced"].append({"operation": "OP-1", "reasons": []})),
    "missing": ("placement", lambda plan: plan["unplaced"].clear()),
    "no unit": ("placement", move("OP-1", police=None)),
    "an optional agency that is not its own": ("placement", move("OP-2", optional_agencies=["raddningstjansten"])),
    "an optional agency that is required": ("placement", move("OP-1", optional_agencies=["miljo"])),
    "an optional agency twice": ("placement", move("OP-1", optional_agencies=["arbetsmiljoverket"] * 2)),
}


@pytest.mark.parametrize("name", RULES, ids=lambda name: name.replace(" ", "-"))
def test_broken_rule_is_named(tutorial: Path, name: str) -> None:
    rule, tamper = RULES[name]
    seen = tampered(tutorial, tamper)
    assert f'"{rule}"' in seen.out, seen
    assert rule in (people := arshjul("verify", tutorial)).out, people


def test_unit_that_may_not_serve_is_named(tutorial: Path) -> None:
    scenario = load(tutorial / "scenario.json")
    scenario["operations"][0]["police"] = ["granspolisen"]
    save(tutorial / "scenario.json", scenario)
    rehashed(tutorial)
    seen = arshjul("verify", tutorial, "--json")
    assert seen.code == 1, seen
    assert '"placement"' in seen.out, seen


def lower(name: str, **by: int) -> Tamper:
    def tamper(plan: Plan) -> None:
        for key, less in by.items():
            level(plan, name)[key] -= less

    return tamper


CLAIMS: dict[str, Tamper] = {
    "points lowered": lower("points", value=1, bound=1),
    "quality lowered": lower("quality", value=1, bound=1),
    "musts raised": lower("musts", value=-1),
    "bound above value": lower("points", bound=-1),
    "level missing": lambda plan: plan["levels"].pop(1),
    "levels in another order": lambda plan: plan["levels"].reverse(),
    "level twice": lambda plan: plan["levels"].append(dict(plan["levels"][0])),
    "optimal without proof": lower("quality", bound=1),
    "price removed": lambda plan: plan["prices"].pop(),
    "price lowered": lambda plan: plan["prices"][0].update(points=0),
    "price about another": lambda plan: plan["prices"][0].update(about="OP-7"),
    "price twice": lambda plan: plan["prices"].append(dict(plan["prices"][0])),
    "an unplaced one forgotten": lambda plan: plan["unplaced"].pop(),
    "optional agency dropped": move("OP-1", optional_agencies=[]),
}


@pytest.mark.parametrize("name", CLAIMS, ids=lambda name: name.replace(" ", "-"))
def test_false_claim_is_seen(tutorial: Path, name: str) -> None:
    tampered(tutorial, CLAIMS[name])


def back(operation: str, **to: Any) -> Tamper:
    def tamper(plan: Plan) -> None:
        (old,) = [p for p in plan["base"]["placements"] if p["operation"] == operation]
        old.update(to)

    return tamper


REPLANS: dict[str, Tamper] = {
    "hit emptied": lambda plan: plan["base"]["hit"].clear(),
    "base dropped": lambda plan: plan.update(base=None),
    "changes lowered": lower("changes", value=1, bound=1),
    "history moved": move("OP-1", date="2027-03-09"),
    "history brought back": move("OP-7", date="2027-04-15"),
    "old place rewritten": back("OP-3", date="2027-04-01"),
    "left on withdrawn officers": move("OP-3", date="2027-03-11"),
    "moved with too short a notice": move("OP-3", date="2027-03-18"),
    "frozen one moved": move("OP-2", date="2027-04-08"),
    "moved into the past": move("OP-3", date="2027-03-02"),
    "another moment": lambda plan: plan["base"].update(as_of="2027-01-04T09:00"),
}


@pytest.mark.parametrize("name", REPLANS, ids=lambda name: name.replace(" ", "-"))
def test_tampered_replan_is_seen(march: Path, name: str) -> None:
    tampered(march, REPLANS[name])


def test_breaches_are_all_told(tutorial: Path) -> None:
    seen = tampered(
        tutorial, both(move("OP-1", date="2027-03-25"), move("OP-5", date="2027-04-15"), lower("points", value=1))
    )
    for word in ("open-day", "together", "points"):
        assert word in seen.out, seen


@pytest.mark.parametrize("question", [("explain",), ("alternatives",), ("explain", "--json")])
def test_a_plan_that_does_not_pass_is_asked_with_a_warning(tutorial: Path, question: tuple[str, ...]) -> None:
    command, *options = question
    sound = arshjul(command, tutorial, "OP-1", *options)
    assert "Varning" not in sound.err, sound
    plan = load(tutorial / "plan.json")
    plan["levels"][1]["value"] += 1
    save(tutorial / "plan.json", plan)
    seen = arshjul(command, tutorial, "OP-1", *options)
    assert seen.code == 0, seen
    assert "arshjul verify" in seen.err, seen
    assert seen.out == sound.out, "the answer is the same, with a warning beside it"
