"""What `check` says before any solving: contradictions, and one reckoning of offers with the page."""

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from arshjul.year.agenda.lenders import coverage
from arshjul.year.domain.operation import Site
from arshjul.year.domain.replan_context import ReplanContext
from arshjul.year.folder.check import Checked, judged
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.reading import read_scenario
from arshjul.year.planning.check.secret_places import SecretPlaces
from tests import builders, years

BASE = """\
plan: {name: Provstad 2027, from: 2027-03-01, to: 2027-05-31}
shifts: [{id: day, name: Dag, start: "09:00", end: "15:00"}]
areas: [{id: city, name: City}, {id: norra, name: Norra}]
police:
  - {id: lpo, name: LPO, kind: local, areas: [city, norra], officers: [{weekdays: [mon, tue, wed, thu], officers: 4}]}
  - {id: border, name: Gräns, kind: border, areas: [norra], officers: [{officers: 9}, {weekdays: [mon], officers: 12}]}
agencies: [{id: miljo, name: Miljö, kind: municipal, teams: [{teams: 2}]}]
rules: {sector_spacing_days: 14, operations_per_week: 2}
calendar: {closed_weekdays: [mon]}
"""
BASE_UNITS = (
    "["
    + ", ".join(line.strip(" -") for line in BASE.splitlines() if "kind: local" in line or "kind: border" in line)
    + "]"
)
WEEK = "window: {from: 2027-03-15, to: 2027-03-19}"
PIN = "fixed: {date: 2027-03-16, shift: day}"
TWO_OF_MILJO = f"agencies: {{miljo: 2}}, {WEEK}"
MILJO = "[{id: miljo, name: M, kind: state, teams: [{teams: 2}], team_shifts_per_week: 3}]"
TWO_THAT_DAY = "{from: 2027-03-16, to: 2027-03-16, operations_per_day: 2}"
FIVE_THAT_WEEK = "load_exceptions: [{from: 2027-03-17, to: 2027-03-17, team_shifts_per_week: 5}]"
DATED = "[{{id: miljo, name: M, kind: state, teams: [{{teams: 2}}, {{from: {}, to: {}, teams: 1, at_most: true}}]}}]"
UNIT = "[{id: l, name: L, kind: local, areas: [city], officers: [{officers: 4}], officer_shifts_per_month: 1}]"


def checked(folder: Path, *operations: str, **sections: str) -> Checked:
    """The scenario of such operations, with sections put in place of those of BASE."""
    whole = yaml.load(BASE, yaml.CSafeLoader)
    for name, text in sections.items():
        whole[name] = yaml.load(text, yaml.CSafeLoader)
    common = {"programme": "akc", "lead_agency": "miljo", "area": "city"}
    whole["operations"] = [
        {
            **common,
            "title": f"Insats {number}",
            "sector": f"sector-{number}",
            **yaml.load("{" + text + "}", yaml.CSafeLoader),
        }
        for number, text in enumerate(operations)
    ]
    (folder / "all.yaml").write_text(yaml.safe_dump(whole))
    return judged(read_scenario(folder))


def places(found: Checked, kind: str) -> list[str]:
    """The paths of the warnings of a kind."""
    return [warning.path for warning in found.warnings if warning.kind == kind]


