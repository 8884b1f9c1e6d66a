"""The application: every request passes the guards, finds its page, and gets that page's answer."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from arshjul.actions.draft.draft import Draft
from arshjul.console import sessions
from arshjul.console.access import CHANGING, Page
from arshjul.console.answers import Answer, Bytes, Html, SeeOther
from arshjul.console.carrier import PortalCarrier
from arshjul.console.pages import PAGES
from arshjul.console.refusals import DEFAULT_LANGUAGE, SentForm, no_page, our_fault, refusal, status_of
from arshjul.console.rendering import HTMX_VERSION, rendered
from arshjul.console.repeats import Repeats
from arshjul.console.runner import Runner
from arshjul.console.visit import Visit
from arshjul.console.years import Years
from arshjul.domain.feature import unused_said
from arshjul.errors import ArshjulError, InputError, Message
from arshjul.formats.catalogues import words
from arshjul.serving.forms import MOST_BYTES, MOST_FILE_BYTES, MOST_OPEN_BYTES, Form, TooLarge, read_form
from arshjul.serving.guards import LOOPBACK, NotAllowed, is_known_host, is_own, vouched_for, wants_part
from arshjul.serving.outgoing import HEADERS, OF_SECRETS, Outgoing, with_cookie
from arshjul.serving.rendering import static
from arshjul.store import audit
from arshjul.store.chain import digest_of
from arshjul.store.events import Mended
from arshjul.store.sessions import Session
from arshjul.store.store import Store
from arshjul.texts.system import why

Clock = Callable[[], datetime]

STYLE = "/static/console.css"
SCRIPT = f"/static/htmx-{HTMX_VERSION}.min.js"
"""All other resources of pages are under /static/, which a proxy lets anybody fetch, like the open pages."""

SECRET_PATHS = ("/in/", "/answers/")
"""The beginnings of paths that contain a secret, with which anybody is let in."""

NO_MORE = 286
"""The status with which htmx ends polling."""

CLOCK_IS_RIGHT = "clock-is-right"
"""The button that answers the question about the clock."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The proxy before the console: the header with the name of the signed-in person, and the role of each.

    Only over a socket that nobody else can reach.
    """

    header: str
    roles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ConsoleServer:
    """The console's database, child processes and clock. `trust`: None if people sign in with links."""

    store: Store
    runner: Runner
    clock: Clock = lambda: datetime.now(UTC)
    trust: Trust | None = None
    hosts: frozenset[str] = LOOPBACK
    years: Years = field(default_factory=Years)
    repeats: Repeats = field(default_factory=Repeats)
    vouched: sessions.Vouched = field(default_factory=sessions.Vouched)
    carrier: PortalCarrier | None = None
    """None if the console does not carry."""

    feeds_url: str = ""
    """The address at which others reach the feeds; empty if it is not set."""

    portal_url: str = ""
    """The same of the portal."""

    has_sheets: bool = True
    """False if the portal beside it has no keys of information sheets, so that nobody can write any."""

    @property
    def cookie(self) -> str:
        """The name of the cookie; behind a proxy it is for HTTPS only."""
        return "arshjul" if self.trust is None else "__Host-arshjul"


def application(console: ConsoleServer) -> Starlette:
    """The pages of a console."""
    routes = [Route(page.path, _endpoint(console, page), methods=[page.method]) for page in PAGES]
    made = Starlette(
        routes=[*routes, Route(STYLE, _style, methods=["GET"]), Route(SCRIPT, _script, methods=["GET"])],
        middleware=[Middleware(Outgoing, headers_of, partial(our_fault, None))],
        exception_handlers={HTTPException: no_page},
    )
    made.router.redirect_slashes = False
    return made


def _endpoint(console: ConsoleServer, page: Page) -> Callable[[Request], Any]:
    async def answer(request: Request) -> Response:
        try:
            sent: Form | NotAllowed = Form()
            if page.method == "POST":
                held = await run_in_threadpool(_held_bytes, console, page, request)
                sent = await _sent(page, request, held)
        except ClientDisconnect:  # the client is gone
            return Response(status_code=400)
        response = await run_in_threadpool(_answered, console, page, request, sent)
        if wants_part(request) and response.status_code >= 400:  # a refusal is shown as a page
            response.headers["hx-refresh"] = "true"
        return response

    return answer


