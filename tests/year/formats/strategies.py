"""Any scenario that can be written: for properties that hold for all of them."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from arshjul.year.domain.calendar import Avoided, Calendar, DayKind, Shift, Slot, Span
from arshjul.year.domain.contact import MailWords, OfferCall
from arshjul.year.domain.feature import ALL_FEATURES, in_order
from arshjul.year.domain.information_sheet.declared import MORE, SheetForm
from arshjul.year.domain.operation import FollowUp, Frame, Operation, Pin, Repeat, Site, single
from arshjul.year.domain.parties import Agency, Area, Matching, OfficerLine, PoliceUnit, RiskLine, TeamLine
from arshjul.year.domain.scenario import Programme, Scenario, Target
from arshjul.year.domain.settings import (
    MEETING_GROUPS,
    AnySetting,
    Cycle,
    Every,
    LimitException,
    Meet,
    Meeting,
    MeetingWeeks,
    Milestone,
    MilestoneMeaning,
    MilestoneParty,
    Objective,
    Settings,
    Sharing,
)
from arshjul.year.domain.visit_object import VisitObject
from arshjul.year.domain.withdrawal import Withdrawal, WithdrawalHistory
from arshjul.year.rules import SETTINGS, SOFT

YEAR = Span(date(2027, 1, 1), date(2027, 12, 31))
PRICES = tuple(rule.id for rule in SOFT)

numbers = st.integers(0, 1_000_000)
few = st.integers(0, 9)
days = st.dates(YEAR.first, YEAR.last)
clocks = st.times().map(lambda clock: time(clock.hour, clock.minute))
kinds_of_days = st.sampled_from(get_args(DayKind))
weekdays = st.frozensets(st.integers(0, 6))
printable = st.sampled_from("aÅß{}\"'\\:#[😀é%,")
names = st.text(printable, min_size=1, max_size=8)
texts = st.text(printable | st.just("\n") | st.just(" "), max_size=12).map(lambda text: text if text.strip() else "")


def perhaps(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One of those, or None."""
    return st.none() | strategy


meets = perhaps(st.builds(Meet, names, perhaps(clocks)))
sharings = st.builds(Sharing, st.booleans())


@st.composite
def spans(draw: st.DrawFn) -> Span:
    first = draw(days)
    return Span(first, first + timedelta(days=draw(st.integers(0, 90))))


def exceptions(*keys: str) -> st.SearchStrategy[tuple[LimitException, ...]]:
    """Dates on which limits of those keys are larger."""
    limits = st.dictionaries(st.sampled_from(keys), few, min_size=1)
    return st.lists(st.builds(LimitException, spans(), limits), max_size=2).map(tuple)


