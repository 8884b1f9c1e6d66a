"""The guesser against years in which the truth is known, and against the arithmetic that no honest forecast escapes."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import product
from math import log2
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.planning.leaks.guesser import Guesser, KnownTotal, Occasion, Score, Slots, announced, experts
from tests.examples import examples

Visit = tuple[int, tuple[str, ...]]


def slots_of(days: Iterable[date], shifts: int) -> Slots:
    there = [(day, shift) for day in days for shift in range(shifts)]
    return Slots(
        day=np.array([day.toordinal() for day, _ in there]),
        week=np.array([(day.toordinal() - 1) // 7 for day, _ in there]),
        habit=np.array([day.weekday() * shifts + shift for day, shift in there]),
        n_habits=7 * shifts,
    )


DAYS = [day for n in range(365) if (day := date(2027, 1, 1) + timedelta(n)).weekday() < 6]
YEAR = slots_of(DAYS, 3)
DAY = {day: 3 * n for n, day in enumerate(DAYS)}
"""The number of the first shift of each date."""
TUESDAYS = [day for day in DAYS if day.weekday() == 1]
AREAS, SECTORS = ("city", "nordost", "hisingen"), ("restaurant", "vehicle", "beauty")


def occasions(visits: Iterable[Visit]) -> list[Occasion]:
    found: dict[Visit, list[str]] = defaultdict(list)
    for n, visit in enumerate(visits):
        found[visit].append(f"OP-{n}")
    return [Occasion(slot, kind, tuple(ids)) for (slot, kind), ids in sorted(found.items())]


def scored(visits: Iterable[Visit], slots: Slots = YEAR) -> Score:
    return Guesser(slots, occasions(visits)).score()


def right(score: Score) -> float:
    return sum(one.names_date for one in score.guesses) / len(score.guesses)


def at_random(rng: Random, n: int, parts: int) -> list[Visit]:
    return [(rng.randrange(len(YEAR)), (rng.choice(AREAS), rng.choice(SECTORS))[:parts]) for _ in range(n)]


@pytest.mark.parametrize("kinds", [[()] * 3, [("a",), ("a",), ("b",)], [("a", "s"), ("b", "s"), ("a", "s")]])
def test_against_chance_nothing_is_won_in_the_mean(kinds: list[tuple[str, ...]]) -> None:
    """Over every way in which chance can lay out a small year, the odds won multiply to exactly one in the mean.

    That is what makes the score proper, and what a forecast that peeps at the slot it forecasts would break.
    """
    small = slots_of([date(2027, 3, 1) + timedelta(n) for n in range(0, 12, 2)], 1)
    every = product(range(len(small)), repeat=len(kinds))
    odds = [2 ** scored(zip(slots, kinds, strict=True), small).bits for slots in every]
    assert len(odds) == len(small) ** len(kinds)
    assert sum(odds) / len(odds) == pytest.approx(1, abs=1e-9)
    assert max(odds) > 1.05


@pytest.mark.parametrize("parts", [0, 1, 2])
def test_years_at_random_score_as_knowing_nothing(parts: int) -> None:
    scores = [scored(at_random(Random(f"{seed}"), 120, parts)) for seed in range(8)]
    worst = -1 - log2(1 + len(experts(parts)))
    assert all(worst <= score.bits < log2(100) for score in scores)
    for names in ("names_week", "names_date"):
        guess, blind = (
            np.mean([getattr(one, how) for score in scores for one in score.guesses])
            for how in (names, f"blind_{names}")
        )
        assert abs(guess - blind) < 0.03, names


@pytest.mark.parametrize("every", [1, 2])
def test_a_visit_each_or_every_second_tuesday_is_given_away(every: int) -> None:
    score = scored((DAY[day], ("city", "restaurant")) for day in TUESDAYS[::every])
    assert right(score) > 0.9
    assert score.bits / score.occasions > 5
    late = score.guesses[len(score.guesses) // 2 :]
    assert all(one.date > 0.9 and one.blind < 0.15 for one in late)
    assert all(one.because is not None for one in late)


def test_the_one_kind_that_has_a_habit_is_found_among_others() -> None:
    rng = Random("3")
    steady = [(DAY[day], ("city", "restaurant")) for day in TUESDAYS[::2]]
    others = [(slot, kind) for slot, kind in at_random(rng, 80, 2) if kind != ("city", "restaurant")]
    score = scored([*steady, *others])
    most = sorted(score.guesses, key=lambda one: one.blind - one.date)[:12]
    assert {one.occasion.kind for one in most} == {("city", "restaurant")}
    assert all(one.names_date for one in most)


def test_always_tuesday_in_an_area_is_seen_where_areas_are_told_apart() -> None:
    """Which sector comes next is drawn, so that who is told sectors too guesses no better than who is told areas."""
    rng = Random("5")
    visits = [(DAY[day], ("hisingen",)) for day in TUESDAYS if rng.random() < 0.8]
    visits += [(slot, ("city",)) for slot, _ in at_random(rng, 60, 1)]
    by_area = scored(visits)
    assert {one.occasion.kind for one in by_area.guesses if one.date > 0.5} == {("hisingen",)}
    whole = scored((slot, ()) for slot, _ in visits)
    assert by_area.bits > whole.bits > log2(100)


@given(st.data())
@examples(30, 300)
def test_a_guess_knows_nothing_of_what_comes_later(data: st.DataObject) -> None:
    small = slots_of([date(2027, 3, 1) + timedelta(n) for n in range(30)], 2)
    kinds = st.sampled_from([("a", "r"), ("a", "s"), ("b", "r")])
    cut = data.draw(st.integers(5, len(small) - 2))
    before = data.draw(st.lists(st.tuples(st.integers(0, cut), kinds), min_size=1, max_size=12, unique=True))
    later = data.draw(st.lists(kinds, max_size=6))
    ends = st.lists(st.integers(cut + 1, len(small) - 1), min_size=len(later), max_size=len(later))
    one, other = (scored([*before, *zip(data.draw(ends), later, strict=True)], small) for _ in range(2))
    past = [[guess for guess in score.guesses if guess.occasion.slot <= cut] for score in (one, other)]
    for guess, again in zip(*past, strict=True):
        assert guess.date == pytest.approx(again.date)
        assert (guess.names_date, guess.names_week) == (again.names_date, again.names_week)


@given(st.lists(st.tuples(st.integers(0, 59), st.sampled_from(["a", "b"])), min_size=1, max_size=25))
@examples(50, 500)
def test_no_year_costs_more_than_the_choice_of_an_expert(visits: list[tuple[int, str]]) -> None:
    small = slots_of([date(2027, 3, 1) + timedelta(n) for n in range(30)], 2)
    score = scored([(slot, (kind,)) for slot, kind in visits], small)
    assert score.bits >= -1 - log2(1 + len(experts(1))) - 1e-9
    for guess in score.guesses:
        assert 0 <= guess.date <= 1 + 1e-9
        assert 0 < guess.blind <= 1 + 1e-9


def test_a_number_for_the_whole_year_says_nothing() -> None:
    there = occasions(at_random(Random("1"), 60, 0))
    score = announced(YEAR, there, [KnownTotal(0, len(YEAR), 60)])
    assert score.bits == 0
    assert all(one.date == one.blind for one in score.guesses)


def test_numbers_by_half_years_give_away_half_a_year() -> None:
    """All lie in the first half: of each, one bit is known, and nothing of where in that half it lies."""
    half = len(YEAR) // 2
    rng = Random("2")
    there = occasions((rng.randrange(half), ()) for _ in range(40))
    score = announced(YEAR, there, [KnownTotal(0, half, 40), KnownTotal(half, len(YEAR), 0)])
    assert score.bits / 40 == pytest.approx(1, abs=0.1)
