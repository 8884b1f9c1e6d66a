"""What a coordinator got wrong in a year's spreadsheet, and `check` passed over or told twenty times."""

from pathlib import Path

import pytest

from arshjul.formats.catalogues import words
from tests.planning.check.test_check import checked

MEET = "{meetings: [{id: m, name: Nätverksträff, dates: [%s], start: '13:00'}]}"
CALL = "[{id: H1, from: 2027-03-17, to: 2027-04-30, due: %s}]"
AREAS = "[{id: city, name: City}, {id: norra, name: Norra%s}]"


def said(folder: Path, kind: str, *operations: str, **sections: str) -> dict[str, str]:
    """What is said of each place, of one kind."""
    found = checked(folder, *(operations or ("id: A",)), **sections).warnings
    return {one.path: words("sv").say(one.text) for one in found if one.kind == kind}


def test_an_agency_without_a_row_that_is_only_voluntary(tmp_path: Path) -> None:
    agencies = "[{id: miljo, name: Miljö, kind: municipal, teams: [{teams: 9}]}, {id: skatt, name: Skatt, kind: state}]"
    asked = ("id: A, agencies: {miljo: 1}, optional_agencies: {skatt: 1}", "id: B, agencies: {miljo: 1}")
    told = said(tmp_path, "no-offer", *asked, agencies=agencies)
    assert list(told) == ["agencies[1]"]
    assert "kan inte delta där den är frivillig (antal insatser: 1)" in told["agencies[1]"]


@pytest.mark.parametrize("units", ["areas: [city]", "areas: [city, norra], on_request: true"])
def test_an_area_without_a_unit_is_told_once(tmp_path: Path, units: str) -> None:
    police = f"[{{id: lpo, name: LPO, kind: local, {units}, officers: [{{officers: 9}}]}}]"
    operations = [f"id: {id}, area: norra, officers: 2" for id in "ABCD"]
    found = checked(tmp_path, *operations, "id: E, area: norra, officers: 2, police: [lpo]", police=police).warnings
    told = [(one.kind, one.path) for one in found if one.kind in {"no-unit", "no-slot"}]
    assert told == [("no-unit", "areas[1]")]
    (text,) = [words("sv").say(one.text) for one in found if one.kind == "no-unit"]
    assert text.startswith("Ingen enhet bemannar Norra utan att insatsen anger den, och 4 där anger ingen")


@pytest.mark.parametrize(("due", "is_told"), [("2027-03-18", True), ("2027-03-17", True), ("2027-03-16", False)])
def test_an_answer_that_is_due_when_the_dates_have_begun(tmp_path: Path, due: str, is_told: bool) -> None:
    assert list(said(tmp_path, "late-call", calls=CALL % due)) == ["calls[0].due"] * is_told


def test_a_meeting_on_a_sunday(tmp_path: Path) -> None:
    told = said(tmp_path, "no-office-day", cycle=MEET % "2027-03-16, 2027-03-21")
    (where,) = told
    assert where == "cycle.meetings[0].dates[1]"
    assert told[where] == "Nätverksträff infaller söndag 21 mars 2027, som inte är någon arbetsdag. Stämmer det?"


@pytest.mark.parametrize(("first", "is_told"), [("2027-01-01", True), ("2027-03-20", False)])
def test_all_dates_to_be_avoided(tmp_path: Path, first: str, is_told: bool) -> None:
    calendar = f"{{avoid: [eves, {{from: {first}, to: 2027-12-31}}]}}"
    assert list(said(tmp_path, "avoids-all", calendar=calendar)) == ["calendar.avoid[1]"] * is_told


@pytest.mark.parametrize(("place", "is_told"), [("Torget, ring 031-390 06 00", True), ("Torget 12", False)])
def test_a_telephone_number_where_all_gather(tmp_path: Path, place: str, is_told: bool) -> None:
    areas = AREAS % f", meet: {{place: '{place}'}}"
    assert list(said(tmp_path, "meet-person", areas=areas)) == ["areas[1].meet.place"] * is_told
