"""What a plan folder holds (docs/formats.md#plan-folder), and that the same question gives the same bytes."""

import json
import os
import pty
import re
import select
import signal
import socket
import subprocess
import time
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from tests.acceptance.command import (
    MARCH,
    ROOT,
    TUTORIAL_AS_OF,
    arshjul,
    command_line,
    contents,
    copied,
    done,
    environment,
    levels,
    load,
    searched,
    write,
)
from tests.acceptance.conftest import SHOOTING, TUTORIAL

PROGRESS = re.compile("(points|quality|Prioritet|Kvalitet)[^\r\n]*(best|bäst)".encode())
"""What stands on the terminal while a level after the first is being solved."""
CLOCK_AHEAD = "import time; now = time.time; time.time = lambda: now() + 40_000_000; "


def test_a_unit_that_has_left_the_scenario_is_named_to_those_who_are_told(tutorial: Path, tmp_path: Path) -> None:
    """Planned anew into its folder: the old plan stood with a unit that the new scenario does not know."""
    scenario = copied(TUTORIAL, tmp_path / "scenario")
    parties = scenario / "parties.yaml"
    parties.write_text(parties.read_text().replace("granspolisen", "nypolisen"))
    lent = {p["operation"] for p in load(tutorial / "plan.json")["placements"] if p["police"] == "granspolisen"}
    done("plan", scenario, "-o", tutorial, "--as-of", TUTORIAL_AS_OF)
    told = {party["party"]: set(party["operations"]) for party in load(tutorial / "changes.json")["tell"]}
    assert lent
    assert told["granspolisen"] == lent


def test_same_bytes_from_another_folder_seed_clock_and_zone_and_of_other_files(
    made_tutorial: Path, tmp_path: Path, tutorial: Path
) -> None:
    other = tmp_path / "elsewhere" / "quite"
    other.parent.mkdir()
    done(
        *("plan", TUTORIAL, "-o", other, "--as-of", TUTORIAL_AS_OF),
        cwd=tmp_path,
        env={"PYTHONHASHSEED": "4711", "TZ": "Pacific/Auckland", "LC_ALL": "C", "COLUMNS": "40"},
        prelude=CLOCK_AHEAD,
        anew=True,
    )
    assert contents(other) == contents(made_tutorial)
    # How sections are divided among files is up to the writer, so it may show nowhere.
    one = tmp_path / "one"
    one.mkdir()
    text = "\n".join(file.read_text() for file in sorted(TUTORIAL.glob("[op]*.yaml")))
    (one / "all.yaml").write_text(text)
    done("plan", one, "-o", tmp_path / "out", "--as-of", TUTORIAL_AS_OF)
    assert contents(tmp_path / "out") == contents(made_tutorial)
    before = contents(tutorial)
    done("plan", TUTORIAL, "-o", tutorial, "--as-of", TUTORIAL_AS_OF)
    after = contents(tutorial)
    assert {n: b for n, b in after.items() if n.startswith("feeds/")} == {
        n: b for n, b in before.items() if n.startswith("feeds/")
    }
    assert set(after) == set(before)


def test_nothing_in_the_folder_tells_clock_or_machine(made_tutorial: Path, made_march: Path) -> None:
    marks = {str(made_tutorial), str(made_march.parent), str(ROOT), time.strftime("%Y-%m-%d"), '"seconds"'}
    marks |= {name for name in (socket.gethostname(), os.environ.get("USER", "")) if len(name) > 5}
    for folder in (made_tutorial, made_march):
        for name, held in searched(folder).items():
            for mark in marks:
                assert mark.encode() not in held, (name, mark)


def assert_valid(folder: Path, status: set[str]) -> dict[str, Any]:
    assert done("verify", folder).code == 0
    plan: dict[str, Any] = load(folder / "plan.json")
    assert plan["status"] in status
    for value, bound in levels(plan).values():
        assert bound is None or bound <= value
    proven = all(value == bound for value, bound in levels(plan).values())
    assert (plan["status"] == "optimal") == proven
    return plan


