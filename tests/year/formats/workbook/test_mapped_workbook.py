"""Somebody's own spreadsheet: its columns are recognised, the mapping is kept, and mistakes are told in its own cells."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from arshjul.errors import InputError, Problem
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.operation import Site
from arshjul.year.folder.workbook import mapped_scenario, propose_mapping
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.mapped_workbook.reading import MappedScenario
from arshjul.year.formats.mapped_workbook.sheets import read_map
from tests.year.formats.workbook.books import saved

TUTORIAL = Path(__file__).parents[4] / "scenarios" / "tutorial"
HEADINGS = [
    "Löpnr", "Vad ska göras", "Verksamhet", "Stadsdel", "Polis", "Tidigast", "Senast", "Skift", "Miljöförvaltningen",
    "skatteverket", "Objekt", "Adress", "Kommentar",
]  # fmt: skip
ROWS: list[list[Any]] = [
    ["OP-1", "Lunchställen", "Restaurang", "Centrum", 2, date(2027, 2, 1), date(2027, 4, 30), "Dag", 1, "x", "Krogen Ett\nKrogen Två", "Gatan 1\nGatan 2", "viktig"],
    ["OP-2", "Verkstäder", "Fordon och verkstad", "hamnen", 4, "v. 9", None, "Dag, Kväll", 1, None, "Verkstan", None, None],
    [None, None, None, None, None, None, None, None, None, None, "Bilhuset", "Kajen 3", None],
    ["OP-2", None, None, None, None, None, None, None, None, None, "Lacken", None, None],
    ["OP-3", "Städbolag", "Städ", "Centrum", 2, None, None, None, "(1)", 1, None, None, "utan objekt"],
]  # fmt: skip
SECRETS = ("Krogen", "Gatan", "Verkstan", "Bilhuset", "Kajen", "Lacken")


def hers(folder: Path, headings: list[str] | None = None, rows: list[list[Any]] | None = None, **changed: Any) -> Path:
    """Her workbook: a title, headings in row 3, a sheet of notes; `changed` are cells by name."""
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = "Planering 2027"
    for row in [["Insatser våren"], [], headings or HEADINGS, *(rows or ROWS)]:
        sheet.append(row)
    for cell, value in changed.items():
        sheet[cell] = value
    made.create_sheet("Anteckningar").append(["ring LPO"])
    return saved(folder, made, "hers.xlsx")


def proposed(folder: Path, **changed: Any) -> tuple[Path, Path]:
    book, file = hers(folder, **changed), folder / "map.yaml"
    propose_mapping(book, file, TUTORIAL, lambda _: None)
    return book, file


def refused(book: Path, file: Path) -> list[tuple[str, str, int | None, str]]:
    with pytest.raises(InputError) as error:
        mapped_scenario(book, file, lambda _: None)
    assert not [secret for secret in SECRETS if secret in str([problem.text for problem in error.value.problems])]
    return [(problem.kind, problem.sheet, problem.line, problem.cell) for problem in error.value.problems]


def test_her_columns_are_recognised(tmp_path: Path) -> None:
    _, file = proposed(tmp_path)
    (sheet,) = read_map(file).map.sheets
    assert (sheet.sheet, sheet.holds) == ("Planering 2027", "Insatser")
    assert sheet.columns == {
        "Löpnr": "Nr", "Vad ska göras": "Titel", "Verksamhet": "Bransch", "Stadsdel": "Område", "Polis": "Poliser",
        "Tidigast": "Från", "Senast": "Till", "Skift": "Pass", "Miljöförvaltningen": "Lag: miljo",
        "skatteverket": "Lag: skatteverket", "Objekt": "Objekt: Namn", "Adress": "Objekt: Adress",
    }  # fmt: skip
    assert sheet.always == {"Program": "akc", "Ansvarig": "miljo"}
    assert sheet.ignored == ["Kommentar"]
    assert not [secret for secret in SECRETS if secret in file.read_text()]


def test_a_column_is_recognised_by_what_stands_in_it(tmp_path: Path) -> None:
    odd = [
        f"K{n}" if heading in {"Löpnr", "Stadsdel", "Skift", "Tidigast"} else heading
        for n, heading in enumerate(HEADINGS)
    ]
    rows = [["OP-1", *ROWS[0][1:5], date(2027, 2, 1), *ROWS[0][6:]], ["OP-2", *ROWS[1][1:5], "v. 9 2027", *ROWS[1][6:]]]
    _, file = proposed(tmp_path, headings=odd, rows=rows)
    (sheet,) = read_map(file).map.sheets
    assert {heading: sheet.columns.get(heading) for heading in ("K0", "K3", "K5", "K7")} == {
        "K0": "Nr", "K3": "Område", "K5": "Från", "K7": "Pass",
    }  # fmt: skip


def test_what_she_lacks_is_said(tmp_path: Path) -> None:
    headings = ["Löpnr", "Kommentar", "Stadsdel", "Polis"]
    book = hers(tmp_path, headings, [["OP-1", "a", "Centrum", 2], ["OP-2", "b", "Hamnen", 2]])
    proposal = propose_mapping(book, tmp_path / "map.yaml", TUTORIAL, lambda _: None)
    assert proposal.missing == ("Titel", "Bransch")
    told = (tmp_path / "map.yaml").read_text()
    assert '# "…": "Titel"' in told
    assert '      # "Bransch": "…"' in told.partition("always:")[2], "what is the same in each row is written so"
    assert "Titel" not in told.partition("always:")[2]
    (tmp_path / "map.yaml").write_text(told.replace('# "Lag: miljo": 1', '"Lag: miljo": 1'))
    with pytest.raises(InputError) as refusal:
        mapped_scenario(book, tmp_path / "map.yaml", lambda _: None)
    (said,) = (
        words("sv").say(problem.text)
        for problem in refusal.value.problems
        if "Bransch" in words("sv").say(problem.text)
    )
    assert 'skriv "Bransch": "…" under always' in said
    with pytest.raises(InputError) as error:
        propose_mapping(book, tmp_path / "other.yaml", None, lambda _: None)
    assert "--rest" in str(error.value)
    with pytest.raises(InputError):
        propose_mapping(hers(tmp_path, ["a", "b"], [[1, 2]]), tmp_path / "other.yaml", TUTORIAL, lambda _: None)
    assert not (tmp_path / "other.yaml").exists()


def test_who_takes_part_is_asked_for_where_no_column_says_it(tmp_path: Path) -> None:
    """A year without agencies is never imported in silence."""
    headings, rows = [HEADINGS[n] for n in (0, 1, 2, 3, 4)], [row[:5] for row in ROWS if row[1]]
    book, file = hers(tmp_path, headings, rows), tmp_path / "map.yaml"
    proposal = propose_mapping(book, file, TUTORIAL, lambda _: None)
    assert proposal.no_teams is not None
    assert proposal.teams[0] == "Lag: miljo"
    assert '# "…": "Lag: miljo"' in file.read_text()
    assert [(kind, line) for kind, _, line, _ in refused(book, file)] == [("missing-key", 8)]
    file.write_text(file.read_text().replace('      "Ansvarig"', '      "Lag: miljo": 1\n      "Ansvarig"'))
    operations = mapped_scenario(book, file, lambda _: None).scenario.operations.values()
    assert [operation.agencies for operation in operations] == [{"miljo": 1}] * 3


def test_a_cell_may_list_all_who_take_part(tmp_path: Path) -> None:
    headings = [*HEADINGS[:5], "Vilka"]
    named = ["Miljöförvaltningen, Skatteverket 2", "skatteverket", "miljo; Skatteverket"]
    rows = [[*row[:5], who] for row, who in zip([row for row in ROWS if row[1]], named, strict=True)]
    book, file = proposed(tmp_path, headings=headings, rows=rows)
    (sheet,) = read_map(file).map.sheets
    assert sheet.columns["Vilka"] == "Lag"
    assert refused(book, file) == [("lead-absent", "", 8, "")], "Miljö leads OP-2, and is not in its cell"
    file.write_text(file.read_text() + "    leads_only: [miljo]\n")
    operations = mapped_scenario(book, file, lambda _: None).scenario.operations.values()
    both = {"miljo": 1, "skatteverket": 1}
    assert [operation.agencies for operation in operations] == [
        {"miljo": 1, "skatteverket": 2},
        {"skatteverket": 1},
        both,
    ]
    hers(tmp_path, headings, rows, F4="Miljöförvaltningen 2, (Skatteverket)", F6="miljo, Skatteverket (2)")
    read = mapped_scenario(book, file, lambda _: None).scenario.operations.values()
    assert [operation.agencies for operation in read] == [{"miljo": 2}, {"skatteverket": 1}, {"miljo": 1}]
    assert [operation.optional_agencies for operation in read] == [{"skatteverket": 1}, {}, {"skatteverket": 2}]


def test_an_unknown_agency_in_a_list_is_told_at_its_cell_with_those_there_are(tmp_path: Path) -> None:
    headings, whole = [*HEADINGS[:5], "Vilka"], [row for row in ROWS if row[1]]
    rows = [[*row[:5], "miljo, Skatteverket"] for row in whole]
    book, file = proposed(tmp_path, headings=headings, rows=rows)
    hers(tmp_path, headings, rows, F5="Tullverket", F6="Miljö")
    with pytest.raises(InputError) as error:
        mapped_scenario(book, file, lambda _: None)
    said = {problem.cell: words("sv").say(problem.text) for problem in error.value.problems}
    assert said.keys() == {"F5", "F6"}
    assert "Miljöförvaltningen" in said["F5"]
    assert 'Menade du "Miljöförvaltningen"' in said["F6"]
    assert not [warning for warning in error.value.warnings if "Lag: " in words("sv").say(warning.text)]


def test_a_guess_is_said_to_be_one(tmp_path: Path) -> None:
    """What no column says is proposed with what it was guessed from; a heading that is only like another comes last."""
    headings = [*HEADINGS, "Serie"]
    book = hers(tmp_path, headings, [[*row, "akc" if row[1] else None] for row in ROWS])
    proposal = propose_mapping(book, tmp_path / "map.yaml", TUTORIAL, lambda _: None)
    (sheet,) = proposal.map.sheets
    assert (sheet.columns["Serie"], sheet.always) == ("Program", {"Ansvarig": "miljo"})
    assert proposal.guessed.keys() == {"Ansvarig"}
    (line,) = (line for line in (tmp_path / "map.yaml").read_text().splitlines() if '"Ansvarig"' in line)
    assert line.endswith("# a guess, to check: 4 of 8 operations have it")


def test_her_rows_are_operations_and_her_lines_are_sites(tmp_path: Path) -> None:
    scenario = mapped_scenario(*proposed(tmp_path), lambda _: None).scenario
    first, second, third = scenario.operations.values()
    assert (first.id, first.title, first.sector, first.area, first.officers) == (
        "OP-1",
        "Lunchställen",
        "restaurant",
        "centrum",
        2,
    )
    assert (first.agencies, second.agencies) == ({"miljo": 1, "skatteverket": 1}, {"miljo": 1})
    assert (third.agencies, third.optional_agencies) == ({"skatteverket": 1}, {"miljo": 1})
    assert (first.programme, first.lead_agency) == ("akc", "miljo")
    assert first.window == Span(date(2027, 2, 1), date(2027, 4, 30))
    assert first.sites == (Site("", "Krogen Ett", "Gatan 1"), Site("", "Krogen Två", "Gatan 2"))
    assert [(site.name, site.address) for site in second.sites] == [
        ("Verkstan", ""),
        ("Bilhuset", "Kajen 3"),
        ("Lacken", ""),
    ]
    assert third.sites == ()
    assert [shift.id for shift in scenario.shifts] == ["day", "evening", "night"]


def test_her_sites_may_stand_in_a_sheet_of_their_own(tmp_path: Path) -> None:
    book, file = proposed(tmp_path, headings=HEADINGS[:10], rows=[row[:10] for row in ROWS if row[1]])
    made = load_workbook(book)
    for row in (["Insatsnr", "Krog"], ["OP-1", "Krogen Ett"], ["OP-1", "Krogen Två"], ["OP-3", "Lacken"]):
        (made["Objekten"] if "Objekten" in made.sheetnames else made.create_sheet("Objekten")).append(row)
    made.save(book)
    more = "  - sheet: Objekten\n    holds: Objekt\n    columns: {Insatsnr: Insats, Krog: Namn}\n"
    file.write_text(file.read_text() + more)
    operations = mapped_scenario(book, file, lambda _: None).scenario.operations
    assert {id: [site.name for site in one.sites] for id, one in operations.items()} == {
        "OP-1": ["Krogen Ett", "Krogen Två"], "OP-2": [], "OP-3": ["Lacken"],
    }  # fmt: skip
    made["Objekten"]["A4"] = "OP-9"
    made.save(book)
    assert refused(book, file) == [("unknown-id", "Objekten", None, "A4")]


def test_what_is_wrong_is_told_in_her_own_cells(tmp_path: Path) -> None:
    book, file = proposed(tmp_path)
    hers(tmp_path, H4="Förmiddag", F5="12/5-27", D8="Månen", A5=None, C4="#N/A")
    found = refused(book, file)
    assert {(sheet, cell) for _, sheet, _, cell in found} >= {
        ("Planering 2027", cell) for cell in ("H4", "F5", "D8", "A5", "C4")
    }  # fmt: skip
    assert {sheet for _, sheet, _, _ in found} == {"Planering 2027"}


@pytest.mark.parametrize("title", ["Månad", "När"])
def test_a_month_is_a_period(title: str, tmp_path: Path) -> None:
    headings = [*HEADINGS[:5], title, *HEADINGS[8:]]
    months = ["feb", "februari 2027", "2027-03"]
    whole = [row for row in ROWS if row[1]]
    rows = [[*row[:5], month, *row[8:]] for row, month in zip(whole, months, strict=True)]
    book, file = proposed(tmp_path, headings=headings, rows=rows)
    assert read_map(file).map.sheets[0].columns[title] == "Från"
    february, march = (Span(date(2027, 2, 1), date(2027, 2, 28)), Span(date(2027, 3, 1), date(2027, 3, 31)))
    read = mapped_scenario(book, file, lambda _: None).scenario.operations
    assert [operation.window for operation in read.values()] == [february, february, march]
    hers(tmp_path, headings, rows, F4=date(2027, 3, 1))
    if title == "Månad":
        read = mapped_scenario(book, file, lambda _: None).scenario.operations
        assert read["OP-1"].window == march, "a spreadsheet makes a date of it"
    else:
        assert {cell for _, _, _, cell in refused(book, file)} == {"F4"}
    hers(tmp_path, headings, rows, F5="2027-02-01", F6="nov")
    assert {cell for _, _, _, cell in refused(book, file)} == {"F5", "F6"}


def test_the_next_month_a_column_is_gone_and_another_is_new(tmp_path: Path) -> None:
    book, file = proposed(tmp_path)
    hers(tmp_path, M3="Chefens ord")
    new, without = mapped_scenario(book, file, lambda _: None).notes
    assert "Chefens ord" in str(new.values["new"])
    assert "has no column, and so no operations" in str(without)
    hers(tmp_path, D3="Kvarter")
    line = 1 + next(n for n, text in enumerate(file.read_text().splitlines()) if "Stadsdel" in text)
    assert refused(book, file) == [("unknown-id", "", line, "")]
    file.write_text(file.read_text().replace('"Stadsdel"', '"Kvarter"'))
    assert len(mapped_scenario(book, file, lambda _: None).scenario.operations) == 3


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ('holds: "Insatser"', 'holds: "Insatserna"', "unknown-id"),
        ('"Område"', '"Omrade"', "unknown-id"),
        ("arshjul-map/1", "arshjul-map/2", "bad-value"),
        ('sheet: "Planering 2027"', 'sheet: "Planering 2028"', "unknown-id"),
        ("rest:", "rests:", "missing-key"),
        ("Lag: miljo", "Lag: miljon", "unknown-id"),
    ],
)
def test_a_wrong_mapping_is_refused_with_its_line(tmp_path: Path, old: str, new: str, kind: str) -> None:
    book, file = proposed(tmp_path)
    text = file.read_text()
    file.write_text(text.replace(old, new, 1))
    found = refused(book, file)
    assert kind in {one[0] for one in found}
    assert all(one[2] for one in found)
    file.write_text(text.replace("scenarios/tutorial", "nowhere"))
    assert refused(book, file) == []


# What a proposed mapping does not know stops the import until somebody says what it is: nothing is dropped unsaid.


HEADINGS_OWN_ASKED = [
    "Nr",
    "Titel",
    "Bransch",
    "Område",
    "Poliser",
    "Ansvarig",
    "miljo",
    "Skatt",
    "Tillstånd",
    "Bemanning",
    "Mapp",
]
ROWS_OWN_ASKED: list[list[Any]] = [
    ["OP-1", "Lunchställen", "Restaurang", "Centrum", 2, "miljo", "x", "x", "x", 1, "grön"],
    ["OP-2", "Verkstäder", "Fordon och verkstad", "Hamnen", 4, "miljo", 1, "(x)", None, 2, "blå"],
    ["OP-3", "Städbolag", "Städ", "Centrum", 2, "miljo", "x", None, "(1)", None, None],
]  # fmt: skip


def proposed_own_asked(
    folder: Path, headings: list[str] = HEADINGS_OWN_ASKED, rows: list[list[Any]] = ROWS_OWN_ASKED
) -> tuple[Path, Path]:
    book, file = hers(folder, headings, rows), folder / "map.yaml"
    propose_mapping(book, file, TUTORIAL, lambda _: None)
    return book, file


def problems(book: Path, file: Path) -> list[Problem]:
    with pytest.raises(InputError) as caught:
        mapped_scenario(book, file, lambda _: None)
    assert str(book.parent) not in f"{caught.value} {[problem.file for problem in caught.value.problems]}"
    return list(caught.value.problems)


def read(book: Path, file: Path) -> MappedScenario:
    return mapped_scenario(book, file, lambda _: None)


def said(file: Path, *lines: str, key: str = "columns") -> None:
    file.write_text(file.read_text().replace(f"    {key}:", "\n      ".join([f"    {key}:", *lines])))


def test_a_column_of_marks_is_never_ignored_by_itself_nor_a_new_one_unless_nothing_is_in_it(tmp_path: Path) -> None:
    book, file = proposed_own_asked(tmp_path)
    (sheet,) = read_map(file).map.sheets
    assert sheet.ignored == ["Mapp"]
    assert sheet.columns["Skatt"] == "Lag: skatteverket", "the only agency whose name begins so"
    assert '# "Tillstånd": "…"' in file.read_text()
    found = problems(book, file)
    assert [problem.kind for problem in found] == ["unsaid-column", "unsaid-column"]
    assert ["Tillstånd" in str(one.text) for one in found] == [True, False]
    said(file, '"Tillstånd": "Lag: polisen"', '"Bemanning": "Minst poliser"')
    assert {problem.kind for problem in problems(book, file)} == {"unknown-id"}
    file.write_text(file.read_text().replace('"Tillstånd": "Lag: polisen"', ""))
    said(file, '- "Tillstånd"', key="ignored")
    operations = read(book, file).scenario.operations
    assert {id: one.officers_least for id, one in operations.items()} == {"OP-1": 1, "OP-2": 2, "OP-3": None}
    assert operations["OP-2"].optional_agencies == {"skatteverket": 1}
    book, file = proposed_own_asked(tmp_path, HEADINGS_OWN_ASKED[:8], [row[:8] for row in ROWS_OWN_ASKED])
    assert len(read(book, file).scenario.operations) == 3
    hers(tmp_path, HEADINGS_OWN_ASKED[:9], [row[:9] for row in ROWS_OWN_ASKED])
    assert [problem.kind for problem in problems(book, file)] == ["unsaid-column"]
    book, file = proposed_own_asked(tmp_path, HEADINGS_OWN_ASKED[:8], [row[:8] for row in ROWS_OWN_ASKED])
    hers(tmp_path, HEADINGS_OWN_ASKED[:9], [[*row[:8], None] for row in ROWS_OWN_ASKED])
    made = read(book, file)
    assert len(made.scenario.operations) == 3
    assert any("Tillstånd" in str(note) for note in made.notes), "it is told all the same"


def test_a_lead_that_takes_no_part_and_two_agencies_that_begin_alike_are_asked_about(tmp_path: Path) -> None:
    rows = [[*row[:5], "skatteverket", row[6], None] for row in ROWS_OWN_ASKED]
    book, file = proposed_own_asked(tmp_path, HEADINGS_OWN_ASKED[:8], rows)
    (problem,) = problems(book, file)
    assert problem.kind == "lead-absent"
    assert "Skatteverket leads 3 operations" in str(problem.text)
    file.write_text(file.read_text() + "    leads_only: [skatteverket]\n")
    assert {operation.lead_agency for operation in read(book, file).scenario.operations.values()} == {"skatteverket"}
    book, file = proposed_own_asked(tmp_path, [*HEADINGS_OWN_ASKED[:7], "M"], [row[:8] for row in ROWS_OWN_ASKED])
    assert [problem.kind for problem in problems(book, file)] == ["unsaid-column"], "a letter says nothing"


def test_a_hidden_column_is_told_in_her_own_sheet(tmp_path: Path) -> None:
    """Among the sites, which are a sheet of ours, her columns have other numbers."""
    headings = [*HEADINGS_OWN_ASKED[:7], "Objekt", "Adress"]
    book, file = proposed_own_asked(tmp_path, headings, [[*row[:7], "Krogen", "Gatan"] for row in ROWS_OWN_ASKED])
    for letter, told in (("B", ["B3"]), ("H", ["H3"]), ("I", ["I3"])):
        made = load_workbook(hers(tmp_path, headings, [[*row[:7], "Krogen", "Gatan"] for row in ROWS_OWN_ASKED]))
        made.worksheets[0].column_dimensions[letter].hidden = True
        made.save(book)
        notes = [str(note) for note in read(book, file).notes]
        assert [note.partition(":")[0] for note in notes if "hidden" in note] == [f"Planering 2027, {told[0]}"]
