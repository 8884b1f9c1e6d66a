"""The logs that are learnt from: the plan's own year once, others as known then; and how a first plan says it."""

from dataclasses import replace
from datetime import date, datetime
from functools import partial
from pathlib import Path

import pytest

from arshjul.errors import InputError
from arshjul.office.draft.import_year import import_year
from arshjul.office.draft.options import FIRST, options_of
from arshjul.office.draft.stored_draft import opened_draft
from arshjul.office.draft.study import JobAsked, begin, work_out
from arshjul.office.store.store import make_store, open_store
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.withdrawal import Withdrawal, WithdrawalHistory
from arshjul.year.folder.reading import with_history, withdrawal_histories
from arshjul.year.planning.places.explain import explain
from arshjul.year.planning.verify import judge
from tests import years
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


def test_a_first_plan_knows_what_was_known_when_it_was_made(tmp_path: Path) -> None:
    year = years.scenario()
    heard = Withdrawal("A", None, ("p0", "p1"), date(2026, 3, 6), date(2026, 3, 6), cause="shooting")
    to_come = replace(heard, id="B", first=date(2026, 12, 24), last=date(2026, 12, 24))
    log = WithdrawalHistory(Span(date(2026, 1, 1), date(2026, 12, 31)), (heard, to_come))
    url = str(tmp_path / "y.db")
    import_year(replace(year, history=(log,)), partial(make_store, url), "test", years.NOW, lambda _: None)
    store = open_store(url)
    with store.reading() as db:
        draft = opened_draft(db)
    assert draft.scenario.history == (log,)
    number, _ = begin(store, JobAsked("test", years.NOW, draft.stamp))
    work_out(store, number, lambda _: None)
    (option,) = options_of(store, number)
    assert option.id == FIRST
    assert option.scenario.history == (WithdrawalHistory(Span(log.year.first, years.NOW.date()), (heard,)),)
    assert judge(option.scenario, option.plan).clean
    sentences = (text for one in option.plan.placed for text in explain(option.scenario, option.plan, one).sentences)
    assert any("bygger på en avbokning" in years.WORDS.say(text) for text in sentences)
