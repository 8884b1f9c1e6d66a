"""Obstacles to sharing, in a quarter or a year that is over: by rule, pair of parties and effect.

An obstacle counts in the quarter in which it was entered, as it was said by that quarter's end: so nothing that comes
later changes what a quarter has told, and nothing is worked out from two exports of it. Each counts once in a table, so
that its rows add up: of several effects the gravest.

A row under `LEAST` is counted among the others; where these are under it, the next smallest row joins them, so that no
total gives a small count back. A year that is told beside its quarters is made of what they show: a row of its own
would give back what one of them leaves out.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from arshjul.errors import InputError, Message
from arshjul.year.agenda.party import name_of
from arshjul.year.agenda.sheet_completeness import SheetRegister
from arshjul.year.domain.calendar import Span
from arshjul.year.domain.entries.obstacle import EFFECTS, RULES, WISHES, SharingObstacle
from arshjul.year.domain.plan import Plan
from arshjul.year.domain.scenario import Scenario
from arshjul.year.planning.report.figures import Figure, FigureGroup
from arshjul.year.sheets import Heading, SheetOut, Value
from arshjul.year.texts import Words, counted

MONTHS = 3
QUARTERS = (1, 2, 3, 4)
LEAST = 3
"""Counts under it are not told."""
OTHERS = "others"
"""The row of those that are not told one by one."""
TOO_FEW = Message("Too few for more than the count.")
FIELDS: Mapping[str, Message] = {
    "answered": Message("answered"),
    "unknown": Message("not known"),
    "withheld": Message("may not be given"),
}


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Quarter":
        return cls(day.year, (day.month - 1) // MONTHS + 1)

    @property
    def after(self) -> date:
        """The first date after it."""
        return date(self.year + (self.number == QUARTERS[-1]), self.number * MONTHS % 12 + 1, 1)

    def __str__(self) -> str:
        return f"{self.year}-Q{self.number}"


Counts = Mapping[str, int]
"""By row; `OTHERS`: the sum of those that are not told."""


def shown_counts(counts: Counts) -> Counts:
    """The counts of a table that may be told, where its sum may be."""
    rows = {row: n for row, n in counts.items() if n >= LEAST}
    if rows and 0 < sum(counts.values()) - sum(rows.values()) < LEAST:
        del rows[min(rows, key=lambda row: (rows[row], row))]
    return _with_others(rows, counts)


def shown_year(quarters: Sequence[Counts]) -> Counts:
    """The year of these quarters: a row is told if it is in each quarter that has others."""
    total = Counter[str]()
    for quarter in quarters:
        total.update(quarter)
    told = {row: n for row, n in total.items() if all(row in quarter for quarter in quarters if OTHERS in quarter)}
    return _with_others({row: n for row, n in told.items() if row != OTHERS}, total)


def _with_others(rows: Counts, counts: Counts) -> Counts:
    others = sum(counts.values()) - sum(rows.values())
    return {**rows, OTHERS: others} if others else rows


@dataclass(frozen=True, slots=True)
class ObstacleReport:
    """`n` None: too few to tell anything. `tables` count obstacles, and fields where known. `left_out`: quarters."""

    scenario: Scenario
    quarters: tuple[Quarter, ...]
    n: int | None
    tables: Sequence[FigureGroup]
    left_out: Sequence[Quarter]

    @property
    def period(self) -> str:
        return str(self.quarters[0] if len(self.quarters) == 1 else self.quarters[0].year)

    @property
    def tells_apart(self) -> bool:
        """True if some row is shown: more than how many there were."""
        return any(figure.key != OTHERS for table in self.tables for figure in table.figures)


Rows = Mapping[str, Message]


def obstacle_report(
    scenario: Scenario,
    plan: Plan,
    quarters: tuple[Quarter, ...],
    as_of: datetime,
    register: SheetRegister | None = None,
) -> ObstacleReport:
    """InputError if a quarter is not over at that moment. `register`: of information sheets, where it is known."""
    late = [quarter for quarter in quarters if quarter.after > as_of.date()]
    if late:
        values = {"quarter": str(late[0]), "day": late[0].after}
        raise InputError(Message("{quarter} is not over: only whole quarters are reported, from {day}.", values))
    by_quarter = _by_quarter(plan)
    there = [by_quarter.get(quarter, []) for quarter in quarters]
    sizes = list(map(len, there))
    pairs = {key: _pair(scenario, key) for part in there for key in map(_of_pair, part)}
    kinds: tuple[tuple[str, Message, Rows, Callable[[SharingObstacle], str]], ...] = (
        ("rule", Message("What stood in the way"), RULES, lambda one: one.rule),
        ("pair", Message("Who asked whom"), pairs, _of_pair),
        ("effect", Message("Gravest effect"), EFFECTS, lambda one: one.gravest),
        ("wish", Message("What would help"), {**WISHES, "": Message("not given")}, lambda one: one.wish or ""),
    )
    tables = [_table(id, head, rows, [Counter(map(of, part)) for part in there], sizes) for id, head, rows, of in kinds]
    if register is not None:
        fields = _fields(register, quarters)
        heading = Message("Fields asked for in information sheets")
        tables.append(_table("fields", heading, FIELDS, fields, [field.total() for field in fields]))
    n = sum(size for size in sizes if size >= LEAST)
    small = [one for one, size in zip(quarters, sizes, strict=True) if size < LEAST]
    told = [table for table in tables if table.figures]
    return ObstacleReport(scenario, quarters, n or None, told, small if len(quarters) > 1 else [])


def _by_quarter(plan: Plan) -> dict[Quarter, list[SharingObstacle]]:
    """In the quarter in which each was entered first, as last said in it; those of a file by the version with them."""
    found: dict[Quarter, dict[str, SharingObstacle]] = {}
    first, made = dict[str, Quarter](), {revision.number: revision.as_of for revision in plan.revisions}
    for obstacle in plan.entries.obstacles:
        moments = [moment for moment in (obstacle.reported, made.get(obstacle.revision or 0)) if moment is not None]
        if moments:
            quarter = Quarter.of(max(moments).date())
            if first.setdefault(obstacle.id, quarter) == quarter:
                found.setdefault(quarter, {})[obstacle.id] = obstacle
    return {quarter: list(there.values()) for quarter, there in found.items()}


def _of_pair(one: SharingObstacle) -> str:
    return f"{one.asker} {one.asked}"


def _pair(scenario: Scenario, key: str) -> Message:
    asker, asked = (name_of(scenario, id) for id in key.split(" "))
    return Message("{asker} asked {asked}", {"asker": asker, "asked": asked})


def _fields(register: SheetRegister, quarters: Sequence[Quarter]) -> list[Counter[str]]:
    """The fields that were asked for in each quarter, by what was answered: of each section the last version."""
    found = {quarter: Counter[str]() for quarter in quarters}
    for sections in register.given.values():
        last = {(Quarter.of(section.entered or section.day), section.section): section for section in sections}
        for (quarter, _), one in last.items():
            if quarter in found:
                found[quarter].update(answered=one.n_answered, unknown=one.n_unknown, withheld=one.n_withheld)
    return [+counter for counter in found.values()]


def _table(
    part: str, heading: Message, words: Rows, counts: Sequence[Counter[str]], sizes: Sequence[int]
) -> FigureGroup:
    """Counts of the sum that may be shown, largest first, others last. `sizes`: each quarter's, too small or not."""
    shown = shown_year([shown_counts(one) for one, n in zip(counts, sizes, strict=True) if n >= LEAST])
    in_order = sorted(shown.items(), key=lambda one: (one[0] == OTHERS, -one[1], one[0]))
    words = {**words, OTHERS: Message("others, together")}
    return FigureGroup(heading, [Figure(key, words[key], n, part=part) for key, n in in_order])


