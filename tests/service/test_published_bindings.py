"""Bindings go into the database and come back whole, with the sites of their objects and the log."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from typer.testing import Result

from arshjul.domain.operation import Frame
from tests import years
from tests.commands import ran
from tests.databases import SLOW_POSTGRESQL

OBJECTS = """
objects:
  - {id: OBJ-1, sector: SECTOR, area: AREA, short_notice: true, sites: [{ref: KanarieREF, name: KanarieKROG}]}
"""


def run(*arguments: str | Path) -> Result:
    done = ran(arguments)
    assert done.exit_code == 0, (done.output, done.exception)
    return done


@SLOW_POSTGRESQL
def test_bindings_go_into_the_database_and_come_back(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    year = years.scenario()
    plan = years.plan(year)
    last = max(plan.placements, key=lambda placement: placement.slot.day)
    operation = replace(year.operations[last.operation], frame=Frame())
    year = replace(year, operations={**year.operations, operation.id: operation})
    years.write(tmp_path / "first", year, plan)
    text = OBJECTS.replace("SECTOR", operation.sector).replace("AREA", operation.area)
    (tmp_path / "objects.yaml").write_text(text)
    as_of = plan.as_of.astimezone(ZoneInfo(year.timezone)).replace(tzinfo=None)
    run("fill", "first", "--objects", "objects.yaml", "--as-of", f"{as_of:%Y-%m-%dT%H:%M:%S}", "-o", "filled")
    filled = json.loads((tmp_path / "filled" / "plan.json").read_text())
    assert filled["bindings"] == [{"operation": operation.id, "objects": ["OBJ-1"]}]
    run("publish", "first", "--db", url, "--reason", "the year", "--rehearsal")
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
