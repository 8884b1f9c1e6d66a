"""The picture of a report, to complement its tables: operations by month."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from arshjul.errors import Message
from arshjul.render.wheel.svg import Svg, element
from arshjul.texts import Words

_LEFT, _TOP, _HEIGHT, _MONTH = 30.0, 16.0, 190.0, 60.0
_FOOT = _HEIGHT - 22
_BAR = 15.0

BARS = (
    ("planned", Message("planned")),
    ("done", Message("were carried out")),
    ("off", Message("dates that were called off")),
)
"""The kinds of bars, and their words."""


def months_chart(months: Mapping[date, Sequence[int]], words: Words) -> Svg:
    """A bar of each kind for each month, each with its number above it."""
    step = _step(max([1, *(n for counts in months.values() for n in counts)]))
    top = step * 4
    long = len({first.year for first in months}) > 1
    lines = [part for n in range(5) for part in _line(n * step, n / 4)]
    bars = [part for n, one in enumerate(months.items()) for part in _bars(n, *one, top, long, words)]
    title = words("Operations by month: planned, carried out, and dates that were called off")
    size = {"width": _LEFT + len(months) * _MONTH, "height": _HEIGHT}
    box = f"0 0 {size['width']:.0f} {_HEIGHT:.0f}"
    named = {"class_": "chart", "role": "img", "aria_label": title}
    return element("svg", element("title", title), *lines, *bars, **named, viewBox=box, **size)


def _step(most: int) -> int:
    """The distance of four lines, of which the last is no lower than the most."""
    steps = (factor * power for power in (1, 10, 100, 1000, 10_000) for factor in (1, 2, 5))
    return next(step for step in steps if 4 * step >= most)


def _line(value: int, share: float) -> tuple[Svg, Svg]:
    y = _y(share)
    across = element("line", x1=_LEFT, x2="100%", y1=y, y2=y, class_="across")
    return across, _text(_LEFT - 6, y + 4, str(value), "end")


def _bars(n: int, first: date, counts: Sequence[int], top: int, long: bool, words: Words) -> Iterator[Svg]:
    left = _LEFT + n * _MONTH + (_MONTH - 3 * _BAR) / 2
    for place, ((kind, _), count) in enumerate(zip(BARS, counts, strict=True)):
        x, y = left + place * _BAR, _y(count / top)
        if count:
            yield element("rect", x=x + 1, y=y, width=_BAR - 2, height=_FOOT - y, class_=kind)
            yield _text(x + _BAR / 2, y - 3, str(count), "middle")
    month = words.month(first)[:3] + (f" {first:%y}" if long else "")
    yield _text(left + 1.5 * _BAR, _HEIGHT - 6, month, "middle")


def _text(x: float, y: float, text: str, kind: str) -> Svg:
    return element("text", text, x=x, y=y, class_=kind)


def _y(share: float) -> float:
    return _TOP + (1 - share) * (_FOOT - _TOP)