def test_a_follow_up_without_room_or_tied_to_a_reserve_is_told(tmp_path: Path) -> None:
    for follow_up, is_told in [
        ("sector: sector-0, after: {operation: A, min_days: 1, max_days: 13}", True),
        ("sector: sector-0, after: {operation: A, min_days: 1, max_days: 14}", False),
        ("sector: sector-0, after: {operation: A, min_days: 1}", False),
        ("sector: sector-0, area: norra, after: {operation: A, min_days: 1, max_days: 1}", False),
        ("after: {operation: A, min_days: 1, max_days: 1}", False),
        ("sector: sector-0, after: {operation: A}, window: {from: 2027-03-02, to: 2027-03-15}", True),
        ("after: {operation: A, min_days: 80}, window: {from: 2027-03-02, to: 2027-05-15}", True),
    ]:
        found = checked(tmp_path, "id: A", f"id: B, {follow_up}")
        assert places(found, "no-room") == ["operations[1].after"] * is_told
    for operations, told in [
        (["id: A, reserve: true", "id: B, after: {operation: A}"], ["operations[1].after"]),
        (["id: A, reserve: true", "id: B, reserve: true, after: {operation: A}"], []),
        (["id: A, reserve: true", "id: B, same_slot_as: A"], ["operations[1].same_slot_as"]),
        (["id: A", "id: B, reserve: true, same_slot_as: A"], ["operations[1].same_slot_as"]),
        (["id: A", "id: B, same_slot_as: A", "id: C, after: {operation: A}"], []),
    ]:
        assert places(checked(tmp_path, *operations), "reserve") == told


@pytest.mark.parametrize(
    ("operations", "sections", "expected"),
    [
        ([f"id: A, {WEEK}", f"id: B, {WEEK}", f"id: C, {WEEK}"], {}, ["rules.operations_per_week"]),
        ([f"id: A, {WEEK}", f"id: B, {WEEK}", "id: C"], {}, []),
        ([f"id: A, {PIN}", f"id: B, {PIN}"], {"rules": "{operations_per_day: 1}"}, ["rules.operations_per_day"]),
        (
            [f"id: A, {PIN}", f"id: B, {PIN}"],
            {"rules": "{operations_per_area_per_day: 1}"},
            ["rules.operations_per_area_per_day"],
        ),
        ([f"id: A, {PIN}", f"id: B, {PIN}, same_slot_as: A"], {"rules": "{operations_per_area_per_day: 1}"}, []),
        ([f"id: A, {PIN}", f"id: B, {PIN}, area: norra"], {"rules": "{operations_per_area_per_day: 1}"}, []),
        (
            [f"id: A, {TWO_OF_MILJO}", f"id: B, {TWO_OF_MILJO}"],
            {"agencies": MILJO},
            ["agencies[0].team_shifts_per_week"],
        ),
        ([f"id: A, officers: 2, {WEEK}"], {"police": UNIT}, ["police[0].officer_shifts_per_month"]),
        ([f"id: A, officers: 2, officers_least: 1, {WEEK}"], {"police": UNIT}, []),
        ([f"id: A, {PIN}", f"id: B, {PIN}"], {"rules": f"{{operations_per_day: 1, exceptions: [{TWO_THAT_DAY}]}}"}, []),
        ([f"id: A, {WEEK}", f"id: B, {WEEK}", f"id: C, reserve: true, {WEEK}"], {}, []),
    ],
)
def test_more_than_a_limit_lets_in(
    tmp_path: Path, operations: list[str], sections: dict[str, str], expected: list[str]
) -> None:
    assert places(checked(tmp_path, *operations, **sections), "over-limit") == expected


def test_how_many_operations_a_unit_may_serve(tmp_path: Path) -> None:
    asked = BASE_UNITS.replace("kind: border", "kind: border, on_request: true")
    operations = (
        "id: A, officers: 1, area: norra",
        "id: B, officers: 1, area: norra, police: [lpo, border]",
        "id: C, officers: 1, police_also: {border: 1}",
        "id: D, area: norra",
    )
    for offers, n in ((BASE_UNITS, 3), (asked, 2)):
        found = checked(tmp_path, *operations, police=offers)
        assert [balance.may_serve for balance in found.balances] == [3, n, None]
        assert [one.get("may_serve") for one in found.balance] == [3, n, None]
        assert [line.split()[1] for line in found.lines(words("sv"))][1:3] == ["3", str(n)]


