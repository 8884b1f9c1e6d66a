"""The list of operations, with search and filter."""

from arshjul.agenda.year import STATUS_NAMES
from arshjul.console.visit import READING, Page, Visit
from arshjul.domain.years import year_label
from arshjul.planning.report.operations import listed
from arshjul.serving.pages import Answer, Html

EVERY = "all"
"""The word in a query for all years together."""


def show_list(visit: Visit) -> Answer:
    """The list, or the operations in it that match the search."""
    draft, plan, query = visit.draft, visit.plan_now, visit.query
    wanted = {key: query.text(key) for key in ("sector", "area", "status")}
    labels = [year_label(one) for one in draft.scenario.years]
    shown = None if query.text("year") == EVERY or len(labels) == 1 else visit.shown_year
    rows = listed(draft.scenario, plan, query.text("q"), wanted, shown)
    values = {
        "draft": draft,
        "rows": rows,
        "n": len(listed(draft.scenario, plan, "", {}, shown)),
        "years": labels,
        "shown": EVERY if shown is None else year_label(shown),
        "query": query,
        "sectors": {
            id: draft.scenario.word(id) for id in dict.fromkeys(o.sector for o in draft.scenario.operations.values())
        },
        "states": states(visit),
    }
    return Html("operations.html", values, part="found")


def states(visit: Visit) -> dict[str, str]:
    """The words for all states of an operation."""
    placed: dict[str, str] = {id: visit.words.say(text) for id, text in STATUS_NAMES.items()}
    return {**placed, "unplaced": visit.words("no place"), "reserve": visit.words("reserve")}


pages = (Page("/operations", "GET", "see-operations", READING, show_list),)
