"""What may be told of obstacles: whole quarters, no small count, and nothing that a later report changes."""

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

import pytest

from arshjul.errors import InputError
from arshjul.year.agenda.sheet_completeness import GivenSection, SheetRegister
from arshjul.year.domain.calendar import Shift, Span
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.entries.obstacle import CATEGORIES, EFFECTS, NEEDS, RULES, WISHES, SharingObstacle
from arshjul.year.domain.plan import Base, Plan
from arshjul.year.planning.report.obstacles import (
    LEAST,
    OTHERS,
    ObstacleReport,
    Quarter,
    obstacle_figures,
    obstacle_report,
    obstacle_rows,
    obstacle_sentences,
    periods_before,
    quarters_of,
    quarters_over,
    shown_counts,
    shown_year,
)
from arshjul.year.planning.report.operations import listed, week
from arshjul.year.sheets import csv_rows
from tests import builders
from tests.builders import operation, placement, plan, scenario, swedish
from tests.examples import each, is_slow

YEAR = builders.scenario()
NEXT_YEAR = datetime(2028, 1, 1, 9, tzinfo=YEAR.zone)
PAIRS = [(party, other) for party in YEAR.parties for other in YEAR.parties if party != other]


def obstacle(id: str, told: str, **changed: object) -> SharingObstacle:
    """Miljö asked Skatteverket for taxes and debts, in the way of which stands chapter 27."""
    usual: dict[str, object] = {
        "day": date.fromisoformat(told),
        "asker": "miljo",
        "asked": "skatteverket",
        "category": "economy",
        "needed_for": "prepare",
        "rule": "27:1",
        "how_known": "written",
        "effect": ("weaker",),
        "reported": datetime.fromisoformat(f"{told}T10:00").replace(tzinfo=YEAR.zone),
    }
    return SharingObstacle(id=id, **{**usual, **changed})  # type: ignore[arg-type]


def told(log: list[SharingObstacle], period: str = "2027-Q1", register: SheetRegister | None = None) -> ObstacleReport:
    return obstacle_report(YEAR, with_log(log), quarters_of(period), NEXT_YEAR, register)


def with_log(log: list[SharingObstacle]) -> Plan:
    return replace(builders.plan(YEAR, ()), entries=Entries.of(obstacles=tuple(log)))


def rows(found: ObstacleReport, id: str) -> dict[str, int]:
    return {figure.key: int(figure.n or 0) for table in found.tables for figure in table.figures if figure.part == id}


def test_they_are_told_by_rule_by_pair_and_by_effect() -> None:
    log = [obstacle(f"H{n}", "2027-02-01") for n in range(4)]
    log += [
        obstacle(f"K{n}", "2027-03-01", rule="18:1", asked="lpo-city", effect=("dropped", "delayed")) for n in range(3)
    ]
    log += [obstacle("L1", "2027-01-05", rule="26:1"), obstacle("L2", "2027-01-05", rule="none")]
    report = told(log)
    assert report.n == 9
    assert rows(report, "rule") == {"27:1": 4, "others": 5}, "18:1 with 3 joins the two small ones: 2 would be told"
    assert rows(report, "pair") == {"miljo skatteverket": 6, "miljo lpo-city": 3}
    assert rows(report, "effect") == {"weaker": 6, "dropped": 3}, "each once, by the gravest"
    assert rows(report, "wish") == {"": 9}


def test_of_fewer_than_three_nothing_is_told_not_even_in_the_year_or_beside_its_quarters() -> None:
    for n in range(LEAST):
        report = told([obstacle(f"H{number}", "2027-02-01") for number in range(n)])
        assert (report.n, report.tables) == (None, [])
        said = " ".join(swedish().say(sentence) for sentence in obstacle_sentences(report))
        assert said.startswith("Färre än 3 hinder anmäldes")
    log = [obstacle(f"H{n}", "2027-02-01") for n in range(5)]
    log += [obstacle("K1", "2027-05-01"), obstacle("K2", "2027-05-02", rule="18:1"), obstacle("L1", "2027-08-01")]
    year = told(log, "2027")
    assert (year.n, year.period) == (5, "2027")
    assert [str(quarter) for quarter in year.left_out] == ["2027-Q2", "2027-Q3", "2027-Q4"]
    assert rows(year, "rule") == {"27:1": 5}
    for counts, shown in [
        ((5, 4, 3), (5, 4, 3)),
        ((5, 4, 2, 1), (5, 4, 3)),
        ((5, 4, 2), (5, 6)),
        ((5, 4, 1), (5, 5)),
        ((9, 2), (11,)),
        ((2, 2), (4,)),
        ((), ()),
    ]:
        found = shown_counts({str(row): n for row, n in enumerate(counts)})
        assert tuple(found.values()) == shown
        assert (OTHERS in found) == (shown != counts)
    # r1 is among the others in the last quarter: 7 in the year, beside 5 in the first, would tell of its 2.
    first, last = (shown_counts(one) for one in ({"r0": 6, "r1": 5}, {"r0": 6, "r1": 2, "r2": 2}))
    assert (first, last) == ({"r0": 6, "r1": 5}, {"r0": 6, OTHERS: 4})
    assert shown_year([first, last]) == {"r0": 12, OTHERS: 9}


