"""A workbook made by hand, through another library, is the scenario that its words mean."""

import os
import random
import re
import shutil
import subprocess
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import Workbook, load_workbook

from arshjul.errors import InputError
from arshjul.office.draft.import_year import import_year
from arshjul.office.store.store import make_store
from arshjul.year.domain.calendar import Avoided, Span
from arshjul.year.domain.operation import Operation, Site
from arshjul.year.domain.scenario import Scenario
from arshjul.year.folder.check import judged
from arshjul.year.formats.reading import read_entries, read_objects, read_scenario
from arshjul.year.formats.scenario.scenario_json import scenario_mapping
from arshjul.year.formats.workbook.writing import scenario_workbook, template
from tests import builders
from tests.year.formats.folders import RIGHT as RIGHT_FOLDER
from tests.year.formats.test_wrong import refused
from tests.year.formats.workbook.books import RIGHT, book, saved


def scenario(folder: Path, **changed: Any) -> Scenario:
    return read_scenario(saved(folder, book(**changed))).scenario


def operation(folder: Path, **changed: Any) -> Operation:
    return scenario(folder, **changed).operations["OP-1"]


def told(path: Path) -> list[tuple[str, str, str]]:
    """Sheet, cell and kind of each problem, in order."""
    return [(problem.sheet, problem.cell, problem.kind) for problem in refused(path)]


def test_a_workbook_by_hand_is_read(tmp_path: Path) -> None:
    read = scenario(tmp_path)
    one = read.operations["OP-1"]
    assert (read.name, read.span, read.calendar.country) == (
        "Staden 2027",
        Span(date(2027, 1, 1), date(2027, 12, 31)),
        "SE",
    )
    assert (one.sector, one.area, one.priority, one.must, one.officers) == ("restaurant", "city", 1, True, 2)
    assert (one.window, one.shifts) == (Span(date(2027, 2, 1), date(2027, 5, 31)), ("day", "evening"))
    assert (one.weekdays, one.nominated_on) == (frozenset({1, 2}), date(2026, 12, 1))
    assert (one.agencies, one.optional_agencies) == ({"miljo": 1}, {"skatt": 1})
    assert one.sites == (Site("2027-0012", "Hemliga krogen AB", "Smyggatan 1"),)
    two = read.operations["OP-2"]
    assert (two.priority, two.must, two.officers, two.window, two.shifts) == (2, False, 0, None, None)
    lines = read.police["lpo"].officers
    assert [line.officers for line in lines] == [4, 0]
    assert lines[1].when.shift == "day"
    assert read.calendar.closed == (Span(date(2027, 7, 12), date(2027, 8, 8)),)
    assert read.settings.given == {"lead_time_days": 42}


def test_kinds_of_days_stand_in_the_calendar_in_place_of_dates(tmp_path: Path) -> None:
    head = ["Från", "Till", "Gäller", "Slags dag", "Poäng"]
    rows: list[list[Any]] = [
        [None, None, "undvik", "helgaftnar", None],
        [None, None, None, "klämdagar", None],
        [date(2027, 9, 6), None, "undvik", None, 4],
    ]
    read = read_scenario(saved(tmp_path, book({**RIGHT, "Kalender": [head, *rows]}))).scenario.calendar
    monday = Span(date(2027, 9, 6), date(2027, 9, 6))
    assert (read.avoid, read.closed) == (("eves", Avoided(monday, 4)), ("bridge_days",))
    wrong: list[list[Any]] = [
        [None, None, "undvik", "helgaftnar", 3],
        [date(2027, 9, 6), None, None, "klämdagar", None],
        [None, None, "öppet", "helgaftnar", None],
    ]
    assert told(saved(tmp_path, book({**RIGHT, "Kalender": [head, *wrong]}))) == [
        ("Kalender", "E2", "unknown-key"), ("Kalender", "A3", "unknown-key"), ("Kalender", "D4", "wrong-type"),
    ]  # fmt: skip


def with_cells(column: str, given: Iterable[object]) -> Workbook:
    """A copy of the first operation for each of these, which stands in its cell of that column."""
    head, first, *others = RIGHT["Insatser"]
    copies = [[f"OP-{n}", *first[1:]] for n, _ in enumerate(given, 11)]
    made = book({**RIGHT, "Insatser": [head, first, *others, *copies]})
    for n, one in enumerate(given, len(others) + 3):
        made["Insatser"][f"{column}{n}"] = one
    return made


def cells(folder: Path, column: str, given: Collection[object]) -> list[Operation]:
    """What is read of each of these in a cell of that column."""
    return list(read_scenario(saved(folder, with_cells(column, given))).scenario.operations.values())[-len(given) :]


