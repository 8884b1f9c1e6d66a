"""A year that goes on: an edited scenario, outcomes, give-backs, and what is kept of them."""

import json
import re
import shlex
from pathlib import Path
from shutil import copytree, rmtree

import pytest

from tests.acceptance.calendars import events
from tests.acceptance.command import (
    MARCH,
    ROOT,
    TUTORIAL_AS_OF,
    arshjul,
    contents,
    copied,
    done,
    load,
    options,
    placements,
)
from tests.acceptance.conftest import SHOOTING, TUTORIAL

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


def test_an_entry_that_cannot_be_and_a_scenario_of_another_plan_are_refused(tutorial: Path, tmp_path: Path) -> None:
    before = contents(tutorial)
    for text, code, word in REFUSED.values():
        file = written(tmp_path, text + "\n")
        seen = arshjul("replan", tutorial, "--changes", file, "--as-of", MARCH, "-o", tutorial)
        assert seen.code == code, seen
        assert word in seen.err, seen
        assert contents(tutorial) == before
    for old, new, word in [
        ("name: [^\n,}]+", "name: En annan plan", "plan.name"),
        ("from: 2027-02-01", "from: 2027-02-02", "plan.from"),
        ("to: 2027-[0-9-]+", "to: 2027-03-05", "plan.to"),
    ]:
        scenario = edited(tmp_path / word, (old, new), file="plan.yaml")
        seen = arshjul("replan", tutorial, "--scenario", scenario, "--as-of", MARCH, "-o", tutorial)
        if seen.code == 2:  # dates of operations lie outside it: told with their places
            assert "operations.yaml" in seen.err
        else:
            assert seen.code == 4, seen
            assert word in seen.err
        assert contents(tutorial) == before


# `history`: a year that learns from the one before it, and stands without it.


def a_year_before(text: str) -> str:
    return text.replace("2027", "2026").replace("2026-11", "2025-11").replace("2026-12", "2025-12")


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The plan folder of the tutorial's year as if it were the year before, with its shooting. Not to be changed."""
    root = tmp_path_factory.mktemp("earlier")
    scenario = copytree(TUTORIAL, root / "scenario")
    for file in scenario.glob("*.yaml"):
        file.write_text(a_year_before(file.read_text()))
    done("plan", scenario, "-o", root / "first", "--as-of", str(int(TUTORIAL_AS_OF[:4]) - 1) + TUTORIAL_AS_OF[4:])
    taken = scenario / SHOOTING.name
    done("replan", root / "first", "--withdrawals", taken, "--as-of", a_year_before(MARCH), "-o", root / "plan")
    return root / "plan"


def test_a_year_learns_from_the_one_before_and_stands_without_it(earlier: Path, tmp_path: Path) -> None:
    last, scenario = copytree(earlier, tmp_path / "last"), copytree(TUTORIAL, tmp_path / "scenario")
    (scenario / "learnt.yaml").write_text("history: [../last]\n")
    made = done("plan", scenario, "--as-of", TUTORIAL_AS_OF, "-o", tmp_path / "named")
    assert "bygger på en avbokning" in made.err
    assert f"{last} räknas till" in made.err
    assert "sista uppgiften" in made.err
    done("plan", TUTORIAL, "--as-of", TUTORIAL_AS_OF, "-o", tmp_path / "flagged", "--history", last)
    for name in ("scenario.json", "plan.json"):
        assert (tmp_path / "named" / name).read_bytes() == (tmp_path / "flagged" / name).read_bytes()
    edited = copytree(scenario, tmp_path / "edited")
    (edited / "learnt.yaml").write_text("history: [../last, ../named, {from: 2025-01-01, to: 2025-01-31}]\n")
    assert "och räknas inte" in done("check", edited).out
    own = ("replan", tmp_path / "named", "--scenario", edited, "--withdrawals", SHOOTING, "--as-of", MARCH)
    assert "tidigare års avbokningar" in done(*own, "-o", tmp_path / "own").err
    both = json.loads((tmp_path / "own" / "scenario.json").read_text())["history"]
    known = [("2026-02-01", a_year_before(MARCH)[:10]), ("2025-01-01", "2025-01-31")]
    assert [(one["from"], one["to"]) for one in both] == known, "in its own year nobody has watched"
    done("verify", tmp_path / "own")
    assert "bygger på en avbokning" in done("check", scenario).err
    rmtree(last)
    plan = tmp_path / "named"
    (log,) = json.loads((plan / "scenario.json").read_text())["history"]
    assert [one["cause"] for one in log["withdrawals"]] == ["shooting"]
    done("verify", plan)
    placed = json.loads((plan / "plan.json").read_text())["placements"]
    said = (done("explain", plan, one["operation"]).out for one in placed if one["police"])
    assert any("av tio (bygger på en avbokning" in text for text in said)
    done("replan", plan, "--withdrawals", SHOOTING, "--as-of", MARCH, "-o", tmp_path / "replanned")
    done("verify", tmp_path / "replanned")
    told = done("stress", plan, "--years", "2", "--as-of", TUTORIAL_AS_OF).out
    assert "2 år simulerade; bygger på en avbokning" in told
    assert "börjar oftare än i medeltal: " in told
    url = f"sqlite:///{tmp_path / 'year.db'}"
    done("import", tmp_path / "replanned", "--db", url)
    done("checkout", "--db", url, "-o", tmp_path / "out")
    assert (tmp_path / "out" / "scenario.json").read_bytes() == (plan / "scenario.json").read_bytes()
    gone = arshjul("check", scenario)
    assert gone.code == 2
    assert "learnt.yaml:1" in gone.err


