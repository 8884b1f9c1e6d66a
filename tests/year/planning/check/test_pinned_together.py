"""`check` tells pinned operations that cannot all be, with places and remedy: cases from the contract's rules."""

import re
from pathlib import Path

import pytest

from arshjul.year.formats.catalogues import words
from tests.year.planning.check.test_check import checked, places

TUESDAY, WEDNESDAY = "fixed: {date: 2027-03-16, shift: day}", "fixed: {date: 2027-03-17, shift: day}"
IN_APRIL = "fixed: {date: 2027-04-06, shift: day}"
KIND = "pinned-together"
ONE_TEAM = {"agencies": "[{id: miljo, name: Miljö, kind: municipal, teams: [{teams: 1}]}]"}
SHIFTS = (
    '[{id: day, name: Dag, start: "09:00", end: "15:00"}, {id: evening, name: Kväll, start: "16:00", end: "23:00"},'
    ' {id: early, name: Morgon, start: "06:00", end: "08:00"}]'
)
EVENING, MORNING = "fixed: {date: 2027-03-16, shift: evening}", "fixed: {date: 2027-03-17, shift: early}"
NO_LIMIT = {"rules": "{sector_spacing_days: 14}"}
UNITS = (
    "[{id: l, name: L, kind: local, areas: [city], officers: [{officers: 4, designated: 1}]},"
    " {id: m, name: M, kind: local, areas: [norra], officers: [{officers: 4, designated: 1}]}]"
)
FIVE = (
    "["
    + ", ".join(f"{{id: u{n}, name: U{n}, kind: local, areas: [city], officers: [{{officers: 3}}]}}" for n in range(5))
    + "]"
)
BOTH = UNITS.replace("[norra]", "[city]")

CASES = [
    # agency-teams: per agency and slot, teams do not exceed those available
    ([f"agencies: {{miljo: 1}}, {TUESDAY}", f"agencies: {{miljo: 1}}, {TUESDAY}"], ONE_TEAM, "AB"),
    ([f"agencies: {{miljo: 1}}, {TUESDAY}", f"agencies: {{miljo: 1}}, {TUESDAY}"], {}, ""),
    ([f"agencies: {{miljo: 1}}, {TUESDAY}", f"agencies: {{miljo: 1}}, {WEDNESDAY}"], ONE_TEAM, ""),
    # three of two teams: all three are named
    ([f"agencies: {{miljo: 1}}, {TUESDAY}"] * 3, NO_LIMIT, "ABC"),
    # police-officers: per unit and slot; another unit that may serve one of them is a way out
    ([f"officers: 3, {TUESDAY}", f"officers: 3, {TUESDAY}"], {"police": UNITS}, "AB"),
    ([f"officers: 2, {TUESDAY}", f"officers: 2, {TUESDAY}"], {"police": UNITS}, ""),
    ([f"officers: 3, {TUESDAY}", f"officers: 3, {TUESDAY}"], {"police": BOTH}, ""),
    ([f"officers: 3, {TUESDAY}"] * 3, {"police": BOTH, **NO_LIMIT}, "ABC"),
    ([f"officers: 3, police: [l], {TUESDAY}", f"officers: 3, police: [l], {TUESDAY}"], {"police": BOTH}, "AB"),
    (
        [f"officers: 3, police: [l], {TUESDAY}", f"officers: 1, {TUESDAY}", f"officers: 3, police: [l], {TUESDAY}"],
        {"police": BOTH, **NO_LIMIT},
        "AC",
    ),
    # of many ways to staff them not all are looked at, and nothing is said: here each has a unit of its own
    ([f"officers: 3, {TUESDAY}"] * 5, {"police": FIVE, **NO_LIMIT}, ""),
    # designated-officer: operations with `require` do not exceed the designated officers
    ([f"officers: 1, designated: require, {TUESDAY}"] * 2, {"police": UNITS}, "AB"),
    ([f"officers: 1, designated: prefer, {TUESDAY}"] * 2, {"police": UNITS}, ""),
    # daily-rest: a team is taken until its shift's end plus eleven hours
    (
        [f"agencies: {{miljo: 1}}, {EVENING}", f"agencies: {{miljo: 1}}, {MORNING}"],
        {**ONE_TEAM, "shifts": SHIFTS, "rules": "{daily_rest_hours: 11}"},
        "AB",
    ),
    (
        [f"agencies: {{miljo: 1}}, {TUESDAY}", f"agencies: {{miljo: 1}}, {WEDNESDAY}"],
        {**ONE_TEAM, "shifts": SHIFTS, "rules": "{daily_rest_hours: 11}"},
        "",
    ),
    # sector-spacing, which `no-room` does not tell once more
    ([f"sector: s, {TUESDAY}", f"sector: s, {WEDNESDAY}"], {}, "AB"),
    ([f"sector: s, {TUESDAY}", f"sector: s, spacing_days: 1, {WEDNESDAY}"], {}, ""),
    ([f"sector: s, {TUESDAY}", f"sector: s, {IN_APRIL}"], {}, ""),
    # apart, together
    ([f"not_same_day_as: [B], {TUESDAY}", TUESDAY], {}, "AB"),
    ([f"not_same_day_as: [B], {TUESDAY}", WEDNESDAY], {}, ""),
    ([TUESDAY, f"same_slot_as: A, {WEDNESDAY}"], {}, "AB"),
    ([TUESDAY, f"same_slot_as: A, {TUESDAY}"], {}, ""),
]


