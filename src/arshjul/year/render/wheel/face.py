"""The dial's face: everything on it except the marks. Bands, months, weeks, closed dates, bars and heat."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from math import sqrt

from arshjul.year.agenda.year import WeekLoad, YearView
from arshjul.year.domain.calendar import Span
from arshjul.year.render.wheel import labels
from arshjul.year.render.wheel.dial import Dial, Ring
from arshjul.year.render.wheel.palette import HEAT
from arshjul.year.render.wheel.svg import Svg, element, fitted, width
from arshjul.year.texts import Words

Radii = tuple[float, float]

SMALL, MEDIUM, LARGE = 9.5, 12.0, 15.0  # font sizes: 2.4, 3 and 3.75 mm


def bands(dial: Dial, rings: Iterable[Ring]) -> Iterator[Svg]:
    for ring in rings:
        yield element("path", d=dial.whole(ring.inner + 1, ring.outer - 1), class_="band")


def closed(dial: Dial, view: YearView, inner: float, outer: float) -> Iterator[Svg]:
    """The closed dates; adjacent ones with the same reason are drawn as one."""
    for span, why in _closed_runs(view):
        yield element("path", d=dial.piece(span, inner, outer), class_=why)


def _closed_runs(view: YearView) -> Iterator[tuple[Span, str]]:
    def following(numbered: tuple[int, tuple[date, str]]) -> tuple[int, str]:
        number, (day, why) = numbered
        return day.toordinal() - number, why

    for _, run in groupby(enumerate(view.closed.items()), key=following):
        days = [(day, why) for _, (day, why) in run]
        yield Span(days[0][0], days[-1][0]), days[0][1]


def months(dial: Dial, spans: Sequence[Span], words: Words, rim: Radii, inner: float) -> Iterator[Svg]:
    """The months' names on the rim, and a line between them through all rings."""
    middle = sum(rim) / 2
    for month in spans:
        room = dial.room(month, middle) - 6
        name = words.month(month.first)
        size = LARGE if width(name, LARGE) <= room else MEDIUM
        shown = name if width(name, size) <= room else fitted(name[:3], size, room)
        yield element("path", d=dial.piece(month, *rim), class_="month")
        yield dial.along(shown, dial.middle(month), middle, font_size=size, class_="strong month-name")
    edges = [dial.starts(month.first) for month in spans] + [dial.ends(dial.span.last)]
    for angle in edges:
        yield element("path", d=dial.ray(angle, inner, rim[0]), class_="line")


def weeks(dial: Dial, every: Sequence[WeekLoad], words: Words, rim: Radii) -> Iterator[Svg]:
    """The ISO weeks' numbers, and lines between them; with the word "week" if there is room."""
    yield element("path", d=dial.whole(*rim), class_="band")
    middle = sum(rim) / 2
    for week in every:
        room = dial.room(week.span, middle)
        label = words("week {n}", n=week.number) if room >= 100 else str(week.number)
        yield element("path", d=dial.ray(dial.starts(week.span.first), *rim), class_="line")
        if width(label, SMALL) <= room:
            yield dial.along(label, dial.middle(week.span), middle, font_size=SMALL, class_="soft")


def days(dial: Dial, view: YearView, rim: Radii) -> Iterator[Svg]:
    """The days of the month, for periods short enough that they can be read."""
    middle = sum(rim) / 2
    for day in view.span.days():
        yield dial.along(str(day.day), dial.noon(day), middle, font_size=SMALL, class_="soft")


def milestones(dial: Dial, view: YearView, words: Words, rim: Radii) -> Iterator[Svg]:
    """A bar for each date, as long as the root of their number: a holiday's eve would flatten the others otherwise."""
    on: dict[date, Counter[str]] = defaultdict(Counter)
    for around in view.around:
        on[around.day][around.milestone] += 1
    most = max((counts.total() for counts in on.values()), default=1)
    inner, outer = rim
    half = min(0.36 * dial.day_angle, 4 / inner)
    for day, counts in on.items():
        top = inner + (outer - inner) * sqrt(counts.total() / most)
        noon = dial.noon(day)
        tip = element("title", labels.milestones(day, counts, view, words))
        yield element("path", tip, d=dial.sector(noon - half, noon + half, inner, top), class_="quiet")


def heat(dial: Dial, view: YearView, words: Words, officers: Radii, teams: Radii) -> Iterator[Svg]:
    """The officers and teams that each week takes: a number, on a darker ground for more."""
    for rim, taken in ((officers, [w.officers for w in view.weeks]), (teams, [w.team_shifts for w in view.weeks])):
        most = max(taken, default=0)
        for week, amount in zip(view.weeks, taken, strict=True):
            yield _heated(dial, week, amount, most, rim, words)


def _heated(dial: Dial, week: WeekLoad, amount: int, most: int, rim: Radii, words: Words) -> Svg:
    tip = element("title", labels.week(week, words))
    cell = element("path", d=dial.piece(week.span, *rim), class_=f"h{heat_class(amount, most)} cell")
    middle, label = sum(rim) / 2, str(amount)
    shown = amount and width(label, SMALL) <= dial.room(week.span, rim[0])
    number = [dial.along(label, dial.middle(week.span), middle, font_size=SMALL)] if shown else []
    return element("g", tip, cell, *number)


def heat_class(amount: int, most: int) -> int:
    """0 for zero, otherwise one of the classes 1 to 5 of equal width up to the maximum."""
    return 0 if amount == 0 else -(-amount * len(HEAT) // most)


def ring_name(dial: Dial, name: str, radii: Radii, below: str = "") -> Iterator[Svg]:
    """A ring's name in the gap at the top, upright, and a second line; in a narrow ring both are on one line."""
    middle, deep = sum(radii) / 2, abs(radii[0] - radii[1])
    room = dial.gap_room(radii[0]) - 8
    if below and deep < MEDIUM * 1.1 + SMALL * 1.3:
        beside = f"{name} {below}"
        name, below = beside if width(beside, SMALL) <= room else name, ""
    size = next((s for s in (MEDIUM, 11.0, 10.0) if width(name, s) <= room and s <= deep), SMALL)
    y = dial.y - middle - (size * 0.55 if below else 0)
    for text, at, font, style in ((name, y, size, "strong"), (below, y + size * 1.15, SMALL, "soft")):
        if text:
            yield element(
                "text",
                fitted(text, font, room),
                x=dial.x,
                y=at,
                dy=".35em",
                text_anchor="middle",
                font_size=font,
                class_=style,
            )


def now(dial: Dial, day: date, inner: float, outer: float) -> Svg:
    """A hand at the date as of which the plan is shown."""
    return element("path", d=dial.ray(dial.starts(day), inner, outer), class_="now")


def centred(text: str, dial: Dial, below: float, size: float, style: str) -> Svg:
    """A text in the middle of the dial, so far below its centre."""
    return element(
        "text", text, x=dial.x, y=dial.y + below, dy=".35em", font_size=size, text_anchor="middle", class_=style
    )
