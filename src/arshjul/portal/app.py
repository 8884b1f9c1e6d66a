"""The portal's application: every request finds its page, and gets that page's answer."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from arshjul.actions.mail.mail_server import MailServer
from arshjul.actions.parties import sessions
from arshjul.actions.parties.sessions import DEFAULT_LANGUAGE, PortalSession
from arshjul.actions.parties.sheets import SheetOffice
from arshjul.actions.pdf import NoTypst
from arshjul.errors import ArshjulError, InputError, Message, NoAnswer, Refused, StorageError
from arshjul.formats.catalogues import words
from arshjul.own_faults import report
from arshjul.portal.access import ANY_CONTACT, PartyPage
from arshjul.portal.pace import Pace
from arshjul.portal.pages import PAGES
from arshjul.portal.visit import NoSuchPage, PortalVisit
from arshjul.serving.forms import Form, TooLarge, read_form
from arshjul.serving.guards import LOOPBACK, NotAllowed, is_known_host, is_own, vouched_for
from arshjul.serving.outgoing import OF_SECRETS, Outgoing, with_cookie
from arshjul.serving.rendering import html_of, static
from arshjul.store.database import Database
from arshjul.store.portal.sheet_keys import KeyFileFault

MOST_BYTES = 60_000
"""The largest form of a page."""

STYLE = "/static/pages.css"

COOKIE_S = 30 * 24 * 3600


@dataclass(frozen=True, slots=True)
class PortalServer:
    """The portal's database and clock. `hosts`: the names under which it is reached; `is_of_https`: only by HTTPS.

    `mail`: what codes are mailed by; `feeds_url`: where calendars are served. `trust_header`: a proxy before it signs
    people in, and says who it is in that header; empty: there is none. `vouched`: which parties each reads for.
    `sheets`: None where information sheets are switched off.
    """

    portal: Database
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    hosts: frozenset[str] = LOOPBACK
    is_of_https: bool = False
    mail: MailServer | None = None
    feeds_url: str = ""
    trust_header: str = ""
    vouched: Mapping[str, Collection[str]] = field(default_factory=dict)
    sheets: SheetOffice | None = None
    pace: Pace = field(default_factory=Pace)

    @property
    def cookie(self) -> str:
        """The name of the cookie."""
        return "__Host-arshjul-portal" if self.is_of_https else "arshjul-portal"


def application(server: PortalServer) -> Starlette:
    """The pages of a portal."""
    routes = [Route(page.path, _endpoint(server, page), methods=[page.method]) for page in PAGES]
    made = Starlette(
        routes=[*routes, Route(STYLE, _style, methods=["GET"])],
        middleware=[Middleware(Outgoing, lambda _: OF_SECRETS, _our_fault)],
        exception_handlers={404: _no_page, 405: _no_page},
    )
    made.router.redirect_slashes = False
    return made


def _endpoint(server: PortalServer, page: PartyPage) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        sent: Form | NotAllowed = Form()
        try:
            if page.method == "POST":
                sent = await read_form(request, MOST_BYTES, takes_file=False)
        except ClientDisconnect:  # the client is gone
            return Response(status_code=400)
        except TooLarge as error:
            sent = error
        except InputError as error:
            sent = NotAllowed(400, error.message)
        return await run_in_threadpool(_answered, server, page, request, sent)

    return answer


def _answered(server: PortalServer, page: PartyPage, request: Request, sent: Form | NotAllowed) -> Response:
    now, cookie = server.clock(), request.cookies.get(server.cookie, "")
    session: PortalSession | None = None
    again: Again | None = None
    try:
        _refuse_foreign(server, page, request)
        session = sessions.who(server.portal, cookie, now)
        again = _again(page, request, sent, "" if session is None else sessions.form_token(cookie))
        if isinstance(sent, NotAllowed):
            raise sent
        visit = _visit(server, page, request, sent, session, cookie, now)
        if page.most_a_day is not None and session is not None:
            server.pace.use(page, session.digest, now)
        return _with_cookie(server, page.handler(visit))
    except NoSuchPage:
        return _not_found()
    except NotAllowed as error:
        return _refusal(session, error.status, error.text, again)
    except (KeyFileFault, NoTypst) as error:
        report(error)
        text = Message("The information sheets cannot be opened now: call the coordinator.")
        return _refusal(session, 503, text, again)
    except (InputError, NoAnswer, Refused, StorageError) as error:
        return _refusal(session, _status_of(error), error.message, again)
    except Exception as error:
        return _our_fault(error)


def _refuse_foreign(server: PortalServer, page: PartyPage, request: Request) -> None:
    if not is_known_host(request, server.hosts):
        raise NotAllowed(421, Message("This address is not the portal's."))
    if page.method == "POST" and not is_own(request):
        raise NotAllowed(403, Message("The form was not sent from a page of the portal."))


def _visit(
    server: PortalServer,
    page: PartyPage,
    request: Request,
    form: Form,
    session: PortalSession | None,
    cookie: str,
    now: datetime,
) -> PortalVisit:
    """The visit. NotAllowed if nobody is let in, or not to this page."""
    token = "" if session is None else sessions.form_token(cookie)
    visit = PortalVisit(
        portal=server.portal,
        session=session,
        cookie=cookie,
        form_token=token,
        path={name: str(value) for name, value in request.path_params.items()},
        query=Form.read(request.scope["query_string"]),
        form=form,
        now=now,
        words=words(DEFAULT_LANGUAGE if session is None else session.language),
        is_of_https=server.is_of_https,
        mail=server.mail,
        feeds_url=server.feeds_url,
        vouched=_vouched(server, request),
        sheets=server.sheets,
    )
    if not page.needs_session:
        return visit
    if session is None:
        raise sessions.NotLetIn
    if page.method == "POST" and form.text("token") != token:
        raise NotAllowed(403, Message("The form is another session's: open the page again, and send it from there."))
    if (feature := page.feature) is not None and feature.id not in visit.uses:
        text = Message("{feature} is switched off: call the coordinator.", {"feature": feature.name})
        raise NotAllowed(404, text)
    if page.right not in (ANY_CONTACT, *visit.contact.may):
        raise NotAllowed(403, Message("Your contact may not do this: ask the coordinator."))
    if not page.is_open_to(visit.only_page):
        text = Message("Your address opens one page only: use the address of your own page.")
        raise NotAllowed(403, text)
    return visit


def _vouched(server: PortalServer, request: Request) -> Collection[str]:
    """The parties that whoever a proxy has signed in reads for. NotAllowed if no proxy sends such a header."""
    name = vouched_for(request, server.trust_header) if server.trust_header else None
    return () if name is None else server.vouched.get(name, ())


def _with_cookie(server: PortalServer, response: Response) -> Response:
    """The answer with the cookie that its page has set or ended: its value is in a header of ours until here."""
    if (value := response.headers.get("x-session")) is None:
        return response
    del response.headers["x-session"]
    with_cookie(response, server.cookie, value, is_of_https=server.is_of_https, lasts_s=COOKIE_S)
    return response


def _status_of(error: ArshjulError) -> int:
    kinds = ((sessions.NotLetIn, 401), (StorageError, 503), (NoAnswer, 503), (Refused, 429), (InputError, 422))
    for kind, status in kinds:
        if isinstance(error, kind):
            return status
    return 500


Again = tuple[str, tuple[tuple[str, str], ...]]
"""A form that can be sent again: its path, and its fields."""


def _again(page: PartyPage, request: Request, sent: Form | NotAllowed, token: str) -> Again | None:
    """What was typed, whatever keeps it from being taken now: to be sent again from the session that there is then."""
    if page.method != "POST" or not page.needs_session or not isinstance(sent, Form):
        return None
    return request.scope["path"], (("token", token), *sent.pairs("token")) if token else sent.pairs()


def _refusal(session: PortalSession | None, status: int, text: Message, again: Again | None = None) -> Response:
    """A page with the obstacle and how to go on."""
    values = {"status": status, "text": text, "again": again, "is_in": session is not None}
    frame = {"session": None, "contact": None, "token": ""}
    language = DEFAULT_LANGUAGE if session is None else session.language
    html = html_of("arshjul.portal", "refused.html", {**frame, **values}, words(language))
    return Response(html, status, media_type="text/html")


def _our_fault(error: Exception) -> Response:
    """The answer after an internal error, which is reported."""
    report(error)
    return _refusal(None, 500, Message("Something went wrong inside arshjul ({kind}).", {"kind": type(error).__name__}))


async def _no_page(_request: Request, error: Exception) -> Response:
    """The answer if there is no such page, or not with that method."""
    if getattr(error, "status_code", 404) == 405:
        return _refusal(None, 405, Message("There is no such page."))
    return _not_found()


def _not_found() -> Response:
    """The answer to an address that is unknown, expired or revoked: always the same bytes."""
    return Response(_not_found_bytes(), 404, media_type="text/html")


@lru_cache(1)
def _not_found_bytes() -> bytes:
    return bytes(_refusal(None, 404, Message("This page is missing or has ended: ask the coordinator.")).body)


async def _style(_: Request) -> Response:
    return Response(
        static("arshjul.serving", "pages.css"), media_type="text/css", headers={"cache-control": "public, max-age=3600"}
    )
