"""Rendering: templates that escape all values, dates in lists, and static files."""

from collections.abc import Mapping
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from arshjul.serving.fields import offered, prompt
from arshjul.year.agenda.entry import clean
from arshjul.year.domain.calendar import Span
from arshjul.year.texts import Words, with_capital


@cache
def templates(room: str) -> Environment:
    """The templates of a room, as `arshjul.office.console`, and those that all servers of pages share."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader(room), PackageLoader("arshjul.serving")]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["with_capital"] = with_capital
    made.filters["offered"] = offered
    made.filters["named"] = lambda some: [(thing.id, thing.name) for thing in some]  # as choices of a form
    return made


def _finished(value: object) -> object:
    is_clean = not isinstance(value, str) or isinstance(value, Markup) or value.isprintable()  # as ", " between two
    return value if is_clean else clean(str(value))


def short(words: Words, value: date | datetime, year: Span | None = None) -> str:
    """A date in a list: "tis 2 mar", "tor 20 jan 2028" outside the year shown; with its time if it has one."""
    text = f"{words.weekday(value)[:3]} {value.day} {words.month(value)[:3]}"
    day = value.date() if isinstance(value, datetime) else value
    if year is not None and day not in year:
        text = f"{text} {value.year}"
    return f"{text} {value:%H:%M}" if isinstance(value, datetime) else text


def brief_hours(starts: time | datetime, ends: time | datetime) -> str:
    """Hours in a list: "16–22", "08:30–15"."""
    return f"{starts:%H:%M}–{ends:%H:%M}".replace(":00", "")


def html_of(room: str, template: str, values: Mapping[str, object], words: Words) -> str:
    """A page of a room, in the reader's language; `values` come before what every page has."""
    common = {
        "_": words,
        "language": words.language,
        "day": lambda value: short(words, value),
        "label": lambda path: words.say(prompt(path)),
    }
    return templates(room).get_template(template).render({**common, **values})


def hidden(**fields: str) -> Markup:
    one = Markup('<input type="hidden" name="{}" value="{}">')
    return Markup("").join(one.format(name, value) for name, value in fields.items())


@cache
def static(room: str, name: str) -> bytes:
    return files(room).joinpath("static", name).read_bytes()
