"""A report in words: its sentences, its parts as tables, and its figures as the rows of a CSV and as sheets."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from arshjul.errors import Message
from arshjul.year.agenda.cause import KINDS
from arshjul.year.agenda.evaluations import STATES, FollowedImprovement
from arshjul.year.agenda.lenders import FIGURES
from arshjul.year.agenda.party import name_of
from arshjul.year.agenda.party_part import because
from arshjul.year.agenda.revised import operation_said
from arshjul.year.agenda.time_text import place_said
from arshjul.year.agenda.year import months
from arshjul.year.domain.operation import Operation
from arshjul.year.planning.report.figures import COLUMNS, CalledOff, Counts, Figure, Share, group_lines
from arshjul.year.planning.report.police import HOURS, WAYS, LostPolice
from arshjul.year.planning.report.report import (
    PARTS,
    Report,
    ShownFigure,
    ShownProposal,
    figures_of_counts,
    figures_of_outcomes,
    first_page,
)
from arshjul.year.sheets import GREEN, Column, Heading, SheetOut, Value, table
from arshjul.year.texts import Month, Words

PART_NAMES: Mapping[str, Message] = {
    "agency": Message("Agency"),
    "unit": Message("Police unit"),
    "area": Message("Area"),
    "sector": Message("Sector"),
    "programme": Message("Programme"),
    "proposed_by": Message("Proposed by"),
    "month": Message("Month"),
}
CALLED_OFF, IMPROVEMENTS = Message("Dates called off"), Message("Improvements")


def about(found: Report) -> Message:
    values = {"name": found.scenario.name, "first": found.span.first, "last": found.span.last, "as_of": found.as_of}
    return Message("{name}, {first} to {last}, as known {as_of}.", values)


def sections(found: Report) -> Iterator[tuple[Message | None, list[Message]]]:
    yield None, [about(found)]
    for proposal in first_page(found):
        yield proposal_said(proposal), [shown_said(figure) for figure in proposal.figures]
    yield from group_lines(found.groups)
    for heading, lines in ((CALLED_OFF, called_off_said(found)), (IMPROVEMENTS, improvements_said(found))):
        if there := list(lines):
            yield heading, there


def proposal_said(proposal: ShownProposal) -> Message:
    values = {"n": proposal.number, "name": proposal.name}
    return proposal.name if proposal.number is None else Message("{n}. {name}", values)


def shown_said(shown: ShownFigure) -> Message:
    before = shown.before
    if before is None or before.n is None:
        return shown.figure.said
    values = {"figure": shown.figure.said, "n": before.n, "of": before.of}
    if before.of is None:
        return Message("{figure} (the year before: {n})", values)
    return Message("{figure} (the year before: {n} of {of})", values)


def called_off_said(found: Report) -> Iterator[Message]:
    for off in found.called_off:
        what = operation_said(found.scenario, off.placement.operation)
        values = {"what": what, "place": place_said(found.scenario, off.placement), "day": off.decided.date()}
        if off.on_the_day:
            said = Message("{what}, {place}: did not begin", values)
            said = said if off.why is None else Message("{said} ({more})", {"said": said, "more": off.why})
        else:
            said = because(Message("{what}, {place}: called off on {day}", values), off.why)
        if off.anew is not None:
            said = Message("{said}; new date: {new}", {"said": said, "new": place_said(found.scenario, off.anew)})
        yield Message("{sentence}.", {"sentence": said})


def improvements_said(found: Report) -> Iterator[Message]:
    order = ("checked", "done", "open", "dropped")
    for followed in sorted(found.improvements, key=lambda followed: order.index(followed.state)):
        improvement = followed.improvement
        values = {
            "id": improvement.id,
            "action": improvement.action,
            "state": STATES[followed.state],
            "operation": improvement.origin,
            "owner": name_of(found.scenario, improvement.owner),
            "day": improvement.due,
        }
        late = Message("{id}: {action} (after {operation}; {owner}, by {day}): {state}, and overdue.", values)
        other = Message("{id}: {action} (after {operation}; {owner}, by {day}): {state}.", values)
        yield late if followed.is_overdue(found.as_of.date()) else other


def tables(found: Report) -> Iterator[tuple[Message, list[tuple[Message, tuple[int, ...]]]]]:
    """The heading of each kind of part that has entries, and of each its name and counts, ordered as `COLUMNS`."""
    for part, heading in PART_NAMES.items():
        if rows := [(name, _row(counts)) for _, name, counts in named_parts(found, part)]:
            yield heading, rows


def by_months(found: Report) -> dict[date, tuple[int, int]]:
    by = {month.first: found.parts["month"].get(f"{month.first:%Y-%m}", Counts()) for month in months(found.span)}
    return {first: (one.planned, one.done) for first, one in by.items()}


def headline(found: Report) -> list[Figure]:
    by = {(figure.part, figure.key): figure for figure in found.figures}
    return [
        by["operations", "done"],
        by["operations", "saved"]._replace(label=Message("Saved after police were called off")),
        by["operations", "without_date"],
        by["notice", "median_days"],
        by["operations", "no_outcome"]._replace(of=None),
    ]


def compared(found: Report, part: str) -> tuple[list[Message], list[tuple[Message, tuple[int, ...]]]]:
    """The parts of a kind beside each other, after all of them; and a row for each of `COLUMNS`."""
    parts = named_parts(found, part)
    columns = [_row(counts) for counts in (found.operations, *(counts for _, _, counts in parts))]
    rows = zip(COLUMNS.values(), zip(*columns, strict=True), strict=True)
    return [Message("All"), *(name for _, name, _ in parts)], list(rows)


def lost_by_cause(found: Report) -> list[tuple[Message, tuple[int, ...]]]:
    times = Counter((police.cause, police.notice) for police in found.lost)
    rows = [(label, [times[cause, notice] for notice in HOURS]) for cause, label in KINDS.items()]
    return [(label, (*counts, sum(counts))) for label, counts in rows if any(counts)]


def lost_by_way(found: Report) -> list[tuple[Message, int]]:
    times = Counter(police.way for police in found.lost)
    return [(label, times[way]) for way, label in WAYS.items()]


def named_parts(found: Report, part: str) -> list[tuple[str, Message, Counts]]:
    """The parts of that kind, each by id and name, sorted by the name shown; months in order."""
    rows = [(id, _name(found, part, id), counts) for id, counts in found.parts[part].items()]
    return rows if part == "month" else sorted(rows, key=lambda row: str(row[1].values["name"]).casefold())


def _row(counts: Counts) -> tuple[int, ...]:
    """Of a share its numerator."""
    values = (getattr(counts, key) for key in COLUMNS)
    return tuple(value.n if isinstance(value, Share) else value for value in values)


def _name(found: Report, part: str, id: str) -> Message:
    scenario = found.scenario
    match part:
        case "month":
            return Message("{month}", {"month": Month(date.fromisoformat(f"{id}-01"))})
        case "area":
            name = scenario.areas[id].name
        case "sector":
            name = scenario.word(id)
        case "programme":
            name = scenario.programme(id).name
        case _:
            name = name_of(scenario, id)
    return Message("{name}", {"name": name})


def report_rows(found: Report, say: Words) -> Iterator[list[object]]:
    yield [say("Part"), say("Id"), say("Name"), say("Figure"), say("Number"), say("Of")]
    parts = [(PARTS[kind], "", counts) for kind, counts in found.counts.items()]
    parts += [(part, id, counts) for part in found.parts for id, _, counts in named_parts(found, part)]
    figures = [
        figure
        for part, id, counts in parts
        for figure in (*figures_of_counts(counts, part, id), *figures_of_outcomes(found.scenario, counts, part, id))
    ]
    for key, label, n, of, part, id in (*figures, *found.besides):
        is_named = id in found.scenario.parties or part in PART_NAMES
        name = "" if not id else say.say(_name(found, part, id) if is_named else label)
        yield [part or "operations", id, name, key, "" if n is None else n, "" if of is None else of]


def report_sheets(found: Report, words: Words) -> list[SheetOut]:
    seen = words.say(about(found))
    made = [_first_page, _figures, _parts, _coverage]
    made += [_called_off] if found.called_off else []
    made += [_lost] if found.lost else []
    made += [_improvements] if found.improvements else []
    return [sheet(found, words, seen) for sheet in made]


def _first_page(found: Report, words: Words, about: str) -> SheetOut:
    headings = [
        Heading(words("Proposal"), 40, "wrap"),
        Heading(words("Figure"), 58, "wrap"),
        Heading(words("Number"), 10, "number"),
        Heading(words("of"), 10, "whole"),
        *([Heading(words("The year before"), 12, "number"), Heading(words("of"), 10, "whole")] if found.before else []),
    ]
    rows: list[list[Value]] = []
    groups = []
    for proposal in first_page(found):
        groups.append(len(rows) + 1)
        for n, (figure, before) in enumerate(proposal.figures):
            name = "" if n else words.say(proposal_said(proposal))
            last = [] if found.before is None else [None, None] if before is None else [before.n, before.of]
            rows.append([name, words.say(figure.label), figure.n, figure.of, *last])
    return SheetOut(words("Report"), headings, rows, kept=2, about=about, groups=groups)


def _figures(found: Report, words: Words, about: str) -> SheetOut:
    columns: list[Column[Figure]] = [
        (Heading(words("Figure"), 58, "wrap"), lambda one: one.label),
        (Heading(words("Number"), 10, "number"), lambda one: one.n),
        (Heading(words("of"), 10, "whole"), lambda one: one.of),
        (Heading(words("Share"), 10, "share"), lambda one: one.n / one.of if one.n is not None and one.of else None),
    ]
    return table(words("Figures"), columns, found.figures, words, about=about)


def _called_off(found: Report, words: Words, about: str) -> SheetOut:
    """For the coordinator only: a cause may be a unit's own words."""
    there = found.scenario

    def what(one: CalledOff) -> Operation:
        return there.operations[one.placement.operation]

    columns: list[Column[CalledOff]] = [
        (Heading(words("Operation"), 12), lambda one: what(one).id),
        (Heading(words("Sector"), 22, "wrap"), lambda one: there.word(what(one).sector)),
        (Heading(words("Area"), 22, "wrap"), lambda one: there.areas[what(one).area].name),
        (Heading(words("Date"), 12, "date"), lambda one: one.placement.slot.day),
        (Heading(words("Shift"), 12), lambda one: there.shift(one.placement.slot.shift).name),
        (Heading(words("Called off on"), 14, "date"), lambda one: one.decided.date()),
        (Heading(words("On the day"), 12, "centre"), lambda one: Message("yes") if one.on_the_day else None),
        (Heading(words("Cause"), 40, "wrap"), lambda one: one.why),
        (Heading(words("New date"), 14, "date"), lambda one: None if one.anew is None else one.anew.slot.day),
    ]
    return table(words("Called off"), columns, found.called_off, words, about=about)


