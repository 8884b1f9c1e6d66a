"""A report's pictures, each with one figure a mark: operations by month, notice of moves, police shifts held."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from arshjul.errors import Message
from arshjul.render.wheel.svg import Svg, element, fitted, width
from arshjul.texts import Words

WIDTH, HEIGHT = 360.0, 172.0
_FOOT, _HIGH, _MONTH = 150.0, 123.0, 30.0
_ROW, _BAR, _TOP, _MOST_ROWS = 33.0, 20.0, 9.0, 5
_LETTER, _GAP, _FIGURE = 15.0, 10.0, 7.0
_SIZE, _WIDEST, _MOST_NAME = 12.5, 1.2, 150.0
"""The size of letters, and how much wider than reckoned those of a reader's own font may be."""
KEYS = {"planned": Message("planned"), "done": Message("done")}
"""What each kind of mark means, in the picture of months."""


def months_chart(months: Mapping[date, tuple[int, int]], words: Words) -> Svg:
    """Of each month how many operations were planned, and the part of them that was carried out."""
    named = {_called(first, months, words): counts for first, counts in months.items()}
    said = [words("{month} {planned} and {done}", month=name, planned=n, done=of) for name, (n, of) in named.items()]
    return _by_month(named, words("Operations planned and carried out by month: {months}", months=", ".join(said)))


def offered_chart(months: Mapping[date, tuple[int, int]], words: Words) -> Svg:
    """Of each month how many officers or teams were offered, and the part of them that is used."""
    named = {_called(first, months, words): counts for first, counts in months.items()}
    said = [words("{month} {offered} and {used}", month=name, offered=n, used=of) for name, (n, of) in named.items()]
    return _by_month(named, words("Offered and used by month: {months}", months=", ".join(said)))


def _called(first: date, months: Mapping[date, object], words: Words) -> str:
    return words.month(first)[:3] + (f" {first:%y}" if len({one.year for one in months}) > 1 else "")


def _by_month(months: Mapping[str, tuple[int, int]], title: str) -> Svg:
    most = max([1, *(whole for whole, _ in months.values())])
    step = max(_MONTH, WIDTH / max(1, len(months)))
    parts = list[Svg]()
    for n, (name, (whole, part)) in enumerate(months.items()):
        parts += _month(n * step, step, _HIGH * whole / most, _HIGH * part / most, (whole, part))
        parts.append(_text((n + 0.5) * step, _FOOT + 17, name, "middle soft"))
    across = step * max(1, len(months))
    axis = element("line", x1=0, x2=across, y1=_FOOT, y2=_FOOT, class_="axis")
    return _chart(title, [*parts, axis], across, HEIGHT)


def _month(left: float, step: float, high: float, full: float, counts: tuple[int, int]) -> Iterator[Svg]:
    """A bar filled as far as it was carried out: the number planned above it, the number carried out where it fits."""
    planned, done = counts
    if not planned:
        return
    x, wide, middle = left + step * 0.15, step * 0.7, left + step / 2
    yield element("rect", x=x, y=_FOOT - high, width=wide, height=high, class_="planned")
    if done:
        yield element("rect", x=x, y=_FOOT - full, width=wide, height=full, class_="done")
    if not done:
        yield _text(middle, _FOOT - high - 5, str(planned), "middle")
    elif full >= _LETTER:
        yield _text(middle, _FOOT - full + _LETTER - 3, str(done), "middle on")
        yield _text(middle, _FOOT - high - 5, str(planned), "middle")
    elif high - full >= _LETTER:
        yield _text(middle, _FOOT - full - 3, str(done), "middle")
        yield _text(middle, _FOOT - high - 5, str(planned), "middle")
    else:
        yield _text(middle, _FOOT - high - 5, f"{done}/{planned}", "middle")


def notice_chart(groups: Sequence[tuple[Message, int, bool]], words: Words) -> Svg:
    """How many moves had which notice; the last of each says whether that is short."""
    rows = [(words.say(name), str(n), [(n, "off" if is_short else "done")]) for name, n, is_short in groups]
    return _rows(words("Notice of moves"), rows)


def shifts_chart(units: Sequence[tuple[str, int, int]], words: Words) -> Svg:
    """By unit the shifts that it held, of those asked of it: those asked most first, more than five together."""
    in_order = sorted(units, key=lambda one: -one[2])
    n_alone = len(units) if len(units) <= _MOST_ROWS else _MOST_ROWS - 1
    shown, rest = in_order[:n_alone], in_order[n_alone:]
    if rest:
        shown = [*shown, (words("{n} more", n=len(rest)), sum(n for _, n, _ in rest), sum(of for _, _, of in rest))]
    rows = [(name, words("{n} of {of}", n=n, of=of), [(of, "planned"), (n, "done")]) for name, n, of in shown]
    return _rows(words("Police shifts that were held"), rows)


def _rows(what: str, rows: Sequence[tuple[str, str, Sequence[tuple[int, str]]]]) -> Svg:
    """A row for each name with its bars, one over the other, and its figure behind them."""
    names = min(_MOST_NAME, max([0.0, *(_long(name) for name, _, _ in rows)])) + _GAP
    figures = max([0.0, *(_long(figure) for _, figure, _ in rows)]) + _FIGURE
    most = max([1, *(n for _, _, bars in rows for n, _ in bars)])
    parts = list[Svg]()
    for place, (name, figure, bars) in enumerate(rows):
        y, longest = _TOP + place * _ROW, 0.0
        parts.append(_text(names - _GAP, y + 14, fitted(name, _SIZE * _WIDEST, names - _GAP), "end"))
        for n, kind in bars:
            long = (WIDTH - names - figures) * n / most
            longest = max(longest, long)
            if n:
                parts.append(element("rect", x=names, y=y, width=long, height=_BAR, class_=kind))
        parts.append(_text(names + longest + _FIGURE, y + 15, figure, "start"))
    height = _TOP + max(1, len(rows)) * _ROW
    axis = element("line", x1=names, x2=names, y1=2, y2=height - 4, class_="axis")
    said = ", ".join(f"{name} {figure}" for name, figure, _ in rows)
    return _chart(f"{what}: {said}", [*parts, axis], WIDTH, height)


def _long(text: str) -> float:
    return width(text, _SIZE * _WIDEST)


def _chart(title: str, parts: Sequence[Svg], wide: float, height: float) -> Svg:
    box = f"0 0 {wide:.0f} {height:.0f}"
    named = {"class_": "chart fits", "role": "img", "aria_label": title}
    return element("svg", element("title", title), *parts, **named, viewBox=box)


def _text(x: float, y: float, text: str, kind: str) -> Svg:
    return element("text", text, x=x, y=y, class_=kind)
