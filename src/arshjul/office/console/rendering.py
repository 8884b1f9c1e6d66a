"""Where each page stands in the menu; and from a template and its values to HTML, in the reader's language.

The menu, the tabs below it and the way back all follow from one table.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from jinja2 import Template
from markupsafe import Markup, escape

from arshjul.errors import ArshjulError, Message
from arshjul.office.console.pages import PAGES
from arshjul.office.console.visit import ALL, CHANGING, READING, Visit
from arshjul.office.store.sessions import Session
from arshjul.serving.fields import declared
from arshjul.serving.rendering import html_of, short, templates
from arshjul.year.agenda.entry import clean
from arshjul.year.domain.calendar import WEEKDAY_IDS, Span
from arshjul.year.domain.entries.learnt import PLAIN
from arshjul.year.domain.feature import feature_of
from arshjul.year.texts import WEEKDAYS, Words


@dataclass(frozen=True, slots=True)
class Placed:
    """A page. `under`: the page that it hangs under; a place of the menu hangs under none.

    `name`: None if it is called by what its path names. `tab`: what it is called in the line below the menu.
    """

    path: str
    under: str
    name: Message | None = None
    tab: Message | None = None


def _tab(path: str, under: str, name: Message) -> Placed:
    return Placed(path, under, name, name)


PLACED: tuple[Placed, ...] = (
    Placed("/", "", Message("Today")),
    Placed("/withdrawals", "/", Message("Withdrawals")),
    Placed("/withdrawals/new", "/withdrawals", Message("A new withdrawal")),
    Placed("/withdrawals/{withdrawal}", "/withdrawals"),
    Placed("/teams-lost", "/withdrawals", Message("An agency lacks teams")),
    Placed("/outcomes", "/", Message("Outcomes")),
    Placed("/options/{job}", "/", Message("The options")),
    Placed("/options/{job}/questions", "/options/{job}", Message("Ask everybody")),
    Placed("/proposal", "/", Message("The proposal")),
    Placed("/proposal/times/{operation}", "/proposal"),
    Placed("/publish", "/", Message("Publish")),
    Placed("/publish/{party}", "/publish"),
    Placed("/start-over", "/", Message("Start over")),
    Placed("/year", "", Message("The year")),
    Placed("/weeks/{week}", "/year"),
    Placed("/operations", "", Message("Operations"), Message("Operations")),
    Placed("/operations/{operation}", "/operations"),
    Placed("/operations/{operation}/edit", "/operations/{operation}", Message("Edit")),
    Placed("/several", "/operations", Message("Change several operations")),
    Placed("/nominations/new", "/operations", Message("A new operation")),
    _tab("/objects", "/operations", Message("Objects")),
    Placed("/objects/new", "/objects", Message("A new object")),
    Placed("/objects/{object}/edit", "/objects"),
    Placed("/contacts", "", Message("Parties"), Message("Contacts")),
    Placed("/contacts/{contact}", "/contacts"),
    _tab("/calls", "/contacts", Message("Calls for offers")),
    Placed("/calls/{call}", "/calls"),
    _tab("/nominations", "/contacts", Message("Nominations")),
    _tab("/outbox", "/contacts", Message("Outbox")),
    _tab("/subscribers", "/contacts", Message("Calendars")),
    _tab("/cards", "/contacts", Message("What each party may do")),
    Placed("/report", "", Message("Report"), Message("Figures")),
    _tab("/report/coverage", "/report", Message("Coverage")),
    _tab("/evaluations", "/report", Message("Evaluations")),
    Placed("/evaluations/{operation}", "/evaluations"),
    _tab("/meetings", "/report", Message("Meetings")),
    Placed("/meetings/{meeting}/{date}", "/meetings"),
    _tab("/obstacles", "/report", Message("Obstacles")),
    Placed("/obstacles/new", "/obstacles", Message("A new obstacle")),
    Placed("/obstacles/{obstacle}", "/obstacles"),
    _tab("/pictures", "/report", Message("Situation picture")),
    *(_tab(f"/{name}", "/report", words.many) for name, words in PLAIN.items()),
    _tab("/what-if", "/report", Message("What would it give")),
    Placed("/what-if/{job}", "/what-if"),
    Placed("/log", "", Message("Settings"), Message("Log")),
    _tab("/features", "/log", Message("Features")),
    _tab("/import", "/log", Message("Workbook")),
    _tab("/turn", "/log", Message("New year")),
)
"""All pages that are read as pages, in the order of the menu and of the tabs."""

_BY_PATH = {row.path: row for row in PLACED}
_ROLES = {page.path: page.roles for page in PAGES if page.method == "GET"}


@dataclass(frozen=True, slots=True)
class Link:
    """A page to go to. `is_here`: the page shown is it, or hangs under it."""

    path: str
    name: Message | str
    is_here: bool = False


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where the page shown stands: either among the tabs of its place, or at the end of a way back."""

    menu: tuple[Link, ...]
    tabs: tuple[Link, ...] = ()
    way: tuple[Link, ...] = ()


