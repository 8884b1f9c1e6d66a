"""Shares by month as bars, each with its interval: a picture to complement a table."""

from collections.abc import Sequence
from datetime import date

from arshjul.domain.history.stressed import Estimate
from arshjul.render.wheel.svg import Svg, element
from arshjul.texts import Words

_WIDTH, _HEIGHT = 360.0, 150.0
_LEFT, _TOP, _BOTTOM = 34.0, 8.0, 20.0
_LINES = (0, 25, 50, 75, 100)
_GAP = 0.3
"""The part of a month's width that its bar leaves free."""


def share_chart(months: Sequence[tuple[date, Estimate]], words: Words) -> Svg:
    """The picture; the figures are also given as text."""
    title = words("Operations held on their first date, in percent by month")
    width = (_WIDTH - _LEFT) / max(len(months), 1)
    bars = [part for n, (month, share) in enumerate(months) for part in _bar(n, month, share, width, words)]
    size = f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}"
    return element("svg", *map(_line, _LINES), *bars, viewBox=size, class_="share", role="img", aria_label=title)


def _line(percent: int) -> Svg:
    """A horizontal line at a percentage, and its number."""
    y = _y(percent / 100)
    scale = element("text", f"{percent}", x=_LEFT - 6, y=y + 3.5, class_="scale")
    return Svg(element("line", x1=_LEFT, x2=_WIDTH, y1=y, y2=y, class_="across") + scale)


def _bar(n: int, month: date, share: Estimate, width: float, words: Words) -> Sequence[Svg]:
    left, middle = _LEFT + (n + _GAP / 2) * width, _LEFT + (n + 0.5) * width
    top = _y(share.mean)
    ends = (_y(share.low), _y(share.high))
    cap = width * (1 - _GAP) / 4
    return (
        element("rect", x=left, y=top, width=width * (1 - _GAP), height=_y(0) - top, class_="bar"),
        element("line", x1=middle, x2=middle, y1=ends[0], y2=ends[1], class_="reach"),
        *(element("line", x1=middle - cap, x2=middle + cap, y1=y, y2=y, class_="reach") for y in ends),
        element("text", words.month(month)[:3], x=middle, y=_HEIGHT - 6, class_="month"),
    )


def _y(share: float) -> float:
    return _TOP + (1 - share) * (_HEIGHT - _TOP - _BOTTOM)
