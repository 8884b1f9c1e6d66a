"""What `check` asks about though it could be planned: rows that say nothing, copies, odd limits and clock times."""

import re
from pathlib import Path

import pytest

from arshjul.year.formats.catalogues import words
from tests.year.planning.check.test_check import BASE_UNITS, checked, places

MILJO = "{id: miljo, name: Miljö, kind: municipal, teams: [%s]}"
SKATT = "{id: skatt, name: Skatt, kind: state, teams: [%s]}"

OLD = "from: 2026-03-05, to: 2026-03-06"
UNTIL = "police[1].officers[0].to"
APRIL = "from: 2027-04-05, to: 2027-04-09"


def told(folder: Path, *operations: str, **sections: str) -> list[tuple[str, str]]:
    """The kinds and paths of the warnings, without those of single operations that have few dates."""
    return [(warning.kind, warning.path) for warning in checked(folder, *operations, **sections).warnings]


def test_an_agency_that_offers_nothing_is_told_once_and_all_of_them_in_one_line(tmp_path: Path) -> None:
    for teams, expected in [
        ("", [("no-offer", "agencies[0]")]),
        ("{from: 2026-03-01, to: 2026-05-31, teams: 2}", [("no-offer", "agencies[0].teams[0]")]),
        ("{teams: 0}", [("no-offer", "agencies[0].teams[0]")]),
        ("{teams: 1}", []),
    ]:
        agencies = f"[{MILJO % teams}, {SKATT % '{teams: 1}'}]"
        asked = ("id: A, agencies: {miljo: 1}", "id: B, agencies: {miljo: 1, skatt: 1}", "id: C, agencies: {skatt: 1}")
        found = checked(tmp_path, *asked, agencies=agencies)
        assert [(warning.kind, warning.path) for warning in found.warnings] == expected
        assert all("2 insatser går inte att placera" in words("sv").say(warning.text) for warning in found.warnings)
        assert told(tmp_path, "id: A, agencies: {skatt: 1}", agencies=f"[{MILJO % ''}, {SKATT % '{teams: 1}'}]") == []
    both = ("id: A, agencies: {miljo: 1}", "id: B, agencies: {skatt: 1}, officers: 2")
    none = f"[{MILJO % ''}, {SKATT % ''}]"
    assert told(tmp_path, *both, agencies=none) == [("no-offer", "agencies")]
    units = "[{id: lpo, name: LPO, kind: local, areas: [city]}, {id: b, name: B, kind: border, areas: [city]}]"
    assert told(tmp_path, "id: A, officers: 2", "id: B, officers: 1", police=units) == [("no-offer", "police")]
    closed = "{closed: [{from: 2027-03-05, to: 2027-03-06}, {from: 2027-01-01, to: 2027-12-31}]}"
    assert told(tmp_path, "id: A, officers: 2", "id: B", calendar=closed) == [("all-closed", "calendar.closed[1]")]


def test_dates_of_another_year_are_asked_about(tmp_path: Path) -> None:
    for sections, path in [
        ({"calendar": "{closed: [{from: 2026-03-05, to: 2026-03-06}]}"}, "calendar.closed[0]"),
        ({"calendar": "{avoid: [{from: 2026-03-05, to: 2026-03-06}]}"}, "calendar.avoid[0]"),
        ({"cycle": "{meetings: [{id: m, name: M, dates: [2026-03-17]}]}"}, "cycle.meetings[0].dates"),
        ({"cycle": "{meetings: [{id: m, name: M, dates: [2027-04-07, 2026-03-17]}]}"}, "cycle.meetings[0].dates[1]"),
        (
            {"police": BASE_UNITS.replace("{officers: 9}", f"{{officers: 9}}, {{{OLD}, officers: 0}}")},
            "police[1].officers[1]",
        ),
        (
            {"police": BASE_UNITS.replace("{officers: 9}", "{officers: 9}, {from: 2072-03-05, officers: 0}")},
            "police[1].officers[1]",
        ),
        (
            {"police": BASE_UNITS.replace("{officers: 9}", "{officers: 9}, {to: 2026-03-05, officers: 0}")},
            "police[1].officers[1]",
        ),
    ]:
        assert told(tmp_path, "id: A", **sections) == [("outside-plan", path)]
    assert (
        told(
            tmp_path,
            "id: A",
            calendar="{closed: [{from: 2026-12-24, to: 2026-12-24}, {from: 2028-07-01, to: 2028-07-31}]}",
        )
        == []
    )
    for operation, sections, end in [
        ("window: {from: 2027-03-15, to: 2072-06-18}", {}, "operations[0].window.to"),
        ("window: {from: 2027-03-15, to: 2027-06-30}", {}, None),
        ("preferred: {from: 2027-03-15, to: 2028-03-18}", {}, "operations[0].preferred.to"),
        ("", {"calendar": "{closed: [{from: 2027-05-20, to: 2072-05-21}]}"}, "calendar.closed[0].to"),
        ("", {"calendar": "{closed: [{from: 2027-05-20, to: 2027-08-21}]}"}, None),
        ("", {"police": BASE_UNITS.replace("{officers: 9}", "{to: 2072-05-31, officers: 9}")}, UNTIL),
        ("", {"agencies": f"[{MILJO % '{teams: 1, from: 2027-03-01, to: 2027-12-31}'}]"}, None),
    ]:
        found = told(tmp_path, ", ".join(filter(None, ("id: A", operation))), **sections)
        assert [place for kind, place in found if kind == "outside-plan"] == [end] * (end is not None)
    for ends, given in [("to: 2026-03-02", "2 mars 2026"), ("from: 2072-03-02", "2 mars 2072")]:
        cycle = f"{{meetings: [{{id: m, name: M, every: {{weekday: mon, {ends}}}}}]}}"
        problems = checked(tmp_path, "id: A", cycle=cycle).warnings
        (text,) = (words("sv").say(problem.text) for problem in problems if problem.kind == "outside-plan")
        assert text.startswith(f"M: måndag {given}" if ends.startswith("to") else f"M: onsdag {given}")


