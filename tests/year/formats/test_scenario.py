"""What the right scenario says, key by key."""

import re
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, time
from io import BytesIO
from itertools import islice
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet
from pydantic import BaseModel

from arshjul.errors import InputError, Message
from arshjul.office.draft.compare_scenario import workbook_scenario
from arshjul.year.domain.calendar import Calendar, Slot, Span
from arshjul.year.domain.operation import FollowUp, Frame, Operation, Pin
from arshjul.year.domain.parties import Agency, Matching, OfficerLine, PoliceUnit, RiskLine, TeamLine
from arshjul.year.domain.scenario import Programme, Scenario, Target
from arshjul.year.domain.settings import Cycle, LimitException, Settings
from arshjul.year.formats.catalogues import words
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.scenario.scenario import countries, public_holidays
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.settings import WrittenObjective, WrittenRules
from arshjul.year.formats.workbook.reading import book_in
from arshjul.year.formats.workbook.writing import scenario_workbook
from arshjul.year.formats.yaml_guard import read_yaml
from tests.year.formats.folders import RIGHT, with_files


@pytest.fixture(scope="module")
def right() -> Scenario:
    return read_scenario(RIGHT).scenario


def test_sections_of_the_right_scenario_are_read_key_by_key(right: Scenario) -> None:
    assert right.name == "Östra hamnen 2027"
    assert right.span == Span(date(2027, 1, 1), date(2027, 12, 31))
    assert (right.timezone, right.language) == ("Europe/Stockholm", "sv")
    assert right.calendar.closed_weekdays == {6}
    assert right.calendar.closed == (
        Span(date(2027, 6, 25), date(2027, 6, 25)),
        Span(date(2027, 7, 12), date(2027, 8, 8)),
    )
    assert right.calendar.is_open(date(2027, 5, 6))
    assert not right.calendar.is_open(date(2027, 1, 6))
    assert right.calendar.holidays[date(2027, 1, 6)] == "Trettondedag jul"
    assert right.names == {"restaurant": "Restaurang", "retail": "Handel", "akc": "AKC-väst"}
    assert date(2026, 12, 25) in right.calendar.holidays
    assert date(2028, 1, 6) in right.calendar.holidays
    assert [shift.id for shift in right.shifts] == ["day", "night"]
    assert (right.shifts[1].start, right.shifts[1].end) == (time(20), time(2))
    assert right.areas["city"].neighbours == ("harbour",)
    assert (
        right.settings.given
        == Settings.of(
            lead_time_days=42,
            sector_spacing_days=14,
            operations_per_day=3,
            operations_per_area_per_day=1,
            operations_per_week=6,
            daily_rest_hours=11,
            freeze_days=14,
            notice_days=7,
            unknown_end_days=21,
            bind_days=10,
            fill_days=28,
        ).given
    )
    assert right.operations["OP-002"].frame == Frame(("food", "retail"), 3)
    assert right.objective.priority_points == {1: 9, 2: 4, 3: 1}
    assert right.objective.change_points == 3
    assert right.objective.prices["often-withdrawn"] == 5
    assert [milestone.days for milestone in right.cycle.milestones] == [-56, -14, 21]
    assert right.cycle.milestones[1].minutes == 90
    assert right.cycle.meetings[0].agencies == "all"
    assert right.cycle.meetings[1].agencies == ("miljo",)
    city = right.police["lpo-city"]
    assert city.officers == (
        OfficerLine(Matching(frozenset({1, 2}), "day"), 4, 1),
        OfficerLine(Matching(), 3, 0),
        OfficerLine(Matching(first=date(2027, 2, 15), last=date(2027, 2, 19)), 2, None, at_most=True),
    )
    assert city.officer_shifts_per_month == 60
    assert (city.ask_days, right.police["border"].ask_days) == (10, 0)
    assert (city.on_request, right.police["border"].on_request) == (True, False)
    when = Matching(frozenset({4}), "night", date(2027, 5, 1), date(2027, 8, 31), "odd", frozenset({1, -1}))
    assert city.often_withdrawn == (RiskLine(when, 4),)
    assert right.police["border"].officers == ()
    assert right.agencies["miljo"].staff_teams == 2
    assert right.agencies["skatteverket"].staff_teams == 3
    assert right.agencies["miljo"].teams[1] == TeamLine(
        Matching(first=date(2027, 7, 1), last=date(2027, 7, 31)), 9, at_most=True
    )
    week = Span(date(2027, 11, 1), date(2027, 11, 7))
    assert right.agencies["miljo"].load_exceptions == (
        LimitException(week, {"team_shifts_per_week": 7, "team_shifts_per_month": 20}),
        LimitException(Span(date(2027, 12, 1), date(2027, 12, 1)), {"team_shifts_per_week": 6}),
    )
    assert right.settings.exceptions == (LimitException(week, {"operations_per_day": 4}),)
    spring, gvi = right.targets
    assert spring.span == Span(date(2027, 2, 1), date(2027, 6, 30))
    assert (spring.sectors, spring.areas, spring.programmes) == (("restaurant",), ("city",), ("akc", "gvi"))
    assert (spring.at_least, spring.points, gvi.points, gvi.sectors) == (2, 5, None, None)


