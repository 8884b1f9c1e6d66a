"""The portal as a server of pages: who is let in as which contact, and what that may do."""

import socket
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, partial
from typing import ClassVar

from arshjul.errors import InputError, Message, NoAnswer, Refused, StorageError
from arshjul.portal.actions import sessions
from arshjul.portal.actions.entries import view_of
from arshjul.portal.actions.purging import sweep_drafts
from arshjul.portal.actions.sessions import PortalSession
from arshjul.portal.actions.sheets import SheetOffice
from arshjul.portal.menu import menu
from arshjul.portal.pages import PAGES
from arshjul.portal.store.sheet_keys import KeyFileFault
from arshjul.portal.visit import ANY_CONTACT, Pace, PartyPage, PortalVisit
from arshjul.serving.connections import USUAL, Limits, Proxies
from arshjul.serving.forms import MOST_OPEN_BYTES
from arshjul.serving.guards import NotAllowed, form_token, vouched_for
from arshjul.serving.mail_server import MailServer
from arshjul.serving.pages import Answer, Html, PageFile, PageRequest, PageServer, SentForm, words_of
from arshjul.serving.rendering import html_of
from arshjul.serving.server import PatientServer, patient_server
from arshjul.serving.sql.database import Database
from arshjul.system.uncaught import report
from arshjul.year.domain.party_view import PartyView
from arshjul.year.folder.pdf import NoTypst

ROOM = "arshjul.portal"

PortalRequest = PageRequest[PartyPage, PortalSession, PortalVisit]


@dataclass(frozen=True, slots=True)
class PortalServer(PageServer[PartyPage, PortalSession, PortalVisit]):
    """The portal's database. `is_of_https`: it is reached by HTTPS only.

    `mail`: what codes are mailed by; `feeds_url`: where calendars are served. `trust_header`: a proxy before it signs
    people in, and says who it is in that header; empty: there is none. `vouched`: which parties each reads for.
    `sheets`: None where information sheets are switched off.
    """

    portal: Database
    is_of_https: bool = False
    mail: MailServer | None = None
    feeds_url: str = ""
    trust_header: str = ""
    vouched: Mapping[str, Collection[str]] = field(default_factory=dict)
    sheets: SheetOffice | None = None
    pace: Pace = field(default_factory=Pace)

    pages: ClassVar = PAGES
    files: ClassVar = (
        PageFile("/static/pages.css", "arshjul.serving", "pages.css", "text/css", "public, max-age=3600"),
    )
    cookie_name: ClassVar = "arshjul-portal"
    secret_paths: ClassVar = ("",)
    cookie_lasts_s: ClassVar = 30 * 24 * 3600
    not_here: ClassVar = Message("This address is not the portal's.")
    not_own: ClassVar = Message("The form was not sent from a page of the portal.")
    not_let_in: ClassVar = dict.fromkeys(("GET", "POST"), sessions.NotLetIn().message)
    no_page: ClassVar = Message("This page is missing or has ended: ask the coordinator.")

    @contextmanager
    def at_once(self) -> Iterator["PortalServer"]:
        with self.portal.at_once() as portal:
            yield replace(self, portal=portal)

    def session_of(self, asked: PortalRequest) -> PortalSession | None:
        return sessions.who(self.portal, asked.cookie, asked.now)

    def visit_of(self, asked: PortalRequest) -> PortalVisit:
        page, session = asked.page, asked.session
        visit = PortalVisit(
            portal=self.portal,
            opened=cache(partial(view_of, self.portal)),
            session=session,
            cookie="" if session is None else asked.cookie,
            path=asked.gaps,
            query=asked.query,
            form=asked.form,
            now=asked.now,
            words=words_of(session),
            mail=self.mail,
            feeds_url=self.feeds_url,
            vouched=self._vouched(asked),
            sheets=self.sheets,
        )
        if not page.needs_session:
            return visit
        if (feature := page.feature) is not None and feature.id not in visit.uses:
            text = Message("{feature} is switched off: call the coordinator.", {"feature": feature.name})
            raise NotAllowed(404, text)
        if page.right not in (ANY_CONTACT, *visit.contact.may):
            raise NotAllowed(403, Message("Your contact may not do this: ask the coordinator."))
        if not page.is_open_to(visit.only_page):
            text = Message("Your address opens one page only: use the address of your own page.")
            raise NotAllowed(403, text)
        return visit

    def _vouched(self, asked: PortalRequest) -> Collection[str]:
        """The parties that whoever a proxy has signed in reads for. NotAllowed if no proxy sends such a header."""
        name = vouched_for(asked.http, self.trust_header) if self.trust_header else None
        return () if name is None else self.vouched.get(name, ())

    def handled(self, asked: PortalRequest, visit: PortalVisit) -> Answer:
        if asked.page.most_a_day is not None and visit.session is not None:
            self.pace.use(asked.page, visit.session.digest, asked.now)
        return asked.page.handler(visit)

    def html(self, answer: Html, session: PortalSession | None, visit: PortalVisit | None, part: str = "") -> str:  # noqa: ARG002
        values = {"session": None, "contact": None, "token": "", **answer.values}
        if visit is not None and values["contact"] is not None:
            view = values.get("view")
            values["menu"] = menu(visit, view if isinstance(view, PartyView) else None)
        return html_of(ROOM, answer.template, values, words_of(session))

    def said(self, error: Exception) -> tuple[int, Message] | None:
        """The error for the visitor, without faults of the portal itself."""
        if isinstance(error, KeyFileFault | NoTypst):
            report(error)
            return 503, Message("The information sheets cannot be opened now: call the coordinator.")
        kinds = ((sessions.NotLetIn, 401), (StorageError, 503), (NoAnswer, 503), (Refused, 429), (InputError, 422))
        return next(((status, error.message) for kind, status in kinds if isinstance(error, kind)), None)

    def again(self, asked: PortalRequest) -> SentForm | None:
        """The refused form, to be sent again from the session there is then."""
        made = PageServer.again(self, asked) if asked.page.needs_session else None
        if made is None or asked.session is None:
            return made
        others = [field for field in made.fields if field[0] != "token"]
        return SentForm(made.path, (("token", form_token(asked.cookie)), *others))


SWEPT_EVERY_S = 3600.0
ENDS_S = 5.0  # how long a server beside another is waited for when it is to end


def serve(server: PortalServer, listening: socket.socket, proxies: Proxies, limits: Limits = USUAL) -> None:
    with server.portal.kept_open(), _sweeping(server):
        _made(server, proxies, limits).run(sockets=[listening])


@contextmanager
def served_beside(server: PortalServer, listening: socket.socket) -> Iterator[None]:
    """Serves in a thread while the block runs: for trying it out, beside a console."""
    made = _made(server, Proxies(), USUAL)
    with server.portal.kept_open(), _sweeping(server):
        thread = threading.Thread(target=made.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield
        finally:
            made.should_exit = True
            thread.join(ENDS_S)


@contextmanager
def _sweeping(server: PortalServer) -> Iterator[None]:
    """Removes drafts of information sheets that are over, at once and then hourly, while the block runs."""
    over = threading.Event()

    def go_on() -> None:
        while not over.is_set():
            try:
                sweep_drafts(server.portal, server.clock())
            except Exception as error:  # whatever is wrong, the next turn is tried
                report(error)
            over.wait(SWEPT_EVERY_S)

    if server.sheets is None:
        yield
        return
    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(ENDS_S)


def _made(server: PortalServer, proxies: Proxies, limits: Limits) -> PatientServer:
    return patient_server(server.application(), limits, proxies, most_body_bytes=2 * MOST_OPEN_BYTES)
