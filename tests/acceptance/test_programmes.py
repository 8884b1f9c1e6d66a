"""Programmes and their owners: AKC-väst has no team to send, and reads and is told of all that is done for AKC."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import arshjul, done, load, placements, searched, slot
from tests.acceptance.small_year import (
    agency,
    calendar,
    changes,
    event,
    operation,
    planned,
    replanned,
    withdrawal,
    written,
    year,
)

AKC = {"name": "AKC", "owner": "akc-vast", "purpose": "Mot arbetslivskriminalitet"}
CENTRE = {"id": "akc-vast", "name": "AKC-väst", "kind": "state", "teams": "none"}
TITLES = ("Pizzerian vid torget", "Garaget i hamnen", "Svartbygget")
SITE = {"ref": "2027-0815", "name": "Kanariefågeln AB", "address": "Hemliga gatan 7"}


def town(*more: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Two operations of AKC, which AKC-väst owns, and one of GVI, a programme that is a word alone."""
    both = {"miljo": 1, "skatt": 1}
    operations = [
        operation("OP-1", "2027-03-11", title=TITLES[0], agencies=both, sites=[SITE], meet={"place": "Torget"}),
        operation("OP-2", "2027-03-16", title=TITLES[1], programme="gvi", sites=[SITE]),
        operation("OP-3", "2027-03-18", title=TITLES[2], agencies=both, share={"participants": False}),
        *more,
    ]
    usual = {
        "agencies": [agency("miljo"), agency("skatt"), agency("tillstand"), CENTRE],
        "names": {"restaurant": "Restaurang", "gvi": "GVI"},
        "programmes": {"akc": AKC},
    }
    return year(operations, **{**usual, **changed})


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town's plan, not to be changed."""
    return planned(tmp_path_factory.mktemp("programmes"), town())


def test_owner_reads_the_operations_of_its_programmes_as_one_who_takes_part(folder: Path) -> None:
    read = calendar(folder, "akc-vast")
    assert set(read) == {"OP-1", "OP-3"}  # all of AKC, whoever goes there; OP-2 is GVI's; no note: it is not empty
    assert read["OP-1"]["SUMMARY"] == "OP-1 City: restaurang"  # number, area, sector: no title
    assert "Torget" in read["OP-1"]["LOCATION"]  # where they meet is read by those who take part
    assert all(name in read["OP-1"]["DESCRIPTION"] for name in ("LPO City", "Miljöförvaltningen", "Skatteverket"))
    # OP-3 does not let those who take part see each other, and the owner is as one of them; who leads is said to all
    assert "Skatteverket" not in read["OP-3"]["DESCRIPTION"]
    assert "LPO City" not in read["OP-3"]["DESCRIPTION"]
    for name in ("OP-1", "OP-3"):
        assert read[name].when == calendar(folder, "miljo")[name].when


def lines(folder: Path, party: str, id: str = "OP-1") -> list[str]:
    found = event(folder, party, id)
    assert found is not None
    return found["DESCRIPTION"].replace("\\,", ",").split("\\n")


def test_everybody_reads_who_owns_the_programme_and_what_it_is_for(folder: Path) -> None:
    """Last of all; and an owner without teams takes no part."""
    for party in ("coordinator", "miljo", "lpo-city", "akc-vast"):
        *_, purpose, sector, area = lines(folder, party)
        assert purpose == "Syfte: Mot arbetslivskriminalitet (AKC, av AKC-väst)"
        assert (sector, area) == ("Bransch: Restaurang", "Område: City")
    (taking_part,) = [one for one in lines(folder, "coordinator") if one.startswith("Deltar")]
    assert "AKC-väst" not in taking_part
    for party in ("miljo", "lpo-city"):
        assert "AKC-väst" not in str(lines(folder, party, "OP-2"))
        assert "Program: GVI" in lines(folder, party, "OP-2")