def test_more_officers_than_any_unit_ever_offers_or_lends_are_told(tmp_path: Path) -> None:
    found = checked(
        tmp_path, "id: A, officers: 5", "id: B, officers: 9, area: norra", "id: C, officers: 12, area: norra"
    )
    never = [warning for warning in found.warnings if warning.kind == "never-offered"]
    assert [(warning.path, warning.item) for warning in never] == [
        ("operations[0].officers", "A"),
        ("operations[2].officers", "C"),
    ]
    assert "erbjuder högst 4" in words("sv").say(never[0].text)
    found = checked(tmp_path, "id: A, officers: 9, officers_least: 4", "id: B, officers: 9, officers_least: 5")
    assert places(found, "never-offered") == ["operations[1].officers_least"]
    for officers, told in [(9, []), (10, ["operations[0].police_also.border"])]:
        found = checked(tmp_path, f"id: A, officers: 1, police_also: {{border: {officers}}}")
        assert places(found, "never-offered") == told
    for officers, told in [(1, []), (2, ["police[1].officer_shifts_per_month"])]:
        units = BASE_UNITS.replace("officers: 12}]", "officers: 12}], officer_shifts_per_month: 1")
        march = "window: {from: 2027-03-02, to: 2027-03-30}"
        found = checked(tmp_path, f"id: A, officers: 1, {march}, police_also: {{border: {officers}}}", police=units)
        assert places(found, "over-limit") == told
        assert {b.party: b.asked for b in found.balances}["border"] == officers


def test_offers_are_reckoned_as_on_the_page_with_the_exceptions_of_a_week(tmp_path: Path) -> None:
    found = checked(tmp_path, "id: A", agencies=MILJO)
    plan = builders.plan(found.scenario, ())
    context = ReplanContext.of(found.scenario)
    shown = coverage(context, plan)
    on_page = [*shown.police, *shown.agencies]
    assert [balance.offered for balance in found.balances] == [lender.total.offered for lender in on_page]
    by_month = [[use.offered for use in lender.by_month] for lender in on_page]
    assert [list(balance.supply.values()) for balance in found.balances] == by_month
    raised = f"{MILJO[:-2]}, {FIVE_THAT_WEEK}}}]"
    usual, more = (checked(tmp_path, "id: A", agencies=miljo).balances[-1] for miljo in (MILJO, raised))
    assert more.offered - usual.offered == 2


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("at_least: 2", []),
        ("at_least: 3", ["targets[0].at_least"]),  # one is a reserve
        ("at_least: 2, areas: [norra]", ["targets[0].at_least"]),
        ("at_least: 2, sectors: [sector-0, sector-1]", []),
        ("at_least: 1, sectors: [krog]", ["targets[0].at_least"]),
        ("at_least: 1, programmes: [gvi]", ["targets[0].at_least"]),
        ("at_least: 1, from: 2027-03-16, to: 2027-03-16", []),
        ("at_least: 2, from: 2027-03-17, to: 2027-05-31", ["targets[0].at_least"]),  # B is pinned to the day before
        ("at_least: 0, sectors: [krog]", []),
    ],
)
def test_a_target_that_cannot_be_reached(tmp_path: Path, target: str, told: list[str]) -> None:
    dates = "" if "from" in target else "from: 2027-03-01, to: 2027-05-31, "
    targets = f"[{{id: T, name: Krogar, {dates}{target}}}]"
    found = checked(tmp_path, "id: A", f"id: B, area: norra, {PIN}", "id: C, reserve: true", targets=targets)
    assert places(found, "out-of-reach") == told


def test_what_can_never_be_placed_is_told_a_reserve_too(tmp_path: Path) -> None:
    for days, is_told in [(3, False), (4, True)]:
        # Never more than three dates in a row are open: Friday to Sunday.
        calendar = "{closed_weekdays: [mon, thu]}"
        found = checked(tmp_path, "id: A, officers: 0", f"id: B, officers: 0, days: {days}", calendar=calendar)
        assert places(found, "no-slot") == ["operations[1]"] * is_told
        told = [words("en").say(warning.text) for warning in found.warnings if warning.kind == "no-slot"]
        assert all("B can never be placed: the date is closed" in text for text in told)
    for operation, told in [("id: R", []), ("id: R, not_on: [{from: 2027-01-01, to: 2027-12-31}]", ["operations[0]"])]:
        found = checked(tmp_path, f"{operation}, reserve: true")
        assert places(found, "no-slot") == told
        assert not [warning for warning in found.warnings if "may not serve" in str(warning.text)]


