"""Figures, of which a report is a list that each way to show it walks; and the counts that most are made of.

An operation that was planned and called off counts as planned, by the date that it lost. What is none by definition,
with police and one agency alone or without police, is counted apart. One planned with both counts with the operations,
and is done without police, or with one agency, where no others came.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Annotated, NamedTuple, get_type_hints

from arshjul.errors import Message
from arshjul.year.agenda.cause import ON_THE_DAY, cause
from arshjul.year.agenda.party import COORDINATOR
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.entries.amendment import Outcome, WithoutPolice
from arshjul.year.domain.history.lived_replans import ToldPlaces, past_replans
from arshjul.year.domain.operation import Operation, OperationKind, Placement, kind_of
from arshjul.year.domain.plan import Plan, ReplanRecord
from arshjul.year.domain.scenario import Scenario
from arshjul.year.rules.hard.lead_time import LEAD_TIME_DAYS


class Figure(NamedTuple):
    """Programs know it by `part` (empty: the whole), the `id` of what it is about, and `key`. `n` None: not known."""

    key: str
    label: Message
    n: float | None
    of: int | None = None
    part: str = ""
    id: str = ""

    @property
    def said(self) -> Message:
        if self.n is None:
            return self.label
        values = {"what": self.label, "n": self.n, "of": self.of}
        return Message("{what}: {n}", values) if self.of is None else Message("{what}: {n} of {of}", values)


@dataclass(frozen=True, slots=True)
class FigureGroup:
    heading: Message
    figures: Sequence[Figure]


def group_lines(groups: Iterable[FigureGroup]) -> Iterable[tuple[Message, list[Message]]]:
    return ((group.heading, [figure.said for figure in group.figures]) for group in groups)


def tree(figures: Iterable[Figure], parts: Iterable[str] = ()) -> dict[str, dict[str, object]]:
    """By part, and there by id, or else by key. `parts`: those that are there without figures too."""
    found: dict[str, dict[str, object]] = {part: {} for part in parts}
    for figure in figures:
        found.setdefault(figure.part, {})[figure.id or figure.key] = (
            figure.n if figure.of is None else {"n": figure.n, "of": figure.of}
        )
    return found


@dataclass(frozen=True, slots=True)
class CalledOff:
    """`decided`: when a replan took the date away. `on_the_day`: it did not begin; else it has no date now."""

    placement: Placement
    decided: datetime
    on_the_day: bool
    why: Message | None
    anew: Placement | None


def called_off(scenario: Scenario, plan: Plan) -> list[CalledOff]:
    """All of them, by date. `scenario` must have the cancelled operations too."""
    known = plan.entries.known_outcomes()
    found: dict[tuple[str, date], CalledOff] = {}
    for past in past_replans(scenario, plan):
        then = past.plan
        for old in past.left:
            key = (old.operation, old.slot.day)
            outcome = known.get(key)
            if outcome is not None and outcome.result != "called-off":
                outcome = None
            if _has_left(plan, then, old, outcome):
                found.pop(key, None)
                why = _why(scenario, then, old, outcome)
                found[key] = CalledOff(old, then.as_of, outcome is not None, why, plan.placed.get(old.operation))
    last = {off.placement.operation: off for off in found.values()}
    listed = (off for off in found.values() if off.on_the_day or off is last[off.placement.operation])
    return sorted(listed, key=lambda one: (one.placement.slot.day, one.placement.operation))


def _has_left(plan: Plan, then: Plan, old: Placement, outcome: Outcome | None) -> bool:
    """True if the date was called off in `then`: there is no date now, or `outcome` says that it did not begin."""
    now = plan.placed.get(old.operation)
    if outcome is None:
        return now is None and old.operation not in then.placed
    return not any(place is not None and place.slot == old.slot for place in (now, then.placed.get(old.operation)))


def _why(scenario: Scenario, then: Plan, old: Placement, outcome: Outcome | None) -> Message | None:
    if outcome is not None and outcome.note:
        return Message("{note}", {"note": outcome.note})
    why = cause(scenario, then, old, COORDINATOR)
    return None if why == ON_THE_DAY else why


CARRIED_OUT = ("done", "without-police", "one-agency", "aborted")


@dataclass(frozen=True, slots=True)
class Share:
    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of operations by outcome, each with its words; `called_off` counts dates instead.

    `no_outcome`: begun, and without a reported outcome; `to_come`: not begun; `without_date`: called off, and without
    another date. Together with those carried out, they make up all that was `planned`. `one_agency`: done with police
    and one agency, since no other came. `saved`: the share of operations carried out among those that had once lost
    their police. `figures`: the sums of the figures in outcomes.
    """

    planned: Annotated[int, Message("planned")] = 0
    done: Annotated[int, Message("done")] = 0
    without_police: Annotated[int, Message("without police")] = 0
    one_agency: Annotated[int, Message("with one agency")] = 0
    aborted: Annotated[int, Message("aborted")] = 0
    without_date: Annotated[int, Message("called off")] = 0
    no_outcome: Annotated[int, Message("outcome missing")] = 0
    to_come: Annotated[int, Message("to come")] = 0
    moved: Annotated[int, Message("moved")] = 0
    called_off: Annotated[int, Message("dates called off"), None] = 0
    saved: Annotated[Share, Message("done despite a withdrawal"), Message("saved")] = Share(0, 0)
    figures: Mapping[str, int] = field(default_factory=dict)


