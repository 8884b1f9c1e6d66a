"""The portal's menu: the pages that a contact may go to, those that it comes for first."""

from collections.abc import Mapping

from arshjul.errors import Message
from arshjul.portal.pages import PAGES
from arshjul.portal.visit import ANY_CONTACT, PortalVisit
from arshjul.year.domain.entries.learnt import PLAIN
from arshjul.year.domain.party_view import PartyView
from arshjul.year.formats.schema.party_entry import KINDS

MENU: Mapping[str, Message] = {
    "/": Message("Home"),
    "/report": Message("Call off"),
    "/offers": Message("Offer"),
    "/questions": Message("Questions"),
    "/nominate": Message("Nominate"),
    "/sheets": Message("Information sheets"),
    "/unit-list": Message("All requests"),
    "/evaluations": Message("Evaluate"),
    "/obstacles": Message("Obstacles"),
    "/meetings": Message("Meetings"),
    "/picture": Message("Situation picture"),
    "/card": Message("About us"),
    **{f"/{name}": words.many for name, words in PLAIN.items() if name in KINDS},
    "/calendars": Message("Calendar"),
    "/devices": Message("Signed in"),
}
_SHOWN = {page.path: page for page in PAGES if page.method == "GET"}

Links = list[tuple[str, Message]]


def menu(visit: PortalVisit, view: PartyView | None) -> tuple[Links, Links]:
    if visit.only_page:
        path = f"/{visit.only_page}"
        return [(path, MENU[path])], []
    may, is_unit = visit.contact.may, visit.contact.party.startswith("police-")
    reports = "report" in may and (is_unit or "offer" not in may)
    own = "/report" if reports else "/offers" if "offer" in may else "/questions"
    besides = {
        "/sheets": visit.sheets is not None,
        "/unit-list": is_unit,
        "/obstacles": "evaluate" in may or "sheet" in may,
        "/meetings": view is not None and bool(view.meetings.meetings),
    }
    uses = visit.uses if view is None else view.uses

    def is_there(path: str) -> bool:
        page = _SHOWN[path]
        is_used = page.feature is None or page.feature.id in uses
        return page.right in (ANY_CONTACT, *may) and is_used and besides.get(path, True)

    there = [(path, name) for path, name in MENU.items() if is_there(path)]
    first = ("/", own, "/calendars")
    return [line for line in there if line[0] in first], [line for line in there if line[0] not in first]
