"""A server of pages: every request passes the guards, finds its page, and gets that page's answer.

The console and the portal are two such servers. Each says who is asking, what its pages are called with, and how
they look.
"""

import gzip
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Protocol, Self, TypeVar

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from arshjul.errors import InputError, Message
from arshjul.serving.forms import MOST_FILE_BYTES, MOST_OPEN_BYTES, Form, TooLarge, read_form
from arshjul.serving.guards import (
    HEADERS,
    LOOPBACK,
    OF_SECRETS,
    NotAllowed,
    Outgoing,
    form_token,
    is_known_host,
    is_own,
    wants_part,
    with_cookie,
)
from arshjul.serving.rendering import static
from arshjul.system.uncaught import report
from arshjul.year.formats.catalogues import words
from arshjul.year.texts import Words

DEFAULT_LANGUAGE = "sv"

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

NO_MORE = 286  # the status with which htmx ends polling


@dataclass(frozen=True, slots=True)
class Html:
    """A template and its values.

    `part`: the block that answers a request of the page's script; empty: the whole page. `is_last`: a script that asks
    repeatedly can stop; the answer replaces the whole content.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    status: int = 200
    part: str = ""
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class SeeOther:
    """Another page. `cookie`: of a session to set; "" removes it. `posts_again`: what was posted, there too."""

    path: str
    cookie: str | None = None
    posts_again: bool = False


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file: a picture of the year, or a download. `packs`: may be compressed, since its size reveals no secret."""

    data: bytes
    kind: str
    name: str | None = None
    packs: bool = False


Answer = Html | SeeOther | Bytes


class NoSuchPage(Exception):
    """Refused like an address that is none: 404, and always the same bytes."""


@dataclass(frozen=True, slots=True)
class ServedPage(ABC):
    """A path with a method. `takes_file`: its form includes a file."""

    path: str
    method: Literal["GET", "POST"]
    takes_file: bool = field(default=False, kw_only=True)

    @property
    @abstractmethod
    def needs_session(self) -> bool:
        """True unless it is open to anybody, who has the secret in its address."""

    @property
    def needs_token(self) -> bool:
        return self.method == "POST" and self.needs_session


@dataclass(frozen=True, slots=True, kw_only=True)
class PageVisit:
    """Arguments of every page. `path`: values of its gaps; `cookie`: the session's token, or empty."""

    path: Mapping[str, str]
    query: Form
    form: Form
    cookie: str
    now: datetime
    words: Words

    @property
    def form_token(self) -> str:
        return form_token(self.cookie) if self.cookie else ""


class AnySession(Protocol):
    @property
    def language(self) -> str:
        """The language of their pages."""


P = TypeVar("P", bound=ServedPage)
S = TypeVar("S", bound=AnySession)
V = TypeVar("V", bound=PageVisit)


@dataclass(slots=True)
class PageRequest(Generic[P, S, V]):
    """State gathered on the way to the answer. `cookie`: the session's token. `is_ours`: it is past the guards."""

    page: P
    http: Request
    cookie: str
    now: datetime
    sent: Form | NotAllowed = field(default_factory=Form)
    is_ours: bool = False
    session: S | None = None
    visit: V | None = None

    @property
    def path(self) -> str:
        return str(self.http.scope["path"])

    @property
    def gaps(self) -> dict[str, str]:
        return {name: str(value) for name, value in self.http.path_params.items()}

    @property
    def query(self) -> Form:
        return Form.read(self.http.scope["query_string"])

    @property
    def form(self) -> Form:
        """NotAllowed if the form could not be read."""
        if isinstance(self.sent, NotAllowed):
            raise self.sent
        return self.sent


class SentForm(NamedTuple):
    path: str
    fields: tuple[tuple[str, str], ...]


