"""The portal's pages: what each needs, what it is called with, and how often it may be used."""

import threading
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from arshjul.errors import InputError, Message, Refused
from arshjul.portal.actions.codes import is_raised
from arshjul.portal.actions.sessions import PortalSession
from arshjul.portal.actions.sheets import SheetOffice
from arshjul.portal.store.contacts import PortalContact
from arshjul.serving.mail_server import MailServer
from arshjul.serving.pages import Answer, Html, PageVisit, ServedPage
from arshjul.serving.rendering import hidden
from arshjul.serving.sql.database import Database
from arshjul.year.domain.contact import QUESTIONS, TO_EVALUATE, TO_OFFER, TO_SHEETS
from arshjul.year.domain.feature import ALL_FEATURES, Feature, feature_of
from arshjul.year.domain.party_view import PartyView
from arshjul.year.formats.schema.party_entry import ANSWER, EVALUATING, EVALUATION, OFFERS, SHEET


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalVisit(PageVisit):
    """A request, and the portal's state. `mail`: what codes are mailed by.

    `feeds_url`: where calendars are served, empty if that is not known. `vouched`: the parties that whoever a proxy
    has signed in reads for.
    """

    portal: Database
    opened: Callable[[PortalContact], tuple[str, PartyView | None]]  # the mark and the view, read once in a visit
    session: PortalSession | None
    mail: MailServer | None = None
    feeds_url: str = ""
    vouched: Collection[str] = ()
    sheets: SheetOffice | None = None  # None where information sheets are switched off

    @property
    def contact(self) -> PortalContact:
        """The contact that the page or form is for. InputError if the session is not its."""
        named = self.form.text("contact") or self.query.text("as")
        portal_contact = None if self.session is None else self.session.contact(named)
        if portal_contact is None:
            raise InputError(Message("The page belongs to another contact: open it from its own address."))
        return portal_contact

    @property
    def only_page(self) -> str:
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
        return self.mail is not None and bool(self.contact.code_to)

    def view(self) -> tuple[str, PartyView]:
        """The mark and the view of the contact's party. InputError if none has been carried here yet."""
        mark, view = self.opened(self.contact)
        if view is None:
            raise InputError(Message("Your pages are being prepared: come back in a minute."))
        return mark, view

    @property
    def uses(self) -> tuple[str, ...]:
        """The features that the year uses; all until a view has been carried here."""
        view = None if self.session is None else self.opened(self.contact)[1]
        return ALL_FEATURES if view is None else view.uses

    def page(self, template: str, values: Mapping[str, object], status: int = 200) -> Html:
        contact = None if self.session is None else self.contact
        only = "" if contact is None else self.only_page
        frame = {"session": self.session, "contact": contact, "token": self.form_token, "only_page": only}
        frame["of_contact"] = hidden(token=self.form_token, contact="" if contact is None else contact.id)
        return Html(template, {**frame, **values}, status)


BESIDE_ONE_PAGE = ("/", "/receipts/{entry}", "/out", "/language")
"""The paths that an address for one page opens besides: the first leads to that page, receipts are of its entries.

One for information sheets opens the page of codes too: what others have given is read after one.
"""

ENTRIES_OF_PAGE: Mapping[str, tuple[str, ...]] = {
    QUESTIONS: (ANSWER,),
    TO_EVALUATE: (EVALUATION, EVALUATING),
    TO_OFFER: OFFERS,
    TO_SHEETS: (SHEET,),
}
"""The kinds of entries that are sent from a page that has addresses of its own."""

ANYBODY, ANY_CONTACT = "anybody", ""  # instead of a right: also without a session; and every contact


@dataclass(frozen=True, slots=True)
class PartyPage(ServedPage):
    """A page of the portal, the right that a contact needs for it, and how often one may use it within a day."""

    right: str
    handler: Callable[[PortalVisit], Answer]
    most_a_day: int | None = None

    def is_open_to(self, only_page: str) -> bool:
        """True if it may be used by an address that opens that page alone; empty: one that opens all."""
        own = [only_page, "code"] if only_page == TO_SHEETS else [only_page]
        return not only_page or self.path in BESIDE_ONE_PAGE or self.path.split("/")[1] in own

    @property
    def feature(self) -> Feature | None:
        """The feature that it belongs to; None: it is there whatever the year uses."""
        return feature_of(self.path, "portal")

    @property
    def needs_session(self) -> bool:
        return self.right != ANYBODY


DAY = timedelta(days=1)
MOST_KEPT = 10_000  # from so many sessions and pages on those that count no more are forgotten
OFTEN = Message("The limit for one day is reached: call the coordinator.")


class TooOften(Refused):
    def __init__(self) -> None:
        super().__init__(OFTEN)


@dataclass(frozen=True, slots=True)
class Pace:
    """When each session has used each page that has a limit, within the last day; each process counts for itself.

    None uses up what another may do, be it of the same contact: whoever has its address alone keeps nobody from
    anything.
    """

    _used: dict[tuple[str, str], deque[datetime]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def use(self, page: PartyPage, session: str, now: datetime) -> None:
        """Counts one use. TooOften if the page has been used as often as it may be."""
        with self._lock:
            if len(self._used) >= MOST_KEPT:
                self._forget(now)
            used = self._used.setdefault((session, page.path), deque())
            while used and used[0] <= now - DAY:
                used.popleft()
            if len(used) >= (page.most_a_day or 0):
                raise TooOften
            used.append(now)

    def _forget(self, now: datetime) -> None:
        """Forgets sessions whose last use is older than a day: anybody with an address makes new ones."""
        for key in [key for key, used in self._used.items() if not used or used[-1] <= now - DAY]:
            del self._used[key]
