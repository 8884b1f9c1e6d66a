"""The picture of a year's coverage: what is asked of each party, what it offers and what is used, month by month."""

from collections.abc import Iterator, Sequence
from datetime import date

from arshjul.agenda.lenders import Lender, Use
from arshjul.render.wheel.svg import Svg, element, fitted
from arshjul.texts import Words

_NAME, _CELL, _ROW = 190.0, 58.0, 72.0
_LEGEND, _HEAD = 24.0, 20.0
_SIGN, _WIDE = 20.0, 6.6
"""The width of a shape of the legend, and of a letter."""
_LEAST_WIDTH = 420.0
"""Of a picture of few months, so that no text of the legend is cut."""
_BAR, _HEIGHT = 28.0, 32.0
_TICK = 40.0
_MARK = "▲"
"""Stands before what is asked for where it is more than what is offered."""


def coverage_chart(lenders: Sequence[Lender], months: Sequence[date], words: Words) -> Svg:
    """A row for each party, a column for each month and for all of them; each cell with its figures in text.

    A frame as high as the offer, filled as far as it is used; a line across at what is required, a dashed one at what
    optional agencies are asked for besides. All months of a party have one scale.
    """
    long = len({one.year for one in months}) > 1
    heads = [*(words.month(one)[:3] + (f" {one:%y}" if long else "") for one in months), words("in all")]
    uses = [use for lender in lenders for use in (*lender.by_month, lender.total)]
    width = _NAME + len(heads) * _CELL
    signs = _signs(words, any(use.wished for use in uses), any(use.missing for use in uses))
    parts, foot = _legend(signs, words, max(width, _LEAST_WIDTH))
    parts += [_text(_NAME + (n + 0.5) * _CELL, foot + 12, head, "middle") for n, head in enumerate(heads)]
    for row, lender in enumerate(lenders):
        y = foot + _HEAD + row * _ROW
        parts.append(_text(0, y + _HEIGHT / 2 + 4, fitted(lender.name, 12, _NAME - 8), "name"))
        top = max((_most(use) for use in lender.by_month), default=0)
        for n, use in enumerate(lender.by_month):
            parts += _cell(_NAME + n * _CELL, y, use, top)
        parts += _cell(_NAME + len(months) * _CELL, y, lender.total, _most(lender.total))
    width, height = max(width, _LEAST_WIDTH), foot + _HEAD + len(lenders) * _ROW
    title = words("Needed, offered and used, by party and month")
    size = {"viewBox": f"0 0 {width:.0f} {height:.0f}", "width": width, "height": height}
    return element("svg", element("title", title), *parts, class_="chart", role="img", aria_label=title, **size)


def asked_said(use: Use) -> str:
    """What is asked, with what optional agencies are asked besides, and a mark where it is more than the offer."""
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

    left = middle - _BAR / 2
    if use.offered:
        yield element(
            "rect", x=left, y=foot - high(use.offered), width=_BAR, height=high(use.offered), class_="offered"
        )
    if use.used:
        kind = "done" if use.used <= use.offered else "off"
        yield element("rect", x=left, y=foot - high(use.used), width=_BAR, height=high(use.used), class_=kind)
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
    """What each shape and figure means, on as many lines as the width needs, and where they end."""
    parts, x, y = list[Svg](), 0.0, 0.0
    for sign, word in [*signs, (None, words("Figures: used/offered, below them needed"))]:
        long = _WIDE * len(word) + (0 if sign is None else _SIGN)
        if x and x + long > width:
            x, y = 0.0, y + _LEGEND
        text = _text(0 if sign is None else _SIGN, 14, word, "name")
        parts.append(element("g", *(() if sign is None else (sign,)), text, transform=f"translate({x:.0f} {y:.0f})"))
        x += long + _SIGN
    return parts, y + _LEGEND


def _text(x: float, y: float, text: str, kind: str) -> Svg:
    return element("text", text, x=x, y=y, class_=kind)