def whereabouts(path: str, role: str | None, named: Mapping[str, str], uses: Collection[str]) -> Whereabouts:
    """Where the page of that path stands, for such a reader; a path that is not placed stands nowhere.

    `named`: the values of the names in the path. `uses`: the features that the year uses: no others have a tab.
    """
    way = [*_way(path)]
    menu = tuple(_link(row, named, row in way) for row in PLACED if not row.under and _is_open(row, role))
    if not way or (len(way) == 1 and way[0].tab is None):
        return Whereabouts(menu)
    if way[0].tab is None:
        return Whereabouts(menu, way=tuple(_link(row, named, row is way[0]) for row in reversed(way)))
    there = (row for row in PLACED if row.tab and way[-1].path in (row.path, row.under) and _is_open(row, role))
    used = (row for row in there if (of := feature_of(row.path, "console")) is None or of.id in uses)
    return Whereabouts(menu, tabs=tuple(Link(row.path, row.tab or "", row is way[0]) for row in used))


def _way(path: str) -> Iterator[Placed]:
    while (one := _BY_PATH.get(path)) is not None:
        yield one
        path = one.under


def _link(one: Placed, named: Mapping[str, str], is_here: bool) -> Link:
    names = re.findall(r"{(\w+)}", one.path)
    path = one.path.format_map({name: named.get(name, "") for name in names})
    return Link(path, one.name or named.get(names[-1], ""), is_here)


def is_open_to(role: str | None, path: str) -> bool:
    """True unless the page of that path is for other roles; a path with a name in it leads where all may read."""
    return role in _ROLES.get(path, ALL)


def _is_open(one: Placed, role: str | None) -> bool:
    """True if the reader may go there; whoever does not read the whole year has no Today, though it leads on."""
    return role in _ROLES[one.path] and (one.path != "/" or role in READING)


CONTENT = "content"  # the block with a page's own content, without the frame that all pages have
HTMX_VERSION = "2.0.11"

ROOM = "arshjul.office.console"

_ID = re.compile(r"([\w][\w.-]*\w)")


def rendered(
    visit: Visit | None,
    template: str,
    values: Mapping[str, object],
    words: Words,
    session: Session | None,
    part: str = "",
) -> str:
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

    return {"unit_names": unit_names, "shift_names": shift_names, "weekday_choices": weekday_choices, "period": period}


def _year_of(visit: Visit | None) -> Span | None:
    try:
        return None if visit is None else visit.shown_year
    except ArshjulError:
        return None


def _linking(visit: Visit | None) -> Callable[[str], Markup]:
    """A filter that turns ids of operations and withdrawals into links. The year is read once per page."""

    @cache
    def known() -> Mapping[str, str]:
        if visit is None:
            return {}
        plan = visit.draft.plan
        withdrawn = () if plan is None else (withdrawal.id for withdrawal in plan.entries.withdrawals)
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
