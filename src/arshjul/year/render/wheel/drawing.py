"""The årshjul: a plan's period as a wheel on an A3 sheet, in SVG.

From the rim inwards: months, ISO weeks, a ring for each area with its operations, meetings, milestones by date, and
officers and teams by week. Closed dates are shaded through all rings.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from arshjul.year.agenda.year import PlannedOperation, YearView
from arshjul.year.domain.calendar import Span
from arshjul.year.render.wheel import face, labels
from arshjul.year.render.wheel.dial import Arc, Dial, Layout, layout
from arshjul.year.render.wheel.face import LARGE
from arshjul.year.render.wheel.marks import Key, at, halo, key, mark, outcome, under
from arshjul.year.render.wheel.sheet import LEAST_EDGE, SHEETS, SHORT, Format, beside, picture
from arshjul.year.render.wheel.svg import Svg, element, joined, width
from arshjul.year.texts import Words, counted

MARGIN = 22.0
RIM = SHORT / 2 - MARGIN
MONTHS = (RIM - 32, RIM)
WEEKS = (RIM - 52, RIM - 32)
DAYS = (WEEKS[0] - 16, WEEKS[0])  # if there is room for dates
MARKS_INNER = 252.0
MILESTONES = (214.0, 248.0)
OFFICERS, TEAMS = (182.0, 210.0), (152.0, 180.0)
DAY_ROOM = 16.0  # the length of rim that a day's number needs
LINE = 3.0  # the width of the line that joins the dates of an operation of several dates
MEETINGS = ""  # the ring of meetings; an area's id is never empty


def wheel(view: YearView, words: Words, form: Format = "landscape") -> bytes:
    """The wheel, the same bytes for the same view."""
    sheet = SHEETS[form]
    signs = key(view)
    legend, bottom = beside(view, signs, words, sheet)
    height = bottom + LEAST_EDGE if sheet.is_inline else sheet.height
    parts = [*_dial(view, signs, words, Dial(view.span, *sheet.centre)), legend]
    return picture(sheet, height, (labels.title(view, words), labels.description(view, words)), parts, words)


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
    yield from face.weeks(dial, view.weeks, words, WEEKS)
    yield from face.months(dial, view.months, words, MONTHS, TEAMS[0])
    yield from face.milestones(dial, view, words, MILESTONES)
    yield from face.heat(dial, view, words, OFFICERS, TEAMS)
    if view.as_of.date() in view.span:
        yield face.now(dial, view.as_of.date(), TEAMS[0], WEEKS[1])
    yield from _operations(view, signs, words, dial, marks)
    yield from _meetings(view, signs, words, dial, marks)
    yield from _names(view, words, dial, marks)
    yield from _centre(view, words, dial)


def _layout(view: YearView, dial: Dial, outer: float) -> Layout:
    arcs: dict[str, list[Arc]] = {area: [] for area in view.areas}
    for planned in view.operations:
        arcs[planned.area].append((dial.noon(planned.dates.first), dial.noon(planned.dates.last)))
    if view.meetings:
        arcs[MEETINGS] = [(dial.noon(meeting.day), dial.noon(meeting.day)) for meeting in view.meetings]
    return layout(arcs, MARKS_INNER, outer)


def _operations(view: YearView, signs: Key, words: Words, dial: Dial, marks: Layout) -> Iterator[Svg]:
    radii = {area: iter(ring.radii) for area, ring in marks.rings.items()}
    for planned in view.operations:
        radius = next(radii[planned.area])
        title = labels.operation(planned, view, words)
        kind = signs.kind(planned.sector, hollow=planned.kind != "insats")
        shape = signs.shapes[planned.slot.shift](marks.size)
        (x, y), *further = (dial.point(dial.noon(day), radius) for day in planned.dates.days())
        later = [at(on_x - x, on_y - y, under(shape, kind)) for on_x, on_y in reversed(further)]
        sign = mark(shape, signs.letters[planned.sector], marks.size, f"{kind} first" if later else kind)
        around = [halo(marks.size)] if planned.changed else []
        if later:
            noons = dial.noon(planned.dates.first), dial.noon(planned.dates.last)
            line = dial.sector(*noons, radius - LINE / 2, radius + LINE / 2)
            yield element("g", element("path", d=line, class_="shape"), class_=f"mark {kind}")
        yield at(x, y, *later, *around, sign, *outcome(planned.status, marks.size), title=title)


def _meetings(view: YearView, signs: Key, words: Words, dial: Dial, marks: Layout) -> Iterator[Svg]:
    if not view.meetings:
        return
    for meeting, radius in zip(view.meetings, marks.rings[MEETINGS].radii, strict=True):
        x, y = dial.point(dial.noon(meeting.day), radius)
        yield at(x, y, signs.meeting(meeting.id, marks.size), title=labels.meeting(meeting, words))


def _names(view: YearView, words: Words, dial: Dial, marks: Layout) -> Iterator[Svg]:
    for name, ring in marks.rings.items():
        radii = (ring.inner, ring.outer)
        if name == MEETINGS:
            yield from face.ring_name(dial, words("Meetings"), radii)
        else:
            count = labels.tally(planned for planned in view.operations if planned.area == name)
            yield from face.ring_name(dial, view.areas[name], radii, count)
    yield from face.ring_name(dial, words("Week"), WEEKS)
    yield from face.ring_name(dial, words("Milestones"), MILESTONES)
    yield from face.ring_name(dial, words("Officers"), OFFICERS)
    yield from face.ring_name(dial, words("Teams"), TEAMS)


def _centre(view: YearView, words: Words, dial: Dial) -> Iterator[Svg]:
    year = labels.years(view.span)
    size = min(84.0, 84.0 * 230 / width(year, 84))
    yield face.centred(year, dial, -26, size, "strong")
    for number, line in enumerate(labels.figures(view, words)):
        yield face.centred(line, dial, 34 + number * 22, LARGE, "strong" if number == 0 else "soft")


def narrow(view: YearView, titles: Mapping[str, str], words: Words, pages: str | None = None) -> Svg:
    """The list of months. `pages`: where the operations have pages of their own, by their id."""
    return joined(_month(month, view, titles, words, pages) for month in view.months)


def _month(month: Span, view: YearView, titles: Mapping[str, str], words: Words, pages: str | None) -> Svg:
    operations = [operation for operation in view.operations if _first(operation, view) in month]
    name = element("strong", f"{words.month(month.first).capitalize()} {month.first.year}")
    n = words.say(counted(len(operations), "{n} operation", "{n} operations"))
    lines = [
        *(
            (meeting.day, element("li", labels.meeting(meeting, words).replace("\n", ", ")))
            for meeting in view.meetings
        ),
        *(
            (_first(operation, view), _operation(operation, view, titles[operation.id], words, pages))
            for operation in operations
        ),
    ]
    weeks = list(_weeks([line for line in lines if line[0] in month], view, words))
    if not weeks:
        return element("p", name, f" {n}")
    is_now = view.as_of.date() in month
    return element("details", element("summary", name, f" {n}"), *weeks, open="open" if is_now else None)


def _weeks(lines: Sequence[tuple[date, Svg]], view: YearView, words: Words) -> Iterator[Svg]:
    for week in view.weeks:
        if here := [line for day, line in lines if day in week.span]:
            yield element("p", words("Week {n}", n=week.number), class_="of-week")
            yield element("ul", *here)


def _operation(planned: PlannedOperation, view: YearView, title: str, words: Words, pages: str | None) -> Svg:
    what, when, *more = labels.operation(planned, view, words).split("\n")
    name = joined((element("span", planned.id), f" {title}"))
    named = element("a", name, href=f"{pages}{planned.id}") if pages else name
    about = [*what.split(" · ")[1:], *more]
    return element("li", element("strong", when), " ", named, element("span", ", ".join(about), class_="aside"))


def _first(planned: PlannedOperation, view: YearView) -> date:
    """Its first date that lies in the year."""
    return max(planned.slot.day, view.span.first)
