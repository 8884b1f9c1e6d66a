"""The logs that are learnt from: the plan's own year once, and others as they were known at the moment."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from arshjul.errors import InputError
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.withdrawal import Withdrawal, WithdrawalHistory
from arshjul.year.folder.reading import with_history, withdrawal_histories
from tests.builders import plan, scenario

LAST_YEAR = WithdrawalHistory(Span(date(2026, 1, 1), date(2026, 12, 31)), ())
ONE = Withdrawal("W", None, ("lpo-city",), date(2027, 3, 2), date(2027, 3, 2))


def test_the_plan_s_own_year_counts_once_and_as_it_is_known() -> None:
    year = scenario()
    stale = WithdrawalHistory(Span(year.span.first, date(2027, 2, 1)), ())
    year = replace(year, history=(LAST_YEAR, stale))
    april = datetime(2027, 4, 1, 8)
    made = replace(
        plan(year, [], april), entries=Entries.of(withdrawals=(ONE, replace(ONE, id="V", first=date(2027, 5, 1))))
    )
    moment = datetime(2027, 4, 1, 8, tzinfo=year.zone)
    known = with_history(year, ())
    own, other = withdrawal_histories(known, made, moment)
    assert (own.year, [withdrawal.id for withdrawal in own.withdrawals]) == (
        Span(year.span.first, moment.date()),
        ["W"],
    )
    assert other == LAST_YEAR
    later = datetime(2027, 6, 1, 8, tzinfo=year.zone)
    assert withdrawal_histories(known, made, later) == [own, other], "nobody has watched since"
    before = datetime(2026, 11, 1, 8, tzinfo=year.zone)
    assert [log.year for log in withdrawal_histories(known, made, before)] == [Span(date(2026, 1, 1), before.date())]


def test_no_date_is_told_of_twice(tmp_path: Path) -> None:
    year = replace(scenario(), history=(LAST_YEAR,))
    named = tmp_path / "year.yaml"
    named.write_text("{from: 2026-12-31, to: 2026-12-31}\n")
    with pytest.raises(InputError, match="2026-12-31"):
        with_history(year, (named,))
    named.write_text("{from: 2025-12-31, to: 2025-12-31}\n")
    assert [log.year.first.year for log in with_history(year, (named,)).scenario.history] == [2026, 2025]
    named.write_text("{from: 2027-12-31, to: 2027-12-31}\n")
    with pytest.raises(InputError, match="two plans cover the year"):
        withdrawal_histories(with_history(year, (named,)), plan(year, []), datetime(2027, 4, 1, 8, tzinfo=year.zone))