def test_dates_marks_and_numbers_are_read_as_people_write_them(tmp_path: Path) -> None:
    day, monday = date(2027, 5, 12), date(2027, 5, 10)
    dates: dict[object, date] = {
        **dict.fromkeys(("2027-05-12", "12 maj 2027", "12 May 2027"), day),
        **dict.fromkeys(("\u00a0v. 19 ", "v.19", "2027-W19"), monday),
        46519: day,  # a date whose cell lost its form
    }
    windows = [one.window for one in cells(tmp_path, "H", dates)]
    assert windows == [Span(first, date(2027, 5, 31)) for first in dates.values()]
    yes, no = ("ja", "Ja ", "x", "X", "1", 1, True, "yes"), ("nej", "0", 0, False, None, " ")
    assert [one.must for one in cells(tmp_path, "F", (*yes, *no))] == [True] * len(yes) + [False] * len(no)
    assert {one.officers for one in cells(tmp_path, "G", ("2", " 2 ", "\u00a02", 2.0))} == {2}
    assert scenario(tmp_path, Regler_C6="1\u00a0000").settings.given["lead_time_days"] == 1000


def test_a_week_is_its_monday_to_its_sunday(tmp_path: Path) -> None:
    week = Span(date(2027, 5, 10), date(2027, 5, 16))
    assert operation(tmp_path, Insatser_H2="v. 19", Insatser_I2="v. 19").window == week
    assert operation(tmp_path, Insatser_H2="v. 19", Insatser_I2=None).window == week
    whole_month = Span(date(2027, 5, 1), date(2027, 5, 31))
    assert operation(tmp_path, Insatser_H2="maj", Insatser_I2=None).window == whole_month
    assert operation(tmp_path, Insatser_H2="May", Insatser_I2="maj 2027").window == whole_month


def test_a_date_that_can_be_read_in_two_ways_is_refused(tmp_path: Path) -> None:
    given = ("12/5-27", "12/5", "12.5.2027", "5/12/2027", "27-05-12")
    problems = refused(saved(tmp_path, with_cells("H", given)))
    assert [(one.sheet, one.kind, one.path.partition(".")[2]) for one in problems] == [
        ("Insatser", "bad-value", "window.from")
    ] * len(given)
    for one, problem in zip(given, problems, strict=True):
        assert one in str(problem.text)
        assert "2027-05-12" in str(problem.text)


def test_english_headings_are_understood(tmp_path: Path) -> None:
    english = {
        "A1": "No",
        "B1": "Title",
        "C1": "Sector",
        "D1": "Area",
        "F1": "Must",
        "H1": "From",
        "I1": "To",
        "J1": "Shifts",
    }
    changed = {f"Insatser_{cell}": word for cell, word in english.items()}
    assert operation(tmp_path, **changed) == operation(tmp_path)


def test_operations_without_a_column_for_any_agency_are_warned_of_and_not_imported(tmp_path: Path) -> None:
    made = book()
    made["Insatser"].delete_cols(13, 2)
    path = saved(tmp_path, made)
    assert [(w.sheet, w.cell, w.kind) for w in read_scenario(path).warnings] == [("Insatser", "A1", "no-teams")]
    with pytest.raises(InputError) as error:
        import_year(
            path, partial(make_store, str(tmp_path / "y.db")), "kim", datetime(2026, 12, 1, tzinfo=UTC), lambda _: None
        )
    assert "--map" in str(error.value)
    assert not (tmp_path / "y.db").exists()


def test_a_sheet_of_dates_that_was_removed_is_missed(tmp_path: Path) -> None:
    made = load_workbook(BytesIO(template(builders.swedish())))
    del made["Milstolpar"]
    (told,) = read_scenario(saved(tmp_path, made)).warnings
    assert (told.kind, str(told.text)) == (
        "ignored-sheet",
        "The sheet ['Milstolpar'] is missing, with its dates: take it from the template if you need it.",
    )


def test_what_is_wrong_is_told_in_the_words_of_excel(tmp_path: Path) -> None:
    """Of sheets and rows, never of sections and keys."""
    made = book(Insatser_D2="Månen", Insatser_C3="Okänd", Poliser_A2="x")
    made["Regler"].delete_rows(3)
    found = {
        (problem.sheet, problem.cell): builders.swedish().say(problem.text)
        for problem in refused(saved(tmp_path, made))
    }
    assert found == {
        ("Insatser", "D2"): '"Månen" finns inte på bladet Områden: välj bland City, Syd.',
        ("Insatser", "C3"): '"Okänd" finns inte på bladet Ord: lägg till det, med eget id.',
        ("Poliser", "A2"): '"x" finns inte på bladet Enheter: välj bland LPO City.',
        ("Regler", "A1"): "Raden plan.from saknas: ta den från mallen.",
    }
    (missing,) = refused(saved(tmp_path, book({name: rows for name, rows in RIGHT.items() if name != "Regler"})))
    assert builders.swedish().say(missing.text) == "Bladet Regler saknas: ta det från mallen."


