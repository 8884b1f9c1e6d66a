"""The sheet of paper: the positions of the dial, and of title and legend in the columns beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from arshjul.agenda.year import YearView
from arshjul.render.wheel import says
from arshjul.render.wheel.face import LARGE, MEDIUM
from arshjul.render.wheel.legend import AFTER_BLOCK, Block, blocks
from arshjul.render.wheel.marks import Key, at
from arshjul.render.wheel.svg import BOLD, Svg, element, joined, wrapped
from arshjul.texts import Words

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


def printed(sheet: Sheet) -> str:
    """The style by which a file that is opened by itself is printed: whole, on one page of whatever paper there is.

    A browser turns the paper as the sheet lies. An inline sheet leaves all of this to its page.
    """
    if sheet.is_inline:
        return ""
    lies = "landscape" if sheet.width > sheet.height else "portrait"
    fills = ":root.arshjul-wheel{width:100%;height:100%}"  # the viewBox keeps the proportions
    return f"@page{{size:{lies};margin:5mm}}@media print{{{fills}}}"


def beside(view: YearView, signs: Key, words: Words, sheet: Sheet) -> tuple[Svg, float]:
    """Title and legend, scaled down if necessary, and their lower end."""
    for scale in SCALES:
        room = sheet.columns[0].width / scale
        heading = [] if sheet.is_inline else [_heading(view, words, room)]
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


def _heading(view: YearView, words: Words, room: float) -> Block:
    lines = [
        *((line, 34.0, 40.0, "strong") for line in wrapped(view.name, 34 * BOLD, room)),
        (words("Annual wheel {span}", span=says.span(view.span, words)), LARGE, 28.0, None),
        (words("Version {n}, as of {moment}", n=view.revision, moment=view.as_of), MEDIUM, 19.0, "soft"),
        *((line, MEDIUM, 19.0, "warning") for line in wrapped(says.confidential(words), MEDIUM, room)),
    ]
    parts, y = [], 0.0
    for text, size, leading, style in lines:
        y += leading
        parts.append(element("text", text, y=y, font_size=size, class_=style))
    return Block(y + 10, joined(parts))
