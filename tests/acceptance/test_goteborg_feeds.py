"""Every feed of goteborg-2027 through three replans: strict readers, real calendar programs, and a model of our own.

The programs are those of ../shared/feedcheck; one that is not installed is left out, and said to be so.
"""

import json
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.acceptance.command import ROOT, done
from tests.acceptance.feed_model import Folder, Kinds, Model
from tests.acceptance.test_feeds import feedcheck, with_feedcheck

pytestmark = [pytest.mark.slow, with_feedcheck]

EVERY = "lpo-city, lpo-hisingen, lpo-nordost, lpo-syd, granspolisen"
REPLANS = {
    "2027-03-06T07:00": """
withdrawals:
  - {id: W-1, reported: "2027-03-05T21:00", police: [lpo-city, granspolisen], from: 2027-03-08, to: 2027-03-31}
""",
    "2027-04-01T08:00": """
withdrawals:
  - {id: W-2, reported: "2027-03-31T21:00", police: [lpo-hisingen, lpo-nordost], from: 2027-04-01, to: 2027-04-30}
agencies: [{agency: skatteverket, from: 2027-04-05, to: 2027-04-16, teams_left: 0}]
cancelled: [OP-109]
""",
    "2027-05-20T08:00": f"""
withdrawals:
  - {{id: W-3, reported: "2027-05-19T21:00", police: [{EVERY}], from: 2027-05-20, to: 2027-06-18}}
cancelled: [OP-065]
""",
}


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> list[Folder]:
    home = tmp_path_factory.mktemp("goteborg")
    done("plan", ROOT / "scenarios" / "goteborg-2027", "-o", home / "0", "--as-of", "2026-12-01T09:00")
    for number, (as_of, entries) in enumerate(REPLANS.items()):
        (home / "changes.yaml").write_text(entries)
        made = ("--changes", home / "changes.yaml", "--as-of", as_of, "-o", home / str(number + 1))
        done("replan", home / str(number), *made)
    return [Folder.of(home / str(number)) for number in range(len(REPLANS) + 1)]


def names(folder: Folder) -> list[str]:
    return sorted(file.stem for file in (folder.path / "feeds").iterdir())


def test_diff_is_exactly_what_the_replan_says(life: list[Folder], tmp_path: Path) -> None:
    model, seen = Model(), Counter[str]()
    for before, after in pairwise(life):
        for name in names(after):
            party, is_milestones = name.removesuffix("-milestones"), name.endswith("-milestones")
            kinds = model.changes(before, after, party, milestones=is_milestones)
            seen.update({kind: len(uids) for kind, uids in kinds.items()})
            (tmp_path / "expected.json").write_text(json.dumps(full(kinds)))
            feeds = (folder.path / "feeds" / f"{name}.ics" for folder in (before, after))
            latest = after.as_of - timedelta(days=30)
            feedcheck("diff", *feeds, "--expect", tmp_path / "expected.json", "--prune-before", str(latest), "--strict")
    assert all(seen[kind] for kind in ("moved", "cancelled", "new", "edited")), seen


def test_every_program_holds_what_every_feed_says(life: list[Folder]) -> None:
    """Some twelve programs read each feed in each of its states; what a replan left as it was, once."""
    read: set[bytes] = set()
    for folder in life:
        now = str(folder.as_of + timedelta(days=1))
        for name in names(folder):
            file = folder.path / "feeds" / f"{name}.ics"
            if file.read_bytes() not in read:
                read.add(file.read_bytes())
                feedcheck("check", file, "--clients", "fast", "--strict", "--now", now)


@pytest.mark.parametrize("name", ["coordinator", "agency-miljo-milestones", "police-lpo-city"])
def test_programs_that_subscribe_end_with_the_new_state(life: list[Folder], name: str) -> None:
    """khal, Evolution and Thunderbird."""
    for before, after in pairwise(life):
        feedcheck("replay", *(folder.path / "feeds" / f"{name}.ics" for folder in (before, after)))
        now = str(after.as_of + timedelta(days=1))
        feedcheck("check", after.path / "feeds" / f"{name}.ics", "--clients", "all", "--strict", "--now", now)


def full(kinds: Kinds) -> Kinds:
    """With the part of the UIDs that is the same in all."""
    return {kind: [f"{uid}@goteborg-2027.arshjul" for uid in uids] for kind, uids in kinds.items() if kind != "revived"}
