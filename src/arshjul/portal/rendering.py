"""From a template and its values to HTML, in the reader's language; all values are escaped."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from arshjul.agenda.entry import clean
from arshjul.serving.fields import prompt
from arshjul.texts import Words, with_capital


def rendered(template: str, values: Mapping[str, object], words: Words) -> str:
    """The page."""

    def short(value: date | datetime) -> str:
        """A date in a list: "tis 2 mar"; with its time if it has one."""
        text = f"{words.weekday(value)[:3]} {value.day} {words.month(value)[:3]}"
        return f"{text} {value:%H:%M}" if isinstance(value, datetime) else text

    return (
        _templates()
        .get_template(template)
        .render(**values, _=words, language=words.language, day=short, label=lambda path: words.say(prompt(path)))
    )


@cache
def _templates() -> Environment:
    made = Environment(
        loader=ChoiceLoader([PackageLoader("arshjul.portal"), PackageLoader("arshjul.serving")]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finished,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["with_capital"] = with_capital
    return made


def _finished(value: object) -> object:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value