_WORDS = {
    key: hint.__metadata__ for key, hint in get_type_hints(Counts, include_extras=True).items() if key != "figures"
}
COUNTED: Mapping[str, Message] = {key: words[0] for key, words in _WORDS.items()}
"""Labels of each part's figures."""
COLUMNS: Mapping[str, Message] = {key: words[-1] for key, words in _WORDS.items() if words[-1]}
"""Headings of each part's columns."""


@dataclass(frozen=True, slots=True)
class DatedOperation:
    """`kind` as it was planned. `outcome` None: not reported, or still to come. `agencies`: those that were to come."""

    operation: Operation
    placement: Placement
    started: bool
    outcome: Outcome | None
    called_off: CalledOff | None
    kind: OperationKind
    agencies: tuple[str, ...]
    was_hit: bool
    was_moved: bool

    @property
    def state(self) -> str:
        if self.called_off is not None:
            return "called-off"
        if self.outcome is None:
            return "no-outcome" if self.started else "to-come"
        if self.outcome.result != "done" or self.kind == "no-police":
            return self.outcome.result
        if self.placement.police is None or self.outcome.officers == 0:
            return "without-police"
        came = kind_of(len(self.came), has_police=True)
        return "one-agency" if (came, self.kind) == ("one-agency", "insats") else "done"

    @property
    def stood(self) -> bool:
        """True unless it lost this date before it was to begin."""
        return self.called_off is None or self.called_off.on_the_day

    @property
    def came(self) -> tuple[str, ...]:
        """The agencies that came: all that were to, but those of which the outcome says that no team did."""
        teams = {} if self.outcome is None else self.outcome.teams
        return tuple(agency for agency in self.agencies if teams.get(agency, 1))


def occasions(
    scenario: Scenario, plan: Plan, made: Sequence[ReplanRecord], as_of: datetime
) -> Iterator[DatedOperation]:
    outcomes = plan.entries.known_outcomes()
    hit = {id for revision in made for id in revision.hit}
    moved = {move.operation for revision in made for move in revision.changed if move.is_moved}
    without = {change.operation for change in plan.entries.standing().changes if isinstance(change, WithoutPolice)}
    there = [(placement, None) for placement in plan.placements]
    off = [(cancelled.placement, cancelled) for cancelled in called_off(scenario, plan)]
    for placement, lost in sorted([*there, *off], key=lambda one: (one[0].slot.day, one[0].operation)):
        id = placement.operation
        operation = scenario.operations.get(id)
        if operation is not None:
            agencies = scenario.agencies_at(placement)
            yield DatedOperation(
                operation,
                placement,
                started=scenario.has_begun(placement.slot, as_of),
                outcome=outcomes.get((id, placement.slot.day)),
                called_off=lost,
                kind=kind_of(len(agencies), has_police=operation.officers > 0 or id in without),
                agencies=agencies,
                was_hit=id in hit,
                was_moved=id in moved,
            )


def counted_evaluations(scenario: Scenario, outcome: Outcome) -> dict[str, int]:
    return {id: n for id, n in outcome.figures.items() if scenario.cycle.meaning(id) == "evaluation"}


def counts_of(scenario: Scenario, there: Sequence[DatedOperation]) -> Counts:
    states: dict[str, set[str]] = defaultdict(set)
    for operation in there:
        states[operation.state].add(operation.operation.id)
    hit = {operation.operation.id for operation in there if operation.was_hit}
    return Counts(
        planned=len({operation.operation.id for operation in there}),
        done=len(states["done"]),
        without_police=len(states["without-police"]),
        one_agency=len(states["one-agency"]),
        aborted=len(states["aborted"]),
        without_date=len(states.pop("called-off", set()).difference(*states.values())),
        called_off=sum(operation.state == "called-off" for operation in there),
        no_outcome=len(states["no-outcome"]),
        to_come=len(states["to-come"]),
        moved=len({operation.operation.id for operation in there if operation.was_moved}),
        saved=Share(len(hit & states["done"]), len(hit)),
        figures=summed(
            {
                id: n
                for id, n in operation.outcome.figures.items()
                if id not in counted_evaluations(scenario, operation.outcome)
            }
            for operation in there
            if operation.outcome
        ),
    )


_PARTS: Mapping[str, Callable[[Scenario, DatedOperation], Iterable[str]]] = {
    "agency": lambda _, one: one.agencies,
    "unit": lambda scenario, one: scenario.lenders(one.operation.id, one.placement.police),
    "area": lambda _, one: (one.operation.area,),
    "sector": lambda _, one: (one.operation.sector,),
    "programme": lambda _, one: (one.operation.programme,),
    "proposed_by": lambda _, one: () if one.operation.proposed_by is None else (one.operation.proposed_by,),
    "month": lambda _, one: (f"{one.placement.slot.day:%Y-%m}",),
}


