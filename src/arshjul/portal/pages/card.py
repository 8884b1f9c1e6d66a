"""`Om oss`: what the party may do, for all to read on operations of its sectors; and the cards of all."""

from collections.abc import Mapping

from arshjul.actions.parties.entries import on_its_way, today
from arshjul.agenda.party_view import TEXTS
from arshjul.domain.party_view import PartyView, ViewCard
from arshjul.formats.schema.party_entry import CARD, KINDS
from arshjul.portal.pages.sending import of_form, once, sent, wrong_with
from arshjul.portal.visit import ANY_CONTACT, PartyPage, PortalVisit
from arshjul.serving.fields import SEVERAL, filled, given, kinds_of
from arshjul.serving.forms import Form, Problems
from arshjul.serving.pages import Answer

RIGHT = "card"
FIELDS = kinds_of(KINDS[CARD].model, "reported", "party", sectors=SEVERAL)


def show(visit: PortalVisit) -> Answer:
    """The form, filled in with the card as it stands, or as it was sent."""
    _, view = visit.view()
    return _form(visit, filled(FIELDS, _begun(visit, view)))


def _begun(visit: PortalVisit, view: PartyView) -> Mapping[str, object]:
    """What the party has sent and is on its way; else the card as it stands; else nothing."""
    sent_by_party = on_its_way(visit.portal, view, CARD)
    if sent_by_party is not None:
        return sent_by_party
    own = _own(view)
    if own is None:
        return {}
    day = {} if own.review_by is None else {"review_by": own.review_by.isoformat()}
    return {**own.said, "sectors": list(own.sectors), **day}


def _own(view: PartyView) -> ViewCard | None:
    return next((one for one in view.cards.cards if one.party == view.party.partition("-")[2]), None)


def send(visit: PortalVisit) -> Answer:
    """Sends the card, and shows the receipt; the form again if something is wrong, or is asked about."""
    _, view = visit.view()
    body = given(FIELDS, visit.form)
    found = wrong_with(visit, view, CARD, body)
    return _form(visit, visit.form, found, 422) if found else sent(visit, CARD, body, view)


def _form(visit: PortalVisit, form: Form, found: Problems = (), status: int = 200) -> Answer:
    mark, view = visit.view()
    values = {
        **of_form(mark, view, form, found),
        "texts_of": TEXTS,
        "own": _own(view),
        "today": today(view, visit.now),
    }
    return visit.page("card_page.html", values, status)


def show_all(visit: PortalVisit) -> Answer:
    """The cards of all parties."""
    _, view = visit.view()
    return visit.page("cards.html", {"view": view, "today": today(view, visit.now)})


pages = (
    PartyPage("/cards", "GET", ANY_CONTACT, show_all),
    PartyPage("/card", "GET", RIGHT, show),
    PartyPage("/card", "POST", RIGHT, once(send)),
)