def test_an_owner_without_teams_reads_its_role_and_the_milestones_and_is_asked_nothing(tmp_path: Path) -> None:
    made = planned(tmp_path, town(cycle={"milestones": [{"id": "plan", "name": "Planering", "days_before": 14}]}))
    assert calendar(made, "akc-vast-milestones").keys() == {"OP-1.plan", "OP-3.plan"}
    told = lines(made, "akc-vast")
    assert "Er roll: äger programmet" in told
    assert "Ansvarig myndighet: Miljöförvaltningen" in told
    assert not [line for line in told if "frivillig" in line or "lag:" in line]
    found = done("check", tmp_path / "scenario", "--json").json()
    assert not [one for one in found["warnings"] if "AKC-väst" in one["text"]]
    assert "akc-vast" not in str(found["balance"])
    assert "AKC-väst" not in (made / "plan.html").read_text()
    assert "akc-vast" not in done("today", made, "--as-of", "2027-03-11T06:30", "--json").out


def test_another_owner_is_taken_over_and_hits_nobody(folder: Path) -> None:
    new = town(programmes={"akc": {**AKC, "owner": "tillstand"}})
    new["operations"][0]["proposed_by"] = "lpo-city"
    after = replanned(folder, "2027-02-01T09:00", scenario=new)
    assert load(folder / "plan.json")["placements"] == load(after / "plan.json")["placements"]
    found = changes(after)
    assert (found["hit"], found["moved"], found["dropped"]) == ([], [], [])
    both = ["OP-1", "OP-3"]
    assert {one["party"]: one["operations"] for one in found["tell"]} == {"akc-vast": both, "tillstand": both}
    assert load(after / "scenario.json")["operations"][0]["proposed_by"] == "lpo-city"
    assert lines(after, "tillstand")[0].startswith("Ni äger dess program nu")
    gone = calendar(after, "akc-vast")["OP-1"]
    assert (gone["STATUS"], gone["SUMMARY"][:8]) == ("CANCELLED", "UTAN ER:")
    assert "av Tillståndsenheten" in lines(after, "lpo-city")[-3]
    assert "Tillståndsenheten äger nu AKC." in done("diff", folder, after).out
    done("verify", after)


def test_owner_is_told_when_an_operation_of_its_programme_changes(folder: Path) -> None:
    """Police fall away on the dates of OP-1 (AKC) and OP-2 (GVI): both are hit, and one is the owner's."""
    later = replanned(
        folder,
        "2027-02-01T09:00",
        withdrawals=[withdrawal("W-1", "2027-03-11"), withdrawal("W-2", "2027-03-16")],
    )
    assert set(changes(later)["hit"]) == {"OP-1", "OP-2"}
    told = {tell["party"]: tell["operations"] for tell in changes(later)["tell"]}
    assert told["akc-vast"] == ["OP-1"]
    before, after = event(folder, "akc-vast"), event(later, "akc-vast")
    assert before is not None
    assert after is not None
    assert after.when != before.when
    assert after.sequence == before.sequence + 1
    assert after["DESCRIPTION"].startswith("Flyttad från torsdag 11 mars 2027")
    assert "TRANSP:TRANSPARENT" in (later / "feeds/agency-akc-vast.ics").read_text()
    assert "Till AKC-väst" in done("diff", folder, later).out
    assert event(later, "akc-vast", "OP-2") is None


def owned_by_tillstand() -> dict[str, Any]:
    """Tillståndsenheten owns AKC, and joins OP-4 if it can: it can on 11 March, and on no day of April."""
    absent = {"from": "2027-04-01", "to": "2027-04-30", "teams": 0}
    joins = operation("OP-4", "2027-03-11", optional_agencies={"tillstand": 1, "skatt": 1})
    away = operation("OP-5", "2027-04-13", optional_agencies={"tillstand": 1})
    teams = [{"shift": "day", "teams": 3}, absent]
    return year(
        [joins, away],
        agencies=[agency("miljo"), agency("skatt"), agency("tillstand", teams=teams)],
        names={"restaurant": "Restaurang"},
        programmes={"akc": {"name": "AKC", "owner": "tillstand"}},
    )


