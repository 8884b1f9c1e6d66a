"""The log: every entry with person and time, publications, and sign-ins."""

from arshjul.console.access import READING, Page
from arshjul.console.answers import Answer, Html
from arshjul.console.logbook import Names, logbook
from arshjul.console.visit import Visit
from arshjul.domain.entries.entries import Entries
from arshjul.planning.letters.year_log import year_log
from arshjul.store import audit, drafts, readers, revisions

LINES_A_PAGE = 200


def show(visit: Visit) -> Answer:
    """The newest lines first; events of the plan's year on the first page."""
    draft = visit.draft
    given = visit.query.number("page")
    page = max(given, 1) if isinstance(given, int) else 1
    entries = Entries() if draft.plan is None or page > 1 else draft.plan.entries
    with visit.store.reading() as db:
        names = Names(
            draft,
            {one.id: one for one in readers.subscribers(db)},
            {one.hash: one for one in revisions.revisions(db)},
        )
        made, done = drafts.entries(db), audit.lines(db)
    last = max(1, -(-(len(made) + len(done)) // LINES_A_PAGE))
    page = min(page, last)
    shown = slice((page - 1) * LINES_A_PAGE, page * LINES_A_PAGE)
    values = {
        "draft": draft,
        "page": page,
        "last": last,
        "lines": logbook(made, done, names, shown),
        "happened": year_log(draft.scenario, entries),
        "zone": draft.scenario.zone,
    }
    return Html("log.html", values)


pages = (Page("/log", "GET", "see-log", READING, show),)
