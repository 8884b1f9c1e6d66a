"""report: a spring in figures, from the outside."""

import csv
import io
import json
import subprocess
from pathlib import Path

import openpyxl
import pytest

from tests.acceptance.command import MARCH, arshjul, done, load
from tests.acceptance.conftest import SHOOTING
from tests.acceptance.small_year import operation, planned, replanned, year

OUTCOMES = """
outcomes:
  - {operation: OP-7, result: done, officers: 2, teams: {miljo: 1}, figures: {controls: 4, joint-evaluation: 1}}
  - {operation: OP-6, result: without-police, figures: {controls: 2}}
  - {operation: OP-1, result: aborted}
"""
KEYS = {
    "from", "to", "as_of", "proposals", "operations", "one_agency", "controls", "called_off", "parts", "lead_time",
    "notice", "evaluated", "evaluation", "answered_by", "marks", "worst", "improvements", "together", "officers",
    "teams", "reserves", "saved_by_reserve", "coverage", "obstacles", "obstacles_raised", "meetings", "network",

    "network_by_party", "pictures", "police", "police_lost", "lost", "lost_by_cause", "lost_by_notice", "lost_by_way",
    "shifts_held", "with_agency",
}  # fmt: skip


@pytest.fixture(scope="module")
def spring(made_tutorial: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tutorial after its shooting, with three outcomes; and replanned once more, about nothing."""
    home = tmp_path_factory.mktemp("spring")
    (home / "outcomes.yaml").write_text(OUTCOMES)
    first, second = home / "first", home / "second"
    entered = ("--withdrawals", SHOOTING, "--outcomes", home / "outcomes.yaml")
    done("replan", made_tutorial, *entered, "--as-of", MARCH, "-o", first)
    done("replan", first, "--as-of", "2027-03-12T07:00", "-o", second)
    return second


def test_the_spring_is_counted(spring: Path) -> None:
    found = done("report", spring, "--as-of", MARCH, "--json").json()
    assert found.keys() == KEYS
    there = found["operations"]
    assert [there[key] for key in ("planned", "done", "without_police", "aborted", "to_come")] == [6, 0, 1, 1, 4]
    beside = found["one_agency"]
    assert (beside["planned"], beside["done"], beside["figures"]) == (1, 1, {"controls": 4}), "one agency came, by plan"
    # What the first replan moved is known after the second.
    assert (there["moved"], there["saved"]) == (1, {"n": 0, "of": 1})
    assert there["figures"] == {"controls": 2}
    assert found["evaluated"] == {"n": 0, "of": 2}
    assert found["notice"] == {"median_days": 0, "under_14_days": {"n": 1, "of": 1}}
    assert found["reserves"] == {"n": 0, "of": 0}
    assert found["officers"] == {"came": 0, "operations": 0}
    assert sum(month["planned"] for month in found["parts"]["month"].values()) == 6
    (earlier,) = load(spring / "plan.json")["revisions"]
    assert (earlier["revision"], earlier["hit"]) == (2, ["OP-3"])
    assert [change["operation"] for change in earlier["changed"]] == ["OP-3"]


def test_a_period_that_is_none_is_refused_and_without_a_moment_it_is_known_no_earlier_than_the_plan(
    spring: Path,
) -> None:
    for period in [("--from", "2027-02-31"), ("--from", "2028-01-01"), ("--from", "2027-04-01", "--to", "2027-03-01")]:
        outcome = arshjul("report", spring, *period)
        assert outcome.code == 2
        assert not outcome.out
        assert outcome.err
    assert done("report", spring, "--json").json()["as_of"] >= "2027-03-12T07:00"


def test_text_table_and_workbook_say_what_the_json_says(spring: Path, tmp_path: Path) -> None:
    found = done("report", spring, "--as-of", MARCH, "--json").json()
    out = done("report", spring, "--as-of", MARCH, "--csv").out
    assert out.startswith("\ufeffDel;Id;Namn;Vad;Antal;Avser\n"), "as Excel opens it"
    table = csv.DictReader(io.StringIO(out.removeprefix("\ufeff")), delimiter=";")
    cells = {(row["Del"], row["Id"], row["Vad"]): (row["Antal"], row["Avser"]) for row in table}
    assert cells["operations", "", "done"] == ("0", "6")
    assert cells["one_agency", "", "done"] == ("1", "1")
    assert cells["operations", "", "evaluated"] == ("0", "2")
    assert cells["operations", "", "figure:controls"] == ("2", "")
    assert cells["lost_by_way", "moved", "times"] == ("1", "1")
    for id, counts in found["parts"]["agency"].items():
        assert cells["agency", id, "planned"] == (str(counts["planned"]), "")
    path = tmp_path / "report.xlsx"
    seen = done("report", spring, "--as-of", MARCH, "--xlsx", path).out
    assert seen == done("report", spring, "--as-of", MARCH).out
    lines = ("genomförda: 0 av 6", "utvärderade, av genomförda: 0 av 2", "varsel vid flytt: median dagar: 0")
    assert all(f"\n  {line}\n" in seen for line in lines)
    first, whole, parts, _, lost = (
        list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in openpyxl.load_workbook(path)
    )
    assert [(row[0], row[5], row[7]) for row in lost] == [("OP-3", 2.8, "flyttad till en annan tid")]
    rows = [(one["said"], one["n"], one["of"]) for proposal in found["proposals"] for one in proposal["figures"]]
    assert [row[1:4] for row in first] == rows
    assert [row[0][0] for row in first if row[0]][:-1] == list("12345678"), "each proposal once"
    assert all(f"\n  {said}: {n} av {of}\n" in seen for said, n, of in rows if None not in (n, of))
    figures = {row[0]: row[1:] for row in whole}
    assert figures["utan polis"] == (1, 6, pytest.approx(1 / 6))
    assert figures["utvärderade, av genomförda"] == (0, 2, 0)
    assert figures["inställda"] == (0, 6, 0)
    assert figures["varsel vid flytt: median dagar"] == (0, None, None)
    planned = [counts["planned"] for group in found["parts"].values() for counts in group.values()]
    assert sorted(row[2] for row in parts) == sorted(planned)
    assert {row[0] for row in parts} == {"Myndighet", "Polisenhet", "Område", "Bransch", "Program", "Månad"}
    done("report", spring, "--as-of", MARCH, "--xlsx", tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == path.read_bytes()


def test_what_was_cancelled_was_planned_and_stays_in_the_report(spring: Path, tmp_path: Path) -> None:
    before = done("report", spring, "--as-of", MARCH, "--json").json()["operations"]
    (tmp_path / "changes.yaml").write_text("cancelled: [OP-5]")
    done(
        "replan", spring, "--changes", tmp_path / "changes.yaml", "--as-of", "2027-03-12T08:00", "-o", tmp_path / "new"
    )
    done("verify", tmp_path / "new")
    found = done("report", tmp_path / "new", "--json").json()
    assert found["operations"]["planned"] == before["planned"]
    assert (found["operations"]["without_date"], found["operations"]["called_off"]) == (1, 1)
    (off,) = found["called_off"]
    assert (off["operation"], off["decided"], off["new"]) == ("OP-5", "2027-03-12T08:00", None)
    assert off["on_the_day"] is False
    assert off["why"] == "samordnarens beslut"
    (kept,) = (one for one in load(tmp_path / "new" / "plan.json")["changes"] if one["kind"] == "cancelled")
    assert (kept["date"], kept["shift"], kept["was"]["sites"]) == (off["date"], off["shift"], [])
    told = done("report", tmp_path / "new", "--xlsx", tmp_path / "report.xlsx").out
    assert "Inställda datum\n  OP-5 (" in told
    rows = list(openpyxl.load_workbook(tmp_path / "report.xlsx")["Inställda"].iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == ["OP-5"]


# `obstacles` and its entries: entered like any other, kept in a plan folder, told in three kinds of files.


AS_OF = ("--as-of", "2027-07-02T09:00")


def obstacle(number: int, **changed: object) -> dict[str, object]:
    usual: dict[str, object] = {
        "id": f"HI{number}", "reported": f"2027-02-{number:02}T10:00", "date": f"2027-02-{number:02}",
        "operation": "OP-1", "asker": "miljo", "asked": "skatt", "category": "economy", "needed_for": "prepare",
        "rule": "27:1", "how_known": "written", "effect": ["weaker", "delayed"], "wish": "guidance", "hours": 3,
    }  # fmt: skip
    return {**usual, **changed}


@pytest.fixture(scope="module")
def hampered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("obstacles")
    made = planned(place, year([operation("OP-1", "2027-03-31"), operation("OP-2", "2027-09-01")]))
    there = [obstacle(n) for n in range(1, 6)] + [obstacle(6, rule="18:1", asked="lpo-city", quote=True)]
    return replanned(made, "2027-03-02T09:00", obstacles=there)


def test_they_are_kept_and_told_by_quarter(hampered: Path) -> None:
    found = done("obstacles", hampered, "--quarter", "2027-Q1", *AS_OF, "--json").json()
    assert (found["period"], found["obstacles"], found["left_out"]) == ("2027-Q1", 6, [])
    assert found["tables"]["rule"] == {"others": 6}, "5 and 1: the 5 would give the 1 away"
    assert found["tables"]["effect"] == {"delayed": 6}, "each once, by the gravest"
    again = replanned(hampered, "2027-03-20T09:00", obstacles=[obstacle(n) for n in range(7, 10)])
    found = done("obstacles", again, "--quarter", "2027-Q1", *AS_OF, "--json").json()
    assert found["tables"]["rule"] == {"others": 9}
    done("verify", again)
    said = done("log", again).out
    assert "HI1, OP-1: Skatteverket kunde inte lämna till Miljöförvaltningen" in said
    figures = done("report", again, *AS_OF, "--json").json()["obstacles"]
    assert figures == {"2027-Q1": 9, "2027-Q2": None}


def test_each_kind_of_file_says_the_same(hampered: Path, tmp_path: Path) -> None:
    for ending in ("csv", "xlsx", "pdf"):
        done("obstacles", hampered, *AS_OF, "--quarter", "2027-Q1", "-o", tmp_path / f"hinder.{ending}")
    rows = list(csv.reader((tmp_path / "hinder.csv").read_text("utf-8-sig").splitlines(), delimiter=";"))
    assert rows[0] == ["Kvartal eller år", "Grupperat efter", "Kod", "I ord", "Antal"]
    assert ["2027-Q1", "Tyngsta följd", "delayed", "insatsen blev försenad", "6"] in rows
    sheet = openpyxl.load_workbook(tmp_path / "hinder.xlsx").worksheets[0]
    assert ("Tyngsta följd", "insatsen blev försenad", 6) in set(sheet.iter_rows(values_only=True))
    pdf = subprocess.run(["pdftotext", tmp_path / "hinder.pdf", "-"], stdout=subprocess.PIPE, check=True).stdout
    assert "insatsen blev försenad" in pdf.decode()
    before = (tmp_path / "hinder.pdf").read_bytes()
    done("obstacles", hampered, *AS_OF, "--quarter", "2027-Q1", "-o", tmp_path / "again.pdf")
    assert (tmp_path / "again.pdf").read_bytes() == before, "the same bytes for the same content"


def test_what_is_no_whole_quarter_or_no_category_is_refused_with_a_remedy(hampered: Path, tmp_path: Path) -> None:
    for options, said in [
        (("--quarter", "2027-Q9"), "2027-Q1"),
        (("--quarter", "2027"), "2027-Q1"),
        (("--year", "2027"), "2027-Q3"),
        (("--quarter", "2027-Q3"), "2027-Q3"),
        (("--year", "2026", "--quarter", "2026-Q1"), "--quarter"),
        (("--quarter", "2027-Q1", "-o", "x.doc"), ".xlsx"),
    ]:
        outcome = arshjul("obstacles", hampered, *AS_OF, *options)
        assert outcome.code == 2
        assert said in outcome.err
    wrong: list[tuple[dict[str, object], str]] = [
        ({"asked": "miljo"}, "asked"),
        ({"effect": ["none", "weaker"]}, "effect"),
        ({"effect": []}, "effect"),
        ({"rule": "krogen på hörnet"}, "rule"),
        ({"category": "Exempelkrogen"}, "category"),
        ({"asker": "nobody"}, "asker"),
        ({"operation": "OP-9"}, "operation"),
        ({"asked_on": "2027-02-03", "answered_on": "2027-02-01"}, "answered_on"),
        ({"note": "fri text"}, "note"),
    ]
    for changed, said in wrong:
        file = tmp_path / "hinder.yaml"
        file.write_text(json.dumps({"obstacles": [obstacle(20, **changed)]}))
        outcome = arshjul("check", file, "--plan", hampered)
        assert outcome.code != 0
        assert f"obstacles[0].{said}" in outcome.out + outcome.err


def test_a_workbook_of_the_plan_has_them_and_gives_them_back(hampered: Path, tmp_path: Path) -> None:
    book = tmp_path / "bok.xlsx"
    done("workbook", hampered, "-o", book)
    sheet = openpyxl.load_workbook(book)["Hinder"]
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert "27 kap. 1 § OSL: beskattning" in cells
    assert "insatsen blev svagare; insatsen blev försenad" in cells
    fresh = planned(tmp_path / "fresh", year([operation("OP-1", "2027-03-31"), operation("OP-2", "2027-09-01")]))
    done("replan", fresh, "--changes", book, "--as-of", "2027-03-02T09:00", "-o", tmp_path / "again")
    asked = ("obstacles", "--quarter", "2027-Q1", *AS_OF, "--json")
    assert done(*asked, tmp_path / "again").json() == done(*asked, hampered).json()