def counts_by_part(scenario: Scenario, there: Iterable[DatedOperation]) -> dict[str, dict[str, Counts]]:
    groups: dict[str, dict[str, list[DatedOperation]]] = {part: defaultdict(list) for part in _PARTS}
    for operation in there:
        for part, ids in _PARTS.items():
            for id in ids(scenario, operation):
                groups[part][id].append(operation)
    return {part: {id: counts_of(scenario, some) for id, some in sorted(by.items())} for part, by in groups.items()}


def summed(mappings: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for mapping in mappings:
        total.update(mapping)
    return dict(sorted(total.items()))


SHORT_NOTICE_DAYS = 14
NOTICE = (
    (1, Message("same day")),
    (7, Message("1 to 6 days")),
    (SHORT_NOTICE_DAYS, Message("7 to 13 days")),
    (28, Message("14 to 27 days")),
    (None, Message("28 days or more")),
)
"""The groups of notice in days: each under that many, None: any number."""


def nominated(scenario: Scenario, operations: Iterable[DatedOperation]) -> Iterator[Figure]:
    """Days from nomination to date, if a nomination is given; a date lost beforehand has none."""
    least = scenario.settings[LEAD_TIME_DAYS]
    days = [
        (operation.placement.slot.day - operation.operation.nominated_on).days
        for operation in operations
        if operation.operation.nominated_on is not None and operation.stood
    ]
    none = Message("lead time: unknown, no nomination dates")
    yield median_figure(days, "lead_time", "median_days", Message("lead time: median days"), none)
    rule = Message("lead time: at least {days} days (the rule), of those with a nomination date", {"days": least})
    yield Figure("at_least_rule", rule, sum(n >= least for n in days), len(days), "lead_time")


def as_told(
    plan: Plan, operations: Sequence[DatedOperation], places: ToldPlaces, told: Mapping[int, datetime]
) -> Iterator[Figure]:
    """`told`: the versions of the plan that told dates, and when; empty: each, when it was made."""
    moments = {**plan.made_at, **told}
    days = list[int]()
    decided, kept = set[str](), set[str]()
    for operation in operations:
        id, day = operation.operation.id, operation.placement.slot.day
        known = [(version, place.slot) for version, place in places.get(id, ()) if place is not None]
        heard = _since(known, operation)
        if operation.stood and heard in moments and moments[heard].date() <= day:
            days.append((day - moments[heard].date()).days)
        if operation.started or operation.called_off is not None:
            decided.add(id)
        if operation.state in (*CARRIED_OUT, "no-outcome") and (not known or known[0][1].day == day):
            kept.add(id)
    none = Message("days from message to date: unknown, first message not dated")
    yield median_figure(days, "lead_time", "told_days", Message("days from message to date: median"), none)
    yield Figure("first_date", Message("held on the first date given"), len(kept), len(decided), "lead_time")


def _since(known: Sequence[tuple[int, object]], one: DatedOperation) -> int:
    """The version that told the time of the operation for the last time; 0 if none did."""
    found, before = 0, None
    for version, slot in known:
        if slot == one.placement.slot and slot != before:
            found = version
        before = slot
    return found


def notices(made: Iterable[ReplanRecord], period: Span) -> list[int]:
    """Days from each replan to the first date that its move touched, if one of its dates lies in the period."""
    moves = [(revision.as_of.date(), move) for revision in made for move in revision.changed if move.is_moved]
    places = [(move.notice_days(at), [place.slot.day for place in (move.old, move.new) if place]) for at, move in moves]
    return [max(0, notice) for notice, dates in places if any(day in period for day in dates)]


def notice_figures(days: Sequence[int]) -> Iterator[Figure]:
    none = Message("notice of moves: no moves")
    yield median_figure(days, "notice", "median_days", Message("notice of moves: median days"), none)
    short = Message("notice of moves: under {days} days", {"days": SHORT_NOTICE_DAYS})
    yield Figure("under_14_days", short, sum(n < SHORT_NOTICE_DAYS for n in days), len(days), "notice")


def by_notice(days: Iterable[int]) -> list[int]:
    found = [0] * len(NOTICE)
    for n in days:
        found[next(place for place, (under, _) in enumerate(NOTICE) if under is None or n < under)] += 1
    return found


def median_figure(days: Sequence[int], part: str, key: str, label: Message, none: Message) -> Figure:
    return Figure(key, label, median(days), part=part) if days else Figure(key, none, None, part=part)


def year_before(period: Span, within: Span) -> Span | None:
    """The same dates a year before; None if they are not all of the plan."""
    span = Span(*(_year_before(day) for day in (period.first, period.last)))
    return span if span.first in within and span.last in within else None


def _year_before(day: date) -> date:
    is_leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28) if is_leap_day else day.replace(year=day.year - 1)