@pytest.mark.parametrize(
    ("place", "is_told"),
    [
        ("Gatan 4", True),
        ("Gatan 4, Borås", True),
        ("Gatan  4 (entrén)", True),
        ("vid KROGEN", True),
        ("Gatan 41", False),
        ("Krogensgatan 1", False),
        ("Polishuset, entrén", False),
    ],
)
def test_a_site_is_no_place_to_meet_at(tmp_path: Path, place: str, is_told: bool) -> None:
    sites = "sites: [{ref: s1, name: Krogen, address: 'Gatan 4, 111 11 Borås'}]"
    found = checked(tmp_path, f"id: A, meet: {{place: '{place}'}}", f"id: B, {sites}")
    assert places(found, "secret-place") == ["operations[0].meet.place"] * is_told
    assert not [warning for warning in found.warnings if "Krogen" in str(warning.text) or "Gatan" in str(warning.text)]


def test_nor_is_it_where_an_area_or_a_meeting_gathers(tmp_path: Path) -> None:
    found = checked(
        tmp_path,
        "id: A, sites: [{ref: s1, name: Krogen, address: Gatan 4}]",
        areas="[{id: city, name: City, meet: {place: Gatan 4}}, {id: norra, name: Norra}]",
        cycle="{meetings: [{id: m, name: M, dates: [2027-03-17], meet: {place: Krogen}}]}",
    )
    assert places(found, "secret-place") == ["areas[0].meet.place", "cycle.meetings[0].meet.place"]


def test_a_time_to_meet_that_no_shift_says_or_that_comes_after_its_beginning(tmp_path: Path) -> None:
    early = "meet: {place: Torget, at: '08:30'}"
    found = checked(
        tmp_path,
        "id: A",
        "id: B, meet: {place: Torget, at: '19:30'}, shifts: [day]",
        "id: C, meet: {place: Torget, at: '19:30'}, shifts: [night]",
        "id: D, area: norra, shifts: [day]",
        areas=f"[{{id: city, name: City, {early}}}, {{id: norra, name: Norra, {early}}}]",
        shifts="[{id: day, name: Dag, start: '09:00', end: '15:00'},"
        "{id: night, name: Kväll, start: '17:00', end: '23:00'}]",
    )
    told = {warning.path: words("sv").say(warning.text) for warning in found.warnings if warning.kind == "meet-time"}
    assert list(told) == ["areas[0].meet.at", "operations[1].meet.at"]
    assert told["areas[0].meet.at"].startswith("City samlas 08:30, mer än 3 timmar från början av Kväll 17:00,")
    assert told["operations[1].meet.at"].startswith("B samlas 19:30, mer än 3 timmar från början av Dag 09:00,")
    found = checked(
        tmp_path,
        "id: A, meet: {place: Torget, at: '09:30'}, shifts: [day]",
        "id: B, meet: {place: Torget, at: '09:00'}, shifts: [day]",
        "id: C, meet: {place: Torget, at: '00:30'}, shifts: [night]",
        "id: D, area: norra, shifts: [day]",
        areas="[{id: city, name: City}, {id: norra, name: Norra, meet: {place: Torget, at: '10:00'}}]",
        shifts="[{id: day, name: Dag, start: '09:00', end: '15:00'},"
        "{id: night, name: Natt, start: '23:00', end: '03:00'}]",
    )
    told = {warning.path: words("sv").say(warning.text) for warning in found.warnings if warning.kind == "meet-late"}
    assert list(told) == ["operations[0].meet.at", "operations[2].meet.at", "areas[1].meet.at"]
    assert told["operations[0].meet.at"] == (
        "A samlas 09:30, efter att Dag 09:00 har börjat: samlas tidigare, eller börja passet senare."
    )


