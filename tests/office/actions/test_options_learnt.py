"""A year in the database that learns from another one: its first plan knows what was known, and says what that was."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from arshjul.office.draft.draft import opened_draft
from arshjul.office.draft.import_year import import_year
from arshjul.office.draft.options import FIRST, options_of
from arshjul.office.draft.study import JobAsked, begin, work_out
from arshjul.office.store.store import make_store, open_store
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.withdrawal import Withdrawal, WithdrawalHistory
from arshjul.year.planning.places.explain import explain
from arshjul.year.planning.verify import judge
from tests.years import NOW, WORDS, scenario


def test_a_first_plan_knows_what_was_known_when_it_was_made(tmp_path: Path) -> None:
    year = scenario()
    heard = Withdrawal("A", None, ("p0", "p1"), date(2026, 3, 6), date(2026, 3, 6), cause="shooting")
    to_come = replace(heard, id="B", first=date(2026, 12, 24), last=date(2026, 12, 24))
    log = WithdrawalHistory(Span(date(2026, 1, 1), date(2026, 12, 31)), (heard, to_come))
    url = str(tmp_path / "y.db")
    import_year(replace(year, history=(log,)), partial(make_store, url), "test", NOW, lambda _: None)
    store = open_store(url)
    with store.reading() as db:
        draft = opened_draft(db)
    assert draft.scenario.history == (log,)
    number, _ = begin(store, JobAsked("test", NOW, draft.stamp))
    work_out(store, number, lambda _: None)
    (option,) = options_of(store, number)
    assert option.id == FIRST
    assert option.scenario.history == (WithdrawalHistory(Span(log.year.first, NOW.date()), (heard,)),)
    assert judge(option.scenario, option.plan).clean
    sentences = (text for one in option.plan.placed for text in explain(option.scenario, option.plan, one).sentences)
    assert any("bygger på en avbokning" in WORDS.say(text) for text in sentences)