def quarters_over(as_of: datetime, period: Span) -> list[Quarter]:
    quarters, one = list[Quarter](), Quarter.of(period.first)
    while one.after <= as_of.date() and one <= Quarter.of(period.last):
        quarters.append(one)
        one = Quarter.of(one.after)
    return quarters


def obstacle_figures(scenario: Scenario, plan: Plan, as_of: datetime, period: Span) -> Iterator[Figure]:
    """Nothing if there are none at all. Those between municipality and state are of the quarters in which neither they
    nor the others can be told from what is told of the pairs.
    """
    there = _by_quarter(plan)
    quarters = {quarter: there.get(quarter, []) for quarter in quarters_over(as_of, period)} if there else {}
    told = [raised for raised in quarters.values() if len(raised) >= LEAST]
    if quarters:
        label = Message("obstacles reported, in quarters with at least {least}", {"least": LEAST})
        yield Figure("raised", label, sum(map(len, told)), None, "obstacles_raised")
        apart = [sides for raised in told if (sides := _sides(scenario, raised)) is not None]
        label = Message("of these between municipality and state")
        few = Message("of these between municipality and state: too few")
        n, of = (
            (sum(counter["across"] for counter in apart), sum(counter.total() for counter in apart))
            if apart
            else (None, None)
        )
        yield Figure("across", label if apart else few, n, of, "obstacles_raised")
    for quarter, obstacles in quarters.items():
        values = {"quarter": str(quarter), "least": LEAST}
        few = Message("{quarter}, fewer than {least} reported", values)
        is_told = len(obstacles) >= LEAST
        label = Message("{quarter}, reported", values) if is_told else few
        yield Figure("reported", label, len(obstacles) if is_told else None, None, "obstacles", str(quarter))


