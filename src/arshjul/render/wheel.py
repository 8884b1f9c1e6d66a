"""The årshjul: a plan's period as a wheel on an A3 sheet, in SVG.

From the rim inwards: months, ISO weeks, a ring for each area with its operations, the meetings, the
milestones by date, and what the operations take by week. Closed dates are shaded through all rings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from arshjul.agenda.year import YearView
from arshjul.render import wheel_face as face
from arshjul.render import wheel_says as says
from arshjul.render.wheel_dial import Dial
from arshjul.render.wheel_face import LARGE, MEDIUM
from arshjul.render.wheel_legend import AFTER_BLOCK, Block, blocks
from arshjul.render.wheel_marks import Key, at, halo, key
from arshjul.render.wheel_palette import sheet
from arshjul.render.wheel_rings import Layout, layout
from arshjul.render.wheel_svg import Svg, element, joined
from arshjul.render.wheel_text import width, wrapped
from arshjul.texts import Words

LONG, SHORT = 1680, 1188  # A3, 420 x 297 mm, four units to a millimetre
MARGIN = 22.0
RIM = SHORT / 2 - MARGIN
MONTHS = (RIM - 32, RIM)
WEEKS = (RIM - 52, RIM - 32)
DAYS = (WEEKS[0] - 16, WEEKS[0])  # where dates have room
MARKS_INNER = 252.0
MILESTONES = (214.0, 248.0)
OFFICERS, TEAMS = (182.0, 210.0), (152.0, 180.0)
DAY_ROOM = 16.0  # what a day's number takes of the rim
MEETINGS = ""  # the ring that is no area's; an area's id is never empty


@dataclass(frozen=True, slots=True)
class Column:
    """A piece of the sheet that the legend may fill."""

    left: float
    top: float
    width: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet: its size, where the dial stands, and the legend's columns."""

    width: int
    height: int
    centre: tuple[float, float]
    columns: tuple[Column, ...]


CENTRE = (SHORT / 2, SHORT / 2)
PAGES: Mapping[Literal["landscape", "portrait"], Page] = {
    "landscape": Page(LONG, SHORT, CENTRE, (Column(SHORT + 18, 32, LONG - SHORT - 58, SHORT - 24),)),
    "portrait": Page(
        SHORT,
        LONG,
        CENTRE,
        (
            Column(40, SHORT - 40, 350, LONG - 24),  # the outer ones reach up beside the round
            Column(420, SHORT + 6, 350, LONG - 24),
            Column(800, SHORT - 40, 350, LONG - 24),
        ),
    ),
}
SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.6, 0.5, 0.4)  # of the legend


def wheel(view: YearView, words: Words, orientation: Literal["landscape", "portrait"] = "landscape") -> bytes:
    """The wheel, the same bytes for the same view."""
    page = PAGES[orientation]
    signs = key(view)
    drawn = element(
        "svg",
        element("title", says.title(view, words), id="arshjul-title"),
        element("desc", says.description(view, words), id="arshjul-desc"),
        element("style", Svg(sheet())),
        element("rect", width=page.width, height=page.height, class_="paper"),
        *_dial(view, signs, words, Dial(view.span, *page.centre)),
        _beside(view, signs, words, page),
        xmlns="http://www.w3.org/2000/svg",
        width=f"{page.width // 4}mm",
        height=f"{page.height // 4}mm",
        viewBox=f"0 0 {page.width} {page.height}",
        role="img",
        aria_labelledby="arshjul-title arshjul-desc",
        lang=words.language,
        class_="arshjul-wheel",
    )
    return (drawn + "\n").encode()


def _dial(view: YearView, signs: Key, words: Words, dial: Dial) -> Iterator[Svg]:
    with_days = dial.day_angle * DAYS[0] >= DAY_ROOM
    rim = DAYS[0] if with_days else WEEKS[0]
    marks = _layout(view, dial, rim - 4)
    rings = marks.rings
    yield from face.bands(dial, rings.values())
    yield element("path", d=dial.whole(*MILESTONES), class_="band")
    yield from face.closed(dial, view, MILESTONES[0], WEEKS[0])
    if with_days:
        yield from face.days(dial, view, DAYS)
    yield from face.weeks(dial, view, WEEKS)
    yield from face.months(dial, view, words, MONTHS, TEAMS[0])
    yield from face.milestones(dial, view, words, MILESTONES)
    yield from face.heat(dial, view, words, OFFICERS, TEAMS)
    if view.as_of.date() in view.span:
        yield face.now(dial, view.as_of.date(), TEAMS[0], WEEKS[1])
    yield from _operations(view, signs, words, dial, marks)
    yield from _meetings(view, signs, words, dial, marks)
    yield from _names(view, words, dial, marks)
    yield from _centre(view, words, dial)


