"""Scenarios whose best values were proven by other means, and mistakes that must be told (their `expected.json`)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.command import SHARED, Outcome, arshjul, contents, done, levels, load, options, searched
from tests.acceptance.small_year import changes
from tests.known_cases import AHEAD, FOLDERS, unknown_keys

HERE = Path(__file__).parent / "scenarios"
CASES = [*sorted(file.parent for file in HERE.glob("*/expected.json")), *FOLDERS]
PLANS = [case for case in CASES if load(case / "expected.json")["kind"] == "plan"]
REPLANS = [case for case in PLANS if "replan" in load(case / "expected.json")]
WRONG = [case for case in CASES if load(case / "expected.json")["kind"] == "wrong"]
YEARS = [case for case in CASES if load(case / "expected.json")["kind"] == "year"]
FILLS = [case for case in CASES if load(case / "expected.json")["kind"] == "fill"]
EVERY = pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["one", "every"])
"""Whether each option of a replan is chosen in its turn, or one of them."""
OPTIONS = {
    "fewest-changes": ["musts", "changes", "points", "quality"],
    "balanced": ["musts", "points-and-changes", "changes", "quality"],
    "most-delivered": ["musts", "points", "changes", "quality"],
}


def named(case: Path) -> str:
    return case.name


def told(expected: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    return {level["id"]: (level["value"], level["bound"]) for level in expected}


def within(found: dict[str, tuple[int, int]], known: dict[str, tuple[int, int]], proven: bool) -> None:
    """The known values; or, cut short, worse ones from the first level that is not proven, over true bounds."""
    for name, (best, _) in known.items():
        value, bound = found[name]
        if value != best or bound != best:
            assert not proven, (name, found, known)
            assert bound is None or bound <= best <= value, (name, found, known)
            return


def test_a_case_waits_for_a_key_that_no_schema_has_and_for_no_name(tmp_path: Path) -> None:
    for name, key in ("tiny-9-9", "name"), ("plain", "weather"):
        (tmp_path / name / "scenario").mkdir(parents=True)
        (tmp_path / name / "scenario" / "plan.yaml").write_text(f"areas:\n  - {{id: city, {key}: x}}\n")
        (tmp_path / name / "expected.json").write_text("{}")
    assert unknown_keys(tmp_path / "tiny-9-9") == set()
    assert unknown_keys(tmp_path / "plain") == {"areas[0].weather"}
    refused = {"problems": [{"kind": "unknown-key", "path": "areas[0].weather"}]}
    (tmp_path / "plain" / "expected.json").write_text(json.dumps(refused))
    assert unknown_keys(tmp_path / "plain") == set()


def test_shared_cases_are_here_or_skipped() -> None:
    if not SHARED.is_dir():
        pytest.skip("there is no ../shared beside the project")
    assert len(WRONG) >= 6
    assert len(REPLANS) >= 4


@pytest.mark.parametrize("case", AHEAD, ids=named)
def test_a_case_of_what_is_still_to_be_built(case: Path) -> None:
    pytest.skip(f"{case.name} has keys that do not exist yet: {', '.join(sorted(AHEAD[case]))}")


@pytest.mark.parametrize("case", PLANS, ids=named)
def test_plan_reaches_the_proven_values(case: Path, tmp_path: Path) -> None:
    expected = load(case / "expected.json")
    out = tmp_path / "out"
    done("plan", case / "scenario", "-o", out, "--time-limit", expected["time_limit"], "--as-of", "2026-11-01T09:00")
    plan = load(out / "plan.json")
    within(levels(plan), told(expected["levels"]), plan["status"] == "optimal")
    assert len(plan["placements"]) + len(plan["unplaced"]) == expected["operations"]
    done("verify", out)


def base(case: Path, tmp_path: Path) -> Path:
    """The plan folder from which the case replans."""
    folder = tmp_path / "base"
    done("plan", case / "scenario", "-o", folder, "--time-limit", "1", "--as-of", "2026-11-01T09:00")
    (folder / "plan.json").write_bytes((case / "base-plan.json").read_bytes())
    return folder


@EVERY
@pytest.mark.parametrize("case", REPLANS, ids=named)
def test_replan_reaches_the_proven_values(case: Path, tmp_path: Path, every: bool) -> None:
    expected = load(case / "expected.json")["replan"]
    folder = base(case, tmp_path)
    asked = ("replan", folder, "--withdrawals", case / "withdrawals.yaml", "--as-of", expected["as_of"], "--json")
    for chosen in list(OPTIONS) if every else [list(OPTIONS)[REPLANS.index(case) % len(OPTIONS)]]:
        out = tmp_path / chosen
        found = options(done(*asked, "-o", out, "--choose", chosen))
        assert list(found) == list(OPTIONS)
        for name, option in found.items():
            assert list(levels(option)) == OPTIONS[name]
            assert sorted(option["hit"]) == sorted(expected["hit"])
            within(levels(option), told(expected["options"][name]), option.get("status") == "optimal")
            assert set(option["changed"]) == set(option["moved"]) | set(option["dropped"])
            assert dict(levels(option))["changes"][0] == len(option["changed"])
        plan = load(out / "plan.json")
        assert levels(plan) == levels(found[chosen])
        assert plan["placements"] == found[chosen]["placements"]
        assert sorted(plan["base"]["hit"]) == sorted(expected["hit"])
        done("verify", out)


FILES = ("scenario", "outcomes", "changes", "withdrawals")


@EVERY
@pytest.mark.parametrize("case", YEARS, ids=named)
def test_year_goes_on_to_the_proven_values(case: Path, tmp_path: Path, every: bool) -> None:
    expected = load(case / "expected.json")
    folder = base(case, tmp_path)
    for number, step in enumerate(expected["steps"], 1):
        given = [word for name in FILES if name in step for word in (f"--{name}", case / step[name])]
        asked = ("replan", folder, *given, "--as-of", step["as_of"], "--json")
        if "refused" in step:
            before, seen = contents(folder), arshjul(*asked, "-o", folder)
            assert seen.code == 4, seen
            assert all(operation in seen.err for operation in step["refused"]), seen
            assert contents(folder) == before
            assert arshjul(*asked, "--options-only").code == 4
            continue
        goes_on = step.get("choose", "balanced")
        for chosen in OPTIONS if every else (goes_on,):
            out = tmp_path / f"{number}-{chosen}"
            seen = done(*asked, "-o", out, "--choose", chosen)
            as_told(seen, step)
            done("verify", out)
        folder = tmp_path / f"{number}-{goes_on}"


def as_told(seen: Outcome, step: dict[str, Any]) -> None:
    """The options that a replan shows are proven, and those of the step."""
    found = options(seen)
    assert list(found) == list(OPTIONS)
    for name, option in found.items():
        assert list(levels(option)) == OPTIONS[name]
        assert all(level["value"] == level["bound"] for level in option["levels"])
        if "options" in step:
            assert sorted(option["hit"]) == sorted(step["hit"])
            within(levels(option), told(step["options"][name]), proven=True)
    if "options" in step:
        assert seen.json()["doubtful"] == step["doubtful"]
        ends = [[end["withdrawal"], end["until"]] for end in seen.json()["unknown_ends"]]
        assert ends == step["unknown_ends"]


@pytest.mark.parametrize("case", FILLS, ids=named)
def test_fill_reaches_the_proven_values(case: Path, tmp_path: Path) -> None:
    folder = base(case, tmp_path)
    written = "".join(file.read_text() for file in case.rglob("*.yaml"))
    sites = set(re.findall(r"OBJ-REF-\d+|Objektet \d+ AB|Krogen \d+ AB", written))
    assert sites
    bound: dict[str, str] = {}
    for number, step in enumerate(load(case / "expected.json")["fills"], 1):
        out, before = tmp_path / f"filled-{number}", contents(folder)
        asked = ("fill", folder, "--objects", case / step["objects"], "--as-of", step["as_of"], "-o", out)
        seen = done(*asked, "--json")
        assert contents(folder) == before
        found, plan = seen.json(), load(out / "plan.json")
        within(levels(found), told(step.get("levels", [])), proven=True)
        assert plan["placements"] == load(folder / "plan.json")["placements"]
        done("verify", out)
        now = {object: one["operation"] for one in plan["bindings"] for object in one["objects"]}
        assert bound.items() - now.items() == {(one["object"], one["operation"]) for one in found["freed"]}
        for name, held in searched(out).items():
            text = held.decode().replace("\r\n ", "")
            assert name == "scenario.json" or not any(word in text for word in sites), name
            if name.startswith("feeds/") and name != "feeds/coordinator.ics":
                assert not any(object in text for object in now), name
        folder, bound = out, now


@pytest.mark.parametrize("case", WRONG, ids=named)
def test_wrong_input_is_told(case: Path, tmp_path: Path) -> None:
    expected = load(case / "expected.json")
    seen = arshjul("check", case / "scenario", "--json")
    assert seen.code in expected["check_exit"], seen
    answer = seen.json()
    problems = answer["errors"] + answer["warnings"]
    for known in expected["problems"]:
        fitting = [
            problem
            for problem in problems
            if all(problem[key] == known[key] for key in ("file", "path", "kind", "line") if key in known)
        ]
        assert fitting, (known, seen)
    planned = arshjul("plan", case / "scenario", "-o", tmp_path / "out", "--as-of", "2026-11-01T09:00")
    assert planned.code in expected["plan_exit"], planned
    assert (tmp_path / "out").exists() == (planned.code == 0)
    people = arshjul("check", case / "scenario")
    assert people.code == seen.code
    for word in expected["not_in_output"]:
        assert word not in seen.said + planned.said + people.said, word


CAUSES = [file.parent for file in sorted((SHARED.parent / "causes").glob("*/withdrawals.yaml"))]
NAMED = {"W-1": "en skjutning", "W-2": "en match"}


@pytest.mark.skipif(not CAUSES, reason="the shared cases are not here")
@pytest.mark.parametrize("case", CAUSES, ids=lambda path: str(path.name))
def test_shared_cases_name_what_bites(tmp_path: Path, case: Path) -> None:
    first, after, file = tmp_path / "before", tmp_path / "after", case / "withdrawals.yaml"
    done("plan", case / "scenario", "-o", first, "--as-of", "2027-01-01T09:00")
    told = done("replan", first, "--withdrawals", file, "--as-of", "2027-03-04T09:00", "-o", after).out
    done("verify", after)
    (move,) = changes(after)["moved"]
    assert [one["id"] for one in move.get("causes", [move["cause"]])] == ["W-1"]
    assert json.loads(done("diff", first, after, "--json").out)["moved"] == [move]
    others = {withdrawal["id"] for withdrawal in yaml.load(file.read_text(), yaml.CSafeLoader)["withdrawals"]} - {"W-1"}
    for text in (told, done("diff", first, after).out, (after / "plan.html").read_text()):
        assert f"på grund av {NAMED['W-1']}" in text
        assert not any(f"på grund av {NAMED[id]}" in text for id in others)