class PageFile(NamedTuple):
    """A file that pages fetch. `kept`: how long browsers keep it, as the header says it."""

    path: str
    room: str
    name: str
    kind: str
    kept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageServer(ABC, Generic[P, S, V]):
    """A server of pages. `hosts`: the names under which it is reached."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    hosts: frozenset[str] = LOOPBACK

    pages: ClassVar[Sequence[Any]]
    files: ClassVar[Sequence[PageFile]]
    cookie_name: ClassVar[str]
    cookie_lasts_s: ClassVar[int | None] = None  # until the browser is closed
    secret_paths: ClassVar[tuple[str, ...]]  # the beginnings of paths that contain a secret
    most_form_bytes: ClassVar[int] = MOST_OPEN_BYTES
    not_here: ClassVar[Message]
    not_own: ClassVar[Message]
    not_let_in: ClassVar[Mapping[str, Message]]  # at a page that needs a session, by method
    no_page: ClassVar[Message] = Message("There is no such page.")
    nowhere: ClassVar[Any] = None  # the page of addresses that have none; None: everybody gets the same bytes there

    @property
    @abstractmethod
    def is_of_https(self) -> bool:
        """True if browsers reach it by HTTPS only."""

    @abstractmethod
    def at_once(self) -> AbstractContextManager[Self]:
        """The same server for one request, which reads its database in one state."""

    @abstractmethod
    def session_of(self, asked: PageRequest[P, S, V]) -> S | None:
        """The visitor; None if unknown."""

    @abstractmethod
    def visit_of(self, asked: PageRequest[P, S, V]) -> V:
        """The page's argument. NotAllowed if this visitor may not use it."""

    @abstractmethod
    def handled(self, asked: PageRequest[P, S, V], visit: V) -> Answer:
        """The page's answer. NotAllowed."""

    @abstractmethod
    def html(self, answer: Html, session: S | None, visit: V | None, part: str = "") -> str:
        """The page, or a part of it. `visit`: None for a refusal before it is known."""

    @abstractmethod
    def said(self, error: Exception) -> tuple[int, Message] | None:
        """The status and the sentence of what stands in the way; None if the error is a fault of ours."""

    def refused(self, error: Exception | None, values: dict[str, object]) -> dict[str, object]:  # noqa: ARG002
        return values

    def again(self, asked: PageRequest[P, S, V]) -> SentForm | None:
        """The form posted from a page of ours, to be sent again when it can be taken; files are not kept."""
        page, sent = asked.page, asked.sent
        is_kept = asked.is_ours and page.method == "POST" and not page.takes_file
        return SentForm(asked.path, sent.pairs()) if is_kept and isinstance(sent, Form) else None

    @property
    def cookie(self) -> str:
        return f"__Host-{self.cookie_name}" if self.is_of_https else self.cookie_name

    @classmethod
    def headers_of(cls, path: str) -> Mapping[str, str]:
        return OF_SECRETS if path.startswith(cls.secret_paths) else HEADERS

    def most_bytes(self, page: P) -> int:
        if page.takes_file:
            return MOST_FILE_BYTES
        return self.most_form_bytes if page.needs_session else MOST_OPEN_BYTES

    def held_bytes(self, asked: PageRequest[P, S, V]) -> int:
        """The most bytes of a form that may be held in memory, by sender; known before any of it is read."""
        return self.most_bytes(asked.page)

    def application(self) -> Starlette:
        routes = [Route(page.path, self._endpoint(page), methods=[page.method]) for page in self.pages]
        made = Starlette(
            routes=[*routes, *(Route(file.path, _sends(file), methods=["GET"]) for file in self.files)],
            middleware=[Middleware(Outgoing, self.headers_of, self._our_fault)],
            exception_handlers={HTTPException: self._no_page},
        )
        made.router.redirect_slashes = False
        return made

    def _endpoint(self, page: P) -> Callable[[Request], Any]:
        async def answer(http: Request) -> Response:
            try:
                sent = await self._sent(page, http) if page.method == "POST" else Form()
            except ClientDisconnect:  # the client is gone
                return Response(status_code=400)
            response = await run_in_threadpool(self._answered, self._asked(page, http, sent))
            if wants_part(http) and response.status_code >= 400:  # a refusal is shown as a page
                response.headers["hx-refresh"] = "true"
            return response

        return answer

    def _asked(self, page: P, http: Request, sent: Form | NotAllowed) -> PageRequest[P, S, V]:
        return PageRequest(page, http, http.cookies.get(self.cookie, ""), self.clock(), sent)

    async def _sent(self, page: P, http: Request) -> Form | NotAllowed:
        """The posted form, empty if it may not be held; or the refusal of a form that the page cannot take."""
        held = await run_in_threadpool(lambda: self.held_bytes(self._asked(page, http, Form())))
        try:
            return await read_form(http, held, takes_file=page.takes_file)
        except TooLarge as error:
            return error if held == self.most_bytes(page) else Form()
        except InputError as error:
            return NotAllowed(400, error.message)

    def _answered(self, asked: PageRequest[P, S, V]) -> Response:
        with self.at_once() as server:
            return server._answer(asked)

    def _answer(self, asked: PageRequest[P, S, V]) -> Response:
        try:
            visit = asked.visit = self._visit(asked)
            return self._response(asked, visit, self.handled(asked, visit))
        except NoSuchPage:
            return self._refusal(404, self.no_page)
        except NotAllowed as error:
            return self._refusal(error.status, error.text, asked)
        except Exception as error:
            said = self.said(error)
            return self._our_fault(error, asked) if said is None else self._refusal(*said, asked, error)

    def _visit(self, asked: PageRequest[P, S, V]) -> V:
        page, posts = asked.page, asked.page.method == "POST"
        if not is_known_host(asked.http, self.hosts):
            raise NotAllowed(421, self.not_here)
        if posts and not is_own(asked.http):
            raise NotAllowed(403, self.not_own)
        asked.is_ours = True
        asked.session = self.session_of(asked)
        form = asked.form
        if page.needs_session and asked.session is None:
            raise NotAllowed(401, self.not_let_in[page.method])
        if page.needs_token and form.text("token") != form_token(asked.cookie):
            text = Message("The form is another session's: open the page again, and send it from there.")
            raise NotAllowed(403, text)
        return self.visit_of(asked)

    def _response(self, asked: PageRequest[P, S, V], visit: V, answer: Answer) -> Response:
        match answer:
            case Html():
                return self._html(asked, visit, answer)
            case SeeOther():
                response: Response = RedirectResponse(answer.path, 307 if answer.posts_again else 303)
                if answer.cookie is not None:
                    lasts_s = self.cookie_lasts_s
                    with_cookie(response, self.cookie, answer.cookie, is_of_https=self.is_of_https, lasts_s=lasts_s)
                return response
            case Bytes():
                return _file(answer, takes_gzip="gzip" in asked.http.headers.get("accept-encoding", ""))

    def _html(self, asked: PageRequest[P, S, V], visit: V, answer: Html) -> Response:
        """The page; for a request of the page's script, the part that it asks for."""
        part = answer.part if wants_part(asked.http) else ""
        is_last = bool(part) and answer.is_last
        html = self.html(answer, asked.session, visit, part)
        response = Response(html, NO_MORE if is_last else answer.status, media_type="text/html")
        if is_last:
            response.headers["hx-retarget"] = "#content"
        if answer.part:
            response.headers["vary"] = "HX-Request"
        return response

    def _refusal(
        self, status: int, text: Message, asked: PageRequest[P, S, V] | None = None, error: Exception | None = None
    ) -> Response:
        session, visit = (None, None) if asked is None else (asked.session, asked.visit)
        again = None if asked is None else self.again(asked)
        values = {"status": status, "text": text, "again": again, "is_in": session is not None}
        html = self.html(Html("refused.html", self.refused(error, values)), session, visit)
        return Response(html, status, media_type="text/html")

    async def _no_page(self, http: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        if self.nowhere is None:
            return self._refusal(status, self.no_page if status == 404 else PageServer.no_page)
        response = await run_in_threadpool(self._answered, self._asked(self.nowhere, http, Form()))
        if response.status_code == 404:
            response.status_code = status
        return response

    def _our_fault(self, error: Exception, asked: PageRequest[P, S, V] | None = None) -> Response:
        """The answer after an internal error, which is reported; the visit's part of a page may be what failed."""
        report(error)
        if asked is not None:
            asked.visit, asked.is_ours = None, False
        text = Message("Something went wrong inside arshjul ({kind}).", {"kind": type(error).__name__})
        return self._refusal(500, text, asked)


def words_of(session: AnySession | None) -> Words:
    return words(DEFAULT_LANGUAGE if session is None else session.language)


def _sends(file: PageFile) -> Callable[[Request], Any]:
    async def answer(_: Request) -> Response:
        headers = {"cache-control": file.kept} if file.kept else None
        return Response(static(file.room, file.name), media_type=file.kind, headers=headers)

    return answer


def _file(answer: Bytes, *, takes_gzip: bool) -> Response:
    is_packed = answer.packs and takes_gzip
    response = Response(gzip.compress(answer.data, mtime=0) if is_packed else answer.data, media_type=answer.kind)
    if answer.packs:
        response.headers["vary"] = "Accept-Encoding"
    if is_packed:
        response.headers["content-encoding"] = "gzip"
    if answer.name is not None:
        response.headers["content-disposition"] = f'attachment; filename="{answer.name}"'
    return response
