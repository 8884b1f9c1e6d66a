"""A visit of a party's page: everything that a page is called with, and how it answers."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.responses import RedirectResponse, Response

from arshjul.actions.mail.mail_server import MailServer
from arshjul.actions.parties.codes import is_raised
from arshjul.actions.parties.entries import view_of
from arshjul.actions.parties.sessions import PortalSession
from arshjul.actions.parties.sheets import SheetOffice
from arshjul.domain.feature import ALL_FEATURES
from arshjul.domain.party_view import PartyView
from arshjul.errors import InputError, Message
from arshjul.serving.forms import Form
from arshjul.serving.rendering import html_of
from arshjul.store.database import Database
from arshjul.store.portal.contacts import PortalContact
from arshjul.texts import Words


class NoSuchPage(Exception):
    """Refused like an address that is none: 404, and always the same bytes."""


@dataclass(frozen=True, slots=True)
class PortalVisit:
    """A request, and the portal's state. `cookie`: the token of the session; empty without one.

    `is_of_https`: others reach the portal by HTTPS, so its cookie is for that alone. `mail`: what codes are mailed by;
    `feeds_url`: where calendars are served, empty if that is not known. `vouched`: the parties that whoever a
    proxy has signed in reads for.
    """

    portal: Database
    session: PortalSession | None
    cookie: str
    form_token: str
    path: Mapping[str, str]
    query: Form
    form: Form
    now: datetime
    words: Words
    is_of_https: bool
    mail: MailServer | None = None
    feeds_url: str = ""
    vouched: Collection[str] = ()
    sheets: SheetOffice | None = None
    """None where information sheets are switched off."""

    @property
    def contact(self) -> PortalContact:
        """The contact that the page or form is for. InputError if the session is not its."""
        named = self.form.text("contact") or self.query.text("as")
        found = None if self.session is None else self.session.contact(named)
        if found is None:
            raise InputError(Message("The page belongs to another contact: open it from its own address."))
        return found

    @property
    def only_page(self) -> str:
        """The only page that the contact's address opens; empty: all."""
        return "" if self.session is None else self.session.pages.get(self.contact.id, "")

    @property
    def is_raised(self) -> bool:
        """True if the session may read: it has entered a code, or a proxy has signed its visitor in for that party."""
        if self.session is None:
            return False
        return self.contact.party in self.vouched or is_raised(
            self.portal, self.session.digest, self.contact.id, self.now
        )

    @property
    def can_send_code(self) -> bool:
        """True if a code can be mailed to the contact's function."""
        return self.mail is not None and bool(self.contact.code_to)

    def view(self) -> tuple[str, PartyView]:
        """The mark and the view of the contact's party. InputError if none has been carried here yet."""
        mark, view = view_of(self.portal, self.contact)
        if view is None:
            raise InputError(Message("Your pages are being prepared: come back in a minute."))
        return mark, view

    @property
    def uses(self) -> tuple[str, ...]:
        """The features that the year uses; all until a view has been carried here."""
        view = None if self.session is None else view_of(self.portal, self.contact)[1]
        return ALL_FEATURES if view is None else view.uses

    def page(self, template: str, values: Mapping[str, object], status: int = 200) -> Response:
        """A page in the visitor's language."""
        contact = None if self.session is None else self.contact
        only = "" if contact is None else self.only_page
        frame = {"session": self.session, "contact": contact, "token": self.form_token, "only_page": only}
        view = values.get("view")
        uses = view.uses if isinstance(view, PartyView) else self.uses
        values = {"has_sheets": self.sheets is not None, "uses": uses, **values}
        html = html_of("arshjul.portal", template, {**frame, **values}, self.words)
        return Response(html, status, media_type="text/html")

    def see(self, path: str) -> Response:
        """Another page, after a post."""
        return RedirectResponse(path, 303)