def test_a_workbook_without_the_sheets_that_are_asked_for_is_refused(tmp_path: Path) -> None:
    year = scenario(tmp_path)
    only = saved(tmp_path, book({"Insatser": RIGHT["Insatser"]}))
    for read in (lambda: read_entries([only], year), lambda: read_objects(only, year)):
        with pytest.raises(InputError) as error:
            read()
        assert [problem.kind for problem in error.value.problems] == ["missing-key"]


def test_unknown_columns_and_sheets_are_left_alone_and_said(tmp_path: Path) -> None:
    made = book({**RIGHT, "Egna tal": [["a", 1]]})
    made["Insatser"]["Q1"], made["Insatser"]["Q2"] = "Anteckning", "ring dem"
    read = read_scenario(saved(tmp_path, made))
    assert read.scenario == scenario(tmp_path)
    assert [(w.sheet, w.cell, w.kind) for w in read.warnings] == [
        ("Egna tal", "A1", "ignored-sheet"),
        ("Insatser", "Q1", "ignored-column"),
    ]


def test_a_heading_or_a_word_that_is_nearly_one_is_told_with_what_was_meant(tmp_path: Path) -> None:
    """`kmf` for `kfm` takes an agency out of every operation; a misspelt sector is one of its own."""
    for cell, given, meant in (
        ("N1", "sktat", "skatt"),
        ("M1", "Miljöförvaltnigen", "Miljöförvaltningen"),
        ("G1", "Polisr", "Poliser"),
    ):
        (warning,) = read_scenario(saved(tmp_path, book(RIGHT, **{f"Insatser_{cell}": given}))).warnings
        assert f"Did you mean {meant}?" in str(warning.text)
    (warning,) = read_scenario(saved(tmp_path, book(Insatser_C2="Restauranger"))).warnings
    assert 'Did you mean "Restaurang"?' in str(warning.text)


def test_all_errors_come_at_once_each_with_sheet_and_cell(tmp_path: Path) -> None:
    path = saved(tmp_path, book(
        Insatser_A3=None, Insatser_D2="Cty", Insatser_E2="brådskande", Insatser_G2=-1, Insatser_M2="många", Poliser_A2="lpoo",
        Poliser_F3=None, Pass_C2="9", Regler_C3="12/5-27", Objekt_A2="OP-9", Enheter_C2="statlig",
        Regler_A6="lead_time",
    ))  # fmt: skip
    assert told(path) == [
        ("Insatser", "D2", "unknown-id"),
        ("Insatser", "E2", "wrong-type"),
        ("Insatser", "G2", "bad-value"),
        ("Insatser", "M2", "wrong-type"),
        ("Insatser", "A3", "missing-key"),
        ("Objekt", "A2", "unknown-id"),
        ("Poliser", "A2", "unknown-id"),
        ("Poliser", "F3", "missing-key"),
        ("Enheter", "C2", "bad-value"),
        ("Pass", "C2", "bad-value"),
        ("Regler", "C3", "bad-value"),
        ("Regler", "A6", "unknown-key"),
    ]


def test_keys_and_doubts_are_called_what_the_book_calls_them(tmp_path: Path) -> None:
    made = book(Insatser_Q1="Återbesök efter", Insatser_Q2="OP-1", Insatser_C1="Sektor")
    with pytest.raises(InputError) as caught:
        read_scenario(saved(tmp_path, made))
    said = {
        problem.cell: builders.swedish().say(problem.text)
        for problem in (*caught.value.problems, *caught.value.warnings)
    }
    assert '"Återbesök efter"' in said["Q2"]
    assert said["C1"] == 'Kolumnen "Sektor" läses inte. Menade du Bransch?'
    assert "`" not in "".join(said.values())
    sheets = {**RIGHT, "Regler": [*RIGHT["Regler"], ["operations_per_week", None, 0]], "Lag": RIGHT["Lag"][:1]}
    checked = judged(read_scenario(saved(tmp_path, book(sheets))))
    doubts = {(warning.sheet, warning.cell): builders.swedish().say(warning.text) for warning in checked.warnings}
    assert doubts["Regler", "C7"].startswith('"Insatser per vecka, högst" är 0 och hindrar all placering')
    assert 'fyll i "Lag"' in doubts["Myndigheter", "A1"]
    assert len(doubts) == 2


