"""The legend, as blocks that each page arranges in its columns."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from arshjul.agenda.year import STATUS_NAMES, YearView
from arshjul.domain.calendar import Span
from arshjul.render.wheel import says
from arshjul.render.wheel.marks import MARKED, Key, at, halo, mark, outcome, under
from arshjul.render.wheel.palette import HEAT
from arshjul.render.wheel.svg import BOLD, Svg, element, fitted, joined, wrapped
from arshjul.render.wheel.svg import width as text_width
from arshjul.rules.soft.avoided_day import WHY
from arshjul.texts import Words

SIGN = 20.0  # a mark's width in the legend
LINE = 24.0
TEXT, HEADING, HEAD = 13.5, 14.5, 12.5  # font sizes: 3.4, 3.6 and 3.1 mm
AFTER_BLOCK = 22.0
LEAST_HEAD = 9.0
NAME_ROOM, BETWEEN = 46.0, 10.0  # of the months' names, and between two columns of numbers


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the legend, drawn from its upper left corner."""

    height: float
    drawn: Svg


def blocks(view: YearView, key: Key, words: Words, width: float) -> list[Block]:
    """Explanations of everything on the dial, in the order in which one looks."""
    made = (
        _shifts(view, key, words, width),
        _sectors(view, key, words, width),
        _meetings(view, key, words, width),
        _rings(view, words, width),
        _by_month(view, words, width),
    )
    return [block for block in made if block.height]


def _shifts(view: YearView, key: Key, words: Words, width: float) -> Block:
    rows = [(mark(key.shapes[shift.id](SIGN), "", SIGN, "meeting"), says.shift_words(shift)) for shift in view.shifts]
    if view.kinds.keys() - {"insats"}:
        first = key.shapes[view.shifts[0].id]
        hollow = mark(first(SIGN), "", SIGN, "hollow")
        rows.append((hollow, words("without police, or one agency alone: counted apart, after a plus sign")))
    if any(planned.days > 1 for planned in view.operations):
        card = key.shapes[view.shifts[0].id](SIGN - 4)
        cards = joined([at(4, 0, under(card, "meeting")), at(-2, 0, mark(card, "", SIGN, "meeting first"))])
        rows.append((cards, words("on several dates, in a row")))
    if any(planned.changed for planned in view.operations):
        rows.append((halo(SIGN - 4), words("changed in this version")))
    shape, size = key.shapes[view.shifts[0].id], SIGN - 4
    for status in sorted(MARKED.keys() & {planned.status for planned in view.operations}):
        sign = joined([mark(shape(size), "", size, "hollow"), *outcome(status, size)])
        rows.append((sign, words.say(STATUS_NAMES[status])))
    return _listed(words("Shape: shift"), rows, width)


def _sectors(view: YearView, key: Key, words: Words, width: float) -> Block:
    shape = key.shapes[view.shifts[0].id]
    rows = [
        (
            mark(shape(SIGN), key.letters[sector], SIGN, key.colours[sector]),
            f"{name} {says.tally(planned for planned in view.operations if planned.sector == sector)}",
        )
        for sector, name in view.sectors.items()
    ]
    return _listed(words("Letter and colour: sector, and its operations"), rows, width, columns=2)


def _meetings(view: YearView, key: Key, words: Words, width: float) -> Block:
    dates: dict[str, list[date]] = defaultdict(list)
    names = {}
    for meeting in view.meetings:
        dates[meeting.id].append(meeting.day)
        names[meeting.id] = meeting.name
    rows = [
        (key.meeting(id, SIGN), f"{names[id]}: {', '.join(words.short_day(day) for day in days)}")
        for id, days in dates.items()
    ]
    return _listed(words("Meetings"), rows, width) if rows else Block(0, joined(()))


def _rings(view: YearView, words: Words, width: float) -> Block:
    rows = []
    if view.milestones:
        bar = element("path", d="M-3 8V-8h6V8Z", class_="quiet")
        rows.append((bar, words("Milestones by date: {names}", names=", ".join(view.milestones.values()))))
    scale = joined(
        element("rect", x=-9 + number * 3.6, y=-8, width=3.6, height=16, class_=f"h{number + 1}")
        for number in range(len(HEAT))
    )
    rows.append((scale, words("Officers and team shifts by week: the stronger, the nearer to the busiest week")))
    closed = element("rect", x=-9, y=-8, width=18, height=16, class_="closed")
    rows.append((closed, words("Closed dates; closed weekdays fainter")))
    if not WHY.keys().isdisjoint(view.closed.values()):
        rows.append((element("rect", x=-9, y=-8, width=18, height=16, class_="avoided"), words("Dates to avoid")))
    if view.as_of.date() in view.span:
        hand = element("path", d="M-9 0h18", class_="now")
        rows.append((hand, words("As of {day}", day=view.as_of.date())))
    return _listed(words("Rings and shading"), rows, width)


