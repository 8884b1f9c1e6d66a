"""What parties have nominated at the portal: accepted by the form of a new operation or object, declined, or merged."""

from arshjul.actions.contacts.nominations import (
    REASON,
    SHOWN,
    Nomination,
    became,
    decline,
    merge,
    nominations,
)
from arshjul.console.entry_forms import SURE, refused
from arshjul.console.pages.nominations import said
from arshjul.console.visit import CHANGING, READING, Page, Visit
from arshjul.serving.forms import Form
from arshjul.serving.pages import Answer, Html, SeeOther
from arshjul.serving.shown_form import Problems, ShownForm


def show(visit: Visit, of: str = "", problems: Problems = (), status: int = 200) -> Html:
    """`of`: the form that comes back, as `decline` and the id of its nomination."""
    draft, found = visit.draft, nominations(visit.store, visit.draft, visit.now)
    waiting = [one for one in found if one.waits]

    def form(what: str, one: Nomination) -> ShownForm:
        name, is_back = f"{what}-{one.reference}", of == f"{what} {one.id}"
        return ShownForm(name, visit.form if is_back else Form(), is_back, problems if is_back else ())

    there = [(one.id, f"{one.id} {one.title}") for one in draft.present.operations.values()]
    there += [(id, id) for id in draft.present.objects]
    shown = [
        (
            one,
            said(visit, one),
            form("decline", one),
            form("merge", one),
            [(other.id, f"{other.reference} {other.name}") for other in waiting if other != one] + there,
        )
        for one in waiting
    ]
    values = {
        "draft": draft,
        "waiting": shown,
        "decided": [one for one in reversed(found) if not one.waits],
        "became": became,
        "days": SHOWN.days,
        "zone": draft.scenario.zone,
    }
    return Html("nominations.html", values, status)


def _decided(visit: Visit, what: str) -> Answer:
    form = visit.form
    id, reason, is_sure = form.text("nomination"), form.text(REASON), form.is_checked(SURE)

    def act() -> None:
        if what == "decline":
            decline(visit.store, id, reason, visit.person, visit.now, is_sure=is_sure)
        else:
            merge(visit.store, id, form.text("into"), reason, visit.person, visit.now, is_sure=is_sure)

    wrong = refused(lambda problems, status: show(visit, f"{what} {id}", problems, status), (REASON, ""), act)
    return wrong or SeeOther("/nominations")


def take_decline(visit: Visit) -> Answer:
    return _decided(visit, "decline")


def take_merge(visit: Visit) -> Answer:
    return _decided(visit, "merge")


pages = (
    Page("/nominations", "GET", "see-nominations", READING, show),
    Page("/nominations/decline", "POST", "decline-nomination", CHANGING, take_decline),
    Page("/nominations/merge", "POST", "merge-nomination", CHANGING, take_merge),
)
