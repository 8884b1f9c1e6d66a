"""log and report of the year that is published say what they say of its folder."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import Result

from arshjul.year.domain.operation import Frame
from tests import years
from tests.commands import ran
from tests.databases import SLOW_POSTGRESQL

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


@SLOW_POSTGRESQL
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


def test_one_published_year_is_named_and_no_more(run: Run) -> None:
    for command in ("log", "report"):
        assert "Give either FOLDER or --db" in run(command, code=2).stderr
        assert "Give either FOLDER or --db" in run(command, "first", "--db", "new.db", code=2).stderr
        assert "arshjul import" in run(command, "--db", "new.db", code=2).output


# Bindings go into the database and come back whole, with the sites of their objects and the log.


OBJECTS = """
objects:
  - {id: OBJ-1, sector: SECTOR, area: AREA, short_notice: true, sites: [{ref: KanarieREF, name: KanarieKROG}]}
"""


@SLOW_POSTGRESQL
def test_bindings_go_into_the_database_and_come_back(run: Run, url: str, tmp_path: Path) -> None:
    plan = years.plan(YEAR)
    last = max(plan.placements, key=lambda placement: placement.slot.day)
    operation = replace(YEAR.operations[last.operation], frame=Frame())
    year = replace(YEAR, operations={**YEAR.operations, operation.id: operation})
    years.write(tmp_path / "framed", year, plan)
    text = OBJECTS.replace("SECTOR", operation.sector).replace("AREA", operation.area)
    (tmp_path / "objects.yaml").write_text(text)
    as_of = plan.as_of.astimezone(year.zone).replace(tzinfo=None)
    moment = f"{as_of:%Y-%m-%dT%H:%M:%S}"
    run("fill", "framed", "--objects", "objects.yaml", "--as-of", moment, "-o", "filled")
    filled = json.loads((tmp_path / "filled" / "plan.json").read_text())
    assert filled["bindings"] == [{"operation": operation.id, "objects": ["OBJ-1"]}]
    run("publish", "framed", "--db", url, "--reason", "the year", "--rehearsal")
    run("publish", "filled", "--db", url, "--reason", "the spring", "--rehearsal")
    assert run("log", "--db", url).stdout == run("log", "filled").stdout
    assert "OBJ-1" in run("log", "--db", url).stdout
    run("checkout", "--db", url, "-o", "back")
    back = json.loads((tmp_path / "back" / "plan.json").read_text())
    for key in ("bindings", "fillings", "placed_by", "placements", "revision"):
        assert back[key] == filled[key], key
    (object,) = json.loads((tmp_path / "back" / "scenario.json").read_text())["objects"]
    assert object["sites"] == [{"ref": "KanarieREF", "name": "KanarieKROG", "address": ""}]
    assert datetime.fromisoformat(back["as_of"]) >= as_of
    run("verify", "back")
