"""What `plan` and `replan` tell on the terminal: figures with their meaning, and no line that nobody reads."""

import re
from pathlib import Path

from tests.acceptance.command import MARCH, TUTORIAL_AS_OF, done, write
from tests.acceptance.conftest import SHOOTING, TUTORIAL

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
    return [line for line in told.splitlines() if "Svårast att flytta" in line or "kan bara flyttas" in line]


def test_slots_of_a_few_operations_are_all_told(tmp_path: Path) -> None:
    (line,) = slot_lines(tmp_path, many(MOST_NAMED, 9))
    assert len(re.findall(r"OP-\d+ \(\d+\)", line)) == MOST_NAMED
    assert "insatser till" not in line


def test_slots_of_many_operations_are_told_in_short(tmp_path: Path) -> None:
    (line,) = slot_lines(tmp_path, many(30, 9))
    told = [int(n) for n in re.findall(r"OP-\d+ \((\d+)\)", line)]
    assert len(told) == MOST_NAMED
    assert told == sorted(told)
    assert "18 insatser till" in line
    assert len(line) < 400


def test_many_without_any_other_slot_are_told_in_short_and_are_on_the_page(tmp_path: Path) -> None:
    (line,) = slot_lines(tmp_path, many(15, 1))
    assert line.startswith("15 insatser kan bara flyttas om en annan också flyttas, alla finns i plan.html: ")
    assert len(re.findall(r"OP-\d+", line)) == MOST_NAMED
    page = (tmp_path / "plan" / "plan.html").read_text()
    weak = page[page.index('<section id="weak"') :].partition("</section>")[0]
    assert len(set(re.findall(r"OP-\d+", weak))) == 15


def test_levels_are_told_with_what_they_count_and_that_lower_is_better(tmp_path: Path) -> None:
    made = done("plan", TUTORIAL, "-o", tmp_path / "plan", "--as-of", TUTORIAL_AS_OF)
    assert "Lägre är bättre" in made.err
    assert "minuspoäng" in made.err
    seen = done("replan", tmp_path / "plan", "--withdrawals", SHOOTING, "--as-of", MARCH, "--options-only")
    assert seen.err.count("Lägre är bättre") == 1
    assert "Ändringar" in seen.err
