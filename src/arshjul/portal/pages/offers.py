"""`Erbjud`: what the party can offer to a call, as a table with exceptions; checked on a page of its own, then sent."""

from arshjul.errors import Message
from arshjul.portal.actions.entries import today
from arshjul.portal.actions.offers import PartyCall, effect_of, kind_of_offer, offer_class, party_call, party_calls
from arshjul.portal.offer_form import (
    CHOICES,
    FOLDED,
    as_form,
    effect_said,
    label_of,
    offer_in,
    offer_said,
    row_of,
    rows_in,
    totals_said,
    weekday_names,
)
from arshjul.portal.pages.sending import declared_problems, new_key, once, sent
from arshjul.portal.visit import PartyPage, PortalVisit
from arshjul.serving.forms import FieldProblem, Form, Problems, ShownForm
from arshjul.serving.pages import Answer
from arshjul.year.domain.calendar import WEEKDAY_IDS
from arshjul.year.domain.party_view import PartyView
from arshjul.year.domain.sent_offer import EMPTY, SentOffer
from arshjul.year.formats.schema.party_entry import NOTE, body_of, written_body

MORE, SAME, NOTHING = "more", "same", "nothing"  # the buttons: more rows for exceptions; what was offered last; nothing
_OWN = frozenset({"token", "contact", "key", "seen", "mark", NOTE, MORE, SAME, NOTHING})
SPARE_ROWS, MOST_ROWS, MOST_BYTES = 3, 60, 9_000
CHANGED = Message("The call or your offer has changed meanwhile, and nothing was sent: check, and send again.")


def show_all(visit: PortalVisit) -> Answer:
    _, view = visit.view()
    day = today(view, visit.now)
    return visit.page("offers.html", {"view": view, "calls": party_calls(visit.portal, view, day), "today": day})


def show(visit: PortalVisit) -> Answer:
    _, view = visit.view()
    one = _call(visit, view)
    return _form(visit, view, one, as_form(view, one.call, one.last))


def check(visit: PortalVisit) -> Answer:
    """Shows the effect of an offer before it is sent; the form again if something is wrong with it."""
    _, view = visit.view()
    one, form = _call(visit, view), visit.form
    if form.is_checked(MORE):
        return _form(visit, view, one, form)
    if form.is_checked(SAME):
        form = as_form(view, one.call, one.last)
    offer, problems = _read(view, one, form, is_nothing=visit.form.is_checked(NOTHING))
    if offer is None:
        return _form(visit, view, one, form, problems, 422)
    last, year, kind, words = one.offer or one.last, one.call.standing, kind_of_offer(view), visit.words
    effect, in_year = (effect_of(view, one.call, before, offer) for before in (last, year))
    totals, of_year = (list(totals_said(kind, before, offer, words)) for before in (one.last, year))
    values = {
        "view": view,
        "one": one,
        "offer": offer,
        "lines": list(offer_said(view, one.call, kind, offer, words)),
        "changes": [*effect_said(view, effect, words), *totals],
        "in_year": [] if last == year else [*effect_said(view, in_year, words), *of_year],
        "has_totals": bool(totals or of_year),
        "events": in_year.events,
        "today": today(view, visit.now),
        "fields": form.pairs(*_OWN),
        "note": visit.form.text(NOTE),
        "mark": visit.form.text("mark") or one.mark,
        "seen": visit.form.text("seen"),
        "key": new_key(),
    }
    return visit.page("offer_check.html", values)


def take(visit: PortalVisit) -> Answer:
    """Sends it, and shows its receipt; 409 with what stands now where the call or the offer changed meanwhile."""
    _, view = visit.view()
    one, form = _call(visit, view), visit.form
    offer, problems = _read(view, one, form, is_nothing=form.is_checked(NOTHING))
    if offer is None:
        return _form(visit, view, one, form, problems, 422)
    if form.text("mark") != one.mark:
        return _form(visit, view, one, form, (FieldProblem("", CHANGED),), 409)
    corrects = one.row.id if one.row is not None and one.row.contact == visit.contact.id else ""
    return sent(visit, kind_of_offer(view), _body(offer, form), view, corrects)


def _call(visit: PortalVisit, view: PartyView) -> PartyCall:
    return party_call(visit.portal, view, today(view, visit.now), visit.path["call"])


def _read(view: PartyView, one: PartyCall, form: Form, *, is_nothing: bool) -> tuple[SentOffer | None, Problems]:
    if is_nothing:
        return offer_class(view)(one.call.id, nothing=True), ()
    offer, problems = offer_in(view, one.call, form, one.last)
    if offer is None:
        return None, problems
    if not offer.lines:
        return None, (FieldProblem("", EMPTY),)
    body = _body(offer, form)
    wrong = declared_problems(view, kind_of_offer(view), body)
    if len(written_body(body).encode()) > MOST_BYTES:
        wrong.append(
            FieldProblem("", Message("The exceptions are more than the form holds: write the rest in the message."))
        )
    return (None, tuple(wrong)) if wrong else (offer, ())


def _body(offer: SentOffer, form: Form) -> dict[str, object]:
    note = {NOTE: form.text(NOTE)} if form.text(NOTE) else {}
    return {**body_of(offer), **note}


def _form(
    visit: PortalVisit, view: PartyView, one: PartyCall, form: Form, found: Problems = (), status: int = 200
) -> Answer:
    filled, kind = rows_in(form), kind_of_offer(view)
    n_shown = max(filled, default=-1) + 1 + (0 if found and filled else SPARE_ROWS)
    said = None if one.offer is None else list(offer_said(view, one.call, kind, one.offer, visit.words))
    days = list(zip(WEEKDAY_IDS, weekday_names(visit.words), strict=True))
    values = {
        "view": view,
        "one": one,
        "form": ShownForm("", form, problems=found),
        "rows": [(n, any(form.several(f"x{n}-{key}") for key in FOLDED)) for n in range(min(n_shown, MOST_ROWS))],
        "row": row_of(view),
        "folded": FOLDED,
        "numbers": [(key, label_of(kind, key, visit.words)) for key in offer_class(view).numbers()],
        "days": days,
        "choices": {
            **{key: [(value, visit.words.say(text)) for value, text in CHOICES[key].items()] for key in CHOICES},
            "weekdays": days,
            "shifts": [(shift.id, shift.name) for shift in view.shifts],
        },
        "today": today(view, visit.now),
        "said": said,
        "mark": one.mark,
        "seen": visit.view()[0],
    }
    return visit.page("offer.html", values, status)


pages = (
    PartyPage("/offers", "GET", "offer", show_all),
    PartyPage("/offers/{call}", "GET", "offer", show),
    PartyPage("/offers/{call}", "POST", "offer", check),
    PartyPage("/offers/{call}/send", "POST", "offer", once(take)),
)
