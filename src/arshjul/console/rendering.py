"""From a template and its values to HTML, in the reader's language; all values are escaped."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache

from jinja2 import Template
from markupsafe import Markup, escape

from arshjul.agenda.entry import clean
from arshjul.console.places import is_open_to, whereabouts
from arshjul.console.visit import CHANGING, READING, Visit
from arshjul.domain.calendar import WEEKDAY_IDS, Span
from arshjul.domain.feature import feature_of
from arshjul.errors import ArshjulError
from arshjul.serving.fields import declared
from arshjul.serving.rendering import html_of, short, templates
from arshjul.store.sessions import Session
from arshjul.texts import WEEKDAYS, Words

CONTENT = "content"
"""The block with a page's own content, without the frame that all pages have."""

HTMX_VERSION = "2.0.11"

ROOM = "arshjul.console"

_ID = re.compile(r"([\w][\w.-]*\w)")


def rendered(
    visit: Visit | None,
    template: str,
    values: Mapping[str, object],
    words: Words,
    session: Session | None,
    part: str = "",
) -> str:
    """The page, or one block of it."""
    role = None if session is None else session.role
    year = cache(lambda: _year_of(visit))
    common = {
        "frame": _frame(part),
        "htmx": HTMX_VERSION,
        "focused": Markup(' tabindex="-1" autofocus') if part == CONTENT else "",
        "declared": declared,
        "places_wait": {} if visit is None or visit.years.waits is None else {"/": visit.years.waits},
        "day": lambda value: short(words, value, year()),
        "linked": _linking(visit),
        "place_of": lambda path: whereabouts(path, role, *((visit.path, visit.uses) if visit else ({}, ()))),
        **({} if visit is None else _naming(visit, year)),
        "is_open": lambda path: is_open_to(role, path),
        "is_used": lambda path: visit is None or visit.is_used(feature_of(path, "console")),
        "visit": visit,
        "session": session,
        "may_change": role in CHANGING,
        "may_read": role in READING,
        "token": "" if visit is None else visit.form_token,
    }
    return html_of(ROOM, template, {**common, **values}, words)


def _naming(visit: Visit, year: Callable[[], Span | None]) -> dict[str, Callable[..., object]]:
    """The functions by which templates name things of the year. The year is opened only when one is called."""
    words = visit.words

    def unit_names(ids: Iterable[str]) -> str:
        known = visit.draft.named.police
        return ", ".join(known[id].name if id in known else id for id in ids)

    def shift_names(ids: Iterable[str] | None) -> str:
        known = {shift.id: shift.name for shift in visit.draft.named.shifts}
        return words("all") if ids is None else ", ".join(known.get(id, id) for id in ids)

    def period(first: date, last: date) -> str:
        begun = short(words, first, year())
        return begun if first == last else f"{begun} – {short(words, last, year())}"

    def weekday_choices() -> list[tuple[str, str]]:
        return list(zip(WEEKDAY_IDS, WEEKDAYS[words.language], strict=True))

    return {
        "unit_names": unit_names,
        "shift_names": shift_names,
        "weekday_choices": weekday_choices,
        "period": period,
    }


def _year_of(visit: Visit | None) -> Span | None:
    try:
        return None if visit is None else visit.shown_year
    except ArshjulError:
        return None


def _linking(visit: Visit | None) -> Callable[[str], Markup]:
    """Returns a function that turns ids of operations and withdrawals in a sentence into links to their pages.

    The year is read once per page.
    """

    @cache
    def known() -> Mapping[str, str]:
        if visit is None:
            return {}
        plan = visit.draft.plan
        withdrawn = () if plan is None else (one.id for one in plan.entries.withdrawals)
        return {
            **{id: f"/withdrawals/{id}" for id in withdrawn},
            **{id: f"/operations/{id}" for id in visit.scenario.operations},
        }

    def linked(text: str) -> Markup:
        words = (
            Markup('<a href="{}">{}</a>').format(known()[word], word) if word in known() else escape(word)
            for word in _ID.split(clean(text))
        )
        return Markup("").join(words)

    return linked


@cache
def _frame(part: str) -> Template:
    """The template around a page; a part has no frame, and a page's whole content only its title."""
    block = "{%% block %s %%}{%% endblock %%}"
    if not part:
        return templates(ROOM).get_template("base.html")
    title = f"<title>{block % 'title'} – Årshjul</title>" if part == CONTENT else ""
    return templates(ROOM).from_string(title + block % part)
