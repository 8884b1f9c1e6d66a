"""What the forms have in common that send an entry."""

from collections.abc import Callable, Iterable, Mapping
from secrets import token_hex

from starlette.responses import Response

from arshjul.actions.parties.entries import new_row, problems, send, sent_before
from arshjul.domain.business_traces import of_business
from arshjul.domain.party_view import PartyView
from arshjul.formats.schema.party_entry import KINDS, NUMBER
from arshjul.portal.visit import PortalVisit
from arshjul.serving.forms import Form
from arshjul.serving.shown_form import FieldProblem, Problems, ShownForm, in_field

Handler = Callable[[PortalVisit], Response]

KEY_BYTES = 32
SURE = "sure"


def new_key() -> str:
    """The key of a form: however often that is sent, it is one entry."""
    return token_hex(KEY_BYTES)


def of_form(seen: str, view: PartyView, form: Form, found: Problems) -> dict[str, object]:
    """What each page shows whose form sends an entry. `seen`: the mark of the view that it was filled in from."""
    return {"view": view, "form": ShownForm("", form, problems=found), "key": new_key(), "seen": seen}


def wrong_with(
    visit: PortalVisit, view: PartyView, kind: str, body: Mapping[str, object], more: Iterable[FieldProblem] = ()
) -> Problems:
    """What is wrong with an entry, and if nothing is, what is asked about until the visitor says that it is right.

    `more`: what else is wrong with it, where nothing is by its declaration.
    """
    list = KINDS[kind].list
    found = [in_field(one, list, NUMBER) for one in problems(view, kind, body)] or [*more]
    if not found and not visit.form.is_checked(SURE):
        found = [in_field(one, list, NUMBER) for one in of_business(list, body)]
    return tuple(found)


def sent(visit: PortalVisit, kind: str, body: Mapping[str, object], view: PartyView, corrects: str = "") -> Response:
    """Sends the entry, and shows its receipt."""
    form, contact = visit.form, visit.contact
    row = new_row(contact, form.text("key"), kind, body, form.text("seen"), corrects, visit.now)
    digest = "" if visit.session is None else visit.session.digest
    made = send(visit.portal, contact, digest, row, body, view)
    return receipt_of(visit, made.id)


def once(take: Handler) -> Handler:
    """Does what a form asks for the first time that it is sent, and shows the receipt of that each time after it."""
    return lambda visit: sent_already(visit) or take(visit)


def sent_already(visit: PortalVisit) -> Response | None:
    """The receipt of the form, if it was sent before: a second press changes nothing."""
    made = sent_before(visit.portal, visit.contact, visit.form.text("key"))
    return None if made is None else receipt_of(visit, made.id)


def receipt_of(visit: PortalVisit, id: str) -> Response:
    """Shows the receipt of an entry."""
    return visit.see(f"/receipts/{id}?as={visit.contact.id}")