def test_nor_is_it_named_in_a_title_or_in_mails(tmp_path: Path) -> None:
    found = checked(
        tmp_path,
        "id: A, title: Tillsyn på Krogen, sites: [{ref: s1, name: Krogen}]",
        mail="{closing: 'Vi ses på krogen!', greeting: Hej}",
    )
    assert places(found, "secret-place") == ["operations[0].title", "mail.closing"]


@pytest.mark.parametrize(
    ("operation", "sections", "expected"),
    [
        ("window: {from: 2026-03-15, to: 2027-03-19}", {}, ["operations[0].window"]),
        ("preferred: {from: 2026-03-15, to: 2026-03-19}", {}, ["operations[0].preferred"]),
        ("not_on: [2027-03-16, 2026-03-17]", {}, []),
        ("window: {from: 2027-03-15, to: 2027-03-19}, nominated_on: 2026-11-01", {}, []),
        ("", {"agencies": DATED.format("2026-04-01", "2026-04-30")}, ["agencies[0].teams[1]"]),
        ("", {"agencies": DATED.format("2026-12-01", "2027-03-01")}, []),  # reaches into the plan
        ("", {"agencies": DATED.format("2027-05-31", "2027-06-30")}, []),
    ],
)
def test_a_date_of_another_year_is_asked_about(
    tmp_path: Path, operation: str, sections: dict[str, str], expected: list[str]
) -> None:
    found = checked(tmp_path, ", ".join(filter(None, ("id: A", operation))), **sections)
    assert places(found, "outside-plan") == expected


SHEET = "{sections: [G, I]}"
DUE = "{milestones: [{id: info, name: I, days_before: 28, counts_as: information-sheet}]}"
WITH_PEOPLE = MILJO.replace("kind: state", "kind: state, writes_people: true")


@pytest.mark.parametrize(
    ("sections", "kinds"),
    [
        ({"sheet": SHEET, "cycle": DUE}, ["nobody-writes"]),
        ({"sheet": SHEET, "agencies": WITH_PEOPLE}, ["never-due"]),
        ({"sheet": SHEET, "agencies": WITH_PEOPLE, "cycle": DUE}, []),
        ({"sheet": "{sections: [G]}", "cycle": DUE}, []),
        ({}, []),
    ],
)
def test_sections_that_nobody_would_write_or_that_are_never_due_are_told(
    tmp_path: Path, sections: dict[str, str], kinds: list[str]
) -> None:
    found = checked(tmp_path, f"id: A, officers: 2, {WEEK}", **sections)
    about = {warning.kind: warning.path for warning in found.warnings if warning.kind in ("nobody-writes", "never-due")}
    assert about == dict.fromkeys(kinds, "sheet.sections")


# What a coordinator got wrong in a year's spreadsheet, and `check` passed over or told twenty times.


MEET = "{meetings: [{id: m, name: Nätverksträff, dates: [%s], start: '13:00'}]}"
CALL = "[{id: H1, from: 2027-03-17, to: 2027-04-30, due: %s}]"
AREAS = "[{id: city, name: City}, {id: norra, name: Norra%s}]"


def said(folder: Path, kind: str, *operations: str, **sections: str) -> dict[str, str]:
    """What is said of each place, of one kind."""
    problems = checked(folder, *(operations or ("id: A",)), **sections).warnings
    return {problem.path: words("sv").say(problem.text) for problem in problems if problem.kind == kind}


