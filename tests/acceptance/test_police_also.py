"""Two units at one operation, from the scenario to all that tells of it, and the year after."""

from pathlib import Path

from tests.acceptance.command import arshjul, done, load, options

SCENARIO = """\
plan: {name: Two units, from: 2027-03-01, to: 2027-04-30, timezone: Europe/Stockholm, language: en}
shifts: [{id: day, name: Day, start: "09:00", end: "15:00"}]
areas: [{id: city, name: City}]
police:
  - {id: lpo, name: LPO, kind: local, areas: [city], officers: [{officers: 4}]}
  - {id: nord, name: Nord, kind: local, areas: [city], officers: [{officers: 1}]}
  - {id: border, name: Border, kind: border, areas: [city], officers: [{officers: 3}]}
agencies:
  - {id: miljo, name: Environment, kind: municipal, teams: [{teams: 2}]}
  - {id: skatt, name: Tax, kind: state, teams: [{teams: 2}]}
operations:
  - {id: OP-1, title: Both, programme: akc, lead_agency: miljo, sector: taxi, area: city, officers: 2,
     without_police: true, police_also: {border: 2}, window: {from: 2027-03-20, to: 2027-04-02},
     agencies: {miljo: 1, skatt: 1}}
rules: {notice_days: 5, freeze_days: 2}
"""
AS_OF = "2027-03-05T09:00"


def made(tmp_path: Path) -> Path:
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "all.yaml").write_text(SCENARIO)
    done("plan", tmp_path / "scenario", "-o", tmp_path / "out", "--as-of", "2027-01-05T09:00")
    done("verify", tmp_path / "out")
    return tmp_path / "out"


def test_all_that_is_made_of_a_plan_tells_of_both_units(tmp_path: Path) -> None:
    out = made(tmp_path)
    (placed,) = load(out / "plan.json")["placements"]
    assert placed["police"] == "lpo"
    assert load(out / "scenario.json")["operations"][0]["police_also"] == {"border": 2}
    for unit, there in ("lpo", True), ("border", True), ("nord", False):
        assert ("UID:OP-1@" in (out / "feeds" / f"police-{unit}.ics").read_text()) == there
    assert "LPO, 2 officers; Border, 2 officers" in (out / "plan.html").read_text()
    assert "LPO, 2 officers; Border, 2 officers" in (out / "wheel.svg").read_text()
    assert "Border lends 2 officers besides." in done("explain", out, "OP-1").out
    found = done("report", out, "--json").json()
    assert {unit: counts["planned"] for unit, counts in found["parts"]["unit"].items()} == {"lpo": 1, "border": 1}


def test_a_withdrawal_of_the_unit_that_lends_besides_hits_it(tmp_path: Path) -> None:
    out = made(tmp_path)
    (placed,) = load(out / "plan.json")["placements"]
    taken = tmp_path / "withdrawals.yaml"
    day = placed["date"]
    taken.write_text(
        f"withdrawals: [{{id: W-1, police: [border], from: {day}, to: {day}, officers_left: 1, cause: shooting}}]\n"
    )
    asked = ("replan", out, "--withdrawals", taken, "--as-of", AS_OF)
    for option in options(done(*asked, "--options-only", "--json")).values():
        assert option["hit"] == option["moved"] == ["OP-1"]
        assert {level["id"]: level["value"] for level in option["levels"]}["changes"] == 1
    new = tmp_path / "new"
    done(*asked, "-o", new)
    changes = load(new / "changes.json")
    assert changes["moved"][0]["cause"] == {"kind": "withdrawal", "id": "W-1"}
    assert {change["party"] for change in changes["tell"]} == {"miljo", "skatt", "lpo", "border"}
    done("verify", new)
    today = done("today", out, "--withdrawals", taken, "--as-of", AS_OF, "--json").json()
    assert [one["party"] for one in today["hit"][0]["call"]] == ["miljo", "skatt", "lpo", "border"]
    kinds = {way_out["kind"]: way_out for way_out in today["hit"][0]["rungs"]}
    assert not {"stays", "other-unit", "fewer-officers"} & kinds.keys()
    assert {"without-police", "move"} <= kinds.keys()


def test_what_goes_ahead_without_police_needs_no_unit_and_tells_all(tmp_path: Path) -> None:
    out = made(tmp_path)
    file = tmp_path / "changes.yaml"
    file.write_text("without_police: [OP-1]\n")
    new = tmp_path / "new"
    done("replan", out, "--changes", file, "--as-of", AS_OF, "-o", new)
    done("verify", new)
    operation = load(new / "scenario.json")["operations"][0]
    assert "police_also" not in operation
    assert {one["party"] for one in load(new / "changes.json")["tell"]} == {"lpo", "border", "miljo", "skatt"}
    for unit in "lpo", "border":
        assert "STATUS:CANCELLED" in (new / "feeds" / f"police-{unit}.ics").read_text()
    assert arshjul("verify", new).code == 0
