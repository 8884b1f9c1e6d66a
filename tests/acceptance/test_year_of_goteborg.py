"""The year that the guide tells of, lived through by commands as `make year` does it."""

import re
import shlex
from pathlib import Path

import pytest

from tests.acceptance.command import ROOT, contents, copied, done, load, options

YEAR = ROOT / "scenarios" / "goteborg-2027" / "year"
MAKEFILE, GUIDE = (ROOT / "Makefile").read_text(), (ROOT / "docs" / "guide.md").read_text()


def test_every_moment_has_its_entries() -> None:
    files = sorted(YEAR.iterdir())
    stems = [file.stem for file in files if file.suffix == ".yaml"]
    assert len(stems) > 40
    assert all(re.fullmatch(r"2027-\d\d-\d\dT\d{4}", stem) for stem in stems)
    edited = [file.name for file in files if file.is_dir()]
    assert len(edited) == 3
    assert set(edited) <= set(stems)


@pytest.mark.slow
def test_make_year_is_lived_through(tmp_path: Path) -> None:
    assert "cp -r scenarios/goteborg-2027/first $(YEAR)\n" in MAKEFILE
    plan = copied(YEAR.parent / "first", tmp_path / "year")
    told = ["outcomes", "changes", "withdrawals", "given_back", "still", "choices"]
    told += [
        "evaluations",
        "improvements",
        "obstacles",
        "cards",
        "agenda_points",
        "minutes",
        "meeting_actions",
        "pictures",
    ]
    for entries in sorted(YEAR.glob("*.yaml")):
        edited = entries.with_suffix("")
        scenario: list[str | Path] = ["--scenario", edited] if edited.is_dir() else []
        kept = load(plan / "plan.json")
        done("replan", plan, "--changes", entries, *scenario, "--as-of", entries.stem, "-o", plan)
        done("verify", plan)
        now = load(plan / "plan.json")
        for name in told:
            before_it = without_ends(kept.get(name, []))
            assert without_ends(now.get(name, []))[: len(before_it)] == before_it, (entries.name, name)
        lines = done("log", plan).out.splitlines()
        assert len(lines) == sum(len(now.get(name, [])) for name in told)
    quarter = done("obstacles", plan, "--quarter", "2027-Q2", "--as-of", "2027-10-01T07:10", "--json").json()
    assert quarter["obstacles"] > 10
    assert "27:1" in quarter["tables"]["rule"]
    assert_reported(plan)
    before = contents(plan)
    (block,) = re.findall(r"^```sh\n(arshjul today .*?)^```", GUIDE, re.M | re.S)
    for command in block.splitlines():
        done(*shlex.split(command.replace("out/goteborg-2027-year", str(plan)))[1:])
    assert contents(plan) == before
    at_once = options(done("replan", plan, "--as-of", "2027-10-01T07:10", "--options-only", "--json"))
    assert at_once["fewest-changes"]["changed"] == []


def assert_reported(plan: Path) -> None:
    """What the files say that the parties have told each other stands in the report of the year."""
    found = done("report", plan, "--as-of", "2027-10-01T07:10", "--json").json()
    n = {state: sum(one["state"] == state for one in found["improvements"]) for state in ("checked", "done", "open")}
    assert n["checked"] > 3
    assert n["done"] == 2, "two did not help"
    assert found["answered"]["n"] > 50
    assert all(n > 3 for n in found["obstacles"].values())
    told = {key: (one["n"], one["of"]) for key, one in found["together"].items()}
    n_minutes, n_meetings = told.pop("minutes")
    assert 6 == n_minutes < n_meetings, "the weekly meetings have none"
    n_parties = len(load(plan / "scenario.json")["agencies"]) + len(load(plan / "scenario.json")["police"])
    assert told == {
        "actions_done": (7, 11),
        "actions_overdue": (1, 11),
        "cards": (12, n_parties),
        "old_cards": (1, 12),
        "themes_taken": (3, 9),
        "themes_waiting": (2, 9),
    }


def without_ends(entries: list[dict[str, object]]) -> list[dict[str, object]]:
    """A confirmation moves the end that a withdrawal is taken to have."""
    return [{key: value for key, value in entry.items() if key not in {"until", "assumed"}} for entry in entries]