def test_who_offers_nothing_is_told_once(tmp_path: Path) -> None:
    agencies = "[{id: miljo, name: Miljö, kind: municipal, teams: [{teams: 9}]}, {id: skatt, name: Skatt, kind: state}]"
    asked = ("id: A, agencies: {miljo: 1}, optional_agencies: {skatt: 1}", "id: B, agencies: {miljo: 1}")
    told = said(tmp_path, "no-offer", *asked, agencies=agencies)
    assert list(told) == ["agencies[1]"]
    assert "kan inte delta där den önskas (antal insatser: 1)" in told["agencies[1]"]
    for units in ["areas: [city]", "areas: [city, norra], on_request: true"]:
        police = f"[{{id: lpo, name: LPO, kind: local, {units}, officers: [{{officers: 9}}]}}]"
        operations = [f"id: {id}, area: norra, officers: 2" for id in "ABCD"]
        problems = checked(
            tmp_path, *operations, "id: E, area: norra, officers: 2, police: [lpo]", police=police
        ).warnings
        kinds = [(problem.kind, problem.path) for problem in problems if problem.kind in {"no-unit", "no-slot"}]
        assert kinds == [("no-unit", "areas[1]")]
        (text,) = [words("sv").say(problem.text) for problem in problems if problem.kind == "no-unit"]
        assert text.startswith("Ingen enhet bemannar Norra, och insatser där anger ingen (4)")


def test_dates_of_calls_meetings_and_the_calendar_that_cannot_be_meant_are_asked_about(tmp_path: Path) -> None:
    for due, is_told in [("2027-03-18", True), ("2027-03-17", True), ("2027-03-16", False)]:
        assert list(said(tmp_path, "late-call", calls=CALL % due)) == ["calls[0].due"] * is_told
    told = said(tmp_path, "no-office-day", cycle=MEET % "2027-03-16, 2027-03-21")
    (where,) = told
    assert where == "cycle.meetings[0].dates[1]"
    assert told[where] == "Nätverksträff infaller söndag 21 mars 2027, en ledig dag. Stämmer det?"
    for first, is_told in [("2027-01-01", True), ("2027-03-20", False)]:
        calendar = f"{{avoid: [eves, {{from: {first}, to: 2027-12-31}}]}}"
        assert list(said(tmp_path, "avoids-all", calendar=calendar)) == ["calendar.avoid[1]"] * is_told
    for place, is_told in [("Torget, ring 031-390 06 00", True), ("Torget 12", False)]:
        areas = AREAS % f", meet: {{place: '{place}'}}"
        assert list(said(tmp_path, "meet-person", areas=areas)) == ["areas[1].meet.place"] * is_told


# What of a site's name and address is looked for in texts.


def places_secret_places(name: str, address: str) -> SecretPlaces:
    """Of a year with that site alone, in sector `restaurang`, area `city`."""
    year = years.scenario()
    sites = (Site("S1", name, address),)
    operations = {id: replace(one, sector="restaurang", sites=()) for id, one in year.operations.items()}
    first = next(iter(operations))
    operations[first] = replace(operations[first], sites=sites)
    return SecretPlaces(replace(year, operations=operations, objects={}, names={"restaurang": "Krogar"}))


def test_a_site_is_known_as_people_say_it_and_ordinary_words_are_no_secrets() -> None:
    for name, address, text in [
        ("Kanariekrogen", "Borås", "Möte i Borås"),
        ("Restaurang", "Centrum", "restaurang i centrum"),
        ("Krogar", "Avenyn 1", "Krogar på Avenyn"),
        ("City", "Avenyn 1", "city"),
    ]:
        assert not places_secret_places(name, address).are_in(text)
    for text in ["vid kanariekrogen", "Avenyn 12", "bakom AVENYN  12, 2 tr"]:
        assert places_secret_places("Kanariekrogen", "Avenyn 12, Borås").are_in(text)
    for text, is_told in [
        ("Samling vid Glada Mastens Krog", True),
        ("utanför glada mastens krogs entré", True),
        ("Glada Mastens Krog AB", True),
        ("Avenyn 12 A", True),
        ("Avenyn 12a", True),
        ("Avenyn 120", False),
        ("Glada krogar", False),
        ("en AB-krog", False),
    ]:
        for end in ("AB", "Aktiebolag", "Enskild firma", ""):
            assert places_secret_places(f"Glada Mastens Krog {end}", "Avenyn 12A, 2 tr").are_in(text) is is_told
    assert places_secret_places("AB", "").are_in("hos AB")