def _layout(view: YearView, dial: Dial, outer: float) -> Layout:
    angles: dict[str, list[float]] = {area: [] for area in view.areas}
    for planned in view.operations:
        angles[planned.area].append(dial.noon(planned.slot.day))
    if view.meetings:
        angles[MEETINGS] = [dial.noon(meeting.day) for meeting in view.meetings]
    return layout(angles, MARKS_INNER, outer)


def _operations(view: YearView, signs: Key, words: Words, dial: Dial, marks: Layout) -> Iterator[Svg]:
    radii = {area: iter(ring.radii) for area, ring in marks.rings.items()}
    for planned in view.operations:
        x, y = dial.point(dial.noon(planned.slot.day), next(radii[planned.area]))
        sign = signs.operation(planned.slot.shift, planned.sector, marks.size, hollow=not planned.is_insats)
        around = [halo(marks.size)] if planned.changed else []
        yield at(x, y, *around, sign, title=says.operation(planned, view, words))


def _meetings(view: YearView, signs: Key, words: Words, dial: Dial, marks: Layout) -> Iterator[Svg]:
    if not view.meetings:
        return
    for meeting, radius in zip(view.meetings, marks.rings[MEETINGS].radii, strict=True):
        x, y = dial.point(dial.noon(meeting.day), radius)
        yield at(x, y, signs.meeting(meeting.id, marks.size), title=says.meeting(meeting, words))


def _names(view: YearView, words: Words, dial: Dial, marks: Layout) -> Iterator[Svg]:
    for name, ring in marks.rings.items():
        radii = (ring.inner, ring.outer)
        if name == MEETINGS:
            yield from face.ring_name(dial, words("Meetings"), radii)
        else:
            count = says.tally(planned for planned in view.operations if planned.area == name)
            yield from face.ring_name(dial, view.areas[name], radii, count)
    yield from face.ring_name(dial, words("Week"), WEEKS)
    yield from face.ring_name(dial, words("Milestones"), MILESTONES)
    yield from face.ring_name(dial, words("Officers"), OFFICERS)
    yield from face.ring_name(dial, words("Teams"), TEAMS)


def _centre(view: YearView, words: Words, dial: Dial) -> Iterator[Svg]:
    year = says.years(view.span)
    size = min(84.0, 84.0 * 230 / width(year, 84))
    yield _centred(year, dial, -26, size, "strong")
    for number, line in enumerate(says.figures(view, words)):
        yield _centred(line, dial, 34 + number * 22, LARGE, "strong" if number == 0 else "soft")


def _centred(text: str, dial: Dial, below: float, size: float, style: str) -> Svg:
    return element(
        "text", text, x=dial.x, y=dial.y + below, dy=".35em", font_size=size, text_anchor="middle", class_=style
    )


def _beside(view: YearView, signs: Key, words: Words, page: Page) -> Svg:
    """Title and legend, block after block down the columns, smaller where they would not fit."""
    for scale in SCALES:
        room = page.columns[0].width / scale
        placed = _columns([_heading(view, words, room), *blocks(view, signs, words, room)], page, scale)
        if placed is not None:
            break
    else:
        placed = _columns([_heading(view, words, room)], page, scale) or []
    return joined(at(x, y, drawn, scale=scale) for x, y, drawn in placed)


def _columns(waiting: list[Block], page: Page, scale: float) -> list[tuple[float, float, Svg]] | None:
    """Where each block stands; None where the columns are too short for them."""
    columns = iter(page.columns)
    column = next(columns)
    placed, y = [], column.top
    for block in waiting:
        if y + block.height * scale > column.bottom:
            following = next(columns, None)
            if following is None:
                return None
            column, y = following, following.top
        placed.append((column.left, y, block.drawn))
        y += (block.height + AFTER_BLOCK) * scale
    return placed


def _heading(view: YearView, words: Words, room: float) -> Block:
    lines = [
        *((line, 34.0, 40.0, "strong") for line in wrapped(view.name, 34, room)),
        (words("Annual wheel {span}", span=says.span(view.span, words)), LARGE, 28.0, None),
        (words("Revision {n}, as of {moment}", n=view.revision, moment=view.as_of), MEDIUM, 19.0, "soft"),
        *((line, MEDIUM, 19.0, "warning") for line in wrapped(says.confidential(words), MEDIUM, room)),
    ]
    parts, y = [], 0.0
    for text, size, leading, style in lines:
        y += leading
        parts.append(element("text", text, y=y, font_size=size, class_=style))
    return Block(y + 10, joined(parts))
