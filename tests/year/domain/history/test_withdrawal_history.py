"""The log of a plan's own year: withdrawals as long as they lasted, and those that outcomes alone tell of."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from arshjul.year.domain.calendar import Slot, Span
from arshjul.year.domain.entries.amendment import Outcome
from arshjul.year.domain.entries.entries import Entries
from arshjul.year.domain.history.rates import learnt, partial_year_warning, withdrawal_history, withdrawn_share
from arshjul.year.domain.operation import Placement
from arshjul.year.domain.parties import Matching, RiskLine
from arshjul.year.domain.plan import Base, Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.domain.slot_tables import SlotTables
from arshjul.year.domain.withdrawal import KINDS, AssumedRates, GivenBack, Withdrawal, WithdrawalHistory
from tests.builders import operation, placement, plan, scenario
from tests.examples import examples

DAY = date(2027, 3, 2)
LATER = datetime(2028, 1, 10, 8)
EVENT = Withdrawal("E", None, ("lpo-city",), date(2027, 4, 5), None, cause="special-event")


def heard(entries: Entries, place: Placement | None = None, year: Scenario | None = None) -> WithdrawalHistory:
    year = year or scenario()
    return whole_year(year, replace(plan(year, [place or placement()], LATER), entries=entries))


def whole_year(year: Scenario, seen: Plan) -> WithdrawalHistory:
    """The log of a plan that somebody looked at after its year."""
    log = withdrawal_history(year, seen)
    assert log is not None
    assert log.year == year.span
    return log


def back(first: date | None, last: date | None = None, shifts: tuple[str, ...] | None = None) -> GivenBack:
    return GivenBack("B", "E", first, last, shifts)


def test_what_is_given_back_ends_it_or_took_nothing_and_a_burst_is_learnt_as_long_as_it_was() -> None:
    for given_back, last in [
        (back(date(2027, 4, 25)), date(2027, 4, 24)),
        (back(date(2027, 4, 25), shifts=("day",)), None),
        (back(date(2027, 4, 10), date(2027, 4, 12)), None),
        (replace(back(date(2027, 4, 25)), officers=2), None),
    ]:
        log = heard(Entries.of(withdrawals=(EVENT,), given_back=(given_back,)))
        assert [(withdrawal.first, withdrawal.last) for withdrawal in log.withdrawals] == [(EVENT.first, last)]
    assert heard(Entries.of(withdrawals=(EVENT,), given_back=(back(None),))).withdrawals == ()
    # Ten days, beside ten special events of 15 that are assumed: 11 ends in 160 days. A fourth of the year is seen.
    year = scenario()
    log = heard(Entries.of(withdrawals=(EVENT,), given_back=(back(date(2027, 4, 15)),)))
    known = log.up_to(date(2027, 4, 30))
    assert known is not None
    event = next(rates for rates in learnt(year, [known]) if rates.kind.open_ended)
    assert event.ends == pytest.approx(11 / 160)
    assert event.per_year == pytest.approx((5 + 1) / (1 + 120 / 365.25))


def test_what_is_reported_anew_came_when_it_was_told_first() -> None:
    """Told ten hours before its first shift, and its end when it was known: beside ten of twelve hours, 130 / 11."""
    year = scenario()
    starts = datetime.combine(EVENT.first, min(shift.start for shift in year.shifts), year.zone)
    told = replace(EVENT, reported=starts - timedelta(hours=10))
    ended = replace(told, reported=starts + timedelta(days=9), last=date(2027, 4, 14))
    log = heard(Entries.of(withdrawals=(told, ended)))
    assert [(withdrawal.last, withdrawal.reported) for withdrawal in log.withdrawals] == [(ended.last, told.reported)]
    for known in (log, WithdrawalHistory(year.span, (told, ended))):
        event = next(rates for rates in learnt(year, [known]) if rates.kind.open_ended)
        assert event.notice_hours == pytest.approx(130 / 11)


def test_an_outcome_tells_of_police_that_did_not_come_once_for_each_shift() -> None:
    for outcome, tells in [
        (Outcome("OP-001", DAY, "without-police"), True),
        (Outcome("OP-001", DAY, "called-off", officers=0), True),
        (Outcome("OP-001", DAY, "aborted", officers=1), True),
        (Outcome("OP-001", DAY, "done", officers=2), False),
        (Outcome("OP-001", DAY, "called-off"), False),
        (Outcome("OP-001", date(2027, 3, 3), "without-police"), False),
    ]:
        found = [
            (withdrawal.police, withdrawal.first, withdrawal.last, withdrawal.shifts)
            for withdrawal in heard(Entries.of(outcomes=(outcome,))).withdrawals
        ]
        assert found == ([(("lpo-city",), DAY, DAY, ("day",))] if tells else [])
    taken = Withdrawal("W", None, ("lpo-city",), DAY, DAY)
    missing = (Outcome("OP-001", DAY, "without-police"),)
    assert heard(Entries.of(outcomes=missing, withdrawals=(taken,))).withdrawals == (taken,)
    elsewhere = replace(taken, shifts=("night",))
    assert len(heard(Entries.of(outcomes=missing, withdrawals=(elsewhere,))).withdrawals) == 2
    assert heard(Entries.of(outcomes=missing), placement(police=None)).withdrawals == ()
    year = scenario([operation("OP-001"), operation("OP-002")])
    both = replace(
        plan(year, [placement("OP-001"), placement("OP-002")], LATER),
        entries=Entries.of(outcomes=tuple(Outcome(id, DAY, "without-police") for id in ("OP-001", "OP-002"))),
    )
    assert len(whole_year(year, both).withdrawals) == 1


def test_an_operation_that_was_moved_was_without_police_where_it_stood() -> None:
    year = scenario()
    moved = placement(day=date(2027, 5, 4))
    base = Base(1, datetime(2027, 3, 2, 16, tzinfo=year.zone), {"OP-001": placement()})
    later = replace(
        plan(year, [moved], LATER, revision=2),
        base=base,
        entries=Entries.of(outcomes=(Outcome("OP-001", DAY, "called-off", officers=0),)),
    )
    assert [withdrawal.first for withdrawal in whole_year(year, later).withdrawals] == [DAY]


def test_a_year_counts_as_far_as_somebody_watched() -> None:
    """To the plan's own moment, or to the latest report in it: one that was never lived tells nothing."""
    year = scenario()
    unlived = plan(year, [placement()])
    assert withdrawal_history(year, unlived) is None
    assert "before its year begins" in str(partial_year_warning(year, unlived, "it"))
    by_april = replace(unlived, as_of=datetime(2027, 4, 1, 8, tzinfo=year.zone))
    log = withdrawal_history(
        year, replace(by_april, entries=Entries.of(withdrawals=(replace(EVENT, id="F", first=DAY), EVENT)))
    )
    assert log is not None
    assert (log.year.last, [withdrawal.first for withdrawal in log.withdrawals]) == (date(2027, 4, 1), [DAY])
    reported = Outcome("OP-001", DAY, "done", reported=datetime(2027, 5, 3, 8, tzinfo=year.zone))
    told = replace(by_april, entries=Entries.of(outcomes=(reported,)))
    later = withdrawal_history(year, told)
    assert later is not None
    assert later.year.last == date(2027, 5, 3)
    short = partial_year_warning(year, told, "it")
    assert short is not None
    assert short.values == {"folder": "it", "day": date(2027, 5, 3), "first": year.span.first, "last": year.span.last}
    assert partial_year_warning(year, replace(told, as_of=LATER.replace(tzinfo=year.zone)), "it") is None


