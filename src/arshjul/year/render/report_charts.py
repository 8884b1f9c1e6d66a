"""A report's pictures, each with one figure a mark: operations by month, notice of moves, police shifts held."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from arshjul.errors import Message
from arshjul.year.agenda.lenders import Lender, Use
from arshjul.year.render.wheel.svg import Svg, element, fitted, width
from arshjul.year.texts import Words

WIDTH, HEIGHT = 360.0, 172.0
_FOOT, _HIGH, _MONTH = 150.0, 123.0, 30.0
_ROW, _BAR, _TOP, _MOST_ROWS = 33.0, 20.0, 9.0, 5
_LETTER, _GAP, _FIGURE = 15.0, 10.0, 7.0
_SIZE, _WIDEST, _MOST_NAME = 12.5, 1.2, 150.0
"""The size of letters, and how much wider than reckoned those of a reader's own font may be."""
KEYS = {"planned": Message("planned"), "done": Message("done")}
"""Legend of the picture of months, by kind of mark."""


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
    return words.month(first)[:3] + (f" {first:%y}" if len({month.year for month in months}) > 1 else "")


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
    """The number of moves by notice; the last of each says whether that is short."""
    rows = [(words.say(name), str(n), [(n, "off" if is_short else "done")]) for name, n, is_short in groups]
    return _rows(words("Notice of moves"), rows)


def shifts_chart(units: Sequence[tuple[str, int, int]], words: Words) -> Svg:
    """By unit the shifts that it held, of those asked of it: those asked most first, more than five together."""
    in_order = sorted(units, key=lambda unit: -unit[2])
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


_NAME, _CELL, _PARTY = 190.0, 58.0, 72.0
_LEGEND, _HEAD = 24.0, 20.0
_SIGN, _WIDE = 20.0, 6.6  # the width of a shape of the legend, and of a letter
_LEAST_WIDTH = 420.0  # of a picture of few months, so that no text of the legend is cut
_FRAME, _HEIGHT = 28.0, 32.0
_TICK = 40.0
_MARK = "▲"  # stands before what is asked for where it is more than what is offered


def coverage_chart(lenders: Sequence[Lender], months: Sequence[date], words: Words) -> Svg:
    """A row for each party, a column for each month and for all of them; each cell with its figures in text.

    A frame as high as the offer, filled as far as it is used; a line across at what is required, a dashed one at what
    optional agencies are asked for besides. All months of a party have one scale.
    """
    long = len({month.year for month in months}) > 1
    heads = [*(words.month(month)[:3] + (f" {month:%y}" if long else "") for month in months), words("in all")]
    uses = [use for lender in lenders for use in (*lender.by_month, lender.total)]
    width = _NAME + len(heads) * _CELL
    signs = _signs(words, any(use.wished for use in uses), any(use.missing for use in uses))
    parts, foot = _legend(signs, words, max(width, _LEAST_WIDTH))
    parts += [_text(_NAME + (n + 0.5) * _CELL, foot + 12, head, "middle") for n, head in enumerate(heads)]
    for row, lender in enumerate(lenders):
        y = foot + _HEAD + row * _PARTY
        parts.append(_text(0, y + _HEIGHT / 2 + 4, fitted(lender.name, 12, _NAME - 8), "name"))
        top = max((_most(use) for use in lender.by_month), default=0)
        for n, use in enumerate(lender.by_month):
            parts += _cell(_NAME + n * _CELL, y, use, top)
        parts += _cell(_NAME + len(months) * _CELL, y, lender.total, _most(lender.total))
    width, height = max(width, _LEAST_WIDTH), foot + _HEAD + len(lenders) * _PARTY
    title = words("Needed, offered and used, by party and month")
    size = {"viewBox": f"0 0 {width:.0f} {height:.0f}", "width": width, "height": height}
    return element("svg", element("title", title), *parts, class_="chart", role="img", aria_label=title, **size)


def asked_said(use: Use) -> str:
    """The demand, with that on optional agencies, and a mark where it is more than the offer."""
    wished = f"+{use.wished}" if use.wished else ""
    return f"{_MARK if use.missing else ''}{use.asked}{wished}"


def _most(use: Use) -> float:
    return max(use.offered, use.used, use.required + use.optional)


def _cell(x: float, y: float, use: Use, top: float) -> Iterator[Svg]:
    middle, foot = x + _CELL / 2, y + _HEIGHT
    if not _most(use):
        yield _text(middle, foot + 13, "–", "middle")
        return

    def high(amount: float) -> float:
        return _HEIGHT * amount / top

    left = middle - _FRAME / 2
    if use.offered:
        yield element(
            "rect", x=left, y=foot - high(use.offered), width=_FRAME, height=high(use.offered), class_="offered"
        )
    if use.used:
        kind = "done" if use.used <= use.offered else "off"
        yield element("rect", x=left, y=foot - high(use.used), width=_FRAME, height=high(use.used), class_=kind)
    for amount, kind in ((use.required, "asked"), (use.required + use.optional if use.optional else 0, "wished")):
        if amount:
            level = foot - high(amount)
            yield element("line", x1=middle - _TICK / 2, x2=middle + _TICK / 2, y1=level, y2=level, class_=kind)
    yield _text(middle, foot + 13, f"{use.used}/{use.offered}", "middle")
    yield _text(middle, foot + 27, asked_said(use), "middle strong" if use.missing else "middle")


def _signs(words: Words, is_wished: bool, is_missing: bool) -> list[tuple[Svg, str]]:
    signs = [
        (element("rect", x=0.0, y=4.0, width=12.0, height=12.0, class_="done"), words("used")),
        (element("rect", x=0.0, y=4.0, width=12.0, height=12.0, class_="offered"), words("offered, empty: spare")),
        (element("line", x1=0.0, x2=14.0, y1=10.0, y2=10.0, class_="asked"), words("needed")),
    ]
    if is_wished:
        dashed = element("line", x1=0.0, x2=14.0, y1=10.0, y2=10.0, class_="wished")
        signs.append((dashed, words("with optional agencies")))
    if is_missing:
        signs.append((_text(0, 14, _MARK, "strong"), words("needed beyond the offer")))
    return signs


def _legend(signs: Sequence[tuple[Svg, str]], words: Words, width: float) -> tuple[list[Svg], float]:
    """The legend of shapes and figures, on as many lines as the width needs, and where they end."""
    parts, x, y = list[Svg](), 0.0, 0.0
    for sign, word in [*signs, (None, words("Figures: used/offered, below them needed"))]:
        long = _WIDE * len(word) + (0 if sign is None else _SIGN)
        if x and x + long > width:
            x, y = 0.0, y + _LEGEND
        text = _text(0 if sign is None else _SIGN, 14, word, "name")
        parts.append(element("g", *(() if sign is None else (sign,)), text, transform=f"translate({x:.0f} {y:.0f})"))
        x += long + _SIGN
    return parts, y + _LEGEND
