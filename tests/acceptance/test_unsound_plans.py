"""A plan.json that names what its scenario has not: `verify` names the breach, the others refuse in words."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import MARCH, arshjul, contents, load, save
from tests.acceptance.conftest import SHOOTING

Plan = dict[str, Any]
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


BREACHES: dict[str, Callable[[Plan], None]] = {
    "unit": placing(police="lpo-x"),
    "operation": placing(operation="OP-99"),
    "shift": placing(shift="dawn"),
    "agency": placing(optional_agencies=["x"]),
    "date of 1999": placing(date="1999-03-02"),
    "date after the year": placing(date="2028-03-02"),
    "unplaced operation": lambda plan: plan["unplaced"].append({"operation": "OP-99", "reasons": []}),
    "old unit": based(police="lpo-x"),
    "old shift": based(shift="dawn"),
    "old agency": based(optional_agencies=["x"]),
    "old date": based(date="1999-03-02"),
    "hit operation": lambda plan: plan["base"]["hit"].append("OP-99"),
    "repeated placement": repeating("placements"),
    "repeated old placement": repeating("base", "placements"),
    "repeated hit operation": naming("OP-1", "base", "hit"),
    "repeated agency": naming("miljo", "placements", 0, "optional_agencies"),
    "repeated old agency": naming("miljo", "base", "placements", 0, "optional_agencies"),
}
MALFORMED: dict[str, Callable[[Plan], None]] = {
    "revision as a power": lambda plan: plan.update(revision=1e20),
    "huge revision": lambda plan: plan.update(revision=10**20),
    "no revision": lambda plan: plan.update(revision=0),
    "huge old revision": lambda plan: plan["base"].update(revision=10**20),
    "huge value": lambda plan: plan["levels"][0].update(value=10**20),
    "huge bound": lambda plan: plan["levels"][0].update(bound=-(10**20)),
    "huge price": lambda plan: plan["prices"][0].update(points=10**20),
    "moment of 1066": lambda plan: plan.update(as_of="1066-10-14T09:00"),
    "old moment of 1066": lambda plan: plan["base"].update(as_of="1066-10-14T09:00"),
    "answered by no revision": lambda plan: plan["withdrawals"][0].update(revision=-(10**20)),
    "more placements than operations can be": lambda plan: plan.update(placements=plan["placements"][:1] * 5001),
    "more withdrawals than are kept": lambda plan: plan.update(withdrawals=plan["withdrawals"][:1] * 5001),
    "more old placements than operations can be": lambda plan: plan["base"].update(
        placements=plan["base"]["placements"][:1] * 5001
    ),
    "more revisions than are kept": lambda plan: plan.update(
        revisions=[{"revision": 2, "as_of": "2027-03-01T07:00"}] * 5001
    ),
    "moment of a revision of 1066": lambda plan: plan.update(revisions=[{"revision": 2, "as_of": "1066-10-14T09:00"}]),
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
def test_verify_names_what_the_scenario_has_not(march: Path, tmp_path: Path, name: str) -> None:
    broken(march, BREACHES[name])
    seen = arshjul("verify", march, "--json")
    assert seen.code == 1, seen
    (breach,) = seen.json()["breaches"][:1]
    assert breach["rule"] in {"placement", "window"}, seen
    assert "plan.json" in breach["text"], seen
    people = arshjul("verify", march)
    assert (people.code, breach["text"] in people.out) == (1, True), people
    refused(march, tmp_path, "explain")


@pytest.mark.parametrize("name", MALFORMED)
def test_a_value_out_of_range_is_no_plan(march: Path, tmp_path: Path, name: str) -> None:
    broken(march, MALFORMED[name])
    seen = arshjul("verify", march)
    assert seen.code == 2, seen
    assert "plan.json" in seen.err, seen
    refused(march, tmp_path, "explain")


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