def test_odd_rows_limits_and_shifts_are_asked_about(tmp_path: Path) -> None:
    for lines, is_told in [
        (f"{{teams: 2}}, {{{APRIL}, teams: 0, at_most: true}}, {{teams: 2}}", True),
        (f"{{teams: 2}}, {{{APRIL}, teams: 0}}, {{from: 2027-04-07, to: 2027-04-09, teams: 2}}", False),
        ("{teams: 2}, {teams: 2}", False),
    ]:
        assert (
            told(tmp_path, "id: A", agencies=f"[{MILJO % lines}]") == [("replaced", "agencies[0].teams[2]")] * is_told
        )
    for sections, path in [
        ({"rules": "{operations_per_week: 0}"}, "rules.operations_per_week"),
        ({"rules": "{operations_per_day: 0}"}, "rules.operations_per_day"),
        ({"agencies": f"[{MILJO[:-1]}, team_shifts_per_week: 0}}]" % "{teams: 2}"}, "agencies[0].team_shifts_per_week"),
        ({"rules": f"{{operations_per_day: 0, exceptions: [{{{APRIL}, operations_per_day: 2}}]}}"}, None),
        ({"rules": "{operations_per_week: 1}"}, None),
    ]:
        found = told(tmp_path, "id: A, agencies: {miljo: 1}", **sections)
        assert [place for kind, place in found if kind == "limit-of-none"] == [path] * (path is not None)
    for end, is_told in [("15:00", True), ("06:00", False), ("22:00", False)]:
        found = told(tmp_path, "id: A", shifts=f"[{{id: day, name: Kväll, start: '16:00', end: '{end}'}}]")
        assert found == [("long-shift", "shifts[0].end")] * is_told
    mail = "email: Post@stad.example, "
    agencies = f"[{MILJO % '{teams: 1}'}, {SKATT % '{teams: 1}'}]".replace("kind", mail + "kind", 1)
    assert told(tmp_path, "id: A", agencies=agencies) == []
    both = agencies.replace("kind: state", mail.lower() + "kind: state")
    assert told(tmp_path, "id: A", agencies=both) == [("shared-address", "agencies[1].email")]
    target = "[{id: T, name: Mål, from: 2027-03-01, to: 2027-05-31, at_least: 1, sectors: [krogar]}]"
    (problem,) = checked(tmp_path, "id: A", targets=target, names="{sector-0: Handel}").warnings
    assert words("sv").say(problem.text) == "Mål räknar krogar, men ingen insats har det. Kända: Handel och akc."


def test_an_operation_that_is_there_twice_is_told_once_and_not_where_it_is_meant(tmp_path: Path) -> None:
    same = "title: Krogar, sector: restaurang, window: {from: 2027-03-15, to: 2027-05-19}"
    rows = (
        f"id: A, {same}",
        f"id: B, {same}",
        f"id: C, {same}, priority: 1",
        f"id: D, {same}, repeat: {{times: 2, every_days: [7, 14]}}",
    )
    assert [one for one in told(tmp_path, *rows) if one[0] == "copy"] == [("copy", "operations[1]")]
    for more, paths in [("", ["operations[1]"]), (", spacing_days: 0", []), (", not_same_day_as: [X]", [])]:
        same = "title: Torg, sector: handel, window: {from: 2027-03-15, to: 2027-05-19}"
        equal = (*(f"id: {id}, {same}{more}" for id in "ABCD"), "id: X, title: Annat")
        copies = [warning for warning in checked(tmp_path, *equal).warnings if warning.kind == "copy"]
        assert [copy.path for copy in copies] == paths
        assert all("3 insatser, B till D, är kopior av A" in words("sv").say(copy.text) for copy in copies)


def test_a_pin_that_a_rule_forbids_is_told_with_the_rule(tmp_path: Path) -> None:
    found = checked(tmp_path, "id: A, fixed: {date: 2027-03-15, shift: day}")  # a Monday, which is closed
    (text,) = [words("sv").say(warning.text) for warning in found.warnings if warning.kind == "fixed"]
    assert text == "A förblir oplacerad, eftersom låsningen är otillåten: måndag 15 mars 2027 är stängt."


def test_a_standing_meeting_tells_which_closed_days_it_leaves_out_and_whom_it_comes_too_late_for(
    tmp_path: Path,
) -> None:
    cycle = """
  milestones: [{id: sheet, name: Blad, days_before: 14, at: weekly}]
  meetings: [{id: weekly, name: Veckomöte, every: {weekday: tue, at: "10:00"}, parties: [units]}]"""
    found = checked(tmp_path, "id: A, agencies: {miljo: 1}", cycle=cycle, calendar="{closed: [2027-03-09]}")
    said = {warning.kind: words("sv").say(warning.text) for warning in found.warnings}
    paths = {warning.kind: warning.path for warning in found.warnings}
    assert paths["closed-day"] == "cycle.meetings[0].every"
    assert said["closed-day"] == "Veckomöte hålls inte på stängda dagar: tisdag 9 mars 2027."
    assert paths["no-meeting"] == "cycle.milestones[0].at"
    assert "har inget Veckomöte i tid" in said["no-meeting"]


# `check` tells pinned operations that cannot all be, with places and remedy: cases from the contract's rules.


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
        "Miljö would send 2 teams, has 1. Pin one to another time, or offer more then, or let another party "
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
