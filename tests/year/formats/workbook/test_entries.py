"""What happens in a year, and objects to bind, in a workbook: the same as in YAML."""

from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from arshjul.errors import InputError
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.settings import Cycle, Milestone
from arshjul.year.folder.check import check
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.reading import read_entries, read_objects, read_scenario
from arshjul.year.formats.workbook.marked import marked_workbook
from arshjul.year.texts import Words
from tests.year.formats.workbook.books import RIGHT, SECRETS, Rows, book, data_of, saved

WITHDRAWALS: Rows = [
    ["Nr", "Rapporterad", "Enheter", "Från", "Till", "Tills vidare", "Pass", "Poliser kvar", "Orsak", "Slag", "Avser"],
    ["W-1", datetime(2027, 3, 1, 6, 30), "LPO City", "2027-03-01", "5 mars 2027", None, "Kväll", 1, "skjutning", None, None],
    ["W-2", "2027-03-02 07:00", "lpo", "v. 10", None, "ja", None, None, None, "avbokning", None],
    ["G-1", None, None, "2027-03-04", "2027-03-04", None, None, 2, None, "åter", "W-1"],
    [None, None, None, None, None, None, None, None, None, "kvarstår", "W-2"],
]  # fmt: skip
OUTCOMES: Rows = [
    ["Insats", "Rapporterad", "Resultat", "Poliser", "Lag", "Siffror", "Anteckning"],
    ["OP-1", None, "utan polis", 0, "miljo 1", "controls 4, persons 11", "ingen kom"],
]
CHANGES: Rows = [
    ["Insats", "Rapporterad", "Ändring", "Datum", "Pass", "Enhet", "Myndighet", "Från", "Till", "Veckodagar", "Antal", "Orsak", "Milstolpe"],
    ["OP-1", None, "låses", "2027-04-06", "Dag", "LPO City", None, None, None, None, None, None],
    ["OP-2", None, "ej datum", "2027-04-07, v. 20", None, None, "Skatteverket", None, None, None, None, "annat tillslag"],
    [None, None, "lag borta", None, "Dag", None, "miljo", "2027-06-01", "2027-06-30", "mån–ons", 1, "utbildning"],
    ["OP-1", None, "färre poliser", None, None, None, None, None, None, None, 1, None],
]  # fmt: skip
HELD = ["OP-1", None, "hölls", "2027-02-05", None, None, None, None, None, None, None, None, "nomination"]
NOT_HELD = ["OP-1", None, "hölls", "Hölls inte", None, None, None, None, None, None, None, None, "nomination"]
YAML = """
withdrawals:
  - {id: W-1, reported: "2027-03-01T06:30", police: [lpo], from: 2027-03-01, to: 2027-03-05, shifts: [evening], officers_left: 1, cause: skjutning}
  - {id: W-2, reported: "2027-03-02T07:00", police: [lpo], from: 2027-03-08, until_further_notice: true}
given_back: [{id: G-1, withdrawal: W-1, from: 2027-03-04, to: 2027-03-04, officers: 2}]
still: [{withdrawal: W-2}]
outcomes: [{operation: OP-1, result: without-police, officers: 0, teams: {miljo: 1}, figures: {controls: 4, persons: 11}, note: ingen kom}]
pinned: [{operation: OP-1, date: 2027-04-06, shift: day, police: lpo}]
not_on: [{operation: OP-2, agency: skatt, dates: [2027-04-07, {from: 2027-05-17, to: 2027-05-23}], cause: annat tillslag}]
agencies: [{agency: miljo, from: 2027-06-01, to: 2027-06-30, shifts: [day], weekdays: [mon, tue, wed], teams_left: 1, cause: utbildning}]
fewer_officers: [{operation: OP-1, officers: 1}]
held: [{operation: OP-1, milestone: nomination, date: 2027-02-05}, {operation: OP-1, milestone: nomination, date: not-held}]
"""
OBJECTS: Rows = [
    [
        "Insats",
        "Ref",
        "Namn",
        "Adress",
        "Id",
        "Bransch",
        "Område",
        "Prioritet",
        "Myndigheter",
        "Poliser",
        "Från",
        "Till",
    ],
    ["OP-1", "r", "Insatsens", None, None, None, None, None, None, None, None, None],
    [None, "r-1", "Gömda krogen", "Gränd 2", "O-17", "Restaurang", "City", 1, "skatt", 2, "v. 10", "v. 12"],
    [None, "r-2", "Gömda baren", None, "O-17", None, None, None, None, None, None, None],
    [None, None, None, None, "O-18", "fordon", "syd", None, None, None, None, None],
]
OBJECTS_YAML = """
objects:
  - {id: O-17, sector: restaurant, area: city, priority: 1, agencies: [skatt], officers: 2, window: {from: 2027-03-08, to: 2027-03-28},
     sites: [{ref: r-1, name: Gömda krogen, address: Gränd 2}, {ref: r-2, name: Gömda baren}]}
  - {id: O-18, sector: fordon, area: syd}
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Scenario:
    return read_scenario(saved(tmp_path, book(), "scenario.xlsx")).scenario


def test_entries_and_objects_of_a_workbook_are_those_of_yaml_and_given_twice_read_once(
    tmp_path: Path, scenario: Scenario
) -> None:
    scenario = replace(scenario, cycle=Cycle((Milestone("nomination", "Nominering", -56),)))
    path = saved(
        tmp_path, book({"Avbokningar": WITHDRAWALS, "Utfall": OUTCOMES, "Ändringar": [*CHANGES, HELD, NOT_HELD]})
    )
    (tmp_path / "all.yaml").write_text(YAML)
    assert read_entries([path], scenario) == read_entries([tmp_path / "all.yaml"], scenario)

    def entries(word: str) -> Entries:
        heads, (operation, reported, _, *rest) = CHANGES[:2]
        row = [operation, reported, word, *rest]
        return read_entries([saved(tmp_path, book({"Ändringar": [heads, row]}))], scenario)

    assert entries("fästs") == entries("låses") != Entries()
    path = saved(tmp_path, book({"Avbokningar": WITHDRAWALS}))
    assert read_entries([path, path], scenario) == read_entries([path], scenario)
    path = saved(tmp_path, book({"Objekt": OBJECTS}))
    (tmp_path / "objects.yaml").write_text(OBJECTS_YAML)
    assert read_objects(path, scenario).objects == read_objects(tmp_path / "objects.yaml", scenario).objects


def test_the_sector_of_an_object_one_letter_off_is_asked_about(tmp_path: Path, scenario: Scenario) -> None:
    odd = read_objects(saved(tmp_path, book({"Objekt": OBJECTS}, Objekt_F3="Restauranger")), scenario)
    (told,) = odd.odd_sectors(scenario)
    assert (told.sheet, told.cell, told.kind) == ("Objekt", "F3", "unknown-word")
    assert 'Did you mean "Restaurang"?' in Words("en").say(told.text)
    right = read_objects(saved(tmp_path, book({"Objekt": OBJECTS})), scenario)
    assert not [*right.odd_sectors(scenario)]
    withdrawn = {**RIGHT, "Objekt": OBJECTS, "Avbokningar": WITHDRAWALS}
    both = saved(tmp_path, book(withdrawn, Objekt_F3="Restauranger", Avbokningar_C2="okänd enhet"), "both.xlsx")
    with pytest.raises(InputError) as refused:
        check(both, lambda _: None)
    assert replace(told, file=both.name) in refused.value.warnings, "it is told beside what is wrong too"


def test_wrong_entries_are_told_with_sheet_and_cell(tmp_path: Path, scenario: Scenario) -> None:
    sheets = {"Avbokningar": WITHDRAWALS, "Utfall": OUTCOMES, "Ändringar": CHANGES}
    changed = {
        "Avbokningar_C2": "lpoo", "Avbokningar_D2": "3/4-27", "Avbokningar_K4": "W-9", "Avbokningar_F5": "ja",
        "Utfall_C2": "klar", "Ändringar_C3": "flyttas", "Ändringar_D2": "v. 14", "Ändringar_A5": None,
    }  # fmt: skip
    with pytest.raises(InputError) as caught:
        read_entries([saved(tmp_path, book(sheets, **changed))], scenario)
    assert [(problem.sheet, problem.cell, problem.kind) for problem in caught.value.problems] == [
        ("Avbokningar", "C2", "unknown-id"),
        ("Avbokningar", "D2", "bad-value"),
        ("Avbokningar", "K4", "unknown-id"),
        ("Avbokningar", "F5", "unknown-key"),
        ("Utfall", "C2", "bad-value"),
        ("Ändringar", "D2", "wrong-type"),
        ("Ändringar", "C3", "bad-value"),
        ("Ändringar", "A5", "missing-key"),
    ]


def test_wrong_objects_are_told_without_their_sites(tmp_path: Path, scenario: Scenario) -> None:
    path = saved(tmp_path, book({"Objekt": OBJECTS}, Objekt_G3="Cty", Objekt_F5=None))
    with pytest.raises(InputError) as caught:
        read_objects(path, scenario)
    assert [(problem.cell, problem.kind) for problem in caught.value.problems] == [
        ("G3", "unknown-id"),
        ("F5", "missing-key"),
    ]
    assert not any("Gömda" in str(problem.text) for problem in caught.value.problems)


def test_days_around_an_operation_are_told_by_their_headings(tmp_path: Path) -> None:
    heads = ["Id", "Namn", "Dagar före", "Dagar efter"]
    for row, text in ((["m", "M", 3, 4], 'Both "Dagar före" and "Dagar efter"'), (["m", "M"], "Dagar före")):
        with pytest.raises(InputError) as caught:
            read_scenario(saved(tmp_path, book({**RIGHT, "Milstolpar": [heads, row]})))
        (problem,) = caught.value.problems
        assert Words("en").say(problem.text).startswith(text)


def test_an_unknown_party_is_looked_for_on_both_sheets(tmp_path: Path) -> None:
    calls = [["Id", "Från", "Till", "Svar senast", "Parter"], ["H1", "2027-03-01", "2027-03-31", "2027-01-10", "kfm"]]
    with pytest.raises(InputError) as caught:
        read_scenario(saved(tmp_path, book({**RIGHT, "Förfrågningar": calls})))
    (problem,) = caught.value.problems
    assert "in the sheet Myndigheter and Enheter" in Words("en").say(problem.text)


# A marked workbook: the user's own values where they stood, what is wrong marked in its cell; put right, it is read.


WRONG: dict[str, Any] = {
    "Insatser_H2": "12/5-27",
    "Insatser_A3": None,
    "Lag_F2": "#N/A",
    "Regler_A6": "lead_time",
    "Objekt_A2": "OP-9",
}


def marked(folder: Path, made: Any) -> Any:
    """The marked workbook of one that is wrong, as another library reads it."""
    with pytest.raises(InputError) as caught:
        read_scenario(saved(folder, made))
    data = marked_workbook(data_of(made), caught.value.problems, caught.value.warnings, words("sv"))
    assert data == marked_workbook(data_of(made), caught.value.problems, caught.value.warnings, words("sv"))
    return openpyxl.load_workbook(BytesIO(data))


def test_wrong_cells_are_marked_with_their_remedy_where_they_stood_and_put_right_read(tmp_path: Path) -> None:
    made = marked(tmp_path, book(**WRONG))
    assert made.sheetnames == ["Fel", *RIGHT]
    for name in WRONG:
        sheet, _, cell = name.rpartition("_")
        spot = made[sheet][cell]
        assert spot.fill.fgColor.rgb == "FFFBE3E1", name
        assert spot.comment is not None
        assert len(spot.comment.text) > 10
    assert "2027-05-12" in made["Insatser"]["H2"].comment.text
    assert made["Insatser"]["B2"].fill.fgColor.rgb != "FFFBE3E1"
    listed = [[cell.value for cell in row] for row in made["Fel"].iter_rows(min_row=2)]
    assert [tuple(row[:4]) for row in listed] == [
        ("fel", "Insatser", "H2", "12/5-27"),
        ("fel", "Insatser", "A3", None),
        ("fel", "Objekt", "A2", "OP-9"),
        ("fel", "Lag", "F2", "#N/A"),
        ("fel", "Regler", "A6", "lead_time"),
    ]
    assert made["Fel"]["C2"].hyperlink.location == "'Insatser'!H2"
    assert not any(secret in str(row) for row in listed for secret in SECRETS)
    typed = book({**RIGHT, "Eget": [["a", 1.5, True], [None, "=1+1"]]}, **WRONG)
    typed["Eget"]["B2"].data_type = "s"
    typed["Insatser"]["R2"] = "min anteckning"
    made = marked(tmp_path, typed)
    for sheet in typed:
        for row in sheet.iter_rows():
            for cell in row:
                back = made[sheet.title][cell.coordinate].value
                assert (back.date() if hasattr(back, "date") else back) == cell.value, cell
    made = marked(tmp_path, book(**WRONG))
    right = book()
    for name in WRONG:
        sheet, _, cell = name.rpartition("_")
        made[sheet][cell] = right[sheet][cell].value
    assert read_scenario(saved(tmp_path, made)).scenario == read_scenario(saved(tmp_path, right)).scenario


def test_an_error_value_stays_an_error_until_it_is_mended(tmp_path: Path) -> None:
    made = marked(tmp_path, book(Lag_F2="#N/A"))
    with pytest.raises(InputError) as caught:
        read_scenario(saved(tmp_path, made))
    assert [(problem.cell, problem.kind) for problem in caught.value.problems] == [("F2", "error-value")]