@pytest.mark.parametrize("limit", ["0.1", pytest.param("3", marks=pytest.mark.slow)])
def test_plan_cut_short_is_valid_and_honestly_feasible(tmp_path: Path, limit: str) -> None:
    out = tmp_path / "out"
    started = ("plan", ROOT / "scenarios" / "goteborg-2027", "-o", out, "--as-of", "2026-12-01T09:00")
    outcome = done(*started, "--time-limit", limit)
    plan = assert_valid(out, {"feasible", "optimal"})
    # A greedy plan comes first: even the shortest limit writes one, not an empty year.
    assert len(plan["placements"]) >= 60, outcome


def interrupted(words: list[str], when: re.Pattern[bytes], cwd: Path) -> tuple[int, bytes]:
    """Runs a command on a terminal, and presses Ctrl-C once its progress matches `when`."""
    terminal, side = pty.openpty()
    process = subprocess.Popen(
        words, cwd=cwd, env=environment(TERM="xterm"), stdin=side, stdout=side, stderr=side, start_new_session=True
    )
    os.close(side)
    seen, pressed = b"", False
    while True:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                some = os.read(terminal, 65536)
            except OSError:  # Linux's way to say that the other end is closed
                break
            if not some:
                break
            seen += some
        if not pressed and when.search(seen):
            pressed = True
            process.send_signal(signal.SIGINT)
        if process.poll() is not None and not select.select([terminal], [], [], 0.2)[0]:
            break
    os.close(terminal)
    assert pressed, seen
    return process.wait(timeout=120), seen


@pytest.mark.slow
def test_ctrl_c_writes_the_best_plan_so_far(tmp_path: Path) -> None:
    words = command_line(
        *("plan", ROOT / "scenarios" / "goteborg-2027", "-o", tmp_path / "out"),
        *("--as-of", "2026-12-01T09:00", "--time-limit", "120"),
    )
    code, seen = interrupted(words, PROGRESS, tmp_path)
    assert b"Traceback" not in seen
    assert code == 0, seen
    assert_valid(tmp_path / "out", {"feasible", "optimal"})


HEARD = "import os, signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
PRESSED = "os.kill(os.getpid(), signal.SIGINT)"


@pytest.mark.parametrize(
    ("event", "of", "said"),
    [
        ("import", "typer", "Avbrutet, inget skrevs.\n"),
        ("import", "arshjul.year.folder.plan", "Avbrutet, inget skrevs.\n"),
        ("open", "operations.yaml", "Avbrutet, inget skrevs.\n"),
        ("import", "arshjul.solver.parallel.executors", "Interrupted, nothing was written.\n"),
    ],
)
def test_ctrl_c_before_there_is_a_plan_is_told_and_leaves_nothing_behind(
    tmp_path: Path, event: str, of: str, said: str
) -> None:
    """The last one is pressed once the scenario, and so its language, English, is known."""
    stop = f"sys.addaudithook(lambda e, given: e == {event!r} and str(given[0]).endswith({of!r}) and {PRESSED}); "
    scenario = ROOT / "scenarios" / "tutorial"
    words = ("plan", scenario, "-o", tmp_path / "out", "--as-of", TUTORIAL_AS_OF)
    outcome = arshjul(*words, prelude=HEARD + stop, anew=True)
    assert (outcome.code, outcome.out, outcome.err) == (130, "", said)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("limit", ["1e9", "60"])
def test_ctrl_c_at_the_very_end_changes_nothing(tmp_path: Path, limit: str) -> None:
    """While the interpreter ends, also after an error, it would tell of an internal fault."""
    words = ("plan", TUTORIAL, "-o", tmp_path / "out", "--as-of", TUTORIAL_AS_OF, "--time-limit", limit)
    late = f"{HEARD}import atexit; atexit.register(lambda: {PRESSED}); "
    outcome = arshjul(*words, prelude=late, anew=True)
    assert outcome.code == (0 if limit == "60" else 2)
    assert "KeyboardInterrupt" not in outcome.err


