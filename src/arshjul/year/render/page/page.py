"""The coordinator's page: the plan in figures, as a wheel, in lists, and with its proofs. One HTML file.

It loads nothing and runs no script; its content security policy forbids both.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from arshjul.year.agenda.lenders import FIGURES
from arshjul.year.agenda.overview import Overview, uncounted
from arshjul.year.agenda.year import EXCEPTIONAL, STATUS_NAMES, PlannedOperation
from arshjul.year.domain.history.stress_figures import Estimate
from arshjul.year.render.page.labels import PageLabels
from arshjul.year.render.report_charts import coverage_chart
from arshjul.year.render.wheel import labels
from arshjul.year.render.wheel.drawing import narrow, wheel
from arshjul.year.render.wheel.marks import Key, key, outcome
from arshjul.year.render.wheel.palette import DARK, LIGHT
from arshjul.year.render.wheel.svg import Svg, clean, element
from arshjul.year.rules.objectives import UNSETTLED
from arshjul.year.texts import Words

_WIDTH, _HEIGHT = 360.0, 150.0
_LEFT, _TOP, _BOTTOM = 34.0, 8.0, 20.0
_LINES = (0, 25, 50, 75, 100)
_GAP = 0.3  # the part of a month's width that its bar leaves free


def share_chart(months: Sequence[tuple[date, Estimate]], words: Words) -> Svg:
    """The picture; the figures are also given as text."""
    title = words("Operations held on their first date, in percent by month")
    width = (_WIDTH - _LEFT) / max(len(months), 1)
    bars = [part for n, (month, share) in enumerate(months) for part in _bar(n, month, share, width, words)]
    size = f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}"
    return element("svg", *map(_line, _LINES), *bars, viewBox=size, class_="share", role="img", aria_label=title)


def _line(percent: int) -> Svg:
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


POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"


def page(overview: Overview, words: Words) -> bytes:
    """The page, the same bytes for the same overview."""
    view = overview.year
    signs = key(view)
    html = (
        _templates()
        .get_template("page.html")
        .render(
            overview=overview,
            view=view,
            policy=POLICY,
            light=LIGHT,
            dark=DARK,
            wheel=Markup(wheel(view, words, "inline").decode()),
            narrow=Markup(narrow(view, overview.titles, words)),
            months=[
                (month.first, [operation for operation in view.operations if operation.slot.day in month])
                for month in view.months
            ],
            shifts={shift.id: shift for shift in view.shifts},
            statuses=STATUS_NAMES,
            exceptional=EXCEPTIONAL,
            sign=lambda row: _sign(row, signs),
            figures=FIGURES,
            coverage_chart=lambda lenders: Markup(
                coverage_chart(lenders, [month.first for month in view.months], words)
            ),
            share_chart=lambda stressed: Markup(share_chart(stressed.months, words)),
            language=words.language,
            labels=PageLabels(words),
            wheel_labels=labels,
            unsettled=UNSETTLED,
            uncounted=uncounted,
            _=words,
        )
    )
    return html.encode()


def _sign(row: PlannedOperation, signs: Key) -> Markup:
    """The operation's mark on the wheel, for its row in the list."""
    sign = signs.operation(row.slot.shift, row.sector, 20.0, hollow=row.kind != "insats")
    drawn = [sign, *outcome(row.status, 20.0)]
    return Markup(element("svg", *drawn, viewBox="-11 -11 22 22", class_="arshjul-wheel sign", aria_hidden="true"))


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("arshjul.year.render.page"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _finished(value: object) -> object:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
