"""A report's figures as sheets: those of the whole period, with denominators, and those of its parts."""

from collections.abc import Iterator

from arshjul.agenda.lenders import FIGURES
from arshjul.agenda.year import months
from arshjul.planning.letters.improvement_said import STATES
from arshjul.planning.report.report import Report
from arshjul.planning.report.text import COLUMNS, PART_NAMES, answered_rows, figure_groups, figures, named_parts
from arshjul.sheets import GREEN, Heading, SheetOut, Value
from arshjul.texts import Words


def report_sheets(found: Report, words: Words) -> list[SheetOut]:
    """The sheets of figures, of parts and of coverage; of dates called off and what is learnt, if there are any."""
    values = {"name": found.scenario.name, "first": found.span.first, "last": found.span.last, "as_of": found.as_of}
    about = words("{name}, {first} to {last}, as known {as_of}.", **values)
    off = [_called_off(found, words, about)] if found.called_off else []
    made = [_whole(found, words, about), _parts(found, words, about), _coverage(found, words, about), *off]
    return [*made, *_learnt(found, words, about)]


def _whole(found: Report, words: Words, about: str) -> SheetOut:
    headings = [
        Heading(words("Figure"), 58, "wrap"),
        Heading(words("Number"), 10, "number"),
        Heading(words("of"), 10, "whole"),
        Heading(words("Share"), 10, "share"),
    ]
    rows: list[list[Value]] = [
        [words.say(what), n, of, n / of if n is not None and of else None]
        for _, there in figure_groups(found)
        for what, n, of in there
    ]
    return SheetOut(words("Report"), headings, rows, about=about)


def _parts(found: Report, words: Words, about: str) -> SheetOut:
    headings = [
        Heading(words("Part"), 13),
        Heading(words("Name"), 30, "wrap"),
        *(Heading(words.say(name).capitalize(), 13, "whole") for name in COLUMNS.values()),
    ]
    rows: list[list[Value]] = []
    groups = []
    for part in found.parts:
        groups.append(len(rows) + 1)
        name = words.say(PART_NAMES[part])
        rows += [[name, words.say(called), *figures(counts)] for _, called, counts in named_parts(found, part)]
    return SheetOut(words("Parts"), headings, rows, kept=2, about=about, colour=GREEN, groups=groups)


def _coverage(found: Report, words: Words, about: str) -> SheetOut:
    """Rows for each party: what is needed, offered, used and spare in each month."""
    shown = list(months(found.span))
    long = len({month.first.year for month in shown}) > 1
    headings = [
        Heading(words("Party"), 28),
        Heading(words("Counted in"), 11),
        Heading(words("Row"), 24, note=words(
            "Offered is what open dates hold, never more than the limits by week and month. Needed is what the "
            "operations of the year need, spread evenly over the dates that each may have, whatever is offered there."
        )),
        *(Heading(words.month(one.first)[:3] + (f" {one.first:%y}" if long else ""), 8, "number") for one in shown),
        Heading(words("in all"), 9, "number"),
    ]  # fmt: skip
    rows: list[list[Value]] = []
    groups = []
    for counted, lenders in ((words("officers"), found.coverage.police), (words("teams"), found.coverage.agencies)):
        for lender in lenders:
            groups.append(len(rows) + 1)
            for name, figure in FIGURES.items():
                amounts = (round(getattr(use, name), 1) for use in (*lender.by_month, lender.total))
                rows.append([lender.name, counted, words.say(figure), *amounts])
    return SheetOut(words("Coverage"), headings, rows, kept=3, about=about, colour=GREEN, groups=groups)


def _learnt(found: Report, words: Words, about: str) -> Iterator[SheetOut]:
    """Who has answered, and what has become of each improvement."""
    if rows := answered_rows(found):
        headings = [
            Heading(words("Party"), 32, "wrap"),
            Heading(words("Answered"), 12, "whole"),
            Heading(words("Asked"), 12, "whole"),
            Heading(words("Share"), 10, "share"),
        ]
        answered: list[list[Value]] = [[name, share.n, share.of, share.n / share.of] for name, share in rows]
        yield SheetOut(words("Answered"), headings, answered, about=about, colour=GREEN)
    if found.improvements:
        headings = [
            Heading(words("No"), 8),
            Heading(words("After"), 12),
            Heading(words("Measure"), 60, "wrap"),
            Heading(words("Sees to it"), 30, "wrap"),
            Heading(words("Done by"), 12, "date"),
            Heading(words("State"), 26, "wrap"),
            Heading(words("Helped"), 10, "whole"),
            Heading(words("Did not help"), 10, "whole"),
        ]
        made: list[list[Value]] = []
        for one in found.improvements:
            known = one.improvement
            owner = found.scenario.parties.get(known.owner)
            name = known.owner if owner is None else owner.name
            state = words.say(STATES[one.state])
            made.append([known.id, known.origin, known.action, name, known.due, state, one.yes, one.no])
        yield SheetOut(words("Improvements"), headings, made, about=about, colour=GREEN)


def _called_off(found: Report, words: Words, about: str) -> SheetOut:
    """A row for each called-off date, for the coordinator only: a cause may be a unit's own words."""
    headings = [
        Heading(words("Operation"), 12),
        Heading(words("Sector"), 22, "wrap"),
        Heading(words("Area"), 22, "wrap"),
        Heading(words("Date"), 12, "date"),
        Heading(words("Shift"), 12),
        Heading(words("Called off on"), 14, "date"),
        Heading(words("On the day"), 12, "centre"),
        Heading(words("Why"), 40, "wrap"),
        Heading(words("New date"), 14, "date"),
    ]
    rows: list[list[Value]] = []
    for one in found.called_off:
        operation, slot = found.scenario.operations[one.placement.operation], one.placement.slot
        rows.append(
            [
                operation.id,
                found.scenario.word(operation.sector),
                found.scenario.areas[operation.area].name,
                slot.day,
                found.scenario.shift(slot.shift).name,
                one.decided.date(),
                words("yes") if one.on_the_day else None,
                None if one.why is None else words.say(one.why),
                None if one.anew is None else one.anew.slot.day,
            ]
        )
    return SheetOut(words("Called off"), headings, rows, about=about)
