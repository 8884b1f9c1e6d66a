"""`Allt som begärs`: the one list of a police unit, by date, with who may order what; and the same as a PDF."""

from arshjul.actions.parties.entries import today
from arshjul.actions.pdf import pdf_of
from arshjul.domain.party_view import PartyView, UnitList
from arshjul.formats.unit_list import about, clash_said, needs_said, officers_said, unit_list_pages, what_for
from arshjul.portal.visit import ANY_CONTACT, PartyPage, PortalVisit
from arshjul.serving.pages import Answer, Bytes, NoSuchPage


def show(visit: PortalVisit) -> Answer:
    """Who may order what, and the orders from today on, with those before them folded."""
    view, found = _list(visit)
    day = today(view, visit.now)
    values = {
        "view": view,
        "found": found,
        "about": about(found, visit.words),
        "coming": [one for one in found.orders if one.day >= day],
        "past": [one for one in found.orders if one.day < day],
        "what_for": what_for,
        "officers_said": officers_said,
        "clash_said": clash_said,
        "needs_said": needs_said,
    }
    return visit.page("unit_list.html", values)


def as_pdf(visit: PortalVisit) -> Answer:
    """The orders from today on."""
    view, found = _list(visit)
    pages = unit_list_pages(found, today(view, visit.now), visit.words)
    made = pdf_of(pages, is_raised=visit.is_raised)
    return Bytes(made, "application/pdf", "lista.pdf")


def _list(visit: PortalVisit) -> tuple[PartyView, UnitList]:
    """NoSuchPage for an agency, and before anything is published."""
    _, view = visit.view()
    if view.unit_list is None:
        raise NoSuchPage
    return view, view.unit_list


pages = (
    PartyPage("/unit-list", "GET", ANY_CONTACT, show),
    PartyPage("/unit-list/pdf", "POST", ANY_CONTACT, as_pdf, most_a_day=50),
)