# A workbook that other programs have opened and saved is still the same scenario; and none sees a formula in it.


ROOT = Path(__file__).parents[4]
TUTORIAL = ROOT / "scenarios" / "tutorial"
STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    " =",
    "'=",
    "=cmd|' /C calc'!A0",
    "{=",
    "http://",
    "mailto:",
    "internal:",
    "=HYPERLINK(",
)


def saved_by_libreoffice(folder: Path, book: Path) -> Path:
    out = folder / "office"
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx"]
    subprocess.run([*command, "--outdir", out, book], check=True, capture_output=True, timeout=240)
    return out / book.name


def saved_by_gnumeric(folder: Path, book: Path) -> Path:
    out = folder / "gnumeric.xlsx"
    subprocess.run(["ssconvert", book, out], check=True, capture_output=True, timeout=240)
    return out


PROGRAMS = {"soffice": saved_by_libreoffice, "ssconvert": saved_by_gnumeric}


@pytest.fixture(params=PROGRAMS)
def program(request: pytest.FixtureRequest) -> str:
    """A program that is there; where all must be, one that is not fails the tests."""
    name = str(request.param)
    if shutil.which(name) is None and not os.environ.get("ARSHJUL_REQUIRE_ALL"):
        pytest.skip(f"{name} is not installed: apt-get install libreoffice-calc-nogui gnumeric")
    return name


def hostile(scenario: Scenario, n: int, seed: int) -> Scenario:
    """The scenario with so many operations whose every text may be taken for a formula or a link."""
    draw = random.Random(seed)
    model = next(iter(scenario.operations.values()))

    def text() -> str:
        return draw.choice(STARTS) + "".join(draw.choices("ab1+*/()!$=\"'åß😀", k=draw.randint(0, 9)))

    def operation(number: int) -> Operation:
        site = Site(text(), text(), text())
        plain = Operation(f"OP-{number}", text(), model.programme, model.lead_agency, model.sector, model.area)
        return replace(plain, sites=(site,))

    unit, agency = next(iter(scenario.police.values())), next(iter(scenario.agencies.values()))
    return replace(
        scenario,
        operations={one.id: one for one in map(operation, range(n))},
        police={**scenario.police, unit.id: replace(unit, name=text(), contact=text())},
        agencies={**scenario.agencies, agency.id: replace(agency, name=text(), contact=text(), unit=text())},
        names={**scenario.names, model.sector: text()},
        targets=(),
    )


def formulas(data: bytes) -> Iterator[str]:
    """What in the sheets' XML is a formula."""
    with ZipFile(BytesIO(data)) as file:
        for name in file.namelist():
            if name.startswith("xl/worksheets/sheet"):
                yield from re.findall(r"<f[ >/]", file.read(name).decode())
            assert "externalLink" not in name


@pytest.mark.slow
@pytest.mark.parametrize(
    "folder",
    [RIGHT_FOLDER, ROOT / "scenarios" / "goteborg-2027"],
    ids=["right", "goteborg"],
)
def test_what_other_programs_save_is_the_same_scenario(tmp_path: Path, program: str, folder: Path) -> None:
    scenario = read_scenario(folder).scenario
    book = tmp_path / "book.xlsx"
    book.write_bytes(scenario_workbook(scenario))
    read = read_scenario(PROGRAMS[program](tmp_path, book)).scenario
    assert scenario_mapping(read) == scenario_mapping(scenario)


def test_no_text_becomes_a_formula() -> None:
    """Of 2,000 texts in titles, sites, names and contacts."""
    scenario = hostile(read_scenario(TUTORIAL).scenario, 500, 7)
    assert list(formulas(scenario_workbook(scenario))) == []


def test_no_text_becomes_a_formula_in_another_program(tmp_path: Path, program: str) -> None:
    scenario = hostile(read_scenario(TUTORIAL).scenario, 100, 8)
    book = tmp_path / "book.xlsx"
    book.write_bytes(scenario_workbook(scenario))
    saved = PROGRAMS[program](tmp_path, book)
    assert list(formulas(saved.read_bytes())) == []
    read = read_scenario(saved).scenario
    assert [operation.title for operation in read.operations.values()] == [
        " ".join(operation.title.split()) for operation in scenario.operations.values()
    ]
    written, found = (
        [_bare(operation.sites[0]) for operation in each.operations.values()] for each in (scenario, read)
    )
    assert found == written


def _bare(site: Site) -> tuple[str, ...]:
    """Its texts without the outer spaces, which one of the programs drops."""
    return tuple(text.strip() for text in (site.ref, site.name, site.address))
