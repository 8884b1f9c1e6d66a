"""Cards: what each party may do, for all to read; written by the party at the portal, or here for it."""

from dataclasses import replace
from functools import partial

from arshjul.actions.contacts.ledger import mark_of, secret_outside
from arshjul.agenda.party_view import TEXTS, cards_of
from arshjul.console.entry_forms import NEVER_ASKED, EntryForm, learn, shown
from arshjul.console.visit import CHANGING, READING, Page, Visit
from arshjul.domain.entries.learnt import PartyCard, latest_cards
from arshjul.formats.schema.declared import mapping, shape
from arshjul.serving.fields import SEVERAL, kinds_of
from arshjul.serving.forms import Problems
from arshjul.serving.pages import Answer, Html, SeeOther

CARD = EntryForm("cards", kinds_of(shape(PartyCard), NEVER_ASKED, sectors=SEVERAL), is_marked=True)
forms = (CARD,)


def show(visit: Visit) -> Answer:
    """The cards, and a form for a party, filled in with its card where `of` names it."""
    return _page(visit)


def _page(visit: Visit, problems: Problems = (), status: int = 200) -> Html:
    scenario, plan, of = visit.scenario, visit.plan_now, visit.query.text("of")
    written = {id: one.card for id, one in latest_cards(plan.entries.cards).items()}
    there, was = written.get(of), mark_of(written.get(visit.form.text("party") or of))
    cards = cards_of(scenario, plan)
    secret = secret_outside(visit.draft).are_in if cards else None
    form = shown(visit, CARD.list, CARD.filled(mapping(there) if there else {}), problems, was=was)
    values = {
        "draft": visit.draft,
        "cards": cards,
        "held_back": {one.party for one in cards if secret and any(map(secret, one.said.values()))},
        "texts_of": TEXTS,
        "today": visit.moment.date(),
        "parties": visit.party_choices,
        "sectors": [(id, scenario.word(id)) for id in scenario.sectors],
        "form": replace(form, is_open=form.is_open or there is not None),
        "problems": problems,
    }
    return Html("cards.html", values, status)


def write(visit: Visit) -> Answer:
    """Enters a party's card."""
    return learn(visit, CARD, CARD.item(visit.form), partial(_page, visit)) or SeeOther("/cards")


pages = (
    Page("/cards", "GET", READING, show),
    Page("/cards", "POST", CHANGING, write),
)