def test_a_target_without_a_name_is_called_by_its_id(tmp_path: Path) -> None:
    year = "plan.yaml", (RIGHT / "plan.yaml").read_text().replace("    name: Krogar i stan före sommaren\n", "")
    spring, _ = read_scenario(with_files(tmp_path, dict([year]))).scenario.targets
    assert spring.name == spring.id == "spring"


def test_programmes_and_operations_of_the_right_scenario_are_read_and_what_they_leave_out_has_its_default(
    right: Scenario,
) -> None:
    gvi, word = right.programme("gvi"), right.programme("akc")
    assert gvi == Programme("gvi", "GVI", "stadskansliet", "minska gängvåldet")
    assert (word.name, word.owner) == ("AKC-väst", None)
    assert [right.owner(right.operations[id]) for id in ("OP-001", "OP-002")] == [None, "stadskansliet"]
    assert not right.agencies["stadskansliet"].sends_teams
    assert right.agencies["miljo"].sends_teams
    assert right.operations["OP-004"].proposed_by == "lpo-city"
    assert not {"akc", "gvi"} & set(right.sectors)
    first = right.operations["OP-001"]
    assert first.police == ("lpo-city", "border")
    assert first.police_also == {"border": 2}
    assert right.units_for(first) == ("lpo-city",)
    assert first.weekdays == frozenset({1, 2})
    assert first.not_on == (Span(date(2027, 3, 1), date(2027, 3, 1)), Span(date(2027, 4, 5), date(2027, 4, 9)))
    assert first.fixed == Pin(Slot(date(2027, 3, 2), "day"))
    assert first.sites[0].address == "Sjömansgatan 7"
    assert right.operations["OP-003"].after == FollowUp("OP-001", 60, 180)
    assert right.operations["OP-004"].same_slot_as == "OP-002"
    assert right.operations["OP-005.2"].after == FollowUp("OP-005.1", 180, 190)
    second = right.operations["OP-002"]
    assert (second.priority, second.must, second.officers, second.designated) == (2, False, 0, "none")
    assert (second.window, second.shifts, second.weekdays, second.police) == (None, None, None, None)
    assert second.interest_of("miljo") == 1


@pytest.mark.parametrize(
    ("model", "file", "places"),
    [
        (shape(Operation), "operations.yaml", [("operations", n) for n in range(5)]),
        (shape(PoliceUnit), "resources.yaml", [("police", 0)]),
        (shape(Agency), "resources.yaml", [("agencies", n) for n in range(2)]),
        (shape(Target), "plan.yaml", [("targets", 0)]),
        (WrittenRules, "plan.yaml", [("rules",)]),
        (WrittenObjective, "plan.yaml", [("objective",)]),
        (shape(Cycle), "plan.yaml", [("cycle",)]),
    ],
)
def test_the_right_scenario_uses_every_key(
    model: type[BaseModel], file: str, places: list[tuple[str | int, ...]]
) -> None:
    tree = read_yaml((RIGHT / file).read_bytes(), file).tree
    used = {key for place in places if (node := tree.at(place)) is not None for key in node.parts}
    assert used == {field.alias or name for name, field in model.model_fields.items()}


