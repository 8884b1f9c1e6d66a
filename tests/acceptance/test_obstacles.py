"""`obstacles` and its entries: entered like any other, kept in a plan folder, told in three kinds of files."""

import csv
import json
import subprocess
from pathlib import Path

import openpyxl
import pytest

from tests.acceptance.command import arshjul, done
from tests.acceptance.small_year import operation, planned, replanned, year

AS_OF = ("--as-of", "2027-07-02T09:00")


def obstacle(number: int, **changed: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "id": f"HI{number}", "reported": f"2027-02-{number:02}T10:00", "date": f"2027-02-{number:02}",
        "operation": "OP-1", "asker": "miljo", "asked": "skatt", "category": "economy", "needed_for": "prepare",
        "rule": "27:1", "how_known": "written", "effect": ["weaker", "delayed"], "wish": "guidance", "hours": 3,
    }  # fmt: skip
    return {**usual, **changed}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("obstacles")
    made = planned(place, year([operation("OP-1", "2027-03-31"), operation("OP-2", "2027-09-01")]))
    there = [obstacle(n) for n in range(1, 6)] + [obstacle(6, rule="18:1", asked="lpo-city", quote=True)]
    return replanned(made, "2027-03-02T09:00", obstacles=there)


def test_they_are_kept_and_told_by_quarter(folder: Path) -> None:
    found = done("obstacles", folder, "--quarter", "2027-Q1", *AS_OF, "--json").json()
    assert (found["period"], found["obstacles"], found["left_out"]) == ("2027-Q1", 6, [])
    assert found["tables"]["rule"] == {"others": 6}, "5 and 1: the 5 would give the 1 away"
    assert found["tables"]["effect"] == {"delayed": 6}, "each once, by the gravest"
    again = replanned(folder, "2027-03-20T09:00", obstacles=[obstacle(n) for n in range(7, 10)])
    found = done("obstacles", again, "--quarter", "2027-Q1", *AS_OF, "--json").json()
    assert found["tables"]["rule"] == {"others": 9}
    done("verify", again)
    said = done("log", again).out
    assert "HI1, OP-1: Skatteverket kunde inte lämna till Miljöförvaltningen" in said
    figures = done("report", again, *AS_OF, "--json").json()["obstacles"]
    assert figures == {"2027-Q1": 9, "2027-Q2": None}


def test_each_kind_of_file_says_the_same(folder: Path, tmp_path: Path) -> None:
    for ending in ("csv", "xlsx", "pdf"):
        done("obstacles", folder, *AS_OF, "--quarter", "2027-Q1", "-o", tmp_path / f"hinder.{ending}")
    rows = list(csv.reader((tmp_path / "hinder.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0] == ["Kvartal eller år", "Grupperat efter", "Kod", "I ord", "Antal"]
    assert ["2027-Q1", "Tyngsta följd", "delayed", "insatsen blev försenad", "6"] in rows
    sheet = openpyxl.load_workbook(tmp_path / "hinder.xlsx").worksheets[0]
    assert ("Tyngsta följd", "insatsen blev försenad", 6) in set(sheet.iter_rows(values_only=True))
    pdf = subprocess.run(["pdftotext", tmp_path / "hinder.pdf", "-"], stdout=subprocess.PIPE, check=True).stdout
    assert "insatsen blev försenad" in pdf.decode()
    before = (tmp_path / "hinder.pdf").read_bytes()
    done("obstacles", folder, *AS_OF, "--quarter", "2027-Q1", "-o", tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == before, "the same bytes for the same content"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--quarter", "2027-Q9"), "2027-Q1"),
        (("--quarter", "2027"), "2027-Q1"),
        (("--year", "2027"), "2027-Q3"),
        (("--quarter", "2027-Q3"), "2027-Q3"),
        (("--year", "2026", "--quarter", "2026-Q1"), "--quarter"),
        (("--quarter", "2027-Q1", "-o", "x.doc"), ".xlsx"),
    ],
)
def test_what_is_no_whole_quarter_is_refused_with_a_remedy(folder: Path, options: tuple[str, ...], said: str) -> None:
    outcome = arshjul("obstacles", folder, *AS_OF, *options)
    assert outcome.code == 2
    assert said in outcome.err


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"asked": "miljo"}, "asked"),
        ({"effect": ["none", "weaker"]}, "effect"),
        ({"effect": []}, "effect"),
        ({"rule": "krogen på hörnet"}, "rule"),
        ({"category": "Exempelkrogen"}, "category"),
        ({"asker": "nobody"}, "asker"),
        ({"operation": "OP-9"}, "operation"),
        ({"asked_on": "2027-02-03", "answered_on": "2027-02-01"}, "answered_on"),
        ({"note": "fri text"}, "note"),
    ],
)
def test_a_file_takes_categories_that_there_are_and_no_text(
    folder: Path, changed: dict[str, object], said: str, tmp_path: Path
) -> None:
    file = tmp_path / "hinder.yaml"
    file.write_text(json.dumps({"obstacles": [obstacle(20, **changed)]}))
    outcome = arshjul("check", file, "--plan", folder)
    assert outcome.code != 0
    assert f"obstacles[0].{said}" in outcome.out + outcome.err


def test_a_workbook_of_the_plan_has_them_and_gives_them_back(folder: Path, tmp_path: Path) -> None:
    book = tmp_path / "bok.xlsx"
    done("workbook", folder, "-o", book)
    sheet = openpyxl.load_workbook(book)["Hinder"]
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "27 kap. 1 § OSL: beskattning" in cells
    assert "insatsen blev svagare; insatsen blev försenad" in cells
    fresh = planned(tmp_path / "fresh", year([operation("OP-1", "2027-03-31"), operation("OP-2", "2027-09-01")]))
    done("replan", fresh, "--changes", book, "--as-of", "2027-03-02T09:00", "-o", tmp_path / "again")
    asked = ("obstacles", "--quarter", "2027-Q1", *AS_OF, "--json")
    assert done(*asked, tmp_path / "again").json() == done(*asked, folder).json()
