"""No hidden count can be worked out: all tables that agree with what is shown are tried."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from random import Random

import pytest

from arshjul.planning.report.suppression import LEAST, ShownCounts, shown_counts, shown_year

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


def shown(quarter: Counter[str]) -> ShownCounts:
    return shown_counts(quarter, len(ROWS))


def test_a_row_of_the_year_is_whole_and_stands_in_each_quarter_that_hides_any() -> None:
    n_rows = 0
    for seed in range(N_YEARS):
        quarters = [one for one in drawn(seed) if one.total() >= LEAST]
        year = shown_year(list(map(shown, quarters)))
        assert year.total == sum(map(Counter.total, quarters))
        for row, n in year.rows.items():
            assert n == sum(one[row] for one in quarters), "not only what some quarters show of it"
            assert all(row in shown(one).rows or not shown(one).others for one in quarters)
        n_rows += len(year.rows)
    assert n_rows > 10, "few: that is what it costs"


def test_a_year_by_itself_beside_its_quarters_gives_counts_back() -> None:
    """Why it says that no quarter may be passed on: r1 is hidden in the last quarter, and 7 - 5 is 2."""
    first, last = Counter(r0=6, r1=5), Counter(r0=6, r1=2, r2=2, r3=2)
    assert (shown(first).others, shown(last).rows) == (0, {"r0": 6})
    assert shown(first + last).rows["r1"] == 7, "by itself"
    assert shown_year([shown(first), shown(last)]).rows == {"r0": 12}
