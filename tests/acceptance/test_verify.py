"""`verify` passes what `plan` and `replan` write, and names the rule that tampering breaks."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import MARCH, Outcome, arshjul, contents, done, load, save
from tests.acceptance.conftest import SHOOTING

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
    return seen


def test_valid_plans_pass(made_tutorial: Path, made_march: Path) -> None:
    done("verify", made_tutorial)
    done("verify", made_march)


LPO = "lpo-exempelstad"
RULES: dict[str, tuple[str, Tamper]] = {
    "more officers than offered": (
        "police-officers",
        both(move("OP-3", date="2027-03-11"), move("OP-7", date="2027-03-11", police=LPO)),
    ),
    "tied ones apart": ("together", move("OP-5", date="2027-04-15")),
    "pin": ("fixed", move("OP-3", date="2027-03-09")),
    "twice placed": ("placement", lambda plan: plan["placements"].append(dict(plan["placements"][0]))),
    "placed and unplaced": ("placement", lambda plan: plan["unplaced"].append({"operation": "OP-1", "reasons": []})),
}


@pytest.mark.parametrize("name", RULES, ids=lambda name: name.replace(" ", "-"))
def test_broken_rule_is_named(tutorial: Path, name: str) -> None:
    rule, tamper = RULES[name]
    seen = tampered(tutorial, tamper)
    assert f'"{rule}"' in seen.out, seen
    assert rule in (people := arshjul("verify", tutorial)).out, people


def test_a_broken_rule_is_told_with_operations_and_dates(tutorial: Path) -> None:
    """The rule's own sentence names the unit alone."""
    tampered(tutorial, RULES["more officers than offered"][1])
    lines = arshjul("verify", tutorial).out.splitlines()
    (line,) = [line for line in lines if "skulle låna ut" in line]
    assert re.search(r"poliser, har \d+: .*OP-3 \(torsdag 11 mars 2027 .*OP-7 \(torsdag 11 mars 2027 ", line), line


def test_a_price_is_told_as_the_plan_and_as_the_count_has_it(tutorial: Path) -> None:
    seen = tampered(tutorial, lambda plan: plan["prices"].append(dict(plan["prices"][0])))
    assert " minuspoäng: 2 i planen, 1 i räkningen" in seen.out, seen


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


def test_breaches_are_all_told_and_a_plan_that_does_not_pass_is_asked_with_a_warning(
    tutorial: Path, made_tutorial: Path
) -> None:
    seen = tampered(
        tutorial, both(move("OP-1", date="2027-03-25"), move("OP-5", date="2027-04-15"), lower("points", value=1))
    )
    people = arshjul("verify", tutorial)
    assert people.code == 1, people
    for word in ("open-day", "together", "points"):
        assert word in seen.out, seen
        assert word in people.out, people
    for command, *options in (("explain",), ("alternatives",), ("explain", "--json")):
        save(tutorial / "plan.json", load(made_tutorial / "plan.json"))
        sound = arshjul(command, tutorial, "OP-1", *options)
        assert "Varning" not in sound.err, sound
        plan = load(tutorial / "plan.json")
        plan["levels"][1]["value"] += 1
        save(tutorial / "plan.json", plan)
        seen = arshjul(command, tutorial, "OP-1", *options)
        assert seen.code == 0, seen
        assert "arshjul verify" in seen.err, seen
        assert seen.out == sound.out, "the answer is the same, with a warning beside it"


# A plan.json that names what its scenario has not: `verify` names the breach, the others refuse in words.


Words = tuple[str | Path, ...]


def placing(**values: Any) -> Callable[[Plan], None]:
    return lambda plan: plan["placements"][0].update(values)


def based(**values: Any) -> Callable[[Plan], None]:
    return lambda plan: plan["base"]["placements"][0].update(values)


def repeating(*path: str | int) -> Callable[[Plan], None]:
    """Lets the first thing of a list stand there twice."""

    def repeat(plan: Plan) -> None:
        found: Any = plan
        for key in path:
            found = found[key]
        found.append(found[0])

    return repeat


