"""The wheel for a narrow screen: its months, with their weeks, operations and meetings, in HTML.

A month is folded until it is pressed, without a script; that of the view's moment stands open.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from arshjul.agenda.year import PlannedOperation, YearView
from arshjul.domain.calendar import Span
from arshjul.render.wheel import says
from arshjul.render.wheel.svg import Svg, element, joined
from arshjul.texts import Words, counted


def narrow(view: YearView, titles: Mapping[str, str], words: Words, pages: str | None = None) -> Svg:
    """The list of months. `pages`: where the operations have pages of their own, by their id."""
    return joined(_month(month, view, titles, words, pages) for month in view.months)


def _month(month: Span, view: YearView, titles: Mapping[str, str], words: Words, pages: str | None) -> Svg:
    operations = [one for one in view.operations if _first(one, view) in month]
    name = element("strong", f"{words.month(month.first).capitalize()} {month.first.year}")
    n = words.say(counted(len(operations), "{n} operation", "{n} operations"))
    lines = [
        *((one.day, element("li", says.meeting(one, words).replace("\n", ", "))) for one in view.meetings),
        *((_first(one, view), _operation(one, view, titles[one.id], words, pages)) for one in operations),
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
    what, when, *more = says.operation(planned, view, words).split("\n")
    name = joined((element("span", planned.id), f" {title}"))
    named = element("a", name, href=f"{pages}{planned.id}") if pages else name
    about = [*what.split(" · ")[1:], *more]
    return element("li", element("strong", when), " ", named, element("span", ", ".join(about), class_="aside"))


def _first(planned: PlannedOperation, view: YearView) -> date:
    """Its first date that lies in the year."""
    return max(planned.slot.day, view.span.first)
