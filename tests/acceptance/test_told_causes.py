"""Which cause is told of a change: one, or several, and the same wherever it is told and for as long."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.acceptance.command import done
from tests.acceptance.small_year import changes, event, operation, planned, replanned, withdrawal, year

AS_OF, LATER = "2027-03-15T09:00", "2027-03-17T09:00"
DAY = "2027-04-07"
SHOOTING, MATCH, COURSE = "en skjutning", "en match", "för få lag hos Skatteverket (course)"
ORDINARY: dict[str, Any] = {"agencies": {"miljo": 1, "skatt": 1}}
W1, W2 = withdrawal("W-1", DAY), withdrawal("W-2", DAY, cause="match")
NO_TEAM = {"agency": "skatt", "from": DAY, "to": DAY, "teams_left": 0, "cause": "course"}
EDITED = year([operation("OP-1", window={"from": "2027-04-12", "to": "2027-05-10"}, **ORDINARY)])
HIT = {"kind": "withdrawal", "id": "W-1"}
ALSO = {"kind": "withdrawal", "id": "W-2"}

TABLE: list[tuple[dict[str, Any], list[dict[str, str]], str, str, str]] = [
    # what is entered; causes; in words to the coordinator, to LPO City, to Miljöförvaltningen
    ({"withdrawals": [W1]}, [HIT], SHOOTING, SHOOTING, "att poliser drogs tillbaka"),
    ({"withdrawals": [W1, {**W2, "officers_left": 2}]}, [HIT], SHOOTING, SHOOTING, "att poliser drogs tillbaka"),
    ({"withdrawals": [{**W1, "officers_left": 2}, W2]}, [ALSO], MATCH, MATCH, "att poliser drogs tillbaka"),
    (
        {"withdrawals": [W1, {**W2, "officers_left": 1}]},
        [HIT, ALSO],
        f"{SHOOTING} och av {MATCH}",
        f"{SHOOTING} och av {MATCH}",
        "att poliser drogs tillbaka",
    ),
    (
        {"withdrawals": [W1], "agencies": [NO_TEAM]},
        [HIT, {"kind": "teams", "party": "skatt"}],
        f"{SHOOTING} och av {COURSE}",
        f"{SHOOTING} och av för få lag hos Skatteverket",
        "att poliser drogs tillbaka och av för få lag hos Skatteverket",
    ),
    (
        {"pinned": [{"operation": "OP-1", "date": "2027-04-14", "shift": "day"}]},
        [{"kind": "pin", "id": "OP-1"}],
        "samordnarens beslut",
        "samordnarens beslut",
        "samordnarens beslut",
    ),
    (
        {"not_on": [{"operation": "OP-1", "agency": "skatt", "dates": [DAY], "cause": "council"}]},
        [{"kind": "asked", "party": "skatt"}],
        "ett önskemål om annat datum (council)",
        "ett önskemål om annat datum",
        "ett önskemål om annat datum",
    ),
    (
        {"scenario": EDITED},
        [{"kind": "scenario", "id": "OP-1"}],
        "ändrade förutsättningar",
        "ändrade förutsättningar",
        "ändrade förutsättningar",
    ),
]


def reasons(text: str) -> set[str]:
    """What follows `på grund av` in every sentence, as far as its end."""
    plain = text.replace("\\,", ",")
    return set(re.findall(r"på grund av (.*?)(?: \(\d+ dagars varsel\)|\.?\\n|\.$|$)", plain, re.MULTILINE))


def said(folder: Path, party: str, operation: str = "OP-1") -> set[str]:
    found = event(folder, party, operation)
    assert found is not None
    return reasons(found["DESCRIPTION"])


def letters(before: Path, after: Path) -> dict[str, str]:
    """What `diff` says to the coordinator, and each party's letter by its id."""
    head, *rest = done("diff", before, after).out.split("\nTill ")
    return {"": head, **{re.findall(r"\(([\w-]+)\):", part)[0]: part for part in rest}}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """OP-1 on 7 April."""
    return planned(tmp_path_factory.mktemp("causes"), year([operation("OP-1", DAY, **ORDINARY)]))


@pytest.mark.parametrize("row", TABLE, ids=lambda row: "-".join(sorted(row[0])))
def test_cause_is_the_same_wherever_it_is_told(
    row: tuple[dict[str, Any], list[dict[str, str]], str, str, str], first: Path
) -> None:
    entered, causes, coordinator, unit, lead = row
    after = replanned(first, AS_OF, **entered)
    (change,) = [one for kind in ("moved", "unit_changed", "dropped") for one in changes(after)[kind]]
    assert change["cause"] == causes[0]
    assert change.get("causes", causes[:1]) == causes
    written = letters(first, after)
    for party, words in {"": coordinator, "lpo-city": unit, "miljo": lead}.items():
        assert reasons(written[party]) == {words}
        assert said(after, party or "coordinator") == {words}


