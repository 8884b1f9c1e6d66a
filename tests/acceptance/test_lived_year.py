"""A year that goes on: an edited scenario, outcomes, give-backs, and what is kept of them."""

import re
from pathlib import Path

import pytest

from tests.acceptance.calendars import events
from tests.acceptance.command import MARCH, arshjul, contents, copied, done, load, options, placements
from tests.acceptance.conftest import TUTORIAL

LATER = "2027-03-12T07:00"


def edited(tmp_path: Path, *changes: tuple[str, str], file: str = "operations.yaml") -> Path:
    """The tutorial's scenario with some words put in the place of others."""
    folder = copied(TUTORIAL, tmp_path / "edited")
    text = (folder / file).read_text()
    for old, new in changes:
        assert re.search(old, text, re.S), old
        text = re.sub(old, new, text, count=1, flags=re.S)
    (folder / file).write_text(text)
    return folder


def written(tmp_path: Path, text: str, name: str = "entries.yaml") -> Path:
    (tmp_path / name).write_text(text)
    return tmp_path / name


def log(folder: Path, name: str) -> list[dict[str, object]]:
    entries: list[dict[str, object]] = load(folder / "plan.json")[name]
    return entries


def test_a_title_is_taken_over_and_nobody_is_hit(made_tutorial: Path, tmp_path: Path) -> None:
    new = edited(tmp_path, ("Lunchställen runt torget", "Kaféer runt torget"), ("Bilverkstäder", "Verkstäder"))
    out = tmp_path / "out"
    seen = done("replan", made_tutorial, "--scenario", new, "--as-of", MARCH, "-o", out)
    assert "OP-1" in seen.err
    assert "OP-3" in seen.err
    assert load(out / "plan.json")["placements"] == load(made_tutorial / "plan.json")["placements"]
    assert load(out / "plan.json")["base"]["hit"] == []
    titles = {one["id"]: one["title"] for one in load(out / "scenario.json")["operations"]}
    assert titles["OP-1"] == "Kaféer runt torget"  # it has started, and its title is taken over
    (entry,) = log(out, "changes")
    assert (entry["kind"], entry["revision"]) == ("scenario", 2)
    assert entry["changed"] == {"OP-1": ["title"], "OP-3": ["title"]}
    done("verify", out)


def test_what_is_gone_is_refused_until_it_is_named_and_stays_cancelled(tutorial: Path, tmp_path: Path) -> None:
    new = edited(tmp_path, (r"  # 2\. A follow-up.*?(?=  # 3\.)", ""))
    before = contents(tutorial)
    asked = ("replan", tutorial, "--scenario", new, "--as-of", MARCH)
    seen = arshjul(*asked, "-o", tutorial)
    assert seen.code == 4, seen
    assert "OP-2" in seen.err
    assert contents(tutorial) == before
    out = tmp_path / "out"
    done(*asked, "--changes", written(tmp_path, "cancelled: [OP-2]\n"), "-o", out)
    assert "OP-2" not in placements(load(out / "plan.json"))
    again = tmp_path / "again"
    seen = done("replan", out, "--scenario", TUTORIAL, "--as-of", LATER, "-o", again)
    assert "OP-2 " in seen.err
    assert "OP-2" not in {one["id"] for one in load(again / "scenario.json")["operations"]}
    assert [entry["kind"] for entry in log(again, "changes")] == ["scenario", "cancelled", "scenario"]
    done("verify", again)


def test_a_narrower_window_hits_and_history_stays(made_tutorial: Path, tmp_path: Path) -> None:
    old = placements(load(made_tutorial / "plan.json"))["OP-2"]
    new = edited(tmp_path, (r"(id: OP-2\n.*?)(    after:)", rf"\1    not_on: [{old['date']}]\n\2"))
    found = options(done("replan", made_tutorial, "--scenario", new, "--as-of", MARCH, "--options-only", "--json"))
    assert found["balanced"]["hit"] == found["balanced"]["changed"] == ["OP-2"]


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ("name: [^\n,}]+", "name: En annan plan", "plan.name"),
        ("from: 2027-02-01", "from: 2027-02-02", "plan.from"),
        ("to: 2027-[0-9-]+", "to: 2027-03-05", "plan.to"),
    ],
)
def test_a_scenario_of_another_plan_is_refused(tutorial: Path, tmp_path: Path, old: str, new: str, word: str) -> None:
    scenario = edited(tmp_path, (old, new), file="plan.yaml")
    before = contents(tutorial)
    seen = arshjul("replan", tutorial, "--scenario", scenario, "--as-of", MARCH, "-o", tutorial)
    if seen.code == 2:  # dates of operations lie outside it: told with their places
        assert "operations.yaml" in seen.err
    else:
        assert seen.code == 4, seen
        assert word in seen.err
    assert contents(tutorial) == before


