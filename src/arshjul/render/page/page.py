"""The coordinator's page: the plan in figures, as a wheel, in lists, and with its proofs. One HTML file.

It loads nothing and runs no script; its content security policy forbids both.
"""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from arshjul.agenda.lenders import FIGURES
from arshjul.agenda.overview import Overview
from arshjul.agenda.year import EXCEPTIONAL
from arshjul.render.coverage import coverage_chart
from arshjul.render.page import says
from arshjul.render.page.rows import OperationRow, rows_by_month
from arshjul.render.page.share_chart import share_chart
from arshjul.render.wheel.drawing import wheel
from arshjul.render.wheel.marks import Key, key, outcome
from arshjul.render.wheel.narrow import narrow
from arshjul.render.wheel.palette import DARK, LIGHT
from arshjul.render.wheel.svg import clean, element
from arshjul.texts import Words

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
            months=rows_by_month(overview),
            exceptional=EXCEPTIONAL,
            sign=lambda row: _sign(row, signs),
            figures=FIGURES,
            coverage_chart=lambda lenders: Markup(coverage_chart(lenders, [one.first for one in view.months], words)),
            share_chart=lambda stressed: Markup(share_chart(stressed.months, words)),
            language=words.language,
            says=says.Says(words),
            _=words,
        )
    )
    return html.encode()


def _sign(row: OperationRow, signs: Key) -> Markup:
    """The operation's mark on the wheel, for its row in the list."""
    sign = signs.operation(row.shift, row.sector, 20.0, hollow=row.kind != "insats")
    drawn = [sign, *outcome(row.status, 20.0)]
    return Markup(element("svg", *drawn, viewBox="-11 -11 22 22", class_="arshjul-wheel sign", aria_hidden="true"))


@cache
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("arshjul.render.page"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _finished(value: object) -> object:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
