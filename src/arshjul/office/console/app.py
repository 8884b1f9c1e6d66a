"""The console as a server of pages: who asks, by a link or a proxy before it, and what may be done."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar

from arshjul.errors import ArshjulError, InputError, Message, Refused, StorageError
from arshjul.office.console import sessions
from arshjul.office.console.pages import PAGES
from arshjul.office.console.portal_sync import PortalSync
from arshjul.office.console.rendering import HTMX_VERSION, rendered
from arshjul.office.console.runner import Runner
from arshjul.office.console.visit import ANYBODY, CHANGING, Page, Visit
from arshjul.office.console.years import Years
from arshjul.office.draft.answers import NoAddress
from arshjul.office.draft.draft import AlreadyDone
from arshjul.office.store import audit, jobs
from arshjul.office.store.events import Mended
from arshjul.office.store.sessions import Session
from arshjul.office.store.store import Store
from arshjul.serving.connections import Limits, Proxies
from arshjul.serving.forms import MOST_BYTES, MOST_FILE_BYTES, MOST_OPEN_BYTES
from arshjul.serving.guards import NotAllowed, is_known_host, vouched_for
from arshjul.serving.pages import DEFAULT_LANGUAGE, Answer, Html, PageFile, PageRequest, PageServer, SeeOther, words_of
from arshjul.serving.server import patient_server
from arshjul.serving.sql.hashes import digest_of
from arshjul.system.processes import tune_gc
from arshjul.year.domain.feature import unused_said
from arshjul.year.texts.system import why

STYLE = "/static/console.css"
SCRIPT = f"/static/htmx-{HTMX_VERSION}.min.js"
"""All other resources of pages are under /static/, which a proxy lets anybody fetch, like the open pages.

The script's content never changes under its name, so that a browser fetches it once.
"""

CLOCK_IS_RIGHT = "clock-is-right"  # the button that answers the question about the clock
ConsoleRequest = PageRequest[Page, Session, Visit]


DOUBLE = timedelta(seconds=2)  # the longest time between the first answer and the second click of a double click
MOST_SESSIONS = 200


@dataclass(slots=True)
class _Last:
    lock: threading.Lock = field(default_factory=threading.Lock)
    sent: str = ""
    answer: Answer | None = None
    answered: datetime | None = None


class Repeats:
    """The last form of each session, kept until the session shows another page."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last: dict[str, _Last] = {}

    def answered(self, session: str, sent: str, clock: Callable[[], datetime], work: Callable[[], Answer]) -> Answer:
        """The answer to the form `sent`; for a form that was answered a moment ago, the same answer."""
        now = clock()
        last = self._of(session)
        with last.lock:
            is_same = last.sent == sent and last.answered is not None and now - last.answered <= DOUBLE
            if is_same and last.answer is not None:
                return last.answer
            last.answer = None
            answer = work()
            last.sent, last.answer, last.answered = sent, _done(answer), clock()
            return answer

    def looked(self, session: str) -> None:
        """Notes that a page was shown: a form sent from it is a new one."""
        with self._lock:
            self._last.pop(session, None)

    def _of(self, session: str) -> _Last:
        with self._lock:
            last = self._last.pop(session, None) or _Last()
            self._last[session] = last
            while len(self._last) > MOST_SESSIONS:
                self._last.pop(next(iter(self._last)))
            return last


def _done(answer: Answer) -> Answer | None:
    return None if isinstance(answer, Html) and answer.status != 200 else answer


@dataclass(frozen=True, slots=True)
class Trust:
    """A proxy, over a socket that nobody else can reach: its header with who is signed in, and the role of each."""

    header: str
    roles: Mapping[str, str]


def _nowhere(_: Visit) -> Answer:
    raise NotAllowed(404, PageServer.no_page)


