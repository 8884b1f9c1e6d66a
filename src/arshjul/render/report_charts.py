"""The picture of a report, to complement its tables: operations by month."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from arshjul.render.wheel.svg import Svg, element
from arshjul.texts import Words

_LEFT, _TOP, _HEIGHT, _MONTH = 30.0, 16.0, 190.0, 60.0
_FOOT = _HEIGHT - 22
_BAR = 15.0


@dataclass(frozen=True, slots=True)
class MonthCounts:
    """A month's operations: how many were planned, and carried out, and how many dates were called off."""

    first: date
    planned: int
    carried_out: int
    called_off: int


def months_chart(months: Sequence[MonthCounts], words: Words) -> Svg:
    """Three bars for each month, each with its number above it."""
    step = _step(max([1, *(max(one.planned, one.called_off) for one in months)]))
    top = step * 4
    lines = [part for n in range(5) for part in _line(n * step, n / 4)]
    bars = [part for n, one in enumerate(months) for part in _bars(n, one, top, _is_long(months), words)]
    title = words("Operations by month: planned, carried out, and dates that were called off")
    return _picture(title, _LEFT + len(months) * _MONTH, _HEIGHT, [*lines, *bars])


def _picture(title: str, width: float, height: float, parts: Sequence[Svg]) -> Svg:
    size = {"viewBox": f"0 0 {width:.0f} {height:.0f}", "width": width, "height": height}
    return element("svg", element("title", title), *parts, class_="chart", role="img", aria_label=title, **size)


def _step(most: int) -> int:
    """The distance of four lines, of which the last is no lower than the most."""
    steps = (factor * power for power in (1, 10, 100, 1000, 10_000) for factor in (1, 2, 5))
    return next(step for step in steps if 4 * step >= most)


def _line(value: int, share: float) -> tuple[Svg, Svg]:
    y = _y(share)
    across = element("line", x1=_LEFT, x2="100%", y1=y, y2=y, class_="across")
    return across, _text(_LEFT - 6, y + 4, str(value), "end")


def _bars(n: int, month: MonthCounts, top: int, long: bool, words: Words) -> Iterator[Svg]:
    left = _LEFT + n * _MONTH + (_MONTH - 3 * _BAR) / 2
    counts = (("planned", month.planned), ("done", month.carried_out), ("off", month.called_off))
    for place, (kind, count) in enumerate(counts):
        x, y = left + place * _BAR, _y(count / top)
        if count:
            yield element("rect", x=x + 1, y=y, width=_BAR - 2, height=_FOOT - y, class_=kind)
            yield _text(x + _BAR / 2, y - 3, str(count), "middle")
    yield _text(left + 1.5 * _BAR, _HEIGHT - 6, _month(month.first, words, long=long), "middle")


def _is_long(months: Sequence[MonthCounts]) -> bool:
    return len({one.first.year for one in months}) > 1


def _month(first: date, words: Words, *, long: bool) -> str:
    return words.month(first)[:3] + (f" {first:%y}" if long else "")


def _text(x: float, y: float, text: str, kind: str) -> Svg:
    return element("text", text, x=x, y=y, class_=kind)


def _y(share: float) -> float:
    return _TOP + (1 - share) * (_FOOT - _TOP)