def test_the_year_turns_and_subscribers_keep_their_events(made_tutorial: Path, tmp_path: Path) -> None:
    new = edited(tmp_path, (r"to: 2027-[0-9-]+", "to: 2028-12-31"), file="plan.yaml")
    text = (new / "operations.yaml").read_text()
    operation = text[text.index("  - id: OP-1 ") : text.index("  # 2.")]
    operation = operation.replace("OP-1 ", "OP-28 ").replace("2027-0", "2028-0").replace("2026-12", "2027-12")
    (new / "operations.yaml").write_text(text + "\n" + operation)
    out, feed = tmp_path / "out", "feeds/agency-miljo.ics"
    done("replan", made_tutorial, "--scenario", new, "--as-of", "2027-12-20T08:00", "-o", out)
    assert placements(load(out / "plan.json"))["OP-28"]["date"].startswith("2028-")
    old, now = (events(folder / feed) for folder in (made_tutorial, out))
    assert old.keys() <= now.keys()
    assert {uid for uid in now.keys() - old.keys() if uid.startswith("OP-28@")}
    done("verify", out)


def test_what_is_called_off_is_placed_anew_on_another_date(made_tutorial: Path, tmp_path: Path) -> None:
    old = placements(load(made_tutorial / "plan.json"))["OP-3"]
    assert old["date"] == MARCH[:10]
    file = written(tmp_path, "outcomes: [{operation: OP-3, result: called-off, note: no police came}]\n")
    asked = ("replan", made_tutorial, "--outcomes", file, "--as-of", "2027-03-11T17:00")
    for option in options(done(*asked, "--options-only", "--json")).values():
        assert option["hit"] == option["changed"] == ["OP-3"]
    out = tmp_path / "out"
    done(*asked, "-o", out)
    new = placements(load(out / "plan.json")).get("OP-3")
    assert new is None or new["date"] > old["date"]
    assert log(out, "outcomes")[0]["date"] == old["date"]
    done("verify", out)
    lines = done("log", out).out.splitlines()
    assert "balanced" in lines[0]
    assert "OP-3" in lines[1]
    assert "no police came" in lines[1]
    told = done("log", out, "--json").json()
    assert told["outcomes"] == log(out, "outcomes")
    assert [line["text"] for line in told["log"]] == lines


def test_what_was_entered_is_told_when_it_is_taken_in(made_tutorial: Path, tmp_path: Path) -> None:
    file = written(tmp_path, "outcomes: [{operation: OP-1, result: done, figures: {controls: 3}}]\nunpinned: [OP-3]\n")
    seen = done("replan", made_tutorial, "--changes", file, "--as-of", MARCH, "-o", tmp_path / "out")
    logged = done("log", tmp_path / "out").out.splitlines()
    assert [line for line in seen.err.splitlines() if line in logged] == logged[:0:-1]
    assert len(logged) == 3


REFUSED = {
    "not started": ("outcomes: [{operation: OP-2, result: done}]", 4, "OP-2"),
    "cancelled before its date": ("outcomes: [{operation: OP-2, result: called-off}]", 4, "OP-2"),
    "another date": ("outcomes: [{operation: OP-1, result: done, date: 2027-02-01}]", 4, "OP-1"),
    "two outcomes": (
        "outcomes: [{operation: OP-1, result: done}, {operation: OP-1, result: aborted}]",
        2,
        "outcomes[1]",
    ),
    "never withdrawn": ("given_back: [{id: G-1, withdrawal: W-7}]", 2, "W-7"),
    "still with an end": (
        "withdrawals: [{id: W-1, police: [lpo-exempelstad], from: 2027-04-01, to: 2027-04-02}]\n"
        "still: [{withdrawal: W-1}]",
        2,
        "still[0].withdrawal",
    ),
    "reported later": ("outcomes: [{operation: OP-1, result: done, reported: '2027-03-12T08:00'}]", 2, "OP-1"),
    "revision of one's own": ("cancelled: [{operation: OP-2, revision: 3}]", 2, "revision"),
    "more officers": ("fewer_officers: [{operation: OP-3, officers: 9}]", 2, "officers"),
    "history without police": ("without_police: [OP-1]", 4, "OP-1"),
}


@pytest.mark.parametrize("name", REFUSED, ids=lambda name: name.replace(" ", "-"))
def test_an_entry_that_cannot_be_is_refused(tutorial: Path, tmp_path: Path, name: str) -> None:
    text, code, word = REFUSED[name]
    before = contents(tutorial)
    file = written(tmp_path, text + "\n")
    seen = arshjul("replan", tutorial, "--changes", file, "--as-of", MARCH, "-o", tutorial)
    assert seen.code == code, seen
    assert word in seen.err, seen
    assert contents(tutorial) == before