@dataclass(frozen=True, slots=True)
class ConsoleServer(PageServer[Page, Session, Visit]):
    """The console's database, child processes and clock. `trust`: None if people sign in with links."""

    store: Store
    runner: Runner
    trust: Trust | None = None
    years: Years = field(default_factory=Years)
    repeats: Repeats = field(default_factory=Repeats)
    vouched: sessions.Vouched = field(default_factory=sessions.Vouched)
    portal_sync: PortalSync | None = None  # None if the console does not carry

    feeds_url: str = ""  # the address at which others reach the feeds; empty if it is not set

    portal_url: str = ""  # the same of the portal

    has_sheets: bool = True
    """False if the portal beside it has no keys of information sheets, so that nobody can write any."""

    pages: ClassVar = PAGES
    nowhere: ClassVar = Page("", "GET", ANYBODY, _nowhere)
    files: ClassVar = (
        PageFile(STYLE, "arshjul.serving", "pages.css", "text/css"),
        PageFile(
            SCRIPT, "arshjul.office.console", "htmx.min.js", "text/javascript", "public, max-age=31536000, immutable"
        ),
    )
    cookie_name: ClassVar = "arshjul"
    secret_paths: ClassVar = ("/in/", "/answers/")
    most_form_bytes: ClassVar = MOST_BYTES
    not_here: ClassVar = Message("The address is not the console's.")
    not_own: ClassVar = Message("Not sent from a page of the console.")
    not_let_in: ClassVar = {
        "POST": Message(
            "You are signed out, and nothing was saved. Your text is in the form, one step back: "
            "copy it, sign in, and enter it again."
        ),
        "GET": Message(
            "You are not signed in. Own computer: end arshjul console with Ctrl-C, start it again "
            "and open its link. Server: sign in as usual."
        ),
    }

    @property
    def is_of_https(self) -> bool:
        return self.trust is not None

    @contextmanager
    def at_once(self) -> Iterator["ConsoleServer"]:
        with self.store.at_once() as store:
            yield replace(self, store=store)

    def held_bytes(self, asked: ConsoleRequest) -> int:
        """Zero if the sender may not use the page.

        If the database does not answer, the sender is unknown: then as many as for an open page, so that the form can
        be sent again.
        """
        page = asked.page
        if not page.needs_session:
            return MOST_OPEN_BYTES
        if not is_known_host(asked.http, self.hosts):
            return 0
        try:
            session = self.session_of(asked)
        except NotAllowed:
            return 0  # the reason is given when the form is answered
        except (ArshjulError, OSError):
            return MOST_OPEN_BYTES
        return self.most_bytes(page) if session is not None and page.is_open_to(session.role) else 0

    def session_of(self, asked: ConsoleRequest) -> Session | None:
        """The visitor. To somebody new whom a proxy names a cookie is offered; an open page begins no session."""
        session = sessions.who(self.store, asked.cookie, asked.now)
        if self.trust is None:
            return session
        name = vouched_for(asked.http, self.trust.header)
        if name is not None and name not in self.trust.roles:
            raise NotAllowed(403, Message("{name} has no access: ask the coordinator.", {"name": name}))
        role = "" if name is None else self.trust.roles[name]
        if session is not None and (session.person, session.role) == (name, role):
            return session
        if name is None or not asked.page.needs_session:
            asked.cookie = ""
            return None
        begun = self.vouched.let_in(self.store, asked.cookie, name, role, DEFAULT_LANGUAGE, asked.now)
        if begun is not None:
            return begun
        asked.cookie = self.vouched.offer(self.store, name, role, asked.now)
        return Session(sessions.digest(asked.cookie), name, role, DEFAULT_LANGUAGE, asked.now, asked.now)

    def visit_of(self, asked: ConsoleRequest) -> Visit:
        if not asked.page.is_open_to(None if asked.session is None else asked.session.role):
            raise NotAllowed(403, Message("Your role may not do this."))
        return Visit(
            store=self.store,
            years=self.years,
            runner=self.runner,
            portal_sync=self.portal_sync,
            address=f"{'https' if self.is_of_https else 'http'}://{asked.http.headers['host']}",
            feeds_url=self.feeds_url,
            portal_url=self.portal_url,
            has_sheets=self.has_sheets,
            session=asked.session,
            cookie=asked.cookie,
            path=asked.gaps,
            query=asked.query,
            form=asked.form,
            now=asked.now,
            words=words_of(asked.session),
        )

    def handled(self, asked: ConsoleRequest, visit: Visit) -> Answer:
        """The page's answer; a form that a double click sends twice is handled once."""
        page = asked.page
        if asked.cookie not in ("", asked.http.cookies.get(self.cookie)):  # the first page again, with its cookie
            return SeeOther(asked.path, asked.cookie) if page.method == "GET" else SeeOther("/")
        if visit.session is None:
            return page.handler(visit)
        if (feature := page.feature) is not None and not visit.is_used(feature):
            raise NotAllowed(404, unused_said(feature))
        if page.method == "POST":
            self.years.waits = None
        if page.needs_token and page.roles <= CHANGING:
            _ask_about_clock(visit)
        if not page.needs_token or page.takes_file:
            self.repeats.looked(visit.session.digest)
            return page.handler(visit)
        sent = digest_of(repr((asked.path, visit.form.fields)).encode("utf-8", "replace"))
        self.store.see_anew()  # another form of the session may have to be waited for
        return self.repeats.answered(visit.session.digest, sent, self.clock, lambda: page.handler(visit))

    def html(self, answer: Html, session: Session | None, visit: Visit | None, part: str = "") -> str:
        return rendered(visit, answer.template, answer.values, words_of(session), session, part)

    def said(self, error: Exception) -> tuple[int, Message] | None:
        """The status and text of an error; every text of arshjul's own is shown."""
        if isinstance(error, OSError):
            text = Message("On the console's computer: {why}.", {"why": why(error)})
            return 503, text
        if not isinstance(error, ArshjulError):
            return None
        kinds = ((StorageError, 503), (Refused, 409), (NoAddress, 404), (InputError, 422))
        return next((status for kind, status in kinds if isinstance(error, kind)), 500), error.message

    def refused(self, error: Exception | None, values: dict[str, object]) -> dict[str, object]:
        is_clock_asked = isinstance(error, audit.ClockAsked)
        return {
            **values,
            "again": values["again"] if values["status"] == 503 or is_clock_asked else None,
            "problems": error.problems if isinstance(error, InputError | Refused) else (),
            "is_done": isinstance(error, AlreadyDone),
            "is_clock_asked": is_clock_asked,
        }


def _ask_about_clock(visit: Visit) -> None:
    if visit.clock_asked is not None:
        with visit.store.writing() as db:
            if visit.form.is_checked(CLOCK_IS_RIGHT):
                audit.add(db, visit.now, visit.person, Mended())
            audit.refuse_jump(db, visit.now)


LIMITS = Limits(request_s=30, answer_s=600, in_all=1000)
"""A form may include a file, and publishing a year may take a while."""

FORM_BYTES = 500_000  # a form that exceeds the limit by no more than this is refused with a page


def serve(console: ConsoleServer, listening: socket.socket, *, is_only: bool, limits: Limits = LIMITS) -> None:
    """Serves until stopped. If it is the only console, jobs left over from an earlier one are ended.

    With another console they are left alone: whether a job's console lives is known by the file or lock that it holds.
    """
    if is_only:
        with console.store.writing() as db:
            jobs.break_off(db)
    server = patient_server(console.application(), limits, Proxies(), most_body_bytes=MOST_FILE_BYTES + FORM_BYTES)
    tune_gc()
    try:
        carrying = nullcontext() if console.portal_sync is None else console.portal_sync.going_on()
        with console.store.kept_open(), carrying:
            server.run(sockets=[listening])
    finally:
        console.runner.close()
