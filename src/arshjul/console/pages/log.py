"""The log: every entry with who and when, what was published, and who came in."""

from arshjul.console.access import READING, Page
from arshjul.console.answers import Answer, Html
from arshjul.console.told import done, entered
from arshjul.console.visit import Visit
from arshjul.domain.entries import Entries
from arshjul.planning.year_log import year_log
from arshjul.store import audit, drafts, revisions

MOST_LINES = 300
"""So many of each kind are shown: a page is to be read."""


def show(visit: Visit) -> Answer:
    """The newest first."""
    draft = visit.draft
    entries = Entries() if draft.plan is None else draft.plan.entries
    with visit.store.reading() as db:
        made, published, lines = drafts.entries(db), revisions.revisions(db), audit.lines(db)
    values = {
        "draft": draft,
        "lines": year_log(draft.scenario, entries),
        "made": list(reversed(made))[:MOST_LINES],
        "published": list(reversed(published)),
        "said": lambda one: entered(draft, one),
        "audit": list(reversed(lines))[:MOST_LINES],
        "done": done,
        "zone": draft.scenario.zone,
    }
    return Html("log.html", values)


pages = (Page("/log", "GET", "see-log", READING, show),)
