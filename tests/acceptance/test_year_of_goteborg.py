"""The year that the guide tells of, lived through by commands as `make year` does it."""

import re
import shlex
from pathlib import Path

import pytest

from tests.acceptance.command import ROOT, contents, done, load, options

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
    plan = tmp_path / "year"
    planned = re.search(r"arshjul (plan .*) -o \$\(YEAR\) (--as-of \S+)\n\tfor ", MAKEFILE)
    assert planned is not None
    done(*shlex.split(planned[1]), "-o", plan, *planned[2].split())
    told = ["outcomes", "changes", "withdrawals", "given_back", "still", "choices"]
    told += ["evaluations", "improvements", "obstacles"]
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
    assert "27:1" in quarter["tables"]["rule"]["rows"]
    before = contents(plan)
    (block,) = re.findall(r"^```sh\n(arshjul today .*?)^```", GUIDE, re.M | re.S)
    for command in block.splitlines():
        done(*shlex.split(command.replace("out/goteborg-2027-year", str(plan)))[1:])
    assert contents(plan) == before
    at_once = options(done("replan", plan, "--as-of", "2027-10-01T07:10", "--options-only", "--json"))
    assert at_once["fewest-changes"]["changed"] == []


def without_ends(entries: list[dict[str, object]]) -> list[dict[str, object]]:
    """A confirmation moves the end that a withdrawal is taken to have."""
    return [{key: value for key, value in entry.items() if key != "until"} for entry in entries]