def _lost(found: Report, words: Words, about: str) -> SheetOut:
    """Police called off, a row each time: for the coordinator only, as the cause is."""
    there = found.scenario

    def names(one: LostPolice) -> str:
        return ", ".join(there.police[unit].name for unit in one.units)

    columns: list[Column[LostPolice]] = [
        (Heading(words("Operation"), 12), lambda one: one.old.operation),
        (Heading(words("Date"), 12, "date"), lambda one: one.old.slot.day),
        (Heading(words("Shift"), 12), lambda one: there.shift(one.old.slot.shift).name),
        (Heading(words("Police unit"), 22, "wrap"), names),
        (Heading(words("Cause"), 22, "wrap"), lambda one: KINDS[one.cause]),
        (Heading(words("Hours' notice"), 10, "number"), lambda one: round(one.hours, 1)),
        (Heading(words("Notice"), 16), lambda one: HOURS[one.notice][1]),
        (Heading(words("Then"), 34, "wrap"), lambda one: WAYS[one.way]),
        (Heading(words("Reserve instead"), 14), lambda one: one.reserve),
    ]
    return table(words("Police withdrawn"), columns, found.lost, words, about=about)


def _improvements(found: Report, words: Words, about: str) -> SheetOut:
    columns: list[Column[FollowedImprovement]] = [
        (Heading(words("No"), 8), lambda one: one.improvement.id),
        (Heading(words("After"), 12), lambda one: one.improvement.origin),
        (Heading(words("Measure"), 60, "wrap"), lambda one: one.improvement.action),
        (Heading(words("Sees to it"), 30, "wrap"), lambda one: name_of(found.scenario, one.improvement.owner)),
        (Heading(words("Done by"), 12, "date"), lambda one: one.improvement.due),
        (Heading(words("State"), 26, "wrap"), lambda one: STATES[one.state]),
        (Heading(words("Helped"), 10, "whole"), lambda one: one.yes),
        (Heading(words("Did not help"), 10, "whole"), lambda one: one.no),
    ]
    return table(words("Improvements"), columns, found.improvements, words, about=about, colour=GREEN)