@pytest.mark.parametrize(
    "stop",
    [
        f"import arshjul.cli.plans as p; p._tell_weak = lambda *_: {PRESSED}; ",
        f"sys.addaudithook(lambda e, given: e == 'shutil.rmtree' and '.arshjul-new-' in str(given[0]) and {PRESSED}); ",
    ],
    ids=["between two outputs", "before the first one"],
)
def test_ctrl_c_once_the_plan_is_written_is_told_without_a_claim(tmp_path: Path, stop: str) -> None:
    words = ("plan", TUTORIAL, "-o", tmp_path / "out", "--as-of", TUTORIAL_AS_OF)
    outcome = arshjul(*words, prelude=HEARD + stop)
    assert outcome.code == 130
    assert outcome.err.splitlines()[-1] == "Avbrutet."
    assert (tmp_path / "out" / "plan.json").is_file()


def test_ctrl_c_beside_a_command_is_told() -> None:
    stop = f"import arshjul.cli.command as c; c.answering = lambda *_, **__: {PRESSED}; "
    outcome = arshjul("check", TUTORIAL, prelude=HEARD + stop)
    assert (outcome.code, outcome.err) == (130, "Avbrutet.\n")


def test_plan_without_as_of_takes_now(tmp_path: Path) -> None:
    # The tutorial's spring may lie ahead or behind: what is placed hangs on it, so nothing is said of that.
    done("plan", TUTORIAL, "-o", tmp_path / "out")
    plan = load(tmp_path / "out" / "plan.json")
    assert plan["status"] == "optimal"
    assert abs(time.time() - time.mktime(time.strptime(plan["as_of"][:10], "%Y-%m-%d"))) < 3 * 86400


# What `plan` and `replan` tell on the terminal: figures with their meaning, and no line that nobody reads.


MOST_NAMED = 12


def many(n: int, n_days: int) -> str:
    """A month of n operations, each of which may stand on so many days and differs in that by up to two."""
    operations = "\n".join(
        f"  - {{id: OP-{i}, title: T, programme: akc, lead_agency: a, sector: s, area: x, officers: 1, "
        f"agencies: {{a: 1}}, window: {{from: 2027-01-04, to: 2027-01-{3 + n_days + (n_days > 1) * i % 3:02}}}}}"
        for i in range(n)
    )
    return f"""
plan: {{name: Liten, from: 2027-01-01, to: 2027-01-31, timezone: Europe/Stockholm, language: sv}}
calendar: {{}}
shifts: [{{id: day, name: Dag, start: "09:00", end: "15:00"}}]
areas: [{{id: x, name: X}}]
police: [{{id: p, name: P, kind: local, areas: [x], officers: [{{officers: 99}}]}}]
agencies: [{{id: a, name: A, kind: municipal, teams: [{{teams: 99}}]}}]
rules: {{lead_time_days: 0, sector_spacing_days: 0, daily_rest_hours: 0}}
operations:
{operations}
"""


def slot_lines(folder: Path, text: str) -> list[str]:
    scenario = write(folder / "scenario", {"s.yaml": text})
    told = done("plan", scenario, "-o", folder / "plan", "--as-of", "2026-12-01T09:00").err
    return [line for line in told.splitlines() if "reservtillfälle" in line]


def test_slots_of_many_operations_are_told_in_short_and_those_without_any_are_on_the_page(tmp_path: Path) -> None:
    (line,) = slot_lines(tmp_path / "many", many(30, 9))
    told = [int(n) for n in re.findall(r"OP-\d+ \((\d+)\)", line)]
    assert len(told) == MOST_NAMED
    assert told == sorted(told)
    assert "och 18 till." in line
    assert len(line) < 400
    (line,) = slot_lines(tmp_path / "none", many(15, 1))
    assert line.startswith("15 insatser saknar reservtillfälle: ")
    assert len(re.findall(r"OP-\d+", line)) == MOST_NAMED
    page = (tmp_path / "none" / "plan" / "plan.html").read_text()
    weak = page[page.index('<section id="weak"') :].partition("</section>")[0]
    assert len(set(re.findall(r"OP-\d+", weak))) == 15


