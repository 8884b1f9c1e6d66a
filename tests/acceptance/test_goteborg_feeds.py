"""Every feed of goteborg-2027 through three replans: strict readers, real calendar programs, and a model of our own.

The programs are those of ../shared/feedcheck; one that is not installed is left out, and said to be so.
"""

import json
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tests.acceptance.feed_model import Folder, Kinds, Model
from tests.bench.service.feeds import lived
from tests.feedcheck import feedcheck, with_feedcheck

pytestmark = [pytest.mark.slow, with_feedcheck]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> list[Folder]:
    return list(lived(tmp_path_factory.mktemp("goteborg") / "life"))


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
            expect = ("--expect", tmp_path / "expected.json", "--prune-before", str(latest))
            feedcheck(("diff", *feeds, *expect, "--strict"))
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
                feedcheck(("check", file, "--clients", "fast", "--strict", "--now", now))


@pytest.mark.parametrize("name", ["coordinator", "agency-miljo", "police-lpo-city"])
def test_programs_that_subscribe_end_with_the_new_state(life: list[Folder], name: str) -> None:
    """khal, Evolution and Thunderbird, which has six seconds: too few for a large feed on a busy machine."""
    for before, after in pairwise(life):
        feedcheck(("replay", *(folder.path / "feeds" / f"{name}.ics" for folder in (before, after))))
        now = str(after.as_of + timedelta(days=1))
        feedcheck(("check", after.path / "feeds" / f"{name}.ics", "--clients", "all", "--strict", "--now", now))


def full(kinds: Kinds) -> Kinds:
    """With the part of the UIDs that is the same in all."""
    return {kind: [f"{uid}@goteborg-2027.arshjul" for uid in uids] for kind, uids in kinds.items() if kind != "revived"}