def test_what_is_named_beside_the_scenario_is_judged(earlier: Path, tmp_path: Path) -> None:
    asked = ("plan", TUTORIAL, "--as-of", TUTORIAL_AS_OF, "-o", tmp_path / "plan")
    twice = arshjul(*asked, "--history", earlier, "--history", earlier)
    assert twice.code == 2
    assert f"--history {earlier}" in twice.err
    assert arshjul(*asked, "--history", TUTORIAL).code == 2
    assert arshjul(*asked, "--history", TUTORIAL / "plan.yaml").code == 2
    assert not (tmp_path / "plan").exists()


def test_a_year_that_goes_on_teaches_what_was_known(earlier: Path, tmp_path: Path) -> None:
    """Planned in the middle of the other year: what is to come of it, and what came later, is not known."""
    made = done("plan", TUTORIAL, "--as-of", "2026-02-10T08:00", "-o", tmp_path / "plan", "--history", earlier)
    (log,) = json.loads((tmp_path / "plan" / "scenario.json").read_text())["history"]
    assert (log["from"], log["to"], log["withdrawals"]) == ("2026-02-01", "2026-02-10", [])
    assert "0 avbokningar på 10 dagar; antaget 41 per år, blir 40" in made.err


# An operation that repeats, from its scenario to its plan, its feeds and the year after.


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


def repeating(folder: Path, times: int) -> Path:
    folder.mkdir()
    (folder / "all.yaml").write_text(SCENARIO.format(times=times))
    return folder


def test_a_repeat_is_planned_edited_and_told_by_its_single_operations(tmp_path: Path) -> None:
    out = tmp_path / "out"
    done("plan", repeating(tmp_path / "three", 3), "-o", out, "--as-of", "2026-11-01T09:00")
    assert [placed["operation"] for placed in load(out / "plan.json")["placements"]] == ["OP-1.1", "OP-1.2", "OP-1.3"]
    assert [one["id"] for one in load(out / "scenario.json")["operations"]] == ["OP-1"]
    assert "UID:OP-1.2@" in (out / "feeds" / "police-lpo.ics").read_text()
    assert "OP-1.1" in done("explain", out, "OP-1.2").out
    done("verify", out)

    asked = ("replan", out, "--as-of", "2026-11-02T09:00", "--scenario")
    fewer = arshjul(*asked, repeating(tmp_path / "two", 2), "--options-only")
    assert fewer.code == 4
    assert "OP-1.3" in fewer.err
    found = options(done(*asked, repeating(tmp_path / "four", 4), "--options-only", "--json"))
    for option in found.values():
        assert option["changed"] == []
        assert [placed["operation"] for placed in option["placements"]] == ["OP-1.1", "OP-1.2", "OP-1.3", "OP-1.4"]
    done(*asked, tmp_path / "four", "-o", tmp_path / "longer")
    assert load(tmp_path / "longer" / "scenario.json")["operations"][0]["repeat"]["times"] == 4
    done("verify", tmp_path / "longer")


