"""The log: every entry with person and time, publications, and sign-ins."""

from arshjul.actions.draft.logbook import logbook
from arshjul.console.visit import READING, Page, Visit
from arshjul.planning.letters.year_log import year_log
from arshjul.serving.pages import Answer, Html


def show(visit: Visit) -> Answer:
    """The newest lines first; events of the plan's year on the first page."""
    draft, page = visit.draft, visit.query.number("page")
    book = logbook(visit.store, visit.years.sentences(draft), page if isinstance(page, int) else 1)
    is_first = draft.plan is not None and book.page == 1
    values = {
        "draft": draft,
        "page": book.page,
        "last": book.last,
        "lines": book.lines,
        "happened": year_log(draft.scenario, draft.made_plan.entries) if is_first else (),
        "zone": draft.scenario.zone,
    }
    return Html("log.html", values)


pages = (Page("/log", "GET", "see-log", READING, show),)