def test_owner_is_never_voluntary_for_what_it_owns(tmp_path: Path) -> None:
    folder = planned(tmp_path, owned_by_tillstand())
    placed = placements(load(folder / "plan.json"))
    assert "tillstand" in placed["OP-4"]["optional_agencies"]
    assert placed["OP-5"]["optional_agencies"] == []
    owner, other = event(folder, "tillstand", "OP-4"), event(folder, "skatt", "OP-4")
    assert owner is not None
    assert other is not None
    assert "frivillig" in other["DESCRIPTION"]  # the word that the owner must not read
    absent = event(folder, "tillstand", "OP-5")
    assert absent is not None  # no team of its own goes there; it is its programme all the same
    for told in (owner, absent):
        assert "frivillig" not in told["DESCRIPTION"].lower()
        assert "utan er" not in told["DESCRIPTION"].lower()
        assert "Er roll: äger programmet" in told["DESCRIPTION"]


def test_owner_whose_own_team_no_longer_joins_is_not_told_that_it_goes_without_it(tmp_path: Path) -> None:
    """OP-4 moves to April, where its owner has no team: the owner reads that it moved, and where to."""
    folder = planned(tmp_path, owned_by_tillstand())
    pin = {"operation": "OP-4", "date": "2027-04-14", "shift": "day"}
    later = replanned(folder, "2027-02-01T09:00", pinned=[pin])
    placed = placements(load(later / "plan.json"))["OP-4"]
    assert slot(placed) == ("2027-04-14", "day", "lpo-city")
    assert "tillstand" not in placed["optional_agencies"]
    told = event(later, "tillstand", "OP-4")
    assert told is not None
    assert told["STATUS"] != "CANCELLED"
    assert "utan er" not in (told["SUMMARY"] + told["DESCRIPTION"]).lower()
    assert any(when.endswith("20270414T090000") for when in told.when)


def unknown_owner(scenario: dict[str, Any]) -> None:
    scenario["programmes"] = {"akc": {**AKC, "owner": "akc-ost"}}


def unit_as_owner(scenario: dict[str, Any]) -> None:
    scenario["programmes"] = {"akc": {**AKC, "owner": "lpo-city"}}


def unknown_proposer(scenario: dict[str, Any]) -> None:
    scenario["operations"][0]["proposed_by"] = "akc-ost"


@pytest.mark.parametrize(
    ("spoil", "kinds", "path", "given"),
    [
        (unknown_owner, {"unknown-id"}, "programmes.akc.owner", "akc-ost"),
        (unit_as_owner, {"unknown-id", "bad-value"}, "programmes.akc.owner", "lpo-city"),
        (unknown_proposer, {"unknown-id"}, "operations[0].proposed_by", "akc-ost"),
    ],
)
def test_wrong_owner_or_proposer_is_the_only_error(
    tmp_path: Path, spoil: Callable[[dict[str, Any]], None], kinds: set[str], path: str, given: str
) -> None:
    scenario = town()
    spoil(scenario)
    answer = arshjul("check", written(tmp_path / "scenario", scenario), "--json")
    assert answer.code == 2
    (error,) = answer.json()["errors"]
    assert error["kind"] in kinds
    assert error["path"] == path
    assert error["file"] == "scenario.yaml"
    assert given in error["text"]


def test_owner_has_a_workbook_and_an_address_of_its_own(folder: Path, tmp_path: Path) -> None:
    done("workbook", folder, "--party", "akc-vast", "-o", tmp_path / "akc.xlsx")
    packed = b"".join(searched(tmp_path).values()).decode(errors="replace")
    assert "OP-1" in packed
    assert "OP-2" not in packed
    assert not [word for word in (*TITLES, *SITE.values()) if word in packed]
    db = tmp_path / "arshjul.db"
    done("publish", folder, "--rehearsal", "--reason", "Prov", "--db", db)
    given = done("subscribe", "akc-vast", "--db", db, "--label", "Centret", "--json")
    assert given.json()["party"] == "agency-akc-vast"