def test_levels_are_told_with_what_they_count_and_that_lower_is_better(tmp_path: Path) -> None:
    made = done("plan", TUTORIAL, "-o", tmp_path / "plan", "--as-of", TUTORIAL_AS_OF)
    assert "Lägre är bättre" in made.err
    assert "minuspoäng" in made.err
    seen = done("replan", tmp_path / "plan", "--withdrawals", SHOOTING, "--as-of", MARCH, "--options-only")
    assert seen.err.count("Lägre är bättre") == 1
    assert "Ändringar" in seen.err


# A plan is for what is to come: nothing is placed in the past, and a year that has begun goes on by replan.


def test_first_plan_places_nothing_before_its_moment(tmp_path: Path) -> None:
    done("plan", TUTORIAL, "-o", tmp_path / "out", "--as-of", "2027-03-11T10:00")
    plan = load(tmp_path / "out" / "plan.json")
    assert min((p["date"], p["shift"]) for p in plan["placements"]) >= ("2027-03-11", "evening")
    reasons = {u["operation"]: {reason["rule"] for reason in u["reasons"]} for u in plan["unplaced"]}
    # OP-3 is pinned to the morning of that day.
    assert reasons["OP-3"] == {"not-past"}
    done("verify", tmp_path / "out")


def refused(folder: Path, scenario: Path, as_of: str) -> str:
    """What `plan` says when it refuses to write into the folder, which stays as it was."""
    before = contents(folder)
    seen = arshjul("plan", scenario, "-o", folder, "--as-of", as_of)
    assert seen.code == 4, seen
    assert "arshjul replan" in seen.err, seen
    assert contents(folder) == before
    return seen.err


def test_a_plan_that_has_begun_is_not_planned_anew_nor_one_that_holds_a_replan(
    tutorial: Path, march: Path, tmp_path: Path
) -> None:
    _, first = min((p["date"], p["operation"]) for p in load(tutorial / "plan.json")["placements"])
    said = refused(tutorial, TUTORIAL, "2027-06-01T09:00")
    assert first in said
    refused(march, TUTORIAL, "2027-03-11T07:00")
    scenario = copied(TUTORIAL, tmp_path / "scenario")
    plan = scenario / "plan.yaml"
    plan.write_text(plan.read_text().replace("name: Exempelstad våren 2027", "name: Exempelstad våren 2028"))
    refused(march, scenario, "2027-06-01T09:00")
    file = march / "scenario.json"
    file.write_bytes(file.read_bytes() + b"\n")
    refused(march, TUTORIAL, "2027-06-01T09:00")


# A plan that the clock cut off: what is left out might yet fit, and whoever reads why it is left out is told so.


TOLD = "Med mer tid kan fler insatser få plats."

CUT = (
    "import arshjul.solver as s; from dataclasses import replace; whole = s.solve; "
    "cut = lambda level: replace(level, bound=level.value - 1, seconds=0.0, proved_by=()); "
    "s.solve = lambda *a, **k: (lambda d: replace(d, status='feasible', levels=["
    "cut(level) if level.id in {} else level for level in d.levels]))(whole(*a, **k)); "
)
"""A solve whose levels of these names the clock has cut off."""

CUT_WAYS = (
    "import arshjul.year.planning.replan.replan as w; from dataclasses import replace; whole = w._levels; "
    "w._levels = lambda plans: (*whole(plans)[:-1], replace(whole(plans)[-1], bound=0)); "
)
"""Ways whose last level, their quality, the clock has cut off."""


def planned(folder: Path, *words: str, prelude: str = "") -> str:
    tutorial = TUTORIAL
    seen = done("plan", tutorial, "-o", folder, "--as-of", TUTORIAL_AS_OF, *words, prelude=prelude)
    return seen.out if words else seen.err


