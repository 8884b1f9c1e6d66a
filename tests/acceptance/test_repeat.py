"""An operation that repeats, from its scenario to its plan, its feeds and the year after."""

from pathlib import Path

from tests.acceptance.command import arshjul, done, load, options

SCENARIO = """\
plan: {{name: Repeats, from: 2027-01-01, to: 2027-06-30, timezone: Europe/Stockholm}}
shifts: [{{id: day, name: Dag, start: "09:00", end: "15:00"}}]
areas: [{{id: city, name: City}}]
police: [{{id: lpo, name: LPO, kind: local, areas: [city], officers: [{{officers: 4}}]}}]
agencies: [{{id: miljo, name: Miljö, kind: municipal, teams: [{{teams: 2}}]}}]
operations:
  - {{id: OP-1, title: Again, programme: akc, lead_agency: miljo, sector: taxi, area: city, officers: 2,
     agencies: {{miljo: 1}}, repeat: {{times: {times}, every_days: [28, 42]}}}}
"""


def written(folder: Path, times: int) -> Path:
    folder.mkdir()
    (folder / "all.yaml").write_text(SCENARIO.format(times=times))
    return folder


def test_a_repeat_is_planned_edited_and_told_by_its_single_operations(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done("plan", written(tmp_path / "three", 3), "-o", out, "--as-of", "2026-11-01T09:00")
    assert [placed["operation"] for placed in load(out / "plan.json")["placements"]] == ["OP-1.1", "OP-1.2", "OP-1.3"]
    assert [one["id"] for one in load(out / "scenario.json")["operations"]] == ["OP-1"]
    assert "UID:OP-1.2@" in (out / "feeds" / "police-lpo.ics").read_text()
    assert "OP-1.1" in done("explain", out, "OP-1.2").out
    done("verify", out)

    asked = ("replan", out, "--as-of", "2026-11-02T09:00", "--scenario")
    fewer = arshjul(*asked, written(tmp_path / "two", 2), "--options-only")
    assert fewer.code == 4
    assert "OP-1.3" in fewer.err
    found = options(done(*asked, written(tmp_path / "four", 4), "--options-only", "--json"))
    for option in found.values():
        assert option["changed"] == []
        assert [placed["operation"] for placed in option["placements"]] == ["OP-1.1", "OP-1.2", "OP-1.3", "OP-1.4"]
    done(*asked, tmp_path / "four", "-o", tmp_path / "longer")
    assert load(tmp_path / "longer" / "scenario.json")["operations"][0]["repeat"]["times"] == 4
    done("verify", tmp_path / "longer")