def test_a_quarter_is_told_when_it_is_over_by_when_it_was_entered() -> None:
    log = [obstacle(f"H{n}", "2027-02-01") for n in range(4)]
    before = told(log)
    with pytest.raises(InputError, match="not over"):
        obstacle_report(YEAR, with_log(log), quarters_of("2027-Q1"), datetime(2027, 3, 31, 23, tzinfo=YEAR.zone))
    later = [*log, obstacle("H1", "2027-05-01", rule="18:1"), obstacle("H9", "2027-05-01", day=date(2027, 2, 1))]
    assert told(later) == before, "what is said of it later is said in the quarter in which it is said"
    corrected = [*log, obstacle("H1", "2027-03-01", rule="18:1")]
    assert (told(corrected).n, rows(told(corrected), "rule")) == (4, {"others": 4})
    late = [obstacle(f"H{n}", "2027-03-31", revision=2) for n in range(3)]
    plan = replace(with_log(late), revision=2, base=Base(1, datetime(2027, 4, 2, 9, tzinfo=YEAR.zone), {}))
    counts = {figure.id: figure.n for figure in obstacle_figures(YEAR, plan, NEXT_YEAR, YEAR.span)}
    assert (counts["2027-Q1"], counts["2027-Q2"]) == (None, 3)
    for wrong in ["2027-Q5", "2027-Q", "Q1", "27-Q1", "", "2027-Q1x", "２０２７"]:
        assert quarters_of(wrong) == ()


def test_fields_of_sheets_are_counted_by_what_was_answered_the_last_version_of_each_quarter() -> None:
    given = [
        GivenSection("B", 1, date(2027, 2, 1), False, 1, 1, 1),
        GivenSection("B", 2, date(2027, 3, 1), False, 3, 0, 0),
        GivenSection("F", 1, date(2027, 3, 1), False, 5, 0, 0),
        GivenSection("D", 1, date(2027, 3, 31), False, 2, 0, 0, entered=date(2027, 4, 1)),
        GivenSection("F", 2, date(2027, 4, 1), True, 0, 0, 5),
    ]
    register = SheetRegister(given={("OP-001", "agency-miljo"): given})
    assert rows(told([], register=register), "fields") == {"answered": 8}
    assert rows(told([], "2027-Q2", register), "fields") == {"others": 7}
    assert told([], "2027-Q3", register).tables == []


def drawn(seed: int) -> list[SharingObstacle]:
    chance = Random(seed)
    rules = list(RULES)[: 1 + seed % 9]
    log = []
    for number in range(chance.randint(0, 60)):
        asker, asked = chance.choice(PAIRS[: 2 + seed % len(PAIRS)])
        day = date(2027, chance.randint(1, 12), chance.randint(1, 28))
        log.append(
            obstacle(
                f"H{number}",
                str(day),
                asker=asker,
                asked=asked,
                rule=chance.choice(rules),
                category=chance.choice(list(CATEGORIES)),
                needed_for=chance.choice(list(NEEDS)),
                effect=tuple(chance.sample(list(EFFECTS), chance.randint(1, 2))),
                wish=chance.choice([*WISHES, None]),
            )
        )
    return log


def crosses(asker: str, asked: str) -> bool:
    kinds = [YEAR.agencies[id].kind if id in YEAR.agencies else "state" for id in (asker, asked)]
    return kinds[0] != kinds[1]


