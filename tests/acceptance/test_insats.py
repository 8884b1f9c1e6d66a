"""What counts as an insats: police and at least two agencies on one occasion; all else is counted beside it."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import done, load, placements
from tests.acceptance.small_year import agency, operation, planned, replanned, year

ASKED = "2027-04-02T09:00"
ABSENT = {"from": "2027-03-24", "to": "2027-03-24", "teams": 0}
BOTH = {"miljo": 1, "skatt": 1}
OPERATIONS = [
    # an insats: police and two agencies, whether the second is required, joined, chosen or led by
    operation("OP-1", "2027-03-02", agencies=BOTH),
    operation("OP-2", "2027-03-03", optional_agencies={"tillstand": 1}),
    operation("OP-3", "2027-03-04", any_of=[{"agencies": ["skatt", "tillstand"]}]),
    operation("OP-4", "2027-03-09", agencies={"skatt": 1}),
    # police and one agency: by itself, and because the other had no team that day (24 March)
    operation("OP-5", "2027-03-10"),
    operation("OP-6", "2027-03-24", optional_agencies={"tillstand": 1}),
    # agencies without police: two of them, and one
    operation("OP-7", "2027-03-11", officers=0, agencies=BOTH),
    operation("OP-8", "2027-03-16", officers=0, agencies=BOTH),
    operation("OP-9", "2027-03-17", officers=0),
]
"""Four are an insats, two are with police and one agency alone, three are without police."""


def town(**changed: Any) -> dict[str, Any]:
    teams = [{"shift": "day", "teams": 3}, ABSENT]
    agencies = [agency("miljo"), agency("skatt"), agency("tillstand", teams=teams)]
    return year(OPERATIONS, **{"agencies": agencies, **changed})


def lived(tmp: Path, scenario: Mapping[str, Any]) -> Path:
    """Its plan, in which all was done."""
    folder = planned(tmp, scenario)
    placed = placements(load(folder / "plan.json"))
    assert len(placed) == len(scenario["operations"])
    held = [{"operation": id, "date": at["date"], "result": "done"} for id, at in placed.items()]
    return replanned(folder, "2027-04-01T09:00", outcomes=held)


def counts(held: Any, path: str = "") -> Iterator[tuple[str, int, int]]:
    """Every group of operations in the report's JSON: where it stands, how many planned and how many done."""
    if isinstance(held, Mapping):
        if "planned" in held and "done" in held:
            yield path, held["planned"], held["done"]
        for name, part in held.items():
            yield from counts(part, f"{path}.{name}")


def report(folder: Path) -> dict[str, Any]:
    answer: dict[str, Any] = done("report", folder, "--as-of", ASKED, "--json").json()
    return answer


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return lived(tmp_path_factory.mktemp("insats"), town())


def test_insats_is_with_police_and_two_agencies(folder: Path) -> None:
    held = report(folder)
    assert (held["operations"]["planned"], held["operations"]["done"]) == (4, 4)


def test_others_are_counted_beside_it_each_kind_by_itself(folder: Path) -> None:
    held = report(folder)
    beside = {key: part for key, part in held.items() if key not in {"operations", "parts"}}
    found = {(planned, done) for _, planned, done in counts(beside)}
    assert {(2, 2), (3, 3)} <= found


def test_text_has_the_three_kinds_in_lines_of_their_own(folder: Path) -> None:
    lines = done("report", folder, "--as-of", ASKED).out.lower().splitlines()

    def of(share: str) -> list[str]:
        return [line for line in lines if re.search(rf"\b{share}\b", line)]

    assert of("4 av 4")
    assert [line for line in of("2 av 2") if "polis" in line and "utan polis" not in line]  # and one agency alone
    assert [line for line in of("3 av 3") if "utan polis" in line]


def test_owner_who_sends_nobody_does_not_make_an_insats(tmp_path: Path) -> None:
    """Two for AKC, by police and Miljöförvaltningen: AKC-väst, which owns the programme, is not the second agency."""
    centre = {"id": "akc-vast", "name": "AKC-väst", "kind": "state", "teams": "none"}
    scenario = year(
        [operation("OP-1", "2027-03-02"), operation("OP-2", "2027-03-03", agencies=BOTH)],
        agencies=[agency("miljo"), agency("skatt"), centre],
        names={"restaurant": "Restaurang"},
        programmes={"akc": {"name": "AKC", "owner": "akc-vast"}},
    )
    held = report(lived(tmp_path, scenario))
    assert held["operations"]["planned"] == 1
    assert held["operations"]["done"] == 1
