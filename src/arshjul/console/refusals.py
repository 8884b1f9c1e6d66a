"""Refusals: a page with the obstacle and how to go on."""

from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from arshjul.actions.draft.answer_addresses import NoAddress
from arshjul.actions.draft.draft import AlreadyDone
from arshjul.console.rendering import rendered
from arshjul.console.visit import Visit
from arshjul.errors import ArshjulError, InputError, Message, Refused, StorageError
from arshjul.formats.catalogues import words
from arshjul.own_faults import report
from arshjul.store.audit import ClockAsked
from arshjul.store.sessions import Session

DEFAULT_LANGUAGE = "sv"


@dataclass(frozen=True, slots=True)
class SentForm:
    """A form that could not be accepted, as it was sent."""

    path: str
    fields: tuple[tuple[str, str], ...]


def status_of(error: ArshjulError) -> int:
    """The status of an answer with such an error."""
    for kind, status in ((StorageError, 503), (Refused, 409), (NoAddress, 404), (InputError, 422)):
        if isinstance(error, kind):
            return status
    return 500


def refusal(
    session: Session | None,
    visit: Visit | None,
    status: int,
    text: Message,
    error: ArshjulError | None = None,
    again: SentForm | None = None,
) -> Response:
    """A page with the obstacle and how to go on. `again`: the form, if it can be sent again."""
    language = words(DEFAULT_LANGUAGE if session is None else session.language)
    problems = error.problems if isinstance(error, InputError | Refused) else ()
    values = {"status": status, "text": text, "problems": problems, "is_in": session is not None}
    values["is_done"] = isinstance(error, AlreadyDone)
    values["is_clock_asked"] = is_clock_asked = isinstance(error, ClockAsked)
    values["again"] = again if status == 503 or is_clock_asked else None
    html = rendered(visit, "refused.html", values, language, session)
    return Response(html, status, media_type="text/html")


async def no_page(_: Request, error: Exception) -> Response:
    """The answer if there is no such page, or not with that method."""
    status = error.status_code if isinstance(error, HTTPException) else 404
    return refusal(None, None, status, Message("There is no such page."))


def our_fault(session: Session | None, error: Exception) -> Response:
    """The answer after an internal error of a page, which is reported."""
    report(error)
    text = Message("Something went wrong inside arshjul ({kind}).", {"kind": type(error).__name__})
    return refusal(session, None, 500, text)
