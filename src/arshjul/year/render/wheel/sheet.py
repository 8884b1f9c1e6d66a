"""The sheet of paper: the positions of the dial, and of title and legend in the columns beside it.

The legend is blocks that each page arranges in its columns.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from arshjul.year.agenda.year import STATUS_NAMES, YearView
from arshjul.year.domain.calendar import Span
from arshjul.year.render.wheel import labels
from arshjul.year.render.wheel.face import LARGE, MEDIUM
from arshjul.year.render.wheel.marks import MARKED, Key, at, halo, mark, outcome, under
from arshjul.year.render.wheel.palette import HEAT, stylesheet
from arshjul.year.render.wheel.svg import BOLD, Svg, element, fitted, joined, path, wrapped
from arshjul.year.render.wheel.svg import width as text_width
from arshjul.year.rules.soft.avoided_day import WHY
from arshjul.year.texts import Words

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
    rows = [(mark(key.shapes[shift.id](SIGN), "", SIGN, "meeting"), labels.shift_words(shift)) for shift in view.shifts]
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
            f"{name} {labels.tally(planned for planned in view.operations if planned.sector == sector)}",
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
    spans = [*((labels.month(month.first, view, words), month) for month in view.months), (in_all, view.span)]
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
    """A table whose last row is bold. `names`: the rows' width. If columns are narrow, the last gets some more room."""
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
    return [labels.tally(operations) if operations else "–" for operations in (*by_area, within)]


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
    lines = wrapped(text, HEADING * BOLD, width)
    ys = [HEADING * (1 + 1.3 * number) for number in range(len(lines))]
    drawn = [element("text", line, y=y, font_size=HEADING, class_="strong") for line, y in zip(lines, ys, strict=True)]
    return drawn, ys[-1]


Format = Literal["landscape", "portrait", "inline"]

LONG, SHORT, PER_MM = 1680.0, 1188.0, 4  # A3, 420 x 297 mm
LEAST_EDGE = 24.0  # the margin that a printer may leave white
SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.6, 0.5, 0.4)  # of the legend, to try in turn


@dataclass(frozen=True, slots=True)
class Column:
    left: float
    top: float
    width: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet and its columns. An inline one is part of a page: without a title, and as high as its legend."""

    width: float
    height: float
    columns: tuple[Column, ...]
    is_inline: bool = False

    @property
    def centre(self) -> tuple[float, float]:
        return SHORT / 2, SHORT / 2


BELOW = (
    Column(40, SHORT - 40, 350, LONG - LEAST_EDGE),  # the outer ones extend upwards beside the dial
    Column(420, SHORT + 6, 350, LONG - LEAST_EDGE),
    Column(800, SHORT - 40, 350, LONG - LEAST_EDGE),
)
SHEETS: Mapping[Format, Sheet] = {
    "landscape": Sheet(LONG, SHORT, (Column(SHORT + 18, 32, LONG - SHORT - 58, SHORT - LEAST_EDGE),)),
    "portrait": Sheet(SHORT, LONG, BELOW),
    "inline": Sheet(SHORT, LONG, BELOW, is_inline=True),
}


Placed = list[tuple[float, float, Block]]


def picture(sheet: Sheet, height: float, said: tuple[str, str], parts: Sequence[Svg], words: Words) -> bytes:
    """The file of a wheel. `said`: its title, and its description."""
    drawn = element(
        "svg",
        element("title", said[0], id="arshjul-title"),
        element("desc", said[1], id="arshjul-desc"),
        element("style", Svg(stylesheet() + printed(sheet))),
        element("rect", width=sheet.width, height=height, class_="paper"),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        width=None if sheet.is_inline else f"{sheet.width / PER_MM:.0f}mm",
        height=None if sheet.is_inline else f"{height / PER_MM:.0f}mm",
        viewBox=path(0, 0, sheet.width, height),
        role="img",
        aria_labelledby="arshjul-title arshjul-desc",
        lang=words.language,
        class_="arshjul-wheel",
    )
    return (drawn + "\n").encode()


def printed(sheet: Sheet) -> str:
    """The style by which a file that is opened by itself is printed whole, on any paper; none for an inline one."""
    if sheet.is_inline:
        return ""
    lies = "landscape" if sheet.width > sheet.height else "portrait"
    fills = ":root.arshjul-wheel{width:100%;height:100%}"  # the viewBox keeps the proportions
    return f"@page{{size:{lies};margin:5mm}}@media print{{{fills}}}"


def beside(view: YearView, signs: Key, words: Words, sheet: Sheet) -> tuple[Svg, float]:
    """Title and legend, scaled down if necessary, and their lower end."""
    for scale in SCALES:
        room = sheet.columns[0].width / scale
        heading = [] if sheet.is_inline else [_title(view, words, room)]
        placed = _balanced([*heading, *blocks(view, signs, words, room)], sheet.columns, scale)
        if placed is not None:
            break
    else:  # a legend that long is no help: marks have their own tips
        placed = _balanced(heading, sheet.columns, scale) or []
    drawn = joined(at(x, y, block.drawn, scale=scale) for x, y, block in placed)
    return drawn, max((y + block.height * scale for _, y, block in placed), default=SHORT)


def _balanced(waiting: list[Block], columns: tuple[Column, ...], scale: float) -> Placed | None:
    """The position of each block, with columns as short as possible; None if they do not fit."""
    lowest = max(column.bottom for column in columns)
    bottoms = range(int(columns[0].top), int(lowest), 8)
    return next(filter(None, (_placed(waiting, columns, scale, bottom) for bottom in bottoms)), None)


def _placed(waiting: list[Block], columns: tuple[Column, ...], scale: float, bottom: float) -> Placed | None:
    """The position of each block, filling columns in turn down to the given bottom; None if they do not fit."""
    left = iter(columns)
    column = next(left)
    placed, y = [], column.top
    for block in waiting:
        while y + block.height * scale > min(bottom, column.bottom):
            following = next(left, None)
            if following is None:
                return None
            column, y = following, following.top
        placed.append((column.left, y, block))
        y += (block.height + AFTER_BLOCK) * scale
    return placed


def _title(view: YearView, words: Words, room: float) -> Block:
    lines = [
        *((line, 34.0, 40.0, "strong") for line in wrapped(view.name, 34 * BOLD, room)),
        (words("Annual wheel {span}", span=labels.span(view.span, words)), LARGE, 28.0, None),
        (words("Version {n}, as of {moment}", n=view.revision, moment=view.as_of), MEDIUM, 19.0, "soft"),
        *((line, MEDIUM, 19.0, "warning") for line in wrapped(labels.confidential(words), MEDIUM, room)),
    ]
    parts, y = [], 0.0
    for text, size, leading, style in lines:
        y += leading
        parts.append(element("text", text, y=y, font_size=size, class_=style))
    return Block(y + 10, joined(parts))