def test_absent_sections_are_taken_from_the_configuration(tmp_path: Path) -> None:
    plan = (RIGHT / "plan.yaml").read_text().replace("language: sv", "language: sv, config: ../config/harbour")
    folder = with_files(tmp_path / "mine", {"plan.yaml": plan})
    resources = (folder / "resources.yaml").read_text()
    police, agencies = resources.split("agencies:\n")
    (folder / "resources.yaml").write_text(police)
    config = tmp_path / "config" / "harbour"
    config.mkdir(parents=True)
    (config / "agencies.yaml").write_text("agencies:\n" + agencies)
    (config / "areas.yaml").write_text("areas: [{id: unused, name: Oanvänd}]\n")
    scenario = read_scenario(folder).scenario
    assert list(scenario.agencies) == ["miljo", "skatteverket", "stadskansliet"]
    assert list(scenario.areas) == ["city", "harbour"]


def test_what_is_wrong_in_the_configuration_names_its_own_file(tmp_path: Path) -> None:
    plan = (RIGHT / "plan.yaml").read_text().replace("language: sv", "language: sv, config: ../config")
    folder = with_files(tmp_path / "mine", {"plan.yaml": plan, "../config/cyc.yaml": "areas: 3\nhello: 4\n"})
    (folder / "operations.yaml").unlink()
    (tmp_path / "config" / "operations.yaml").write_text("operations:\n  - {id: OP-1, title: 4}\n")
    with pytest.raises(InputError) as refused:
        read_scenario(folder)
    found = {(p.file, p.path, p.kind, p.line) for p in refused.value.problems}
    assert ("../config/operations.yaml", "operations[0].title", "wrong-type", 2) in found
    assert ("../config/cyc.yaml", "hello", "unknown-key", 2) in found
    assert not any(path == "areas" for _, path, _, _ in found)


def test_files_of_withdrawals_and_changes_are_no_part_of_a_scenario_and_a_place_has_file_and_line(
    tmp_path: Path,
) -> None:
    folder = with_files(tmp_path, {"withdrawals-2027.yaml": "withdrawals: []", "changes.yaml": "cancelled: []"})
    assert read_scenario(folder).scenario == read_scenario(RIGHT).scenario
    read = read_scenario(RIGHT)
    problem = read.problem("no-slot", Message("x"), "operations", 2)
    assert (problem.file, problem.line, problem.path) == ("operations.yaml", 33, "operations[2]")


def test_text_loses_what_would_break_a_line_of_a_feed(tmp_path: Path) -> None:
    text = (RIGHT / "operations.yaml").read_text()
    folder = with_files(
        tmp_path, {"operations.yaml": text.replace("title: Lager", r'title: "La\x07g\u2028er \n\u202ei hamn"')}
    )
    assert read_scenario(folder).scenario.operations["OP-002"].title == "Lager i hamn"


# What is nearly right in a workbook is understood or asked about, never taken for something else in silence.


YEAR = Path(__file__).parents[3] / "scenarios" / "goteborg-2027"
Edit = Callable[[Workbook], None]


@pytest.fixture(scope="module")
def book() -> bytes:
    """The first operations of the year: each test writes all of them."""
    year = read_scenario(YEAR).scenario
    return scenario_workbook(replace(year, operations=dict(islice(year.operations.items(), 52)), objects={}))


def column(sheet: Worksheet, heading: str) -> int:
    return next(n for n, cell in enumerate(sheet[1], start=1) if cell.value == heading)


def cell(heading: str, value: str, row: int = 2) -> Edit:
    """Writes into the cell of an operation, by default the first one's."""

    def edit(book: Workbook) -> None:
        sheet = book["Insatser"]
        sheet.cell(row, column(sheet, heading), value)

    return edit


def heading(old: str, new: str) -> Edit:
    def edit(book: Workbook) -> None:
        sheet = book["Insatser"]
        sheet.cell(1, column(sheet, old), new)

    return edit


def read(data: bytes, *edits: Edit) -> tuple[Mapping[str, Operation], str]:
    """The operations, none if the workbook cannot be used; and all that is said of it.

    To write, save and read it takes most of each test: one of them asks of many rows at once what it asks.
    """
    book, out = load_workbook(BytesIO(data)), BytesIO()
    for edit in edits:
        edit(book)
    book.save(out)
    say = words("sv").say
    try:
        scenario = workbook_scenario(book_in(out.getvalue(), "x.xlsx"))
    except InputError as error:
        return {}, " ".join(say(problem.text) for problem in error.problems)
    return scenario.scenario.operations, " ".join(map(say, scenario.notes))


