"""The public wheel: the number of operations by weeks, as bars around the year, on an A3 sheet."""

from collections.abc import Iterator
from math import ceil

from arshjul.year.agenda.year import LEAST, PublicYear, Total, kinds_said
from arshjul.year.render.wheel import face, labels
from arshjul.year.render.wheel.dial import Dial
from arshjul.year.render.wheel.drawing import MONTHS, WEEKS
from arshjul.year.render.wheel.face import LARGE, MEDIUM, SMALL
from arshjul.year.render.wheel.palette import HEAT
from arshjul.year.render.wheel.sheet import SHEETS, picture
from arshjul.year.render.wheel.svg import Svg, element, joined, width, wrapped
from arshjul.year.texts import DECIMAL, Words, counted

BARS = (232.0, WEEKS[0] - 10)
STEPS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)  # operations per week from one circle to the next
MOST_CIRCLES = 6
TITLE, TEXT, LEADING = 34.0, 14.5, 1.45


def public_wheel(view: PublicYear, words: Words) -> bytes:
    """The wheel, the same bytes for the same view."""
    sheet = SHEETS["landscape"]
    dial = Dial(view.span, *sheet.centre)
    said = words("Annual wheel {name}", name=view.name), " ".join(_sentences(view, words))
    beside = _beside(view, words, sheet.columns[0].left, sheet.columns[0].width)
    return picture(sheet, sheet.height, said, [*_dial(view, words, dial), beside], words)


def _dial(view: PublicYear, words: Words, dial: Dial) -> Iterator[Svg]:
    step, n_circles = _scale(view)
    yield element("path", d=dial.whole(*BARS), class_="band")
    yield from face.weeks(dial, view.weeks, words, WEEKS)
    yield from face.months(dial, view.months, words, MONTHS, BARS[0])
    yield from _circles(dial, step, n_circles, words)
    most = max(total.per_week for total in view.totals)
    for total in view.totals:
        if total.operations is not None:
            share = total.per_week / (step * n_circles)
            yield _bar(total, share, ceil(total.per_week * len(HEAT) / most), words, dial)
    yield from face.ring_name(dial, words("Week"), WEEKS)
    yield from _centre(view, words, dial)


def _scale(view: PublicYear) -> tuple[float, int]:
    """The step between two circles, in operations per week, and the number of circles."""
    most = max(total.per_week for total in view.totals)
    step = next((step for step in STEPS if most <= step * MOST_CIRCLES), most)
    return step, max(1, ceil(most / step))


def _circles(dial: Dial, step: float, n_circles: int, words: Words) -> Iterator[Svg]:
    """Thin circles, numbered in the gap."""
    for number in range(n_circles + 1):
        radius = BARS[0] + (BARS[1] - BARS[0]) * number / n_circles
        yield element("path", d=dial.arc(radius), class_="line")
        if number:
            yield face.centred(
                f"{number * step:g}".replace(".", DECIMAL[words.language]), dial, -radius, MEDIUM, "soft"
            )


def _bar(total: Total, share: float, style: int, words: Words, dial: Dial) -> Svg:
    """The bar of some weeks, which fills the given share of the ring's width, and their number on it."""
    start, end = dial.starts(total.span.first), dial.ends(total.span.last)
    gap = min((end - start) * 0.08, 2 / BARS[0])
    outer = BARS[0] + (BARS[1] - BARS[0]) * share
    bar = element("path", d=dial.sector(start + gap, end - gap, BARS[0], outer), class_=f"h{style}")
    label, inside = str(total.operations), outer - LARGE * 0.85 > BARS[0] + LARGE * 0.5
    radius = outer - LARGE * 0.85 if inside else outer + LARGE * 0.85
    room = dial.room(total.span, radius) - 3
    size = next((size for size in (LARGE, 13.0, MEDIUM, 10.5) if width(label, size) <= room), SMALL)
    number = dial.along(label, dial.middle(total.span), radius, font_size=size, class_="strong")
    tip = element("title", _said(total, words))
    return element("g", tip, bar, number if inside else element("g", number))


def _centre(view: PublicYear, words: Words, dial: Dial) -> Iterator[Svg]:
    year = labels.years(view.span)
    size = min(84.0, 84.0 * 230 / width(year, 84))
    lines = [(year, -26.0, size, "strong"), (_year_total(view, words), 34.0, LARGE + 3, "strong")]
    besides = [words.say(message) for message in kinds_said(view.besides)[1:]]
    lines += [(text, 60.0 + n * LARGE * LEADING, LARGE, "soft") for n, text in enumerate(besides)]
    for text, below, font, style in lines:
        yield face.centred(text, dial, below, font, style)


def _year_total(view: PublicYear, words: Words) -> str:
    if view.operations is None:
        return words("fewer than {n} operations", n=LEAST)
    return words.say(counted(view.operations, "{n} operation", "{n} operations"))


def _said(total: Total, words: Words) -> str:
    first, last = total.weeks[0].number, total.weeks[-1].number
    weeks = words("Week {n}", n=first) if first == last else words("Weeks {first}–{last}", first=first, last=last)
    operations = words.say(counted(total.operations or 0, "{n} operation", "{n} operations"))
    return f"{weeks}: {operations}"


def _sentences(view: PublicYear, words: Words) -> Iterator[str]:
    """Sentences on what the picture shows and omits, and why."""
    yield words("Joint operations of police and at least two agencies.")
    if view.operations is None:
        yield words("There are too few to be told by week.")
    else:
        yield words("A number tells how many operations the weeks beneath it have together.")
    yield words("Weeks are told together until they have at least {n}.", n=LEAST)
    yield words("Where the operations are, and on which dates, is not public.")


def _beside(view: PublicYear, words: Words, left: float, room: float) -> Svg:
    parts, y = [], 32.0
    for line in wrapped(view.name, TITLE, room):
        y += 40
        parts.append(element("text", line, x=left, y=y, font_size=TITLE, class_="strong"))
    for text, style in (
        (words("Annual wheel, public version"), None),
        (words("Version {n} of the plan", n=view.revision), "soft"),
    ):
        y += 28
        parts.append(element("text", text, x=left, y=y, font_size=LARGE, class_=style))
    y += 14
    for sentence in _sentences(view, words):
        y += 12
        for line in wrapped(sentence, TEXT, room):
            y += TEXT * LEADING
            parts.append(element("text", line, x=left, y=y, font_size=TEXT))
    legend = [] if view.operations is None else [_legend(words, left, room, y + 46)]
    return joined([*parts, *legend])


def _legend(words: Words, left: float, room: float, top: float) -> Svg:
    steps = [
        element("rect", x=left + number * 13, y=top - 12, width=13, height=16, class_=f"h{number + 1}")
        for number in range(len(HEAT))
    ]
    text = words("The higher and stronger, the more operations per week; the circles tell how many.")
    lines = wrapped(text, TEXT, room - 13 * len(HEAT) - 14)
    told = (
        element("text", line, x=left + 13 * len(HEAT) + 14, y=top + 1 + number * TEXT * LEADING, font_size=TEXT)
        for number, line in enumerate(lines)
    )
    return joined([element("g", *steps), *told])
