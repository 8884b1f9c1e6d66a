"""What a plan folder holds (docs/formats.md#plan-folder), and that the same question gives the same bytes."""

import hashlib
import os
import pty
import re
import select
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.command import (
    ROOT,
    TUTORIAL_AS_OF,
    arshjul,
    command_line,
    contents,
    copied,
    done,
    environment,
    ids,
    levels,
    load,
    searched,
)
from tests.acceptance.conftest import TUTORIAL

PROGRESS = re.compile("(points|quality|Prioritet|Kvalitet)[^\r\n]*(best|bäst)".encode())
"""What stands on the terminal while a level after the first is being solved."""
CLOCK_AHEAD = "import time; now = time.time; time.time = lambda: now() + 40_000_000; "


def test_folder_holds_what_is_documented(made_tutorial: Path) -> None:
    assert {entry.name for entry in made_tutorial.iterdir()} == {
        "scenario.json",
        "plan.json",
        "changes.json",
        "feeds.json",
        "wheel.svg",
        "wheel-public.svg",
        "plan.html",
        "plan.xlsx",
        "feeds",
    }
    agencies = ("miljo", "skatteverket", "arbetsmiljoverket", "raddningstjansten")
    assert {feed.name for feed in (made_tutorial / "feeds").iterdir()} == {
        "coordinator.ics",
        "coordinator-milestones.ics",
        *(f"agency-{a}.ics" for a in agencies),
        *(f"agency-{a}-milestones.ics" for a in agencies),
        *(f"police-{u}.ics" for u in ("lpo-exempelstad", "granspolisen")),
    }


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


def test_every_operation_stands_once(made_tutorial: Path) -> None:
    plan = load(made_tutorial / "plan.json")
    told = ids(plan["placements"]) + ids(plan["unplaced"])
    assert sorted(told) == [f"OP-{n}" for n in range(1, 9)]
    assert ids(plan["unplaced"]) == ["OP-8"]


def test_levels_are_proven_and_prices_sum_to_quality(made_tutorial: Path) -> None:
    plan = load(made_tutorial / "plan.json")
    assert levels(plan)["musts"] == (0, 0)
    assert levels(plan)["points"] == (3, 3)
    value, bound = levels(plan)["quality"]
    assert value == bound == sum(price["points"] for price in plan["prices"])


def test_prices_of_a_replan_sum_to_quality(made_march: Path) -> None:
    plan = load(made_march / "plan.json")
    assert levels(plan)["quality"][0] == sum(price["points"] for price in plan["prices"])


def test_plan_names_the_hash_of_its_scenario(made_tutorial: Path) -> None:
    digest = hashlib.sha256((made_tutorial / "scenario.json").read_bytes()).hexdigest()
    assert load(made_tutorial / "plan.json")["scenario"] == digest


def test_scenario_json_is_the_whole_scenario(made_tutorial: Path) -> None:
    scenario = load(made_tutorial / "scenario.json")
    assert {"plan", "calendar", "shifts", "names", "areas", "police", "agencies", "operations", "rules"} <= set(
        scenario
    )
    assert [op["id"] for op in scenario["operations"]] == [f"OP-{n}" for n in range(1, 9)]
    assert scenario["operations"][0]["sites"][1]["address"] == "Exempelgatan 8"


def test_changes_of_a_first_plan_are_empty_lists(made_tutorial: Path) -> None:
    changes = load(made_tutorial / "changes.json")
    for key in ("moved", "unit_changed", "dropped", "new", "confirmed", "hit", "tell"):
        assert changes[key] == [], key


def test_same_bytes_from_another_folder_seed_clock_and_zone(made_tutorial: Path, tmp_path: Path) -> None:
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


def test_same_bytes_of_a_scenario_told_in_other_files(made_tutorial: Path, tmp_path: Path) -> None:
    # How sections are divided among files is up to the writer, so it may show nowhere.
    one = tmp_path / "one"
    one.mkdir()
    text = "\n".join(file.read_text() for file in sorted(TUTORIAL.glob("[op]*.yaml")))
    (one / "all.yaml").write_text(text)
    done("plan", one, "-o", tmp_path / "out", "--as-of", TUTORIAL_AS_OF)
    assert contents(tmp_path / "out") == contents(made_tutorial)


def test_planning_again_into_the_same_folder_keeps_the_same_feeds(tutorial: Path) -> None:
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


def test_seconds_are_told_in_json_alone(tmp_path: Path) -> None:
    answer = done("plan", TUTORIAL, "-o", tmp_path / "out", "--as-of", TUTORIAL_AS_OF, "--json").json()
    assert list(levels(answer)) == ["musts", "points", "quality"]
    assert all(isinstance(level["seconds"], int | float) for level in answer["levels"])


def test_data_goes_to_stdout_and_talk_to_stderr(made_tutorial: Path) -> None:
    outcome = done("verify", made_tutorial, "--json")
    outcome.json()
    outcome = done("check", TUTORIAL, "--json")
    outcome.json()


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


def test_ctrl_c_writes_the_best_plan_so_far(tmp_path: Path) -> None:
    words = command_line(
        *("plan", ROOT / "scenarios" / "goteborg-2027", "-o", tmp_path / "out"),
        *("--as-of", "2026-12-01T09:00", "--time-limit", "120"),
    )
    code, seen = interrupted(words, PROGRESS, tmp_path)
    assert b"Traceback" not in seen
    assert code == 0, seen
    assert_valid(tmp_path / "out", {"feasible", "optimal"})


def test_ctrl_c_before_there_is_a_plan_leaves_nothing_behind(tmp_path: Path) -> None:
    stop = (
        "import os, signal, sys; sys.addaudithook(lambda event, given: event == 'open' and "
        "str(given[0]).endswith('operations.yaml') and os.kill(os.getpid(), signal.SIGINT)); "
    )
    scenario = ROOT / "scenarios" / "goteborg-2027"
    outcome = arshjul("plan", scenario, "-o", tmp_path / "out", "--as-of", "2026-12-01T09:00", prelude=stop)
    assert outcome.code != 0
    assert list(tmp_path.iterdir()) == []


def test_plan_without_as_of_takes_now(tmp_path: Path) -> None:
    # The tutorial's spring may lie ahead or behind: what is placed hangs on it, so nothing is said of that.
    done("plan", TUTORIAL, "-o", tmp_path / "out")
    plan = load(tmp_path / "out" / "plan.json")
    assert plan["status"] == "optimal"
    assert abs(time.time() - time.mktime(time.strptime(plan["as_of"][:10], "%Y-%m-%d"))) < 3 * 86400
