"""A workbook in a scenario's place: the same check, the same plan, byte for byte."""

from pathlib import Path

import openpyxl
import pytest

from tests.acceptance.calendars import events
from tests.acceptance.command import TUTORIAL_AS_OF, arshjul, done
from tests.acceptance.conftest import TUTORIAL


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "tutorial.xlsx"
    assert done("workbook", TUTORIAL, "-o", path).out.strip() == str(path)
    return path


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_workbook_gives_the_plan_that_its_folder_gives(tmp_path: Path, made_tutorial: Path, book: Path) -> None:
    done("plan", book, "-o", tmp_path / "b", "--as-of", TUTORIAL_AS_OF)
    assert files(made_tutorial) == files(tmp_path / "b")
    done("workbook", made_tutorial, "-o", tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()


def test_replan_takes_a_workbook_as_the_edited_scenario(tmp_path: Path, made_tutorial: Path, book: Path) -> None:
    made = openpyxl.load_workbook(book)
    made["Insatser"]["B2"] = "Ny titel"
    made.save(tmp_path / "edited.xlsx")
    seen = done(
        "replan", made_tutorial, "--scenario", tmp_path / "edited.xlsx", "--as-of", "2027-01-05T09:00", "-o",
        tmp_path / "next",
    )  # fmt: skip
    assert seen.code == 0
    assert "Ny titel" in (tmp_path / "next" / "scenario.json").read_text()


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_template_is_accepted_as_it_is(tmp_path: Path, language: str) -> None:
    path = tmp_path / "template.xlsx"
    done("workbook", "--template", "-o", path, env={"ARSHJUL_LANGUAGE": language})
    first = path.read_bytes()
    done("workbook", "--template", "-o", path, "--replace", env={"ARSHJUL_LANGUAGE": language})
    assert path.read_bytes() == first
    seen = done("check", path, "--json")
    assert seen.json()["warnings"] == []
    sheet = openpyxl.load_workbook(path)[{"sv": "Insatser", "en": "Operations"}[language]]
    assert sheet.max_row == 4
    bare = {
        "sv": ["Till", "Återbesök efter", "Helst från", "Helst till"],
        "en": ["To", "Follows up", "Preferred from", "Preferred to"],
    }
    assert [cell.value for cell in sheet[1] if cell.comment is None] == bare[language], "their headings say it all"


def test_check_gives_a_marked_workbook_of_what_is_to_be_entered(
    tmp_path: Path, made_tutorial: Path, book: Path
) -> None:
    made = openpyxl.load_workbook(book)
    made["Avbokningar"].append(["W-1", None, "okänd enhet", "2027-03-11", "2027-03-11"])
    made.save(tmp_path / "entries.xlsx")
    seen = arshjul("check", tmp_path / "entries.xlsx", "--plan", made_tutorial, "--marked", tmp_path / "marked.xlsx")
    assert seen.code == 2
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert marked.sheetnames[0] == "Fel"
    assert [cell.value for cell in marked["Fel"][2]][:4] == ["fel", "Avbokningar", "C2", "okänd enhet"]
    assert "okänd enhet" in marked["Avbokningar"]["C2"].comment.text


def test_check_says_what_it_marks_and_tells_warnings_apart_from_errors(tmp_path: Path) -> None:
    path, marked = tmp_path / "a.xlsx", tmp_path / "marked.xlsx"
    asked = ("check", path, "--marked", marked)
    done("workbook", "--template", "-o", path)
    assert f"Inget att markera i {marked}." in done(*asked).err
    made = openpyxl.load_workbook(path)
    heads = {cell.value: cell.column for cell in made["Insatser"][1]}
    made["Insatser"].cell(1, 60, "Min anteckning")
    made.save(path)
    marked.unlink()
    assert f"Varningarna är markerade i {marked}" in done(*asked).err
    made["Insatser"].cell(2, heads["Prioritet"], 9)
    made.save(path)
    marked.unlink()
    seen = arshjul(*asked)
    assert f"Felen är markerade i {marked}" in seen.err
    errors, _, warnings = seen.err.partition("Dessutom en varning, som inte hindrar:")
    assert ("Insatser!" in errors, "Min anteckning" in errors) == (True, False)
    assert "Min anteckning" in warnings


def test_check_tells_what_is_wrong_in_the_years_sheets_beside_a_wrong_scenario(tmp_path: Path, book: Path) -> None:
    made = openpyxl.load_workbook(book)
    heads = {cell.value: cell.column for cell in made["Insatser"][1]}
    made["Insatser"].cell(2, heads["Prioritet"], 9)
    made["Avbokningar"].append(["W-1", None, "LPO Exempelstad", "2027-03-11", "3/4-27"])
    made["Avbokningar"].append(["W-2", None, "LPO Exempelstad", "v. 12", "2027-03-11"])
    made["Utfall"].append(["OP-1", None, "klar"])
    made.save(tmp_path / "wrong.xlsx")
    seen = arshjul("check", tmp_path / "wrong.xlsx", "--json")
    wrong = [(one["sheet"], one["cell"]) for one in seen.json()["errors"]]
    assert sorted(wrong[1:]) == [("Avbokningar", "E2"), ("Avbokningar", "E3"), ("Utfall", "C2")]
    assert wrong[0][0] == "Insatser"


@pytest.mark.parametrize("party", ["coordinator", "agency-miljo", "agency-skatteverket", "police-lpo-exempelstad"])
def test_a_partys_workbook_has_a_row_for_each_event_of_its_calendars(
    tmp_path: Path, made_march: Path, party: str
) -> None:
    path, id = tmp_path / "own.xlsx", party.partition("-")[2] or party
    assert done("workbook", made_march, "--party", id, "-o", path).out.strip() == str(path)
    book = openpyxl.load_workbook(path)
    for sheet, feed in zip(book, (f"{party}.ics", f"{party}-milestones.ics"), strict=False):
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        told = (event.properties["SUMMARY"] for event in events(made_march / "feeds" / feed).values())
        assert sorted(str(row[5]) for row in rows) == sorted(text.replace("\\,", ",") for text in told), feed
        assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    assert len(book.worksheets) == 2, "the tutorial's police have milestones too"
    again = tmp_path / "again.xlsx"
    done("workbook", made_march, "--party", party, "-o", again)
    assert again.read_bytes() == path.read_bytes()


def test_a_partys_workbook_needs_a_party_and_a_plan(tmp_path: Path, made_march: Path) -> None:
    for words, told in (
        (
            (made_march, "--party", "nobody"),
            "Parten nobody finns inte i planen: ange någon av coordinator, agency-miljo",
        ),
        ((TUTORIAL, "--party", "miljo"), "är ingen planmapp"),
        (("--template", "--party", "miljo"), "--party behöver en planmapp"),
    ):
        seen = arshjul("workbook", *words, "-o", tmp_path / "no.xlsx")
        assert seen.code == 2, seen
        assert told in seen.err, seen
        assert not (tmp_path / "no.xlsx").exists()


def test_her_own_spreadsheet_is_imported_by_a_mapping_that_is_kept(tmp_path: Path) -> None:
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    sheet.title = "Mitt år"
    for row in (["Löpnr", "Vad", "Verksamhet", "Stadsdel", "Polis", "Miljöförvaltningen", "Objekt"],
                ["OP-1", "Lunchställen", "Restaurang", "Centrum", 2, 1, "KanarieKROG"],
                ["OP-2", "Städbolag", "Städ", "Hamnen", 2, "x", None]):  # fmt: skip
        sheet.append(row)
    made.save(tmp_path / "mine.xlsx")
    command = ("import", tmp_path / "mine.xlsx", "--map", tmp_path / "map.yaml", "--db", tmp_path / "year.db")
    assert "--rest" in arshjul(*command).err
    seen = done(*command, "--rest", TUTORIAL)
    assert "Verksamhet          Bransch  (rubriken betyder samma sak)" in seen.out
    assert "Objekt: Namn" in seen.out
    assert "kanarie" not in (seen.said + (tmp_path / "map.yaml").read_text()).lower()
    kept = (tmp_path / "map.yaml").read_bytes()
    assert not (tmp_path / "year.db").exists()
    seen = done(*command, "--json")
    assert seen.json() == {"operations": 2, "planned": False}
    assert (tmp_path / "map.yaml").read_bytes() == kept
    assert arshjul(*command, "--rest", TUTORIAL).code == 2
    done("workbook", tmp_path / "mine.xlsx", "--map", tmp_path / "map.yaml", "-o", tmp_path / "ours.xlsx")
    done("check", tmp_path / "ours.xlsx")
    other = str(tmp_path / "our year.db")
    assert f"Se `arshjul console --db '{other}'`." in done("import", tmp_path / "ours.xlsx", "--db", other).err
    assert "Se `arshjul console`." in done("import", tmp_path / "ours.xlsx", env={"ARSHJUL_DB": other}).err
    assert arshjul("workbook", "--template", "--map", tmp_path / "map.yaml", "-o", tmp_path / "no.xlsx").code == 2
    sheet["D3"] = "Månen"
    made.save(tmp_path / "mine.xlsx")
    wrong = arshjul(*command)
    assert wrong.code == 2
    assert "mine.xlsx Mitt år!D3 (OP-2): " in wrong.err


def test_what_is_no_workbook_of_ours_is_told_what_to_do(tmp_path: Path) -> None:
    letter = tmp_path / "brev.docx"
    letter.write_bytes(b"PK")
    seen = arshjul("check", letter)
    assert seen.code == 2
    assert "är varken arbetsbok eller scenariomapp: spara den som .xlsx" in seen.err
    made = openpyxl.Workbook()
    made.active.append(["Vad", "När"])
    made.active.append(["Tillsyn", "v. 7"])
    made.save(tmp_path / "egen.xlsx")
    seen = arshjul("check", tmp_path / "egen.xlsx")
    assert seen.code == 2
    assert seen.err.count("--map") == 1
    assert "ta det från mallen" not in seen.err
    for name in ["mall.json", "mall.docx", "mall", "mall.xls"]:
        answer = arshjul("sheet", "--blank", "-o", tmp_path / name)
        assert answer.code == 2
        assert ".pdf" in answer.err
        assert ".xlsx" in answer.err
        assert not (tmp_path / name).exists()


def test_a_calendar_that_closes_neither_weekends_nor_holidays_is_asked_about(tmp_path: Path, book: Path) -> None:
    kinds = {one["kind"] for one in arshjul("check", book, "--json").json()["warnings"]}
    assert "open-days" not in kinds
    made = openpyxl.load_workbook(book)
    for row in made["Regler"].iter_rows():
        if row[0].value in {"calendar.country", "calendar.closed_weekdays"}:
            row[2].value = None
    made.save(tmp_path / "open.xlsx")
    kinds = {one["kind"] for one in arshjul("check", tmp_path / "open.xlsx", "--json").json()["warnings"]}
    assert "open-days" in kinds


# The blank information sheet, to be laid before others without any portal: all fields as they are declared.
