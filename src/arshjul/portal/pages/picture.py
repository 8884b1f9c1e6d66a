"""`Lägesbild`: what the party sees of a sector in an area, for the coordinator, theme by theme."""

from starlette.responses import Response

from arshjul.actions.parties.entries import on_its_way
from arshjul.formats.schema.party_entry import KINDS, PICTURE
from arshjul.portal.access import PartyPage
from arshjul.portal.pages.sending import of_form, once, sent, wrong_with
from arshjul.portal.visit import PortalVisit
from arshjul.serving.fields import filled, given, kinds_of
from arshjul.serving.forms import Form
from arshjul.serving.picture_choices import picture_choices
from arshjul.serving.shown_form import Problems

RIGHT = "picture"
FIELDS = kinds_of(KINDS[PICTURE].model, "id", "reported", "by", "decision", "reason")
OF_ALL = ("area", "from", "to", "valid_to")
"""What the themes of one picture have in common."""


def show(visit: PortalVisit) -> Response:
    """The form, with the area and the dates of the theme that was sent before."""
    _, view = visit.view()
    before = on_its_way(visit.portal, view, PICTURE) or {}
    return _form(visit, filled(FIELDS, {key: before[key] for key in OF_ALL if key in before}))


def send(visit: PortalVisit) -> Response:
    """Sends a theme, and shows the receipt; the form again if something is wrong, or is asked about."""
    _, view = visit.view()
    body = given(FIELDS, visit.form)
    found = wrong_with(visit, view, PICTURE, body)
    return _form(visit, visit.form, found, 422) if found else sent(visit, PICTURE, body, view)


def _form(visit: PortalVisit, form: Form, found: Problems = (), status: int = 200) -> Response:
    mark, view = visit.view()
    areas, sectors = ([(one.id, one.name) for one in some] for some in (view.areas, view.sectors))
    values = {
        **of_form(mark, view, form, found),
        "choices": picture_choices(areas, sectors, visit.words),
    }
    return visit.page("picture_page.html", values, status)


pages = (
    PartyPage("/picture", "GET", RIGHT, show),
    PartyPage("/picture", "POST", RIGHT, once(send)),
)