def test_rates_by_hand() -> None:
    """Two shootings in a year of 365 days, beside twelve a year over two years that are assumed."""
    (kind,) = (replace(kind, per_year=12, days=2, notice_hours=6, units_percent=50) for kind in KINDS[:1])
    assumed = AssumedRates(years=2, withdrawals=4, kinds=(kind,))
    year = scenario(withdrawal_rates=assumed)
    zone = year.zone
    first = Withdrawal(
        "A",
        datetime(2026, 3, 6, 7, tzinfo=zone),
        ("lpo-city",),
        date(2026, 3, 6),
        date(2026, 3, 8),
        ("day",),
        0,
        "shooting",
    )
    second = Withdrawal(
        "B", None, ("lpo-city", "lpo-hisingen"), date(2026, 3, 10), date(2026, 3, 10), None, 0, "shooting"
    )
    (rates,) = learnt(year, [WithdrawalHistory(Span(date(2026, 1, 1), date(2026, 12, 31)), (first, second))])
    starts = next(shift.start.hour for shift in year.shifts if shift.id == "day")
    assert rates.withdrawals == 2
    assert rates.shape == 2 * 12 + 2
    assert rates.years == pytest.approx(2 + 365 / 365.25)
    assert rates.ends == pytest.approx((4 + 2) / (4 * 2 + 3 + 1))
    assert rates.notice_hours == pytest.approx((4 * 6 + starts - 7) / (4 + 1))
    assert rates.units == pytest.approx({"lpo-city": (4 * 0.5 + 2) / 6, "lpo-hisingen": (4 * 0.5 + 1) / 6})
    assert rates.shifts == pytest.approx({s.id: (4 + (2 if s.id == "day" else 1)) / 6 for s in year.shifts})
    weekday = (4 / 7 + 1) / (4 / 7 + 2 / 7), (4 / 7) / (4 / 7 + 2 / 7)
    assert [rates.weekdays[n] for n in (4, 1, 0)] == pytest.approx([weekday[0], weekday[0], weekday[1]])
    assert rates.months[2] == pytest.approx((4 / 12 + 2) / (4 / 12 + 2 * 31 / 365))
    assert rates.months[0] == pytest.approx((4 / 12) / (4 / 12 + 2 * 31 / 365))