@pytest.mark.parametrize(("operations", "sections", "named"), CASES)
def test_pins_that_cannot_all_be(tmp_path: Path, operations: list[str], sections: dict[str, str], named: str) -> None:
    found = checked(tmp_path, *(f"id: {id}, {one}" for id, one in zip("ABCDE", operations, strict=False)), **sections)
    assert places(found, KIND) == ([f"operations[{'ABC'.index(named[-1])}].fixed"] if named else [])
    assert not places(found, "no-room") or not named
    for problem in (warning for warning in found.warnings if warning.kind == KIND):
        assert re.findall(r"\b([ABC]) \(", words("en").say(problem.text)) == list(named)


def test_it_is_said_with_both_places_the_reason_and_the_remedy(tmp_path: Path) -> None:
    two = [f"id: {id}, agencies: {{miljo: 1}}, {TUESDAY}" for id in "AB"]
    (one,) = (warning for warning in checked(tmp_path, *two, **ONE_TEAM).warnings if warning.kind == KIND)
    assert words("en").say(one.text) == (
        "A (Tuesday 16 March 2027, Dag) and B (Tuesday 16 March 2027, Dag) cannot all lie where they are pinned: "
        "Miljö would send 2 teams, has one. Pin one to another time, or offer more then, or let another party "
        "take one."
    )


def test_more_is_offered_as_advice_only_where_it_is_enough(tmp_path: Path) -> None:
    """Two of one sector on one date with one team: more teams do not help; nor does the day's rest say more of it."""
    two = [f"id: {id}, sector: s, agencies: {{miljo: 1}}, {TUESDAY}" for id in "AB"]
    sections = {**ONE_TEAM, "shifts": SHIFTS, "rules": "{sector_spacing_days: 14, daily_rest_hours: 11}"}
    (one,) = (warning for warning in checked(tmp_path, *two, **sections).warnings if warning.kind == KIND)
    said = words("en").say(one.text)
    assert "would send 2 teams" in said
    assert "A and B are 0 days apart" in said
    assert "offer more" not in said
    assert "daily rest" not in said
    assert said.endswith("Pin one to another time.")


def test_a_limit_that_pins_exceed_widens_no_window(tmp_path: Path) -> None:
    two = [f"id: {id}, {TUESDAY}" for id in "AB"]
    (over,) = (
        warning
        for warning in checked(tmp_path, *two, rules="{operations_per_day: 1}").warnings
        if warning.kind == "over-limit"
    )
    said = words("en").say(over.text)
    assert "Pin one to another time, or raise the limit" in said
    assert "Widen" not in said
