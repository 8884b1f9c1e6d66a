"""No hidden count can be worked out: all tables that agree with what is shown are tried, or a solver is asked."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from random import Random

import pytest
from ortools.sat.python import cp_model

from arshjul.planning.report.suppression import LEAST, LEAST_HIDDEN, ShownCounts, shown_counts, shown_year

N_YEARS = 300

Seen = tuple[tuple[tuple[str, int], ...], int]
"""The rows that are shown, and the others."""


def tables(n_rows: int, total: int) -> Iterator[tuple[int, ...]]:
    """Every table of so many rows with that sum."""
    if n_rows == 1:
        yield (total,)
        return
    for first in range(total + 1):
        for rest in tables(n_rows - 1, total - first):
            yield (first, *rest)


def told(table: Sequence[int]) -> Seen:
    """All that a reader sees of it."""
    shown = shown_counts({str(row): n for row, n in enumerate(table) if n}, len(table))
    return (tuple(sorted(shown.rows.items())), shown.others)


@cache
def readings(n_rows: int, total: int) -> Mapping[Seen, list[tuple[int, ...]]]:
    """The tables with that sum by what is seen of them: a reader who knows the rule cannot tell them apart."""
    found = defaultdict(list)
    for table in tables(n_rows, total):
        found[told(table)].append(table)
    return found


@pytest.mark.parametrize("n_rows", [2, 3, 4, 5])
@pytest.mark.parametrize("total", range(LEAST, 15))
def test_no_row_is_worked_out_from_the_others_and_the_total(n_rows: int, total: int) -> None:
    for (rows, others), alike in readings(n_rows, total).items():
        known = dict(rows)
        hidden = [number for number in range(n_rows) if str(number) not in known]
        assert sum(known.values()) + others == total
        assert not others or len(hidden) > 1, "of one row, what is not shown would be its count"
        for number in hidden if others else ():
            agree = {left[hidden.index(number)] for left in tables(len(hidden), others)}
            assert {0, LEAST} <= agree
            assert len({table[number] for table in alike}) > 1, "nor by who knows the rule by which rows are hidden"


def test_what_is_hidden_is_never_little_unless_all_is() -> None:
    for total in range(LEAST, 15):
        for rows, others in readings(4, total):
            assert others == 0 or others > LEAST or not rows
            assert all(n >= LEAST for _, n in rows)


ROWS = [f"r{number}" for number in range(7)]


def drawn(seed: int) -> list[Counter[str]]:
    """Four quarters, as uneven as rules and pairs of parties are."""
    chance = Random(seed)
    weights = [2.0**-number for number in range(len(ROWS))] if seed % 2 else [1.0] * len(ROWS)
    return [Counter(chance.choices(ROWS, weights, k=chance.randint(0, 16 if seed % 3 else 4))) for _ in range(4)]


class Reader:
    """Who has the year and its quarters, and asks a solver what a count of a quarter can be."""

    def __init__(self, quarters: Sequence[Counter[str]], year: ShownCounts, together: Counter[str]) -> None:
        self.model = cp_model.CpModel()
        most = sum(map(Counter.total, quarters)) + together.total()
        columns = [*quarters, together] if together else list(quarters)
        self.cells = {
            (row, column): self.model.new_int_var(0, most, f"{row} {column}")
            for row in ROWS
            for column in range(len(columns))
        }
        for column, counts in enumerate(columns):
            there = [self.cells[row, column] for row in ROWS]
            self.model.add(sum(there) == counts.total())
            if column < len(quarters):
                self._sees(shown_counts(counts, len(ROWS)), {row: self.cells[row, column] for row in ROWS})
        self._sees(year, {row: sum(self.cells[row, column] for column in range(len(columns))) for row in ROWS})

    def _sees(self, shown: ShownCounts, of: Mapping[str, cp_model.LinearExprT]) -> None:
        for row, n in shown.rows.items():
            self.model.add(of[row] == n)
        for row in () if shown.others else of.keys() - shown.rows.keys():
            self.model.add(of[row] == 0)

    def between(self, place: tuple[str, int]) -> tuple[int, int]:
        """The least and the most that it can be."""
        ends = []
        for aim in (self.model.minimize, self.model.maximize):
            aim(self.cells[place])
            solver = cp_model.CpSolver()
            solver.parameters.num_workers = 1
            assert solver.solve(self.model) == cp_model.OPTIMAL
            ends.append(round(solver.objective_value))
        return ends[0], ends[1]


def n_worked_out(seed: int, *, alone: bool = False) -> int:
    """How many hidden counts of the quarters a reader of all five works out. `alone`: as if the year stood alone."""
    all_four = drawn(seed)
    quarters = [one for one in all_four if one.total() >= LEAST]
    small = [one for one in all_four if one.total() < LEAST]
    n_small = sum(one.total() for one in small)
    counts_too = LEAST_HIDDEN <= n_small <= 2 * (len(small) - 1)
    together = sum(small, Counter[str]()) if counts_too else Counter[str]()
    counts = sum([*quarters, together], Counter[str]())
    if counts.total() < LEAST:
        return 0
    year = shown_counts(counts, len(ROWS)) if alone else shown_year(quarters, together, ROWS)
    reader, found = Reader(quarters, year, together), 0
    for column, quarter in enumerate(quarters):
        shown = shown_counts(quarter, len(ROWS))
        for row in set(quarter) - shown.rows.keys():
            least, most = reader.between((row, column))
            found += least == most
    for row in together:
        if together[row] < LEAST or together[row] == n_small:
            least, most = reader.between((row, len(quarters)))
            found += least == most
    return found


@pytest.mark.parametrize("block", range(6))
def test_nothing_is_worked_out_from_the_four_quarters_and_the_year_together(block: int) -> None:
    seeds = range(block * N_YEARS // 6, (block + 1) * N_YEARS // 6)
    assert [seed for seed in seeds if n_worked_out(seed)] == []


def test_a_year_that_is_told_as_if_it_stood_alone_gives_counts_of_quarters_away() -> None:
    assert sum(n_worked_out(seed, alone=True) > 0 for seed in range(40)) > 3
