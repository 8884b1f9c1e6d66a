"""Who is away now and soon, in words, as the plan's withdrawals say it."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from arshjul.domain.entries.entries import Entries
from arshjul.domain.withdrawal import GivenBack, Withdrawal
from arshjul.planning.today.units_away import away
from arshjul.texts import Words
from tests import years

TODAY = date(2027, 3, 2)


def _told(*withdrawals: Withdrawal, back: tuple[GivenBack, ...] = ()) -> tuple[list[str], list[str]]:
    year = years.scenario(n_police=3)
    plan = replace(years.plan(year), entries=Entries.of(withdrawals=withdrawals, given_back=back))
    found, words = away(year, plan, TODAY), Words("en")
    return [words.say(text) for text in found.now], [words.say(text) for text in found.soon]


def _withdrawal(id: str, units: str, first: int, last: int | None, left: int = 0) -> Withdrawal:
    end = None if last is None else TODAY + timedelta(days=last)
    police = tuple(units.split())
    return Withdrawal(id, datetime(2027, 3, 1), police, TODAY + timedelta(days=first), end, None, left)


def test_units_that_are_away_alike_stand_together() -> None:
    now, soon = _told(_withdrawal("A1", "p0", 0, 5), _withdrawal("A2", "p1 p2", 0, 5))
    assert now == ["LPO 0, LPO 1 and LPO 2 until Sunday 7 March 2027"]
    assert not soon


def test_what_begins_within_a_week_is_told_and_what_is_later_or_over_is_not() -> None:
    now, soon = _told(
        _withdrawal("A1", "p0", 7, 8, left=2),
        _withdrawal("A2", "p1", 8, 9),
        _withdrawal("A3", "p1", -3, -1),
        _withdrawal("A4", "p2", 3, 3),
    )
    assert not now
    assert soon == [
        "LPO 2 on Friday 5 March 2027",
        "LPO 0, Tuesday 9 March 2027 to Wednesday 10 March 2027, 2 officers left",
    ]


def test_an_end_that_nobody_knows_is_said_to_be_one() -> None:
    (now,), _ = _told(_withdrawal("A1", "p0", 0, None))
    assert now.endswith("(until further notice)")


def test_what_is_given_back_is_not_away() -> None:
    back = GivenBack(id="T1", withdrawal="A1", first=TODAY, last=TODAY)
    now, soon = _told(_withdrawal("A1", "p0", -1, 1), back=(back,))
    assert not now
    assert soon == ["LPO 0 on Wednesday 3 March 2027"]