def test_what_hangs_on_a_hit_one_names_it_and_a_longer_one_what_takes_any_of_its_days(tmp_path: Path) -> None:
    tied = [
        operation("OP-1", DAY),
        operation("OP-2", DAY, same_slot_as="OP-1", police=["lpo-nord"], agencies={"skatt": 1}, lead_agency="skatt"),
        operation("OP-3", "2027-05-07", after={"operation": "OP-1", "min_days": 30, "max_days": 30}),
        operation("OP-4", "2027-06-02", days=2),
    ]
    before = planned(tmp_path, year(tied))
    each_day = [{**W1, "id": id, "from": day, "to": day} for id, day in (("W-3", "2027-06-02"), ("W-4", "2027-06-03"))]
    after = replanned(before, AS_OF, withdrawals=[W1, *each_day])
    (longer,) = changes(after)["moved"]
    assert [cause["id"] for cause in longer["causes"]] == ["W-3", "W-4"]
    hangs = {"kind": "knock-on", "id": "OP-1"}
    causes = {change["operation"]: change["cause"] for change in changes(after)["dropped"]}
    assert causes == {"OP-1": HIT, "OP-2": hangs, "OP-3": hangs}
    assert said(after, "coordinator") == {SHOOTING}
    words = {"en annan insats som den hör ihop med"}
    assert said(after, "lpo-nord", "OP-2") == said(after, "skatt", "OP-2") == said(after, "lpo-city", "OP-3") == words


def test_called_off_on_its_day_is_an_outcome(first: Path) -> None:
    outcome = {"operation": "OP-1", "date": DAY, "result": "called-off"}
    after = replanned(first, f"{DAY}T08:00", outcomes=[outcome])
    (change,) = changes(after)["moved"]
    assert change["cause"] == {"kind": "outcome", "id": "OP-1"}
    assert change["new"]["date"] > DAY


AFTERWARDS: list[dict[str, Any]] = [
    {"withdrawals": [{**W1, "cause": "match"}]},
    {"given_back": [{"id": "G-1", "withdrawal": "W-1"}], "agencies": [NO_TEAM]},
    {"scenario": year([operation("OP-1", DAY, title="Annan titel", **ORDINARY)])},
]


@pytest.fixture(scope="module")
def moved(first: Path) -> Path:
    """OP-1 moved by a shooting."""
    return replanned(first, AS_OF, withdrawals=[W1])


@pytest.mark.parametrize(
    "entered", [*AFTERWARDS, "pin"], ids=lambda one: "-".join(one) if isinstance(one, dict) else one
)
def test_cause_that_was_told_stays_told(entered: dict[str, Any] | str, moved: Path) -> None:
    (new,) = [change["new"] for change in changes(moved)["moved"]]
    pin = {"pinned": [{"operation": "OP-1", "date": new["date"], "shift": "day"}]}
    after = replanned(moved, LATER, **(pin if isinstance(entered, str) else entered))
    assert changes(after)["moved"] == []
    # Another title is a change of its own, which only the coordinator's calendar shows.
    retitled = {"ändrade förutsättningar"} if "scenario" in entered else set()
    assert said(after, "coordinator") == {SHOOTING} | retitled
    assert said(after, "lpo-city") == {SHOOTING}
    assert said(after, "miljo") == {"att poliser drogs tillbaka"}
    assert f"på grund av {SHOOTING}" in done("explain", after, "OP-1").out


_SHARED = [parent / "shared" / "causes" for parent in Path(__file__).resolve().parents]
SHARED = [path.parent for place in _SHARED for path in sorted(place.glob("*/withdrawals.yaml"))]
NAMED = {"W-1": SHOOTING, "W-2": MATCH}


@pytest.mark.skipif(not SHARED, reason="the shared cases are not here")
@pytest.mark.parametrize("case", SHARED, ids=lambda path: str(path.name))
def test_shared_cases_name_what_bites(tmp_path: Path, case: Path) -> None:
    first, after, file = tmp_path / "before", tmp_path / "after", case / "withdrawals.yaml"
    done("plan", case / "scenario", "-o", first, "--as-of", "2027-01-01T09:00")
    told = done("replan", first, "--withdrawals", file, "--as-of", "2027-03-04T09:00", "-o", after).out
    done("verify", after)
    (move,) = changes(after)["moved"]
    assert [one["id"] for one in move.get("causes", [move["cause"]])] == ["W-1"]
    assert json.loads(done("diff", first, after, "--json").out)["moved"] == [move]
    others = {one["id"] for one in yaml.safe_load(file.read_text())["withdrawals"]} - {"W-1"}
    for text in (told, done("diff", first, after).out, (after / "plan.html").read_text()):
        assert f"på grund av {NAMED['W-1']}" in text
        assert not any(f"på grund av {NAMED[id]}" in text for id in others)
