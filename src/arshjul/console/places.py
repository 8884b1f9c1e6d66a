"""Where each page stands: six places in the menu, and every other page under one of them.

The menu, the tabs below it and the way back all follow from one table.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from arshjul.console.pages import PAGES
from arshjul.console.visit import ALL, READING
from arshjul.domain.feature import feature_of
from arshjul.errors import Message


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
    _tab("/what-if", "/report", Message("What would it give")),
    Placed("/what-if/{job}", "/what-if"),
    Placed("/log", "", Message("Settings"), Message("Log")),
    _tab("/features", "/log", Message("Features")),
    _tab("/import", "/log", Message("Workbook")),
    _tab("/turn", "/log", Message("New year")),
)
"""All pages that are read as pages, in the order of the menu and of the tabs."""

_BY_PATH = {one.path: one for one in PLACED}
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
    menu = tuple(_link(one, named, one in way) for one in PLACED if not one.under and _is_open(one, role))
    if not way or (len(way) == 1 and way[0].tab is None):
        return Whereabouts(menu)
    if way[0].tab is None:
        return Whereabouts(menu, way=tuple(_link(one, named, one is way[0]) for one in reversed(way)))
    there = (one for one in PLACED if one.tab and way[-1].path in (one.path, one.under) and _is_open(one, role))
    used = (one for one in there if (of := feature_of(one.path, "console")) is None or of.id in uses)
    return Whereabouts(menu, tabs=tuple(Link(one.path, one.tab or "", one is way[0]) for one in used))


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