def _sides(scenario: Scenario, there: Sequence[SharingObstacle]) -> Counter[str] | None:
    """A quarter's obstacles between municipality and state; None if that told fewer than `LEAST` of either."""
    kinds = {id: agency.kind for id, agency in scenario.agencies.items()}
    shown = shown_counts(Counter(map(_of_pair, there)))
    found, hidden = Counter[str](), Counter[str]()
    for obstacle in there:
        side = "within" if kinds.get(obstacle.asker, "state") == kinds.get(obstacle.asked, "state") else "across"
        found[side] += 1
        hidden[side] += _of_pair(obstacle) not in shown
    may_be_told = all(n >= LEAST for n in (*found.values(), *(n for n in hidden.values() if n)))
    return found if may_be_told else None


def periods_before(as_of: datetime, period: Span) -> list[str]:
    found = list[str]()
    for quarter in quarters_over(as_of, period):
        found += [str(quarter), *([str(quarter.year)] if quarter.number == QUARTERS[-1] else [])]
    return found


def quarters_of(name: str) -> tuple[Quarter, ...]:
    """The quarters of a year by its number, or the one of that name; none if there are no such."""
    year, named, number = name.upper().partition("-Q")
    if len(year) != len("2027") or not (year.isascii() and year.isdecimal()):
        return ()
    if not named:
        return tuple(Quarter(int(year), each) for each in QUARTERS)
    return (Quarter(int(year), int(number)),) if number in map(str, QUARTERS) else ()


def obstacle_title(found: ObstacleReport) -> Message:
    return Message("Obstacles to sharing information, {period}", {"period": found.period})


def obstacle_sentences(found: ObstacleReport) -> Iterator[Message]:
    if found.n is None:
        yield Message("Fewer than {least} obstacles were reported, so none are shown.", {"least": LEAST})
    else:
        yield counted(found.n, "One obstacle was reported.", "{n} obstacles were reported.")
        yield Message("Each counts once, by its gravest effect.")
    if found.n is not None and not found.tells_apart:
        yield TOO_FEW
    if found.left_out:
        values = {"quarters": list(map(str, found.left_out)), "least": LEAST}
        yield Message("Left out, fewer than {least} each: {quarters}.", values)
    yield Message(
        "Counts under {least} join the others, with the next smallest where these are too few. Content and "
        "business are never reported.",
        {"least": LEAST},
    )


def obstacle_rows(found: ObstacleReport, say: Words) -> Iterator[list[object]]:
    yield [say("Quarter or year"), say("Grouped by"), say("Code"), say("In words"), say("Number")]
    if found.n is not None:
        yield [found.period, "", "", say("Obstacles"), found.n]
    for table in found.tables:
        for figure in table.figures:
            yield [found.period, say.say(table.heading), figure.key, say.say(figure.label), figure.n]


def obstacle_sheet(found: ObstacleReport, say: Words) -> SheetOut:
    headings = [
        Heading(say("Grouped by"), 44, "wrap"),
        Heading(say("In words"), 60, "wrap"),
        Heading(say("Number"), 10, "whole"),
    ]
    rows: list[list[Value]] = [[say("Obstacles"), None, found.n]]
    groups = []
    for table in found.tables:
        groups.append(len(rows) + 1)
        rows += [[say.say(table.heading), say.say(figure.label), figure.n] for figure in table.figures]
    rows += [[say.say(sentence), None, None] for sentence in obstacle_sentences(found)]
    return SheetOut(say("Obstacles"), headings, rows, about=f"{found.scenario.name}, {found.period}", groups=groups)


def obstacle_pages(found: ObstacleReport, say: Words) -> dict[str, object]:
    return {
        "title": say.say(obstacle_title(found)),
        "language": say.language,
        "copy": found.scenario.name,
        "mark": say("Whole quarters only"),
        "lines": [say.say(sentence) for sentence in obstacle_sentences(found)],
        "header": [say("In words"), say("Number")],
        "sections": [
            {
                "title": say.say(table.heading),
                "lines": [],
                "widths": [5, 1],
                "counts": True,
                "rows": [[say.say(figure.label), str(figure.n)] for figure in table.figures],
            }
            for table in found.tables
        ],
    }