# Two units at one operation, from the scenario to all that tells of it, and the year after.


TWO_UNITS = """\
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


def made(tmp_path: Path) -> Path:
    (tmp_path / "scenario").mkdir()
    (tmp_path / "scenario" / "all.yaml").write_text(TWO_UNITS)
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


# The year that the guide tells of, lived through by commands as `make year` does it.


YEAR = ROOT / "scenarios" / "goteborg-2027" / "year"
MAKEFILE, GUIDE = (ROOT / "Makefile").read_text(), (ROOT / "docs" / "guide.md").read_text()


def test_every_moment_has_its_entries() -> None:
    files = sorted(YEAR.iterdir())
    stems = [file.stem for file in files if file.suffix == ".yaml"]
    assert len(stems) > 40
    assert all(re.fullmatch(r"2027-\d\d-\d\dT\d{4}", stem) for stem in stems)
    edited = [file.name for file in files if file.is_dir()]
    assert len(edited) == 3
    assert set(edited) <= set(stems)


@pytest.mark.slow
def test_make_year_is_lived_through(tmp_path: Path) -> None:
    assert "cp -r scenarios/goteborg-2027/first $(YEAR)\n" in MAKEFILE
    plan = copied(YEAR.parent / "first", tmp_path / "year")
    told = ["outcomes", "changes", "withdrawals", "given_back", "still", "choices"]
    told += [
        "evaluations",
        "improvements",
        "obstacles",
        "cards",
        "agenda_points",
        "minutes",
        "meeting_actions",
        "pictures",
    ]
    for entries in sorted(YEAR.glob("*.yaml")):
        edited = entries.with_suffix("")
        scenario: list[str | Path] = ["--scenario", edited] if edited.is_dir() else []
        kept = load(plan / "plan.json")
        done("replan", plan, "--changes", entries, *scenario, "--as-of", entries.stem, "-o", plan)
        done("verify", plan)
        now = load(plan / "plan.json")
        for name in told:
            before_it = without_ends(kept.get(name, []))
            assert without_ends(now.get(name, []))[: len(before_it)] == before_it, (entries.name, name)
        lines = done("log", plan).out.splitlines()
        assert len(lines) == sum(len(now.get(name, [])) for name in told)
    quarter = done("obstacles", plan, "--quarter", "2027-Q2", "--as-of", "2027-10-01T07:10", "--json").json()
    assert quarter["obstacles"] > 10
    assert "27:1" in quarter["tables"]["rule"]
    assert_reported(plan)
    before = contents(plan)
    (block,) = re.findall(r"^```sh\n(arshjul today .*?)^```", GUIDE, re.M | re.S)
    for command in block.splitlines():
        done(*shlex.split(command.replace("out/goteborg-2027-year", str(plan)))[1:])
    assert contents(plan) == before
    at_once = options(done("replan", plan, "--as-of", "2027-10-01T07:10", "--options-only", "--json"))
    assert at_once["fewest-changes"]["changed"] == []


def assert_reported(plan: Path) -> None:
    """What the files say that the parties have told each other stands in the report of the year."""
    found = done("report", plan, "--as-of", "2027-10-01T07:10", "--json").json()
    n = {state: sum(one["state"] == state for one in found["improvements"]) for state in ("checked", "done", "open")}
    assert n["checked"] > 3
    assert n["done"] == 2, "two did not help"
    assert found["answered"]["n"] > 50
    assert all(n > 3 for n in found["obstacles"].values())
    told = {key: (one["n"], one["of"]) for key, one in found["together"].items()}
    n_minutes, n_meetings = told.pop("minutes")
    assert 6 == n_minutes < n_meetings, "the weekly meetings have none"
    n_parties = len(load(plan / "scenario.json")["agencies"]) + len(load(plan / "scenario.json")["police"])
    assert told == {
        "actions_done": (7, 11),
        "actions_overdue": (1, 11),
        "cards": (12, n_parties),
        "old_cards": (1, 12),
        "themes_taken": (2, 9),
        "themes_waiting": (2, 9),
    }


def without_ends(entries: list[dict[str, object]]) -> list[dict[str, object]]:
    """A confirmation moves the end that a withdrawal is taken to have."""
    return [{key: value for key, value in entry.items() if key not in {"until", "assumed"}} for entry in entries]