def down(heading: str, given: Iterable[str]) -> list[Edit]:
    """Writes into the cells of the first operations, one each."""
    return [cell(heading, one, row) for row, one in enumerate(given, start=2)]


def test_a_date_needs_no_year(book: bytes) -> None:
    given = ["15 mars", "15 Mars", "den 15 mars", "15:e mars", "15 mar", "15 mars 2027"]
    operations, said = read(book, *down("Från", given), *down("Till", ["2027-12-31"] * len(given)))
    assert operations, said
    for one, operation in zip(given, operations.values(), strict=False):
        assert operation.window is not None
        assert str(operation.window.first) == "2027-03-15", one


def test_a_priority_may_be_a_word_and_one_that_says_two_things_or_none_is_asked_about(book: bytes) -> None:
    high = ("hög", "Hög", "HÖG", "hog", "Hog", "högt", "1 hög", "1 - hög", "prio 1", "hög prioritet")
    meant = {
        **dict.fromkeys(high, 1),
        **dict.fromkeys(("medel", "Normal", "prioritet 2"), 2),
        **dict.fromkeys(("låg", "Låg", "lag", "3 (låg)"), 3),
    }
    operations, said = read(book, *down("Prioritet", meant))
    assert operations, said
    assert dict(zip(meant, (operation.priority for operation in operations.values()), strict=False)) == meant
    given = ["viktig", "1 låg", "hög låg", "prio", "4 hög", "prio 4"]
    operations, said = read(book, *down("Prioritet", given))
    assert not operations
    assert said.count("skriv 1 (hög), 2 eller 3 (låg)") == len(given), said


def test_a_heading_that_is_nearly_right_is_asked_about_and_one_of_ones_own_is_not(book: bytes) -> None:
    for asked in [
        {
            ("miljo", "mijlo"): "Menade du miljo?",
            ("kronofogden", "kronofodgen"): "Menade du kronofogden?",
            ("Prioritet", "Prioritett"): "Menade du Prioritet?",
        },
        {("miljo", "Miljöförvaltning"): "Menade du Miljöförvaltningen?"},
        {
            ("Titel", "Titell"): 'döp om "Titell", om det är den',
            ("Bransch", "Branscher"): 'döp om "Branscher", om det är den',
            ("Ansvarig", "Ansvarg"): 'döp om "Ansvarg", om det är den',
        },
    ]:
        _, said = read(book, *(heading(*one) for one in asked))
        assert [one for one in asked.values() if one not in said] == [], said
    assert "om det är den" not in read(book, heading("Titel", "Diarienummer"))[1]


def test_another_number_or_case_of_a_name_and_a_sector_that_stands_nowhere_else_are_asked_about(book: bytes) -> None:
    for asked in [
        [
            ("Bransch", "Restauranger", 'Menade du "Restaurang"?'),
            ("Bransch", "Transporter", 'Menade du "Transport"?'),
        ],
        [
            ("Bransch", "Skönhetsvårdar", 'Menade du "Skönhetsvård"?'),
            ("Område", "Göteborgs City", 'Menade du "Göteborg City"?'),
            ("Ansvarig", "Skatteverkets", 'Menade du "Skatteverket"?'),
            ("Ansvarig", "Räddningstjänst", 'Menade du "Räddningstjänsten"?'),
            ("Enheter", "LPO Citys", 'Menade du "LPO City"?'),
            ("Pass", "Kvällar", 'Menade du "Kväll"?'),
        ],
    ]:
        _, said = read(book, *(cell(where, given, row) for row, (where, given, _) in enumerate(asked, start=2)))
        assert [one for *_, one in asked if one not in said] == [], said
    assert "finns inte bland orden för branscher" in read(book, cell("Bransch", "Frisor"))[1]


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("restaurants", '"restaurants" står bara vid den här insatsen. Menade du "restaurant"?'),
        ("hairdresser", '"hairdresser" står bara vid den här insatsen.'),
        ("restaurant", ""),
    ],
)
def test_the_same_where_there_are_no_words(tmp_path: Path, given: str, asked: str) -> None:
    """Each sector of the year is that of several operations."""
    shutil.copytree(YEAR.parent / "tutorial", tmp_path, dirs_exist_ok=True)
    plan, operations = tmp_path / "plan.yaml", tmp_path / "operations.yaml"
    plan.write_text(re.sub(r"^names:\n(  .*\n)+", "", plan.read_text(), flags=re.M))
    text = re.sub(r"sector: \w+", "sector: restaurant", operations.read_text())
    for sector in ("vehicle", "cleaning"):
        text = text.replace("sector: restaurant", f"sector: {sector}", 2)
    first, _, last = text.rpartition("sector: restaurant")
    operations.write_text(f"{first}sector: {given}{last}")
    said = [
        words("sv").say(warning.text) for warning in read_scenario(tmp_path).warnings if warning.kind == "unknown-word"
    ]
    assert said == [asked] * bool(asked)


