"""A withdrawal, entered while the police are on the telephone; it leads to its options at once."""

import json

from arshjul.actions.draft import Draft, StaleDraft, enter
from arshjul.agenda.cause import KINDS
from arshjul.console.access import CHANGING, Page
from arshjul.console.answers import Answer, Html
from arshjul.console.forms import Form
from arshjul.console.visit import Visit
from arshjul.console.working_out import to_options
from arshjul.errors import InputError, Problem
from arshjul.formats.words import local_time
from arshjul.texts import Words

PREFIX = "A"


def show(visit: Visit) -> Answer:
    """The form, empty."""
    return _form(visit, Form())


def take(visit: Visit) -> Answer:
    """Enters the withdrawal, and starts to work out what can be done; what cannot be used comes back as typed."""
    draft, form = visit.draft, visit.form
    item = _item(draft, form, local_time(draft.moment(visit.now)), visit.words)
    try:
        enter(visit.store, [("withdrawals", item)], visit.person, visit.now, form.text("seen"), visit.year_words)
    except InputError as error:
        return _form(visit, form, error.problems, 422)
    except StaleDraft as error:
        return _form(visit, form, (Problem("stale", error.message),), 409)
    return to_options(visit)


def _item(draft: Draft, form: Form, reported: str, words: Words) -> dict[str, object]:
    """The form as an item of the list `withdrawals`; what was left empty is left out."""
    until = {"until_further_notice": True} if form.is_checked("unknown_end") else {"to": form.text("to")}
    units = dict.fromkeys((*form.several("police"), *form.several("more_police")))
    written: dict[str, object] = {
        "id": _next_id(draft),
        "reported": reported,
        "police": list(units),
        "from": form.text("from"),
        **until,
        "shifts": list(form.several("shifts")),
        "officers_left": form.number("officers_left"),
        "cause": _cause(words, form.text("cause")),
    }
    return {key: value for key, value in written.items() if value not in ("", None, [])}


def _cause(words: Words, given: str) -> str:
    """One of the causes that have a word in every language, where it is one; otherwise what was written."""
    known = {words.say(text).casefold(): id for id, text in KINDS.items()}
    return known.get(given.casefold(), given)


def _next_id(draft: Draft) -> str:
    known = {json.loads(one.body).get("id") for one in draft.waiting if one.list == "withdrawals"}
    if draft.plan is not None:
        known |= {one.id for one in draft.plan.entries.withdrawals}
    number = 1
    while f"{PREFIX}{number}" in known:
        number += 1
    return f"{PREFIX}{number}"


def _form(visit: Visit, form: Form, problems: tuple[Problem, ...] = (), status: int = 200) -> Html:
    draft = visit.draft
    values = {
        "draft": draft,
        "form": form,
        "problems": problems,
        "causes": list(KINDS.values()),
        "moment": draft.moment(visit.now),
    }
    return Html("withdrawal.html", values, status)


pages = (
    Page("/withdrawals/new", "GET", "see-withdrawal-form", CHANGING, show),
    Page("/withdrawals/new", "POST", "enter-withdrawal", CHANGING, take),
)