def test_what_is_written_of_risks_holds_until_withdrawals_are_heard_of() -> None:
    """Eight of ten on Fridays in June: one withdrawal beside a weight of ten leaves (10 * 0.8 + learnt) / 11 of it."""
    june = Matching(frozenset({4}), None, date(2027, 6, 1), date(2027, 6, 30))
    one = replace(scenario().police["lpo-city"], often_withdrawn=(RiskLine(june, 8),))
    year = replace(scenario(), police={**scenario().police, one.id: one})
    span = Span(date(2026, 1, 1), date(2026, 12, 31))
    quiet = SlotTables.of(replace(year, history=(WithdrawalHistory(span, ()),)))
    assert quiet.risk.by_unit == SlotTables.of(year).risk.by_unit
    friday, thursday = Slot(date(2027, 6, 4), "day"), Slot(date(2027, 6, 3), "day")
    assert (quiet.risk.withdrawn_of_ten(one.id, friday), quiet.risk.withdrawn_of_ten(one.id, thursday)) == (8, 0)
    log = (Withdrawal("A", None, (one.id,), date(2026, 3, 3), date(2026, 3, 3), cause="shooting"),)
    heard = SlotTables.of(replace(year, history=(WithdrawalHistory(span, log),)))
    learnt_share = withdrawn_share(heard.risk.rates, one.id, friday)
    assert heard.risk.withdrawn_of_ten(one.id, friday) == round(10 * (8 + learnt_share) / 11) == 7
    assert heard.risk.withdrawn_of_ten(one.id, thursday) == round(
        10 * withdrawn_share(heard.risk.rates, one.id, thursday)
    )
    for unit, row in heard.risk.by_unit.items():
        slots = [heard.grid.slot(number) for number in range(heard.grid.size)]
        assert row == [heard.risk.withdrawn_of_ten(unit, slot) for slot in slots]


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@examples(20, 500)
@given(
    st.lists(st.tuples(DAYS, st.integers(0, 20), st.sampled_from(["shooting", "special-event", ""])), max_size=12), DAYS
)
def test_what_is_learnt_is_what_was_told_by_then(told: list[tuple[date, int, str]], today: date) -> None:
    """Cutting a log is the same as never having heard the rest; no share leaves its bounds, and order is nothing."""
    year = scenario()
    span = Span(date(2026, 1, 1), date(2026, 12, 31))
    log = tuple(
        Withdrawal(f"W{n}", None, ("lpo-city",), first, date.fromordinal(first.toordinal() + days), cause=cause)
        for n, (first, days, cause) in enumerate(told)
    )
    cut = WithdrawalHistory(span, log).up_to(today)
    assert cut is not None
    rates = learnt(year, [cut])
    unheard = WithdrawalHistory(Span(span.first, today), log)
    assert learnt(year, [unheard]) == rates
    assert learnt(year, [replace(cut, withdrawals=tuple(reversed(cut.withdrawals)))]) == rates
    assert sum(rate.withdrawals for rate in rates) == sum(first <= today for first, _, _ in told)
    for rate in rates:
        assert rate.a_year.low <= rate.per_year <= rate.a_year.high
        assert 0 < rate.ends <= 1
        assert all(0 <= share <= 1 for share in (*rate.units.values(), *rate.shifts.values()))
