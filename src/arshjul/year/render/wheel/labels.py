"""The wheel's sentences: about a date, a week, an operation, and the wheel itself."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, time

from arshjul.year.agenda.year import STATUS_NAMES, Gathering, PlannedOperation, WeekLoad, YearView, kinds_said
from arshjul.year.domain.calendar import Shift, Span
from arshjul.year.texts import Words, counted


def hours(start: time, end: time) -> str:
    """Clock times from and to: "16:00–22:00"."""
    return f"{start:%H:%M}–{end:%H:%M}"


def span(period: Span, words: Words) -> str:
    """Dates from and to: "1 januari–31 december 2027", "3–30 maj 2027"."""
    first, last = period.first, period.last
    if first == last:
        return f"{words.short_day(first)} {first.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{words.short_day(last)} {last.year}"
    start = words.short_day(first) if first.year == last.year else f"{words.short_day(first)} {first.year}"
    return f"{start}–{words.short_day(last)} {last.year}"


def month(first: date, view: YearView, words: Words) -> str:
    """A month in three letters, with its year where the period has more than one: "mar", "mar 28"."""
    short = words.month(first)[:3]
    return short if view.span.first.year == view.span.last.year else f"{short} {first:%y}"


def years(period: Span) -> str:
    """The calendar years of a period: "2027", "2027–2028"."""
    first, last = period.first.year, period.last.year
    return str(first) if first == last else f"{first}–{last}"


def operation(planned: PlannedOperation, view: YearView, words: Words) -> str:
    shift = next(shift for shift in view.shifts if shift.id == planned.slot.shift)
    lending = () if planned.unit is None else ((planned.unit, planned.officers), *planned.besides)
    police = "; ".join(f"{unit}, {words.say(counted(n, '{n} officer', '{n} officers'))}" for unit, n in lending)
    lines = [
        f"{planned.id} · {view.sectors[planned.sector]} · {view.areas[planned.area]}",
        f"{dates(planned, words)}, {shift_words(shift)}",
        police or words("without police"),
        ", ".join(planned.agencies),
        words.say(STATUS_NAMES[planned.status]) + (f", {words('changed in this version')}" if planned.changed else ""),
    ]
    return "\n".join(line for line in lines if line)


def dates(planned: PlannedOperation, words: Words) -> str:
    first, last = planned.dates.first, planned.dates.last
    return words.day(first) if first == last else words("{first} to {last}", first=first, last=last)


def tally(operations: Iterable[PlannedOperation]) -> str:
    """The number of operations, with what is none by definition separately: "57", "57+2"."""
    of = Counter(planned.kind == "insats" for planned in operations)
    return f"{of[True]}+{of[False]}" if of[False] else str(of[True])


def shift_words(shift: Shift) -> str:
    """A shift with its hours: "Kväll 16:00–22:00"."""
    return f"{shift.name} {hours(shift.start, shift.end)}"


def week(week: WeekLoad, words: Words) -> str:
    officers = words.say(counted(week.officers, "{n} officer", "{n} officers"))
    teams = words.say(counted(week.team_shifts, "{n} team", "{n} teams"))
    return f"{week} ({span(week.span, words)}): {officers}, {teams}"


def milestones(day: date, by_milestone: Mapping[str, int], view: YearView, words: Words) -> str:
    told = (f"{count} {view.milestones[milestone]}" for milestone, count in by_milestone.items())
    return "\n".join((words.day(day), *told))


def meeting(gathering: Gathering, words: Words) -> str:
    return f"{gathering.name}\n{words.day(gathering.day)}"


def figures(view: YearView, words: Words) -> list[str]:
    told = [words.say(message) for message in kinds_said(view.kinds)]
    if view.n_unplaced:
        told.append(words.say(counted(view.n_unplaced, "{n} unplaced", "{n} unplaced")))
    return told


def confidential(words: Words) -> str:
    """A warning to read before passing the picture on."""
    return words("Confidential: shows when and where controls will be.")


def title(view: YearView, words: Words) -> str:
    return words("Annual wheel {name}", name=view.name)


def description(view: YearView, words: Words) -> str:
    areas = [f"{name} {tally(o for o in view.operations if o.area == area)}" for area, name in view.areas.items()]
    months = [f"{words.month(m.first)} {tally(o for o in view.operations if o.slot.day in m)}" for m in view.months]
    sentences = (
        words("A ring from {span}, clockwise from the top.", span=span(view.span, words)),
        ", ".join(figures(view, words)) + ".",
        words("Operations by area: {areas}.", areas=", ".join(areas)),
        words("By month: {months}.", months=", ".join(months)),
    )
    return " ".join(sentences)