def _parts(found: Report, words: Words, about: str) -> SheetOut:
    headings = [
        Heading(words("Part"), 13),
        Heading(words("Name"), 30, "wrap"),
        *(Heading(words.say(name).capitalize(), 13, "whole") for name in COLUMNS.values()),
    ]
    rows: list[list[Value]] = []
    groups = []
    for heading, parts in tables(found):
        groups.append(len(rows) + 1)
        rows += [[words.say(heading), words.say(name), *counts] for name, counts in parts]
    return SheetOut(words("Parts"), headings, rows, kept=2, about=about, colour=GREEN, groups=groups)


def _coverage(found: Report, words: Words, about: str) -> SheetOut:
    shown = list(months(found.span))
    long = len({month.first.year for month in shown}) > 1
    headings = [
        Heading(words("Party"), 28),
        Heading(words("Counted in"), 11),
        Heading(words("Row"), 24, note=words(
            "Offered: what open dates hold within the limits. Needed: what operations need, "
"spread evenly over their possible dates."
        )),
        *(Heading(words.month(span.first)[:3] + (f" {span.first:%y}" if long else ""), 8, "number") for span in shown),
        Heading(words("in all"), 9, "number"),
    ]  # fmt: skip
    rows: list[list[Value]] = []
    groups = []
    for unit, lenders in ((words("officers"), found.coverage.police), (words("teams"), found.coverage.agencies)):
        for lender in lenders:
            groups.append(len(rows) + 1)
            for name, figure in FIGURES.items():
                amounts = (round(getattr(use, name), 1) for use in (*lender.by_month, lender.total))
                rows.append([lender.name, unit, words.say(figure), *amounts])
    return SheetOut(words("Coverage"), headings, rows, kept=3, about=about, colour=GREEN, groups=groups)