def some(ids: list[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    """Some of the ids, in any order."""
    return st.lists(st.sampled_from(ids), min_size=least, unique=True).map(tuple) if ids else st.just(())


def unique(prefix: str, least: int, most: int) -> st.SearchStrategy[list[str]]:
    """Ids, not in the order of the alphabet."""
    ids = [f"{prefix}{ending}" for ending in ("b", "9_x", "A.c", "-")]
    return st.integers(least, most).map(lambda n: ids[:n])


def matching(shifts: list[str]) -> st.SearchStrategy[Matching]:
    """The slots of a line."""
    dates = st.tuples(perhaps(st.dates(YEAR.first, date(2027, 6, 30))), perhaps(st.dates(date(2027, 7, 1), YEAR.last)))
    return st.builds(
        lambda weekdays, shift, dates, weeks, nth: Matching(weekdays, shift, dates[0], dates[1], weeks, nth),
        perhaps(weekdays),
        perhaps(st.sampled_from(shifts)),
        dates,
        perhaps(st.sampled_from(["odd", "even"]) | st.frozensets(st.integers(1, 53), max_size=3)),
        perhaps(st.frozensets(st.integers(-5, 5).filter(bool), max_size=3)),
    )


@st.composite
def officer_lines(draw: st.DrawFn, shifts: list[str]) -> OfficerLine:
    at_most = draw(st.booleans())
    designated = draw(perhaps(few) if at_most else few)
    return OfficerLine(draw(matching(shifts)), draw(numbers), designated, at_most)


def _to_the_minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


@st.composite
def withdrawal_histories(draw: st.DrawFn, units: list[str], shifts: list[str]) -> tuple[WithdrawalHistory, ...]:
    """Two other years at most, whose withdrawals begin in them."""
    logs = []
    for year in draw(st.sets(st.integers(2020, 2026), max_size=2)):
        first, last = sorted(draw(st.lists(st.dates(date(year, 1, 1), date(year, 12, 31)), min_size=2, max_size=2)))
        told = []
        for n in range(draw(st.integers(0, 3)) if units else 0):
            begins = draw(st.dates(first, last))
            told.append(
                Withdrawal(
                    f"w-{n}",
                    draw(perhaps(st.datetimes(datetime(year, 1, 2), datetime(year, 12, 30)).map(_to_the_minute))),
                    draw(some(units, 1)),
                    begins,
                    draw(perhaps(st.dates(begins, begins + timedelta(days=40)))),
                    draw(perhaps(some(shifts, 1))),
                    draw(few),
                    draw(texts),
                )
            )
        logs.append(WithdrawalHistory(Span(first, last), tuple(told)))
    return tuple(logs)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    shifts, areas = draw(unique("s-", 1, 3)), draw(unique("a-", 1, 3))
    units, agencies = draw(unique("p-", 0, 3)), draw(unique("m-", 1, 4))
    operations = draw(unique("OP-", 0, 4))
    zone = draw(st.sampled_from(["Europe/Stockholm", "UTC", "America/St_Johns"]))
    held = tuple(draw(meetings(id, [*agencies, *units], agencies)) for id in draw(unique("t-", 0, 2)))
    return Scenario(
        name=draw(names.map(lambda name: f"{name} 2027")),
        span=YEAR,
        timezone=zone,
        language=draw(st.sampled_from(["sv", "en"])),
        calendar=Calendar(
            draw(st.sampled_from([None, "SE", "NO"])),
            draw(weekdays),
            tuple(draw(st.lists(spans() | kinds_of_days, max_size=3))),
            tuple(draw(st.lists(spans(), max_size=3))),
            draw(st.dictionaries(days, names, max_size=3)),
            tuple(draw(st.lists(st.builds(Avoided, spans(), st.none() | numbers) | kinds_of_days, max_size=3))),
        ),
        shifts=tuple(Shift(id, draw(names), draw(clocks), draw(clocks)) for id in shifts),
        areas={id: Area(id, draw(names), draw(some(areas)), draw(meets)) for id in areas},
        police={id: draw(police_units(id, areas, shifts)) for id in units},
        agencies={id: draw(agencies_of(id, shifts)) for id in agencies},
        operations={
            operation.id: operation
            for n, id in enumerate(operations)
            for operation in draw(
                perhaps_repeated(id, operations[:n], operations[n + 1 :], shifts, areas, units, agencies)
            )
        },
        settings=Settings(
            {setting.key: size for setting in SETTINGS if (size := draw(_sizes(setting))) is not None},
            draw(exceptions("operations_per_day", "operations_per_week")),
        ),
        objective=Objective(
            {priority: draw(numbers) for priority in (1, 2, 3)},
            draw(numbers),
            draw(st.dictionaries(st.sampled_from(PRICES), numbers)),
        ),
        cycle=Cycle(
            tuple(
                Milestone(
                    id,
                    draw(names),
                    draw(st.integers(-300, 300)),
                    draw(perhaps(clocks)),
                    draw(numbers),
                    counts_as=draw(perhaps(st.sampled_from(get_args(MilestoneMeaning)))),
                    at=draw(st.sampled_from((None, *(meeting.id for meeting in held)))),
                    parties=tuple(draw(st.lists(st.sampled_from(get_args(MilestoneParty)), unique=True))),
                )
                for id in draw(unique("n-", 0, 3))
            ),
            held,
        ),
        calls=tuple(draw(calls(id, [*agencies, *units])) for id in draw(unique("c-", 0, 2))),
        targets=tuple(draw(targets(id, areas)) for id in draw(unique("t-", 0, 2))),
        objects={id: draw(objects_of(id, areas, agencies)) for id in draw(unique("O-", 0, 3))},
        names=draw(st.dictionaries(st.sampled_from(["akc", "gvi", "food"]), names)),
        programmes={
            id: Programme(id, draw(names), draw(perhaps(st.sampled_from(agencies))), draw(texts))
            for id in draw(some(["gvi", "akc"]))
        },
        history=tuple(log.in_zone(ZoneInfo(zone)) for log in draw(withdrawal_histories(units, shifts))),
        mail=MailWords(
            from_name=draw(perhaps(names)),
            greeting=draw(perhaps(names)),
            closing=draw(perhaps(names)),
            phone=draw(perhaps(st.just("031-390 06 00"))),
            reply_to=draw(perhaps(st.just("funktionen@example.org"))),
        ),
        share=draw(sharings),
        sheet=SheetForm(tuple(draw(st.lists(st.sampled_from(MORE), unique=True)))),
        uses=in_order(draw(st.sets(st.sampled_from(ALL_FEATURES)))),
    )


@st.composite
def perhaps_repeated(
    draw: st.DrawFn, id: str, before: list[str], behind: list[str], *others: list[str]
) -> tuple[Operation, ...]:
    """One operation, or several that repeat it: the last, which no other names."""
    operation = draw(operations_of(id, before, *others))
    repeat = draw(perhaps(st.builds(Repeat, st.integers(1, 3), st.tuples(st.just(0), few))))
    alone = operation.fixed is None and operation.same_slot_as is None and not behind
    return single(replace(operation, repeat=repeat if alone else None))


@st.composite
def objects_of(draw: st.DrawFn, id: str, areas: list[str], agencies: list[str]) -> VisitObject:
    return VisitObject(
        id, draw(st.sampled_from(["food", "taxi"])), draw(st.sampled_from(areas)), draw(st.integers(1, 3)),
        draw(st.booleans()), draw(st.integers(1, 9)), draw(some(agencies)), draw(few), draw(perhaps(spans())),
        draw(perhaps(days)), draw(st.booleans()), draw(st.dictionaries(st.sampled_from(agencies), st.integers(0, 3))),
        tuple(draw(st.lists(st.builds(Site, texts, texts, texts), max_size=2))),
    )  # fmt: skip


@st.composite
def targets(draw: st.DrawFn, id: str, areas: list[str]) -> Target:
    some_sectors, some_areas = perhaps(some(["food", "vehicle"])), perhaps(some(areas))
    return Target(
        id, draw(names), Span(draw(days), YEAR.last), draw(few), draw(perhaps(numbers)), sectors=draw(some_sectors),
        areas=draw(some_areas), programmes=draw(perhaps(some(["akc"]))),
    )  # fmt: skip


@st.composite
def calls(draw: st.DrawFn, id: str, parties: list[str]) -> OfferCall:
    due = draw(days)
    until = draw(perhaps(st.just(YEAR.last)))
    reminded = tuple(draw(st.lists(st.integers(0, 30), max_size=3)))
    span = Span(draw(days), YEAR.last)
    return OfferCall(id, due, until, reminded, draw(perhaps(some(parties))), span=span)


offers = st.lists(st.sampled_from(["e1", "1e5", "00", "4fe86684991f7121902246db014f263b"]), unique=True, max_size=2)


@st.composite
def police_units(draw: st.DrawFn, id: str, areas: list[str], shifts: list[str]) -> PoliceUnit:
    return PoliceUnit(
        id,
        draw(names),
        draw(st.sampled_from(["local", "border"])),
        draw(some(areas)),
        draw(texts),
        tuple(draw(st.lists(officer_lines(shifts), max_size=3))),
        draw(perhaps(numbers)),
        tuple(draw(st.lists(st.builds(RiskLine, matching(shifts), few), max_size=2))),
        draw(few),
        on_request=draw(st.booleans()),
        offers=tuple(draw(offers)),
    )


@st.composite
def agencies_of(draw: st.DrawFn, id: str, shifts: list[str]) -> Agency:
    return Agency(
        id,
        draw(names),
        draw(st.sampled_from(["municipal", "state"])),
        draw(texts),
        tuple(draw(st.lists(st.builds(TeamLine, matching(shifts), few, st.booleans()), max_size=3))),
        draw(few),
        draw(perhaps(numbers)),
        draw(perhaps(numbers)),
        draw(exceptions("team_shifts_per_week", "team_shifts_per_month")),
        unit=draw(texts),
        writes_risk=draw(st.booleans()),
        writes_people=draw(st.booleans()),
        offers=tuple(draw(offers)),
    )


@st.composite
def meetings(draw: st.DrawFn, id: str, parties: list[str], agencies: list[str]) -> Meeting:
    dates = tuple(draw(st.lists(days, unique=True, max_size=3)))
    every = draw(perhaps(rhythms()))
    meeting = Meeting(id, draw(names), dates, draw(perhaps(clocks)), draw(numbers), meet=draw(meets), every=every)
    others = tuple(draw(st.lists(st.sampled_from((*MEETING_GROUPS, *parties)), unique=True, max_size=3)))
    return replace(meeting, agencies=draw(st.sampled_from(("all", draw(some(agencies))))), parties=others)


@st.composite
def rhythms(draw: st.DrawFn) -> Every:
    first, last = sorted((draw(days), draw(days)))
    bounds = draw(perhaps(st.just(first))), draw(perhaps(st.just(last)))
    return Every(draw(st.integers(0, 6)), draw(perhaps(clocks)), draw(st.sampled_from(get_args(MeetingWeeks))), *bounds)


@st.composite
def operations_of(
    draw: st.DrawFn,
    id: str,
    before: list[str],
    shifts: list[str],
    areas: list[str],
    units: list[str],
    agencies: list[str],
) -> Operation:
    required, optional = draw(some(agencies)), draw(some(agencies))
    officers, reserve = draw(few), draw(st.booleans())
    after = st.builds(FollowUp, st.sampled_from(before), st.integers(0, 9), perhaps(st.integers(10, 99)))
    return Operation(
        id=id,
        title=draw(names),
        programme=draw(st.sampled_from(["akc", "gvi"])),
        lead_agency=draw(st.sampled_from(agencies)),
        sector=draw(st.sampled_from(["food", "vehicle"])),
        area=draw(st.sampled_from(areas)),
        priority=draw(st.integers(1, 3)),
        must=not reserve and draw(st.booleans()),
        officers=officers,
        officers_least=draw(perhaps(st.integers(1, officers))) if officers else None,
        reserve=reserve,
        without_police=draw(st.booleans()),
        frame=draw(perhaps(st.builds(Frame, perhaps(st.just(("food", "taxi"))), st.integers(1, 9)))),
        designated=draw(st.sampled_from(["none", "prefer", "require"])),
        police=draw(perhaps(some(units))),
        police_also={unit: draw(st.integers(1, 9)) for unit in draw(some(units))} if officers else {},
        agencies={agency: draw(few) for agency in agencies if agency in required},
        optional_agencies={agency: draw(few) for agency in agencies if agency in optional and agency not in required},
        interest={agency: draw(st.integers(0, 3)) for agency in draw(some(agencies))},
        window=draw(perhaps(spans())),
        shifts=draw(perhaps(some(shifts))),
        weekdays=draw(perhaps(weekdays)),
        not_on=tuple(draw(st.lists(spans(), max_size=2))),
        preferred=draw(perhaps(spans())),
        nominated_on=draw(perhaps(st.dates(date(2025, 1, 1), YEAR.last))),
        after=draw(perhaps(after)) if before else None,
        not_same_day_as=draw(some(before)),
        not_same_week_as=draw(some(before)),
        same_slot_as=draw(perhaps(st.just(before[0]))) if before else None,
        fixed=None if reserve else draw(perhaps(st.builds(Pin, st.builds(Slot, days, st.sampled_from(shifts))))),
        short_notice=draw(st.booleans()),
        meet=draw(meets),
        share=draw(perhaps(sharings)),
        spacing_days=draw(perhaps(few)),
        proposed_by=draw(perhaps(st.sampled_from([*units, *agencies]))),
        sites=tuple(draw(st.lists(st.builds(Site, texts, texts, texts), max_size=2))),
    )


def _sizes(setting: AnySetting) -> st.SearchStrategy[int | None]:
    """A size as it is kept: none, where it is the default."""
    return st.integers(setting.least, 99).filter(lambda size: size != setting.default) | st.none()