def _held_bytes(console: ConsoleServer, page: Page, request: Request) -> int:
    """The most bytes of a form that may be held in memory, by sender; known before any of it is read.

    Zero if the sender may not use the page. If the database does not answer, the sender is unknown: then as many as for
    an open page, so that the form can be sent again.
    """
    if page.is_open_to(None):
        return MOST_OPEN_BYTES
    if not is_known_host(request, console.hosts):
        return 0
    try:
        session, _, _ = _who(console, page, request, request.cookies.get(console.cookie, ""), console.clock())
    except NotAllowed:
        return 0  # the reason is given when the form is answered
    except (ArshjulError, OSError):
        return MOST_OPEN_BYTES
    return _most(page) if session is not None and page.is_open_to(session.role) else 0


async def _sent(page: Page, request: Request, held: int) -> Form | NotAllowed:
    """The posted form, empty if it may not be held; or the refusal of a form that the page cannot take."""
    try:
        return await read_form(request, held, takes_file=page.takes_file)
    except TooLarge as error:
        return error if held == _most(page) else Form()
    except InputError as error:
        return NotAllowed(400, error.message)


def _most(page: Page) -> int:
    """The largest form of a page, in bytes."""
    if page.takes_file:
        return MOST_FILE_BYTES
    return MOST_OPEN_BYTES if page.is_open_to(None) else MOST_BYTES


def _answered(console: ConsoleServer, page: Page, request: Request, sent: Form | NotAllowed) -> Response:
    now, token = console.clock(), request.cookies.get(console.cookie, "")
    session: Session | None = None
    visit: Visit | None = None
    try:
        if not is_known_host(request, console.hosts):
            raise NotAllowed(421, Message("The address is not the console's."))
        session, token, new = _who(console, page, request, token, now)
        visit = _visit(console, page, request, sent, session, token, now)
        if new:  # signed in by the proxy: the first page again, with its cookie
            return _response(console, visit, SeeOther(request.scope["path"], token) if page.method == "GET" else _in())
        return _response(console, visit, _handled(console, page, visit, request.scope["path"]))
    except NotAllowed as error:
        return refusal(session, visit, error.status, error.text)
    except ArshjulError as error:
        return refusal(session, visit, status_of(error), error.message, error, _again(page, request, sent))
    except OSError as error:
        text = Message("On the console's computer: {why}.", {"why": why(error)})
        return refusal(session, visit, 503, text, again=_again(page, request, sent))
    except Exception as error:
        return our_fault(session, error)


def _handled(console: ConsoleServer, page: Page, visit: Visit, path: str) -> Answer:
    """The page's answer; a form that a double click sends twice is handled once."""
    if visit.session is None:
        return page.handler(visit)
    if (feature := page.feature) is not None and not visit.is_used(feature):
        raise NotAllowed(404, unused_said(feature))
    if page.method == "POST":
        console.years.waits = None
    if page.needs_token and page.roles <= CHANGING:
        _ask_about_clock(visit)
    if not page.needs_token or page.takes_file:
        console.repeats.looked(visit.session.digest)
        return page.handler(visit)
    sent = digest_of(repr((path, visit.form.fields)).encode("utf-8", "replace"))
    return console.repeats.answered(visit.session.digest, sent, console.clock, lambda: page.handler(visit))


def _ask_about_clock(visit: Visit) -> None:
    """ClockAsked before anything is changed, if the clock may have jumped and the form does not say it is right."""
    if visit.clock_asked is not None:
        with visit.store.writing() as db:
            if visit.form.is_checked(CLOCK_IS_RIGHT):
                audit.add(db, visit.now, visit.person, Mended())
            audit.refuse_jump(db, visit.now)


def _again(page: Page, request: Request, sent: Form | NotAllowed) -> SentForm | None:
    """The form posted from a page of the console, to send again when the database answers; files are not kept."""
    if page.method != "POST" or page.takes_file or not isinstance(sent, Form) or not is_own(request):
        return None
    return SentForm(request.scope["path"], sent.pairs())


def _in() -> SeeOther:
    return SeeOther("/")


def _who(
    console: ConsoleServer, page: Page, request: Request, token: str, now: datetime
) -> tuple[Session | None, str, bool]:
    """The session, its cookie's token, and whether the session is new. An open page begins no session."""
    session = sessions.who(console.store, token, now)
    if console.trust is None:
        return session, token, False
    name = vouched_for(request, console.trust.header)
    if name is None:
        return None, "", False
    if name not in console.trust.roles:
        raise NotAllowed(403, Message("{name} has no access: ask the coordinator.", {"name": name}))
    role = console.trust.roles[name]
    if session is not None and (session.person, session.role) == (name, role):
        return session, token, False
    if page.is_open_to(None):
        return None, "", False
    return _let_in(console, token, name, role, now)