def naming(value: str, *path: str | int) -> Callable[[Plan], None]:
    """Lets a list hold nothing but that, twice."""

    def name(plan: Plan) -> None:
        found: Any = plan
        for key in path:
            found = found[key]
        found[:] = [value, value]

    return name


BREACHES: dict[str, Callable[[Plan], None]] = {  # tests/year/formats/test_plan_folder.py has others
    "unit": placing(police="lpo-x"),
    "operation": placing(operation="OP-99"),
    "date of 1999": placing(date="1999-03-02"),
    "unplaced operation": lambda plan: plan["unplaced"].append({"operation": "OP-99", "reasons": []}),
    "old unit": based(police="lpo-x"),
    "hit operation": lambda plan: plan["base"]["hit"].append("OP-99"),
    "repeated placement": repeating("placements"),
    "repeated hit operation": naming("OP-1", "base", "hit"),
    "repeated agency": naming("miljo", "placements", 0, "optional_agencies"),
}
MALFORMED: dict[str, Callable[[Plan], None]] = {
    "huge revision": lambda plan: plan.update(revision=10**20),
    "no revision": lambda plan: plan.update(revision=0),
    "huge value": lambda plan: plan["levels"][0].update(value=10**20),
    "moment of 1066": lambda plan: plan.update(as_of="1066-10-14T09:00"),
    "more placements than operations can be": lambda plan: plan.update(placements=plan["placements"][:1] * 5001),
    "more revisions than are kept": lambda plan: plan.update(
        revisions=[{"revision": 2, "as_of": "2027-03-01T07:00"}] * 5001
    ),
    "withdrawn unit": lambda plan: plan["withdrawals"][0].update(police=["lpo-x"]),
}
COMMANDS: dict[str, Callable[[Path, Path], Words]] = {
    "explain": lambda folder, _: ("explain", folder, "OP-1"),
    "feeds": lambda folder, _: ("feeds", folder),
    "wheel": lambda folder, _: ("wheel", folder),
    "publish": lambda folder, out: ("publish", folder, "--reason", "x", "--db", out),
    "alternatives": lambda folder, _: ("alternatives", folder, "OP-1"),
    "diff": lambda folder, _: ("diff", folder, folder),
    "withdrawals": lambda folder, _: ("withdrawals", folder),
    "today": lambda folder, _: ("today", folder, "--as-of", MARCH),
    "report": lambda folder, _: ("report", folder, "--as-of", MARCH),
    "replan": lambda folder, out: ("replan", folder, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", out),
}


def broken(folder: Path, breaking: Callable[[Plan], None]) -> None:
    plan = load(folder / "plan.json")
    breaking(plan)
    save(folder / "plan.json", plan)


def refused(folder: Path, tmp_path: Path, command: str) -> None:
    before = contents(tmp_path)
    seen = arshjul(*COMMANDS[command](folder, tmp_path / "out"))
    assert seen.code == 2, seen
    assert "plan.json" in seen.err, seen
    assert contents(tmp_path) == before, seen


@pytest.mark.parametrize("name", BREACHES)
def test_verify_names_what_the_scenario_has_not(march: Path, name: str) -> None:
    broken(march, BREACHES[name])
    seen = arshjul("verify", march, "--json")
    assert seen.code == 1, seen
    (breach,) = seen.json()["breaches"][:1]
    assert breach["rule"] in {"placement", "window"}, seen
    assert "plan.json" in breach["text"], seen


@pytest.mark.parametrize("name", MALFORMED)
def test_a_value_out_of_range_is_no_plan(march: Path, name: str) -> None:
    broken(march, MALFORMED[name])
    seen = arshjul("verify", march)
    assert seen.code == 2, seen
    assert "plan.json" in seen.err, seen


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_refuses_an_unsound_plan(march: Path, tmp_path: Path, command: str) -> None:
    broken(march, BREACHES["unit"])
    refused(march, tmp_path, command)


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", BREACHES | MALFORMED)
def test_every_command_refuses_every_broken_field(march: Path, tmp_path: Path, name: str, command: str) -> None:
    broken(march, (BREACHES | MALFORMED)[name])
    refused(march, tmp_path, command)
