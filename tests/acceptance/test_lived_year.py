"""A year that is lived in, seen from outside: milestones that have been, and what a lower level gives away."""

import re
from datetime import date
from pathlib import Path

import pytest

from tests.acceptance.calendars import Event, events, feeds, is_open
from tests.acceptance.command import MARCH, done, load, placements
from tests.acceptance.conftest import SHOOTING

HASHED = re.compile(r"[0-9a-f]{32}@ovning-exempelstad-varen-2027\.arshjul")
EARLY = "2027-01-27T08:00"
URGENT = """
operations:
  - {id: OP-9, title: Brådskande, programme: akc, lead_agency: skatteverket, sector: beauty, area: hamnen, priority: 1,
     officers: 2, agencies: {skatteverket: 1}, short_notice: true, window: {from: 2027-02-03, to: 2027-02-03}}
withdrawals:
  - {id: W-1, reported: "2027-01-27T08:00", police: [lpo-exempelstad], from: 2027-02-05, to: 2027-02-05}
"""
"""One is added a week ahead, so that its milestones should have been; another is moved that has some behind it."""


@pytest.fixture(scope="module")
def early(made_tutorial: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("early")
    (home / "c.yaml").write_text(URGENT)
    done("replan", made_tutorial, "--changes", home / "c.yaml", "--as-of", EARLY, "-o", home / "plan")
    return home / "plan"


def milestones(folder: Path) -> dict[tuple[str, str], Event]:
    """Those of every feed, by feed and UID."""
    every = {(name, uid): event for name, held in feeds(folder).items() for uid, event in held.items()}
    return {key: event for key, event in every.items() if re.match(r"OP-\d+\.[a-z]", key[1])}


def starts_on(event: Event) -> date:
    return date.fromisoformat(event.when[0].partition(":")[2][:8])


@pytest.mark.parametrize("which", ["early", "made_march"])
def test_no_milestone_is_dated_before_the_moment_and_what_was_held_stays(
    made_tutorial: Path, which: str, request: pytest.FixtureRequest
) -> None:
    folder = request.getfixturevalue(which)
    moment = date.fromisoformat(load(folder / "plan.json")["as_of"][:10])
    old, new = milestones(made_tutorial), milestones(folder)
    held = {key for key, event in old.items() if starts_on(event) < moment}
    assert {key: new[key].when for key in held} == {key: old[key].when for key in held}
    changed = {key: event for key, event in new.items() if key not in old or event.when != old[key].when}
    assert changed
    for key, event in changed.items():
        assert starts_on(event) >= moment, key
        assert is_open(starts_on(event)), key


def test_milestone_that_comes_too_late_is_on_the_first_office_day_and_says_so(early: Path) -> None:
    assert placements(load(early / "plan.json"))["OP-9"]["date"] == "2027-02-03"
    for name in ("agency-skatteverket", "coordinator"):
        told = {uid.partition("@")[0]: event for (feed, uid), event in milestones(early).items() if feed == name}
        for kind, day, is_late in (
            ("information-sheet", "2027-01-27", True),
            ("planning-meeting", "2027-01-27", True),
            ("joint-evaluation", "2027-02-24", False),
        ):
            event = told[f"OP-9.{kind}"]
            assert starts_on(event).isoformat() == day, event.properties
            assert event["SUMMARY"].startswith("Försenad: ") == is_late, event.properties


def test_below_full_no_uid_tells_what_it_is_or_joins_two_calendars(
    made_tutorial: Path, made_march: Path, tmp_path: Path
) -> None:
    db, out, key = tmp_path / "a.db", tmp_path / "out", tmp_path / "key"
    told: list[dict[tuple[str, str], set[str]]] = []
    for number, folder in enumerate((made_tutorial, made_march)):
        seen = ("--seen", str(number)) if number else ()
        done("publish", folder, "--db", db, "--reason", "x", "--rehearsal", *seen)
        exported = done("export-static", out, "--db", db, "--key-file", key, "--json").json()["feeds"]
        files = {(one["party"], one["level"]): out / one["path"] for one in exported}
        told += [{key: set(events(file)) for key, file in files.items() if key[1] != "full"}]
        for (party, level), file in files.items():
            text = file.read_bytes().replace(b"\r\n ", b"")
            assert level == "full" or not re.search(rb"OP-\d|planning-meeting|network-meeting", text), (party, level)
    first, second = told
    every = [uid for uids in first.values() for uid in uids if not uid.startswith("note@")]
    assert all(HASHED.fullmatch(uid) for uid in every)
    assert len(set(every)) == len(every)
    assert all(uids <= second[key] for key, uids in first.items()), "the same events for ever"


def test_unplaced_ones_have_a_reason_after_every_replan(early: Path, made_march: Path, tmp_path: Path) -> None:
    done("replan", early, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", tmp_path / "next")
    for folder in (early, made_march, tmp_path / "next"):
        done("verify", folder)
        assert all(left["reasons"] for left in load(folder / "plan.json")["unplaced"]), folder
