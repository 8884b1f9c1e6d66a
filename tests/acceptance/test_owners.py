"""A programme's owner, an agency without teams: what its calendar tells it, and what it is told and not asked."""

import json
from pathlib import Path
from typing import Any

from tests.acceptance.command import done, load
from tests.acceptance.small_year import NAMES, agency, calendar, changes, event, operation, planned, replanned, year

OWNER = {"id": "akc-vast", "name": "AKC-väst", "kind": "state", "teams": "none"}
OFFICE = {"id": "slk", "name": "Stadsledningskontoret", "kind": "municipal", "teams": [{"teams": 1}]}
LATER = "2027-04-05T09:00"
SITE = {"ref": "2027-0012", "name": "Kajutan AB", "address": "Sjömansgatan 7"}


def town(owner: str = "akc-vast", **changed: Any) -> dict[str, Any]:
    """Two operations of AKC, the second of which the city's office may join, and one of a programme without owner."""
    operations = [
        operation("OP-1", "2027-05-04", sites=[SITE]),
        operation("OP-2", "2027-05-11", optional_agencies={"slk": 1}),
        operation("OP-3", "2027-05-18", programme="gvi"),
    ]
    programmes = {"akc": {"name": "AKC", "owner": owner, "purpose": "mot brott i arbetslivet"}}
    agencies = [*(agency(id) for id in NAMES), OWNER, OFFICE]
    return year(operations, **{"programmes": programmes, "agencies": agencies, **changed})


def description(folder: Path, party: str, id: str) -> list[str]:
    found = event(folder, party, id)
    assert found is not None
    return found["DESCRIPTION"].replace("\\,", ",").split("\\n")


def test_an_owner_without_teams_reads_all_that_its_programme_does_and_nothing_more(tmp_path: Path) -> None:
    folder = planned(tmp_path, town(cycle={"milestones": [{"id": "plan", "name": "Planering", "days_before": 14}]}))
    assert calendar(folder, "akc-vast").keys() == {"OP-1", "OP-2"}
    assert {"OP-1.plan", "OP-2.plan"} == calendar(folder, "akc-vast-milestones").keys()
    lines = description(folder, "akc-vast", "OP-1")
    assert "Er roll: äger programmet" in lines
    assert "Ansvarig myndighet: Miljöförvaltningen" in lines
    assert not [line for line in lines if "frivillig" in line or "lag:" in line]
    raw = b"".join(path.read_bytes() for path in sorted((folder / "feeds").glob("agency-akc-vast*.ics")))
    assert not [word for word in ("Titel", *SITE.values()) if word.encode() in raw.replace(b"\r\n ", b"")]


def test_all_who_take_part_read_whose_programme_it_is_last_and_the_owner_is_no_participant(tmp_path: Path) -> None:
    folder = planned(tmp_path, town())
    for party in ("coordinator", "miljo", "lpo-city", "akc-vast"):
        *_, purpose, sector, area = description(folder, party, "OP-1")
        assert purpose == "Syfte: mot brott i arbetslivet (AKC, av AKC-väst)"
        assert (sector, area) == ("Bransch: Restaurang", "Område: City")
    (taking_part,) = [one for one in description(folder, "coordinator", "OP-1") if one.startswith("Deltar")]
    assert "AKC-väst" not in taking_part
    assert "Program: gvi" in description(folder, "lpo-city", "OP-3")


def test_who_may_join_what_it_owns_is_not_voluntary(tmp_path: Path) -> None:
    """It comes to OP-2, since it has a team; of OP-1 it is told as the owner."""
    folder = planned(tmp_path, town("slk"))
    assert [one["optional_agencies"] for one in load(folder / "plan.json")["placements"]] == [[], ["slk"], []]
    assert "Er roll: äger programmet" in description(folder, "slk", "OP-1")
    comes = description(folder, "slk", "OP-2")
    assert ("Er roll: äger programmet" in comes, "Era lag: 1" in comes) == (True, True)
    for file in ("plan.html", "feeds/agency-slk.ics"):
        assert "frivillig" not in (folder / file).read_text()


def test_the_owner_is_told_of_changes_and_asked_nothing(tmp_path: Path) -> None:
    folder = planned(tmp_path, town())
    after = replanned(folder, LATER, pinned=[{"operation": "OP-1", "date": "2027-06-01", "shift": "day"}])
    told = {change["party"]: change["operations"] for change in changes(after)["tell"]}
    assert told["akc-vast"] == ["OP-1"]
    assert "TRANSP:TRANSPARENT" in (after / "feeds/agency-akc-vast.ics").read_text()
    assert "Till AKC-väst" in done("diff", folder, after).out
    assert description(after, "akc-vast", "OP-1")[0].startswith("Flyttad från tisdag 4 maj 2027")
    asked = done("today", folder, "--as-of", "2027-05-04T06:30", "--json").out
    assert "akc-vast" not in asked


def test_another_owner_is_taken_over_and_hits_nobody(tmp_path: Path) -> None:
    folder = planned(tmp_path, town())
    new = town("slk")
    new["operations"][0]["proposed_by"] = "lpo-city"
    after = replanned(folder, LATER, scenario=new)
    old, made = (load(path / "plan.json") for path in (folder, after))
    assert old["placements"] == made["placements"]
    found = changes(after)
    assert (found["hit"], found["moved"], found["dropped"]) == ([], [], [])
    assert {one["party"]: one["operations"] for one in found["tell"]} == {
        "akc-vast": ["OP-1", "OP-2"],
        "slk": ["OP-1", "OP-2"],
    }
    assert load(after / "scenario.json")["operations"][0]["proposed_by"] == "lpo-city"
    assert description(after, "slk", "OP-1")[0].startswith("Ni äger dess program nu")
    gone = calendar(after, "akc-vast")["OP-1"]
    assert (gone["STATUS"], gone["SUMMARY"][:8]) == ("CANCELLED", "UTAN ER:")
    assert "av Stadsledningskontoret" in description(after, "lpo-city", "OP-1")[-3]
    assert "Stadsledningskontoret äger nu AKC." in done("diff", folder, after).out
    done("verify", after)


def test_check_asks_no_offer_of_an_owner_and_nobody_counts_it(tmp_path: Path) -> None:
    folder = planned(tmp_path, town())
    found = json.loads(done("check", tmp_path / "scenario", "--json").out)
    assert not [one for one in found["warnings"] if "AKC-väst" in one["text"]]
    assert "akc-vast" not in str(found["balance"])
    assert "AKC-väst" not in (folder / "plan.html").read_text()


def test_it_subscribes_as_others_do(tmp_path: Path) -> None:
    folder, db = planned(tmp_path, town()), tmp_path / "year.db"
    done("publish", folder, "--db", db, "--reason", "Årets plan", "--rehearsal")
    handed = done("subscribe", "akc-vast", "--db", db, "--label", "AKC", "--base-url", "https://example.org", "--json")
    assert json.loads(handed.out)["party"] == "agency-akc-vast"