def _let_in(
    console: ConsoleServer, token: str, name: str, role: str, now: datetime
) -> tuple[Session | None, str, bool]:
    """The session of a person named by the proxy who returned the offered cookie; otherwise a new offer."""
    begun = console.vouched.let_in(console.store, token, name, role, DEFAULT_LANGUAGE, now)
    if begun is not None:
        return begun, token, False
    token = console.vouched.offer(console.store, name, role, now)
    return Session(sessions.digest(token), name, role, DEFAULT_LANGUAGE, now, now), token, True


def _visit(
    console: ConsoleServer,
    page: Page,
    request: Request,
    sent: Form | NotAllowed,
    session: Session | None,
    token: str,
    now: datetime,
) -> Visit:
    """The visit. NotAllowed if the visitor may not use the page, or if the form is not from a page of the console."""
    language = DEFAULT_LANGUAGE if session is None else session.language
    form = Form()
    if page.method == "POST":
        if not is_own(request):
            raise NotAllowed(403, Message("Not sent from a page of the console."))
        if isinstance(sent, NotAllowed):
            raise sent
        form = sent
    if not page.is_open_to(None if session is None else session.role):
        if session is None:
            if page.method == "POST":
                raise NotAllowed(
                    401,
                    Message(
                        "You are signed out, and nothing was saved. Your text is in the form, one step back: "
                        "copy it, sign in, and enter it again."
                    ),
                )
            raise NotAllowed(
                401,
                Message(
                    "You are not signed in. Own computer: end arshjul console with Ctrl-C, start it again "
                    "and open its link. Server: sign in as usual."
                ),
            )
        raise NotAllowed(403, Message("Your role may not do this."))
    if page.needs_token and session is not None and form.text("token") != sessions.form_token(token):
        raise NotAllowed(403, Message("The form is another session's: open the page again, and send it from there."))
    opened: Callable[[], Draft] = partial(console.years.now, console.store)
    return Visit(
        store=console.store,
        years=console.years,
        opened=cache(opened) if page.method == "GET" else opened,
        runner=console.runner,
        carrier=console.carrier,
        address=f"{'http' if console.trust is None else 'https'}://{request.headers['host']}",
        feeds_url=console.feeds_url,
        portal_url=console.portal_url,
        has_sheets=console.has_sheets,
        session=session,
        token=token,
        path={name: str(value) for name, value in request.path_params.items()},
        query=Form.read(request.scope["query_string"]),
        form=form,
        now=now,
        words=words(language),
        takes_gzip="gzip" in request.headers.get("accept-encoding", ""),
        wants_part=wants_part(request),
    )


def _response(console: ConsoleServer, visit: Visit, answer: Answer) -> Response:
    match answer:
        case Html():
            response = _html(visit, answer)
        case SeeOther():
            response = RedirectResponse(answer.path, 303)
            if answer.cookie is not None:
                with_cookie(response, console.cookie, answer.cookie, is_of_https=console.trust is not None)
        case Bytes():
            response = _file(answer, is_packed=answer.packs and visit.takes_gzip)
            if answer.name is not None:
                response.headers["content-disposition"] = f'attachment; filename="{answer.name}"'
    return response


def _html(visit: Visit, answer: Html) -> Response:
    """The page; for a request of the page's script, the part that it asks for."""
    part = answer.part if visit.wants_part else ""
    is_last = bool(part) and answer.is_last
    html = rendered(visit, answer.template, answer.values, part=part)
    response = Response(html, NO_MORE if is_last else answer.status, media_type="text/html")
    if is_last:
        response.headers["hx-retarget"] = "#content"
    if answer.part:
        response.headers["vary"] = "HX-Request"
    return response


def _file(answer: Bytes, *, is_packed: bool) -> Response:
    data = gzip.compress(answer.data, mtime=0) if is_packed else answer.data
    response = Response(data, media_type=answer.kind)
    if answer.packs:
        response.headers["vary"] = "Accept-Encoding"
    if is_packed:
        response.headers["content-encoding"] = "gzip"
    return response


async def _style(_: Request) -> Response:
    return Response(static("arshjul.serving", "pages.css"), media_type="text/css")


async def _script(_: Request) -> Response:
    """The script, whose content never changes under its name, so that a browser fetches it once."""
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(static("arshjul.console", "htmx.min.js"), media_type="text/javascript", headers=headers)


def headers_of(path: str) -> Mapping[str, str]:
    """The headers of the answer at that path."""
    return OF_SECRETS if path.startswith(SECRET_PATHS) else HEADERS
