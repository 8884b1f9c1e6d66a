"""What the right scenario says, key by key."""

from datetime import date, time
from pathlib import Path

import pytest
from pydantic import BaseModel

from arshjul.errors import InputError, Message
from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.operation import FollowUp, Frame, Operation, Pin
from arshjul.year.domain.parties import Agency, Matching, OfficerLine, PoliceUnit, RiskLine, TeamLine
from arshjul.year.domain.scenario import Programme, Scenario, Target
from arshjul.year.domain.settings import Cycle, LimitException, Settings
from arshjul.year.formats.reading import read_scenario
from arshjul.year.formats.schema.declared import shape
from arshjul.year.formats.schema.settings import WrittenObjective, WrittenRules
from arshjul.year.formats.yaml_guard import read_yaml
from tests.year.formats.folders import RIGHT, with_files


@pytest.fixture(scope="module")
def right() -> Scenario:
    return read_scenario(RIGHT).scenario


def test_plan_and_calendar_are_read(right: Scenario) -> None:
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


def test_holidays_reach_as_far_as_the_milestones(right: Scenario) -> None:
    assert date(2026, 12, 25) in right.calendar.holidays
    assert date(2028, 1, 6) in right.calendar.holidays


def test_shifts_areas_and_settings_are_read(right: Scenario) -> None:
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


def test_police_lines_are_read(right: Scenario) -> None:
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


def test_staff_is_the_largest_line_that_sets_the_teams(right: Scenario) -> None:
    assert right.agencies["miljo"].staff_teams == 2
    assert right.agencies["skatteverket"].staff_teams == 3
    assert right.agencies["miljo"].teams[1] == TeamLine(
        Matching(first=date(2027, 7, 1), last=date(2027, 7, 31)), 9, at_most=True
    )


def test_exceptions_from_limits_are_read(right: Scenario) -> None:
    week = Span(date(2027, 11, 1), date(2027, 11, 7))
    assert right.agencies["miljo"].load_exceptions == (
        LimitException(week, {"team_shifts_per_week": 7, "team_shifts_per_month": 20}),
        LimitException(Span(date(2027, 12, 1), date(2027, 12, 1)), {"team_shifts_per_week": 6}),
    )
    assert right.settings.exceptions == (LimitException(week, {"operations_per_day": 4}),)


def test_targets_are_read(right: Scenario) -> None:
    spring, gvi = right.targets
    assert spring.span == Span(date(2027, 2, 1), date(2027, 6, 30))
    assert (spring.sectors, spring.areas, spring.programmes) == (("restaurant",), ("city",), ("akc", "gvi"))
    assert (spring.at_least, spring.points, gvi.points, gvi.sectors) == (2, 5, None, None)


def test_a_target_without_a_name_is_called_by_its_id(tmp_path: Path) -> None:
    year = "plan.yaml", (RIGHT / "plan.yaml").read_text().replace("    name: Krogar i stan före sommaren\n", "")
    spring, _ = read_scenario(with_files(tmp_path, dict([year]))).scenario.targets
    assert spring.name == spring.id == "spring"


def test_programmes_are_read_and_a_word_holds_where_there_is_none(right: Scenario) -> None:
    gvi, word = right.programme("gvi"), right.programme("akc")
    assert gvi == Programme("gvi", "GVI", "stadskansliet", "minska gängvåldet")
    assert (word.name, word.owner) == ("AKC-väst", None)
    assert [right.owner(right.operations[id]) for id in ("OP-001", "OP-002")] == [None, "stadskansliet"]
    assert not right.agencies["stadskansliet"].sends_teams
    assert right.agencies["miljo"].sends_teams
    assert right.operations["OP-004"].proposed_by == "lpo-city"
    assert not {"akc", "gvi"} & set(right.sectors)


def test_an_operation_is_read(right: Scenario) -> None:
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


def test_what_an_operation_leaves_out_has_its_default(right: Scenario) -> None:
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


def test_files_of_withdrawals_and_changes_are_no_part_of_a_scenario(tmp_path: Path) -> None:
    folder = with_files(tmp_path, {"withdrawals-2027.yaml": "withdrawals: []", "changes.yaml": "cancelled: []"})
    assert read_scenario(folder).scenario == read_scenario(RIGHT).scenario


def test_text_loses_what_would_break_a_line_of_a_feed(tmp_path: Path) -> None:
    text = (RIGHT / "operations.yaml").read_text()
    folder = with_files(
        tmp_path, {"operations.yaml": text.replace("title: Lager", r'title: "La\x07g\u2028er \n\u202ei hamn"')}
    )
    assert read_scenario(folder).scenario.operations["OP-002"].title == "Lager i hamn"


def test_a_place_found_later_has_file_and_line() -> None:
    read = read_scenario(RIGHT)
    problem = read.problem("no-slot", Message("x"), "operations", 2)
    assert (problem.file, problem.line, problem.path) == ("operations.yaml", 33, "operations[2]")
