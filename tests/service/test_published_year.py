"""log and report of the year that is published say what they say of its folder."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import Result

from tests import years
from tests.commands import ran

YEAR = replace(years.scenario(), language="en")
ENTRIES = """
withdrawals: [{id: W-1, police: [p0], from: 2027-02-01, to: 2027-02-01, cause: shooting}]
outcomes: [{operation: OP-001, result: done, officers: 2, figures: {controls: 3}}]
cancelled: [OP-003]
"""

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command in a folder with a year's first plan."""
    monkeypatch.setenv("ARSHJUL_LANGUAGE", "en")
    monkeypatch.chdir(tmp_path)
    years.write(tmp_path / "first", YEAR, years.plan(YEAR))

    def run(*arguments: str, code: int = 0) -> Result:
        done = ran(arguments)
        assert done.exit_code == code, (done.output, done.exception)
        return done

    return run


def test_the_published_year_says_what_its_folder_says(run: Run, url: str, tmp_path: Path) -> None:
    (tmp_path / "entries.yaml").write_text(ENTRIES)
    run("replan", "first", "--changes", "entries.yaml", "--as-of", "2027-02-04T08:00", "-o", "second")
    run("publish", "second", "--db", url, "--reason", "the spring", "--rehearsal")
    told = json.loads(run("log", "--db", url, "--json").stdout)
    assert [one["id"] for one in told["withdrawals"]] == ["W-1"]
    assert len(told["log"]) == 4
    as_of = ("--as-of", "2027-02-04T08:00")
    assert json.loads(run("report", "--db", url, "--json", *as_of).stdout)["operations"]["figures"] == {"controls": 3}
    for command in (
        ("log",), ("log", "--json"), ("report", *as_of), ("report", "--json", *as_of), ("report", "--csv", *as_of)
    ):  # fmt: skip
        assert run(*command, "--db", url).stdout == run(*command, "second").stdout


@pytest.mark.parametrize("command", ["log", "report"])
def test_one_published_year_is_named_and_no_more(run: Run, command: str) -> None:
    assert "one of the two" in run(command, code=2).stderr
    assert "one of the two" in run(command, "first", "--db", "new.db", code=2).stderr
    assert "arshjul import" in run(command, "--db", "new.db", code=2).output