def _by_month(view: YearView, words: Words, width: float) -> Block:
    """The operations of each month by area: the wheel as numbers. With many areas, the areas are the rows."""
    heading, in_all = words("Operations by month and area"), words("in all")
    spans = [*((says.month(month.first, view, words), month) for month in view.months), (in_all, view.span)]
    areas = [*view.areas.values(), in_all]
    rows = [(name, _tallies(view, span)) for name, span in spans]
    room = (width - NAME_ROOM) / len(areas) - BETWEEN
    if max(text_width(word, LEAST_HEAD) for name in areas for word in name.split() or [""]) <= room:
        return _grid(heading, areas, rows, NAME_ROOM, width)
    names = min(max(text_width(area, TEXT) for area in areas) + 4, width * 0.4)
    by_area = [(fitted(area, TEXT, names), [tallies[n] for _, tallies in rows]) for n, area in enumerate(areas)]
    return _grid(heading, [name for name, _ in spans], by_area, names, width)


def _grid(
    heading: str, columns: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], names: float, width: float
) -> Block:
    """A table of numbers whose last row is bold. `names`: the width for the rows' names.

    If columns are narrow, the last one, with the longest heading and numbers, gets some more room.
    """
    more = 0.0 if (width - names) / len(columns) > 3 * BETWEEN else BETWEEN
    room = (width - names - more) / len(columns)
    between = min(BETWEEN, room / 4)
    widest = max(text_width(word, HEAD) for name in columns for word in name.split() or [""])
    size = max(LEAST_HEAD, min(HEAD, HEAD * (room - between) / max(widest, 1)))
    heads = [wrapped(name, size, room - between) for name in columns[:-1]]
    heads.append(wrapped(columns[-1], size, room - between + more))
    rights = [names + number * room for number in range(1, len(columns))] + [width]
    deepest = max(len(lines) for lines in heads)
    longest = max(text_width(value, TEXT) for _, values in rows for value in values) * BOLD
    figures = max(LEAST_HEAD, min(TEXT, TEXT * (room - between / 2) / max(longest, 1)))
    parts, below = _heading(heading, width)
    for x, lines in zip(rights, heads, strict=True):
        for line, text in enumerate(lines, deepest - len(lines)):
            parts.append(_cell(text, x, below + 24 + line * TEXT * 1.2, "soft", size))
    top = below + 24 + deepest * TEXT * 1.2 + 4
    for number, (name, values) in enumerate(rows):
        y, style = top + number * TEXT * 1.32, "strong" if number == len(rows) - 1 else None
        parts.append(element("text", name, y=y, font_size=TEXT, class_=style))
        parts += (_cell(value, x, y, style, figures) for x, value in zip(rights, values, strict=True))
    return Block(top + len(rows) * TEXT * 1.32, joined(parts))


def _cell(text: str, x: float, y: float, style: str | None, size: float = TEXT) -> Svg:
    return element("text", text, x=x, y=y, font_size=size, text_anchor="end", class_=style)


def _tallies(view: YearView, span: Span) -> list[str]:
    """The number of operations in those dates, by area and in total."""
    within = [planned for planned in view.operations if planned.slot.day in span]
    by_area = ([planned for planned in within if planned.area == area] for area in view.areas)
    return [says.tally(operations) if operations else "–" for operations in (*by_area, within)]


def _listed(heading: str, rows: Iterable[tuple[Svg, str]], width: float, columns: int = 1) -> Block:
    """A heading and its rows: each a sign and a text, which is broken into lines if it is long."""
    parts, y = _heading(heading, width)
    y += 10
    room = width / columns - SIGN - (14 if columns == 1 else 24)
    told = [(sign, wrapped(text, TEXT, room)) for sign, text in rows]
    for start in range(0, len(told), columns):
        across = told[start : start + columns]
        for column, (sign, lines) in enumerate(across):
            x = column * width / columns
            parts.append(at(x + SIGN / 2, y + LINE / 2, sign))
            for number, line in enumerate(lines):
                baseline = y + LINE / 2 + TEXT * 0.35 + number * TEXT * 1.3
                parts.append(element("text", line, x=x + SIGN + 9, y=baseline, font_size=TEXT))
        y += LINE + (max(len(lines) for _, lines in across) - 1) * TEXT * 1.3
    return Block(y, joined(parts))


def _heading(text: str, width: float) -> tuple[list[Svg], float]:
    """A heading, in several lines if necessary, and its lower end."""
    lines = wrapped(text, HEADING * BOLD, width)
    ys = [HEADING * (1 + 1.3 * number) for number in range(len(lines))]
    drawn = [element("text", line, y=y, font_size=HEADING, class_="strong") for line, y in zip(lines, ys, strict=True)]
    return drawn, ys[-1]