def test_a_plan_that_is_cut_off_says_that_what_is_left_out_might_fit_or_that_a_better_one_may_be(
    tmp_path: Path,
) -> None:
    said = planned(tmp_path / "plan", prelude=CUT.format(["points", "quality"]))
    assert said.index(TOLD) < said.index("OP-8 är oplacerad"), said
    page = (tmp_path / "plan" / "plan.html").read_text()
    assert page.index('id="left-out"') < page.index(TOLD) < page.index("<table", page.index('id="left-out"'))
    done("verify", tmp_path / "plan")
    said = planned(tmp_path / "quality", prelude=CUT.format(["quality"]))
    assert TOLD not in said
    assert "Sökningen avbröts: en längre --time-limit kan ge en bättre plan." in said, said
    assert TOLD not in (tmp_path / "quality" / "plan.html").read_text()
    assert "--time-limit" not in planned(tmp_path / "proven")
    assert "--time-limit" not in (tmp_path / "proven" / "plan.html").read_text()
    said = planned(tmp_path / "points", prelude=CUT.format(["points"]))
    musts, points, quality = said.splitlines()[:3]
    assert (musts.endswith(" s)"), points.endswith(" s)"), quality.endswith(" s)")) == (True, False, True)
    answer = json.loads(planned(tmp_path / "again", "--json", prelude=CUT.format(["points"])))
    assert [level["seconds"] is None for level in answer["levels"]] == [False, True, False]


def test_a_way_that_is_not_proven_says_what_more_time_may_give(made_tutorial: Path) -> None:
    shooting = ROOT / "scenarios" / "tutorial" / "withdrawals-example.yaml"
    asked = ("replan", made_tutorial, "--withdrawals", shooting, "--as-of", "2027-03-11T07:00", "--options-only")
    assert "--time-limit" not in done(*asked).out
    said = done(*asked, prelude=CUT_WAYS).out
    assert "Alla tre alternativ gav samma plan" in said, said
    assert "Sökningen avbröts: en längre --time-limit kan ge en bättre plan." in said, said


@pytest.mark.parametrize("bound", [0, None])
def test_explain_says_it_of_a_plan_that_is_not_proven(made_tutorial: Path, tmp_path: Path, bound: int | None) -> None:
    folder = tmp_path / "plan"
    copytree(made_tutorial, folder)
    plan = load(folder / "plan.json")
    next(level for level in plan["levels"] if level["id"] == "points")["bound"] = bound
    (folder / "plan.json").write_text(json.dumps(plan | {"status": "feasible"}))
    assert TOLD in done("explain", folder, "OP-8").out
    assert TOLD not in done("explain", folder, "OP-1").out
    assert TOLD not in done("explain", made_tutorial, "OP-8").out


HASTY = "from arshjul.year.planning.places import finder as s, reasons as r; r.LOOKS_PER_S = s.TRIES_PER_S = 0; "
"""No time is left for what explains the plan."""


def test_what_was_left_unexplained_is_told_everywhere(tmp_path: Path) -> None:
    said = planned(tmp_path / "plan", prelude=HASTY)
    assert "En insats till är oplacerad" in said, said
    assert "Andra tider för 7 insatser är inte räknade inom tidsgränsen" in said, said
    (out,) = load(tmp_path / "plan" / "plan.json")["unplaced"]
    (reason,) = out["reasons"]
    assert (reason["rule"], reason["slots"]) == ("not-sought", 0)
    page = (tmp_path / "plan" / "plan.html").read_text()
    assert reason["text"] in page
    assert "Andra tider för 7 insatser är inte räknade inom tidsgränsen" in page
    done("verify", tmp_path / "plan")
    assert reason["text"] not in done("explain", tmp_path / "plan", "OP-8").out
    answer = json.loads(planned(tmp_path / "again", "--json", prelude=HASTY))
    assert (answer["fall_backs"], answer["fall_backs_uncounted"]) == ({}, 7)
