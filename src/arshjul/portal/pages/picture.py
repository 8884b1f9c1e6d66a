"""`Lägesbild`: what the party sees of sectors in an area, for the coordinator."""

from arshjul.formats.schema.party_entry import PICTURE
from arshjul.portal.pages.sending import of_form, once, sent, wrong_with
from arshjul.portal.visit import PartyPage, PortalVisit
from arshjul.serving.fields import given
from arshjul.serving.forms import Form, Problems
from arshjul.serving.pages import Answer
from arshjul.serving.party_entries import PICTURE_FIELDS, picture_choices

RIGHT = "picture"
FIELDS = {key: kind for key, kind in PICTURE_FIELDS.items() if key != "by"}


def show(visit: PortalVisit) -> Answer:
    """The form."""
    return _form(visit, Form())


def send(visit: PortalVisit) -> Answer:
    """Sends the picture, and shows the receipt; the form again if something is wrong, or is asked about."""
    _, view = visit.view()
    body = given(FIELDS, visit.form)
    found = wrong_with(visit, view, PICTURE, body)
    return _form(visit, visit.form, found, 422) if found else sent(visit, PICTURE, body, view)


def _form(visit: PortalVisit, form: Form, found: Problems = (), status: int = 200) -> Answer:
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