def test_a_sector_of_a_frame_that_no_operation_has_is_asked_about(tmp_path: Path) -> None:
    """Nothing would ever be bound by it."""
    shutil.copytree(YEAR.parent / "tutorial", tmp_path, dirs_exist_ok=True)
    operations = tmp_path / "operations.yaml"
    text = operations.read_text()
    operations.write_text(text.replace("    sector: ", "    frame: {sectors: [restaurant, kiosk]}\n    sector: ", 1))
    odd = [warning.path for warning in read_scenario(tmp_path).warnings if warning.kind == "unknown-word"]
    assert odd == ["operations[0].frame.sectors[1]"]


# Public holidays: the law's, by name, and the same whoever asks.


def test_sweden_has_the_public_category_in_swedish() -> None:
    # domain.md 5: the eves are no public holidays, nor are Sundays.
    assert dict(public_holidays("SE", 2027, 2027)) == {
        date(2027, 1, 1): "Nyårsdagen",
        date(2027, 1, 6): "Trettondedag jul",
        date(2027, 3, 26): "Långfredagen",
        date(2027, 3, 28): "Påskdagen",
        date(2027, 3, 29): "Annandag påsk",
        date(2027, 5, 1): "Första maj",
        date(2027, 5, 6): "Kristi himmelsfärdsdag",
        date(2027, 5, 16): "Pingstdagen",
        date(2027, 6, 6): "Nationaldagen",
        date(2027, 6, 26): "Midsommardagen",
        date(2027, 11, 6): "Alla helgons dag",
        date(2027, 12, 25): "Juldagen",
        date(2027, 12, 26): "Annandag jul",
    }


def test_the_names_do_not_follow_the_machines_language(monkeypatch: pytest.MonkeyPatch) -> None:
    said = []
    for language in ("en", "th"):
        monkeypatch.setenv("LANGUAGE", language)
        said.append([public_holidays.__wrapped__(country, 2027, 2027) for country in ("SE", "NO", "DK", "US")])
    assert said[0] == said[1]


def test_the_eves_are_those_that_are_free_in_fact_and_that_everybody_knows() -> None:
    # `eves` are the dates before public holidays: so they are the library's `de_facto` days too, or are holidays.
    in_fact = 0
    for country in countries():
        public = dict(public_holidays(country, 2026, 2031))
        calendar = Calendar(country, holidays=public, avoid=("eves",))
        for day, name in public_holidays(country, 2026, 2030, "de_facto"):
            in_fact += 1
            assert day in public or calendar.why_avoided(day, 2) == "eves", (country, day, name)
    assert in_fact >= 3 * 5, "Sweden has three a year"
    for year in range(2026, 2031):
        calendar = Calendar("SE", holidays=dict(public_holidays("SE", year, year + 1)), avoid=("eves",))
        midsummer = next(date(year, 6, day) for day in range(19, 26) if date(year, 6, day).weekday() == 4)
        for eve in (date(year, 12, 24), date(year, 12, 31), midsummer, date(year, 1, 5), date(year, 4, 30)):
            assert calendar.avoided(eve, 2) == 2, eve


def test_every_country_can_be_asked() -> None:
    assert "SE" in countries()
    for country in countries():
        assert all(name for _, name in public_holidays(country, 2026, 2027))