def test_what_stands_between_municipality_and_state_is_a_row_of_its_own() -> None:
    """The agencies of this year are the municipality's, the police the state's."""
    across = [obstacle(f"H{n}", "2027-02-01", asked="lpo-city") for n in range(4)]
    within = [obstacle(f"K{n}", "2027-02-01") for n in range(3)]

    def found(log: list[SharingObstacle]) -> dict[str, tuple[float | None, int | None]]:
        return {
            figure.key: (figure.n, figure.of) for figure in obstacle_figures(YEAR, with_log(log), NEXT_YEAR, YEAR.span)
        }

    assert (found(across + within)["raised"], found(across + within)["across"]) == ((7, None), (4, 7))
    assert found(across + within[1:])["across"] == (None, None), "two within would be told by it"


@each(range(60 if is_slow() else 25))
def test_no_export_of_a_drawn_year_has_a_small_count_or_a_total_that_gives_one_back(seed: int) -> None:
    log = drawn(seed)
    for period in periods_before(NEXT_YEAR, YEAR.span):
        report = told(log, period)
        for table in report.tables:
            counts = [figure.n or 0 for figure in table.figures]
            assert min(counts) >= LEAST
            assert report.period == period
            assert sum(counts) == report.n, "each obstacle counts once in each table"
        if len(report.quarters) == 1:
            there = [
                sharing_obstacle
                for sharing_obstacle in log
                if sharing_obstacle.reported and Quarter.of(sharing_obstacle.reported.date()) == report.quarters[0]
            ]
            assert report.n == (len(there) if len(there) >= LEAST else None)
            by_rule = Counter(sharing_obstacle.rule for sharing_obstacle in there)
            if report.n:
                assert all(n == by_rule[key] for key, n in rows(report, "rule").items() if key != OTHERS)
    for quarter in quarters_over(NEXT_YEAR, YEAR.span):
        in_it = Span(date(quarter.year, quarter.number * 3 - 2, 1), quarter.after - timedelta(days=1))
        raised, across, _ = obstacle_figures(YEAR, with_log(log), NEXT_YEAR, in_it) if log else [None] * 3
        if raised is None or across is None or across.n is None:
            continue
        pairs = rows(told(log, str(quarter)), "pair")
        known = sum(n for key, n in pairs.items() if key != OTHERS and crosses(*key.split(" ")))
        others = pairs.get(OTHERS, 0)
        sides = (across.n, (across.of or 0) - across.n, across.n - known, others - (across.n - known))
        assert across.of == raised.n
        assert all(n == 0 or n >= LEAST for n in sides), "nor beside what is told of the pairs"


def written(rows: Iterable[Iterable[object]]) -> list[list[str]]:
    """The rows as a spreadsheet reads them."""
    return list(csv.reader(io.StringIO(csv_rows(rows), newline=""), delimiter=";"))


def test_decimals_have_a_comma() -> None:
    assert csv_rows([[14.5, 3, "14.5"]]) == "14,5;3;14.5\n"


def test_no_cell_of_a_table_begins_a_formula() -> None:
    bad = ["=1+1", "+46", "-1", "@SUM(A1)", "\tx", "\rx", "\n=x"]
    assert all(str(cell).startswith("'") for cell in written([bad])[0])
    parties = {**YEAR.agencies, "skatteverket": builders.agency("skatteverket", "=HYPERLINK(1)")}
    named = builders.scenario(agencies=parties)
    log = [obstacle(f"H{n}", "2027-02-01", asker="skatteverket", asked="miljo") for n in range(3)]
    report = obstacle_report(named, with_log(log), quarters_of("2027-Q1"), NEXT_YEAR)
    cells = [cell for row in written(obstacle_rows(report, swedish())) for cell in row]
    assert "'=HYPERLINK(1) frågade Miljöförvaltningen" in cells
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@")]


# Lists of operations are in the order of the clock, whatever the numbers and the ids of the shifts are.


DAY = date(2027, 3, 2)
SHIFTS = (Shift("a", "Kväll", time(16), time(22)), Shift("b", "Dag", time(9), time(15)))
THREE = scenario([operation("OP-001"), operation("OP-002"), operation("OP-003")], shifts=SHIFTS)
TWO_PLACED = plan(THREE, [placement("OP-001", day=DAY, shift="a"), placement("OP-003", day=DAY, shift="b")])


def test_the_list_of_operations_and_the_week_go_by_the_clock_and_the_list_ends_with_those_without_a_place() -> None:
    assert [row.operation.id for row in listed(THREE, TWO_PLACED, "", {})] == ["OP-003", "OP-001", "OP-002"]
    (row, *_) = week(THREE, TWO_PLACED, date(2027, 3, 1), by_area=True).rows
    assert [cell.operation for cell in row.cells[1]] == ["OP-003", "OP-001"]
